"""Inequalities proved over a whole box, by balls and adaptive subdivision.

Each box is tried with the natural extension of the slack and, for expressions, with
its mean-value form ``f(m) + f'(B)(B - m)``; what is not proved is halved. Where the
slack vanishes at an end of a one-dimensional box, the sign of its first non-zero
derivative there decides on the boxes that touch the end.
"""

from __future__ import annotations

import heapq
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, SymPropError, expected
from symprop.foundation.validation import check_choice
from symprop.ledger.checks import refutation
from symprop.ledger.claim import Check, Context
from symprop.ledger.evidence import Evidence, Grade
from symprop.ledger.points import exact_input
from symprop.ledger.relation import Relation, Standing, ball_of, show
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from typing import TypeAlias

    import sympy

    Side: TypeAlias = sympy.Expr | int | Fraction | str | Callable[..., Any]
    Box: TypeAlias = tuple[tuple[Fraction, Fraction], ...]

__all__ = ["on_box"]

_JUMPS = frozenset({"Heaviside", "atan2", "sign"})
_SIGNS = {"<": (-1, True), "<=": (-1, False), ">": (1, True), ">=": (1, False), "!=": (0, True)}


@dataclass(frozen=True)
class _Slack:
    """``lhs - rhs`` on balls, its gradient if there is one, and the derivative at zeros."""

    value: Callable[..., arb]
    gradient: tuple[Callable[..., arb], ...] = ()
    at_zero: Callable[..., arb] | None = None


def on_box(
    lhs: Side,
    relation: str,
    rhs: Side,
    *,
    box: Mapping[str, tuple[Any, Any]],
    boxes: tuple[int, int] = (4000, 100_000),
    zero_at: Mapping[str, Any] | None = None,
    order: int = 1,
) -> Check:
    """Prove an inequality for all inputs in a closed box.

    Parameters
    ----------
    lhs, rhs : sympy.Expr, exact number or callable
        Callables get one ball per variable they name, at the precision in force, and
        must return a ball that contains the value for every input in those balls.
    relation : str
        One of ``< <= > >= !=``.
    box : mapping
        ``{name: (lower, upper)}`` with rational ends.
    boxes : tuple of int
        How many boxes may be examined in the quick and in the full tier.
    zero_at : mapping, optional
        ``{name: end}``: the end of a one-dimensional box where the slack of two expressions
        vanishes together with its derivatives below ``order``. This is checked by exact
        algebra. A strict relation is then proved on the box without that end.
    order : int
        Order of the zero.

    Returns
    -------
    Check
        HOLDS (ENCLOSED) if every box is proved; FAILS with the midpoint of a box on which
        the opposite is proved; UNDECIDED, naming the hardest box, when the boxes run out.

    Raises
    ------
    InvalidArgument
        If the box is malformed.
    """
    check_choice("relation", relation, tuple(_SIGNS))
    sign, strict = _SIGNS[relation]
    names = tuple(box)
    start = tuple((Fraction(exact_input(a)), Fraction(exact_input(b))) for a, b in box.values())
    if not start or any(a > b for a, b in start):
        raise InvalidArgument(expected("box", "to have lower <= upper", show(dict(box))))
    if zero_at is not None and (len(names) != 1 or sign == 0):
        raise InvalidArgument(expected("zero_at", "only on a one-dimensional box", show(zero_at)))
    zero = None if zero_at is None else Fraction(exact_input(next(iter(zero_at.values()))))
    if zero is not None and zero not in start[0]:
        raise InvalidArgument(expected("zero_at", "to be an end of the box", show(zero_at)))
    claimed = Relation(_at_points(lhs), relation, _at_points(rhs))

    def proved(ball: arb) -> bool:
        if sign == 0:
            return not ball.contains(0)
        signed = ball * sign
        return bool(signed > 0 if strict else signed >= 0)

    def check(context: Context) -> Evidence:
        bits = bits_from_dps(context.dps)
        with working_bits(bits):
            slack = _compile(lhs, rhs, names, zero, order)
            if isinstance(slack, str):
                return Evidence.undecided(slack)
            queue: list[tuple[Fraction, int, Box]] = [(Fraction(0), 0, start)]
            ticket, examined = itertools.count(1), 0
            while queue:
                if examined == context.pick(boxes):
                    where = dict(zip(names, map(_interval, queue[0][2]), strict=True))
                    return Evidence.undecided(
                        f"{examined} boxes do not suffice; still open near {show(where)}"
                    )
                current = heapq.heappop(queue)[2]
                examined += 1
                if _decided(slack, current, zero, order, proved, sign):
                    continue
                middle = {n: (a + b) / 2 for n, (a, b) in zip(names, current, strict=True)}
                found = claimed.compare(middle, digits=context.dps)
                if found.standing is Standing.REFUTED:
                    return refutation(claimed, middle, found)
                for half in _halves(current):
                    width = max(b - a for a, b in half)
                    heapq.heappush(queue, (-width, next(ticket), half))
        return Evidence.holds(Grade.ENCLOSED, f"proved on {examined} boxes that cover the domain")

    return check


def _interval(ends: tuple[Fraction, Fraction]) -> str:
    return f"[{float(ends[0])!r}, {float(ends[1])!r}]"


def _halves(box: Box) -> tuple[Box, Box]:
    widest = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
    lower, upper = box[widest]
    middle = (lower + upper) / 2
    return (
        (*box[:widest], (lower, middle), *box[widest + 1 :]),
        (*box[:widest], (middle, upper), *box[widest + 1 :]),
    )


