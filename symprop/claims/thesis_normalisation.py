"""thesis, Theorem 5.15: contraction under normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, slope
from symprop.claims.simulated_networks import sampled_cosine
from symprop.claims.thesis_contraction import (
    activation_printed_bound,
    activation_ratio,
    bends,
    iterated_ratio,
    ratio,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.specs.architectures import FullyConnected

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


def wide_normalised_layers(
    phi: str, normalization: str, length: Fraction, rho: Fraction, depth: int, size: int, seed: int
) -> tuple[float, float]:
    """Sample the cosine after layers with normalisation, of ``size`` units in all repeats.

    Inputs have squared length ``length`` times the width.
    """
    kind, place = normalization.rsplit(maxsplit=1)
    name = {"layer": "layer", "root mean square": "rms"}[kind]
    network = FullyConnected(phi, 1, normalization=name, placement=place)
    square, product = float(length), float(length * rho)
    inputs = f"gram:[[{square}, {product}], [{product}, {square}]]"
    return sampled_cosine(network, rho, depth=depth, size=size, seed=seed, inputs=inputs)


def iterated_map(phi: str, normalization: str, rho: Fraction, depth: int, dps: int) -> Any:
    """Return the iterate of ``κ/κ(1)``, of ``(κ - κ(0))/(κ(1) - κ(0))`` after ``layer after``."""
    from symprop.asymptotics.kernel_maps import kernel_map

    kernel = kernel_map(phi, recentred=normalization == "layer after")
    at: Any = rho
    for _ in range(depth):
        ball = kernel.enclose(at, dps=dps + 10)
        at = (ball.lower + ball.upper) / 2
    return at


def iterated_plain_map(phi: str, rho: Fraction, depth: int, dps: int) -> Any:
    return iterated_map(phi, "", rho, depth, dps)


SIZES = (250_000, 4_000_000)
WIDE_POINTS = tuple(
    point
    for phi, kind, length in (
        ("relu", "root mean square before", 9),
        ("relu", "layer before", "1/4"),
        ("gelu", "root mean square after", 1),
        ("gelu", "layer after", 1),
    )
    for point in grid(phi=(phi,), normalization=(kind,), length=(length,), rho=("4/5",), depth=(2,))
)
NORMALISED_POINTS = tuple(
    {"phi": phi, "normalization": kind, "rho": rho}
    for phi, kind in (
        ("tanh", "none"),
        ("erf", "root mean square before"),
        ("x**2 - 1", "layer before"),
        ("relu", "layer after"),
        ("exp", "layer after"),
        ("gelu", "layer after"),
        ("sign", "root mean square after"),
    )
    for rho in ("1/1000", "1/2", "-1/2", "999/1000")
)

_claim = claims_of("thesis", HOLDS)

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
            points=[{"phi": "relu", "normalization": "root mean square after", "rho": "1/2"}],
        ),
    ),
    _claim(
        "normalised-kernel",
        "Theorem 5.15",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="kernel sequence of wide networks with normalisation",
        statement=(
            "the cosine after ℓ wide layers tends to the ℓ-th iterate of κ/κ(1), of (κ - κ(0))/"
            "(κ(1) - κ(0)) if layer normalisation follows the activation"
        ),
        variables=MEANINGS
        | {
            "phi": "activation",
            "normalization": "which, and whether before or after the activation",
            "length": "squared length of the inputs over d",
        },
        assumptions=("Gaussian weights of variance 1/d", "length 1 if normalised after only"),
        as_printed="the lengths of the inputs are not mentioned",
        checks=(
            simulated(wide_normalised_layers, "==", iterated_map, points=WIDE_POINTS, sizes=SIZES),
        ),
        near_miss=simulated(
            wide_normalised_layers,
            "==",
            iterated_plain_map,
            points=WIDE_POINTS[-1:],
            sizes=SIZES,
        ),
    ),
)
"""Theorem 5.15."""
