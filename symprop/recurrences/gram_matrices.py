"""Homogeneous kernels of whole Gram matrices, tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.numerics.arrays import real_array
from symprop.numerics.tiles import matrix_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["checked_gram", "homogeneous_gram", "symmetric_gram"]

_ROUNDINGS = 4  # units in the last place of the largest entry, for each row
_OVERSHOOT = 2.0**-40  # cosines this far outside [-1, 1] are rounding, not an error


def checked_gram(gram: ArrayLike) -> Array:
    """Return a Gram matrix as float64, not copied.

    Raises
    ------
    InvalidArgument
        If it is not a square matrix.
    OutOfDomain
        If it has no positive, finite diagonal.
    """
    matrix = real_array("gram", gram)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise InvalidArgument(expected("gram", "to be a square matrix", matrix.shape))
    lengths = np.diagonal(matrix)
    bad = lengths[~(np.isfinite(lengths) & (lengths > 0))]
    if bad.size:
        condition = "to have a positive, finite diagonal"
        raise OutOfDomain(expected("gram", condition, float(bad[0])))
    return matrix


def symmetric_gram(gram: ArrayLike) -> Array:
    """Return a Gram matrix as float64, of which both triangles will be read.

    Raises
    ------
    InvalidArgument
        If it is not a square matrix.
    OutOfDomain
        If an entry is not finite, the diagonal is not positive, or the triangles differ by more
        than rounding.

    Examples
    --------
    >>> symmetric_gram([[2, 1], [1, 2]])
    array([[2., 1.],
           [1., 2.]])
    """
    matrix = checked_gram(gram)
    strange = matrix[~np.isfinite(matrix)]
    if strange.size:
        raise OutOfDomain(expected("gram", "to have finite entries", float(strange[0])))
    least, largest = np.minimum(matrix, matrix.T), np.maximum(matrix, matrix.T)
    allowed = _ROUNDINGS * len(matrix) * np.finfo(np.float64).eps * np.abs(matrix).max()
    apart = least < largest - allowed  # a difference of two huge entries would overflow
    if apart.any():
        row, column = np.argwhere(apart)[0]
        raise OutOfDomain(expected("gram", "to be symmetric", f"entries {row}, {column}"))
    return matrix


def homogeneous_gram(gram: Array, kernel: Callable[[Array], Array], diagonal: float) -> Array:
    r"""Return :math:`\sqrt{q_iq_j}\,k(c_{ij})` for the cosines of a Gram matrix.

    Parameters
    ----------
    gram : array of shape (n, n)
        Inner products; the upper triangle is read.
    kernel : callable
        ``k`` on an array of cosines.
    diagonal : float
        ``k(1)``.

    Returns
    -------
    array of shape (n, n)

    Raises
    ------
    InvalidArgument
        If the matrix is not square.
    OutOfDomain
        If a cosine lies outside [-1, 1], or the diagonal is not positive and finite.

    Error
    -----
    That of ``kernel``, for the cosines as rounded.

    Examples
    --------
    >>> homogeneous_gram(np.array([[4.0, 0.0], [0.0, 1.0]]), lambda c: c + 1, 2.0)
    array([[8., 2.],
           [2., 2.]])
    """
    gram = checked_gram(gram)
    exponent = int(np.frexp(np.diagonal(gram).max())[1]) - 1
    squares = np.ldexp(np.diagonal(gram), -exponent)  # products of two of them do not overflow
    factor = 2.0**exponent
    result = np.empty(gram.shape)
    for rows, columns in matrix_tiles(*gram.shape, upper=True):
        products = np.sqrt(squares[rows, None] * squares[columns])  # exact for equal squares
        products *= factor
        with np.errstate(divide="ignore", invalid="ignore"):  # found below
            cosines = gram[rows, columns] / products
        first = slice(rows.start - columns.start, rows.stop - columns.start)
        if columns.start == rows.start:
            block = cosines[:, first]
            upper = np.triu(block)
            block[:] = upper + np.triu(upper, 1).T
            np.fill_diagonal(block, 1.0)
        low, high = cosines.min(), cosines.max()
        if not (low >= -1 - _OVERSHOOT and high <= 1 + _OVERSHOOT):
            worst = low if not low >= -1 - _OVERSHOOT else high
            raise OutOfDomain(expected("gram", "with cosines inside [-1, 1]", float(worst)))
        values = kernel(cosines)
        values *= products
        result[rows, columns] = values
        result[columns, rows] = values.T
    np.fill_diagonal(result, diagonal * np.diagonal(gram))
    return result
