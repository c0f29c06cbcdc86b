"""Comparing two quantities at one point, with balls that are made finer until they decide.

A *quantity* is a SymPy expression (its free symbols are variables of the claim), an
exact number, or a function called with the variables it names and, if it takes one,
a keyword ``dps``; it returns a ball, an `Enclosure` or an exact number. Floats are
refused: nothing is known about their error. A quantity depends on its arguments alone: its
values are kept for the checks that ask again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq, fmpz

from symprop.foundation.errors import InvalidArgument, SymPropError, expected
from symprop.foundation.validation import check_choice
from symprop.ledger.evidence import Counterexample
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, current_bits, working_bits

if TYPE_CHECKING:
    from typing import TypeAlias

    import sympy

    Quantity: TypeAlias = sympy.Expr | int | Fraction | str | Enclosure | Callable[..., Any]

__all__ = [
    "RELATIONS",
    "Comparison",
    "Point",
    "Relation",
    "Standing",
    "ball_of",
    "evaluator",
    "located",
    "refuting_numbers",
    "show",
]

RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
"""The relations that can be claimed between two quantities."""

Point = Mapping[str, Any]
"""Exact inputs by variable name."""

_EXTRA_DIGITS = 10
_REFINEMENTS = 3
_SHOWN_DIGITS = 25
_MOST_SHOWN_DIGITS = 1000


class Standing(Enum):
    """What balls say about a relation at one point."""

    PROVED = "proved"
    AGREES = "agrees"  # both sides coincide to the digits asked for; nothing is proved
    OPEN = "open"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides of a relation at one point and what they prove.

    Attributes
    ----------
    standing : Standing
        The answer.
    lhs, rhs : Enclosure, optional
        The two sides; None when they could not be evaluated.
    exact : bool
        Whether both sides are exact numbers, so that the answer is algebra.
    slack : float
        Distance from violation, relative to the size of the sides unless one of them is
        zero; negative: violated.
    reason : str
        Why the comparison is open.
    """

    standing: Standing
    lhs: Enclosure | None = None
    rhs: Enclosure | None = None
    exact: bool = False
    slack: float = 0.0
    reason: str = ""


def located(point: Point, text: str) -> str:
    """Return ``at <inputs>: text``, or the text alone for a statement without variables."""
    return (
        f"at {', '.join(f'{k} = {show(v)}' for k, v in point.items())}: {text}" if point else text
    )


