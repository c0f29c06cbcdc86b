"""shrinkage, equations 2.3 and A.10: maps of correlations against sampled networks.

Whole networks of finite width, in law and with every normalisation; theory and sampler share the
description of the network only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.shrinkage_maps import map_without_linear_term
from symprop.claims.simulated_networks import follows_recurrence, sampled_cosine
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.specs.architectures import FullyConnected, LayerNormResidual

__all__ = ["CLAIMS"]

STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
SIZES = (80_000, 2_000_000)
DEEP: dict[str, Any] = {
    "depth": 6,
    "backward": "true",
    "widths": (250, 2000),
    "resolution": 0.2,
}
OBSERVED = ("q", "c", "e", "chi")


def next_correlation(
    phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample the correlation of pre-activations one layer above those of correlation ``rho``.

    The layer below has no bias and so keeps the correlation of the inputs.
    """
    network = FullyConnected(phi, sw2, (0, sb2), normalization="rms")
    return sampled_cosine(network, rho, depth=2, size=size, seed=seed, gram="pre-activations")


def mapped_layer(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return eq 2.3 from the dual kernel."""
    from symprop.gaussian.duality import dual_kernel

    kernel = dual_kernel(phi)
    top = kernel.enclose(rho, dps=dps) * sw2 + sb2
    return top / (kernel.enclose(1, dps=dps) * sw2 + sb2)


def next_block_correlation(
    phi: str, rho: Fraction, variance: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample the correlation after one residual block."""
    return sampled_cosine(LayerNormResidual(phi, variance), rho, depth=1, size=size, seed=seed)


def mapped(phi: str, rho: Fraction, variance: Fraction, dps: int) -> Any:
    """Return eq A.10 from the dual kernel."""
    from symprop.gaussian.duality import dual_kernel

    kernel = dual_kernel(phi)
    top = kernel.enclose(rho, dps=dps) * variance + rho
    return top / (kernel.enclose(1, dps=dps) * variance + 1)


def mapped_without_skip(phi: str, rho: Fraction, dps: int) -> Any:
    from symprop.gaussian.duality import dual_kernel

    kernel = dual_kernel(phi)
    return kernel.enclose(rho, dps=dps) / kernel.enclose(1, dps=dps)


CLAIMS = (
    Claim(
        id="shrinkage.correlation-map",
        title="one layer maps correlations by P",
        statement=(
            "ρ' = [σ_b² + σ_w² C(ρ)] / [σ_b² + σ_w² C(1)], C(ρ) = E φ(u)φ(v), as widths grow; in "
            "deep networks correlations are iterates of P and gradients grow by the slope at 1"
        ),
        variables={
            "phi": "activation",
            "rho": "correlation, in [-1, 1]",
            "sw2": "weight variance, > 0",
            "sb2": "bias variance, >= 0",
        },
        assumptions=(
            "preactivations are normalised to mean square 1, without centring",
            "Gaussian weights and biases",
            "inputs of mean square 1",
        ),
        source=Source("shrinkage", "eq 2.3"),
        checks=(
            simulated(
                next_correlation,
                "==",
                mapped_layer,
                points=grid(
                    phi=("erf", "relu", "x**2 + x"),
                    rho=("1/2", "-3/5"),
                    sw2=("17/10",),
                    sb2=("0", "1/3"),
                ),
                sizes=SIZES,
            ),
            *(
                follows_recurrence(
                    FullyConnected(phi, "17/10", "1/3", normalization="rms"), OBSERVED, **DEEP
                )
                for phi in ("erf", "gelu")
            ),
        ),
        near_miss=simulated(
            next_correlation,
            "==",
            map_without_linear_term,
            points=grid(phi=("erf",), rho=("1/2",), sw2=("17/10",), sb2=("1/3",)),
            sizes=SIZES,
        ),
        expected=STATISTICAL,
    ),
    Claim(
        id="shrinkage.residual-map",
        title="correlation map of a residual block",
        statement="ρ' = (ρ + σ²C(ρ))/(1 + σ²‖φ‖²), block by block, and gradients by its slope at 1",
        variables={"phi": "activation", "rho": "correlation", "variance": "σ²"},
        source=Source("shrinkage", "eq A.10"),
        as_printed="y·y/n is labelled with the same letter as the normalised output",
        checks=(
            simulated(
                next_block_correlation,
                "==",
                mapped,
                points=(
                    *grid(phi=("erf", "relu"), rho=("-3/5",), variance=("1/2",)),
                    *grid(phi=("x**2 + x",), rho=("-1/3",), variance=("3",)),
                ),
                sizes=SIZES,
            ),
            *(
                follows_recurrence(LayerNormResidual(phi, "1/2"), OBSERVED, **DEEP)
                for phi in ("erf", "relu")
            ),
        ),
        near_miss=simulated(
            next_block_correlation,
            "==",
            mapped_without_skip,
            points=grid(phi=("x**2 + x",), rho=("-1/3",), variance=("3",)),
            sizes=SIZES,
        ),
        expected=STATISTICAL,
    ),
)
"""Equations 2.3 and A.10 by simulation."""
