"""Means over the direction of a Gaussian: the sphere, closed forms, and brute force with kinks."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.direction_pairs import direction_pair_mean
from tests.gaussian.sphere_pairs import sphere_pair_mean


def product(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return p * q


@pytest.mark.parametrize("dimension", [2, 3, 4, 5, 9, 40])
def test_equal_variances_are_the_sphere(dimension: int) -> None:
    first, second = np.random.default_rng(dimension).normal(size=(2, dimension))
    first, second = (vector / np.linalg.norm(vector) for vector in (first, second))

    def f(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.tanh(3 * p) * np.exp(q)

    mean, error = direction_pair_mean(f, np.full(dimension, 2.5), first, second)
    known, other = sphere_pair_mean(f, dimension, float(first @ second))
    assert abs(mean - known) <= error + other + 1e-15
    assert error < 1e-10


@pytest.mark.parametrize("ratio", [1.0, 0.3, 1e-2, 1e-4, 1e-6])
def test_shares_in_the_plane(ratio: float) -> None:
    """The mean of the first square is 1 over 1 plus the ratio of the deviations."""
    x, y = np.eye(2)
    mean, error = direction_pair_mean(lambda p, _q: p * p, np.array([1.0, ratio**2]), x, y)
    assert abs(mean - 1 / (1 + ratio)) <= error
    assert error < 1e-9


@pytest.mark.parametrize("least", [1.0, 1e-3, 1e-6, 1e-10])
def test_squares_add_up_to_one(least: float) -> None:
    variances = np.geomspace(least, 1, 6)
    basis = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    results = [
        direction_pair_mean(lambda p, _q: p * p, variances, row, row, symmetric=True)
        for row in basis
    ]
    assert abs(sum(mean for mean, _ in results) - 1) <= sum(error for _, error in results)
    assert max(error for _, error in results) < 1e-9
    mixed = direction_pair_mean(product, variances, basis[0], basis[1])
    other = direction_pair_mean(product, variances, basis[1], basis[0])
    assert abs(mixed[0] - other[0]) <= mixed[1] + other[1]


def on_a_grid(function, variances, first, second, count):
    """Mean on the sphere of three dimensions by Gauss-Legendre and equal angles."""
    height, weights = np.polynomial.legendre.leggauss(count)
    angle = np.pi * (np.arange(2 * count) + 0.5) / count
    total = 0.0
    for h, weight in zip(height, weights, strict=True):
        s = np.sqrt(1 - h * h)
        y = np.sqrt(variances)[:, None] * np.stack(
            [s * np.cos(angle), s * np.sin(angle), np.full_like(angle, h)]
        )
        y /= np.linalg.norm(y, axis=0)
        total += weight / 2 * function(first @ y, second @ y).mean()
    return total


@pytest.mark.parametrize("kink", [0.0, 0.1, 0.45, 0.9])
def test_kinks_and_jumps_do_not_harm(kink: float) -> None:
    variances = np.array([3.0, 1.0, 0.2])
    first, second = np.array([0.8, 0.5, 0.1]), np.array([-0.2, 0.7, 0.4])
    kinks = ((kink,), (kink,)) if kink else ((), ())

    def clipped(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.maximum(p - kink, 0) * np.maximum(q + kink, 0)

    mean, error = direction_pair_mean(clipped, variances, first, second, kinks=kinks)
    assert error < 1e-11
    assert abs(mean - on_a_grid(clipped, variances, first, second, 500)) < 1e-6

    def jumps(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return (p > kink) * np.sign(q + kink)

    mean, error = direction_pair_mean(jumps, variances, first, second, kinks=kinks)
    assert error < 1e-11
    assert abs(mean - on_a_grid(jumps, variances, first, second, 500)) < 5e-3


@pytest.mark.parametrize("sectors", [4, 20, 200])
def test_an_error_that_is_honest_where_kinks_are_not_told(sectors: int) -> None:
    variances = np.array([3.0, 1.0, 0.5, 0.2])
    first, second = np.array([0.8, 0.5, 0.1, 0]), np.array([-0.2, 0.7, 0.4, 0.3])

    def clipped(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.maximum(p, 0.3) * np.abs(q - 0.2)

    rough = direction_pair_mean(clipped, variances, first, second, sectors=sectors)
    exact = direction_pair_mean(clipped, variances, first, second, kinks=((0.3,), (0.2,)))
    assert exact[1] < 1e-11
    assert abs(rough[0] - exact[0]) <= rough[1]


def test_parallel_vectors() -> None:
    variances, first = np.array([4.0, 2.0, 1.0]), np.array([1.0, 0.5, -0.2])
    one = direction_pair_mean(product, variances, first, -2 * first)
    two = direction_pair_mean(lambda p, _q: p * p, variances, first, np.ones(3))
    assert abs(one[0] + 2 * two[0]) <= one[1] + 2 * two[1]


def test_what_is_refused() -> None:
    x, y, _ = np.eye(3)
    with pytest.raises(OutOfDomain, match="finite"):
        direction_pair_mean(lambda p, _q: p * np.inf, np.ones(3), x, y)
