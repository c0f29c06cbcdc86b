"""Vanilla sensitivity against a plain recurrence, quadrature of the kernel, and special data."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.sensitivity import vanilla_sensitivity
from tests.malformed import NO_INTEGERS, NO_NUMBERS, NO_ROWS, assert_refused


def plain(gram: np.ndarray, depth: int) -> list[float]:
    """Iterate the kernel in float64 by arccos."""
    g, zeta = gram.astype(float), []
    start = np.trace(g) / len(g) - g.mean()
    for _ in range(depth + 1):
        zeta.append(np.sqrt(start / (np.trace(g) / len(g) - g.mean())))
        lengths = np.sqrt(np.diag(g))
        norms = np.outer(lengths, lengths)
        angle = np.arccos(np.clip(g / norms, -1, 1))
        g = norms * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi
    return zeta


@pytest.mark.parametrize("seed", range(3))
def test_against_a_plain_recurrence(seed: int) -> None:
    x = np.random.default_rng(seed).integers(-5, 6, size=(4, 6))
    gram = x.T @ x
    found = vanilla_sensitivity(gram.tolist(), 6, dps=20)
    np.testing.assert_allclose([float(z) for z in found], plain(gram, 6), rtol=1e-9)


def test_first_layer_is_the_mean_of_the_paper() -> None:
    """1 - E nu_1(y+) nu_1(y-)/mu_2(x), with the mean over weights by sampling."""
    rng = np.random.default_rng(5)
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    y = rng.normal(size=(400_000, 2)) @ x  # weights of variance 2/N, N = 2
    up, down = np.maximum(y, 0).mean(axis=1), np.maximum(-y, 0).mean(axis=1)
    variance = np.mean((x - x.mean(axis=1, keepdims=True)) ** 2)
    terms = up * down / variance
    mean, error = terms.mean(), terms.std() / np.sqrt(len(terms))
    gram = [[Fraction(int(entry), 2) for entry in row] for row in x.T @ x]
    exact = 1 - float(vanilla_sensitivity(gram, 1)[1]) ** -2
    assert abs(mean - exact) < 5 * error


def test_orthogonal_data_of_any_number() -> None:
    two = vanilla_sensitivity([[1, 0], [0, 1]], 5, dps=30)
    five = vanilla_sensitivity(np.eye(5, dtype=int).tolist(), 5, dps=30)
    for one, other in zip(two, five, strict=True):
        assert one.overlaps(other)
    with mpmath.workdps(40):
        assert abs(two[1].midpoint - (1 - 1 / mpmath.pi) ** mpmath.mpf("-0.5")) < 1e-29


def test_signed_data_on_a_line() -> None:
    """The first layer makes x and -x orthogonal, and halves their variance."""
    zeta = vanilla_sensitivity([[1, -1], [-1, 1]], 2, dps=20)
    with mpmath.workdps(30):
        assert abs(zeta[1].midpoint - mpmath.sqrt(2)) < 1e-18
        step = (1 - 1 / mpmath.pi) ** mpmath.mpf("-0.5")
        assert abs(zeta[2].midpoint - mpmath.sqrt(2) * step) < 1e-18


def test_a_zero_datum_and_multiples() -> None:
    zeta = vanilla_sensitivity([[0, 0, 0], [0, 1, 2], [0, 2, 4]], 3)
    for value in zeta:  # a half-line stays a half-line: the network is linear on it
        assert abs(float(value) - 1) < 1e-14


def test_depth_does_not_cost_precision() -> None:
    zeta = vanilla_sensitivity([[1, 0], [0, 1]], 300, dps=30)
    assert float(zeta[300]) == pytest.approx(plain(np.eye(2), 300)[300], rel=1e-9)
    assert zeta[300].relative_bits < 250


def test_close_data_keep_their_digits() -> None:
    gap = Fraction(1, 10**20)
    zeta = vanilla_sensitivity([[1, 1 - gap], [1 - gap, 1]], 1, dps=30)
    slope = mpmath.mpf(2) ** mpmath.mpf("1.5") / (3 * mpmath.pi)
    assert float(zeta[1]) - 1 == pytest.approx(float(slope * mpmath.mpf(10) ** -10 / 2), rel=1e-5)


@pytest.mark.parametrize(
    "gram", [[[1]], [[1, 0]], [[1, 0], [1, 1]], [[1, 2, 3], [2, 1, 3], [3, 3]]]
)
def test_malformed(gram: list) -> None:
    with pytest.raises(InvalidArgument):
        vanilla_sensitivity(gram, 1)


@pytest.mark.parametrize("gram", [[[1, 2], [2, 1]], [[-1, 0], [0, 1]], [[1, 1], [1, 1]]])
def test_out_of_domain(gram: list) -> None:
    with pytest.raises(OutOfDomain):
        vanilla_sensitivity(gram, 1)


def test_malformed_arguments_are_named() -> None:
    assert_refused(lambda gram: vanilla_sensitivity(gram, 1), NO_ROWS, "gram to be")
    square = [[1, 0], [0, 1]]
    assert_refused(
        lambda entry: vanilla_sensitivity([[entry, 0], [0, 1]], 1), NO_NUMBERS, "gram to be a fin"
    )
    assert_refused(
        lambda depth: vanilla_sensitivity(square, depth), (*NO_INTEGERS, -1, 10**400), "depth to be"
    )


def test_arrays_are_matrices() -> None:
    assert vanilla_sensitivity(np.eye(2), 1)[1].overlaps(
        vanilla_sensitivity([[1, 0], [0, 1]], 1)[1]
    )
