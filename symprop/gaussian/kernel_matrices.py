r"""Dual kernels of whole covariance matrices, from inputs, in float64.

Rows are normalised first, so that the matrix product gives correlations; then one pass
over tiles applies the kernel in place, to the upper triangle alone where the matrix is
symmetric. Where rows have different variances and the kernel has no hand-written closed
form,

.. math:: W_{ij} = \sum_k a_k(q_i)\, a_k(q_j)\, \rho_{ij}^k

is summed by Horner's rule, with one rank-one update per power.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, frexp, isfinite, ldexp
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import (
    InvalidArgument,
    NoClosedForm,
    OutOfDomain,
    PrecisionNotReached,
    expected,
)
from symprop.gaussian.expansions_by_row import HermiteRows, hermite_rows
from symprop.gaussian.float_faces import closed_form_kernel, float_kernel
from symprop.gaussian.float_tile import Array, Tile
from symprop.gaussian.hot_forms import hot_form
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.arrays import real_array
from symprop.numerics.tiles import TILE_ROWS, matrix_tiles, scratch
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy
    from numpy.typing import ArrayLike

__all__ = ["covariance_kernel", "kernel_matrix"]

_Fill = Callable[[Tile, slice, slice], None]

_HIGHEST_ORDER = 10_000
_SAME = 2.0**-49  # variances this close, relatively, are the rounding of equal ones
_OVERSHOOT = 2.0**-40  # correlations this far outside [-1, 1] are rounding, not an error


def kernel_matrix(
    phi: Activation | sympy.Expr | str,
    inputs: ArrayLike,
    other: ArrayLike | None = None,
    *,
    scale: float = 1.0,
    error: float = 1e-10,
) -> Array:
    r"""Return ``K_ij = E phi(u_i) phi(v_j)`` for Gaussians with covariance ``scale * X Y'``.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.
    inputs : array_like, shape (n, d)
        Rows ``x_i``, none of them zero.
    other : array_like, shape (m, d), optional
        Rows ``y_j``; by default ``inputs``, and the result is symmetric.
    scale : float
        Factor of the covariances, such as ``weight_variance / d``.
    error : float
        Largest error wanted, relative to ``sqrt(K(x_i, x_i) K(y_j, y_j))``, where rows of
        different variance have to be summed as a series; other ways err far less.

    Returns
    -------
    ndarray, shape (n, m)

    Raises
    ------
    OutOfDomain
        If a row is zero or not finite, or a kernel value overflows.
    NoClosedForm
        If variances differ and the activation is neither analytic, homogeneous nor one of
        those with a float64 closed form.
    PrecisionNotReached
        If the series would need too many terms: the variances are too large for it.

    Conventions
    -----------
    Variances, not standard deviations.

    Error
    -----
    That of `float_kernel`, or ``error`` for series of rows, for the correlations as rounded
    by the matrix product.

    Source
    ------
    Mehler's expansion and Parseval's identity.

    Examples
    --------
    >>> kernel_matrix("relu", [[3.0, 0.0], [0.0, 2.0]]).round(12)
    array([[4.5       , 0.95492966],
           [0.95492966, 2.        ]])
    """
    function = activation(phi)
    rows, q1 = _normalised("inputs", inputs, scale)
    if other is None:
        matrix = rows @ rows.T
        np.fill_diagonal(matrix, 1.0)
        return _apply(function, matrix, q1, q1, True, error)
    columns, q2 = _normalised("other", other, scale)
    return _apply(function, rows @ columns.T, q1, q2, False, error)


def covariance_kernel(
    phi: Activation | sympy.Expr | str, covariance: ArrayLike, *, error: float = 1e-10
) -> Array:
    """Return ``E phi(u_i) phi(u_j)`` for Gaussians u with a given covariance matrix.

    Parameters
    ----------
    phi : Activation, sympy.Expr or str
        The activation.
    covariance : array_like, shape (n, n)
        Symmetric, positive diagonal, correlations in [-1, 1] up to rounding (which is taken
        back to +-1). The upper triangle is read.
    error : float
        As for `kernel_matrix`.

    Returns
    -------
    ndarray, shape (n, n)

    Raises
    ------
    OutOfDomain
        If the diagonal is not positive or a correlation lies outside [-1, 1].
    NoClosedForm, PrecisionNotReached
        As for `kernel_matrix`.

    Error
    -----
    As for `kernel_matrix`, for the correlations as rounded.

    Examples
    --------
    >>> covariance_kernel("sign", [[4.0, 1.0], [1.0, 1.0]]).round(12)
    array([[1.        , 0.33333333],
           [0.33333333, 1.        ]])
    """
    given = real_array("covariance", covariance)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise InvalidArgument(expected("covariance", "to be a square matrix", given.shape))
    q = np.diagonal(given).copy()
    if not (np.isfinite(q) & (q > 0)).all():
        raise OutOfDomain(expected("covariance", "to have a positive, finite diagonal", q.min()))
    inverse = 1 / np.sqrt(q)
    matrix = given * inverse[:, None]
    matrix *= inverse
    np.fill_diagonal(matrix, 1.0)
    return _apply(activation(phi), matrix, q, q, True, error)


def _normalised(name: str, inputs: ArrayLike, scale: float) -> tuple[Array, Array]:
    """Return the rows divided by their lengths, and ``scale`` times the squared lengths."""
    given = real_array(name, inputs)
    if given.ndim != 2:
        raise InvalidArgument(expected(name, "to be a matrix of rows", given.shape))
    if not (isfinite(scale) and scale > 0):
        raise OutOfDomain(expected("scale", "> 0", scale))
    largest = np.abs(given).max(axis=1, initial=0.0)  # a power of two near it avoids overflow
    if not (np.isfinite(largest) & (largest > 0)).all():
        raise OutOfDomain(expected(name, "to have finite rows, none of them zero", "another"))
    power = np.ldexp(1.0, np.frexp(largest)[1] - 1)
    rows = given / power[:, None]
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= lengths[:, None]
    with np.errstate(over="ignore", under="ignore"):
        q = scale * np.square(power * lengths)
    if not (np.isfinite(q) & (q > 0)).all():
        raise OutOfDomain(expected(name, "to have variances in the range of float64", q.max()))
    return rows, q


def _apply(
    phi: Activation, matrix: Array, q1: Array, q2: Array, symmetric: bool, error: float
) -> Array:
    """Turn correlations into kernel values, in place."""
    fill, diagonal = _filler(phi, q1, q2, error)
    spaces = scratch(4)
    below = np.tri(TILE_ROWS, k=-1, dtype=bool)
    for rows, columns in matrix_tiles(*matrix.shape, upper=symmetric):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        spare, out, first, second = (
            space[: height * width].reshape(height, width) for space in spaces
        )
        rho = _inside(matrix[rows, columns], spare)
        fill(Tile(rho, None, q1[rows, None], q2[columns], out, first, second), rows, columns)
        if symmetric:
            if columns.start == rows.start:  # products in another order round differently
                block = out[:, :height]
                np.copyto(block, block.T.copy(), where=below[:height, :height])
            beyond = max(rows.stop, columns.start)
            matrix[beyond : columns.stop, rows] = out[:, beyond - columns.start :].T
        matrix[rows, columns] = out
    if symmetric and diagonal is not None:
        np.fill_diagonal(matrix, diagonal)
    return matrix


def _inside(given: Array, spare: Array) -> Array:
    """Return correlations with overshoots by rounding taken back, copied only if there are any."""
    low, high = given.min(), given.max()
    if low >= -1.0 and high <= 1.0:
        return given
    if not (low >= -1 - _OVERSHOOT and high <= 1 + _OVERSHOOT):
        worst = given.flat[np.argmax(np.where(np.isnan(given), np.inf, np.abs(given)))]
        raise OutOfDomain(expected("correlations", "inside [-1, 1]", float(worst)))
    np.minimum(given, 1.0, out=spare)
    np.maximum(spare, -1.0, out=spare)
    return spare


def _filler(phi: Activation, q1: Array, q2: Array, error: float) -> tuple[_Fill, Array | None]:
    """Return how to fill a tile, and the diagonal where that is known better."""
    lowest, highest = min(q1.min(), q2.min()), max(q1.max(), q2.max())
    equal = highest - lowest <= _SAME * highest
    mantissa, exponent = frexp(float(highest))
    middle = ldexp(round(mantissa * 2.0**48) / 2.0**48, exponent) if equal else float(highest)
    form = hot_form(phi)
    if form is not None:
        closed = closed_form_kernel(form, (middle, middle))
        factor = closed.variances[0] / middle

        def by_formula(tile: Tile, _rows: slice, _columns: slice) -> None:
            tile.q1 = closed.variances[0] if equal else tile.q1 * factor
            tile.q2 = closed.variances[1] if equal else tile.q2 * factor
            closed.fill(tile)

        return by_formula, None
    if equal:
        kernel = float_kernel(phi, variances=(middle, middle))
        return lambda tile, _rows, _columns: kernel.fill(tile), None
    if phi.homogeneity is not None:
        unit, power = float_kernel(phi), float(phi.homogeneity) / 2

        def by_degree(tile: Tile, _rows: slice, _columns: slice) -> None:
            unit.fill(tile)
            tile.out *= tile.q1**power
            tile.out *= tile.q2**power

        return by_degree, None
    return _series_filler(phi, q1, q2, error)


def _series_filler(
    phi: Activation, q1: Array, q2: Array, error: float
) -> tuple[_Fill, Array | None]:
    same = q1 is q2
    both = _rows(phi, q1 if same else np.concatenate([q1, q2]), error)
    left = np.ascontiguousarray(both.coefficients[: q1.size].T)
    right = left if same else np.ascontiguousarray(both.coefficients[q1.size :].T)
    step = 2 if phi.parity else 1
    powers = range(1 if phi.parity == "odd" else 0, len(left), step)

    def by_series(tile: Tile, rows: slice, columns: slice) -> None:
        variable = tile.rho
        if step == 2:
            variable = np.multiply(tile.rho, tile.rho, out=tile.first)
        last = powers[-1]
        np.multiply(left[last, rows, None], right[last, columns], out=tile.out)
        for k in powers[-2::-1]:
            tile.out *= variable
            np.multiply(left[k, rows, None], right[k, columns], out=tile.second)
            tile.out += tile.second
        if phi.parity == "odd":
            tile.out *= tile.rho

    return by_series, both.second_moments if same else None


def _rows(phi: Activation, q: Array, error: float) -> HermiteRows:
    """Return the coefficients of all rows, to an order at which every tail is small enough."""
    if integrand_of(phi).strip is None:
        raise NoClosedForm(
            "Expected an analytic or homogeneous activation for rows of different variance"
            f" but got {phi.name}."
        )
    order = _order(phi, float(q.max()), error)
    while order <= _HIGHEST_ORDER:
        rows = hermite_rows(phi, q, order)
        if _relative_error(rows).max() <= error:
            return rows
        order = ceil(1.2 * order) + 4
    raise PrecisionNotReached(
        f"Expected an error of {error} but variances up to {q.max():.4g} need more than"
        f" {_HIGHEST_ORDER} terms of the Hermite series of {phi.name}."
    )


def _relative_error(rows: HermiteRows) -> Array:
    """Bound, for each row, what it adds to the error relative to ``sqrt(V_i V_j)``."""
    result: Array = rows.tails / rows.second_moments
    result += 2 * rows.error / np.sqrt(rows.second_moments)
    return result


def _order(phi: Activation, q: float, error: float) -> int:
    """Return the order at which the largest variance has its tail below the error wanted."""
    order = 64
    while order <= _HIGHEST_ORDER:
        row = hermite_rows(phi, [q], order)
        squares = np.square(row.coefficients[0])
        tails = np.cumsum(squares[::-1])[::-1] + row.tails[0]
        enough = np.flatnonzero(tails <= error / 2 * row.second_moments[0])
        if enough.size:
            return int(enough[0]) + 1
        order *= 2
    return order
