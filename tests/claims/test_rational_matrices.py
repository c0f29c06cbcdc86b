"""Exact matrices against NumPy and against their own definitions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from symprop.claims.rational_matrices import (
    centred_rows,
    determinant,
    eigenvalues,
    gram,
    identity_matrix,
    integer_matrix,
    isometry,
    isometry_of_rows,
    matrices,
    multiplied,
    orthogonal_matrices,
    scaled,
    square_matrices,
    trace,
    transposed,
)


def as_array(matrix: tuple[tuple[Fraction, ...], ...]) -> np.ndarray:
    return np.array([[float(entry) for entry in row] for row in matrix])


@given(matrices().strategy())
def test_products_agree_with_numpy(matrix: tuple[tuple[Fraction, ...], ...]) -> None:
    array = as_array(matrix)
    np.testing.assert_allclose(as_array(gram(matrix)), array @ array.T, atol=1e-12)
    np.testing.assert_allclose(as_array(transposed(matrix)), array.T)
    np.testing.assert_allclose(
        as_array(centred_rows(matrix)), array - array.mean(axis=1, keepdims=True), atol=1e-12
    )
    assert trace(gram(matrix)) == sum(x * x for row in matrix for x in row)


@given(square_matrices().strategy())
def test_square_matrices_are_invertible(matrix: tuple[tuple[Fraction, ...], ...]) -> None:
    assert determinant(matrix) != 0
    assert float(determinant(matrix)) == pytest.approx(np.linalg.det(as_array(matrix)), rel=1e-9)


def test_isometry_of_a_diagonal_matrix() -> None:
    assert float(isometry(integer_matrix((1, 0), (0, 4)), 20)) == pytest.approx(0.8)
    assert isometry(identity_matrix(3, 7), 20) == 1
    assert isometry(integer_matrix((1, 1), (1, 1)), 20) == 0
    assert float(isometry_of_rows(integer_matrix((1, 0), (0, 4)), 20)) == pytest.approx(1)
    assert isometry_of_rows(integer_matrix((1, 2), (2, 4)), 20) == 0


@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 2, 3, 4, 5, 6), (0, 0, 0, 1, 1, 1), (7,)])
def test_products_of_reflections_are_orthogonal(numbers: tuple[int, ...]) -> None:
    found = orthogonal_matrices(3, numbers)
    assert gram(found) == identity_matrix(3)
    assert multiplied(found, transposed(found)) == scaled(identity_matrix(3), Fraction(1))


@given(square_matrices().strategy())
def test_eigenvalues_agree_with_numpy(matrix: tuple[tuple[Fraction, ...], ...]) -> None:
    products = gram(matrix)
    found = [float(value) for value in eigenvalues(products, 20)]
    expected = np.linalg.eigvalsh(as_array(products))
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9 * expected[-1])
