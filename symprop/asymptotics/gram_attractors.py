"""Attractors of the Gram map of batch normalisation, found by search.

Random matrices of several kinds are sent through the map until they stay. What is found is a
list of limits, not a proof that there are no others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_flag, check_integer
from symprop.numerics.arrays import real_array
from symprop.recurrences.batch_norm_directions import is_found_by_pairs
from symprop.recurrences.gram_matrices import symmetric_gram
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "GramAttractor",
    "find_gram_attractors",
    "gram_map_eigenvalues",
    "gram_map_eigenvalues_by_type",
]

_SETTLED = 1e-9
_SAME = 1e-6
_STEP = 1e-3
_REAL = 1e-6  # errors of 1e-9 split multiple eigenvalues into pairs that are nearly real


@dataclass(frozen=True, eq=False)
class GramAttractor:
    """A matrix that others go to.

    Attributes
    ----------
    gram : array of shape (n, n)
        The limit, inputs in increasing order of their rows' sums.
    starts : int
        How many starts ended here.
    change : float
        Largest change of an entry in the last step.
    """

    gram: Array
    starts: int
    change: float


def find_gram_attractors(
    phi: Activation | sympy.Expr | str,
    batch: int,
    *,
    center: bool = True,
    starts: int = 12,
    depth: int = 2000,
    seed: int = 0,
) -> tuple[GramAttractor, ...]:
    """Return limits of the Gram map of batch normalisation from random starts.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    batch : int
        Number of inputs, at least 2; for activations that are not homogeneous at most 40, or 15
        if they have kinks or jumps away from 0, and one more with centring.
    center : bool
        Whether the mean over the batch is taken away.
    starts : int
        How many random matrices: of full rank, with a common part, and in two clusters, in turn.
    depth : int
        Most layers for each.
    seed : int
        Of the starts.

    Returns
    -------
    tuple of GramAttractor
        By how many starts end there. Limits that are permutations of one another count once;
        starts that have not settled after ``depth`` layers are left out.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the batch is too large for quadrature.
    OutOfDomain
        If the activation overflows or brings all inputs to 0.

    Error
    -----
    Limits to about 1e-8 of the diagonal, where the map contracts by a fixed factor.

    Source
    ------
    thesis, section 3.3.2.

    Notes
    -----
    A layer of an activation that is not homogeneous takes some milliseconds for each pair of
    inputs, and limits up to hundreds of layers.

    Examples
    --------
    >>> (limit,) = find_gram_attractors("relu", 4, starts=3)
    >>> limit.starts, limit.gram[0, :2].round(6)
    (3, array([0.5     , 0.084748]))
    """
    batch = check_integer("batch", batch, minimum=2)
    chosen = _checked(phi, batch, center)
    starts = check_integer("starts", starts, minimum=1)
    depth = check_integer("depth", depth, minimum=1)
    generator = np.random.default_rng(check_integer("seed", seed, minimum=0))
    found: list[GramAttractor] = []
    for index in range(starts):
        start = _STARTS[index % len(_STARTS)](batch, generator)
        limit, change = _settle(chosen, start, center, depth)
        scale = float(np.diagonal(limit).max())
        if change > _SETTLED * scale:
            continue
        for place, known in enumerate(found):
            if np.abs(known.gram - limit).max() < _SAME * scale:
                found[place] = replace(known, starts=known.starts + 1)
                break
        else:
            found.append(GramAttractor(limit, 1, change))
    return tuple(sorted(found, key=lambda attractor: -attractor.starts))


def gram_map_eigenvalues(
    phi: Activation | sympy.Expr | str, gram: Array, *, center: bool = True
) -> Array | NDArray[np.complex128]:
    """Return the eigenvalues of the derivative of the Gram map at a matrix of full rank.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    gram : array of shape (n, n)
        Where to take the derivative, among symmetric matrices; ``n`` as for
        `find_gram_attractors`.
    center : bool
        Whether the mean over the batch is taken away.

    Returns
    -------
    array of shape (n (n + 1)/2,)
        By decreasing modulus; complex, if there are pairs of complex ones.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or there are too many inputs for quadrature.
    OutOfDomain
        If a step of 0.001 of the diagonal leaves the matrices without negative eigenvalues.

    Error
    -----
    About 1e-9, of differences of fourth order.

    Source
    ------
    thesis, section 3.3.2.

    Examples
    --------
    >>> gram_map_eigenvalues("identity", np.eye(3), center=False)[:5].round(6)
    array([0.6, 0.6, 0.6, 0.6, 0.6])
    """
    matrix = symmetric_gram(gram)
    size = len(matrix)
    chosen = _checked(phi, size, center)
    rows, columns = np.triu_indices(size)
    table = np.empty((len(rows), len(rows)))
    for index, (i, j) in enumerate(zip(rows, columns, strict=True)):
        direction = np.zeros((size, size))
        direction[i, j] = direction[j, i] = 1
        table[:, index] = _derivative(chosen, matrix, direction, center)[rows, columns]
    values = _eigenvalues(table)
    return values[np.argsort(-np.abs(values), kind="stable")]


def gram_map_eigenvalues_by_type(
    phi: Activation | sympy.Expr | str, batch: int, cosine: float, *, center: bool = True
) -> dict[str, tuple[float, ...] | tuple[complex, ...]]:
    """Return the eigenvalues of the derivative of the Gram map for exchangeable inputs, by type.

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    batch : int
        Number of inputs, as for `find_gram_attractors`.
    cosine : float
        Of any two inputs, which have unit length; inside :math:`(-1/(n-1), 1)`.
    center : bool
        Whether the mean over the batch is taken away.

    Returns
    -------
    dict of str to tuple of float or complex
        Types ``trivial``, ``standard`` and, from 4 inputs on, ``(n-2,2)``; each value once.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the batch is too large for quadrature.
    OutOfDomain
        If the cosine is not inside its range.

    Conventions
    -----------
    Of the map to matrices of the same scale: the derivative is taken with respect to the
    logarithm of the diagonal, which is what counts at a fixed point.

    Error
    -----
    About 1e-9, of differences of fourth order.

    Source
    ------
    thesis, section 3.3.2.

    Examples
    --------
    >>> values = gram_map_eigenvalues_by_type("identity", 4, 0.0, center=False)
    >>> [round(value, 6) for value in values["standard"]]
    [0.666667, 0.666667]
    """
    n = check_integer("batch", batch, minimum=2)
    chosen = _checked(phi, n, center)
    cosine = _checked_cosine(cosine, n)
    unit = np.eye(n)
    gram = cosine + (1 - cosine) * unit
    diagonal = float(batch_norm_gram(chosen, gram, center=center).gram[0, 0])
    v = np.zeros(n)
    v[:2] = 1, -1
    sums = (v[:, None] + v) * (1 - unit)
    crossed = np.outer(v, np.roll(v, 2))
    blocks: dict[str, tuple[list[Array], list[tuple[int, int]]]] = {
        "trivial": ([unit, 1 - unit], [(0, 0), (0, 1)]),
        "standard": ([np.diag(v), sums][: n - 1], [(0, 0), (0, 2)][: n - 1]),
        "(n-2,2)": ([crossed + crossed.T], [(0, 2)]),
    }
    if n < 4:
        del blocks["(n-2,2)"]
    result = {}
    for name, (directions, places) in blocks.items():
        images = [_derivative(chosen, gram, direction, center) for direction in directions]
        block = np.array([[image[place] for image in images] for place in places]) / diagonal
        values = _eigenvalues(block)
        result[name] = tuple(values[np.argsort(np.abs(values), kind="stable")].tolist())
    return result


def _eigenvalues(table: Array) -> Array | NDArray[np.complex128]:
    """Return eigenvalues without imaginary parts that are errors of the differences."""
    values = np.linalg.eigvals(table)
    if np.abs(values.imag).max() < _REAL * np.abs(values).max():
        return np.asarray(values.real, dtype=np.float64)
    return np.asarray(values, dtype=np.complex128)


def _derivative(phi: Activation, gram: Array, direction: Array, center: bool) -> Array:
    step = _STEP * float(np.diagonal(gram).max())
    images = [
        batch_norm_gram(phi, gram + k * step * direction, center=center).gram
        for k in (-2, -1, 1, 2)
    ]
    result: Array = (8 * (images[2] - images[1]) - images[3] + images[0]) / (12 * step)
    return result


def _checked(phi: Activation | sympy.Expr | str, batch: int, center: bool) -> Activation:
    chosen = activation(phi)
    rank = batch - check_flag("center", center)
    degree = chosen.homogeneity
    known = degree is not None and degree > 0
    if not known and rank > 1 and not is_found_by_pairs(chosen, batch, rank):
        condition = "small enough for quadrature with this activation, sampling being too coarse"
        raise InvalidArgument(expected("batch", condition, batch))
    return chosen


def _checked_cosine(cosine: float, batch: int) -> float:
    value = real_array("cosine", cosine)
    if value.ndim:
        raise InvalidArgument(expected("cosine", "to be one number", cosine))
    if not -1 / (batch - 1) < value < 1:
        raise OutOfDomain(expected("cosine", f"inside (-1/{batch - 1}, 1)", cosine))
    return float(value)


def _settle(phi: Activation, gram: Array, center: bool, depth: int) -> tuple[Array, float]:
    change = np.inf
    for _ in range(depth):
        after = batch_norm_gram(phi, gram, center=center).gram
        change = float(np.abs(after - gram).max())
        gram = after
        if change < _SETTLED / 100 * float(np.diagonal(gram).max()):
            break
    order = np.argsort(np.round(gram.sum(axis=0), 6), kind="stable")
    limit: Array = gram[np.ix_(order, order)]
    return limit, change


def _full(size: int, generator: np.random.Generator) -> Array:
    vectors = generator.standard_normal((size, 2 * size))
    product: Array = vectors @ vectors.T
    return product


def _common(size: int, generator: np.random.Generator) -> Array:
    return np.asarray(_full(size, generator) + 20.0 * size, dtype=np.float64)


def _clusters(size: int, generator: np.random.Generator) -> Array:
    signs = np.where(np.arange(size) % 2, -1.0, 1.0)
    return np.asarray(_full(size, generator) + 20.0 * size * np.outer(signs, signs))


_STARTS: tuple[Callable[[int, np.random.Generator], Array], ...] = (_full, _common, _clusters)
