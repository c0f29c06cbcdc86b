"""The rules integrate Gaussian moments at every scale, and so does every other node."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.gaussian.nested_nodes import (
    DEVIATIONS,
    normal_nodes,
    power_of_two_below,
    scale_nodes,
)


@pytest.mark.parametrize("deviation", [1e-3, 1.0, 1e5])
@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("half", [False, True])
def test_moments(deviation: float, *, broken: bool, half: bool) -> None:
    scale = power_of_two_below(min(1.0, deviation))
    step = 0.1 if broken else 0.13
    nodes = scale_nodes(scale, DEVIATIONS * deviation, step, broken, half)
    z = nodes.x / deviation
    mass = nodes.weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / deviation
    assert mass @ np.ones(z.size) == pytest.approx(1, rel=1e-14)
    assert mass @ z**4 == pytest.approx(3, rel=1e-14)
    assert 2 * mass[nodes.even] @ z[nodes.even] ** 4 == pytest.approx(3, rel=1e-5)


def test_normal_nodes() -> None:
    nodes = normal_nodes(0)
    assert nodes.weights @ nodes.x**6 == pytest.approx(15, rel=1e-14)
    assert 2 * nodes.weights[nodes.even] @ nodes.x[nodes.even] ** 2 == pytest.approx(1, rel=1e-6)
    assert abs(nodes.x).max() <= DEVIATIONS


def test_power_of_two_below() -> None:
    assert [power_of_two_below(x) for x in (1.0, 1.5, 0.3)] == [1.0, 1.0, 0.25]
