"""sensitivity, figures 1 to 3: what their captions say, on synthetic noise instead of pictures.

The networks are those of `symprop.claims.noise_image_networks`, narrow and less deep than the
published ones, at a similar ratio of depth and width. Numbers in the statements are round ones,
well inside of what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from symprop.claims.citations import claims_of
from symprop.claims.noise_image_networks import noise_image_run
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.rational_matrices import Matrix
from symprop.claims.rational_networks import mean
from symprop.claims.sensitivity_normalised import POINTS, WEIGHTS, channel, squared_size, varies
from symprop.ledger.claim import Check
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

if TYPE_CHECKING:
    from symprop.simulator.sensitivity_run import SensitivityRun

__all__ = ["CLAIMS"]

SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
DEPTHS = {"vanilla": 60, "normalised": 40, "residual": 40}


@lru_cache(maxsize=16)
def runs(kind: str, size: int, seed: int) -> tuple[SensitivityRun, ...]:
    """Return networks of width 16 on 24 images; all quantities of a figure share them."""
    return tuple(
        noise_image_run(kind, 16, DEPTHS[kind], 24, 10_000 * seed + index) for index in range(size)
    )


def growth(run: SensitivityRun) -> float:
    """Return the mean factor of zeta over the last 20 layers."""
    zeta = run.normalized_sensitivity
    return float((zeta[-1] / zeta[-21]) ** (1 / 20))


def exponent(run: SensitivityRun) -> float:
    """Return the exponent of the depth from 10 to 40."""
    zeta = run.normalized_sensitivity
    return float(np.log(zeta[40] / zeta[10]) / np.log(4))


def rank_correlation(run: SensitivityRun) -> float:
    """Return the correlation of effective ranks and factors of the normalisation that follow."""
    from symprop.simulator.sensitivity_observables import batch_norm_factor

    factors = batch_norm_factor(run)[2:, 0]
    return float(np.corrcoef(run.effective_ranks[1:-1, 0], factors)[0, 1])


def late_nonlinearity(run: SensitivityRun) -> float:
    """Return the mean factor of the activation in the last 10 layers."""
    from symprop.simulator.sensitivity_observables import nonlinearity_factor

    return float(nonlinearity_factor(run)[-10:, -1].mean())


QUANTITIES: Mapping[str, Callable[[SensitivityRun], float]] = {
    "first increment": lambda run: float(run.normalized_sensitivity[1]),
    "growth": growth,
    "exponent": exponent,
    "channels of one sign": lambda run: float(run.coactive_channels[-1]),
    "share of the variance": lambda run: float(run.signal_central[-1, 1] / run.signal[-1, 1]),
    "ratio of ranks": lambda run: float(run.effective_ranks[-1, 1] / run.effective_ranks[-1, 0]),
    "rank": lambda run: float(run.effective_ranks[-1, 0]),
    "correlation": rank_correlation,
    "mean size": lambda run: float(run.hidden_absolute[-1]),
    "fourth moment": lambda run: float(run.hidden[-1, 3]),
    "nonlinearity": late_nonlinearity,
}


def measured(kind: str, quantity: str, size: int, seed: int) -> tuple[float, float]:
    """Return the mean of a quantity over independent networks."""
    values = [QUANTITIES[quantity](run) for run in runs(kind, size, seed)]
    return mean_and_error(np.array(values))


def seen(kind: str, quantity: str, relation: str, value: str, runs: int = 10) -> Check:
    """Return the check of a mean against a number."""
    return simulated(
        measured,
        relation,
        Fraction(value),
        points=grid(kind=(kind,), quantity=(quantity,)),
        sizes=(runs, 4 * runs),
        resolution=1.0,
    )


def least_size(points: Matrix) -> Fraction:
    """Return ``2/k``: one point on each side, all others at the mean."""
    return Fraction(2, len(points))


def more_than_least(points: Matrix) -> Fraction:
    return least_size(points) * Fraction(11, 10)


def fourth_moment(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    found = channel(points, weights)
    return mean([y**4 for y in found.values]) / found.variance**2


def largest_fourth_moment(points: Matrix) -> Fraction:
    """Return ``k - 2 + 1/(k - 1)``."""
    return len(points) - 2 + Fraction(1, len(points) - 1)


NOISE = "periodic noise of power f^-2 on 8 points, 24 images, kernel 3, width 16, fixed seeds"
CHANNELS = {"points": POINTS, "weights": WEIGHTS}

_claim = claims_of("sensitivity", SHOWN)

CLAIMS = (
    _claim(
        "pathology-of-vanilla",
        "Figure 1",
        title="pathologies of vanilla networks, on synthetic noise",
        statement=(
            "ζ¹ is 1.15 at least in the mean, the increments at depth 40 to 60 at most 1.1; there "
            "a quarter of the channels or more have one sign for all data, and less than 0.4 of "
            "the mean square is variance"
        ),
        assumptions=(NOISE, "lognormal laws (d, e): see symprop.log-length-law for one input"),
        checks=(
            seen("vanilla", "first increment", ">=", "1.15"),
            seen("vanilla", "growth", "<=", "1.1"),
            seen("vanilla", "channels of one sign", ">=", "1/4"),
            seen("vanilla", "share of the variance", "<=", "0.4"),
        ),
        near_miss=seen("vanilla", "growth", ">=", "1.2", 4),
    ),
    _claim(
        "pathology-of-normalised",
        "Figure 2",
        title="pathology of normalised feedforward networks, on synthetic noise",
        statement=(
            "ζ grows by 1.15 or more a layer; at depth 40 the effective rank of the sensitivity is "
            "1.2 times that of the signal or more, effective ranks and factors of the "
            "normalisation are correlated by -0.1 or less, ν₁(|z|) <= 0.76, μ_4(z) >= 4, and the "
            "factor of the activation is at most 1.2"
        ),
        assumptions=(NOISE,),
        checks=(
            seen("normalised", "growth", ">=", "1.15"),
            seen("normalised", "ratio of ranks", ">=", "1.2"),
            seen("normalised", "correlation", "<=", "-0.1"),
            seen("normalised", "mean size", "<=", "0.76"),
            seen("normalised", "fourth moment", ">=", "4"),
            seen("normalised", "nonlinearity", "<=", "1.2"),
        ),
        near_miss=seen("normalised", "growth", "<=", "1.1", 4),
    ),
    _claim(
        "least-mean-size",
        "Figure 2",
        Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="how far normalised channels can degenerate",
        statement="ν₁(|z|)² >= 2/k and μ_4(z) <= k - 2 + 1/(k-1) on k points",
        variables={"points": "k rows: data and positions", "weights": "one channel"},
        as_printed=(
            "the caption has ν₁(|z|) vanish and μ_4(z) explode: they do so down to, and up to, "
            "a number that the size of the batch sets"
        ),
        checks=(
            attack(squared_size, ">=", least_size, domain=CHANNELS, assuming=varies),
            attack(fourth_moment, "<=", largest_fourth_moment, domain=CHANNELS, assuming=varies),
        ),
        near_miss=attack(squared_size, ">=", more_than_least, domain=CHANNELS, assuming=varies),
    ),
    _claim(
        "well-behaved-residual",
        "Figure 3",
        title="residual networks are well behaved, on synthetic noise",
        statement=(
            "two layers a unit: ζ grows like a power of the depth between 0.45 and 0.7 from 10 to "
            "40 units; at 40 the effective rank of the signal is 4 or more, ν₁(|z|) >= 0.76 and "
            "μ_4(z) <= 4.2: nearly those of Gaussian signals, 0.798 and 3"
        ),
        assumptions=(NOISE, "the law of wide networks has the exponent 0.576"),
        checks=(
            seen("residual", "exponent", ">=", "0.45"),
            seen("residual", "exponent", "<=", "0.7"),
            seen("residual", "rank", ">=", "4"),
            seen("residual", "mean size", ">=", "0.76"),
            seen("residual", "fourth moment", "<=", "4.2"),
        ),
        near_miss=seen("residual", "exponent", ">=", "1", 4),
    ),
)
"""Figures 1 to 3 on synthetic noise."""
