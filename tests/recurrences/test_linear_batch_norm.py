"""Linear batch-normalised chains: one layer against simulation, and the stationary gap."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.linear_batch_norm import (
    gaussian_orthogonality_gap,
    haar_isometry_gap,
    stationary_orthogonality_gap,
)
from tests.malformed import NO_INTEGERS, NO_NUMBERS, NO_SEQUENCES, assert_refused


def test_gaussian_layer_against_simulation() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(4000):
        rows = rng.normal(size=(7, 3)) * np.array([3.0, 2.0, 1.0])
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        found.append(np.sum((rows.T @ rows / 7 - np.eye(3) / 3) ** 2))
    exact = float(gaussian_orthogonality_gap([9, 4, 1], 7))
    assert abs(np.mean(found) - exact) < 5 * np.std(found) / np.sqrt(4000)


def test_orthogonal_inputs_leave_the_fluctuations() -> None:
    gap = gaussian_orthogonality_gap([2, 2, 2, 2], 10, dps=30)
    assert gap.contains("3/40")
    assert gaussian_orthogonality_gap([1, 0], 10).contains("1/2")


def test_small_deviations_shrink_by_n_over_n_plus_2() -> None:
    """At a width of 10**30 nothing but the contraction is left."""
    eigenvalues = ["1.001", "0.999", "1"]
    square = float(gaussian_orthogonality_gap(eigenvalues, 10**30, dps=20))
    assert square / (2e-6 / 9) == pytest.approx((3 / 5) ** 2, rel=1e-5)


def test_haar_layer_in_the_plane() -> None:
    """``log((1 + sqrt(1 - e^2))/2)`` on top of the gap before."""
    after = float(haar_isometry_gap(["3/2", "1/2"], dps=20))
    before = -0.5 * np.log(0.75)
    assert after == pytest.approx(before + np.log((1 + np.sqrt(0.75)) / 2), abs=1e-15)


def test_haar_contraction_near_the_identity() -> None:
    eigenvalues = ["1.001", "0.999", "1", "1"]
    before = -float(np.log([1.001, 0.999]).sum()) / 4
    assert float(haar_isometry_gap(eigenvalues)) / before == pytest.approx(4 / 6, rel=1e-5)


def test_stationary_gap_is_fluctuation_over_contraction() -> None:
    for n in (2, 3, 10):
        kept = Fraction(n, n + 2) ** 2
        assert stationary_orthogonality_gap(n) == Rational((1 - Fraction(1, n)) / (1 - kept))


def test_what_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="> 0"):
        haar_isometry_gap([1, 0])
    with pytest.raises(InvalidArgument, match="at least one"):
        haar_isometry_gap([])
    with pytest.raises(InvalidArgument, match="batch"):
        stationary_orthogonality_gap(0)


def test_malformed_arguments_are_named() -> None:
    for gap in (haar_isometry_gap, lambda values: gaussian_orthogonality_gap(values, 3)):
        assert_refused(gap, NO_SEQUENCES, "eigenvalues to be a sequence of numbers")
        assert_refused(lambda value, gap=gap: gap([value, 1]), NO_NUMBERS, "eigenvalue to be")
        with pytest.raises(InvalidArgument, match="eigenvalues to hold at least one"):
            gap([])
    assert_refused(lambda d: gaussian_orthogonality_gap([1, 2], d), NO_INTEGERS, "width to be an")
    assert_refused(stationary_orthogonality_gap, NO_INTEGERS, "batch to be an integer")


def test_one_input_has_no_gap() -> None:
    assert float(gaussian_orthogonality_gap([4], 3)) == 0
    assert float(haar_isometry_gap([4])) == 0
