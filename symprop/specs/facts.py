"""Facts derived from the pieces of an activation: limits, jumps, kinks, parity, homogeneity.

Everything is a theorem about the expression. A fact that cannot be proved is
reported as unknown (`None`), or raises, and is never guessed.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import sympy
from flint import arb

from symprop.foundation.errors import OutOfDomain, SymPropError, expected
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.decisions import is_zero, sign_of
from symprop.specs.expression import X
from symprop.specs.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "assemble",
    "differentiate",
    "find_jumps",
    "find_kinks",
    "homogeneity_degree",
    "one_sided_limit",
    "parity_of",
]

_PROBE_BITS = 80
_LONG = 100  # operations
_PROBES = tuple(sympy.Rational(2) ** power for power in (0, 1, -20, -40))  # steep functions too
_MOST_OPERATIONS = 200  # beyond, SymPy's simplification may take minutes


@lru_cache(maxsize=1024)
def one_sided_limit(piece: Piece, *, at_upper: bool) -> sympy.Expr:
    """Return the limit of a piece at one of its ends, possibly infinite.

    Raises
    ------
    OutOfDomain
        If the limit does not exist or is not found.

    Examples
    --------
    >>> one_sided_limit(Piece(sympy.Integer(0), sympy.oo, sympy.sin(X) / X), at_upper=False)
    1
    """
    end = piece.upper if at_upper else piece.lower
    if end.is_finite:
        value = piece.expression.xreplace({X: end})
        if value.is_number and value.is_finite and not value.has(sympy.AccumBounds):
            return value
    try:
        value = sympy.limit(piece.expression, X, end, "-" if at_upper else "+")
    except (NotImplementedError, ValueError, TypeError, AttributeError, RecursionError):
        value = sympy.nan
    if value.is_extended_real and not value.has(sympy.Limit, sympy.AccumBounds, sympy.nan):
        return value
    raise OutOfDomain(
        expected("expression", f"with a known limit as x -> {end}", str(piece.expression))
    )


def find_jumps(pieces: Sequence[Piece]) -> tuple[tuple[sympy.Expr, sympy.Expr], ...]:
    """Return location and size of every jump between finite one-sided limits."""
    found = []
    for left, right in pairwise(pieces):
        before = one_sided_limit(left, at_upper=True)
        after = one_sided_limit(right, at_upper=False)
        if before.is_finite and after.is_finite and not is_zero(after - before):
            found.append((left.upper, sympy.simplify(after - before)))
    return tuple(found)


def find_kinks(pieces: Sequence[Piece]) -> tuple[sympy.Expr, ...]:
    """Return the points of continuity at which the first derivative jumps or is infinite."""
    broken = {location for location, _ in find_jumps(pieces)}
    slopes = differentiate(pieces)
    found = []
    for (left, right), (slope_left, slope_right) in zip(
        pairwise(pieces), pairwise(slopes), strict=True
    ):
        value = one_sided_limit(left, at_upper=True), one_sided_limit(right, at_upper=False)
        if left.upper in broken or not all(side.is_finite for side in value):
            continue
        before = one_sided_limit(slope_left, at_upper=True)
        after = one_sided_limit(slope_right, at_upper=False)
        if not (before.is_finite and after.is_finite and is_zero(after - before)):
            found.append(left.upper)
    return tuple(found)


def differentiate(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the derivative of each piece inside its interval."""
    return tuple(
        Piece(piece.lower, piece.upper, _short(sympy.diff(piece.expression, X))) for piece in pieces
    )


def _short(derivative: sympy.Expr) -> sympy.Expr:
    """Multiply a long expression out if that is shorter, as for high derivatives of tanh."""
    length = derivative.count_ops()
    if length < _LONG:
        return derivative
    expanded = sympy.expand(derivative)
    return expanded if expanded.count_ops() < length else derivative


