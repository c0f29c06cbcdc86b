"""Complex singularities of an analytic activation and the strip it is analytic in.

Singularities are collected by structural recursion: entire functions add none, and
a quotient, a logarithm or a hyperbolic tangent adds the complex zeros of its
argument. The collection may hold points where the singularity is in fact removable, so
the strip is a proved lower bound (sharp for the whole catalogue).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import SymPropError
from symprop.specs.decisions import sign_of
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symprop.specs.pieces import Piece

__all__ = ["Singularity", "find_singularities", "strip_half_width"]

_HIGHEST_DEGREE = 16
_ENTIRE = sympy.exp | sympy.sin | sympy.cos | sympy.sinh | sympy.cosh | sympy.erf | sympy.erfc
_HYPERBOLIC = (sympy.tanh, sympy.sech, sympy.sinh, sympy.cosh)
_Y = sympy.Dummy("y")


@dataclass(frozen=True, slots=True)
class Singularity:
    """A complex singularity, or an arithmetic progression of them.

    Attributes
    ----------
    location : sympy.Expr
        One of the points.
    period : sympy.Expr
        The points are ``location + k*period`` for all integers ``k``; 0 for a single one.
    kind : str
        ``"pole"`` or ``"branch point"``.
    """

    location: sympy.Expr
    period: sympy.Expr
    kind: str


class _Unknown(Exception):
    """The complex zeros of some part are not known in closed form."""


def find_singularities(pieces: Sequence[Piece]) -> tuple[Singularity, ...] | None:
    """Return all complex singularities of an activation with one piece, or None if unknown.

    Examples
    --------
    >>> from symprop.specs.pieces import decompose
    >>> find_singularities(decompose(sympy.tanh(X)))
    (Singularity(location=I*pi/2, period=I*pi, kind='pole'),)
    """
    if len(pieces) != 1:
        return None
    try:
        return tuple(dict.fromkeys(_collect(pieces[0].expression)))
    except (_Unknown, SymPropError, sympy.PolynomialError, NotImplementedError):
        return None


def strip_half_width(singularities: Iterable[Singularity] | None) -> sympy.Expr | None:
    """Return the distance from the real line to the nearest singularity, or None if unknown."""
    if singularities is None:
        return None
    least = sympy.oo
    try:
        for singularity in singularities:
            height = _height(singularity)
            if least == sympy.oo or sign_of(least - height) > 0:
                least = height
    except (_Unknown, SymPropError):
        return None
    return least


def _height(singularity: Singularity) -> sympy.Expr:
    """Return the least distance of a progression from the real line."""
    height = sympy.im(sympy.expand_complex(singularity.location))
    step = sympy.im(sympy.expand_complex(singularity.period))
    if height.has(sympy.im, sympy.re, sympy.arg) or step.has(sympy.im, sympy.re, sympy.arg):
        raise _Unknown
    if step == 0:
        return sympy.Abs(height)
    turns = sympy.floor(height / step)
    below = sympy.Abs(height - turns * step)
    above = sympy.Abs(step) - below
    return sympy.simplify(below if sign_of(above - below) >= 0 else above)


def _collect(node: sympy.Expr) -> list[Singularity]:
    if node == X or not node.has(X):
        return []
    node = _without_logarithm(node)
    found = [singularity for argument in node.args for singularity in _collect(argument)]
    if isinstance(node, sympy.Add | sympy.Mul | _ENTIRE):
        return found
    if isinstance(node, sympy.tanh | sympy.sech):
        return found + _solve(node.args[0], sympy.I * sympy.pi / 2, sympy.I * sympy.pi, "pole")
    if isinstance(node, sympy.atan | sympy.asinh | sympy.asin | sympy.acos):
        unit = sympy.I if isinstance(node, sympy.atan | sympy.asinh) else sympy.Integer(1)
        for value in (unit, -unit):
            found += _solve(node.args[0], value, sympy.Integer(0), "branch point")
        return found
    if isinstance(node, sympy.log):
        return found + _zeros(node.args[0], "branch point")
    if isinstance(node, sympy.Pow):
        base, exponent = node.args
        if exponent.has(X):
            return found + _zeros(base, "branch point")
        if isinstance(exponent, sympy.Integer):
            return found if exponent > 0 else found + _zeros(base, "pole")
        return found + _zeros(base, "branch point")
    raise _Unknown


def _without_logarithm(node: sympy.Expr) -> sympy.Expr:
    """Write ``tanh(log(w))`` as ``(w**2 - 1)/(w**2 + 1)``: ``w = 0`` is no branch point."""
    if isinstance(node, sympy.tanh) and isinstance(node.args[0], sympy.log):
        square = node.args[0].args[0] ** 2
        return (square - 1) / (square + 1)
    return node


def _solve(
    inner: sympy.Expr, value: sympy.Expr, period: sympy.Expr, kind: str
) -> list[Singularity]:
    """Return the points where ``inner`` is ``value`` up to multiples of ``period``."""
    if not inner.is_polynomial(X):
        raise _Unknown
    polynomial = sympy.Poly(inner - value, X)
    if polynomial.degree() == 1:
        slope, offset = polynomial.all_coeffs()
        return [Singularity(sympy.expand(-offset / slope), sympy.expand(period / slope), kind)]
    if period != 0:
        raise _Unknown
    return [Singularity(root, sympy.Integer(0), kind) for root in _roots(polynomial)]


def _roots(polynomial: sympy.Poly) -> list[sympy.Expr]:
    """Return all distinct complex roots in radicals."""
    if polynomial.degree() > _HIGHEST_DEGREE:
        raise _Unknown
    found = sympy.roots(polynomial)
    if sum(found.values()) != polynomial.degree():
        raise _Unknown
    return list(found)


def _zeros(g: sympy.Expr, kind: str) -> list[Singularity]:
    """Return all complex zeros of ``g`` where it is analytic."""
    if not g.has(X) or isinstance(g, sympy.exp):
        return []
    if isinstance(g, sympy.Mul):
        return [zero for factor in g.args for zero in _zeros(factor, kind)]
    if isinstance(g, sympy.Pow) and not g.exp.has(X):
        return _zeros(g.base, kind) if g.exp.is_positive else []
    if g.is_polynomial(X):
        return [Singularity(root, sympy.Integer(0), kind) for root in _roots(sympy.Poly(g, X))]
    return _exponential_zeros(g, kind)


def _exponential_zeros(g: sympy.Expr, kind: str) -> list[Singularity]:
    """Return the zeros of a rational function of ``exp(r*x)``, of period ``2*pi*i/r``."""
    exponentials = g.replace(lambda part: isinstance(part, _HYPERBOLIC), _as_exponentials)
    rate = _common_rate(exponentials)
    rational = exponentials.replace(sympy.exp, lambda inner: _monomial(inner, rate))
    if rational.has(X):
        raise _Unknown
    numerator, _ = sympy.fraction(sympy.cancel(sympy.together(rational)))
    period = 2 * sympy.pi * sympy.I / rate
    return [
        Singularity(sympy.expand(sympy.log(root) / rate), period, kind)
        for root in _roots(sympy.Poly(numerator, _Y))
        if root != 0
    ]


def _as_exponentials(node: sympy.Expr) -> sympy.Expr:
    return node.rewrite(sympy.exp)


def _common_rate(expression: sympy.Expr) -> sympy.Expr:
    """Return the largest ``r > 0`` of which all exponents are integer multiples."""
    rates = []
    for exponential in expression.atoms(sympy.exp):
        inner = exponential.args[0]
        if not inner.is_polynomial(X) or sympy.degree(inner, X) > 1:
            raise _Unknown
        rates.append(sympy.Abs(sympy.Poly(inner, X).nth(1)))
    unit = next((rate for rate in rates if rate != 0), None)
    if unit is None:
        raise _Unknown
    ratios = [sympy.nsimplify(rate / unit) for rate in rates]
    if not all(ratio.is_Rational for ratio in ratios):
        raise _Unknown
    common = math.lcm(*(int(ratio.q) for ratio in ratios))
    return unit * math.gcd(*(int(ratio * common) for ratio in ratios)) / common


def _monomial(inner: sympy.Expr, rate: sympy.Expr) -> sympy.Expr:
    """Return ``exp(a*x + b)`` as ``exp(b) * y**(a/rate)``."""
    slope, offset = sympy.Poly(inner, X).nth(1), sympy.Poly(inner, X).nth(0)
    return sympy.exp(offset) * _Y ** sympy.simplify(slope / rate)
