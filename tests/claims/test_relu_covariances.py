"""Balls of Gaussian pairs against textbook values; samplers against a plain dense network."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from symprop.claims.relu_covariances import (
    added,
    averaged,
    ball,
    branch_statistic,
    dense_statistic,
    input_covariance,
    relu,
    slope,
    tangent_statistic,
)
from symprop.specs.branched import ResNet


def test_right_angle() -> None:
    pair = input_covariance(Fraction(0), Fraction(1), Fraction(4))
    assert relu(pair).cross.overlaps(2 / arb.pi())
    assert slope(pair).overlaps(arb(1) / 2)
    assert (relu(pair).first, relu(pair).second) == (1, 4)


def test_parallel_inputs() -> None:
    for cosine, kernel, derivative in ((1, 2, 1), (-1, 0, 0)):
        pair = input_covariance(Fraction(cosine), Fraction(1), Fraction(4))
        assert relu(pair).cross.overlaps(arb(kernel))
        assert slope(pair).overlaps(arb(derivative))


def test_sums() -> None:
    one = input_covariance(Fraction(1), Fraction(1), Fraction(4))
    assert added(one, one, ball(2)) == (3, 12, 6)
    assert averaged([one, added(one, one, ball(1))]) == (arb("1.5"), 6, 3)


def _dense(width: int, runs: int) -> tuple[float, float]:
    """Sample a layer that reads another, with matrices that are drawn."""
    rng = np.random.default_rng(0)
    inputs = np.sqrt(width) * np.eye(width, 2)
    found = []
    for _ in range(runs):
        first, second = rng.standard_normal((2, width, width)) / np.sqrt(width)
        signals = second @ (np.sqrt(2) * np.maximum(first @ inputs, 0))
        found.append(float(np.mean(signals[:, 0] * signals[:, 1])))
    return float(np.mean(found)), float(np.std(found) / np.sqrt(runs))


@pytest.mark.parametrize("name", ["branch", "dense"])
def test_samplers_draw_the_network(name: str) -> None:
    pair = (Fraction(0), Fraction(1), Fraction(1))
    if name == "branch":
        mean, error = branch_statistic("y", Fraction(1), 0, 2, *pair, size=1500, seed=1)
    else:
        mean, error = dense_statistic("y", 1, *pair, size=1500, seed=1)
    expected, noise = _dense(200, 400)
    assert abs(mean - expected) < 5 * np.hypot(error, noise)
    assert abs(mean - expected) < 0.1 * expected


def test_tangent_of_one_linear_branch() -> None:
    """The gradient of ``w (1 + W) y / n`` by ``W`` has ``|w|^2 |y|^2 / n^2``, about 1."""
    one = Fraction(1)
    mean, error = tangent_statistic(ResNet(1, 1), 1, one, one, one, size=10, seed=1)
    assert abs(mean - 1) < 5 * error < 0.1
