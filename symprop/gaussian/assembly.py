"""From the terms of `symprop.gaussian.price` to one short expression.

Targeted rules only: like terms are collected in an exact field, coefficients are
factored, common factors are pulled out, ``pi/2 + asin(rho)`` becomes ``pi - acos(rho)``,
pairs of exponentials become hyperbolic, conjugate ones trigonometric.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.bivariate import BivariateNormalCDF
from symprop.gaussian.price import TermKey, add_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sympy.polys.fields import FracElement

    from symprop.gaussian.price import Terms
    from symprop.gaussian.rational_functions import Ring

__all__ = ["assemble", "real_part"]


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
    waves = {key: value for key, value in plain.items() if not _is_real(ring, key, value)}
    plain = {key: value for key, value in plain.items() if key not in waves}
    return _real_sum(ring, plain) + _hyperbolic(_real_parts(ring, waves))


def _is_real(ring: Ring, key: TermKey, value: FracElement) -> bool:
    return (
        ring.is_real(value)
        and ring.is_real(key.exponent)
        and not any(argument.has(sympy.I) for argument in key.arguments)
    )


def _real_sum(ring: Ring, plain: Terms) -> sympy.Expr:
    _measure_angles(ring, plain)
    if not plain:
        return sympy.S.Zero
    groups: dict[tuple[Any, int], Terms] = {}
    for key, coefficient in plain.items():
        groups.setdefault((key.exponent, key.halves), {})[key] = coefficient
    common = _shared_factor(ring, plain)
    parts = []
    for (exponent, halves), members in groups.items():
        content = _content(ring, {key: value / common for key, value in members.items()})
        roots = frozenset.intersection(*(key.radicand for key in members))
        total = sympy.Add(
            *(
                _shown(ring, key, value / (common * content), roots)
                for key, value in members.items()
            )
        )
        power_of_pi = (2 * sympy.pi) ** sympy.Rational(-halves, 2)
        weight = sympy.Mul(*ring.factors(content), power_of_pi, *ring.roots(roots), total)
        parts.append((weight, ring.expression(exponent)))
    return sympy.Mul(*ring.factors(common), _hyperbolic(parts))


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
        turned = sympy.expand(-sympy.I * argument)
        if argument.has(sympy.I) and not turned.has(sympy.I):  # erf(i y) = i erfi(y)
            yield special(0), one / 2
            yield from weighted(ring(sympy.I) / 2, sympy.erfi(turned))
        elif bounded:
            yield special(0), one / 2
            yield from weighted(one / 2, sympy.erf(argument))
        else:
            yield from weighted(one / 2, sympy.erfc(-argument))
    elif key.kind == "orthant":
        h, k, r = key.arguments
        sign = one
        for _ in range(2):
            if bounded and h.could_extract_minus_sign():
                for piece, factor in _expanded((1 + sympy.erf(k / sympy.sqrt(2))) / 2):
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
        angle = sympy.pi - angle
    else:
        weight = -weight
    terms[TermKey(zero, halves=2, kind="plain", arguments=(angle,))] = weight


def _gcd(values: Iterable[Any]) -> Any:
    return reduce(lambda a, b: a.gcd(b), values)


def _shared_factor(ring: Ring, members: Terms) -> FracElement:
    """Return the polynomial factors that all coefficients share, without numbers."""
    parts = [
        ring.field(_gcd([part.primitive()[1] for part in column]))
        for column in zip(*((value.numer, value.denom) for value in members.values()), strict=True)
    ]
    return parts[0] / parts[1]


def _content(ring: Ring, members: Terms) -> FracElement:
    """Return what the coefficients share, with their rational content and common sign."""
    shared = _shared_factor(ring, members)
    rest = [value / shared for value in members.values()]
    contents = [
        Fraction(int(c.numerator), int(c.denominator))
        for c in (value.numer.content() / value.denom.content() for value in rest)
    ]
    number = Fraction(
        gcd(*(item.numerator for item in contents)), lcm(*(item.denominator for item in contents))
    )
    if all(ring.is_negative(value.numer) != ring.is_negative(value.denom) for value in rest):
        number = -number
    return shared * ring(sympy.Rational(number.numerator, number.denominator))


def _shown(
    ring: Ring, key: TermKey, coefficient: FracElement, outside: frozenset[Any]
) -> sympy.Expr:
    special = key.arguments[0] if key.kind else sympy.S.One
    return sympy.Mul(*ring.factors(coefficient), *ring.roots(key.radicand - outside), special)


def _real_parts(ring: Ring, terms: Terms) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """Return weight and real exponent of each term; the imaginary parts of the sum cancel."""
    levels: dict[sympy.Expr, sympy.Expr] = {}
    for key, coefficient in terms.items():
        exponent = sympy.expand(ring.expression(key.exponent))
        phase = exponent.coeff(sympy.I, 1)
        level = sympy.expand(exponent - sympy.I * phase)
        special = key.arguments[0] if key.kind else sympy.S.One
        if special.has(sympy.I) or level.has(sympy.I):
            raise NoClosedForm(
                "Expected sines and cosines beside steps at zero or alone"
                f" but got the term {special * sympy.exp(exponent)}."
            )
        weight = sympy.Mul((2 * sympy.pi) ** sympy.Rational(-key.halves, 2), special)
        weight = sympy.Mul(weight, *ring.roots(key.radicand))
        for part in sympy.Add.make_args(sympy.expand(ring.expression(coefficient))):
            levels[level] = levels.get(level, 0) + weight * real_part(part, phase)
    return [(sympy.factor(total), level) for level, total in levels.items() if total != 0]


def real_part(part: sympy.Expr, phase: sympy.Expr) -> sympy.Expr:
    """Return the real part of ``part * exp(I phase)``, ``part`` an expanded product."""
    modulus = sympy.S.One
    imaginary = False
    for factor in sympy.Mul.make_args(part):
        if factor == sympy.I:
            imaginary = True
        elif isinstance(factor, sympy.exp) and factor.has(sympy.I):
            exponent = sympy.expand(factor.args[0])
            swing = exponent.coeff(sympy.I, 1)
            phase += swing
            modulus *= sympy.exp(exponent - sympy.I * swing)
        else:
            modulus *= factor
    return -modulus * sympy.sin(phase) if imaginary else modulus * sympy.cos(phase)


def _hyperbolic(parts: list[tuple[sympy.Expr, sympy.Expr]]) -> sympy.Expr:
    """Sum ``c exp(e)``, joining ``exp(a + b)`` and ``exp(a - b)`` of equal or opposite weights."""
    waiting = list(parts)
    total = []
    while waiting:
        weight, exponent = waiting.pop()
        for index, (other, far) in enumerate(waiting):
            level, swing = (sympy.expand((exponent + sign * far) / 2) for sign in (1, -1))
            if other in (weight, -weight) and _terms(level) + _terms(swing) <= _terms(exponent):
                wave = sympy.cosh if other == weight else sympy.sinh
                if swing.could_extract_minus_sign():
                    swing, weight = -swing, other
                del waiting[index]
                weight, exponent = 2 * weight * wave(swing), level
                break
        total.append(weight * sympy.exp(exponent))
    return sympy.Add(*total)


def _terms(expression: sympy.Expr) -> int:
    return len(sympy.Add.make_args(sympy.expand(expression))) if expression != 0 else 0
