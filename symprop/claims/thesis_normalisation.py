"""thesis, Theorem 5.15: contraction under normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.power_series import any_series, slope
from symprop.claims.thesis_contraction import (
    activation_printed_bound,
    activation_ratio,
    bends,
    iterated_ratio,
    ratio,
)
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
START = {"rho": Real(-1, 1, open_at="both")}
MEANINGS = {
    "c": "c_k² of a centred activation, sum 1: κ(ρ) = Σ c_k² ρ^k",
    "rho": "initial correlation, in (-1, 1)",
    "depth": "number of layers, from 0",
}


def recentred(c: Series) -> Series:
    """Return the kernel map after layer normalisation of the activations: the mean is gone."""
    return (Fraction(0), *(a / (1 - c[0]) for a in c[1:]))


def normalised_iterates(c: Series, rho: Fraction, depth: int, dps: int) -> Any:
    """Return Ψ of the iterates, layer normalisation after the activation."""
    return iterated_ratio(recentred(c), rho, depth, dps)


def normalised_bound(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return the bound with ``1/(2 - κ'(0)/(κ(1) - κ(0)))``."""
    return Fraction(ratio(rho)) / (2 - c[1] / (1 - c[0])) ** depth


def printed_normalised_bound(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return the bound with ``(κ(1) - κ(0))/κ'(1)``."""
    return Fraction(ratio(rho)) * ((1 - c[0]) / Fraction(slope(c))) ** depth


def activation_bound(phi: str, normalization: str, rho: Fraction, dps: int) -> Any:
    from symprop.asymptotics.kernel_maps import kernel_map

    kernel = kernel_map(phi, recentred=normalization == "layer after")
    return 1 / (2 - kernel.slope_at_zero(dps)) * ratio(rho)


NORMALISED_POINTS = tuple(
    {"phi": phi, "normalization": kind, "rho": rho}
    for phi, kind in (
        ("tanh", "none"),
        ("erf", "root mean square"),
        ("x**2 - 1", "layer before"),
        ("relu", "layer after"),
        ("exp", "layer after"),
        ("gelu", "layer after"),
        ("sign", "root mean square"),
    )
    for rho in ("1/1000", "1/2", "-1/2", "999/1000")
)


def _claim(name: str, number: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(id=f"thesis.{name}", source=Source("thesis", number), expected=expected, **data)


CLAIMS = (
    _claim(
        "normalised-contraction-printed",
        "Theorem 5.15; eq 5.14",
        FAILS,
        title="contraction under normalisation, as printed",
        statement="|ρ_ℓ|/(1-|ρ_ℓ|) <= α^ℓ |ρ_0|/(1-|ρ_0|), α = (κ(1) - κ(0))/κ'(1)",
        variables=MEANINGS | {"c": "c_k², sum 1; the mean c_0 is taken off after the activation"},
        assumptions=("layer normalisation after a non-linear activation",),
        as_printed="the same rate as eq 5.7; it fails for every choice of normalisation",
        checks=(
            attack(
                normalised_iterates,
                "<=",
                printed_normalised_bound,
                domain={"c": any_series()} | START | {"depth": Integer(0, reach=10)},
                assuming=bends,
            ),
            at_points(
                activation_ratio, "<=", activation_printed_bound, points=NORMALISED_POINTS[:-4]
            ),
        ),
        near_miss=at_points(
            activation_ratio, "<=", activation_printed_bound, points=NORMALISED_POINTS[:1]
        ),
        corrected_by="thesis.normalised-contraction",
    ),
    _claim(
        "normalised-contraction",
        "Theorem 5.15; eq 5.14",
        title="contraction under normalisation",
        statement=(
            "|ρ_ℓ|/(1-|ρ_ℓ|) <= α^ℓ |ρ_0|/(1-|ρ_0|), α = 1/(2 - κ'(0)/(κ(1) - κ(0))) < 1, for "
            "non-linear φ: centred under no, root-mean-square or earlier layer normalisation, any "
            "under later layer normalisation"
        ),
        variables=MEANINGS | {"phi": "activation", "normalization": "which, and where"},
        assumptions=(
            "without normalisation E φ² = 1",
            "inputs of squared length d, unless preactivations are normalised",
        ),
        checks=(
            attack(
                normalised_iterates,
                "<=",
                normalised_bound,
                domain={"c": any_series()} | START | {"depth": Integer(0, reach=40)},
                assuming=bends,
                tries=(150, 2000),
            ),
            at_points(activation_ratio, "<=", activation_bound, points=NORMALISED_POINTS),
        ),
        near_miss=at_points(
            activation_ratio,
            "<=",
            activation_bound,
            points=[{"phi": "relu", "normalization": "root mean square", "rho": "1/2"}],
        ),
    ),
)
"""Theorem 5.15."""
