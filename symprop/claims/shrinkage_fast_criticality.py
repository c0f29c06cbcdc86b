"""shrinkage, section 2: critical layers that converge faster than any power of depth.

``P(ρ) = ρ + A (1-ρ) ρ / (-log(1-ρ))`` is a power series with non-negative rational coefficients
(Gregory's), ``P(1) = P'(1) = 1``; it is the map of the activation whose squared Hermite
coefficients they are. In the gap ``x`` a layer is ``x -> x - A x (1-x)/log(1/x)``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

SHARE = Fraction(1, 2)
DEPTHS = tuple(2**k for k in range(6, 14))


def coefficient(k: int) -> Fraction:
    """Return the coefficient of ``ρ^k``, from the reciprocal of ``Σ ρ^j/(j+1)``."""
    gregory = [Fraction(1)]
    for order in range(1, k + 1):
        earlier = (gregory[order - j] / (j + 1) for j in range(1, order + 1))
        gregory.append(-sum(earlier, Fraction(0)))
    value = SHARE * (gregory[k] - (gregory[k - 1] if k else 0))
    return value + 1 if k == 1 else value


def later_coefficient(k: int) -> Fraction:
    """Return the coefficient less a tenth of the second one."""
    return coefficient(k) - coefficient(2) / 10


def map_in_gap(gap: arb) -> arb:
    return gap - gap * (1 - gap) / (2 * -gap.log())


def partial_sum(x: Fraction) -> Fraction:
    """Return the first twenty terms of the series, at a small correlation."""
    return sum((coefficient(k) * x**k for k in range(20)), Fraction(0))


def closed_form(x: Fraction, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return 1 - map_in_gap(1 - arb(x.numerator) / x.denominator)


def remainder_size(x: Fraction) -> Fraction:
    """Return a bound of the terms left out: coefficients have sum 1."""
    return x**20


def remainder(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 40)):
        at = partial_sum(x)
        return abs(closed_form(x, dps + 40) - arb(at.numerator) / at.denominator)


def logarithm_of_gap(depth: int, dps: int) -> arb:
    """Return ``log(1/(1 - ρ_l)) / √l``, from ``ρ_0 = 1/2``."""
    with working_bits(bits_from_dps(dps + 10) + 4 * depth.bit_length() + 64):
        gap = arb(1) / 2
        for _ in range(depth):
            gap = arb(map_in_gap(gap.mid()), gap.rad())  # the slope is at most 1
        return -gap.log() / arb(depth).sqrt()


def power_of_depth(depth: int, dps: int) -> arb:
    """Return ``l^8 (1 - ρ_l)``."""
    with working_bits(bits_from_dps(dps + 10) + 64):
        ratio = logarithm_of_gap(depth, dps + 10)
        return arb(depth) ** 8 * (-ratio * arb(depth).sqrt()).exp()


def inverse_root(depth: int, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return 1 / arb(depth).sqrt()


CLAIMS = (
    Claim(
        id="shrinkage.critical-power-printed",
        title="critical non-linear layers shrink like a power of depth, as printed",
        statement="P'(1) = 1: 1 - ρ_l falls like a power of l, here not below l^(-8)",
        variables={"depth": "l, large"},
        assumptions=("P(ρ) = ρ + (1-ρ) ρ / (-2 log(1-ρ))",),
        source=Source("shrinkage", "Section 2, critical regime"),
        as_printed=(
            "'polynomially quickly', read as some power of l; non-linear layers are never slower "
            "than 1/(ν l), but for P''(1) infinite they may be faster than every power"
        ),
        checks=(at_points(power_of_depth, ">=", 1, points=[{"depth": 2**15}]),),
        near_miss=at_points(power_of_depth, ">=", 1, points=[{"depth": 2**14}]),
        expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
        corrected_by="shrinkage.critical-faster-than-powers",
    ),
    Claim(
        id="shrinkage.critical-faster-than-powers",
        title="a critical layer that converges faster than any power of depth",
        statement=(
            "P(ρ) = ρ + (1-ρ) ρ / (-2 log(1-ρ)) has non-negative coefficients, P(1) = P'(1) = 1, "
            "and log(1/(1-ρ_l)) / √l -> 1"
        ),
        variables={"k": "index of a coefficient", "x": "small correlation", "depth": "l"},
        source=Source("shrinkage", "Section 2, critical regime"),
        as_printed="not in the paper",
        checks=(
            attack(coefficient, ">=", 0, domain={"k": Integer(0, reach=60)}, tries=(40, 61)),
            at_points(remainder, "<=", remainder_size, points=[{"x": "1/10"}, {"x": "1/3"}]),
            limit(
                logarithm_of_gap,
                1,
                along=[{"depth": depth} for depth in DEPTHS],
                error=inverse_root,
            ),
        ),
        near_miss=attack(later_coefficient, ">=", 0, domain={"k": Integer(0, reach=60)}),
        expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    ),
)
"""Why 'polynomially quickly' needs a finite curvature at 1."""
