"""Smallest eigenvalues are enclosed: known spectra, indefinite and singular matrices."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.numerics.precision import working_bits
from symprop.recurrences.eigenvalues import smallest_eigenvalue_ball


def ball_of(matrix, bits: int = 100) -> arb:
    with working_bits(bits):
        return smallest_eigenvalue_ball([[arb(entry) for entry in row] for row in matrix], bits)


@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_second_differences(size: int) -> None:
    """Their eigenvalues are 2 - 2 cos(k pi/(n + 1))."""
    matrix = 2.0 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1)
    with working_bits(150):
        exact = 2 - 2 * (arb.pi() / (size + 1)).cos()
    found = ball_of(matrix.tolist())
    assert found.contains(exact) or found.overlaps(exact)
    assert found.rad() < 1e-25


def test_indefinite_and_singular() -> None:
    assert ball_of([[1.0, 2.0], [2.0, 1.0]]).contains(-1)
    singular = ball_of([[1.0, 1.0], [1.0, 1.0]])
    assert singular.contains(0)
    assert singular.rad() < 1e-25
    assert ball_of([[1.0, 0.0], [0.0, 1.0]]).contains(1)


def test_wide_entries_give_wide_balls() -> None:
    with working_bits(80):
        found = smallest_eigenvalue_ball([[arb(2, 0.1), arb(0)], [arb(0), arb(3, 0.1)]], 80)
    assert found.contains(1.9)
    assert found.contains(2.1)
