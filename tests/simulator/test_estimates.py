"""Errors against their textbook formulas, and against the scatter of repeated experiments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.estimates import log_moments, mean_of, ratio_of_means, tail_of

RNG = np.random.default_rng(5)
VALUES = RNG.lognormal(size=(30, 4))


@pytest.mark.parametrize("cuts", [[], [1], [7, 8, 29]])
def test_mean_does_not_depend_on_the_parts(cuts) -> None:
    found = mean_of(np.split(VALUES + 1e6, cuts))
    np.testing.assert_allclose(found.value, (VALUES + 1e6).mean(axis=0), rtol=1e-15)
    np.testing.assert_allclose(found.error, stats.sem(VALUES, axis=0), rtol=1e-8)
    assert found.runs == 30


def test_one_run_has_no_error() -> None:
    found = mean_of([VALUES[:1]])
    assert np.isinf(found.error).all()
    with pytest.raises(InvalidArgument):
        mean_of([])


def test_infinite_values_make_infinite_means_and_no_nan() -> None:
    found = mean_of([np.array([[1.0, np.inf]]), np.array([[3.0, np.inf]]), np.array([[2.0, 5.0]])])
    assert found.value.tolist() == [2.0, np.inf]
    assert np.isinf(found.error[1])


@pytest.mark.parametrize("method", ["jackknife", "bootstrap"])
def test_errors_of_ratios_are_those_of_repeated_experiments(method) -> None:
    rng, runs, repeats = np.random.default_rng(1), 40, 400
    bottom = rng.gamma(4.0, size=(runs, repeats))
    top = bottom * 2 + rng.normal(size=(runs, repeats))
    found = ratio_of_means(top, bottom, method=method, rng=np.random.default_rng(2))
    assert found.value.std() == pytest.approx(np.sqrt((found.error**2).mean()), rel=0.12)
    z = (found.value - 2) / found.error
    assert 0.9 < z.std() < 1.2
    assert abs(z.mean()) < 0.2


def test_the_jackknife_takes_the_bias_away() -> None:
    rng = np.random.default_rng(3)
    bottom = rng.gamma(2.0, size=(8, 200_000))
    top = np.ones_like(bottom)
    exact, plain = 1 / 2, (top.mean(axis=0) / bottom.mean(axis=0)).mean()
    assert abs(ratio_of_means(top, bottom).value.mean() - exact) < abs(plain - exact) / 5


def test_ratios_that_have_none() -> None:
    with pytest.raises(OutOfDomain):
        ratio_of_means(np.ones(3), np.zeros(3))
    with pytest.raises(InvalidArgument):
        ratio_of_means(np.ones(3), np.ones(4))
    with pytest.raises(InvalidArgument):
        ratio_of_means(np.ones(1), np.ones(1))
    with pytest.raises(InvalidArgument, match="method"):
        ratio_of_means(np.ones(3), np.ones(3), method="delta")


def test_log_moments_of_a_log_normal_law() -> None:
    values = np.exp(np.random.default_rng(4).normal(-3.0, 2.0, size=(4000, 2)))
    found = log_moments(values)
    assert (np.abs(found.mean.value + 3) < 4 * found.mean.error).all()
    assert (np.abs(found.variance.value - 4) < 4 * found.variance.error).all()
    np.testing.assert_allclose(found.mean.error, 2 / np.sqrt(4000), rtol=0.05)
    np.testing.assert_allclose(found.variance.error, 4 * np.sqrt(2 / 4000), rtol=0.15)
    assert not found.zeros.any()


def test_zeros_have_no_logarithm_and_are_counted() -> None:
    found = log_moments(np.array([[0.0, 1.0], [2.0, 1.0], [3.0, 1.0]]))
    assert found.mean.value.tolist() == [-np.inf, 0.0]
    assert found.mean.error.tolist() == [np.inf, 0.0]
    np.testing.assert_allclose(found.zeros, [1 / 3, 0])
    for bad in (-1.0, np.inf, np.nan):
        with pytest.raises(OutOfDomain):
            log_moments(np.array([1.0, bad]))


def test_tails() -> None:
    rng = np.random.default_rng(6)
    assert not tail_of(rng.exponential(size=(100, 50))).heavy.any()
    assert tail_of(np.exp(rng.normal(0, 3, size=(100, 50)))).heavy.mean() > 0.9
    even = tail_of(np.ones((10, 1)))
    assert even.largest_share == pytest.approx(0.1)
    assert even.effective_runs == pytest.approx(10)
    assert tail_of(np.zeros((10, 1))).effective_runs == pytest.approx(10)
    assert tail_of(np.array([1e-300, 1e300, 1e300])).effective_runs == pytest.approx(2)
