"""An expression cut at its breakpoints into analytic pieces, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy
from sympy.logic.boolalg import And, Boolean, Not, Or

from symprop.foundation.errors import OutOfDomain, expected
from symprop.specs.decisions import rational_between, sign_of
from symprop.specs.expression import X
from symprop.specs.zeros import real_zeros, sorted_distinct

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_PIECES", "Piece", "decompose"]

MOST_PIECES = 512
"""An expression with more pieces is refused: nested absolute values double them each time."""

_SWITCHES = (sympy.Piecewise, sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Heaviside)
_ENTIRE = sympy.exp | sympy.sin | sympy.cos | sympy.sinh | sympy.cosh | sympy.erf | sympy.erfc
_ANALYTIC_ON_LINE = _ENTIRE | sympy.tanh | sympy.sech | sympy.atan | sympy.asinh


@dataclass(frozen=True, slots=True)
class Piece:
    """A maximal open interval on which an activation is one analytic expression.

    Attributes
    ----------
    lower, upper : sympy.Expr
        Ends, exact numbers or infinite.
    expression : sympy.Expr
        In ``X``, free of ``Piecewise``, ``Max``, ``Min``, ``Abs``, ``sign`` and
        ``Heaviside``. It may be singular at an end, as ``x**(3/2)`` at 0.
    """

    lower: sympy.Expr
    upper: sympy.Expr
    expression: sympy.Expr

    def sample(self) -> sympy.Rational:
        """Return a rational point inside."""
        return rational_between(self.lower, self.upper)


@lru_cache(maxsize=512)
def decompose(expression: sympy.Expr) -> tuple[Piece, ...]:
    """Return the pieces of ``expression``, ordered and covering the real line.

    Parameters
    ----------
    expression : sympy.Expr
        In ``X``.

    Raises
    ------
    OutOfDomain
        If the expression is not real on the whole line, or its breakpoints
        cannot be listed exactly.

    Examples
    --------
    >>> for piece in decompose(sympy.Max(0, sympy.Min(6, X))):
    ...     print(piece.lower, piece.upper, piece.expression)
    -oo 0 0
    0 6 x
    6 oo 6
    """
    return tuple(_merged(_split(expression, -sympy.oo, sympy.oo)))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbours with the same expression, where it is analytic across the common end."""
    current: Piece | None = None
    for piece in pieces:
        if current is None:
            current = piece
            continue
        joined = Piece(current.lower, piece.upper, current.expression)
        if current.expression == piece.expression and _is_whole(joined):
            current = joined
        else:
            yield current
            current = piece
    if current is not None:
        yield current


def _is_whole(piece: Piece) -> bool:
    return len(list(_split(piece.expression, piece.lower, piece.upper))) == 1


def _split(node: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr) -> Iterator[Piece]:
    """Yield the pieces of ``node`` on ``(lower, upper)``."""
    if node == X or not node.has(X):
        yield Piece(lower, upper, node)
    elif isinstance(node, sympy.Piecewise):
        yield from _split_piecewise(node, lower, upper)
    else:
        for left, right, arguments in _split_all(node.args, lower, upper):
            yield from _resolve(node, arguments, left, right)


def _split_all(
    nodes: tuple[sympy.Expr, ...], lower: sympy.Expr, upper: sympy.Expr
) -> list[tuple[sympy.Expr, sympy.Expr, tuple[sympy.Expr, ...]]]:
    """Return common subintervals with the expressions of all ``nodes`` there."""
    cells: list[tuple[sympy.Expr, sympy.Expr, tuple[sympy.Expr, ...]]] = [(lower, upper, ())]
    for node in nodes:
        cells = [
            (piece.lower, piece.upper, (*arguments, piece.expression))
            for left, right, arguments in cells
            for piece in _split(node, left, right)
        ]
        if len(cells) > MOST_PIECES:
            raise OutOfDomain(
                expected("expression", f"with at most {MOST_PIECES} pieces", str(node))
            )
    return cells


def _cut(
    lower: sympy.Expr, upper: sympy.Expr, *switches: sympy.Expr
) -> Iterator[tuple[sympy.Expr, sympy.Expr, list[int]]]:
    """Yield the subintervals on which every switch keeps its sign, with the signs."""
    points: set[sympy.Expr] = set()
    for switch in switches:
        points |= set(real_zeros(switch, lower, upper))
    ends = [lower, *sorted_distinct(points), upper]
    for left, right in pairwise(ends):
        sample = rational_between(left, right)
        yield left, right, [_sign_at(switch, sample) for switch in switches]


def _sign_at(switch: sympy.Expr, point: sympy.Rational) -> int:
    return sign_of(switch.xreplace({X: point}))


