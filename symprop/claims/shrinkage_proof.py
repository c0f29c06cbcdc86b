"""shrinkage, appendix A.1: the proof of Theorem 1 with finite differences, and Remark 4."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, compose, derivative, networks, value
from symprop.claims.shrinkage_jacobian import (
    centre_gaps,
    chain_rule,
    gained_in_theory,
    shapes,
    spread,
    theorem_one,
    twice_least_gap,
)
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
Network = Sequence[Series]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def _bend(*texts: str) -> Series:
    return tuple(map(Fraction, texts))


SHARP: Network = (_bend("3/4", "1/4"), *(_bend("1/4", "1/4", "1/2"),) * 4)


def composed_beyond(net: Network, k: int, t: Fraction) -> Fraction:
    """Return the left side of eq A.2: the layers beyond ``k``, from where 0 has come to there."""
    gap = centre_gaps(net)[k]
    return Fraction(compose(net[k:], 1 - gap + gap * t))


def recomposed(net: Network, k: int, t: Fraction) -> Fraction:
    """Return the right side of eq A.2 through the cropped maps."""
    last = centre_gaps(net)[-1]
    return 1 - last + last * cropped_composition(net, k, t)


def cropped_composition(net: Network, k: int, t: Fraction) -> Fraction:
    gaps = centre_gaps(net)[k:]
    for series, before, after in zip(net[k:], gaps, gaps[1:], strict=False):
        t = (Fraction(value(series, 1 - before + before * t)) - 1 + after) / after
    return t


def crop_of_map(c: Series, ratio: Fraction, start: Fraction, t: Fraction) -> Fraction:
    """Return ``P̃_l(t)`` from ``P_l = (σ_b² + σ_w² C)/(σ_b² + σ_w² C(1))``."""

    def mapped(rho: Fraction) -> Fraction:
        return Fraction(ratio + value(c, rho)) / (ratio + 1)

    low = mapped(start)
    return (mapped(start + (1 - start) * t) - low) / (1 - low)


def crop_of_covariance(c: Series, start: Fraction, t: Fraction) -> Fraction:
    low = Fraction(value(c, start))
    return (Fraction(value(c, start + (1 - start) * t)) - low) / (1 - low)


def slope_through_crops(net: Network) -> Fraction:
    """Return the right side of eq A.3: the cropped maps differentiated at 1."""
    gaps = centre_gaps(net)
    total = gaps[-1]
    for series, before, after in zip(net, gaps, gaps[1:], strict=False):
        total *= before * Fraction(value(derivative(series), Fraction(1))) / after
    return total


def without_last_gap(net: Network) -> Fraction:
    return slope_through_crops(net) / centre_gaps(net)[-1]


def numerical_slope(net: Network, step: Fraction) -> Fraction:
    """Return the chord slope ``(1 - P_L..P_1(1 - step))/step``."""
    return (1 - Fraction(compose(net, 1 - step))) / step


def small_excess(net: Network) -> Any:
    """Return ``E = (1 - rho_max)/4 sum nu``."""
    return spread(net) / 4 * sum(layer.nonlinearity for layer in shapes(net))


def near_one(net: Network, share: Fraction) -> Fraction:
    """Return ``tau = share/(2 + E)``, with a rational E not below the true one."""
    e = twice_least_gap(net) / 4 * sum(layer.nonlinearity for layer in shapes(net))
    return Fraction(share / (2 + e))


def difference_quotient(net: Network, share: Fraction) -> Fraction:
    return numerical_slope(net, near_one(net, share))


def quotient_bound(net: Network) -> Fraction:
    """Return ``(1 - rho~_max)(1 + E)``, E from the centre gaps, of eq A.7."""
    least = min(centre_gaps(net)[1:])
    excess = least / 2 * sum(layer.nonlinearity for layer in shapes(net))
    return Fraction(least * (1 + excess))


def final_bound(net: Network) -> Any:
    """Return ``(1 - rho_max)/2 E``, the middle of eq A.9."""
    return spread(net) / 2 * small_excess(net)


def kernel_quotient(phi: str, gap: Fraction, depth: int, dps: int) -> Any:
    """Return Remark 4's quotient at a pair of correlation ``1 - gap``."""
    from symprop.asymptotics.kernel_maps import kernel_map

    kernel, at = kernel_map(phi), gap
    for _ in range(depth):
        ball = kernel.deficit(angle_gap=at, dps=dps + 20)
        at = (ball.lower + ball.upper) / 2
    return at / gap


def root_of_gap(gap: Fraction, dps: int) -> Any:
    """Return the square root of the gap: the order of the deviation for maps with a kink."""
    with working_bits(bits_from_dps(dps)):
        return (arb(gap.numerator) / gap.denominator).sqrt()


def slope_power(phi: str, depth: int, dps: int) -> Any:
    return gained_in_theory(phi, depth, Fraction(1), Fraction(0), dps)


NET = {"net": networks(3)}
NETWORK = {"net": "coefficients of P_1, ..., P_L, each with sum 1"}

