"""Entries are filled in place, and only where the rules find the second moment again."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.numerics.precision import working_bits
from symprop.recurrences.moments_in_float64 import float_moments
from symprop.recurrences.moments_on_balls import ball_moments
from symprop.recurrences.nested_covariances import fill_by_nested_rules
from symprop.specs.activations import activation


def test_only_what_is_left_is_filled() -> None:
    phi = activation("softsign")
    q, gap = np.array([1.0, 2.0, 3.0]), np.array([1e-6, 0.3, 1.2])
    moments = float_moments(phi).second_moment(q)
    left, results = np.array([True, False, True]), np.zeros((2, 3))
    fill_by_nested_rules(phi, (q, None), 1 - gap, gap, (moments, moments), left, results)
    assert not left.any()
    assert results[:, 1].tolist() == [0, 0]
    assert results.sum(axis=0)[[0, 2]] == pytest.approx(moments[[0, 2]], rel=1e-15)


def test_a_wrong_second_moment_is_noticed() -> None:
    phi = activation("softsign")
    q, gap = np.ones(1), np.ones(1)
    left, results, wrong = np.ones(1, dtype=bool), np.zeros((2, 1)), np.full(1, 0.3)
    fill_by_nested_rules(phi, (q, 2 * q), 1 - gap, gap, (wrong, wrong), left, results)
    assert left.all()


@pytest.mark.parametrize("name", ["silu", "softsign", "gelu_tanh"])
@pytest.mark.parametrize(("q1", "q2"), [(5.0, 5.0), (0.3, 40.0)])
def test_a_layer_agrees_with_balls(name: str, q1: float, q2: float) -> None:
    moments, balls = float_moments(activation(name)), ball_moments(activation(name))
    first, second, gap = np.full(1, q1), np.full(1, q2), np.full(1, 0.4)
    middle = (moments.second_moment(first) + moments.second_moment(second)) / 2
    other = None if q1 == q2 else second
    cross, apart = moments.covariance(first, other, 1 - gap, gap, middle)
    with working_bits(200):
        left = arb(q1)
        right, c = left if q1 == q2 else arb(q2), 1 - arb(0.4)
        exact = balls.covariance(left, right, c, arb(0.4), 70)
        size = (balls.second_moment(left, 70) + balls.second_moment(right, 70)) / 2
    assert abs(exact - float(cross[0])) <= 2e-14 * size
    assert abs(size - exact - float(apart[0])) <= 2e-14 * size
