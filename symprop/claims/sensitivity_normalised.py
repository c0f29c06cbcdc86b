"""sensitivity, section 6 and appendix G.1: what the activation does after batch normalisation.

The weights enter by their symmetry alone, so that two networks of opposite weights show every
identity. Moments of even order of a normalised channel are rational where data and weights are;
so all is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import Matrix, centred_rows, integer_matrix, matrices
from symprop.claims.rational_networks import mean, mean_square, variance
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)

RING = ((1, -2, 4, 0, 3), (0, 5, 1, -1, 2), (2, 2, -3, 1, -1))
"""Three signals of one channel on a circle of five points."""


def receptive_fields(signals: Sequence[Sequence[int]], kernel: int) -> Matrix:
    """Return what a periodic convolution sees, one row for each point of each signal."""
    rows = (
        [signal[(start + step) % len(signal)] for step in range(kernel)]
        for signal in signals
        for start in range(len(signal))
    )
    return integer_matrix(*rows)


class Channel(NamedTuple):
    """A channel over the data, centred: values, variance, means of both sides."""

    values: tuple[Fraction, ...]
    variance: Fraction
    positive: Fraction
    negative: Fraction


def channel(points: Matrix, weights: Sequence[Fraction]) -> Channel:
    """Return ``w x`` less its mean, for each row ``x``; weights are repeated as needed."""
    row = tuple(
        sum((weights[i % len(weights)] * x for i, x in enumerate(point)), Fraction(0))
        for point in points
    )
    (values,) = centred_rows((row,))
    return Channel(
        values,
        mean_square(values),
        mean([max(y, Fraction(0)) for y in values]),
        mean([max(-y, Fraction(0)) for y in values]),
    )


def varies(points: Matrix, weights: Sequence[Fraction]) -> bool:
    return channel(points, weights).variance > 0


def crosses_no_datum(points: Matrix, weights: Sequence[Fraction]) -> bool:
    """Whether the channel varies, and no datum is at its mean."""
    found = channel(points, weights)
    return found.variance > 0 and 0 not in found.values


def is_generic(points: Matrix, weights: Sequence[Fraction]) -> bool:
    """Whether the channel varies, and only data at the mean of all are at its mean."""
    centred = zip(*centred_rows(tuple(zip(*points, strict=True))), strict=True)
    found = channel(points, weights)
    explained = all(y or not any(x) for y, x in zip(found.values, centred, strict=True))
    return found.variance > 0 and explained


def active_variance(found: Channel, sign: int) -> Fraction:
    """Return ``mu_2`` of ``relu(z)``, or of ``relu(-z)``."""
    return variance([max(sign * y, Fraction(0)) for y in found.values]) / found.variance


def both_active(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    """Return ``mu_2(x) + mu_2(x~)``."""
    found = channel(points, weights)
    return active_variance(found, 1) + active_variance(found, -1)


def squared_means(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    found = channel(points, weights)
    return (found.positive**2 + found.negative**2) / found.variance


def less_squared_means(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    return 1 - squared_means(points, weights)


def less_one_square(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    found = channel(points, weights)
    return 1 - found.positive**2 / found.variance


def twice_product(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    """Return ``2 nu_1(z+) nu_1(z-)``."""
    found = channel(points, weights)
    return 2 * found.positive * found.negative / found.variance


def less_twice_product(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    return 1 - twice_product(points, weights)


def squared_size(points: Matrix, weights: Sequence[Fraction], part: int = 1) -> Fraction:
    """Return ``nu_1(|z|)^2``, or a part of it."""
    found = channel(points, weights)
    return mean([abs(y) for y in found.values]) ** 2 / found.variance / part


def half_squared_size(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    return squared_size(points, weights, 2)


def third_of_squared_size(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    return squared_size(points, weights, 3)


def squared_factor(
    points: Matrix, weights: Sequence[Fraction], noise: Sequence[int], slope: Fraction
) -> Fraction:
    """Return the squared factor of the activation, of expectations over both signs of ``w``.

    The noise before the activation has any variance at each datum; the normalised signal has 1.
    """
    found = channel(points, weights)
    energies = [Fraction(noise[i % len(noise)]) for i in range(len(points))]
    signal = noises = Fraction(0)
    for sign in (1, -1):
        gates = [slope**2 if not y else Fraction(sign * y > 0) for y in found.values]
        noises += mean([gate * energy for gate, energy in zip(gates, energies, strict=True)]) / 2
        signal += active_variance(found, sign) / 2
    return noises / mean(energies) / signal


def printed_factor(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    """Return ``1/(1 - 2 nu_1(z+) nu_1(z-))``."""
    return 1 / less_twice_product(points, weights)


def factor_of_vanilla(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    """Return ``1/(1 - nu_1(z+) nu_1(z-))``, equation 8 with the normalised channel."""
    return 2 / (1 + less_twice_product(points, weights))


def factor_for_white_noise(points: Matrix, weights: Sequence[Fraction]) -> Fraction:
    return squared_factor(points, weights, (1,), Fraction(0))


DATA = {
    "nine directions": np.eye(9),
    "circle": np.array([[float(x) for x in row] for row in receptive_fields(RING, 3)]).T,
}


def simulated_factor(data: str, size: int, seed: int) -> tuple[float, float]:
    """Return the squared factor of the activation in wide layers, ten networks."""
    from symprop.simulator.sensitivity_dense import sensitivity_dense_run
    from symprop.simulator.sensitivity_observables import nonlinearity_factor
    from symprop.specs.sensitivity_networks import BatchNormFeedforward

    rng = np.random.default_rng(seed)
    net, inputs = BatchNormFeedforward("relu", width=size), DATA[data]
    if data == "circle":
        net = BatchNormFeedforward("relu", extent=(5,), kernel=3, width=size)
        inputs = np.array(RING, dtype=np.float64).T
    squares = [
        nonlinearity_factor(sensitivity_dense_run(net, inputs, 1, rng=rng, effective_ranks=False))[
            1, 0
        ]
        ** 2
        for _ in range(10)
    ]
    return float(np.mean(squares)), float(np.std(squares, ddof=1) / np.sqrt(len(squares)))


def factor_by_quadrature(data: str) -> Fraction:
    """Return the squared factor for Gaussian weights."""
    from symprop.recurrences.sensitivity_factors import nonlinearity_factor

    return Fraction(nonlinearity_factor(DATA[data].T @ DATA[data]) ** 2)


POINTS = matrices(
    lambda matrix: len(set(matrix)) > 1,
    (
        integer_matrix((1,), (-1,)),
        integer_matrix((-1,), (0,), (1,)),
        integer_matrix((0,), (0,), (0,), (1,)),
        integer_matrix((1, 0), (-1, 0), (0, 1), (0, -1), (0, 0)),
        receptive_fields(RING, 3),
    ),
)
WEIGHTS = OneOf(
    tuple(
        tuple(Fraction(w) for w in row)
        for row in ((1,), (1, "7/5", "-3/11"), (-2, 1, "1/97", 5), ("1/1000", 1, -1))
    )
)
CHANNELS = {"points": POINTS, "weights": WEIGHTS}
NOISY = CHANNELS | {
    "noise": OneOf(((1,), (1, 0, 3), (5, 1))),
    "slope": OneOf((Fraction(0), Fraction(1, 2), Fraction(1))),
}
MEANINGS = {"points": "rows: data, or receptive fields of all positions", "weights": "one channel"}
NOISE_MEANINGS = MEANINGS | {"noise": "variance of u at each datum", "slope": "φ'(0)"}
PAIR = "w and -w are as likely: all that the proof uses of the initialisation"

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "normalised-variances",
        "eq 64; eq 65; eq 66",
        title="variances of both propagations after batch normalisation",
        statement=(
            "μ_{2,c}(x) + μ_{2,c}(x~) = 1 - ν₁(z⁺)² - ν₁(z⁻)², and the two squares are equal: "
            "their sum is 2 ν₁(z⁺) ν₁(z⁻)"
        ),
        variables=MEANINGS,
        checks=(
            attack(both_active, "==", less_squared_means, domain=CHANNELS, assuming=varies),
            attack(squared_means, "==", twice_product, domain=CHANNELS, assuming=varies),
        ),
        near_miss=attack(both_active, "==", less_one_square, domain=CHANNELS, assuming=varies),
    ),
    _claim(
        "normalised-mean-variance",
        "eq 67",
        title="expected variance after the activation",
        statement="2 E μ_2(x) = 1 - 2 E ν₁(z⁺) ν₁(z⁻)",
        variables=MEANINGS,
        assumptions=(PAIR,),
        checks=(attack(both_active, "==", less_twice_product, domain=CHANNELS, assuming=varies),),
        near_miss=attack(both_active, "==", less_one_square, domain=CHANNELS, assuming=varies),
    ),
    _claim(
        "nonlinearity-factor-printed",
        "Theorem 3; eq 12",
        FALSE,
        title="factor of the activation, as printed",
        statement=(
            "(E μ_2(s)/E μ_2(u)) (E μ_2(z)/E μ_2(x)) = 1/(1 - 2 E ν₁(z⁺) ν₁(z⁻)) for all data"
        ),
        variables=NOISE_MEANINGS,
        assumptions=(PAIR, "the weights are in no special direction"),
        as_printed=(
            "data at the mean of all, such as 0 among -1, 0, 1, have z = 0 for every weight, and "
            "their noise is counted φ'(0)² times instead of one half: equation 33 does not hold"
        ),
        checks=(attack(squared_factor, "==", printed_factor, domain=NOISY, assuming=is_generic),),
        near_miss=at_points(
            squared_factor,
            "==",
            printed_factor,
            points=[
                {
                    "points": integer_matrix((1, 1), (2, 0), (0, 2)),
                    "weights": (Fraction(1), Fraction(7, 5)),
                    "noise": (1,),
                    "slope": Fraction(1, 2),
                }
            ],
        ),
        corrected_by="sensitivity.nonlinearity-factor",
    ),
    _claim(
        "nonlinearity-factor",
        "Theorem 3; eq 12",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="factor of the activation",
        statement=(
            "(E μ_2(s)/E μ_2(u)) (E μ_2(z)/E μ_2(x)) = 1/(1 - 2 E ν₁(z⁺) ν₁(z⁻)) if no datum is "
            "the mean of all: signed and atomic data, of any rank, periodic convolutions"
        ),
        variables=NOISE_MEANINGS,
        assumptions=(PAIR, "a ratio of expectations; any noise, any width"),
        checks=(
            attack(squared_factor, "==", printed_factor, domain=NOISY, assuming=crosses_no_datum),
            simulated(
                simulated_factor,
                "==",
                factor_by_quadrature,
                points=grid(data=tuple(DATA)),
                sizes=(400, 4_000),
            ),
        ),
        near_miss=attack(
            factor_for_white_noise,
            "==",
            factor_of_vanilla,
            domain=CHANNELS,
            assuming=crosses_no_datum,
        ),
    ),
    _claim(
        "nonlinearity-bound",
        "Section 6, bound of the nonlinearity",
        title="bound of the factor of the activation by the mean size",
        statement="2 ν₁(z⁺) ν₁(z⁻) <= ν₁(|z|)²",
        variables=MEANINGS,
        as_printed="true, and never sharp: the left side is half of the right one",
        checks=(attack(twice_product, "<", squared_size, domain=CHANNELS, assuming=varies),),
        near_miss=attack(
            twice_product, "<", third_of_squared_size, domain=CHANNELS, assuming=varies
        ),
    ),
    _claim(
        "nonlinearity-size",
        "Section 6, bound of the nonlinearity",
        title="the factor of the activation by the mean size",
        statement=(
            "2 ν₁(z⁺) ν₁(z⁻) = ν₁(|z|)²/2, so that exp(m_φ) = (1 - E ν₁(|z|)²/2)^(-1/2) lies in "
            "(1, √2], with √2 for two data"
        ),
        variables=MEANINGS,
        checks=(
            attack(twice_product, "==", half_squared_size, domain=CHANNELS, assuming=varies),
            attack(squared_size, "<=", 1, domain=CHANNELS, assuming=varies),
            attack(squared_size, ">", 0, domain=CHANNELS, assuming=varies),
        ),
        near_miss=attack(squared_size, "<", 1, domain=CHANNELS, assuming=varies),
    ),
)
"""Section 6 and appendix G.1: the activation after batch normalisation."""
