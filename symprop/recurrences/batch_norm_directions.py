r"""Gram matrices after batch normalisation, from the directions of a Gaussian vector.

.. math:: \mathrm E\,\phi(\sqrt n\,u)\,\phi(\sqrt n\,u)^\top,\qquad
    u=V\Lambda^{1/2}z/|\Lambda^{1/2}z|

for any activation, with ``z`` standard normal. An entry needs two coordinates of ``u`` only: in
small batches it is found by quadrature for each pair. In larger ones directions are sampled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.gaussian.direction_pairs import direction_pair_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["gram_by_directions", "is_found_by_pairs"]

_MOST_SMOOTH, _MOST_KINKED = 40, 15  # ranks that take about 5 seconds
_ROUNDING = 512 * float(np.finfo(np.float64).eps)
_VANISHING = 1e-13
_POINTS, _REPEATS = 1 << 12, 16


def gram_by_directions(
    phi: Activation, values: Array, vectors: Array, seed: int
) -> tuple[Array, float]:
    """Return the Gram matrix after one layer, and how far entries may be off.

    Parameters
    ----------
    phi : Activation
        The activation.
    values : array of shape (m,)
        Eigenvalues of the matrix that is normalised, positive.
    vectors : array of shape (n, m)
        Their vectors.
    seed : int
        Of the sampled directions, where `is_found_by_pairs` is False.

    Returns
    -------
    array of shape (n, n), float

    Raises
    ------
    OutOfDomain
        If the activation overflows.

    Error
    -----
    The second result: of two rules, or three standard errors where directions are sampled.

    Source
    ------
    thesis, equation 3.3.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> unit = np.eye(3)
    >>> gram_by_directions(activation("sign"), np.ones(3), unit, 0)[0].round(12) + 0.0
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])
    """
    size, rank = vectors.shape
    rows = np.sqrt(size) * vectors
    ends = np.array([-1.0, 1.0]) * np.sqrt(size)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
        bounded = bool(np.isfinite(np.square(phi(ends))).all())
        if not bounded:
            raise OutOfDomain(expected("activation", "with squares in float64", phi.name))
        if rank == 1:
            result, error = _mean_product(phi, np.concatenate([rows.T, -rows.T])), 0.0
        elif is_found_by_pairs(phi, size, rank):
            result, error = _by_pairs(phi, values, rows)
        else:
            result, error = _by_sampling(phi, values, rows, seed)
    if not np.isfinite(result).all():
        raise OutOfDomain(expected("activation", "with squares in float64", phi.name))
    return result, error + _ROUNDING * float(np.diagonal(result).max())


def is_found_by_pairs(phi: Activation, size: int, rank: int) -> bool:
    """Return whether a batch is small enough for quadrature over each pair of inputs.

    Parameters
    ----------
    phi : Activation
        The activation.
    size : int
        Number of inputs.
    rank : int
        Of the matrix that is normalised.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> [is_found_by_pairs(activation(name), 30, 29) for name in ("tanh", "hard_tanh")]
    [True, False]
    """
    return rank <= (_MOST_KINKED if _kinks(phi, size) else _MOST_SMOOTH)


def _kinks(phi: Activation, size: int) -> list[float]:
    """Return where there are kinks or jumps that normalised inputs reach, up to sign and 0."""
    places = {abs(float(point)) for point in phi.breakpoints}
    return sorted(place for place in places if 0 < place < np.sqrt(size))


def _by_pairs(phi: Activation, values: Array, rows: Array) -> tuple[Array, float]:
    size = len(rows)
    kinks = _kinks(phi, size)
    lengths = np.linalg.norm(rows, axis=1)
    absent = lengths <= _VANISHING * np.sqrt(size)
    centre = float(phi(np.zeros(1))[0])

    def product(p: Array, q: Array) -> Array:
        return phi(p) * phi(q)

    def squared(p: Array, _q: Array) -> Array:
        image = phi(p)
        return image * image

    def alone(p: Array, _q: Array) -> Array:
        return centre * phi(p)

    result, error = np.empty((size, size)), 0.0
    for i in range(size):
        for j in range(i + 1):
            if absent[i] and absent[j]:
                result[i, j] = result[j, i] = centre**2
                continue
            first, second = (j, i) if absent[i] else (i, j)
            function = squared if i == j else product
            if absent[second]:
                function, second = alone, first
            value, change = direction_pair_mean(
                function,
                values,
                rows[first],
                rows[second],
                kinks=(kinks, () if second == first else kinks),
                symmetric=phi.parity is not None and function is not alone,
            )
            result[i, j] = result[j, i] = value
            error = max(error, change)
    return result, error


def _by_sampling(phi: Activation, values: Array, rows: Array, seed: int) -> tuple[Array, float]:
    from scipy.special import ndtri
    from scipy.stats import qmc

    size, rank = rows.shape
    generator = np.random.default_rng(seed)
    found = np.empty((_REPEATS, size, size))
    for index in range(_REPEATS):
        sobol: Any = qmc.Sobol(rank, rng=generator)
        uniform = sobol.random(_POINTS)
        least = 0.5 / _POINTS**2
        normal = ndtri(np.clip(uniform, least, 1 - least)) * np.sqrt(values)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        found[index] = _mean_product(phi, normal @ rows.T)
    error = 3 * found.std(axis=0, ddof=1).max() / np.sqrt(_REPEATS)
    return found.mean(axis=0), float(error)


def _mean_product(phi: Activation, points: Array) -> Array:
    images = phi(points)
    product: Array = images.T @ images / len(points)
    return product
