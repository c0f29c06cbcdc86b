"""From the terms of `symprop.gaussian.price` to one short expression.

Targeted rules only: like terms are collected in an exact field, coefficients are
factored, common factors are pulled out, ``pi/2 + asin(rho)`` becomes ``pi - acos(rho)``,
pairs of exponentials become hyperbolic, conjugate ones trigonometric.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.bivariate import BivariateNormalCDF, normal_cdf
from symprop.gaussian.price import TermKey, add_terms

if TYPE_CHECKING:
    from sympy.polys.fields import FracElement

    from symprop.gaussian.price import Ring, Terms

__all__ = ["assemble"]

_ONE = sympy.S.One


def assemble(ring: Ring, terms: Terms) -> sympy.Expr:
    """Return the sum of the terms as a SymPy expression.

    Raises
    ------
    NoClosedForm
        If an error function of a number that is neither real nor imaginary is left.
    """
    plain: Terms = {}
    for key, coefficient in terms.items():
        for spelled, factor in _spell(ring, key):
            add_terms(plain, {spelled: coefficient}, factor)
    if sympy.I in ring.expressions:
        return _hyperbolic(_real_parts(ring, plain))
    _measure_angles(ring, plain)
    groups: dict[tuple[Any, int], Terms] = {}
    for key, coefficient in plain.items():
        groups.setdefault((key.exponent, key.halves), {})[key] = coefficient
    common, groups = _common_factor(ring, groups)
    parts = []
    for (exponent, halves), members in groups.items():
        inner, members = _content(ring, members)
        total = sympy.Add(*(_shown(ring, key, value) for key, value in members.items()))
        weight = (2 * sympy.pi) ** sympy.Rational(-halves, 2) * ring.expression(inner)
        parts.append((weight * total, _exponent(ring, exponent)))
    return ring.expression(common) * _hyperbolic(parts)


def _spell(ring: Ring, key: TermKey) -> Iterable[tuple[TermKey, FracElement]]:
    """Write normal probabilities with error functions, in one canonical sign."""
    one = ring.field.one
    bounded = key.exponent == 0

    def special(halves: int, *arguments: sympy.Expr) -> TermKey:
        kind = "plain" if arguments else ""
        return TermKey(key.exponent, key.radicand, key.halves + halves, kind, arguments)

    def weighted(factor: Any, expression: sympy.Expr) -> Iterable[tuple[TermKey, FracElement]]:
        number, rest = expression.as_coeff_Mul()
        if rest == 1:
            yield special(0), factor * ring(number)
        else:
            yield special(0, rest), factor * ring(number)

    if key.kind == "plain":
        if key.arguments[0] == sympy.pi:
            yield special(-2), one / 2
        else:
            yield key, one
    elif key.kind == "normal":
        argument = key.arguments[0] / sympy.sqrt(2)
        if bounded or argument.has(sympy.I):
            yield special(0), one / 2
            yield from weighted(one / 2, sympy.erf(argument))
        else:
            yield from weighted(one / 2, sympy.erfc(-argument))
    elif key.kind == "orthant":
        h, k, r = key.arguments
        sign = one
        for _ in range(2):
            if bounded and h.could_extract_minus_sign():
                for piece, factor in _expanded(normal_cdf(k)):
                    yield from weighted(sign * ring(factor), piece)
                h, r, sign = -h, -r, -sign
            h, k = k, h
        yield from weighted(sign, BivariateNormalCDF(h, k, r))
    else:
        yield key, one


def _expanded(expression: sympy.Expr) -> Iterable[tuple[sympy.Expr, sympy.Expr]]:
    for part in sympy.Add.make_args(sympy.expand_mul(expression)):
        number, rest = part.as_coeff_Mul()
        yield rest, number


def _measure_angles(ring: Ring, terms: Terms) -> None:
    """Replace ``asin(rho) + pi/2`` by ``pi - acos(rho)``, and ``asin(rho) - pi/2`` by ``-acos``."""
    rho = ring.rho_expression
    zero = ring.field.zero
    sine = TermKey(zero, halves=2, kind="plain", arguments=(sympy.asin(rho),))
    constant = TermKey(zero)
    weight, level = terms.get(sine), terms.get(constant)
    if weight is None or level is None or level**2 != (weight / 4) ** 2:
        return
    del terms[sine], terms[constant]
    angle = sympy.acos(rho)
    if level == weight / 4:
        angle, weight = sympy.pi - angle, weight
    else:
        weight = -weight
    terms[TermKey(zero, halves=2, kind="plain", arguments=(angle,))] = weight


def _gcd(values: Iterable[Any]) -> Any:
    return reduce(lambda a, b: a.gcd(b), values)


def _content(ring: Ring, members: dict[TermKey, FracElement]) -> tuple[Any, Terms]:
    """Pull out what all coefficients share; single terms keep their own."""
    values = list(members.values())
    shared = ring.field(_gcd([value.numer.primitive()[1] for value in values])) / ring.field(
        _gcd([value.denom.primitive()[1] for value in values])
    )
    rest = [value / shared for value in values]
    domain = ring.field.domain
    number = None
    for value in rest:
        content = domain.convert(value.numer.content()) / domain.convert(value.denom.content())
        number = content if number is None else _rational_gcd(number, content)
    shared = shared * ring.field(number)
    if all(ring.is_negative(value.numer) for value in rest):
        shared = -shared
    return shared, {key: value / shared for key, value in members.items()}


def _rational_gcd(a: Any, b: Any) -> Any:
    from math import gcd, lcm

    return type(a)(
        gcd(int(a.numerator), int(b.numerator)), lcm(int(a.denominator), int(b.denominator))
    )


def _common_factor(
    ring: Ring, groups: dict[tuple[Any, int], Terms]
) -> tuple[Any, dict[tuple[Any, int], Terms]]:
    """Pull the shared monomials out of all groups."""
    everything = [value for members in groups.values() for value in members.values()]
    if not everything:
        return ring.field.one, groups
    shared = ring.field(_gcd([value.numer.primitive()[1] for value in everything])) / ring.field(
        _gcd([value.denom.primitive()[1] for value in everything])
    )
    return shared, {
        name: {key: value / shared for key, value in members.items()}
        for name, members in groups.items()
    }


def _shown(ring: Ring, key: TermKey, coefficient: FracElement) -> sympy.Expr:
    special = key.arguments[0] if key.kind else _ONE
    return ring.expression(coefficient) * ring.root_expression(key.radicand) * special


def _exponent(ring: Ring, exponent: FracElement) -> sympy.Expr:
    return sympy.expand(ring.expression(exponent)) if exponent.denom == 1 else ring.expression(
        exponent
    )


def _real_parts(ring: Ring, terms: Terms) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """Return coefficient and real exponent of each term; the imaginary parts cancel."""
    collected: dict[tuple[sympy.Expr, sympy.Expr], sympy.Expr] = {}
    for key, coefficient in terms.items():
        exponent = sympy.expand(ring.expression(key.exponent))
        level, phase = exponent.coeff(sympy.I, 0), exponent.coeff(sympy.I, 1)
        if sympy.expand(exponent - level - sympy.I * phase) != 0:
            level, phase = exponent.as_real_imag()
        special = key.arguments[0] if key.kind else _ONE
        if special.has(sympy.I):
            raise NoClosedForm(
                "Expected steps at zero beside sines and cosines but got the term " f"{special}."
            )
        factor = sympy.expand(ring.expression(coefficient) * sympy.exp(sympy.I * phase).rewrite(sympy.cos))
        real = sympy.expand(factor).as_real_imag()[0]
        weight = (2 * sympy.pi) ** sympy.Rational(-key.halves, 2)
        for part in sympy.Add.make_args(sympy.expand(real)):
            number, rest = part.as_coeff_Mul()
            slot = (level, rest * weight * ring.root_expression(key.radicand) * special)
            collected[slot] = collected.get(slot, 0) + number
    by_level: dict[sympy.Expr, sympy.Expr] = {}
    for (level, rest), number in collected.items():
        by_level[level] = by_level.get(level, 0) + number * rest
    return [(total, level) for level, total in by_level.items() if total != 0]


def _hyperbolic(parts: list[tuple[sympy.Expr, sympy.Expr]]) -> sympy.Expr:
    """Sum ``c exp(e)``, joining ``exp(a + b)`` and ``exp(a - b)`` of equal or opposite weights."""
    waiting = list(parts)
    total = []
    while waiting:
        weight, exponent = waiting.pop()
        if exponent != 0:
            for index, (other, far) in enumerate(waiting):
                if other not in (weight, -weight) or far == exponent:
                    continue
                level, swing = sympy.expand((exponent + far) / 2), sympy.expand((exponent - far) / 2)
                if len(sympy.Add.make_args(level)) + len(sympy.Add.make_args(swing)) > len(
                    sympy.Add.make_args(exponent)
                ) + (level == 0):
                    continue
                function = sympy.cosh if other == weight else sympy.sinh
                if swing.could_extract_minus_sign():
                    swing, weight = -swing, weight if other == weight else -weight
                del waiting[index]
                weight, exponent = 2 * weight * function(swing), level
                break
        total.append(weight * sympy.exp(exponent))
    return sympy.Add(*total)
