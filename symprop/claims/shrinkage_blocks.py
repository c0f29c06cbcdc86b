"""shrinkage, appendix A.2: correlation map and Jacobian of residual blocks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.power_series import slope, trajectory
from symprop.claims.shrinkage_residual import NET, block, blocks, cropped_slope, jacobian
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
Network = Sequence[Series]
Variances = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
REPEATS = 20


def slope_of_crops(net: Network, variances: Variances) -> Fraction:
    """Return ``(1 - ρ̃_L) (P̃_L∘...∘P̃_1)'(1)``, each cropped map differentiated at 1."""
    made = blocks(net, variances)
    gaps = [1 - Fraction(rho) for rho in trajectory(made, Fraction(0))]
    total = gaps[-1]
    for series, before, after in zip(made, gaps, gaps[1:], strict=False):
        total *= before * Fraction(slope(series)) / after
    return total


def next_correlation(phi: str, rho: Fraction, variance: Fraction, size: int, seed: int) -> Any:
    """Sample one block of width ``size / REPEATS``, given its input; branches are exact in law.

    Given the units below, the branch outputs of a pair are Gaussian with the sample covariance.
    """
    import numpy as np

    from symprop.specs.activations import activation

    function = activation(phi)
    generator = np.random.default_rng(seed)
    width, r, s = size // REPEATS, float(rho), float(variance)
    values = []
    for _ in range(REPEATS):
        mix = np.array([[1, 0], [r, np.sqrt(1 - r * r)]])
        inputs = mix @ generator.standard_normal((2, width))
        inner = function(mix @ generator.standard_normal((2, width)))
        root = np.linalg.cholesky(s * (inner @ inner.T) / width)
        outputs = inputs + root @ generator.standard_normal((2, width))
        lengths = np.linalg.norm(outputs, axis=1)
        values.append(outputs[0] @ outputs[1] / (lengths[0] * lengths[1]))
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(REPEATS))


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


def operator_norm(variance: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample a lower bound of the squared operator norm of one linear block, ``φ(x) = x``.

    The gain of ``JᵀJv`` for a random v, by dense matrices of width ``sqrt(size/REPEATS)``; the
    normalisations only take away one direction.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    width, s = int((size / REPEATS) ** 0.5), float(variance)
    gains = []
    for _ in range(REPEATS):
        inner, outer = generator.standard_normal((2, width, width)) / width**0.5
        jacobian = (np.eye(width) + s**0.5 * outer @ inner) / (1 + s) ** 0.5
        v = generator.standard_normal(width)
        v = jacobian.T @ (jacobian @ v)
        gains.append(float(np.sum((jacobian @ v) ** 2) / np.sum(v**2)))
    return float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(REPEATS))


def linear_slope(variance: Fraction) -> Fraction:
    """Return ``P'(1)`` of a linear block."""
    return Fraction(slope(block((Fraction(0), Fraction(1)), variance)))


def _claim(name: str, number: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(
        id=f"shrinkage.{name}", source=Source("shrinkage", number), expected=expected, **data
    )


CLAIMS = (
    _claim(
        "residual-map",
        "eq A.10",
        STATISTICAL,
        title="correlation map of a residual block",
        statement="ρ' = (ρ + σ²C(ρ))/(1 + σ²‖φ‖²)",
        variables={"phi": "activation", "rho": "correlation", "variance": "σ²"},
        as_printed="y·y/n is labelled with the same letter as the normalised output",
        checks=(
            simulated(
                next_correlation,
                "==",
                mapped,
                points=(
                    *grid(phi=("erf", "relu"), rho=("-3/5",), variance=("1/2",)),
                    *grid(phi=("x**2 + x",), rho=("-1/3",), variance=("3",)),
                ),
                sizes=(60_000, 600_000),
            ),
        ),
        near_miss=simulated(
            next_correlation,
            "==",
            mapped_without_skip,
            points=grid(phi=("x**2 + x",), rho=("-1/3",), variance=("3",)),
            sizes=(60_000, 600_000),
        ),
    ),
    _claim(
        "residual-jacobian-printed",
        "eq A.11",
        Verdict(Outcome.FAILS, Grade.STATISTICAL),
        title="squared operator norm of the residual Jacobian, as printed",
        statement="‖∂z^(L)/∂z^(0)‖_op² = (1-ρ̃_L) (P̃_L∘...∘P̃_1)'(1) = (P_L∘...∘P_1)'(1)",
        variables={"variance": "σ²; one block, φ(x) = x, slope 1"},
        as_printed="an equality; for fully connected layers eq A.1 has >=, which is what is used",
        checks=(
            simulated(
                operator_norm,
                "<=",
                linear_slope,
                points=grid(variance=("1/4", "1/2")),
                sizes=(400_000, 800_000),
            ),
        ),
        near_miss=simulated(
            operator_norm,
            "<=",
            linear_slope,
            points=grid(variance=("1/8",)),
            sizes=(400_000, 800_000),
        ),
        corrected_by="shrinkage.residual-jacobian",
    ),
    _claim(
        "residual-jacobian",
        "eq A.11",
        STATISTICAL,
        title="squared operator norm of the residual Jacobian",
        statement="‖∂z^(L)/∂z^(0)‖_op² >= (P_L∘...∘P_1)'(1) = (1-ρ̃_L) (P̃_L∘...∘P̃_1)'(1)",
        variables={
            "variance": "σ²; one block, φ(x) = x, slope 1",
            "net": "branch covariances",
            "variances": "σ_l²",
        },
        checks=(
            simulated(
                operator_norm,
                ">=",
                linear_slope,
                points=grid(variance=("1/4", "1/2")),
                sizes=(400_000, 800_000),
            ),
            attack(
                jacobian,
                "==",
                slope_of_crops,
                domain=NET,
            ),
        ),
        near_miss=attack(jacobian, "==", cropped_slope, domain=NET),
    ),
)
"""Equations A.10 and A.11."""
