"""Factors of batch normalisation against sampling, closed cases and quadrature."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.sensitivity_factors import (
    batch_norm_factors,
    nonlinearity_factor,
    normalization_factor,
)
from tests.malformed import NO_INTEGERS, NO_ROWS, NO_SEQUENCES, assert_refused


def test_many_data() -> None:
    limit = batch_norm_factors()
    assert sympy.simplify(limit.growth**2 - sympy.pi / (sympy.pi - 1)) == 0
    large = batch_norm_factors(10**6)
    assert float(large.growth) == pytest.approx(float(limit.growth), rel=1e-5)


@pytest.mark.parametrize("batch", [4, 6, 20])
def test_a_batch_against_sampling(batch: int) -> None:
    """Normalise Gaussian channels over the batch and take the means."""
    rng = np.random.default_rng(batch)
    y = rng.normal(size=(400_000, batch))
    y -= y.mean(axis=1, keepdims=True)
    z = y / np.sqrt(np.mean(y**2, axis=1, keepdims=True))
    kept = 2 * np.maximum(z, 0).var(axis=1)
    error = kept.std() / np.sqrt(len(kept))
    exact = float(batch_norm_factors(batch).nonlinearity) ** -2
    assert abs(kept.mean() - exact) < 5 * error
    if batch > 6:  # its variance is finite
        inverse = (batch - 1) / batch / np.mean(y**2, axis=1)
        error = inverse.std() / np.sqrt(len(inverse))
        assert abs(inverse.mean() - float(batch_norm_factors(batch).normalization) ** 2) < 5 * error


def test_a_batch_is_a_case_of_the_general_factor() -> None:
    exact = normalization_factor([1] * 7 + [0] * 3, [1] * 10, dps=20)
    expected = sympy.sqrt(sympy.Rational(7, 10) * (1 + sympy.Rational(3, 5)))  # E 1/chi^2_7
    with mpmath.workdps(30):
        assert abs(exact.midpoint - mpmath.mpf(str(expected.evalf(30)))) < 1e-18


def test_equal_covariances_leave_the_sensitivity() -> None:
    same = normalization_factor([1, "1/2", 3], [2, 1, 6], dps=20)
    assert abs(float(same) - 1) < 1e-15


@pytest.mark.parametrize("share", ["1/2", "1/9", "4"])
def test_two_dimensions_by_hand(share: str) -> None:
    """E w1^2/(w1^2 + r w2^2) = 1/(1 + sqrt r): the factor can be below 1."""
    r = sympy.Rational(share)
    found = normalization_factor([1, share], [1, 0], dps=20)
    exact = sympy.sqrt((1 + r) / (1 + sympy.sqrt(r)))
    with mpmath.workdps(30):
        assert abs(found.midpoint - mpmath.mpf(str(exact.evalf(30)))) < 1e-18
    assert (float(found) < 1) == (r < 1)


def test_uneven_variances_against_quadrature() -> None:
    signal, noise = [5, 1, mpmath.mpf("0.25"), 0], [1, 2, 3, 4]

    def integrand(t: mpmath.mpf) -> mpmath.mpf:
        product = mpmath.fprod((1 + 2 * t * a) ** mpmath.mpf("-0.5") for a in signal)
        return product * sum(b / (1 + 2 * t * a) for a, b in zip(signal, noise, strict=True))

    with mpmath.workdps(20):
        mean = mpmath.quad(integrand, [0, 1, 10, 1000, mpmath.inf])
        expected = mpmath.sqrt(mean * sum(signal) / sum(noise))
    found = normalization_factor([5, 1, "1/4", 0], noise)
    assert float(found) == pytest.approx(float(expected), rel=1e-7)


def test_infinite_means_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="finite mean"):
        normalization_factor([1, 1, 0], [1, 1, 1])
    with pytest.raises(OutOfDomain):
        batch_norm_factors(3)
    with pytest.raises(OutOfDomain):
        normalization_factor([1, -1], [1, 1])
    with pytest.raises(InvalidArgument):
        normalization_factor([1], [1, 1])


@pytest.mark.parametrize("batch", [4, 7, 30])
def test_nonlinearity_of_an_isotropic_batch(batch: int) -> None:
    exact = float(batch_norm_factors(batch).nonlinearity)
    assert nonlinearity_factor(3 * np.eye(batch) + 2) == pytest.approx(exact, rel=1e-9)


def test_nonlinearity_of_two_data() -> None:
    """Normalised channels are +-1: the variance 1 becomes 1/4, and the noise one half."""
    assert nonlinearity_factor([[2.0, 1.0], [1.0, 5.0]]) == pytest.approx(np.sqrt(2), rel=1e-9)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_nonlinearity_of_uneven_data_against_sampling(rank: int) -> None:
    rng = np.random.default_rng(rank)
    x = rng.normal(size=(rank, 6)) * np.arange(1.0, rank + 1)[:, None]
    y = rng.normal(size=(300_000, rank)) @ x
    y -= y.mean(axis=1, keepdims=True)
    z = y / np.sqrt(np.mean(y**2, axis=1, keepdims=True))
    kept = 2 * np.maximum(z, 0).var(axis=1)
    error = kept.std() / np.sqrt(len(kept)) + 1e-9
    symmetric = (kept + 2 * np.maximum(-z, 0).var(axis=1)) / 2
    assert abs(symmetric.mean() - nonlinearity_factor(x.T @ x) ** -2) < 5 * error


def test_nonlinearity_refusals() -> None:
    with pytest.raises(OutOfDomain, match="differ"):
        nonlinearity_factor(np.ones((3, 3)))
    with pytest.raises(OutOfDomain, match="negative"):
        nonlinearity_factor([[1, 3, 0], [3, 1, 0], [0, 0, 1]])
    with pytest.raises(InvalidArgument):
        nonlinearity_factor([[1, 2], [0, 1]])


def test_malformed_arguments_are_named() -> None:
    assert_refused(batch_norm_factors, NO_INTEGERS[1:], "batch to be an integer")
    assert_refused(lambda a: normalization_factor(a, [1, 1]), NO_SEQUENCES, "variances to be a seq")
    assert_refused(
        lambda a: normalization_factor([1, 1], a), NO_SEQUENCES, "noise_variances to be a seq"
    )
    for matrix in (np.eye(3), np.zeros((0, 3))):
        with pytest.raises(InvalidArgument, match="variances"):
            normalization_factor(matrix, matrix)
    assert_refused(nonlinearity_factor, NO_ROWS, "gram to be")
    for shape in ((0, 0), (2, 0), (1, 2), (2, 2, 2)):
        with pytest.raises(InvalidArgument, match="gram to be square"):
            nonlinearity_factor(np.zeros(shape))


def test_no_sensitivity_has_no_factor() -> None:
    with pytest.raises(OutOfDomain, match="noise_variances not all 0"):
        normalization_factor([1, 1, 1], [0, 0, 0])
