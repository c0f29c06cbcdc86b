"""sensitivity, appendix D.2: networks of one input and one output, and two data at width 1.

Such networks are functions of one variable. Without biases a ReLU network has two slopes, one for
each sign of its input, whatever its depth.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import integer_matrix
from symprop.claims.rational_networks import Network, layers, mean, mean_square, variance
from symprop.claims.two_point_networks import feedforward, inner, noise_inner, start
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def sigmoid_square(centre: Fraction, spread: Fraction, dps: int) -> Any:
    """Return ``zeta^2`` of a sigmoid on two Gaussians at -centre and centre.

    Both halves give the same means, as the derivative is even and the function odd about 1/2.
    """
    from symprop.gaussian.expectation import gaussian_expectation
    from symprop.specs.expression import X

    v = sympy.Rational(centre) + sympy.Rational(spread) * X
    slope = gaussian_expectation(sympy.sech(v / 2) ** 4 / 16, dps + 5)
    square = gaussian_expectation(sympy.tanh(v / 2) ** 2 / 4, dps + 5)
    return slope.ball / square.ball * rational(Fraction(centre**2 + spread**2))


def network_of(values: Sequence[int], widths: Sequence[int], numbers: Sequence[int]) -> Network:
    """Return a network of one channel at both ends; numbers are repeated as weights."""
    ends = (1, *widths, 1)
    entries = iter(list(numbers) * (1 + sum(a * b for a, b in itertools.pairwise(ends))))
    weights = tuple(
        integer_matrix(*([next(entries) for _ in range(inputs)] for _ in range(outputs)))
        for inputs, outputs in itertools.pairwise(ends)
    )
    return Network(tuple(integer_matrix((value,)) for value in values), weights)


def images_and_slopes(
    values: Sequence[int], widths: Sequence[int], numbers: Sequence[int]
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the output before the last activation, and its derivative, for each datum."""
    last = layers(network_of(values, widths, numbers))[-1]
    return [y[0][0] for y in last.hidden], [each[0][0][0] for each in last.images]


def squared_sensitivity(
    values: Sequence[int], widths: Sequence[int], numbers: Sequence[int]
) -> Fraction:
    """Return ``zeta^2``: the mean squared slope between unit variances."""
    images, slopes = images_and_slopes(values, widths, numbers)
    data = variance([Fraction(value) for value in values])
    return mean_square(slopes) * data / variance(images)


def count_of_slopes(values: Sequence[int], widths: Sequence[int], numbers: Sequence[int]) -> int:
    """Return how many different slopes the data show."""
    return len(set(images_and_slopes(values, widths, numbers)[1]))


def varies(values: Sequence[int], widths: Sequence[int], numbers: Sequence[int]) -> bool:
    return variance(images_and_slopes(values, widths, numbers)[0]) > 0


def folded(values: Sequence[int]) -> Fraction:
    """Return ``Var v/Var |v|``."""
    sizes = [Fraction(abs(value)) for value in values]
    return variance([Fraction(value) for value in values]) / variance(sizes)


def half_folded(values: Sequence[int]) -> Fraction:
    return folded(values) / 2


