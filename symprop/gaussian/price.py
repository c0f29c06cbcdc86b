"""Gaussian expectations of products of atoms, by tilting, Stein's identity and conditioning.

For a centred Gaussian pair with standard deviations ``s1, s2`` and correlation ``rho``:

1. the factors ``exp(a x + b x**2)`` tilt the law to another Gaussian,
   ``C' = C (1 - 2 B C)**-1``, mean ``C' a``, weight ``exp(a C' a / 2) / sqrt(det(1 - 2 B C))``;
2. Stein's identity ``E x f = mean E f + sum_j cov(x, x_j) E df/dx_j`` takes the powers away;
   the derivative of a step is a point mass, which conditions on the step's own argument
   (this is Price's theorem, read from right to left);
3. what is left is the probability that one or two Gaussians pass thresholds.

All coefficients are rational functions of ``s1, s2, rho``, kept exact and reduced.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import factorial
from typing import TYPE_CHECKING, Any

import sympy
from sympy.polys.domains import QQ
from sympy.polys.fields import FracElement

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.half_angle import HalfAngleErf, HalfAngleGaussian

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symprop.gaussian.atoms import Atom, Step
    from symprop.gaussian.rational_functions import Ring

__all__ = ["TermKey", "Terms", "add_terms", "expect", "expect_polynomials", "hermite_moments"]


@dataclass(frozen=True, slots=True)
class TermKey:
    """What multiplies a rational coefficient.

    ``exp(exponent) * sqrt(prod(radicand)) * (2 pi)**(-halves/2) * special``, where special
    is 1, ``Phi(z)`` (kind "normal"), ``Phi2`` ("orthant") or an expression as it is.
    """

    exponent: FracElement
    radicand: frozenset[Any] = frozenset()
    halves: int = 0
    kind: str = ""
    arguments: tuple[sympy.Expr, ...] = ()


Terms = dict[TermKey, FracElement]
"""A sum of terms: the coefficient of each key."""


def add_terms(total: Terms, terms: Terms, factor: FracElement | int = 1) -> None:
    """Add ``factor * terms`` to ``total`` in place."""
    for key, coefficient in terms.items():
        value = total.get(key, 0) + factor * coefficient
        if value == 0:
            total.pop(key, None)
        else:
            total[key] = value


@dataclass(slots=True)
class _Law:
    """A Gaussian law of ``(U, V, arguments of steps...)`` and the steps still to be applied.

    ``steps`` holds ``(index of the argument, threshold, side)``.
    """

    ring: Ring
    mean: list[FracElement]
    covariance: list[list[FracElement]]
    steps: tuple[tuple[int, FracElement, int], ...]
    _moments: dict[tuple[int, int], Terms] = field(default_factory=dict)
    _hits: dict[int, tuple[TermKey, FracElement, _Law]] = field(default_factory=dict)

    def moment(self, first: int, second: int) -> Terms:
        """Return ``E U**first V**second prod(steps)``."""
        pending = [(first, second)]  # a stack of our own: powers go up to a thousand
        while pending:
            missing = [] if pending[-1] in self._moments else self._unknown(*pending[-1])
            if not missing:
                powers = pending.pop()
                if powers not in self._moments:
                    self._moments[powers] = self._stein(*powers)
            pending += missing
        return self._moments[first, second]

    def _unknown(self, first: int, second: int) -> list[tuple[int, int]]:
        """Return the lower moments that `_stein` will ask for and that are not known yet."""
        lower = (
            [(first - 1, second), (first - 2, second), (first - 1, second - 1)]
            if first
            else [(0, second - 1), (0, second - 2)]
        )
        return [powers for powers in lower if min(powers) >= 0 and powers not in self._moments]

    def _stein(self, first: int, second: int) -> Terms:
        if first == second == 0:
            return self._orthant()
        index, other = (0, 1) if first else (1, 0)
        powers = [first, second]
        powers[index] -= 1
        total: Terms = {}
        add_terms(total, self.moment(*powers), self.mean[index])
        for variable in (index, other):
            if powers[variable]:
                lowered = powers.copy()
                lowered[variable] -= 1
                weight = self.covariance[index][variable] * powers[variable]
                if weight != 0:
                    add_terms(total, self.moment(*lowered), weight)
        for position, (argument, _, side) in enumerate(self.steps):
            weight = self.covariance[index][argument] * side
            if weight != 0:
                key, density, law = self._condition(position)
                for inner, coefficient in law.moment(*powers).items():
                    joined, scale = _join(self.ring, key, inner)
                    add_terms(total, {joined: coefficient * scale}, weight * density)
        self.ring.spend(sum(len(value.numer) + len(value.denom) for value in total.values()))
        return total

    def _condition(self, position: int) -> tuple[TermKey, FracElement, _Law]:
        """Return the density of a step's argument at its threshold and the law given that."""
        if position in self._hits:
            return self._hits[position]
        argument, threshold, _ = self.steps[position]
        variance = self.covariance[argument][argument]
        gap = threshold - self.mean[argument]
        column = [row[argument] for row in self.covariance]
        mean = [value + c * gap / variance for value, c in zip(self.mean, column, strict=True)]
        covariance = [
            [value - c * d / variance for value, d in zip(row, column, strict=True)]
            for row, c in zip(self.covariance, column, strict=True)
        ]
        rest = self.steps[:position] + self.steps[position + 1 :]
        outside, inside = self.ring.square_root(variance)
        density = outside / variance
        exponent = -(gap**2) / (2 * variance)
        if gap != 0 and self.ring.is_singular(exponent):
            special = HalfAngleGaussian(*_half_angle(self.ring, gap, variance))
            key = TermKey(self.ring.field.zero, inside, 1, "plain", (special,))
        else:
            key = TermKey(exponent, inside, 1)
        self._hits[position] = (key, density, _Law(self.ring, mean, covariance, rest))
        return self._hits[position]

    def _orthant(self) -> Terms:
        """Return the probability that all steps are passed."""
        ring = self.ring
        zero, one = ring.field.zero, ring.field.one
        if not self.steps:
            return {TermKey(zero): one}
        heights, roots = [], []
        for argument, threshold, side in self.steps:
            variance = self.covariance[argument][argument]
            heights.append((self.mean[argument] - threshold) * side)
            roots.append(variance)
        if len(self.steps) == 1:
            return _half_line(ring, heights[0], roots[0])
        (i, _, side), (j, _, other) = self.steps
        product = roots[0] * roots[1]
        outside, inside = ring.square_root(product)
        correlation = self.covariance[i][j] * side * other * outside / product
        shown = _scaled(ring, correlation, inside)
        if heights[0] == 0 and heights[1] == 0:
            total = {TermKey(zero): one / 4}
            factor, angle = sympy.asin(shown).as_coeff_Mul()
            add_terms(total, {TermKey(zero, frozenset(), 2, "plain", (angle,)): ring(factor)})
            return total
        scaled = []
        for height, variance in zip(heights, roots, strict=True):
            outside, inside = ring.square_root(variance)
            scaled.append(sympy.expand(_scaled(ring, height * outside / variance, inside)))
        if any(height.has(sympy.I) for height in scaled):
            raise NoClosedForm(
                "Expected at most one step or error function beside sines and cosines but got two."
            )
        return {TermKey(zero, kind="orthant", arguments=(*scaled, shown)): one}


