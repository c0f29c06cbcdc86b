"""`Enclosure`: a real number known to lie in a stated interval.

A thin, frozen wrapper of a python-flint ball (``arb``). It adds what a ball lacks
as a public type: decimal output that shows proved digits only, an order that
refuses to guess, exact serialisation and conversion to SymPy and mpmath.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import mpmath
from flint import arb, fmpz

from symprop.foundation.errors import (
    InvalidArgument,
    OutOfDomain,
    UndecidedComparison,
    expected,
)
from symprop.foundation.validation import check_integer
from symprop.numerics.ball_functions import ball_integer_power
from symprop.numerics.decimals import (
    MOST_EXPONENT_BITS,
    as_fraction,
    exponent_bits,
    proved_ball_decimal,
)
from symprop.numerics.exact_balls import (
    exact_mpf,
    is_astronomical,
    is_infinity,
    radius_argument,
    tuple_of,
)
from symprop.numerics.precision import working_bits
from symprop.numerics.rationals import exact_rational

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sympy

__all__ = ["Enclosure"]

_MOST_BITS = 10_000_000
_COMPARING_BITS = 4096
_FLOAT_BITS = 1100  # float64 ends at 2**1024 and 2**-1074


class Enclosure:
    """A real number and a proof of its accuracy: ``midpoint +- radius`` contains it.

    Parameters
    ----------
    ball : flint.arb, int, Fraction, str or Enclosure
        The enclosing ball. Integers are exact; other rationals and decimal strings
        are enclosed at ``bits`` bits.
    bits : int, optional
        Precision used when the value is not representable exactly.

    Raises
    ------
    InvalidArgument
        If the ball is NaN, holds numbers of any size, or the value cannot be read.

    Conventions
    -----------
    Arithmetic is carried at the precision of the more precise operand, so that
    ``a - b`` loses nothing by an unrelated global setting. Comparisons answer only
    when the answer is proved and raise `UndecidedComparison` otherwise. Besides finite
    balls there are the exact numbers ``+oo`` and ``-oo``, which have no `lower`, `upper`
    and `to_integers`. An operation without a bounded result raises `OutOfDomain`.

    Error
    -----
    Enclosed: every operation rounds outward.

    Examples
    --------
    >>> third = Enclosure("1/3", bits=60)
    >>> print(third.proved_digits(15))
    0.333333333333333
    >>> third.contains(Fraction(1, 3))
    True
    >>> third < 1
    True
    """

    __slots__ = ("_ball",)
    _ball: arb
    _op_priority = 100.0  # SymPy's numbers then leave the operation to us, and the radius stays

    def __init__(self, ball: arb | int | Fraction | str | Enclosure, *, bits: int = 128) -> None:
        check_integer("bits", bits, minimum=2, maximum=_MOST_BITS)
        if isinstance(ball, Enclosure):
            value = ball.ball
        elif isinstance(ball, arb):
            value = ball
        else:
            value = _read(ball, bits)
        if not (value.is_finite() or is_infinity(value)):
            raise InvalidArgument(expected("ball", "to be a bounded interval", str(value)))
        object.__setattr__(self, "_ball", value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Enclosure is frozen; cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"Enclosure is frozen; cannot delete {name}")

    @classmethod
    def from_bounds(cls, lower: object, upper: object, *, bits: int = 128) -> Enclosure:
        """Return the smallest ball at ``bits`` bits around ``[lower, upper]``."""
        check_integer("bits", bits, minimum=2, maximum=_MOST_BITS)
        left, right = _read(lower, bits, "lower"), _read(upper, bits, "upper")
        if left > right:
            raise InvalidArgument(expected("lower", "to be at most upper", (lower, upper)))
        with working_bits(bits):
            return cls(left.union(right))

    @classmethod
    def from_integers(cls, parts: Sequence[int]) -> Enclosure:
        """Inverse of `to_integers`; exact."""
        is_sequence = isinstance(parts, list | tuple)
        if not is_sequence or len(parts) != 4 or not all(isinstance(part, int) for part in parts):
            raise InvalidArgument(expected("parts", "to be four integers", parts))
        mantissa, exponent, radius_mantissa, radius_exponent = parts
        if radius_mantissa < 0:
            raise InvalidArgument(expected("parts", "to have a radius >= 0", parts))
        bits = max(64, mantissa.bit_length() + 2)
        with working_bits(bits):
            midpoint = arb((fmpz(mantissa), fmpz(exponent)))
            return cls(arb(midpoint, radius_argument(radius_mantissa, radius_exponent)))

    @property
    def ball(self) -> arb:
        """The underlying ``flint.arb``."""
        return self._ball

    @property
    def midpoint(self) -> mpmath.mpf:
        """Centre of the ball, exact, as an mpmath number."""
        return exact_mpf(self._ball.mid())

    @property
    def radius(self) -> mpmath.mpf:
        """Radius of the ball, exact, as an mpmath number."""
        return exact_mpf(self._ball.rad())

    @property
    def lower(self) -> Fraction:
        """Exact lower end of the interval; `OutOfDomain` if it needs too many digits."""
        return self._as_fraction(self._ball.mid()) - self._as_fraction(self._ball.rad())

    @property
    def upper(self) -> Fraction:
        """Exact upper end of the interval; `OutOfDomain` if it needs too many digits."""
        return self._as_fraction(self._ball.mid()) + self._as_fraction(self._ball.rad())

    def _as_fraction(self, exact: arb) -> Fraction:
        if not exact.is_finite() or is_astronomical(exact):
            limit = f"2**(+-{MOST_EXPONENT_BITS})"
            condition = f"finite and within {limit} to give exact ends (take its ball instead)"
            raise OutOfDomain(expected("enclosure", condition, str(self)))
        return as_fraction(exact)

    @property
    def is_exact(self) -> bool:
        """Whether the radius is zero."""
        return bool(self._ball.is_exact())

    @property
    def is_finite(self) -> bool:
        """Whether the interval is bounded."""
        return bool(self._ball.is_finite())

    @property
    def relative_bits(self) -> int:
        """Proved bits of relative accuracy (negative when nothing is known)."""
        return int(self._ball.rel_accuracy_bits())

    @property
    def digits(self) -> str:
        """Decimal digits that every number of the ball rounds to; empty when there are none."""
        return self.proved_digits()

    def proved_digits(self, limit: int | None = None) -> str:
        """Return the longest decimal, of at most ``limit`` digits, that is proved.

        All numbers of the ball round to the returned decimal, so each digit is right
        (the last one rounded to nearest). A ball around zero gives zeros to the
        decimal place that is proved.

        Examples
        --------
        >>> Enclosure("2/3", bits=80).proved_digits(10)
        '0.6666666667'
        """
        if limit is not None:
            check_integer("limit", limit, minimum=1)
        if not self.is_finite:
            return "inf" if self._ball > 0 else "-inf"
        return proved_ball_decimal(self._ball, limit)

    def contains(self, value: object) -> bool:
        """Whether ``value`` (a number or an `Enclosure`) lies inside, by exact comparison."""
        ball = _read(value, _COMPARING_BITS)
        if self._ball.contains(ball) or not self._ball.overlaps(ball):
            return bool(self._ball.contains(ball))
        exact = exact_rational(value)  # a rational near an end is compared exactly
        if exact is None or isinstance(value, arb | Enclosure):
            return False
        return self.lower <= Fraction(int(exact.p), int(exact.q)) <= self.upper

    def overlaps(self, other: object) -> bool:
        """Whether the two intervals share a point; False proves that the numbers differ."""
        return bool(self._ball.overlaps(_read(other, self._bits(), "other")))

    def intersection(self, other: Enclosure) -> Enclosure:
        """Return an enclosure of a number known to lie in both intervals."""
        if not isinstance(other, Enclosure):
            raise InvalidArgument(expected("other", "to be an Enclosure", other))
        if not self.overlaps(other):
            raise InvalidArgument(expected("other", f"to overlap {self}", str(other)))
        with working_bits(max(self._bits(), other._bits())):
            return Enclosure(self._ball.intersection(other.ball))

    def to_integers(self) -> tuple[int, int, int, int]:
        """Return ``(m, e, rm, re)``: midpoint ``m * 2**e`` and radius ``rm * 2**re``, exact."""
        if not self.is_finite:
            raise InvalidArgument(expected("ball", "to be finite", str(self._ball)))
        middle, radius = self._ball.mid().man_exp(), self._ball.rad().man_exp()
        return int(middle[0]), int(middle[1]), int(radius[0]), int(radius[1])

    def compare(self, other: object) -> int | None:
        """Return -1, 0 or 1 when the order is proved (0 only for equal exact numbers), or None."""
        ball = _read(other, self._bits())
        if self._ball < ball:
            return -1
        if self._ball > ball:
            return 1
        if self.is_exact and ball.is_exact() and self._ball == ball:
            return 0
        return None

    def _bits(self) -> int:
        return max(64, int(self._ball.bits()) + 8)

    def _combine(self, other: object, operation: Callable[[arb, arb], arb]) -> Enclosure:
        bits = max(self._bits(), other._bits() if isinstance(other, Enclosure) else 64)
        try:
            ball = _read(other, bits)
        except InvalidArgument:
            return NotImplemented  # type: ignore[no-any-return]
        with working_bits(bits):
            result = operation(self._ball, ball)
        return self._result(result, other)

    def _result(self, ball: arb, *others: object) -> Enclosure:
        if not (ball.is_finite() or is_infinity(ball)):
            operands = " and ".join(repr(operand) for operand in (self, *others))
            raise OutOfDomain(f"Expected an operation with a bounded result on {operands}.")
        return Enclosure(ball)

    def __add__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: a - b)

    def __rsub__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: b - a)

    def __mul__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: a / b)

    def __rtruediv__(self, other: object) -> Enclosure:
        return self._combine(other, lambda a, b: b / a)

    def __pow__(self, other: object) -> Enclosure:
        if isinstance(other, int):
            with working_bits(self._bits()):
                return self._result(ball_integer_power(self._ball, other), other)
        return self._combine(other, lambda a, b: a**b)

    def __neg__(self) -> Enclosure:
        return self._combine(0, lambda a, b: b - a)

    def __abs__(self) -> Enclosure:
        with working_bits(self._bits()):
            return Enclosure(abs(self._ball))

    def _order(self, other: object, symbol: str) -> int:
        sign = self.compare(other)
        if sign is None:
            raise UndecidedComparison(
                f"Expected enclosures whose order is proved but got {self!r} {symbol} {other!r}."
            )
        return sign

    def __lt__(self, other: object) -> bool:
        return self._order(other, "<") < 0

    def __gt__(self, other: object) -> bool:
        return self._order(other, ">") > 0

    def __le__(self, other: object) -> bool:
        return self._order(other, "<=") <= 0

    def __ge__(self, other: object) -> bool:
        return self._order(other, ">=") >= 0

    def __eq__(self, other: object) -> bool:
        """Whether both are the same ball (not whether the enclosed numbers are equal)."""
        return isinstance(other, Enclosure) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.__reduce__())

    def __float__(self) -> float:
        """Return the midpoint rounded to nearest: 0 below the smallest float, never too far.

        Raises
        ------
        OutOfDomain
            If the midpoint is finite and beyond the largest float.
        """
        middle = self._ball.mid()
        if not middle.is_finite():
            return math.inf if middle > 0 else -math.inf
        if not middle.is_zero() and abs(size := exponent_bits(middle)) > _FLOAT_BITS:
            if size < 0:
                return 0.0
            raise OutOfDomain(expected("enclosure", "within the range of float64", str(self)))
        try:
            return float(as_fraction(middle))
        except OverflowError:
            raise OutOfDomain(
                expected("enclosure", "within the range of float64", str(self))
            ) from None

    def __str__(self) -> str:
        return self.proved_digits() or str(self._ball.str(6))

    def __repr__(self) -> str:
        return f"<Enclosure {self._ball.str(12)}>"

    def _repr_latex_(self) -> str:
        text = self.proved_digits()
        if not text:
            return f"${self._ball.str(6)}$".replace("+/-", "\\pm")
        mantissa, _, exponent = text.partition("e")
        return f"${mantissa} \\times 10^{{{int(exponent)}}}$" if exponent else f"${text}$"

    def _sympy_(self) -> sympy.Float:
        import sympy

        return sympy.Float._new(tuple_of(self._ball.mid()), self._bits())

    def __reduce__(self) -> tuple[Callable[..., Enclosure], tuple[object, ...]]:
        if not self.is_finite:
            return (Enclosure, (float(self),))
        return (Enclosure.from_integers, (self.to_integers(),))


def _read(value: object, bits: int, name: str = "value") -> arb:
    """Return the ball of a number; exact where it fits into ``bits`` bits."""
    if isinstance(value, arb):
        return value
    if isinstance(value, Enclosure):
        return value.ball
    if isinstance(value, mpmath.mpf) and mpmath.isfinite(value):
        sign, mantissa, exponent, _ = value._mpf_
        return arb((fmpz(int(-mantissa if sign else mantissa)), fmpz(int(exponent))))
    if isinstance(value, float | mpmath.mpf) and mpmath.isinf(value):
        return arb("inf") if value > 0 else -arb("inf")
    exact = exact_rational(value)
    if exact is not None:
        halvings = int(exact.q).bit_length() - 1
        if exact.q == 1 << halvings:
            return arb((exact.p, fmpz(-halvings)))
        with working_bits(bits):
            return arb(exact)
    if hasattr(value, "free_symbols"):  # a SymPy expression, without importing SymPy
        from symprop.numerics.evaluation import as_ball

        return as_ball(value, bits, name)
    raise InvalidArgument(expected(name, "to be a real number", value))