def deep_logarithm(modes: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Return the mean ``log zeta^2`` after 25 layers, 100 wide, data near -modes and modes."""
    rng = np.random.default_rng(seed)
    values = float(modes) + 0.5 * rng.standard_normal(1000)
    data = np.concatenate([values, -values])
    slopes = rng.standard_normal((size, 100, 1)) * np.sqrt(2) * np.array([1.0, -1.0])
    signal = np.maximum(slopes, 0)
    for _ in range(23):
        signal = np.maximum(rng.standard_normal((size, 100, 100)) @ signal, 0) / np.sqrt(50)
    ends = (rng.standard_normal((size, 1, 100)) @ signal)[:, 0, :]
    positive, negative = np.maximum(data, 0), np.maximum(-data, 0)
    images = ends[:, :1] * positive + ends[:, 1:] * negative
    derivative = np.mean((ends[:, :1] * (data > 0)) ** 2 + (ends[:, 1:] * (data < 0)) ** 2, axis=1)
    return mean_and_error(np.log(derivative * data.var() / images.var(axis=1)))


def two_layers(first: int, second: int) -> Fraction:
    """Return ``(zeta^2)^2`` of the data -1, 1 at width 1, for two weights."""
    pair = start((Fraction(1),))
    for weight in (first, second):
        pair = feedforward(pair, integer_matrix((weight,)))
    return noise_inner(pair, pair) / inner(pair, pair)


def one_layer(first: int) -> Fraction:
    pair = feedforward(start((Fraction(1),)), integer_matrix((first,)))
    return noise_inner(pair, pair) / inner(pair, pair)


def two_layers_in_mean() -> Fraction:
    """Return the mean over the signs of the weights; the variance of the signal is constant."""
    return mean([two_layers(first, second) for first in (1, -1) for second in (1, -1)])


SYMMETRIC = {
    "values": OneOf(((-3, 3, -4, 4), (1, -1, 5, -5, 5, -5), (-1, 1, -2, 2, -100, 100))),
    "widths": OneOf(((), (2,), (3, 2), (2, 2, 2), (2, 3, 2, 2))),
    "numbers": OneOf(((1, 2, -1, 3, -2), (-1, 1, 4), (3, 1, -5, 2, 7, -1, 1), (1,), (2, -1))),
}
MEANINGS = {
    "values": "equally likely inputs, as many of each sign",
    "widths": "of the hidden layers",
    "numbers": "weights, repeated as needed",
}
BATCH = {"first": "weight of layer 1", "second": "weight of layer 2"}
LINE = SYMMETRIC | {
    "values": OneOf(((-9, -4, -1, 1, 2, 6, 30), (-3, -2, -1, 1, 2, 3))),
    "widths": OneOf(((3, 2, 3, 2, 3), (2, 2, 2, 2, 2, 2, 2), (4, 3, 4))),
}
SIGNS = {"first": OneOf((1, -1)), "second": OneOf((1, -1))}

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "every-path-printed",
        "Theorem 3; eq 13",
        FALSE,
        title="increments of every network at small width",
        statement="δζ^l = exp(m_BN + m_φ): (ζ²)² = 4 for the data -1, 1 at width 1, whatever Θ",
        variables=BATCH,
        as_printed=(
            "the sign of the paper asks for a large width; at width 1 the second layer multiplies "
            "ζ by 2 or by 0, so that its increment is not even at least 1"
        ),
        checks=(attack(two_layers, "==", 4, domain=SIGNS),),
        near_miss=at_points(two_layers, ">=", 1, points=[{"first": 1, "second": -1}]),
        corrected_by="sensitivity.ratio-of-means",
    ),
    _claim(
        "ratio-of-means",
        "Theorem 3; eq 13",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="increments as ratios of means at small width",
        statement=(
            "E μ_2(s)/E μ_2(x) over one layer is that of before times exp(2 m_BN + 2 m_φ) = 2 for "
            "the data -1, 1 at width 1: means over the weights of the layer, both apart"
        ),
        variables=BATCH,
        checks=(
            at_points(one_layer, "==", 2, points=grid(first=(1, -1)), exhaustive=True),
            at_points(two_layers_in_mean, "==", 4),
        ),
        near_miss=at_points(two_layers, "==", 8, points=grid(first=(1, -1), second=(1, -1))),
    ),
    _claim(
        "sigmoid-of-a-mixture",
        "Figure 4",
        title="a sigmoid on a mixture of two Gaussians",
        statement=(
            "ζ < 1 where both modes lie in flat parts of the sigmoid (at -3 and 3 and beyond, "
            "deviation 1/2 or less); on one Gaussian ζ >= 1, as for every function"
        ),
        variables={"centre": "modes at -m and m", "spread": "deviation of each"},
        assumptions=("slope 1 and no bias, for parameters that the figure does not tell",),
        checks=(
            at_points(sigmoid_square, "<", 1, points=grid(centre=(3, 4, 6), spread=("1/4", "1/2"))),
            at_points(sigmoid_square, ">=", 1, points=grid(centre=(0,), spread=("1/2", 1, 3))),
        ),
        near_miss=at_points(sigmoid_square, "<", 1, points=grid(centre=(0,), spread=("1/2",))),
    ),
    _claim(
        "deep-line",
        "Figure 4",
        SHOWN,
        title="deep ReLU networks on the line",
        statement=(
            "without biases, on data symmetric about 0, 1 <= ζ² <= Var v/Var |v| at every depth "
            "and width, with 1 for linear maps; after 25 layers of 100 units the mean of log ζ² on "
            "modes at -3 and 3 is more than 2, of at most log 37 = 3.6; two slopes at most"
        ),
        variables=MEANINGS | {"modes": "data near -m and m, deviation 1/2"},
        assumptions=("ζ is large because both modes are mapped to nearly the same value",),
        as_printed=(
            "(c) speaks of an erratic mapping; with the biases of 0 of the other sections it has "
            "two slopes at most, so that the figure may have others"
        ),
        checks=(
            attack(
                squared_sensitivity,
                "<=",
                folded,
                domain=SYMMETRIC,
                assuming=varies,
                tries=(40, 400),
            ),
            attack(
                squared_sensitivity, ">=", 1, domain=SYMMETRIC, assuming=varies, tries=(40, 400)
            ),
            attack(count_of_slopes, "<=", 2, domain=LINE, tries=(20, 200)),
            simulated(deep_logarithm, ">=", 2, points=grid(modes=(3,)), sizes=(150, 1_500)),
        ),
        near_miss=attack(squared_sensitivity, "<=", half_folded, domain=SYMMETRIC, assuming=varies),
    ),
)
"""Appendix D.2 and two data at width 1."""
