"""sensitivity, Theorem 4 and section 7: power laws of the sensitivity in residual networks.

Increments of the units are summed to leading order, without cross terms. They are those of a power
of the variance of the signal, which is proportional to the depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.sensitivity_residual_growth import largest_exponent, least_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
LAST = 4**6


def branches(pattern: str, least: Fraction) -> Iterator[Fraction]:
    """Return variances of the branches 0, 1, ..."""
    index = 0
    while True:
        blocks = (index + 1).bit_length() % 2
        high = {
            "equal": True,
            "low, then high": index >= 8,
            "high, then low": index < 8,
            "alternating": index % 2,
            "blocks": blocks,
        }[pattern]
        yield Fraction(1) if high else least
        index += 1


def sum_of_increments(
    pattern: str, first: int, last: int, gamma: Fraction, least: Fraction
) -> Fraction:
    """Return the sum of ``(T_kk - Y_kk)/mu_2(y^(k-1))`` for ``first < k <= last``."""
    before = total = Fraction(0)
    for index, added in zip(range(last + 1), branches(pattern, least), strict=False):
        if index > first:
            total += (gamma - 1) * added / before
        before += added
    return total


def harmonic(first: int, last: int) -> Fraction:
    return sum((Fraction(1, k) for k in range(first + 1, last + 1)), Fraction(0))


def least_sum(first: int, last: int, gamma: Fraction, least: Fraction) -> Fraction:
    return least_exponent(gamma, least) * harmonic(first, last)


def largest_sum(first: int, last: int, gamma: Fraction, least: Fraction) -> Fraction:
    return largest_exponent(gamma, least) * harmonic(first, last)


@lru_cache(maxsize=64)
def path(pattern: str, gamma: Fraction, least: Fraction, dps: int) -> dict[int, tuple[arb, arb]]:
    """Return ``log zeta^2`` and ``log mu_2(y)`` at the powers of 4."""
    found = {}
    with working_bits(bits_from_dps(dps) + 40):
        factor, before, product = arb(rational(gamma)), arb(0), arb(1)
        wanted = 1
        for index, entry in zip(range(LAST + 1), branches(pattern, least), strict=False):
            added = arb(rational(entry))
            if index:
                product *= (before + factor * added) / (before + added)
            before += added
            if index == wanted:
                found[index] = product.log(), before.log()
                wanted *= 4
    return found


def local_exponent(layer: int, pattern: str, gamma: Fraction, least: Fraction, dps: int) -> Any:
    """Return the change of ``log zeta^2`` over that of ``log mu_2(y)`` up to four times the depth.

    The variance of the signal is proportional to the depth, up to the constants of the theorem.
    """
    values = path(pattern, gamma, least, dps)
    with working_bits(bits_from_dps(dps) + 40):
        (first, start), (last, end) = values[layer], values[4 * layer]
        return (last - first) / (end - start)


def growth_less_one(gamma: Fraction) -> Fraction:
    return gamma - 1


def exponent_of_library(layer: int, unit_depth: int, dps: int) -> Any:
    """Return ``log(zeta^(4l)/zeta^l)/log 4`` of the Gamma law."""
    from symprop.recurrences.sensitivity_dilution import residual_sensitivity

    with working_bits(bits_from_dps(dps) + 20):
        values = [
            residual_sensitivity(depth, unit_depth, dps=dps + 10).ball
            for depth in (layer, 4 * layer)
        ]
        return (values[1] / values[0]).log() / arb(4).log()


def exponent_by_increment(unit_depth: int, dps: int) -> Any:
    """Return ``(delta^(2H) - 1)/2``, with the squared factor ``1/(1 - nu_1(|z|)^2/2)``."""
    with working_bits(bits_from_dps(dps) + 20):
        size = (2 / arb.pi()).sqrt()  # mean size of a standard Gaussian
        return ((1 / (1 - size**2 / 2)) ** unit_depth - 1) / 2


def undiluted(depth: int, delta: Fraction, unit_depth: int) -> Fraction:
    """Return ``(zeta^l)^2`` with ``l + 1`` replaced by 1 in the bound and equal variances."""
    exponent = least_exponent(delta ** (2 * unit_depth), Fraction(1))
    value = Fraction(1)
    for _ in range(depth):
        value *= 1 + exponent
    return value


def one_unit(delta: Fraction, unit_depth: int) -> Fraction:
    return delta ** (2 * unit_depth)


def all_units(depth: int, delta: Fraction, unit_depth: int) -> Fraction:
    return delta ** (2 * unit_depth * depth)


LEAST = Real("1/100", 1)
PATTERNS = ("equal", "low, then high", "high, then low", "alternating", "blocks")
SUMS = {
    "pattern": OneOf(PATTERNS),
    "first": Integer(1, 12),
    "last": Integer(2, 40),
    "least": LEAST,
}
MEANINGS = {
    "layer": "l",
    "gamma": "δ^{2H}, the squared growth inside a unit",
    "least": "μ_2min, with μ_2max = 1",
    "pattern": "variances of the branches",
    "unit_depth": "H",
}
CORE = "leading order: without the cross terms, δ_min = δ_max"
LAYER, EXPONENT = sympy.symbols("layer exponent", positive=True)


def along(pattern: str, gamma: str) -> list[dict[str, Any]]:
    """Return growing depth, as points of a limit."""
    fixed = {"pattern": pattern, "gamma": Fraction(gamma), "least": Fraction(1, 3)}
    return [{**fixed, "layer": 4**k} for k in range(1, 6)]


_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "sum-of-increments-printed",
        "eq 91",
        FALSE,
        title="sum of increments, as printed",
        statement="ρ_min Σ 1/k <= Σ (T~_kk - Y_kk)/μ_2(y^{k-1}), over l_0 < k <= l",
        variables=MEANINGS | {"first": "l_0", "last": "l"},
        assumptions=(CORE, "sums of 1/k for the logarithms"),
        as_printed="for ρ_min < 0 the terms may be larger: low variances first, then high ones",
        checks=(
            attack(
                sum_of_increments,
                ">=",
                least_sum,
                domain=SUMS | {"gamma": Real(0, 3)},
                assuming=lambda first, last: first < last,
            ),
        ),
        near_miss=at_points(
            sum_of_increments,
            ">=",
            least_sum,
            points=grid(
                pattern=("low, then high",), first=(7,), last=(16,), gamma=("1/4",), least=("1/2",)
            ),
        ),
        corrected_by="sensitivity.sum-of-increments",
    ),
    _claim(
        "sum-of-increments",
        "eq 91",
        title="sum of increments",
        statement=(
            "ρ_min Σ 1/k <= Σ (T~_kk - Y_kk)/μ_2(y^{k-1}) <= ρ_max Σ 1/k, over l_0 < k <= l, for "
            "δ >= 1"
        ),
        variables=MEANINGS | {"first": "l_0", "last": "l"},
        assumptions=(CORE, "sums of 1/k for the logarithms"),
        checks=(
            attack(
                sum_of_increments,
                ">=",
                least_sum,
                domain=SUMS | {"gamma": Real(1, 3)},
                assuming=lambda first, last: first < last,
            ),
            attack(
                sum_of_increments,
                "<=",
                largest_sum,
                domain=SUMS | {"gamma": Real(1, 3)},
                assuming=lambda first, last: first < last,
            ),
        ),
        near_miss=attack(
            sum_of_increments,
            "<=",
            least_sum,
            domain=SUMS | {"gamma": Real(1, 3)},
            assuming=lambda first, last: first < last,
        ),
    ),
    _claim(
        "power-law",
        "Theorem 4; eq 20; eq 21; Section 7, exponent tau",
        title="power law of the sensitivity in residual networks",
        statement=(
            "log (ζ^l)² grows by (γ - 1) log of the variance of the signal, γ = δ^{2H}: the "
            "exponent is (δ^{2H} - 1)/2 whatever the variances of the branches, between ρ_min/2 "
            "and ρ_max/2; ((π/(π-1))^H - 1)/2 for Gaussian signals"
        ),
        variables=MEANINGS,
        assumptions=(CORE,),
        as_printed="ρ_min/2 and ρ_max/2 are wider than needed: μ_2min and μ_2max do not matter",
        checks=(
            limit(
                local_exponent, growth_less_one, along=along("alternating", "15/7"), error=1 / LAYER
            ),
            limit(local_exponent, growth_less_one, along=along("blocks", "15/7"), error=1 / LAYER),
            limit(local_exponent, growth_less_one, along=along("blocks", "1/3"), error=1 / LAYER),
            attack(
                growth_less_one, ">=", least_exponent, domain={"gamma": Real(0, 5), "least": LEAST}
            ),
            attack(
                growth_less_one,
                "<=",
                largest_exponent,
                domain={"gamma": Real(0, 5), "least": LEAST},
            ),
            *(
                limit(
                    exponent_of_library,
                    exponent_by_increment,
                    along=[{"layer": 4**k, "unit_depth": unit_depth} for k in range(2, 8)],
                    error=1 / LAYER,
                )
                for unit_depth in (1, 2)
            ),
        ),
        near_miss=limit(
            local_exponent, largest_exponent, along=along("alternating", "15/7"), error=1 / LAYER
        ),
    ),
    _claim(
        "undiluted-printed",
        "Section 7, exponent tau",
        FALSE,
        title="growth without dilution, as printed",
        statement="with l + 1 replaced by 1 and μ_2min = μ_2max: ζ^l <= δ^H",
        variables={"depth": "l", "delta": "δ_min = δ_max", "unit_depth": "H"},
        assumptions=("squares are compared",),
        as_printed="means δζ^l, the growth of one unit: ζ^l is a product of l of them",
        checks=(
            attack(
                undiluted,
                "<=",
                one_unit,
                domain={
                    "depth": Integer(1, 20),
                    "delta": Real(1, 2),
                    "unit_depth": Integer(1, 3),
                },
            ),
        ),
        near_miss=at_points(
            undiluted, "<=", one_unit, points=grid(depth=(2,), delta=("11/10",), unit_depth=(2,))
        ),
        corrected_by="sensitivity.undiluted",
    ),
    _claim(
        "undiluted",
        "Section 7, exponent tau",
        title="growth without dilution",
        statement="with l + 1 replaced by 1 and μ_2min = μ_2max: δζ^l = δ^H, ζ^l = δ^{Hl}",
        variables={"depth": "l", "delta": "δ_min = δ_max", "unit_depth": "H"},
        assumptions=("squares are compared",),
        checks=(
            attack(
                undiluted,
                "==",
                all_units,
                domain={
                    "depth": Integer(0, 20),
                    "delta": Real("1/2", 2),
                    "unit_depth": Integer(1, 3),
                },
            ),
        ),
        near_miss=at_points(
            undiluted, "==", one_unit, points=grid(depth=(2,), delta=("11/10",), unit_depth=(2,))
        ),
    ),
    _claim(
        "logarithmic-depth",
        "Section 7, logarithmic depth",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="logarithmic depth of residual networks",
        statement=(
            "l^τ at l = 100, 1000, 10000 has logarithms in the ratio of the depths 20, 30, 40"
        ),
        checks=(
            identity(30 * EXPONENT * sympy.log(100), 20 * EXPONENT * sympy.log(1000)),
            identity(40 * EXPONENT * sympy.log(100), 20 * EXPONENT * sympy.log(10000)),
        ),
        near_miss=at_points(
            lambda layer: sympy.log(layer) * 20,
            "==",
            lambda layer: layer * sympy.log(100) / 5,
            points=grid(layer=(1000,)),
        ),
    ),
)
"""Theorem 4 and section 7: sums of increments."""
