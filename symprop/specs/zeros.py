"""All real zeros of an expression on an interval, exact and complete, or a refusal.

Breakpoints of an activation are zeros of what it switches on. A zero that is
missed would make every later proof wrong, so each rule here is complete: it
either lists every zero or says nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UndecidedComparison, expected
from symprop.specs.decisions import is_zero, sign_of
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

__all__ = ["real_zeros", "sorted_distinct"]

_HIGHEST_DEGREE = 64
_HIGHEST_RADICAL_DEGREE = 4

_ODD_MONOTONE = (sympy.sinh, sympy.tanh, sympy.asinh, sympy.atan, sympy.asin, sympy.erf)
_INVERSES = {
    sympy.exp: sympy.log,
    sympy.log: sympy.exp,
    sympy.sinh: sympy.asinh,
    sympy.asinh: sympy.sinh,
    sympy.tanh: sympy.atanh,
    sympy.atan: sympy.tan,
    sympy.asin: sympy.sin,
    sympy.acos: sympy.cos,
    sympy.erf: sympy.erfinv,
    sympy.erfc: sympy.erfcinv,
}
_RANGES: dict[type, tuple[sympy.Expr, sympy.Expr]] = {
    sympy.exp: (sympy.Integer(0), sympy.oo),
    sympy.log: (-sympy.oo, sympy.oo),
    sympy.sinh: (-sympy.oo, sympy.oo),
    sympy.asinh: (-sympy.oo, sympy.oo),
    sympy.tanh: (sympy.Integer(-1), sympy.Integer(1)),
    sympy.atan: (-sympy.pi / 2, sympy.pi / 2),
    sympy.asin: (-sympy.pi / 2, sympy.pi / 2),
    sympy.acos: (sympy.Integer(0), sympy.pi),
    sympy.erf: (sympy.Integer(-1), sympy.Integer(1)),
    sympy.erfc: (sympy.Integer(0), sympy.Integer(2)),
}


def real_zeros(expression: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr) -> list[sympy.Expr]:
    """Return every zero of ``expression`` strictly inside ``(lower, upper)``, in order.

    An expression that vanishes identically has no isolated zeros and gives ``[]``.

    Raises
    ------
    OutOfDomain
        If symprop cannot list the zeros exactly.

    Examples
    --------
    >>> real_zeros(X**2 - 2, sympy.Integer(0), sympy.oo)
    [sqrt(2)]
    """
    try:
        found = _zeros(expression)
        inside = {zero for zero in found if sign_of(zero - lower) > 0 and sign_of(upper - zero) > 0}
        return sorted_distinct(inside)
    except (InvalidArgument, UndecidedComparison, NotImplementedError, sympy.PolynomialError):
        raise _unknown(expression) from None


def _unknown(expression: sympy.Expr) -> OutOfDomain:
    return OutOfDomain(
        expected("expression", "with zeros symprop can list exactly", str(expression))
    )


def sorted_distinct(points: Iterable[sympy.Expr]) -> list[sympy.Expr]:
    """Return exact points in increasing order, each once."""
    ordered: list[sympy.Expr] = []
    for point in points:
        index = 0
        order = 1
        while index < len(ordered) and (order := sign_of(point - ordered[index])) > 0:
            index += 1
        if index == len(ordered) or order < 0:
            ordered.insert(index, point)
    return ordered


@lru_cache(maxsize=2048)
def _zeros(g: sympy.Expr) -> frozenset[sympy.Expr]:
    """Return all real zeros of ``g`` (a superset is allowed: extra points split, never lose)."""
    return frozenset(_solve(g))


def _solve(g: sympy.Expr) -> AbstractSet[sympy.Expr]:
    if not g.has(X):
        return set()
    if g.is_Mul:
        return set().union(*(_zeros(factor) for factor in g.args))
    if isinstance(g, sympy.Pow) and not g.exp.has(X):
        return _zeros(g.base) if sign_of(g.exp) > 0 else set()
    if g.is_positive or g.is_negative or isinstance(g, sympy.exp):
        return set()
    if g.is_polynomial(X):
        return _polynomial_zeros(g)
    constant, rest = g.as_independent(X, as_Add=True)
    coefficient, inner = rest.as_independent(X, as_Add=False)
    if not (inner.is_Add or inner.is_Mul):
        return _level_set(inner, -constant / coefficient)
    for rewrite in (sympy.factor_terms, sympy.together):
        rewritten = rewrite(g)
        if rewritten.is_Mul and rewritten != g:
            return _zeros(rewritten)
    return _substituted(g)


def _polynomial_zeros(g: sympy.Expr) -> AbstractSet[sympy.Expr]:
    polynomial = sympy.Poly(g, X)
    if polynomial.degree() > _HIGHEST_DEGREE:
        raise _unknown(g)
    if polynomial.is_zero:
        return set()
    if all(coefficient.is_rational for coefficient in polynomial.coeffs()):
        found = set(sympy.real_roots(polynomial, multiple=True))
        implicit = {zero for zero in found if isinstance(zero, sympy.CRootOf)}
        return (found - implicit).union(*(_radicals(zero.poly) for zero in implicit))
    if polynomial.degree() == 1:
        return {-polynomial.nth(0) / polynomial.nth(1)}
    if polynomial.degree() == 2:
        a, b, c = polynomial.all_coeffs()
        discriminant = b**2 - 4 * a * c
        if sign_of(discriminant) < 0:
            return set()
        root = sympy.sqrt(discriminant)
        return {(-b - root) / (2 * a), (-b + root) / (2 * a)}
    _, factors = sympy.factor_list(g, X)
    if len(factors) == 1 and factors[0][1] == 1:
        raise _unknown(g)
    return set().union(*(_zeros(factor) for factor, _ in factors))


def _radicals(polynomial: sympy.Poly) -> AbstractSet[sympy.Expr]:
    """Return all real roots of an irreducible polynomial in real radicals."""
    if polynomial.degree() <= _HIGHEST_RADICAL_DEGREE:
        real = {root for root in sympy.roots(polynomial) if not root.has(sympy.I)}
        if len(real) == polynomial.count_roots() and all(sign_of(root) for root in real):
            return real
    raise _unknown(polynomial.as_expr())


def _level_set(f: sympy.Expr, level: sympy.Expr) -> AbstractSet[sympy.Expr]:
    """Return the solutions of ``f = level`` for a single function or power ``f``."""
    if isinstance(f, sympy.Pow) and not f.exp.has(X):
        return _power_level_set(f, level)
    if isinstance(f, sympy.Pow) and not f.base.has(X):
        f = sympy.exp(f.exp * sympy.log(f.base), evaluate=False)
    if isinstance(f, sympy.cosh | sympy.sech):
        level = level if isinstance(f, sympy.cosh) else _reciprocal(level)
        if level is None or sign_of(level - 1) < 0:
            return set()
        angle = sympy.acosh(level)
        return _zeros(f.args[0] - angle) | _zeros(f.args[0] + angle)
    if isinstance(f, sympy.sin | sympy.cos) and sign_of(level**2 - 1) > 0:
        return set()
    inverse = _INVERSES.get(f.func)
    if inverse is None:
        raise _unknown(f)
    least, greatest = _RANGES[f.func]
    closed = f.func in (sympy.asin, sympy.acos)
    below, above = sign_of(level - least), sign_of(greatest - level)
    if min(below, above) < 0 or (min(below, above) == 0 and not closed):
        return set()
    if is_zero(level) and f.func in _ODD_MONOTONE:
        return _zeros(f.args[0])
    return _zeros(f.args[0] - inverse(level))


def _reciprocal(level: sympy.Expr) -> sympy.Expr | None:
    return 1 / level if sign_of(level) > 0 else None


def _power_level_set(f: sympy.Pow, level: sympy.Expr) -> AbstractSet[sympy.Expr]:
    """Solve ``base**p = level`` for real ``base`` (positive when ``p`` is not an integer)."""
    base, exponent = f.args
    sign = sign_of(level)
    if sign == 0:
        return _zeros(base) if sign_of(exponent) > 0 else set()
    if sign < 0:
        if not (isinstance(exponent, sympy.Integer) and exponent % 2):
            return set()
        return _zeros(base + (-level) ** (1 / exponent))
    root = level ** (1 / exponent)
    solutions = _zeros(base - root)
    if isinstance(exponent, sympy.Integer) and exponent % 2 == 0:
        solutions |= _zeros(base + root)
    return solutions


def _substituted(g: sympy.Expr) -> AbstractSet[sympy.Expr]:
    """Solve a polynomial in one function of the variable, such as ``exp(2*x) - 3*exp(x) + 2``."""
    generators = [generator for generator in sympy.Poly(g).gens if generator.has(X)]
    if len(generators) != 1 or generators[0] == X:
        raise _unknown(g)
    polynomial = sympy.Poly(g, generators[0])
    if any(coefficient.has(X) for coefficient in polynomial.coeffs()):
        raise _unknown(g)
    values = _polynomial_zeros(sympy.Poly(polynomial.all_coeffs(), X).as_expr())
    return set().union(*(_level_set(generators[0], value) for value in values))
