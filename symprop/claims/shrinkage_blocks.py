"""shrinkage, appendix A.2: Jacobian of residual blocks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.power_series import slope, trajectory
from symprop.claims.shrinkage_residual import NET, block, blocks, cropped_slope, jacobian
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

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


def operator_norm(variance: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample a lower bound of the squared operator norm of one linear block, ``φ(x) = x``.

    The gain of ``JᵀJv`` for a random v, by dense matrices of width ``sqrt(size/REPEATS)``; the
    normalisations only take away one direction.
    """
    import numpy as np

    from symprop.simulator.threads import one_core

    generator = np.random.default_rng(seed)
    width, s = int((size / REPEATS) ** 0.5), float(variance)
    gains = []
    with one_core():
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


_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
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
"""Equation A.11."""
