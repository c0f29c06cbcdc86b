"""Homogeneous kernels of whole matrices: odd sizes, unequal lengths, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.gram_matrices import checked_gram, homogeneous_gram, symmetric_gram


@pytest.mark.parametrize("size", [1, 2, 31, 33, 545])
def test_tiles_cover_the_matrix(size: int) -> None:
    rows = np.random.default_rng(size).normal(size=(size, 7)) * 3
    gram = rows @ rows.T
    lengths = np.sqrt(np.diagonal(gram))
    product = lengths[:, None] * lengths
    expected = product * (gram / product) ** 2
    found = homogeneous_gram(np.triu(gram), np.square, 1.0)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="square"):
        checked_gram([[1.0, 2.0]])
    with pytest.raises(OutOfDomain, match="positive"):
        checked_gram([[1.0, 0.0], [0.0, 0.0]])
    with pytest.raises(OutOfDomain, match="gram=inf"):
        checked_gram([[1.0, 0.0], [0.0, np.inf]])
    for wrong in (1.01, -1.01, np.nan):
        with pytest.raises(OutOfDomain, match="cosines"):
            homogeneous_gram(np.array([[1.0, wrong], [wrong, 1.0]]), np.square, 1.0)
    with pytest.raises(OutOfDomain, match="cosines"):
        homogeneous_gram(np.array([[1e300, 1.0], [1.0, 1e-300]]), np.square, 1.0)
    for size in (1e-320, 1e-300, 1e308):
        found = homogeneous_gram(size * np.array([[1, 0.5], [0.5, 1]]), np.square, 1.0)
        assert found[0, 1] == pytest.approx(size / 4, rel=1e-3)
    assert homogeneous_gram(np.full((2, 2), 0.1 + 0.2), np.square, 1.0).shape == (2, 2)


def test_both_triangles_are_compared() -> None:
    near = np.array([[1.0, 0.5], [0.5 + 2**-53, 1.0]])
    assert symmetric_gram(near) is near
    symmetric_gram([[1e308, -1e308], [-1e308, 1e308]])
    with pytest.raises(OutOfDomain, match="entries 0, 1"):
        symmetric_gram([[1.0, 0.5], [0.4, 1.0]])
    with pytest.raises(OutOfDomain, match="finite entries but got gram=inf"):
        symmetric_gram([[1.0, np.inf], [np.inf, 1.0]])


@pytest.mark.parametrize("length", [np.nan, np.inf, 0.0, -1.0])
def test_lengths_that_are_none(length: float) -> None:
    with pytest.raises(OutOfDomain, match="gram to have a positive, finite diagonal"):
        homogeneous_gram(np.array([[length]]), lambda c: c + 1, 2.0)
