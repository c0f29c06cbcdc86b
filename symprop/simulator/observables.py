r"""What is read off a sampled network: lengths, angles, gradients and measures of Gram matrices.

Every function takes a `symprop.simulator.run.Run` and returns an array with the layers 0 to depth
first, then the inputs, once or (for pairs) twice. `OBSERVABLES` names them all.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from symprop.simulator.run import Run

    Array = NDArray[np.float64]

__all__ = [
    "OBSERVABLES",
    "cosines",
    "effective_rank",
    "isometry_gap",
    "mean_squared_gradient",
    "observe",
    "orthogonality_gap",
]


def cosines(gram: Array) -> Array:
    """Return the cosines of all pairs of vectors with given inner products.

    Parameters
    ----------
    gram : array of shape (..., k, k)
        Inner products.

    Returns
    -------
    array of shape (..., k, k)

    Conventions
    -----------
    Two zero vectors are parallel, a zero vector is orthogonal to any other.

    Error
    -----
    Rounding, of the size of ``2**-52`` absolute; a pair so close that this matters is better
    described by ``e_gap``.

    Examples
    --------
    >>> cosines(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    lengths = np.sqrt(_diagonals(gram))
    product = lengths[..., :, None] * lengths[..., None, :]
    dead = (lengths == 0).astype(float)
    both_dead = dead[..., :, None] * dead[..., None, :]
    result: Array = np.divide(gram, product, out=both_dead, where=product > 0)
    return result


def orthogonality_gap(gram: Array) -> Array:
    r"""Return how far vectors are from orthogonal ones of equal length.

    .. math:: V=\Bigl\|\frac{G}{\operatorname{tr}G}-\frac Ik\Bigr\|_F

    Parameters
    ----------
    gram : array of shape (..., k, k)
        Inner products ``G``.

    Returns
    -------
    array of shape (...)

    Raises
    ------
    OutOfDomain
        If all vectors are zero.

    Source
    ------
    thesis, equation 2.2.

    Examples
    --------
    >>> float(orthogonality_gap(np.diag([1.0, 0.0])).round(6))
    0.707107
    """
    trace = _trace(gram)
    count = gram.shape[-1]
    return np.asarray(
        np.linalg.norm(gram / trace[..., None, None] - np.eye(count) / count, axis=(-2, -1))
    )


def isometry_gap(gram: Array) -> Array:
    r"""Return minus the logarithm of the isometry, which vanishes for orthonormal vectors only.

    .. math:: -\log\mathcal I=\log\frac{\operatorname{tr}G}k-\frac1k\log\det G

    Parameters
    ----------
    gram : array of shape (..., k, k)
        Inner products ``G``.

    Returns
    -------
    array of shape (...)
        Infinite for dependent vectors, or large where rounding hides the dependence.

    Raises
    ------
    OutOfDomain
        If all vectors are zero.

    Source
    ------
    thesis, Definition 4.1.

    Examples
    --------
    >>> float(isometry_gap(np.diag([1.0, 4.0])).round(6))
    0.223144
    """
    trace = _trace(gram)
    count = gram.shape[-1]
    values = np.linalg.eigvalsh(gram / trace[..., None, None])
    with np.errstate(divide="ignore"):
        logarithm = np.log(np.maximum(values, 0.0)).mean(axis=-1)
    return np.asarray(-np.log(count) - logarithm)


def effective_rank(gram: Array) -> Array:
    r"""Return the trace over the largest eigenvalue of inner products.

    .. math:: r_{\mathrm{eff}}=\operatorname{tr}G/\|G\|

    Parameters
    ----------
    gram : array of shape (..., k, k)
        Inner products ``G``; its positive eigenvalues are those of the (not centred) covariance
        of the vectors.

    Returns
    -------
    array of shape (...)

    Raises
    ------
    OutOfDomain
        If all vectors are zero.

    Source
    ------
    sensitivity, equation 14.

    Examples
    --------
    >>> float(effective_rank(np.diag([2.0, 1.0, 1.0])))
    2.0
    """
    return np.asarray(_trace(gram) / np.linalg.eigvalsh(gram)[..., -1])


def mean_squared_gradient(run: Run, name: str) -> Array:
    """Return the mean squared gradient by the entries of one parameter, layer by layer.

    Parameters
    ----------
    run : Run
        With a backward pass.
    name : {"w", "b", "v", "a"}
        The parameter.

    Returns
    -------
    array of shape (depth + 1, k)
        0 at layer 0.

    Raises
    ------
    InvalidArgument
        If the run has no backward pass, or its layers no such parameter.
    """
    if name not in run.parameter_gradients:
        listed = ", ".join(run.parameter_gradients) or "none"
        raise InvalidArgument(expected("name", f"one of the recorded gradients ({listed})", name))
    return run.parameter_gradients[name]


def observe(run: Run, name: str) -> Array:
    """Return the observable of a given name.

    Parameters
    ----------
    run : Run
        The sampled network.
    name : str
        A key of `OBSERVABLES`: ``p, q`` (mean squares of signals and pre-activations),
        ``gamma, lambda`` (inner products over the width), ``e, c`` (cosines), ``e_gap`` (1 - e),
        ``s`` (half the mean squared distance), ``rho`` (``c``, with that of the inputs at layer
        0), ``chi`` (mean squared gradient by the signals), ``chi_b, chi_w, chi_v, chi_a``,
        ``gradient_cosine``, ``tangent_kernel``, ``orthogonality_gap``, ``isometry_gap``,
        ``effective_rank`` and ``dead`` (1 where a signal vanishes).

    Returns
    -------
    array

    Raises
    ------
    InvalidArgument
        If there is no such observable, or the run has not recorded what it needs.
    OutOfDomain
        If it is not defined for what was recorded.

    Conventions
    -----------
    At layer 0, which has no pre-activations, ``q``, ``lambda`` and parameter gradients are 0.

    Examples
    --------
    >>> from symprop.simulator.run import Run
    >>> gram = np.array([[[1.0, 0.5], [0.5, 1.0]]])
    >>> observe(Run(gram, 0 * gram, None, {}, None), "e")[0, 0, 1]
    np.float64(0.5)
    """
    check_choice("observable", name, tuple(OBSERVABLES))
    return OBSERVABLES[name](run)


def _distances(run: Run) -> Array:
    if run.squared_distances is None:
        raise InvalidArgument(expected("run", "with recorded distances", "a run without"))
    return run.squared_distances


def _angle_gap(run: Run) -> Array:
    """Return ``1 - e``, from distances, since a difference of inner products would cancel."""
    lengths = np.sqrt(_diagonals(run.gram))
    stretch = lengths[..., :, None] - lengths[..., None, :]
    product = lengths[..., :, None] * lengths[..., None, :]
    dead = (lengths == 0).astype(float)
    one_dead = np.abs(dead[..., :, None] - dead[..., None, :])
    turned = np.maximum(_distances(run) - stretch**2, 0.0)
    gap: Array = np.divide(turned, 2 * product, out=one_dead, where=product > 0)
    return gap


def _rho(run: Run) -> Array:
    result = cosines(run.hidden_gram)
    result[0] = cosines(run.gram[0])
    return result


def _gradient_gram(run: Run) -> Array:
    if run.gradient_gram is None:
        raise InvalidArgument(expected("run", "with a backward pass", "a run without"))
    return run.gradient_gram


def _tangent_kernel(run: Run) -> Array:
    if run.tangent_kernel is None:
        raise InvalidArgument(expected("run", "with a backward pass", "a run without"))
    return run.tangent_kernel


def _diagonals(gram: Array) -> Array:
    return np.asarray(np.diagonal(gram, axis1=-2, axis2=-1))


def _trace(gram: Array) -> Array:
    trace: Array = np.asarray(_diagonals(gram).sum(axis=-1))
    if not (trace > 0).all():
        raise OutOfDomain(expected("gram", "of vectors that are not all zero", "a dead layer"))
    return trace


OBSERVABLES: Mapping[str, Callable[[Run], Array]] = {
    "p": lambda run: _diagonals(run.gram),
    "q": lambda run: _diagonals(run.hidden_gram),
    "gamma": lambda run: run.gram,
    "lambda": lambda run: run.hidden_gram,
    "e": lambda run: cosines(run.gram),
    "c": lambda run: cosines(run.hidden_gram),
    "e_gap": _angle_gap,
    "s": lambda run: _distances(run) / 2,
    "rho": _rho,
    "chi": lambda run: _diagonals(_gradient_gram(run)),
    **{f"chi_{name}": partial(mean_squared_gradient, name=name) for name in "bwva"},
    "gradient_cosine": lambda run: cosines(_gradient_gram(run)),
    "tangent_kernel": _tangent_kernel,
    "orthogonality_gap": lambda run: orthogonality_gap(run.gram),
    "isometry_gap": lambda run: isometry_gap(run.gram),
    "effective_rank": lambda run: effective_rank(run.gram),
    "dead": lambda run: (_diagonals(run.gram) == 0).astype(float),
}
"""Observables by name, each a function of a run."""