def assemble(pieces: Sequence[Piece]) -> sympy.Expr:
    """Return one expression with these pieces; its value at a jump is the mean of both sides."""
    first, *others = pieces
    if all(not piece.expression.has(X) for piece in pieces):
        steps = [
            (right.expression - left.expression) * sympy.Heaviside(X - left.upper)
            for left, right in pairwise(pieces)
        ]
        return sympy.Add(first.expression, *steps)
    if not others:
        return first.expression
    branches = [(piece.expression, sympy.Lt(X, piece.upper)) for piece in pieces[:-1]]
    return sympy.Piecewise(*branches, (pieces[-1].expression, True), evaluate=False)


def _equal(left: sympy.Expr, right: sympy.Expr, sample: sympy.Rational) -> bool | None:
    """Whether two expressions agree as functions: True and False are proved, None is unknown."""
    difference = left - right
    if difference == 0:
        return True
    if not _ball_at(difference, sample).contains(0):
        return False
    if difference.count_ops() > _MOST_OPERATIONS:
        return None
    if any(reduce(difference) == 0 for reduce in (sympy.expand, sympy.simplify)):
        return True
    return None


def _ball_at(expression: sympy.Expr, point: sympy.Rational) -> arb:
    with working_bits(_PROBE_BITS):
        return compile_ball(expression, [X])(arb(int(point.p)) / int(point.q))


def parity_of(pieces: Sequence[Piece]) -> Literal["even", "odd"] | None:
    """Return ``"even"`` or ``"odd"`` when that is proved (breakpoints left out), else None."""
    mirrored = [
        Piece(-piece.upper, -piece.lower, piece.expression.xreplace({X: -X}))
        for piece in reversed(pieces)
    ]
    matched = all(
        piece.upper == image.upper or sign_of(piece.upper - image.upper) == 0
        for piece, image in zip(pieces[:-1], mirrored[:-1], strict=True)
    )
    if not matched:
        return None
    pairs = list(zip(pieces, mirrored, strict=True))
    if all(_agree(piece, image.expression) for piece, image in pairs):
        return "even"
    if all(_agree(piece, -image.expression) for piece, image in pairs):
        return "odd"
    return None


def _agree(piece: Piece, other: sympy.Expr) -> bool:
    sample = piece.sample() + sympy.Rational(1, 7)  # not the centre, where odd functions vanish
    if sign_of(piece.upper - sample) <= 0:
        sample = piece.sample()
    return _equal(piece.expression, other, sample) is True


def homogeneity_degree(pieces: Sequence[Piece]) -> sympy.Expr | None:
    """Return ``d`` with ``phi(t*x) = t**d * phi(x)`` for all ``t > 0``, x != 0, when proved.

    The zero function, homogeneous of every degree, gives None.
    """
    if any(not is_zero(piece.upper) for piece in pieces[:-1]):
        return None
    degrees = set()
    for piece in pieces:
        sides = [1] if piece.lower == 0 else [-1] if piece.upper == 0 else [1, -1]
        for side in sides:
            if piece.expression != 0:
                degrees.add(_monomial_degree(piece.expression, side))
    return degrees.pop() if len(degrees) == 1 else None


def _monomial_degree(expression: sympy.Expr, side: int) -> sympy.Expr | None:
    """Return ``d`` when ``expression`` is a multiple of ``abs(x)**d`` on one side of 0."""
    if not expression.has(X):
        return sympy.Integer(0)
    try:
        euler = X * sympy.diff(expression, X) / expression  # constant exactly for a monomial
        probes = [_ball_at(euler, side * at) for at in _PROBES]
        if not all(probe.is_finite() and probe.overlaps(probes[0]) for probe in probes):
            return None
        degree = sympy.simplify(euler.xreplace({X: sympy.Integer(side)}))
        proved = _equal(euler, degree, sympy.Integer(2 * side))
    except SymPropError:
        return None
    return degree if proved and degree.is_real else None
