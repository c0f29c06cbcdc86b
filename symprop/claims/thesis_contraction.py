"""thesis, section 5.4: contraction of centred kernels."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, centred_series, iterate, nonlinear, slope, value
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
HALF = Fraction(1, 2)
IDENTITY = (Fraction(0), Fraction(1))
START = {"rho": Real(-1, 1, open_at="both")}
CENTRED = {"c": centred_series()} | START
ITERATED = CENTRED | {"depth": Integer(0, reach=40)}
MEANINGS = {
    "c": "c_k² of a centred activation, sum 1: κ(ρ) = Σ c_k² ρ^k",
    "rho": "initial correlation, in (-1, 1)",
    "depth": "number of layers, from 0",
}


def ratio(size: Any) -> Any:
    """Return ``Ψ = |ρ|/(1 - |ρ|)``."""
    size = abs(size)
    return size / (1 - size)


def iterated_ratio(c: Series, rho: Fraction, depth: int, dps: int) -> Any:
    with working_bits(bits_from_dps(2 * dps + 20)):  # 1 - |ρ| may cancel
        return ratio(iterate(tuple(c), rho, depth, dps))


def iterated_size(c: Series, rho: Fraction, depth: int, dps: int) -> Any:
    return abs(iterate(tuple(c), rho, depth, dps))


def contracted(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return ``Ψ(ρ_0) / (2 - κ'(0))^depth``."""
    return Fraction(ratio(rho)) / (2 - c[1]) ** depth


