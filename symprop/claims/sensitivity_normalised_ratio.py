"""sensitivity, section 6 and appendix G.2: what the division by the variance does to the noise.

With Gaussian weights the ratio of noise to signal in a channel is one of quadratic forms of a
Gaussian vector, ``sum a_i w_i^2 / sum lambda_i w_i^2``. Where eigenvalues come in pairs its mean is
elementary; where there are less than three of them it may be infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import eigenvalues, multiplied, transposed
from symprop.claims.rational_networks import mean
from symprop.claims.sensitivity_normalised import RING, receptive_fields
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def squared_factor(variances: Sequence[Any], noise: Sequence[Any], dps: int) -> Any:
    """Return the squared factor of the normalisation, by the library's integral."""
    from symprop.recurrences.sensitivity_factors import normalization_factor

    return normalization_factor(variances, noise, dps=dps) ** 2


def white_factor(variances: Sequence[Any], dps: int) -> Any:
    """Return it for white noise: that of the first layer."""
    return squared_factor(variances, [1] * len(variances), dps)


def pair(small: Fraction, dps: int) -> Any:
    return white_factor((1, small), dps)


def pair_closed(small: Fraction, dps: int) -> Any:
    """Return ``(1 + mu)/(2 sqrt mu)``: the mean of 1/(cos^2 + mu sin^2) over a circle."""
    with working_bits(bits_from_dps(dps)):
        mu = arb(rational(small))
        return (1 + mu) / (2 * mu.sqrt())


def pairs(small: Fraction, dps: int) -> Any:
    return white_factor((1, small, small, 1), dps)


def pairs_closed(small: Fraction, dps: int) -> Any:
    """Return ``(1 + mu) log(mu)/(2 (mu - 1))``: a coordinate pair of the 3-sphere is uniform."""
    with working_bits(bits_from_dps(dps)):
        mu = arb(rational(small))
        return (1 + mu) * mu.log() / (2 * (mu - 1))


def pairs_arithmetic(small: Fraction) -> Fraction:
    return (1 + small) ** 2 / (4 * small)


def flat(rank: int, inside: Fraction, outside: Fraction, dps: int) -> Any:
    """Return the squared factor for equal variances and one direction more of noise."""
    return squared_factor([1] * rank + [0], [inside] * rank + [outside], dps)


def flat_closed(rank: int, inside: Fraction, outside: Fraction) -> Fraction:
    """Return the same with ``E 1/chi^2_r = 1/(r - 2)``."""
    noise = inside * rank + outside
    return rank * (inside + outside / (rank - 2)) / noise


def aligned(small: Fraction, dps: int) -> Any:
    return squared_factor((1, small), (1, 0), dps)


def aligned_closed(small: Fraction, dps: int) -> Any:
    """Return ``(1 + mu)/(1 + sqrt mu)``."""
    with working_bits(bits_from_dps(dps)):
        mu = arb(rational(small))
        return (1 + mu) / (1 + mu.sqrt())


def circle_factor(kernel: int, dps: int) -> Any:
    """Return the factor for the receptive fields of three signals on a circle."""
    points = receptive_fields(RING, kernel)
    columns = transposed(points)
    centred = tuple(tuple(x - mean(column) for x in column) for column in columns)
    covariance = multiplied(centred, transposed(centred))
    return white_factor(eigenvalues(covariance, dps + 20), dps)


def simulated_circle(kernel: int, size: int, seed: int) -> tuple[float, float]:
    """Return the same by wide layers with white noise in every direction, ten networks."""
    from symprop.simulator.sensitivity_dense import sensitivity_dense_run
    from symprop.simulator.sensitivity_observables import batch_norm_factor
    from symprop.specs.sensitivity_networks import BatchNormFeedforward

    rng = np.random.default_rng(seed)
    net = BatchNormFeedforward("relu", extent=(5,), kernel=kernel, width=size)
    inputs = np.array(RING, dtype=np.float64).T
    units = np.sqrt(5) * np.eye(5)
    noise = np.repeat(units[:, None, :], inputs.shape[1], axis=1)
    runs = (
        sensitivity_dense_run(net, inputs, 1, rng=rng, noise=noise, effective_ranks=False)
        for _ in range(10)
    )
    return mean_and_error(np.array([batch_norm_factor(run)[1, 0] ** 2 for run in runs]))