def show(value: Any) -> str:
    """Return the text of an exact input, as the library reads it back."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return str(getattr(value, "name", value))


def evaluator(quantity: Quantity) -> Callable[[Point, int], Any]:
    """Return ``f(point, dps)`` for a quantity.

    Raises
    ------
    InvalidArgument
        At the call: if the quantity names a variable that the point lacks, or returns a
        float.
    """
    if callable(quantity) and not hasattr(quantity, "free_symbols"):
        return _call(quantity)
    import sympy

    if not isinstance(quantity, sympy.Expr):
        return lambda _point, _dps: quantity
    from symprop.numerics.evaluation import as_ball, compile_ball

    symbols = sorted(quantity.free_symbols, key=str)
    compiled: list[Callable[..., arb]] = []

    def evaluate(point: Point, dps: int) -> Any:
        if not compiled:
            compiled.append(compile_ball(quantity, symbols))
        if missing := [symbol.name for symbol in symbols if symbol.name not in point]:
            raise InvalidArgument(expected("point", f"to give {', '.join(missing)}", show(point)))
        bits = bits_from_dps(dps)
        with working_bits(bits):
            return compiled[0](*(as_ball(point[s.name], bits, s.name) for s in symbols))

    return evaluate


def _call(function: Callable[..., Any]) -> Callable[[Point, int], Any]:
    parameters = inspect.signature(function).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())

    def evaluate(point: Point, dps: int) -> Any:
        names = point if takes_all else [name for name in parameters if name in point]
        arguments = {name: point[name] for name in names}
        if "dps" in parameters and "dps" not in point:
            arguments["dps"] = dps
        try:
            hash((function, *arguments.values()))
        except TypeError:
            return function(**arguments)
        return _known_value(function, current_bits(), **arguments)

    return evaluate


@lru_cache(maxsize=4096, typed=True)  # typed: 1/3 is a float, Fraction(1)/3 is not
def _known_value(function: Callable[..., Any], _bits: int, /, **arguments: Any) -> Any:
    """Return a quantity at a point; a near miss asks for the values its check has found."""
    return function(**arguments)


def _exact_value(value: Any) -> Fraction | None:
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, fmpq | fmpz):
        return Fraction(int(fmpq(value).p), int(fmpq(value).q))
    if isinstance(value, str):
        return Fraction(value)
    if getattr(value, "is_Rational", False):
        return Fraction(int(value.p), int(value.q))
    return None


def ball_of(value: Any, bits: int) -> arb:
    """Return the ball of what a quantity returned; refuse floats."""
    return _as_enclosure(value, bits).ball


def _as_enclosure(value: Any, bits: int) -> Enclosure:
    if isinstance(value, Enclosure):
        return value
    exact = _exact_value(value)
    if exact is not None:
        return Enclosure(exact, bits=bits)
    if isinstance(value, arb):
        if not value.is_finite():
            raise InvalidArgument(expected("value", "to be finite", str(value)))
        return Enclosure(value)
    if hasattr(value, "is_number") and value.is_number:
        from symprop.numerics.evaluation import as_ball

        return Enclosure(as_ball(value, bits))
    raise InvalidArgument(expected("value", "to be a ball or an exact number", value))


class Relation:
    """``lhs relation rhs`` as something that can be tested at points.

    Examples
    --------
    >>> kernel = Relation(lambda rho: 1 - rho**2, "<=", 1)
    >>> kernel.compare({"rho": Fraction(1, 3)}, digits=15).standing
    <Standing.PROVED: 'proved'>
    """

    def __init__(self, lhs: Quantity, relation: str, rhs: Quantity) -> None:
        self.symbol = check_choice("relation", relation, RELATIONS)
        self._lhs, self._rhs = evaluator(lhs), evaluator(rhs)

    def compare(self, point: Point, *, digits: int) -> Comparison:
        """Evaluate both sides ever more precisely until the relation is decided at ``point``.

        An equality counts as AGREES when both balls together are narrower than
        ``10**-digits`` of the value (of 1, where both hold zero). Errors that symprop
        raises on purpose leave the comparison OPEN and are quoted.
        """
        found = Comparison(Standing.OPEN, reason="not evaluated")
        dps = digits + _EXTRA_DIGITS
        for _ in range(_REFINEMENTS):
            try:
                found = self._at(point, digits, dps)
            except SymPropError as error:
                found = Comparison(Standing.OPEN, reason=f"{type(error).__name__}: {error}")
            if found.standing is not Standing.OPEN:
                break
            dps *= 2
        return found

    def _at(self, point: Point, digits: int, dps: int) -> Comparison:
        bits = bits_from_dps(dps)
        left, right = self._lhs(point, dps), self._rhs(point, dps)
        exact_left, exact_right = _exact_value(left), _exact_value(right)
        lhs, rhs = _as_enclosure(left, bits), _as_enclosure(right, bits)
        if exact_left is not None and exact_right is not None:
            sign = (exact_left > exact_right) - (exact_left < exact_right)
            standing = Standing.PROVED if self._true(sign) else Standing.REFUTED
            exact = self._slack(Enclosure(exact_left - exact_right).ball, lhs, rhs)
            return Comparison(standing, lhs, rhs, exact=True, slack=exact)
        with working_bits(bits + 10):
            difference = lhs.ball - rhs.ball
        slack = self._slack(difference, lhs, rhs)
        standing, reason = self._standing(difference, lhs, rhs, digits), ""
        if standing is Standing.OPEN:
            reason = f"the sides {_digits(lhs)} and {_digits(rhs)} are not told apart"
        return Comparison(standing, lhs, rhs, slack=slack, reason=reason)

    def _true(self, sign: int) -> bool:
        return {
            "==": sign == 0,
            "!=": sign != 0,
            "<": sign < 0,
            "<=": sign <= 0,
            ">": sign > 0,
            ">=": sign >= 0,
        }[self.symbol]

    def _slack(self, difference: arb, lhs: Enclosure, rhs: Enclosure) -> float:
        compared_with_zero = lhs.ball == 0 or rhs.ball == 0
        size = arb(1) if compared_with_zero else abs(lhs.ball) + abs(rhs.ball)
        relative = float((difference.mid() / size).mid()) if size > 0 else 0.0
        if self.symbol in ("==", "!="):
            return -abs(relative) if self.symbol == "==" else abs(relative)
        return relative if self.symbol in (">", ">=") else -relative

    def _standing(self, difference: arb, lhs: Enclosure, rhs: Enclosure, digits: int) -> Standing:
        if difference == 0:  # a ball of radius zero
            return Standing.PROVED if self._true(0) else Standing.REFUTED
        if difference.contains(0):
            if self.symbol == "<=" and difference <= 0:
                return Standing.PROVED
            if self.symbol == ">=" and difference >= 0:
                return Standing.PROVED
            if (self.symbol == "<" and difference >= 0) or (self.symbol == ">" and difference <= 0):
                return Standing.REFUTED
            may_be_equal = self.symbol in ("==", "<=", ">=")
            tight = may_be_equal and _tight(difference, lhs, rhs, digits)
            return Standing.AGREES if tight else Standing.OPEN
        return Standing.PROVED if self._true(1 if difference > 0 else -1) else Standing.REFUTED


def refuting_numbers(
    point: Point, lhs: Enclosure | None, symbol: str, rhs: Enclosure | None
) -> Counterexample:
    """Return the inputs and both sides of a relation that does not hold at ``point``."""
    inputs = {name: show(value) for name, value in point.items()}
    limit = _SHOWN_DIGITS
    while limit < _MOST_SHOWN_DIGITS and _look_equal(_digits(lhs, limit), _digits(rhs, limit)):
        limit *= 2  # close to each other: show where they part
    return Counterexample(inputs, _digits(lhs, limit), _digits(rhs, limit), symbol)


def _tight(difference: arb, lhs: Enclosure, rhs: Enclosure, digits: int) -> bool:
    """Whether the sides coincide to ``digits`` digits: of their value, or of 1 if both hold 0."""
    if lhs.ball.contains(0) and rhs.ball.contains(0):
        size = arb(1)
    else:
        size = min(abs(lhs.ball).lower(), abs(rhs.ball).lower())
    return bool(abs(difference).upper() <= size * arb(10) ** (-digits))


def _look_equal(left: str, right: str) -> bool:
    try:
        return Fraction(left) == Fraction(right)
    except ValueError:
        return left == right


def _digits(side: Enclosure | None, limit: int = _SHOWN_DIGITS) -> str:
    return "" if side is None else side.proved_digits(limit) or str(side)
