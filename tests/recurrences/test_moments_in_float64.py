"""Float moments agree with balls on every route."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.precision import working_bits
from symprop.recurrences.moments_in_float64 import float_moments
from symprop.recurrences.moments_on_balls import ball_moments
from symprop.specs.activations import activation

NAMES = ["tanh", "2*tanh(x/3)", "relu", "alpha_relu:3/4", "erf", "gelu", "hard_tanh", "abs(x)"]
Q = np.array([0.01, 1.0, 2.5, 40.0])
GAPS = np.array([1e-30, 1e-3, 0.3, 1.5])


@pytest.mark.parametrize("name", NAMES)
def test_second_moments_and_slopes(name: str) -> None:
    moments, balls = float_moments(activation(name)), ball_moments(activation(name))
    for mine, theirs in ((moments, balls), (moments.slope, balls.slope)):
        values = mine.second_moment(Q)
        for q, value in zip(Q.tolist(), values.tolist(), strict=True):
            with working_bits(100):
                exact = theirs.second_moment(arb(q), 80)
                assert abs(exact - value) <= (mine.length_error + 3e-16) * exact


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("equal", [True, False])
def test_covariances(name: str, equal: bool) -> None:
    moments, balls = float_moments(activation(name)), ball_moments(activation(name))
    other = None if equal else Q[::-1].copy()
    middle = moments.second_moment(Q)
    if other is not None:
        middle = (middle + moments.second_moment(other)) / 2
    cross, apart = moments.covariance(Q, other, 1 - GAPS, GAPS, middle)
    for index in range(Q.size):
        with working_bits(400):
            first, gap = arb(float(Q[index])), arb(float(GAPS[index]))
            second = first if other is None else arb(float(other[index]))
            exact = balls.covariance(first, second, 1 - gap, gap, 200)
            middle = (balls.second_moment(first, 200) + balls.second_moment(second, 200)) / 2
        assert abs(exact - float(cross[index])) <= 1e-14 * middle
        scale = middle - exact if equal else middle
        assert abs(middle - exact - float(apart[index])) <= 2e-14 * scale


@pytest.mark.parametrize("gap", [1e-9, 1e-3, 0.3, 1.4])
def test_series(gap: float) -> None:
    """Near correlation one the distance has a series of its own."""
    name = "sin(x) + x/2"  # no formula of its own in float64, but quick balls
    moments, balls = float_moments(activation(name)), ball_moments(activation(name))
    q, gaps = np.full(1, 0.75), np.full(1, gap)
    cross, apart = moments.covariance(q, None, 1 - gaps, gaps, moments.second_moment(q))
    with working_bits(250):
        exact = balls.covariance(arb(0.75), arb(0.75), 1 - arb(gap), arb(gap), 120)
        second = balls.second_moment(arb(0.75), 120)
    assert abs(exact - float(cross[0])) <= 1e-14 * second
    assert abs(second - exact - float(apart[0])) <= 1e-12 * (second - exact)


def test_zero_variances_and_parallel_units() -> None:
    moments = float_moments(activation("2*exp(x)"))
    q = np.array([0.0, 0.0, 1.0])
    middle = moments.second_moment(q)
    cross, apart = moments.covariance(q, None, np.ones(3), np.zeros(3), middle)
    assert cross[:2].tolist() == [4, 4]
    assert apart.tolist() == [0, 0, 0]
    other = np.array([0.0, 1.0, 1.0])
    middle = (middle + moments.second_moment(other)) / 2
    cross, apart = moments.covariance(q, other, np.zeros(3), np.ones(3), middle)
    assert cross == pytest.approx([4, 4 * np.exp(0.5), 4 * np.e], rel=1e-14)


def test_a_variance_that_comes_back_gets_a_kernel() -> None:
    moments = float_moments(activation("tanh"))
    q, gap = np.full(1, 1.25), np.full(1, 0.25)
    middle = moments.second_moment(q)
    before = moments.covariance(q, None, 1 - gap, gap, middle)
    for _ in range(40):
        after = moments.covariance(q, None, 1 - gap, gap, middle)
    assert np.allclose(before, after, rtol=1e-14, atol=0)


def test_means() -> None:
    q = np.array([0.0, 1.0, 2.0, 1.0])
    means = float_moments(activation("relu")).mean(q)
    assert means == pytest.approx(np.sqrt(q / (2 * np.pi)), rel=1e-15)
    assert float_moments(activation("tanh")).mean(q).tolist() == [0, 0, 0, 0]


def test_moments_beyond_float64_are_refused() -> None:
    moments = float_moments(activation("exp"))
    with pytest.raises(OutOfDomain, match="range of float64"):
        moments.second_moment(np.array([1000.0]))