def _ball(lower: Fraction, upper: Fraction) -> arb:
    return arb(fmpq(lower.numerator, lower.denominator)).union(
        arb(fmpq(upper.numerator, upper.denominator))
    )


def _safe(function: Callable[..., arb], balls: list[arb]) -> arb:
    """Evaluate on balls; the whole line where the function cannot be enclosed."""
    try:
        value = function(*balls)
    except (SymPropError, ZeroDivisionError, ValueError):
        return arb(0, "inf")
    return value if value.is_finite() else arb(0, "inf")


def _decided(
    slack: _Slack,
    box: Box,
    zero: Fraction | None,
    order: int,
    proved: Callable[[arb], bool],
    sign: int,
) -> bool:
    balls = [_ball(*ends) for ends in box]
    natural = _safe(slack.value, balls)
    if proved(natural):
        return True
    if zero is not None and slack.at_zero is not None and zero in box[0]:
        # f(x) = f^(k)(y) (x - zero)^k / k! with y in the box
        side = -1 if zero == box[0][1] and order % 2 else 1
        return bool(_safe(slack.at_zero, balls) * sign * side > 0)
    if not slack.gradient:
        return False
    middles = [_ball((a + b) / 2, (a + b) / 2) for a, b in box]
    linear = _safe(slack.value, middles)
    for derivative, ball, middle in zip(slack.gradient, balls, middles, strict=True):
        linear += _safe(derivative, balls) * (ball - middle)
    return bool(linear.is_finite()) and proved(linear)


def _compile(
    lhs: Side, rhs: Side, names: tuple[str, ...], zero: Fraction | None, order: int
) -> _Slack | str:
    """Return the slack on balls, or why it cannot be used as the claim says."""
    import sympy

    from symprop.numerics.evaluation import compile_ball

    sides = [_constant_or_self(side) for side in (lhs, rhs)]
    if not all(isinstance(side, sympy.Expr) for side in sides):
        if zero is not None:
            return "a zero at the end of a box can be treated for expressions only"
        left, right = (_on_balls(side, names) for side in sides)
        return _Slack(lambda *balls: left(*balls) - right(*balls))
    difference = sides[0] - sides[1]
    table = {symbol.name: symbol for symbol in difference.free_symbols}
    symbols = [table.get(name, sympy.Symbol(name, real=True)) for name in names]
    gradient = _derivatives(difference, symbols)
    at_zero = None
    if zero is not None:
        if not gradient:
            return "a zero at the end of a box needs a differentiable slack"
        end = sympy.Rational(zero.numerator, zero.denominator)
        for k in range(order):
            value = sympy.diff(difference, symbols[0], k).subs(symbols[0], end)
            if sympy.simplify(value) != 0:
                return f"derivative {k} of the slack is not shown to vanish at {zero}"
        at_zero = compile_ball(sympy.diff(difference, symbols[0], order), symbols)
    return _Slack(compile_ball(difference, symbols), gradient, at_zero)


def _derivatives(
    expression: sympy.Expr, symbols: Sequence[sympy.Symbol]
) -> tuple[Callable[..., arb], ...]:
    """Return the partial derivatives on balls; none where the mean-value theorem might fail.

    A finite ball around a derivative does not show that the function is continuous:
    ``Piecewise`` and ``sign`` jump. Only functions with ball arithmetic and without jumps
    are trusted: where one of them is not Lipschitz, its derivative is not finite.
    """
    import sympy

    from symprop.numerics.ball_functions import CUT_FUNCTIONS, SMOOTH_FUNCTIONS
    from symprop.numerics.evaluation import compile_ball

    trusted = {*SMOOTH_FUNCTIONS, *CUT_FUNCTIONS, "hyper"} - _JUMPS
    if not {function.func.__name__ for function in expression.atoms(sympy.Function)} <= trusted:
        return ()
    try:
        return tuple(compile_ball(sympy.diff(expression, symbol), symbols) for symbol in symbols)
    except InvalidArgument:  # a derivative has no ball arithmetic
        return ()


def _at_points(side: Side) -> Any:
    """Return a side that may be called at an exact point, given a function of balls."""
    if not callable(side) or hasattr(side, "free_symbols"):
        return side
    wanted = _named(side)

    def evaluate(dps: int, **point: Any) -> Any:
        bits = bits_from_dps(dps)
        with working_bits(bits):
            return side(**{name: ball_of(point[name], bits) for name in wanted})

    return evaluate


def _named(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _constant_or_self(side: Any) -> Any:
    import sympy

    if isinstance(side, int | str | Fraction):
        exact = Fraction(side)
        return sympy.Rational(exact.numerator, exact.denominator)
    return side


def _on_balls(side: Any, names: tuple[str, ...]) -> Callable[..., arb]:
    import sympy

    from symprop.numerics.evaluation import compile_ball

    if isinstance(side, sympy.Expr):
        table = {symbol.name: symbol for symbol in side.free_symbols}
        return compile_ball(side, [table.get(name, sympy.Symbol(name)) for name in names])
    wanted = _named(side)

    def evaluate(*balls: arb) -> arb:
        table = dict(zip(names, balls, strict=True))
        value = side(**{name: table[name] for name in wanted})
        return value.ball if isinstance(value, Enclosure) else value

    return evaluate