def _scaled(ring: Ring, element: FracElement, inside: frozenset[Any]) -> sympy.Expr:
    """Return ``element * sqrt(prod(inside))`` as an expression."""
    if element == 0:
        return sympy.S.Zero
    return sympy.Mul(*ring.factors(element), *ring.roots(inside))


def _half_angle(
    ring: Ring, gap: FracElement, variance: FracElement
) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """Write ``gap / sqrt(2 variance)`` as ``a tan(t/2) + b cot(t/2)``, ``cos t = rho``."""
    rho = ring.rho
    outside, inside = ring.square_root(variance / (1 - rho**2))
    scale = outside / (variance / (1 - rho**2))
    cotangent = ring.at_edge(gap, 1) / 2
    at_minus_one = ring.at_edge(gap, -1) / 2
    rest = gap - cotangent * (1 + rho) - at_minus_one * (1 - rho)
    tangent = at_minus_one + rest / (1 - rho)
    weights = (_scaled(ring, part * scale, inside) for part in (tangent, cotangent))
    first, second = (sympy.expand(weight / sympy.sqrt(2)) for weight in weights)
    return first, second, ring.rho_expression


def _half_line(ring: Ring, height: FracElement, variance: FracElement) -> Terms:
    zero, one = ring.field.zero, ring.field.one
    if height == 0:
        return {TermKey(zero): one / 2}
    if ring.is_singular(height**2 / variance):
        special = HalfAngleErf(*_half_angle(ring, height, variance))
        total = {TermKey(zero): one / 2}
        sign, rest = special.as_coeff_Mul()
        add_terms(total, {TermKey(zero, kind="plain", arguments=(rest,)): ring(sign) / 2})
        return total
    outside, inside = ring.square_root(variance)
    shown = _scaled(ring, height * outside / variance, inside)
    return {TermKey(zero, kind="normal", arguments=(shown,)): one}


def _join(ring: Ring, outer: TermKey, inner: TermKey) -> tuple[TermKey, FracElement]:
    """Return the product of two keys and the factor that leaves its square root."""
    factor, inside = ring.joined_roots(outer.radicand, inner.radicand)
    special = inner if inner.kind else outer
    assert not (inner.kind and outer.kind)
    return (
        TermKey(
            outer.exponent + inner.exponent,
            inside,
            outer.halves + inner.halves,
            special.kind,
            special.arguments,
        ),
        factor,
    )