def _resolve(
    node: sympy.Expr, arguments: tuple[sympy.Expr, ...], lower: sympy.Expr, upper: sympy.Expr
) -> Iterator[Piece]:
    """Yield the pieces of ``node`` when its arguments are analytic on ``(lower, upper)``."""
    if isinstance(node, sympy.Max | sympy.Min):
        yield from _extreme(node, arguments, lower, upper)
        return
    if isinstance(node, sympy.Abs | sympy.sign | sympy.Heaviside):
        argument = arguments[0]
        for left, right, (sign,) in _cut(lower, upper, argument):
            if isinstance(node, sympy.Abs):
                value = sign * argument
            elif isinstance(node, sympy.sign):
                value = sympy.Integer(sign)
            else:
                value = sympy.Integer((1 + sign) // 2) if sign else arguments[1]
            yield Piece(left, right, value)
        return
    rebuilt = node if arguments == node.args else node.func(*arguments)
    if rebuilt.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo, sympy.I):
        raise _undefined(node, lower, upper)
    if rebuilt.has(*_SWITCHES) or (rebuilt.func != node.func and not _is_analytic(node)):
        yield from _split(rebuilt, lower, upper)  # SymPy rewrote it, as sqrt(x**2) to Abs(x)
    elif _is_analytic(node) or not rebuilt.has(X):
        yield Piece(lower, upper, rebuilt)
    else:
        yield from _singular(rebuilt, lower, upper)


def _undefined(node: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr) -> OutOfDomain:
    condition = f"to be real and finite on ({lower}, {upper})"
    return OutOfDomain(expected("expression", condition, str(node)))


def _is_analytic(node: sympy.Expr) -> bool:
    """Whether the outermost operation is analytic wherever its operands are real."""
    if isinstance(node, sympy.Pow):
        return isinstance(node.exp, sympy.Integer) and bool(node.exp > 0)
    return isinstance(node, sympy.Add | sympy.Mul | _ANALYTIC_ON_LINE)


def _extreme(
    node: sympy.Expr, arguments: tuple[sympy.Expr, ...], lower: sympy.Expr, upper: sympy.Expr
) -> Iterator[Piece]:
    largest = isinstance(node, sympy.Max)
    running = [Piece(lower, upper, arguments[0])]
    for argument in arguments[1:]:
        following: list[Piece] = []
        for piece in running:
            difference = piece.expression - argument
            for left, right, (sign,) in _cut(piece.lower, piece.upper, difference):
                keep = (sign >= 0) == largest or sign == 0
                following.append(Piece(left, right, piece.expression if keep else argument))
        running = list(_merged(iter(following)))
    yield from running


def _singular(node: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr) -> Iterator[Piece]:
    """Cut at the singularities of a power, a logarithm or an inverse sine."""
    if isinstance(node, sympy.Pow):
        base, exponent = node.args
        must_be_positive = not isinstance(exponent, sympy.Integer)
        conditions: tuple[sympy.Expr, ...] = (base,)
    elif isinstance(node, sympy.log):
        must_be_positive, conditions = True, (node.args[0],)
    elif isinstance(node, sympy.asin | sympy.acos):
        must_be_positive, conditions = True, (1 - node.args[0], 1 + node.args[0])
    else:
        raise OutOfDomain(
            expected("expression", "built from functions analytic on the line", str(node))
        )
    for left, right, signs in _cut(lower, upper, *conditions):
        if 0 in signs or (must_be_positive and min(signs) < 0):
            raise _undefined(node, left, right)
        yield Piece(left, right, node)


def _split_piecewise(
    node: sympy.Piecewise, lower: sympy.Expr, upper: sympy.Expr
) -> Iterator[Piece]:
    """Take the first branch whose condition holds; later branches see what is left."""
    value, condition = node.args[0]
    rest = sympy.Piecewise(*node.args[1:], evaluate=False) if len(node.args) > 1 else sympy.nan
    for left, right, holds in _split_condition(condition, lower, upper):
        chosen = value if holds else rest
        if chosen is sympy.nan:
            raise _undefined(node, left, right)
        yield from _split(chosen, left, right)


def _split_condition(
    condition: Boolean, lower: sympy.Expr, upper: sympy.Expr
) -> Iterator[tuple[sympy.Expr, sympy.Expr, bool]]:
    """Yield subintervals with the truth of ``condition`` in their interior."""
    relations = sorted(condition.atoms(sympy.core.relational.Relational), key=str)
    switches = tuple(relation.lhs - relation.rhs for relation in relations)
    for left, right, arguments in _split_all(switches, lower, upper):
        for inner_left, inner_right, signs in _cut(left, right, *arguments):
            truth = {
                relation: _holds(relation.rel_op, sign)
                for relation, sign in zip(relations, signs, strict=True)
            }
            yield inner_left, inner_right, _evaluate(condition, truth)


def _holds(relation: str, sign: int) -> bool:
    return {
        "<": sign < 0,
        "<=": sign <= 0,
        ">": sign > 0,
        ">=": sign >= 0,
        "==": sign == 0,
        "!=": sign != 0,
    }[relation]


def _evaluate(condition: Boolean, truth: dict[sympy.Basic, bool]) -> bool:
    if condition in truth:
        return truth[condition]
    if isinstance(condition, And):
        return all(_evaluate(part, truth) for part in condition.args)
    if isinstance(condition, Or):
        return any(_evaluate(part, truth) for part in condition.args)
    if isinstance(condition, Not):
        return not _evaluate(condition.args[0], truth)
    return bool(condition)
