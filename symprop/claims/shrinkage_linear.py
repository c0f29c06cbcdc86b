"""shrinkage, Theorem 1, consequence 3: what layers without non-linearity do to correlations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.thesis_hermite import double_moment
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

VARIABLES = {
    "shift": "mean b of the activation φ(x) = b + x",
    "ratio": "σ_b²/σ_w²",
    "rho": "correlation, in [-1, 1]",
}


def covariance(shift: Fraction, rho: Fraction) -> Fraction:
    """Return ``E φ(x) φ(y)`` for ``φ(x) = shift + x``, term by term from Gaussian moments."""
    powers = (shift, Fraction(1))
    terms = (powers[i] * powers[j] * double_moment(i, j, rho) for i in range(2) for j in range(2))
    return sum(terms, Fraction(0))


def image(shift: Fraction, ratio: Fraction, rho: Fraction) -> Fraction:
    """Return eq 2.3."""
    return (ratio + covariance(shift, rho)) / (ratio + covariance(shift, Fraction(1)))


def itself(rho: Fraction) -> Fraction:
    return rho


def gap(shift: Fraction, ratio: Fraction, rho: Fraction) -> Fraction:
    return 1 - image(shift, ratio, rho)


def scaled_gap(shift: Fraction, ratio: Fraction, rho: Fraction) -> Fraction:
    return (1 - rho) / (1 + shift**2 + ratio)


def is_preserved(shift: Fraction, ratio: Fraction, rho: Fraction) -> int:
    return int(image(shift, ratio, rho) == rho)


def has_no_bias(shift: Fraction, ratio: Fraction) -> int:
    return int(shift == 0 and ratio == 0)


AFFINE = {"shift": Real(-3, 3), "ratio": Real(0, None, decades=3), "rho": Real(-1, 1)}


def _claim(name: str, outcome: Outcome, grade: Grade, **data: Any) -> Claim:
    return Claim(
        id=f"shrinkage.{name}",
        source=Source("shrinkage", "Theorem 1, consequence 3"),
        expected=Verdict(outcome, grade),
        variables=VARIABLES,
        **data,
    )


CLAIMS = (
    _claim(
        "linear-layers-printed",
        Outcome.FAILS,
        Grade.EXACT,
        title="layers without linearisation error keep correlations, as printed",
        statement="‖φ - φ̄‖ = 0 implies P(ρ) = ρ",
        as_printed=(
            "a vanishing error is said to preserve norms, covariances and correlations; φ̄ has a "
            "constant term and layers have biases, and either pulls correlations to 1"
        ),
        checks=(attack(image, "==", itself, domain=AFFINE),),
        near_miss=at_points(image, "==", itself, points=[{"shift": 0, "ratio": "1/100", "rho": 0}]),
        corrected_by="shrinkage.linear-layers",
    ),
    _claim(
        "linear-layers",
        Outcome.HOLDS,
        Grade.SAMPLED,
        title="what layers without linearisation error do",
        statement=(
            "φ(x) = b + x: 1 - P(ρ) = (1-ρ)/(1 + b² + σ_b²/σ_w²), so correlations below 1 are kept "
            "exactly if b = σ_b = 0"
        ),
        checks=(
            attack(gap, "==", scaled_gap, domain=AFFINE),
            attack(is_preserved, "==", has_no_bias, domain=AFFINE, assuming=lambda rho: rho < 1),
        ),
        near_miss=attack(
            is_preserved,
            "==",
            lambda shift: int(shift == 0),
            domain=AFFINE,
            assuming=lambda rho: rho < 1,
        ),
    ),
)
"""The third alternative of Theorem 1."""
