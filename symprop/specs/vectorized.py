"""Activations on float64 arrays: fast where rounding is harmless, exact balls elsewhere.

Each value is first computed in float64 with a bound of its rounding error. Where the
bound is not a few units in the last place (cancellation, overflow), the value
is computed again in ball arithmetic until it is certain.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached, expected
from symprop.numerics.arrays import real_array
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import compile_ball, enclose
from symprop.numerics.precision import working_bits
from symprop.specs.bounding import envelope_of
from symprop.specs.decisions import sign_of
from symprop.specs.envelopes import Envelope
from symprop.specs.exponential_sums import Domain, ExponentialSum, Rates, exp_bounds, power_bounds
from symprop.specs.expression import X
from symprop.specs.facts import one_sided_limit
from symprop.specs.float_arrays import float_function
from symprop.specs.pieces import Piece, decompose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["evaluate_array"]

_RELATIVE_ERROR = 64 * 2.0**-52
_ABSOLUTE_ERROR = 2.0**-1060
_BITS = (128, 512, 2048, 8192)
_WANTED_BITS = 60
_UNDERFLOW = arb(2) ** -1080
_OVERFLOW = arb(2) ** 1025


def evaluate_array(expression: sympy.Expr, x: Any) -> Array:
    """Return the values of ``expression`` on an array, elementwise.

    Parameters
    ----------
    expression : sympy.Expr
        In ``X``.
    x : array_like
        Real; infinities are allowed where the limit exists.

    Raises
    ------
    InvalidArgument
        If ``x`` is not numeric or holds NaN.
    OutOfDomain
        If the expression has no value or limit at an entry.

    Error
    -----
    Estimated by running error analysis: relative error of at most 64 units in the
    last place, and in practice a few.

    Examples
    --------
    >>> evaluate_array(sympy.Max(0, X), [-1.0, 2.0])
    array([0., 2.])
    """
    values = real_array("x", x)
    if np.isnan(values).any():
        raise InvalidArgument(expected("x", "without NaN", "an array that holds NaN"))
    return _compiled(expression)(values)


@lru_cache(maxsize=128)
def _compiled(expression: sympy.Expr) -> _ArrayFunction:
    return _ArrayFunction(expression)


class _ArrayFunction:
    """The pieces of one expression, compiled, with float64 thresholds between them."""

    def __init__(self, expression: sympy.Expr) -> None:
        self.expression = expression
        self.pieces = decompose(expression)
        self.functions = [_PieceFunction(piece) for piece in self.pieces]
        points = [piece.upper for piece in self.pieces[:-1]]
        self.thresholds = np.array([_first_float_above(point) for point in points])
        self.exact = [(float(point), point) for point in points if _is_float(point)]

    def __call__(self, x: Array) -> Array:
        flat = np.ravel(x)
        result = np.empty_like(flat)
        index = np.searchsorted(self.thresholds, flat, side="right")
        inside = np.isfinite(flat)
        for approximate, point in self.exact:
            hit = flat == approximate
            if hit.any():
                result[hit] = self.value_at(point)
                inside &= ~hit
        for position, function in enumerate(self.functions):
            chosen = inside & (index == position)
            if chosen.any():
                result[chosen] = function(flat[chosen])
        for infinity in (-np.inf, np.inf):
            hit = flat == infinity
            if hit.any():
                piece = self.pieces[-1 if infinity > 0 else 0]
                result[hit] = _as_float(one_sided_limit(piece, at_upper=infinity > 0))
        return result.reshape(x.shape)

    def value_at(self, point: sympy.Expr) -> float:
        """Return the value at a breakpoint: the expression's own, else the common limit."""
        value = self.expression.xreplace({X: point})
        if value.is_number and value.is_real and value.is_finite:
            return _as_float(value)
        position = [piece.upper for piece in self.pieces].index(point)
        below = one_sided_limit(self.pieces[position], at_upper=True)
        above = one_sided_limit(self.pieces[position + 1], at_upper=False)
        if below == above or sign_of(below - above) == 0:
            return _as_float(below)
        raise OutOfDomain(expected("x", f"away from {point}, where there is no value", str(point)))


class _PieceFunction:
    """One analytic expression on float64 arrays."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.fast = float_function(piece.expression)
        self.ball = compile_ball(piece.expression, [X])

    def __call__(self, x: Array) -> Array:
        value, error = self.fast(x)
        with np.errstate(invalid="ignore", over="ignore"):
            good = error <= _RELATIVE_ERROR * np.abs(value) + _ABSOLUTE_ERROR
        good &= np.isfinite(value)
        if not good.all():
            value = value.copy()
            value[~good] = [self.certain(entry) for entry in x[~good].tolist()]
        return value

    def certain(self, x: float) -> float:
        """Return one value from balls of rising precision, or from its envelope."""
        for bits in _BITS:
            with working_bits(bits):
                ball = self.ball(arb(x))
            if ball.is_finite():
                size = abs(ball)
                if size < _UNDERFLOW:
                    return 0.0
                if size > _OVERFLOW:
                    return np.inf if ball > 0 else -np.inf
                if ball.rel_accuracy_bits() >= _WANTED_BITS or ball.is_exact():
                    return _nearest(Enclosure(ball.mid()).lower)
        return self.far(x)

    def far(self, x: float) -> float:
        """Return a value too far out for balls, from bounds that pin it to one float."""
        t = abs(Fraction(x))
        if t >= 1:
            ray = ExponentialSum.of(1 if x > 0 else -1, Rates(Fraction(1)))
            bounds = envelope_of(self.piece.expression, Envelope(ray, ray), Domain(t, t))
            low, high = _value(bounds.lower, t, up=False), _value(bounds.upper, t, up=True)
            if low == high:
                return low
        raise PrecisionNotReached(
            expected("x", f"where {self.piece.expression} can be evaluated", repr(x))
        )


def _value(total: ExponentialSum, t: Fraction, *, up: bool) -> float:
    """Return a bound of an exponential sum at one point, as a float."""
    bound = Fraction(0)
    for rates, coefficient in total.terms.items():
        outer = 1 if (coefficient > 0) == up else 0
        exponent = rates.linear * t + rates.quadratic * t**2
        factor = power_bounds(t, rates.power)[outer] * exp_bounds(exponent)[outer]
        bound += coefficient * factor
    return _nearest(bound)


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _as_float(constant: sympy.Expr) -> float:
    if constant in (sympy.oo, -sympy.oo):
        return np.inf if constant > 0 else -np.inf
    return float(enclose(constant, dps=20))


def _is_float(point: sympy.Expr) -> bool:
    return bool(point.is_Rational) and sympy.Rational(float(point)) == point


def _first_float_above(point: sympy.Expr) -> float:
    """Return the smallest float that is greater than an exact number."""
    nearest = _as_float(point)
    if sign_of(sympy.Rational(nearest) - point) > 0:
        return nearest
    return float(np.nextafter(nearest, np.inf))
