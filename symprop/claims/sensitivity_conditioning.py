"""sensitivity, section 6: how well the sensitivity is conditioned, and what follows.

In the first layer the noise is white, but the weights are not orthogonal: at large width they leave
a fixed share of the effective rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)


def relative_deviation(spectrum: Sequence[int]) -> Fraction:
    """Return the variance of ``sum a_i w_i^2`` over its squared mean, for Gaussian weights."""
    return 2 * Fraction(sum(a * a for a in spectrum), sum(spectrum) ** 2)


def twice_inverse_rank(spectrum: Sequence[int]) -> Fraction:
    return 2 * Fraction(max(spectrum), sum(spectrum))


def inverse_rank(spectrum: Sequence[int]) -> Fraction:
    return Fraction(max(spectrum), sum(spectrum))


def sampled_square(spectrum: Sequence[int], size: int, seed: int) -> tuple[float, float]:
    """Sample the mean square of that sum over its squared mean."""
    weights = np.random.default_rng(seed).standard_normal((size, len(spectrum)))
    values = np.array(spectrum, dtype=np.float64)
    return mean_and_error((weights**2 @ values / values.sum()) ** 2)


def relative_rank(ratio: int, width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``r_eff(s^1)/N`` for white Gaussian data, ``R = ratio N``, and white noise.

    Units are active together with the probability ``1/4 + asin(rho)/(2 pi)``.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        weights = rng.standard_normal((width, ratio * width))
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        products = np.clip(weights @ weights.T, -1, 1)
        covariance = products * (0.25 + np.arcsin(products) / (2 * math.pi))
        largest = np.linalg.eigvalsh(covariance)[-1]
        found.append(np.trace(covariance) / largest / width)
    return mean_and_error(np.array(found))


def wide_rank(ratio: int, dps: int) -> arb:
    """Return ``2/(1 + (1 + sqrt(N/R))^2)``: half of the noise is that of a Wishart matrix."""
    with working_bits(bits_from_dps(dps) + 20):
        return 2 / (1 + (1 + 1 / arb(ratio).sqrt()) ** 2)


def somewhat_more(ratio: int, dps: int) -> arb:
    return wide_rank(ratio, dps) * arb("1.1")


SPECTRA = {"spectrum": OneOf(((1,), (1, 1, 1), (5, 2, 1, 0), (9, 0, 0), (7, 7, 1), (3, 2, 2, 2)))}
MEANINGS = {
    "spectrum": "a",
    "ratio": "R/N: 1 fully connected, 9 as in the figure",
    "width": "N",
}

_claim = claims_of("sensitivity", variables=MEANINGS)

CLAIMS = (
    _claim(
        "deviation-of-projections",
        "Section 6, deviation of projections",
        STATISTICAL,
        title="deviation of the sensitivity in random projections",
        statement=(
            "Var μ_{2,c}(t)/(E μ_{2,c}(t))² = 2 Σa²/(Σa)² <= 2/r_eff, a the eigenvalues of the "
            "receptive fields of s, and r_eff theirs"
        ),
        assumptions=("weights Gaussian",),
        checks=(
            attack(relative_deviation, "<=", twice_inverse_rank, domain=SPECTRA),
            simulated(
                sampled_square,
                "==",
                lambda spectrum: 1 + relative_deviation(spectrum),
                points=grid(spectrum=((1, 1, 1, 1), (5, 2, 1, 0))),
                sizes=(40_000, 400_000),
            ),
        ),
        near_miss=attack(relative_deviation, "<=", inverse_rank, domain=SPECTRA),
    ),
    _claim(
        "conditioning-printed",
        "Section 6, conditioning of the sensitivity",
        Verdict(Outcome.FAILS, Grade.STATISTICAL),
        title="conditioning of the sensitivity, as said",
        statement="r_eff(sˡ) ≃ N_l: r_eff(s¹) >= 9/10 N",
        assumptions=("first layer: white noise, white Gaussian data, batch normalisation",),
        as_printed=(
            "said of a figure, of images at N = 384, and assumed before. ≃ is equality up "
            "to a small share, here a tenth; at large width r_eff(s¹)/N tends to 2/5 if R ="
            " N, and to 0.72 if R = 9N as in the figure. Most of it is lost in W, random as"
            " it is, whatever the data"
        ),
        checks=(
            simulated(
                relative_rank,
                ">=",
                "9/10",
                points=grid(ratio=(9, 1), width=(80,)),
                sizes=(4, 20),
            ),
        ),
        near_miss=simulated(
            relative_rank, ">=", "1/2", points=grid(ratio=(1,), width=(80,)), sizes=(4, 20)
        ),
        corrected_by="sensitivity.conditioning",
    ),
    _claim(
        "conditioning",
        "Section 6, conditioning of the sensitivity",
        STATISTICAL,
        title="conditioning of the sensitivity",
        statement=(
            "r_eff(s¹)/N -> 2/(1 + (1 + √(N/R))²) at large width: from above, and by 1/10 of it at "
            "most at N = 80"
        ),
        assumptions=("white noise, white Gaussian data, batch normalisation, R = N and R = 9N",),
        checks=(
            simulated(
                relative_rank,
                ">=",
                wide_rank,
                points=grid(ratio=(1, 9), width=(80,)),
                sizes=(4, 20),
            ),
            simulated(
                relative_rank,
                "<=",
                somewhat_more,
                points=grid(ratio=(1, 9), width=(80,)),
                sizes=(4, 20),
            ),
        ),
        near_miss=simulated(
            relative_rank,
            "<=",
            lambda ratio, dps: wide_rank(ratio, dps) * arb("0.9"),
            points=grid(ratio=(1,), width=(80,)),
            sizes=(4, 20),
        ),
    ),
)
"""Conditioning of the sensitivity."""