def truncated(rank: int, bound: Fraction, dps: int) -> Any:
    r"""Return ``E min(X, M)``, ``X = w_0^2/chi^2_r``, for ``r`` of 1 and 2.

    ``P(X > x)`` is :math:`1-\frac2\pi\arctan\sqrt x` and :math:`1-\sqrt{x/(1+x)}`.
    """
    with working_bits(bits_from_dps(dps) + 100):
        m = arb(rational(bound))
        root = m.sqrt()
        if rank == 1:
            return 2 / arb.pi() * (root - root.atan()) + m * (1 - 2 / arb.pi() * root.atan())
        return m - (m * (m + 1)).sqrt() + root.asinh()


def simulated_truncated(rank: int, bound: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Return the same of noise across to data ``e_1, ..., e_k``, ``k = rank + 1``."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, rank + 1))
    average = weights.mean(axis=1)
    signal = np.sum((weights - average[:, None]) ** 2, axis=1)
    return mean_and_error(np.minimum((rank + 1) * average**2 / signal, float(bound)))


SMALL = grid(small=("1/1000", "1/10", "1/2", "3", "1000"))
MEANINGS = {"small": "μ", "variances": "λ", "noise": "a", "rank": "positive eigenvalues of x"}

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "finite-factor-printed",
        "Theorem 3; eq 11; eq 13",
        FALSE,
        title="the factor of the normalisation is a number, as printed",
        statement="there is B with E min(μ_{2,c}(t)/μ_{2,c}(y) - 1, M) <= B for all M",
        variables={"rank": "of the centred data", "bound": "M", "constant": "B"},
        assumptions=("data e_1, ..., e_k, rank k - 1, white noise, Gaussian weights",),
        as_printed=(
            "batches of two and three data, or any data of rank 1 and 2 in more dimensions, make "
            "the mean infinite: δζ then grows with the width, and is not close to any number"
        ),
        checks=(
            attack(
                truncated,
                "<=",
                lambda constant: constant,
                domain={
                    "rank": OneOf((1, 2)),
                    "bound": Real(1, Fraction(10) ** 30, decades=30),
                    "constant": Real(1, 30),
                },
                tries=(60, 600),
            ),
        ),
        near_miss=at_points(
            truncated, "<=", 3, points=[{"rank": 2, "bound": 10**4}, {"rank": 1, "bound": 10**2}]
        ),
        corrected_by="sensitivity.finite-factor",
    ),
    _claim(
        "finite-factor",
        "Theorem 3; eq 11; eq 13",
        SHOWN,
        title="when the factor of the normalisation is a number",
        statement=(
            "with r equal variances of the signal, exp(2 m_BN) = r (Σ_in a/r + Σ_out a/(r - 2))/Σ "
            "a: finite for r >= 3, or without noise across; else E min(ratio, M) grows like √M "
            "for r = 1, like log M for r = 2"
        ),
        variables=MEANINGS | {"bound": "M", "inside": "a along x", "outside": "a across"},
        assumptions=("Gaussian weights, a ratio of expectations at any width",),
        checks=(
            at_points(
                flat,
                "==",
                flat_closed,
                points=grid(rank=(3, 4, 9), inside=("0", "1", "2/7"), outside=("1", "1/9")),
                digits=25,
            ),
            simulated(
                simulated_truncated,
                "==",
                truncated,
                points=grid(rank=(1, 2), bound=("1", "100")),
                sizes=(40_000, 400_000),
            ),
        ),
        near_miss=at_points(
            lambda rank, inside, outside, dps: flat(rank + 1, inside, outside, dps),
            "==",
            flat_closed,
            points=grid(rank=(3, 4), inside=("1",), outside=("1",)),
        ),
    ),
    _claim(
        "normalisation-factor",
        "Theorem 3; eq 11; eq 71",
        SHOWN,
        title="factor of the normalisation",
        statement=(
            "exp(2 m_BN) = (Σλ/Σa) E[Σ a w²/Σ λ w²]; for white noise (1 + μ)/(2√μ) at λ = (1, μ), "
            "(1 + μ) log(μ)/(2(μ - 1)) at λ = (1, 1, μ, μ); periodic convolutions by the "
            "covariance of receptive fields"
        ),
        variables=MEANINGS | {"kernel": "K <= n = 5"},
        assumptions=("Gaussian weights, a ratio of expectations at any width",),
        checks=(
            at_points(pair, "==", pair_closed, points=SMALL, digits=25),
            at_points(pairs, "==", pairs_closed, points=SMALL, digits=25),
            at_points(aligned, "==", aligned_closed, points=SMALL, digits=25),
            simulated(
                simulated_circle,
                "==",
                circle_factor,
                points=grid(kernel=(2, 4)),
                sizes=(500, 10_000),
            ),
        ),
        near_miss=at_points(pairs, "==", pairs_arithmetic, points=SMALL),
    ),
)
"""Theorem 3, the factor of the normalisation."""