_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "cropped-composition",
        "eq A.2",
        title="cropping and recentring every map",
        statement=(
            "P_l∘...∘P_{k+1}(ρ̃_k + (1-ρ̃_k) t) = ρ̃_l + (1-ρ̃_l) P̃_l∘...∘P̃_{k+1}(t), and P̃_l is the "
            "crop of C(φ_l|·) whatever the variances"
        ),
        variables=NETWORK
        | {
            "k": "number of layers left out, < l",
            "t": "in [0, 1]",
            "c": "C(φ|·), scaled to C(1) = 1",
            "ratio": "σ_b²/σ_w²",
            "start": "ρ̃_{l-1}",
        },
        assumptions=("ρ̃_l = P_l∘...∘P_1(0)",),
        checks=(
            attack(
                composed_beyond,
                "==",
                recomposed,
                domain=NET | {"k": Integer(0, 2), "t": Real(0, 1)},
                assuming=lambda net, k: k < len(net),
                tries=(60, 600),
            ),
            attack(
                crop_of_map,
                "==",
                crop_of_covariance,
                domain={
                    "c": any_series(),
                    "ratio": Real(0, None, decades=3),
                    "start": Real(0, 1, open_at="upper"),
                    "t": Real(0, 1),
                },
                assuming=lambda c: len(c) > 1,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            composed_beyond,
            "==",
            cropped_composition,
            domain=NET | {"k": Integer(0, 2), "t": Real(0, 1)},
            assuming=lambda net, k: k < len(net),
        ),
    ),
    _claim(
        "cropped-slope",
        "eq A.3",
        title="slope at 1 through the cropped maps",
        statement="(P_L∘...∘P_1)'(1) = (1 - ρ̃_L) (P̃_L∘...∘P̃_1)'(1)",
        variables=NETWORK,
        checks=(
            attack(chain_rule, "==", slope_through_crops, domain=NET),
            limit(
                numerical_slope,
                chain_rule,
                along=[{"net": SHARP, "step": Fraction(1, 10**k)} for k in range(2, 8)],
                error=lambda step: step,
            ),
        ),
        near_miss=attack(chain_rule, "==", without_last_gap, domain=NET),
    ),
    _claim(
        "finite-differences",
        "eq A.7; eq A.8",
        title="difference quotients at a finite distance",
        statement="[1 - P_L∘...∘P_1(1-τ)]/τ >= (1 - ρ̃_max)(1 + E) > (1 - ρ̃_max) E, τ <= 1/(2+E)",
        variables=NETWORK | {"share": "τ (2 + E), in (0, 1]"},
        assumptions=("E = (1 - ρ̃_max)/2 Σ ν_l, not less than that of the text",),
        checks=(
            attack(
                difference_quotient,
                ">=",
                quotient_bound,
                domain=NET | {"share": Real(0, 1, open_at="lower")},
                tries=(90, 900),
            ),
        ),
        near_miss=attack(
            difference_quotient,
            ">=",
            lambda net: quotient_bound(net) * Fraction(11, 10),
            domain=NET | {"share": Real(0, 1, open_at="lower")},
        ),
    ),
    _claim(
        "finite-jacobian",
        "Section A.1.1; eq A.9",
        title="the bound of Theorem 1 without exchanging limits",
        statement=(
            "[1 - P_L∘...∘P_1(1-τ)]/τ >= (1-ρ_max)/2 E = (1-ρ_max)²/8 Σ ν_l for 0 < τ <= 1/(2+E): "
            "some point of the segment has that squared Jacobian, by the mean value inequality"
        ),
        variables=NETWORK | {"share": "τ (2 + E), in (0, 1]"},
        assumptions=("E = (1 - ρ_max)/4 Σ ν_l",),
        checks=(
            attack(
                difference_quotient,
                ">=",
                final_bound,
                domain=NET | {"share": Real(0, 1, open_at="lower")},
                tries=(60, 900),
            ),
            at_points(final_bound, "==", theorem_one, points=[{"net": SHARP}]),
        ),
        near_miss=at_points(
            difference_quotient,
            ">=",
            lambda net: final_bound(net) * 16,
            points=[{"net": SHARP, "share": "1"}],
        ),
    ),
    _claim(
        "kernel-quotient",
        "Remark 4",
        title="the kernel's slope in place of the Jacobian",
        statement="the quotient of kernel distances tends to (P_L∘...∘P_1)'(1) as inputs meet",
        variables={"phi": "activation", "gap": "1 - ρ_0", "depth": "L"},
        checks=tuple(
            limit(
                kernel_quotient,
                slope_power,
                along=[{"phi": phi, "depth": 4, "gap": Fraction(1, 10**k)} for k in range(2, 9)],
                error=root_of_gap,
            )
            for phi in ("erf", "relu", "exp")
        ),
        near_miss=limit(
            kernel_quotient,
            lambda phi, depth, dps: slope_power(phi, depth - 1, dps),
            along=[{"phi": "erf", "depth": 4, "gap": Fraction(1, 10**k)} for k in range(2, 9)],
            error=root_of_gap,
        ),
    ),
)
"""Equations A.2, A.3 and A.7 to A.9."""
