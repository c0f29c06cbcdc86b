"""symprop S1, S2 and S3: sharp shrinkage bounds and exact critical rates."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.asymptotics.shrinkage_bounds import (
    exponential_bound,
    multiplicative_bound,
    trajectory_bound,
)
from symprop.claims.citations import claims_of
from symprop.claims.critical_maps import gap_after
from symprop.claims.power_series import (
    any_series,
    centred_series,
    gap_series,
    iterate,
    networks,
    nonlinear,
    ordered_map,
    slope,
    trajectory,
    value,
)
from symprop.claims.shrinkage_jacobian import SHARP, chain_rule, shapes, spread
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
Network = Sequence[Series]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
BOUNDS, RATES = "derivations/shrinkage_bounds.py", "derivations/critical_rates.py"


def gap_after_layer(c: Series, gap: Fraction) -> Fraction:
    return 1 - Fraction(value(c, 1 - gap))


def quadratic_bound(c: Series, gap: Fraction) -> Fraction:
    """Return ``p x (1 - nu x) = p x - n x²``."""
    return Fraction(slope(c)) * gap - nonlinear(c) * gap**2


def lower_quadratic_bound(c: Series, gap: Fraction) -> Fraction:
    return Fraction(slope(c)) * gap - nonlinear(c) * gap**2 * Fraction(21, 20)


def gaps(net: Network, gap: Fraction) -> list[Fraction]:
    return [1 - Fraction(rho) for rho in trajectory(net, 1 - gap)]


def along_trajectory(net: Network, gap: Fraction) -> Fraction:
    return Fraction(trajectory_bound(shapes(net), gaps(net, gap)))


def along_larger_trajectory(net: Network, gap: Fraction) -> Fraction:
    return along_trajectory(net, gap) * Fraction(21, 20)


def moving(net: Network, gap: Fraction) -> bool:
    """Leave out pairs that meet: their bound is 0 times infinity."""
    return all(gaps(net, gap))


def by_spread(net: Network) -> Any:
    return multiplicative_bound(shapes(net), spread(net))


def by_twice_the_spread(net: Network) -> Any:
    return by_spread(net) * 2


def by_exponential(net: Network) -> Any:
    return exponential_bound(shapes(net), spread(net))


def sharp_network(width: Fraction, depth: int) -> Network:
    """Return an affine layer onto spread ``width`` and ``depth`` quadratics that keep it.

    Their bend is ``1/(width depth)``, so that ``s Σ ν`` tends to 1.
    """
    bend = 1 / (width * depth)
    linear = 1 + bend * width - 2 * bend
    layer = (1 - linear - bend, linear, bend)
    return (_onto(width), *(layer,) * depth)


def _onto(width: Fraction) -> Series:
    """Return the affine map of [-1, 1] onto [1 - width, 1]."""
    return (1 - width / 2, width / 2)


def sharp_ratio(width: Fraction, depth: int) -> Fraction:
    """Return ``J/(s² Σ ν)`` of that network; ``s`` is ``width`` exactly."""
    layers = shapes(sharp_network(width, depth))
    total = sum((layer.nonlinearity for layer in layers), Fraction(0))
    return chain_rule(sharp_network(width, depth)) / (width**2 * total)


def half_of_e(dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb.const_e() / 2


def critical_gap(q: Series, gap: Fraction, depth: int, dps: int) -> Any:
    return iterate(gap_series(ordered_map(q, Fraction(1))), gap, depth, dps)


def critical_bound(q: Series, depth: int) -> Fraction:
    """Return ``1/(1/2 + nu l)``."""
    return 1 / (Fraction(1, 2) + nonlinear(ordered_map(q, Fraction(1))) * depth)


def lower_critical_bound(q: Series, depth: int) -> Fraction:
    return 1 / (Fraction(1, 2) + nonlinear(ordered_map(q, Fraction(1))) * depth * Fraction(21, 20))


def scaled_gap(phi: str, power: int, depth: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 20)):
        return gap_after(phi, Fraction(1), depth, dps) * arb(depth) ** power


def leaky_constant(a: Fraction, dps: int) -> arb:
    """Return ``(9π²/2) (1+a²)²/(1-a)⁴``."""
    with working_bits(bits_from_dps(dps)):
        ratio = (1 + a * a) ** 2 / (1 - a) ** 4
        return arb(9) / 2 * arb.pi() ** 2 * ratio.numerator / ratio.denominator


def relative_logarithm(depth: int, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb(depth).log() / depth


def reciprocal_gap_defect(depth: int, dps: int) -> arb:
    """Return ``[1/(1-ρ_{2l}) - 1/(1-ρ_l) - (2/5) l] / log 2`` for critical erf layers."""
    with working_bits(bits_from_dps(dps + 20)):
        late, early = (gap_after("erf", Fraction(1), n, dps) for n in (2 * depth, depth))
        return (1 / late - 1 / early - arb(2) * depth / 5) / arb(2).log()


def leaky_points(phi: str, a: str) -> list[dict[str, Any]]:
    return [{"phi": phi, "power": 2, "a": Fraction(a), "depth": 2**k} for k in range(5, 14)]


_claim = claims_of("symprop", HOLDS, derivation=BOUNDS)

NET = {"net": networks(3)}
NETWORK = {"net": "coefficients of P_1, ..., P_L, each with sum 1"}
CRITICAL = {"q": centred_series(), "gap": Real(0, 2), "depth": Integer(0, reach=300)}

CLAIMS = (
    _claim(
        "gap-contraction",
        "S1",
        title="one layer in the gap 1 - ρ",
        statement="1 - P(1-x) <= p x (1 - ν x), 0 <= x <= 2, p = P'(1), ν = (c_2 + c_3 + ...)/p",
        variables={"c": "coefficients, sum 1, not constant", "gap": "x, in [0, 2]"},
        checks=(
            attack(
                gap_after_layer,
                "<=",
                quadratic_bound,
                domain={"c": any_series(), "gap": Real(0, 2)},
                tries=(240, 3000),
            ),
        ),
        near_miss=attack(
            gap_after_layer,
            "<=",
            lower_quadratic_bound,
            domain={"c": any_series(), "gap": Real(0, 2)},
        ),
    ),
    _claim(
        "jacobian-along-trajectory",
        "S1",
        title="multiplicative bound along one pair of inputs",
        statement="J >= (ε_L/ε_0) Π 1/(1 - ν_l ε_{l-1}) for every ε_0 in (0, 2], J = Π P_l'(1)",
        variables=NETWORK | {"gap": "ε_0 = 1 - ρ_0"},
        assumptions=("no P_l is constant", "ε_l > 0 for all l (x² maps -1 to 1)"),
        checks=(
            attack(
                chain_rule,
                ">=",
                along_trajectory,
                domain=NET | {"gap": Real(0, 2, open_at="lower")},
                assuming=moving,
                tries=(120, 1500),
            ),
            at_points(
                chain_rule, "==", along_trajectory, points=[{"net": SHARP, "gap": Fraction(2)}]
            ),
        ),
        near_miss=at_points(
            chain_rule, ">=", along_larger_trajectory, points=[{"net": SHARP, "gap": Fraction(2)}]
        ),
    ),
    _claim(
        "jacobian-by-spread",
        "S2",
        title="multiplicative bound by the spread",
        statement="J >= (s/2) Π 1/(1 - s ν_l) >= (e/2) s² Σ ν_l, s = 1 - ρ_max",
        variables=NETWORK,
        assumptions=("no P_l is constant", "ρ_max = max_l min over pairs of ρ_l"),
        checks=(
            attack(chain_rule, ">=", by_spread, domain=NET, tries=(60, 900)),
            attack(chain_rule, ">=", by_exponential, domain=NET, tries=(45, 600)),
            at_points(chain_rule, ">=", by_exponential, points=[{"net": SHARP}]),
        ),
        near_miss=at_points(chain_rule, ">=", by_twice_the_spread, points=[{"net": SHARP}]),
    ),
    _claim(
        "best-shrinkage-constant",
        "S2",
        title="e/2 is the best constant",
        statement=(
            "for quadratics that keep the spread s <= 1 of an affine first layer, with s Σ ν -> 1: "
            "J/(s² Σ ν) -> e/2, so 1/8 in Theorem 1 may be replaced by e/2 and by nothing larger"
        ),
        variables={"width": "s, in (0, 1]", "depth": "number of quadratics"},
        checks=tuple(
            limit(
                sharp_ratio,
                half_of_e,
                along=[{"width": Fraction(w), "depth": 2**k} for k in range(5, 11)],
                error=lambda depth: Fraction(1, depth),
            )
            for w in ("1", "1/2", "1/10")
        ),
        near_miss=limit(
            sharp_ratio,
            "4/3",
            along=[{"width": Fraction(1), "depth": 2**k} for k in range(5, 11)],
            error=lambda depth: Fraction(1, depth),
        ),
    ),
    _claim(
        "critical-identical-layers",
        "S2",
        title="shrinkage of identical critical layers",
        statement="P'(1) = 1: 1 - ρ_L <= 1/(1/2 + νL) for every pair",
        variables={"q": "P = 1 - 1/p + q/p, p = q'(1): every critical map", "gap": "1 - ρ_0"},
        checks=(attack(critical_gap, "<=", critical_bound, domain=CRITICAL, tries=(120, 1500)),),
        near_miss=attack(critical_gap, "<=", lower_critical_bound, domain=CRITICAL),
    ),
    _claim(
        "critical-leaky-rate",
        "S3",
        derivation=RATES,
        title="critical rate of leaky ReLU networks",
        statement="L² (1 - ρ_L) -> (9π²/2) (1+a²)²/(1-a)⁴",
        variables={"a": "negative slope, != 1; -1 is the absolute value", "depth": "L"},
        checks=tuple(
            limit(scaled_gap, leaky_constant, along=leaky_points(phi, a), error=relative_logarithm)
            for phi, a in (("relu", "0"), ("leaky_relu:1/10", "1/10"), ("abs", "-1"))
        ),
        near_miss=limit(
            scaled_gap,
            lambda a, dps: leaky_constant(a, dps) * 8 / 9,
            along=leaky_points("relu", "0"),
            error=relative_logarithm,
        ),
    ),
    _claim(
        "critical-erf-rate",
        "S3",
        derivation=RATES,
        title="critical rate of erf networks, with its logarithm",
        statement="1/(1-ρ_L) = (2/5) L - (11/15) log L + O(1); L (1 - ρ_L) -> 5/2",
        variables={"depth": "L"},
        assumptions=("critical variances of weights and biases, pre-activations of variance 1",),
        checks=(
            limit(
                reciprocal_gap_defect,
                "-11/15",
                along=[{"depth": 2**k} for k in range(8, 14)],
                error=relative_logarithm,
            ),
            limit(
                scaled_gap,
                "5/2",
                along=[{"phi": "erf", "power": 1, "depth": 2**k} for k in range(5, 14)],
                error=relative_logarithm,
            ),
        ),
        near_miss=limit(
            reciprocal_gap_defect,
            "-2/3",
            along=[{"depth": 2**k} for k in range(8, 14)],
            error=relative_logarithm,
        ),
    ),
    _claim(
        "critical-exp-rate",
        "S3",
        derivation=RATES,
        title="critical rate of exponential networks",
        statement="L (1 - ρ_L) -> 2",
        variables={"depth": "L"},
        checks=(
            limit(
                scaled_gap,
                "2",
                along=[{"phi": "exp", "power": 1, "depth": 2**k} for k in range(5, 14)],
                error=relative_logarithm,
            ),
        ),
        near_miss=limit(
            scaled_gap,
            "19/10",
            along=[{"phi": "exp", "power": 1, "depth": 2**k} for k in range(5, 14)],
            error=relative_logarithm,
        ),
    ),
)
"""Results beyond the shrinkage paper."""