def contracted_by_slope(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return ``Ψ(ρ_0) / κ'(1)^depth``."""
    return Fraction(ratio(rho)) / Fraction(slope(c)) ** depth


def contracted_faster(c: Series, rho: Fraction, depth: int) -> Fraction:
    return contracted(c, rho, depth) * Fraction(19, 20) ** depth


def signed_bound(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return ``ρ_0/(1 - |ρ_0|) α^depth``."""
    return rho / (1 - abs(rho)) / (2 - c[1]) ** depth


def rate(c: Series) -> Fraction:
    return 1 / (2 - c[1])


def size_of_image(c: Series, rho: Fraction) -> Fraction:
    return abs(Fraction(value(c, rho)))


def abs_start(rho: Fraction) -> Fraction:
    return abs(rho)


def distance_moved(c: Series, rho: Fraction) -> Fraction:
    return abs(Fraction(value(c, rho)) - rho)


def slope_inside(c: Series) -> Fraction:
    return Fraction(slope(c))


def is_affine(c: Series) -> int:
    return int(nonlinear(c) == 0)


def has_unit_slope_at_one(c: Series) -> int:
    return int(slope(c) == 1)


def has_unit_slope_at_zero(c: Series) -> int:
    return int(len(c) > 1 and c[1] == 1)


def slope_at_zero(c: Series) -> Fraction:
    return c[1] if len(c) > 1 else Fraction(0)


def bends(c: Series) -> bool:
    return bool(nonlinear(c) > 0)


def activation_ratio(phi: str, normalization: str, rho: Fraction, dps: int) -> Any:
    """Return Ψ after one layer of a given activation and normalisation."""
    from symprop.asymptotics.kernel_maps import kernel_map

    kernel = kernel_map(phi, recentred=normalization == "layer after")
    return ratio(kernel.enclose(rho, dps=dps))


def activation_printed_bound(phi: str, normalization: str, rho: Fraction, dps: int) -> Any:
    from symprop.asymptotics.kernel_maps import kernel_map

    kernel = kernel_map(phi, recentred=normalization == "layer after")
    return ratio(rho) / kernel.slope_at_one(dps)


_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "centred-contraction",
        "Theorem 5.8; eq 5.6",
        title="centred kernels contract |ρ|/(1-|ρ|)",
        statement="|ρ_ℓ|/(1-|ρ_ℓ|) <= α^ℓ |ρ_0|/(1-|ρ_0|), α = 1/(2 - κ'(0)), α < 1 if non-linear",
        variables=MEANINGS,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        checks=(
            attack(iterated_ratio, "<=", contracted, domain=ITERATED, tries=(150, 2000)),
            attack(rate, "<", 1, domain={"c": centred_series()}, assuming=bends, tries=(60, 600)),
        ),
        near_miss=attack(iterated_ratio, "<=", contracted_faster, domain=ITERATED),
        derivation="derivations/kernel_contraction.py",
    ),
    _claim(
        "centred-other-fixed-points-printed",
        "Theorem 5.8",
        FAILS,
        title="no fixed points but 0 and ±1, for every activation, as printed",
        statement="κ(0) = 0, κ(1) = 1: no ρ inside (-1, 1) but 0 is fixed",
        variables=MEANINGS,
        as_printed="the last sentence does not ask for a non-linear activation; φ(x) = x keeps all",
        checks=(
            attack(
                distance_moved,
                ">",
                0,
                domain=CENTRED,
                assuming=lambda rho: rho != 0,
            ),
        ),
        near_miss=at_points(distance_moved, ">", 0, points=[{"c": IDENTITY, "rho": "1/2"}]),
        corrected_by="thesis.centred-other-fixed-points",
    ),
    _claim(
        "centred-other-fixed-points",
        "Theorem 5.8",
        title="fixed points of a non-linear centred kernel",
        statement=(
            "|κ(ρ)| < |ρ| for 0 < |ρ| < 1, and κ'(1) > 1: only 0, 1 and -1 can be fixed, and "
            "neither 1 nor -1 attracts (-1 is fixed for odd κ only, with the same slope)"
        ),
        variables=MEANINGS,
        assumptions=("κ(0) = 0, κ(1) = 1", "φ is not linear"),
        as_printed=(
            "for linear φ as well. The proof takes κ'(1) < 1 for necessary where 1 attracts, which "
            "case 3 of Theorem 5.11 contradicts; κ'(1) > 1 settles it"
        ),
        checks=(
            attack(
                size_of_image,
                "<",
                abs_start,
                domain=CENTRED,
                assuming=lambda c, rho: rho != 0 and bends(c),
                tries=(150, 2000),
            ),
            attack(
                slope_inside,
                ">",
                1,
                domain={"c": centred_series()},
                assuming=bends,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            slope_inside, ">", 1, domain={"c": any_series()}, assuming=bends, tries=(60, 600)
        ),
    ),
    _claim(
        "unit-slope-printed",
        "Remark 5.9",
        FAILS,
        title="slope 1 at correlation 1 makes the activation affine, as printed",
        statement="κ(ρ) = Σ_{k>=0} c_k² ρ^k, κ(1) = 1 and κ'(1) = 1 imply c_k = 0 for k >= 2",
        variables={"c": "c_k², sum 1"},
        as_printed=(
            "the remark sums from k = 0 and tests κ'(1); what it needs is κ'(0) = 1, or κ'(1) = 1 "
            "together with c_0 = 0"
        ),
        checks=(
            attack(
                is_affine,
                "==",
                1,
                domain={"c": any_series()},
                assuming=lambda c: slope(c) == 1,
            ),
        ),
        near_miss=at_points(
            is_affine, "==", has_unit_slope_at_one, points=[{"c": (HALF, Fraction(0), HALF)}]
        ),
        corrected_by="thesis.unit-slope",
    ),
    _claim(
        "unit-slope",
        "Remark 5.9",
        title="κ'(0) is at most 1, and 1 for linear activations only",
        statement=(
            "κ'(0) <= 1; κ'(0) = 1 implies c_k = 0 for k != 1; if c_0 = 0, κ'(1) = 1 exactly when "
            "c_k = 0 for all k >= 2"
        ),
        variables={"c": "c_k², sum 1"},
        checks=(
            attack(slope_at_zero, "<=", 1, domain={"c": any_series()}, tries=(150, 2000)),
            attack(
                has_unit_slope_at_zero,
                "==",
                lambda c: int(tuple(c) == IDENTITY),
                domain={"c": any_series()},
                tries=(150, 2000),
            ),
            attack(
                has_unit_slope_at_one,
                "==",
                is_affine,
                domain={"c": centred_series()},
                tries=(150, 2000),
            ),
        ),
        near_miss=attack(has_unit_slope_at_one, "==", is_affine, domain={"c": any_series()}),
    ),
    _claim(
        "centred-rate-printed",
        "Corollary 5.10",
        FAILS,
        title="rate of convergence to zero, as printed",
        statement="|ρ_ℓ| <= ρ_0/(1-|ρ_0|) α^ℓ, α = 1/(2 - κ'(0))",
        variables=MEANINGS,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed=(
            "ρ_0 without a modulus, so the bound is negative for ρ_0 < 0; its proof line is garbled"
        ),
        checks=(attack(iterated_size, "<=", signed_bound, domain=ITERATED),),
        near_miss=at_points(
            iterated_size,
            "<=",
            signed_bound,
            points=[{"c": (Fraction(0), HALF, HALF), "rho": "-1/2", "depth": 1}],
        ),
        corrected_by="thesis.centred-rate",
    ),
    _claim(
        "centred-rate",
        "Corollary 5.10",
        title="rate of convergence to zero",
        statement="|ρ_ℓ| <= m α^ℓ/(1 - m + m α^ℓ) <= |ρ_0|/(1-|ρ_0|) α^ℓ, m = |ρ_0|",
        variables=MEANINGS,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed="only the second bound, without the modulus in its numerator",
        checks=(
            attack(
                iterated_size,
                "<=",
                lambda c, rho, depth: contracted(c, rho, depth) / (1 + contracted(c, rho, depth)),
                domain=ITERATED,
                tries=(150, 2000),
            ),
            attack(iterated_size, "<=", contracted, domain=ITERATED, tries=(60, 600)),
        ),
        near_miss=attack(
            iterated_size,
            "<=",
            contracted_faster,
            domain=ITERATED | {"rho": Real("-1/100", "1/100")},
        ),
    ),
    _claim(
        "centred-rate-by-slope-printed",
        "eq 5.7",
        FAILS,
        title="rate of case 1 through the slope at 1, as printed",
        statement="κ(0) = 0: |ρ_ℓ|/(1-|ρ_ℓ|) <= (1/κ'(1))^ℓ |ρ_0|/(1-|ρ_0|)",
        variables=MEANINGS,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed=(
            "Theorem 5.11 takes case 1 from Theorem 5.8 with 1/κ'(1) in place of 1/(2 - κ'(0)); "
            "near 0 the factor is κ'(0), which may exceed 1/κ'(1), as for tanh"
        ),
        checks=(
            attack(
                iterated_ratio,
                "<=",
                contracted_by_slope,
                domain=CENTRED | {"depth": Integer(1, 2)},
            ),
            at_points(
                activation_ratio,
                "<=",
                activation_printed_bound,
                points=[{"phi": "tanh", "normalization": "none", "rho": "1/10"}],
            ),
        ),
        near_miss=at_points(
            iterated_ratio,
            "<=",
            contracted_by_slope,
            points=[
                {
                    "c": (Fraction(0), Fraction(9, 10), Fraction(0), Fraction(1, 10)),
                    "rho": "1/2",
                    "depth": 1,
                }
            ],
        ),
        corrected_by="thesis.centred-contraction",
    ),
)
"""Theorem 5.8 with what is said about it."""