def expect(ring: Ring, first: Atom, second: Atom) -> Terms:
    """Return ``E first(U) second(V)`` for the Gaussian pair of the ring.

    Parameters
    ----------
    ring : Ring
        Carries the standard deviations and the correlation, and all numbers of the atoms.
    first, second : Atom
        Atoms with integer powers.

    Returns
    -------
    Terms
        Keys and their rational coefficients.

    Raises
    ------
    NoClosedForm
        If more than two steps meet, or the powers are so high that the result would be huge.
    """
    if len(first.steps) + len(second.steps) > 2:
        raise NoClosedForm(
            "Expected at most two steps or error functions in one expectation"
            f" but got {len(first.steps) + len(second.steps)}."
        )
    if first.is_monomial and second.is_monomial:
        one = ring.field.one
        return expect_polynomials(ring, {int(first.power): one}, {int(second.power): one})
    q1, q2 = ring.sigma1**2, ring.sigma2**2
    c = ring.rho * ring.sigma1 * ring.sigma2
    a = [ring(first.linear), ring(second.linear)]
    b = [ring(first.quadratic), ring(second.quadratic)]
    determinant = (1 - 2 * b[0] * q1) * (1 - 2 * b[1] * q2) - 4 * b[0] * b[1] * c**2
    free = q1 * q2 - c**2
    pair = [
        [(q1 - 2 * b[1] * free) / determinant, c / determinant],
        [c / determinant, (q2 - 2 * b[0] * free) / determinant],
    ]
    mean = [pair[0][0] * a[0] + pair[0][1] * a[1], pair[1][0] * a[0] + pair[1][1] * a[1]]
    weight = TermKey((a[0] * mean[0] + a[1] * mean[1]) / 2)
    scale = ring.field.one
    if determinant != 1:
        outside, inside = ring.square_root(determinant)
        scale, weight = outside / determinant, replace(weight, radicand=inside)
    law = _law(
        ring, mean, pair, [(0, step) for step in first.steps] + [(1, s) for s in second.steps]
    )
    total: Terms = {}
    for key, coefficient in law.moment(int(first.power), int(second.power)).items():
        joined, factor = _join(ring, weight, key)
        add_terms(total, {joined: coefficient * factor * scale})
    return total


def _law(
    ring: Ring,
    mean: list[FracElement],
    pair: list[list[FracElement]],
    steps: Sequence[tuple[int, Step]],
) -> _Law:
    """Append the argument of each step, its variable plus independent blur, to the pair."""
    owners = [0, 1] + [owner for owner, _ in steps]
    covariance = [[pair[i][j] for j in owners] for i in owners]
    marks = []
    for offset, (_, step) in enumerate(steps):
        index = 2 + offset
        covariance[index][index] = covariance[index][index] + ring(step.blur)
        marks.append((index, ring(step.location), step.side))
    return _Law(ring, [mean[owner] for owner in owners], covariance, tuple(marks))


def expect_polynomials(
    ring: Ring, first: Mapping[int, FracElement], second: Mapping[int, FracElement]
) -> Terms:
    """Return ``E f(U) g(V)`` of two polynomials, given by power, from their Hermite expansions."""
    scaled = [
        {power: value * sigma**power for power, value in side.items()}
        for side, sigma in ((first, ring.sigma1), (second, ring.sigma2))
    ]
    rho, zero = ring.rho, ring.field.zero
    if all(value.denom.is_ground for side in scaled for value in side.values()):
        # without fractions there is nothing to cancel, which is nearly all of the work
        rho, zero = rho.numer, QQ(0)
        scaled = [
            {power: _without_fraction(value) for power, value in side.items()} for side in scaled
        ]
    left, right = (hermite_moments(side, zero) for side in scaled)
    total, power_of_rho = 0 * rho, rho**0
    for k, (a, b) in enumerate(zip(left, right, strict=False)):
        if a and b:
            total = total + power_of_rho * (a * b * QQ(1, factorial(k)))
        power_of_rho = power_of_rho * rho
    value = ring.field(total)
    return {} if value == 0 else {TermKey(ring.field.zero): value}


def _without_fraction(value: FracElement) -> Any:
    """Return a fraction over a number as a polynomial, or as a number."""
    polynomial = value.numer.quo_ground(value.denom.LC)
    return polynomial.LC if polynomial.is_ground else polynomial


def hermite_moments(polynomial: Mapping[int, Any], zero: Any) -> list[Any]:
    """Return ``E f(Z) He_k(Z)`` for all ``k`` up to the degree, of a polynomial by power."""
    moments = [zero] * (max(polynomial, default=-1) + 1)
    for power, coefficient in polynomial.items():
        weight = factorial(power)  # n!/(2**h h!), with h = (n - k)/2
        for half in range(power // 2 + 1):
            k = power - 2 * half
            moments[k] = moments[k] + coefficient * weight
            weight //= 2 * (half + 1)
    return moments
