"""shrinkage, section 2: fixed points and the three regimes; Remark 1; rates of section 5."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.critical_maps import gap_after
from symprop.claims.power_series import (
    any_series,
    centred_series,
    derivative,
    gap_series,
    iterate,
    nonlinear,
    ordered_map,
    slope,
    tilted_map,
    value,
)
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
EXACT_FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
IDENTITY = (Fraction(0), Fraction(1))
SQUARE = (Fraction(0), Fraction(0), Fraction(1))


def rise(c: Series, rho: Fraction) -> Fraction:
    return Fraction(slope(c, rho))


def curvature(c: Series, rho: Fraction) -> Fraction:
    return Fraction(value(derivative(derivative(c)), rho))


def largest_move(c: Series) -> Fraction:
    """Return the largest ``|P(rho) - rho|`` on a grid of [0, 1): 0 if nothing attracts.

    A convex map with ``P(1) = 1`` that is not the identity moves every point but two at most.
    """
    points = [Fraction(k, 16) for k in range(16)]
    return max(abs(Fraction(value(c, rho)) - rho) for rho in points)


def moves_towards(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    step = Fraction(value(tilted_map(q, fixed, linear), rho)) - rho
    return step if rho < fixed else -step


def moves_up(q: Series, s: Fraction, rho: Fraction) -> Fraction:
    return Fraction(value(ordered_map(q, s), rho)) - rho


def ordered_gap(q: Series, s: Fraction, gap: Fraction, depth: int, dps: int) -> Any:
    return iterate(gap_series(ordered_map(q, s)), gap, depth, dps)


def ordered_gap_bound(s: Fraction, gap: Fraction, depth: int) -> Fraction:
    return gap * s**depth


def critical_gap(q: Series, gap: Fraction, depth: int, dps: int) -> Any:
    return iterate(gap_series(ordered_map(q, Fraction(1))), gap, depth, dps)


def exact_critical_gap(q: Series, gap: Fraction, depth: int) -> Fraction:
    """Return the gap after many layers, in exact arithmetic: for the identity only."""
    for _ in range(depth):
        gap = Fraction(value(gap_series(ordered_map(q, Fraction(1))), gap))
    return gap


def half_of_start(gap: Fraction) -> Fraction:
    return gap / 2


def itself(gap: Fraction) -> Fraction:
    return gap


def nonlinearity(q: Series) -> Fraction:
    return nonlinear(ordered_map(q, Fraction(1)))


def critical_gap_bound(q: Series, gap: Fraction, depth: int) -> Fraction:
    return 1 / (1 / gap + depth * nonlinearity(q))


def ratio_of_gaps(q: Series, gap: Fraction) -> Fraction:
    """Return the factor by which one critical layer shrinks a gap."""
    return Fraction(value(gap_series(ordered_map(q, Fraction(1))), gap)) / gap


def least_ratio(q: Series, gap: Fraction) -> Fraction:
    """Return ``1 - gap P''(1)/2``, which tends to 1: the decay is not exponential."""
    series = ordered_map(q, Fraction(1))
    return 1 - gap * curvature(series, Fraction(1)) / 2


def square_root_rate(q: Series, depth: int) -> Any:
    """Return ``8/(nu l)``, the square of the bound that Theorem 1 gives for critical layers."""
    return 8 / (nonlinearity(q) * depth)


def squared_gap(q: Series, depth: int, dps: int) -> Any:
    return critical_gap(q, Fraction(2), depth, dps) ** 2


def scaled_gap(phi: str, power: int, depth: int, dps: int) -> Any:
    """Return ``l^power (1 - rho_l)`` from ``rho_0 = 0``."""
    with working_bits(bits_from_dps(dps + 20)):
        return gap_after(phi, Fraction(1), depth, dps) * arb(depth) ** power


def relu_constant(dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb(9) / 2 * arb.pi() ** 2


def logarithm_over_depth(depth: int, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb(depth).log() / depth


Q = {"q": centred_series()}
TILT = Q | {"fixed": Real(0, 1, open_at="upper"), "linear": Real(0, 1, open_at="upper")}
GAP = {"gap": Real(0, 2, open_at="lower"), "depth": Integer(0, reach=200)}
MAP = {"q": "every map with slope s at 1 is 1 - s/p + (s/p) q, q centred with slope p"}
DEPTHS = tuple(2**k for k in range(4, 14))


def bends(q: Series) -> bool:
    return bool(nonlinear(q) > 0)


_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "attracting-point-printed",
        "Observation 1",
        EXACT_FAILS,
        title="every correlation map has an attracting fixed point, as printed",
        statement="P with non-negative coefficients and P(1) = 1 has a fixed point that attracts",
        variables={"c": "coefficients, sum 1"},
        as_printed="linear activations without bias, for which P(ρ) = ρ, are not excluded",
        checks=(attack(largest_move, ">", 0, domain={"c": any_series()}),),
        near_miss=at_points(largest_move, ">", 0, points=[{"c": IDENTITY}]),
        corrected_by="shrinkage.attracting-point",
    ),
    _claim(
        "attracting-point",
        "Observation 1",
        title="shape of the correlation map and its attracting fixed point",
        statement=(
            "P' >= 0 and P'' >= 0 on [0, 1]; unless P(ρ) = ρ, exactly one fixed point in [0, 1] "
            "attracts: P(ρ) - ρ is positive below it and negative between it and 1"
        ),
        variables={"c": "coefficients, sum 1", "fixed": "the point, if in [0, 1)"} | MAP,
        checks=(
            attack(rise, ">=", 0, domain={"c": any_series(), "rho": Real(0, 1)}),
            attack(curvature, ">=", 0, domain={"c": any_series(), "rho": Real(0, 1)}),
            attack(
                moves_towards,
                ">",
                0,
                domain=TILT | {"rho": Real(-1, 1, open_at="upper")},
                # odd maps, for which 0 attracts, keep -1
                assuming=lambda q, fixed, rho: (
                    bends(q) and rho != fixed and (rho > -1 or fixed > 0)
                ),
                tries=(120, 1500),
            ),
            attack(
                moves_up,
                ">",
                0,
                domain=Q | {"s": Real(0, 1, open_at="lower"), "rho": Real(-1, 1, open_at="upper")},
                assuming=bends,
                tries=(90, 900),
            ),
        ),
        near_miss=attack(rise, ">=", 0, domain={"c": any_series(), "rho": Real(-1, 1)}),
    ),
    _claim(
        "ordered-regime",
        "Section 2, ordered regime",
        title="ordered initialisation",
        statement="P'(1) < 1: 1 - ρ_l <= P'(1)^l (1 - ρ_0) for every ρ_0 in [-1, 1]",
        variables=MAP | {"gap": "1 - ρ_0", "s": "P'(1)", "depth": "l"},
        checks=(
            attack(
                ordered_gap,
                "<=",
                ordered_gap_bound,
                domain=Q | {"s": Real(0, 1, open_at="both")} | GAP,
                tries=(120, 1500),
            ),
        ),
        near_miss=attack(
            ordered_gap,
            "<=",
            lambda s, gap, depth: ordered_gap_bound(s * Fraction(19, 20), gap, depth),
            domain=Q | {"s": Real(0, 1, open_at="both")} | GAP,
        ),
    ),
    _claim(
        "critical-regime-printed",
        "Section 2, critical regime; Remark 1",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="critical initialisation, as printed",
        statement="P'(1) = 1: ρ_l -> 1, so 1 - ρ_l falls below (1 - ρ_0)/2 at some l",
        variables=MAP | {"gap": "1 - ρ_0", "depth": "l, large"},
        as_printed=(
            "linear activations without bias are critical, and keep every correlation; remark 1 "
            "lets shrinkage happen at criticality without exception as well"
        ),
        checks=(
            at_points(
                exact_critical_gap,
                "<",
                half_of_start,
                points=[{"q": IDENTITY, "gap": "1", "depth": 1000}],
            ),
        ),
        near_miss=at_points(
            exact_critical_gap,
            "<",
            itself,
            points=[{"q": IDENTITY, "gap": "1", "depth": 1000}],
        ),
        corrected_by="shrinkage.critical-regime",
    ),
    _claim(
        "critical-regime",
        "Section 2, critical regime",
        title="critical initialisation of non-linear layers",
        statement=(
            "P'(1) = 1: 1 - ρ_l <= 1/(1/(1-ρ_0) + ν l), ν = c_2 + c_3 + ... > 0; a layer keeps at "
            "least the share 1 - (1-ρ) P''(1)/2 of a gap: of order 1/l if P''(1) is finite"
        ),
        variables=MAP | {"gap": "1 - ρ_0", "depth": "l"},
        as_printed="for P''(1) infinite the law differs: l^(-2) for ReLU, or faster than any power",
        checks=(
            attack(
                critical_gap,
                "<=",
                critical_gap_bound,
                domain=Q | GAP,
                assuming=bends,
                tries=(120, 1500),
            ),
            attack(
                ratio_of_gaps,
                ">=",
                least_ratio,
                domain=Q | {"gap": Real(0, 1, open_at="lower")},
                tries=(90, 900),
            ),
        ),
        near_miss=attack(
            critical_gap,
            "<=",
            lambda q, gap, depth: 1 / (1 / gap + depth * nonlinearity(q) * Fraction(21, 20)),
            domain=Q | GAP,
            assuming=bends,
        ),
        derivation="derivations/shrinkage_bounds.py",
    ),
    _claim(
        "shrinkage-rates",
        "Remark 1",
        title="exponential shrinkage with vanishing gradients, l^(-1/2) from Theorem 1",
        statement="identical critical non-linear layers: (1 - ρ_l)² <= 8/(ν l) for every pair",
        variables=MAP | {"depth": "l"},
        assumptions=("ordered layers: see the ordered regime",),
        as_printed=(
            "deduced from Theorem 1; that needs the slope at 1 for its left side (Remark 4), as "
            "the operator norm grows with depth at criticality (critical-operator-norm)"
        ),
        checks=(
            attack(
                squared_gap,
                "<=",
                square_root_rate,
                domain=Q | {"depth": Integer(1, reach=300)},
                assuming=bends,
                tries=(90, 900),
            ),
        ),
        near_miss=attack(
            squared_gap,
            "<=",
            lambda q, depth: square_root_rate(q, depth) / 32,
            domain=Q | {"depth": Integer(1, reach=300)},
            assuming=bends,
        ),
    ),
    _claim(
        "critical-rates",
        "Section 5, rates",
        title="true rates of shrinkage at criticality",
        statement="l² (1 - ρ_l) -> 9π²/2 for ReLU, l (1 - ρ_l) -> 5/2 for erf",
        variables={"phi": "activation", "depth": "l"},
        assumptions=("critical variances",),
        as_printed="orders only",
        checks=(
            limit(
                scaled_gap,
                relu_constant,
                along=[{"phi": "relu", "power": 2, "depth": n} for n in DEPTHS],
                error=logarithm_over_depth,
            ),
            limit(
                scaled_gap,
                "5/2",
                along=[{"phi": "erf", "power": 1, "depth": n} for n in DEPTHS],
                error=logarithm_over_depth,
            ),
        ),
        near_miss=limit(
            scaled_gap,
            "2",
            along=[{"phi": "erf", "power": 1, "depth": n} for n in DEPTHS],
            error=logarithm_over_depth,
        ),
    ),
)
"""What section 2 says about iterating one map."""
