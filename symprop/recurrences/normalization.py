r"""Gram matrices of infinitely wide networks with normalisation, layer after layer, in float64.

With normalisation over a batch of ``n`` inputs the step is

.. math:: T(G)=\mathrm E\,\phi\Bigl(\sqrt n\,\frac y{|y|}\Bigr)
    \phi\Bigl(\sqrt n\,\frac y{|y|}\Bigr)^\top,\qquad y=Ph,\quad h\sim\mathcal N(0,G),

where ``P`` takes the mean over the batch away or is the identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.validation import check_flag, check_integer
from symprop.gaussian.kernel_matrices import covariance_kernel
from symprop.recurrences.batch_norm_map import BatchNormMap, GramStep
from symprop.recurrences.gram_matrices import symmetric_gram
from symprop.specs.activations import Activation, activation

if TYPE_CHECKING:
    import sympy
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["GramStep", "batch_norm_gram", "batch_norm_trajectory", "layer_norm_gram"]


def batch_norm_gram(
    phi: Activation | sympy.Expr | str,
    gram: ArrayLike,
    *,
    center: bool = True,
    seed: int = 0,
) -> GramStep:
    r"""Return the Gram matrix after one infinitely wide layer, normalised over the batch.

    .. math:: \mathrm E\,\phi(\sqrt n\,y/|y|)\,\phi(\sqrt n\,y/|y|)^\top,\qquad
        y\sim\mathcal N(0,PGP)

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation.
    gram : array of shape (n, n)
        ``G``, of any scale.
    center : bool
        Whether the mean over the batch is taken away.
    seed : int
        Of the sampled directions, for activations that are not homogeneous and larger batches.

    Returns
    -------
    GramStep

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the matrix is not symmetric or not finite, a diagonal entry is not positive, an
        eigenvalue is negative beyond rounding, nothing is left of the batch by centring, or
        values of the activation overflow.

    Error
    -----
    About 1e-12 of the diagonal, and up to 1e-9 where eigenvalues differ by ten orders; ``error``
    tells. For activations that are not homogeneous this holds up to rank 40, and up to rank 15 if
    they have kinks or jumps inside :math:`\sqrt n` away from 0; beyond, the error is that of 65536
    directions of low discrepancy, 1e-3 to 1e-5.

    Source
    ------
    thesis, equation 3.3; without centring as in equation 2.1 at rows of unit mean square.

    Notes
    -----
    Activations that are not homogeneous take some milliseconds for each pair of inputs.

    Examples
    --------
    >>> step = batch_norm_gram("identity", [[2, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> step.gram.round(6)
    array([[ 1.127017, -0.563508, -0.563508],
           [-0.563508,  0.936492, -0.372983],
           [-0.563508, -0.372983,  0.936492]])
    """
    return _gram_map(phi, center, seed)(symmetric_gram(gram))


def batch_norm_trajectory(
    phi: Activation | sympy.Expr | str,
    gram: ArrayLike,
    depth: int,
    *,
    center: bool = True,
    seed: int = 0,
) -> Array:
    """Return the Gram matrices of layers 0 to ``depth`` of a batch-normalised network.

    Parameters
    ----------
    phi, gram, center, seed
        As for `batch_norm_gram`; ``gram`` is that of the inputs.
    depth : int
        Number of layers.

    Returns
    -------
    array of shape (depth + 1, n, n)

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        As for `batch_norm_gram`.

    Error
    -----
    Of each layer that of `batch_norm_gram`, carried on by the map; where it contracts, as near
    its stable fixed points, errors do not add up.

    Source
    ------
    thesis, equation 3.3.

    Examples
    --------
    >>> batch_norm_trajectory("relu", [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], 20)[-1].round(6)
    array([[0.5     , 0.054499, 0.054499],
           [0.054499, 0.5     , 0.054499],
           [0.054499, 0.054499, 0.5     ]])
    """
    depth = check_integer("depth", depth, minimum=0)
    first = symmetric_gram(gram)
    gram_map = _gram_map(phi, center, seed)
    path = np.empty((depth + 1, *first.shape))
    path[0] = first
    for layer in range(depth):
        path[layer + 1] = gram_map(path[layer]).gram
    return path


def layer_norm_gram(phi: Activation | sympy.Expr | str, gram: ArrayLike) -> Array:
    r"""Return the Gram matrix after one infinitely wide layer, normalised over its features.

    .. math:: \mathrm E\,\phi(u_i)\phi(u_j),\qquad
        u\sim\mathcal N\bigl(0,(G_{ij}/\sqrt{G_{ii}G_{jj}})_{ij}\bigr)

    Parameters
    ----------
    phi : Activation, str or sympy.Expr
        The activation, after the normalisation.
    gram : array of shape (n, n)
        ``G``, of any scale.

    Returns
    -------
    array of shape (n, n)

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If the matrix is not symmetric or not finite, a diagonal entry is not positive, or a cosine
        lies outside [-1, 1].

    Error
    -----
    That of `symprop.gaussian.kernel_matrices.covariance_kernel`.

    Source
    ------
    thesis, equation 5.13.

    Notes
    -----
    The same for layer normalisation and for division by the root mean square alone: the mean
    over the features of a linear map with independent weights vanishes at infinite width.

    Examples
    --------
    >>> layer_norm_gram("identity", [[4, 1], [1, 1]])
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    matrix = symmetric_gram(gram)
    lengths = np.sqrt(np.diagonal(matrix))
    cosines = matrix / lengths[:, None] / lengths
    np.fill_diagonal(cosines, 1.0)
    result: Array = covariance_kernel(phi, cosines)
    return result


def _gram_map(phi: Activation | sympy.Expr | str, center: bool, seed: int) -> BatchNormMap:
    seed = check_integer("seed", seed, minimum=0)
    return BatchNormMap(activation(phi), check_flag("center", center), seed)
