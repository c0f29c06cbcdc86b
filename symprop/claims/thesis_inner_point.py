"""thesis, Theorem 5.11, case 4: convergence to a fixed point inside (0, 1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.power_series import (
    centred_series,
    iterate,
    offset_series,
    tilted_map,
    value,
)
from symprop.claims.thesis_convergence import bends, slope_at_fixed
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
SQUARE = (Fraction(0), Fraction(0), Fraction(1))
NINTH = (*(Fraction(0),) * 9, Fraction(1))


def ratio_beyond(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    """Return by how much ``(ρ - ρ*)/(1 - ρ)`` shrinks in a layer, for ρ beyond ρ*."""
    image = Fraction(value(tilted_map(q, fixed, linear), rho))
    return (image - fixed) / (1 - image) * (1 - rho) / (rho - fixed)


def printed_ratio(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return (1 - fixed) / (2 - slope_at_fixed(q, fixed, linear))


def corrected_ratio(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return 1 / (2 - slope_at_fixed(q, fixed, linear))


def ratio_of_distances(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    """Return ``|κ(ρ) - ρ*| / |ρ - ρ*|``."""
    image = Fraction(value(tilted_map(q, fixed, linear), rho))
    return abs(image - fixed) / abs(rho - fixed)


def one_less_constant(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return 1 - tilted_map(q, fixed, linear)[0]


def distance(
    q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int, dps: int
) -> Any:
    """Return ``|ρ_depth - ρ*|`` by iterating the offset from ρ*, which keeps its digits."""
    offsets = offset_series(tilted_map(q, fixed, linear), fixed)
    return abs(iterate(offsets, rho - fixed, depth, dps))


def printed_rate(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return max(
        one_less_constant(q, fixed, linear),
        slope_at_fixed(q, fixed, linear),
        printed_ratio(q, fixed, linear),
    )


def corrected_rate(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return max(one_less_constant(q, fixed, linear), corrected_ratio(q, fixed, linear))


def printed_bound(
    q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int
) -> Fraction:
    return abs(rho - fixed) / (1 - abs(rho)) * printed_rate(q, fixed, linear) ** depth


def corrected_bound(
    q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int
) -> Fraction:
    return abs(rho - fixed) / (1 - abs(rho)) * corrected_rate(q, fixed, linear) ** depth


def proof_rate(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    """Return the joint rate as the proof prints it: ``(1-ρ*)/(1-κ'(ρ*))`` comes last."""
    a = slope_at_fixed(q, fixed, linear)
    return max(one_less_constant(q, fixed, linear), a, (1 - fixed) / (1 - a))


Q = {"q": centred_series()}
TILT = Q | {"fixed": Real(0, 1, open_at="both"), "linear": Real(0, 1, open_at="upper")}
BEYOND = TILT | {"t": Real(0, 1, open_at="both")}
MEANINGS = {
    "q": "squared coefficients of a centred non-linear activation",
    "fixed": "ρ*, in (0, 1)",
    "linear": "b: κ = a + b x + d q with κ(ρ*) = ρ*, κ(1) = 1",
    "rho": "correlation",
    "depth": "number of layers",
}
FAR = {"rho": Real(-1, 1, open_at="both"), "depth": Integer(0, reach=60)}


def beyond(function: Any) -> Any:
    """Return a quantity at ρ between ρ* and 1, given by its share of the way."""

    def at(q: Series, fixed: Fraction, linear: Fraction, t: Fraction) -> Fraction:
        return Fraction(function(q, fixed, linear, fixed + t * (1 - fixed)))

    return at


def below(function: Any) -> Any:
    """Return a quantity at ρ between 0 and ρ*."""

    def at(q: Series, fixed: Fraction, linear: Fraction, t: Fraction) -> Fraction:
        return Fraction(function(q, fixed, linear, t * fixed))

    return at


def negative(function: Any) -> Any:
    def at(q: Series, fixed: Fraction, linear: Fraction, t: Fraction) -> Fraction:
        return Fraction(function(q, fixed, linear, -t))

    return at


_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "chaotic-step-printed",
        "Theorem 5.11, proof of case 4",
        FAILS,
        title="one-layer contraction beyond the fixed point, as printed",
        statement="ρ > ρ*: (κ(ρ)-ρ*)/(1-κ(ρ)) <= (ρ-ρ*)/(1-ρ) · (1-ρ*)/(2-κ'(ρ*))",
        variables=MEANINGS | {"t": "ρ = ρ* + t (1 - ρ*)"},
        assumptions=("κ(0) > 0, κ'(1) > 1",),
        as_printed=(
            "Σ a_k (1-ρ*)^(k-1) is evaluated as 1 - ρ*; it is 1, since Σ a_k (1-ρ*)^k = 1 - ρ*. "
            "The heading of the step prints κ'(ρ*) for the factor, which fails as well"
        ),
        checks=(
            attack(beyond(ratio_beyond), "<=", printed_ratio, domain=BEYOND, assuming=bends),
            attack(beyond(ratio_beyond), "<=", slope_at_fixed, domain=BEYOND, assuming=bends),
        ),
        near_miss=at_points(
            beyond(ratio_beyond),
            "<=",
            slope_at_fixed,
            points=[{"q": SQUARE, "fixed": "1/2", "linear": 0, "t": "1/2"}],
        ),
        corrected_by="thesis.chaotic-step",
    ),
    _claim(
        "chaotic-step",
        "Theorem 5.11, proof of case 4",
        title="one-layer contraction towards an inner fixed point",
        statement=(
            "the factor of (ρ-ρ*)/(1-ρ) is at most 1/(2-κ'(ρ*)) for ρ > ρ*; that of |ρ-ρ*| is at "
            "most κ'(ρ*) on [0, ρ*) and at most 1 - κ(0) on [-1, 0]"
        ),
        variables=MEANINGS | {"t": "place of ρ in the interval"},
        assumptions=("κ(0) > 0, κ'(1) > 1",),
        checks=(
            attack(
                beyond(ratio_beyond),
                "<=",
                corrected_ratio,
                domain=BEYOND,
                assuming=bends,
                tries=(120, 2000),
            ),
            attack(
                below(ratio_of_distances),
                "<=",
                slope_at_fixed,
                domain=BEYOND,
                assuming=bends,
                tries=(90, 900),
            ),
            attack(
                negative(ratio_of_distances),
                "<=",
                one_less_constant,
                domain=TILT | {"t": Real(0, 1)},
                assuming=bends,
                tries=(120, 2000),
            ),
        ),
        near_miss=attack(
            beyond(ratio_beyond),
            "<=",
            lambda q, fixed, linear: Fraction(19, 20) * corrected_ratio(q, fixed, linear),
            domain=BEYOND,
            assuming=bends,
        ),
        derivation="derivations/kernel_contraction.py",
    ),
    _claim(
        "chaotic-rate-printed",
        "Theorem 5.11, case 4; eq 5.10",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="rate towards an inner fixed point, as printed",
        statement=(
            "|ρ_ℓ - ρ*| <= |ρ_0-ρ*|/(1-|ρ_0|) α^ℓ, α = max{1-κ(0), κ'(ρ*), (1-ρ*)/(2-κ'(ρ*))}"
        ),
        variables=MEANINGS,
        assumptions=("κ(0) > 0, κ'(1) > 1",),
        as_printed="for κ = (1 + 2ρ²)/3, α = 2/3, but near 1 a layer gains only 1/κ'(1) = 3/4",
        checks=(
            attack(
                distance,
                "<=",
                printed_bound,
                domain={
                    "q": OneOf((SQUARE, (Fraction(0), *SQUARE))),
                    "fixed": Real("1/4", "3/4"),
                    "linear": Real(0, "1/2"),
                    "rho": Real("999/1000", 1, open_at="upper"),
                    "depth": Integer(20, reach=80),
                },
            ),
        ),
        near_miss=at_points(
            distance,
            "<=",
            printed_bound,
            points=[
                {"q": SQUARE, "fixed": "1/2", "linear": 0, "rho": "999999/1000000", "depth": 60}
            ],
        ),
        corrected_by="thesis.chaotic-rate",
    ),
    _claim(
        "joint-rate-printed",
        "Theorem 5.11, proof of case 4",
        FAILS,
        title="joint rate of the three cases, as the proof prints it",
        statement=(
            "max{1-κ(0), κ'(ρ*), (1-ρ*)/(1-κ'(ρ*))} is below 1, and not below the rate beyond ρ*"
        ),
        variables=MEANINGS | {"t": "ρ = ρ* + t (1 - ρ*)"},
        assumptions=("κ(0) > 0, κ'(1) > 1",),
        as_printed=(
            "the theorem has 2-κ'(ρ*) in that denominator. For κ = (1 + 2ρ²)/3 the maximum is 3/2; "
            "where ρ* is near 1 and κ'(ρ*) small it is too small"
        ),
        checks=(
            at_points(proof_rate, "<", 1, points=[{"q": SQUARE, "fixed": "1/2", "linear": 0}]),
            at_points(
                beyond(ratio_beyond),
                "<=",
                proof_rate,
                points=[{"q": NINTH, "fixed": "9/10", "linear": 0, "t": "99/100"}],
            ),
        ),
        near_miss=at_points(
            proof_rate, "<", "4/3", points=[{"q": SQUARE, "fixed": "1/2", "linear": 0}]
        ),
        corrected_by="thesis.chaotic-rate",
    ),
    _claim(
        "chaotic-rate",
        "Theorem 5.11, case 4; eq 5.10",
        title="rate towards an inner fixed point",
        statement=(
            "|ρ_ℓ - ρ*| <= |ρ_0-ρ*|/(1-|ρ_0|) α^ℓ, α = max{1-κ(0), 1/(2-κ'(ρ*))} < 1, ρ* in (0, 1)"
        ),
        variables=MEANINGS,
        assumptions=("κ(0) > 0, κ'(1) > 1",),
        as_printed="the last of the three rates has 1-ρ* in its numerator, or 1-κ'(ρ*) below",
        checks=(
            attack(
                distance,
                "<=",
                corrected_bound,
                domain=TILT | FAR,
                assuming=bends,
                tries=(150, 2000),
            ),
            attack(corrected_rate, "<", 1, domain=TILT, assuming=bends, tries=(60, 600)),
        ),
        near_miss=attack(proof_rate, "<", 1, domain=TILT, assuming=bends),
        derivation="derivations/kernel_contraction.py",
    ),
)
"""Case 4 with its proof."""
