"""shrinkage, section 4.1: the operator norm of the Jacobian of critical erf networks.

Critical layers keep the mean of the squared singular values of the Jacobian at 1. Their mean
square ``m_L`` grows: a layer ``W D`` with Gaussian W and ``D² = φ'²/E φ'²`` gives
``m_{l+1} = m_l + E φ'⁴/(E φ'²)²``, and the largest of them is at least ``m_L``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CLAIMS"]

SOURCE = Source("shrinkage", "Figure 3")
REPEATS = 96
SIZES = (300_000, 2_160_000)
# ‖W‖² -> 4, and erf'(0)²/E erf'² = √5
ONE_LAYER = 4 * sympy.sqrt(5)
DEPTH = sympy.Symbol("depth", positive=True)
WIDE = "infinite width; norms are root mean squares"


def mean_square(depth: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the mean square of the squared singular values of critical erf networks.

    Over the mean of the values: it tends to 1 with the width, and most of the noise is in it. What
    comes out is at most the largest value over that mean.
    """
    import numpy as np

    from symprop.simulator.threads import one_core

    generator = np.random.default_rng(seed)
    width = int((size / REPEATS) ** 0.5)
    with one_core():
        grams = [_gram(depth, width, generator) for _ in range(REPEATS)]
    found = [float(width * np.sum(gram**2) / np.trace(gram) ** 2) for gram in grams]
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(REPEATS))


def _gram(depth: int, width: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return ``JᵀJ`` of a network with dense weights and biases, normalisations included."""
    import numpy as np
    from scipy.special import erf

    edge = 2 / 5**0.5
    bias = (2 / np.pi * (edge - np.arctan(edge))) ** 0.5
    z, jacobian = generator.standard_normal(width), np.eye(width)
    for _ in range(depth):
        weights = generator.standard_normal((width, width)) / width**0.5
        y = weights @ erf(z) + bias * generator.standard_normal(width)
        steep = 2 / np.pi**0.5 * np.exp(-z * z)
        length = np.linalg.norm(y) / width**0.5
        z = y / length
        jacobian = weights @ (steep[:, None] * jacobian) / length
        jacobian -= np.outer(z, z @ jacobian) / width
    gram: NDArray[np.float64] = jacobian.T @ jacobian
    return gram


CLAIMS = (
    Claim(
        id="shrinkage.critical-operator-norm-printed",
        source=SOURCE,
        expected=Verdict(Outcome.FAILS, Grade.STATISTICAL),
        title="critical initialisation keeps the operator norm from growing, as printed",
        statement="critical erf layers: ‖∂z^(L)/∂z^(0)‖² <= 4√5 for all L, as for L = 1",
        variables={"depth": "L"},
        assumptions=(WIDE,),
        as_printed=(
            "'the operator norm of the network Jacobian (3c) does not grow with depth'; what does "
            "not grow is the mean of the squared singular values, (P_L∘...∘P_1)'(1). The "
            "introduction says itself that the largest one grows"
        ),
        checks=(simulated(mean_square, "<=", ONE_LAYER, points=grid(depth=(8,)), sizes=SIZES),),
        near_miss=simulated(
            mean_square, "<=", ONE_LAYER * 5 / 4, points=grid(depth=(8,)), sizes=SIZES
        ),
        corrected_by="shrinkage.critical-operator-norm",
    ),
    Claim(
        id="shrinkage.critical-operator-norm",
        source=SOURCE,
        expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="the operator norm of critical networks grows with depth",
        statement=(
            "critical erf layers: the squared singular values of ∂z^(L)/∂z^(0) have mean 1 and "
            "mean square 1 + 5L/3, so ‖∂z^(L)/∂z^(0)‖² >= 1 + 5L/3"
        ),
        variables={"depth": "L"},
        assumptions=(WIDE, "5/3 is E φ'⁴/(E φ'²)² of erf"),
        as_printed="not in the paper",
        checks=(
            simulated(
                mean_square, "==", 1 + 5 * DEPTH / 3, points=grid(depth=(1, 3, 8)), sizes=SIZES
            ),
        ),
        near_miss=simulated(mean_square, "==", 1 + DEPTH, points=grid(depth=(3,)), sizes=SIZES),
        derivation="derivations/critical_singular_values.py",
    ),
)
"""What section 4.1 says about figure 3c."""
