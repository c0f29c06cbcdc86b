"""Gradient flow with a fixed kernel solves its differential equation; definiteness is proved."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.kernel_regression import gradient_flow, smallest_eigenvalue
from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet, ResNet
from tests.malformed import NO_ROWS, assert_refused

KERNEL = tangent_kernel(ResNet(2, "1/2"), 3)
INPUTS = [[1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [-1.0, 1.0, 0.0]]
POINTS = [[1.0, 1.0, 1.0], [0.0, 0.5, -1.0]]
TARGETS = [1.0, -1.0, 0.5]
INITIAL = [0.1, 0.2, -0.3, 0.4, 0.0]


def flow():
    return gradient_flow(KERNEL, INPUTS, TARGETS, points=POINTS, initial=INITIAL)


@pytest.mark.parametrize("time", [0.0, 0.3, 2.0])
def test_differential_equation(time: float) -> None:
    found, step = flow(), 1e-5
    middle = found.data(time + step) - found.targets
    for follow, kernel in ((found.data, found.kernel), (found.points, found.cross)):
        rate = (follow(time + 2 * step) - follow(time)) / (2 * step)
        np.testing.assert_allclose(rate, -kernel @ middle, atol=1e-8)
    rate = (found.loss(time + 2 * step) - found.loss(time)) / (2 * step)
    assert rate == pytest.approx(-middle @ found.kernel @ middle, rel=1e-6)


def test_both_ends_of_time() -> None:
    found = flow()
    np.testing.assert_allclose(found.data(0.0), INITIAL[:3], atol=1e-14)
    np.testing.assert_allclose(found.points(0.0), INITIAL[3:], atol=1e-14)
    np.testing.assert_allclose(found.data(np.inf), TARGETS, atol=1e-14)
    error = np.subtract(TARGETS, INITIAL[:3])
    limit = INITIAL[3:] + found.cross @ np.linalg.solve(found.kernel, error)
    np.testing.assert_allclose(found.points(np.inf), limit, rtol=1e-10)
    with pytest.raises(OutOfDomain, match="time"):
        found.data(-1.0)


def test_against_steps_of_gradient_descent() -> None:
    found, rate = flow(), 1e-3
    values = np.array(INITIAL)
    whole = np.vstack([found.kernel, found.cross])
    for _ in range(1000):
        values -= rate * whole @ (values[:3] - TARGETS)
    np.testing.assert_allclose(values[:3], found.data(1.0), atol=3e-3)
    np.testing.assert_allclose(values[3:], found.points(1.0), atol=3e-3)


@pytest.mark.parametrize(
    "kernel", [KERNEL, nngp_kernel(DenseNet(), 2), tangent_kernel(DenseNet(), 3)]
)
def test_definiteness_is_proved(kernel) -> None:
    points = [[1, 0], [0, 1], [1, 1], ["1/2", 2]]
    ball = smallest_eigenvalue(kernel, points, dps=12)
    assert ball > 0
    numbers = np.array([[1, 0], [0, 1], [1, 1], [0.5, 2]])
    values = np.linalg.eigvalsh(kernel.gram(numbers @ numbers.T / 2))
    assert float(ball) == pytest.approx(values[0], rel=1e-8)


def test_parallel_points_are_singular() -> None:
    """The kernel is homogeneous: a point and its double cannot be told apart."""
    ball = smallest_eigenvalue(KERNEL, [[1, 0], [2, 0], [0, 1]], dps=5)
    assert ball.contains(0)
    with pytest.raises(OutOfDomain, match="positive definite"):
        gradient_flow(KERNEL, [[1.0, 0.0], [1.0, 0.0]], [1.0, 2.0]).data(1.0)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="targets"):
        gradient_flow(KERNEL, INPUTS, [1.0])
    with pytest.raises(InvalidArgument, match="dimension"):
        gradient_flow(KERNEL, INPUTS, TARGETS, points=[[1.0]])
    with pytest.raises(InvalidArgument, match="rows"):
        gradient_flow(KERNEL, [1.0, 2.0], TARGETS)
    for wrong in ([], [[1, 0], [1]], [[]], [[1, "x"]]):
        with pytest.raises(InvalidArgument):
            smallest_eigenvalue(KERNEL, wrong)


def test_malformed_arguments_are_named() -> None:
    for kernel in (None, "relu", 3, []):
        with pytest.raises(InvalidArgument, match="kernel to be a NetworkKernel"):
            gradient_flow(kernel, INPUTS, TARGETS)
        with pytest.raises(InvalidArgument, match="kernel to be a NetworkKernel"):
            smallest_eigenvalue(kernel, [[1, 0], [0, 1]])
    assert_refused(lambda points: smallest_eigenvalue(KERNEL, points), NO_ROWS, "points")
