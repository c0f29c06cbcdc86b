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
from symprop.simulator.families import Observable

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        A key of `OBSERVABLES`.

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
    return OBSERVABLES[name].function(run)


def _recorded(array: Array | None, what: str) -> Array:
    if array is None:
        raise InvalidArgument(expected("run", f"with {what}", "a run without"))
    return array


def _distances(run: Run) -> Array:
    return _recorded(run.squared_distances, "recorded distances")


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
    return _recorded(run.gradient_gram, "a backward pass")


def _tangent_kernel(run: Run) -> Array:
    return _recorded(run.tangent_kernel, "a backward pass")


def _singular_values(run: Run) -> Array:
    return _recorded(run.jacobian_singular_values, "the derivative by the inputs")


def _diagonals(gram: Array) -> Array:
    return np.asarray(np.diagonal(gram, axis1=-2, axis2=-1))


def _trace(gram: Array) -> Array:
    trace: Array = np.asarray(_diagonals(gram).sum(axis=-1))
    if not (trace > 0).all():
        raise OutOfDomain(expected("gram", "of vectors that are not all zero", "a dead layer"))
    return trace


_PAIRS = ("layer", "input", "other")
_EACH = ("layer", "input")
_SQUARE = "mean square over the width"
_PRODUCT = "mean product over the width"
_GRADIENTS = {"w": "inner weights", "b": "inner biases", "v": "outer weights", "a": "outer biases"}

OBSERVABLES: Mapping[str, Observable] = {
    "p": Observable(lambda run: _diagonals(run.gram), _EACH, _SQUARE, "signals"),
    "q": Observable(lambda run: _diagonals(run.hidden_gram), _EACH, _SQUARE, "pre-activations"),
    "gamma": Observable(lambda run: run.gram, _PAIRS, _PRODUCT, "signals of two inputs"),
    "lambda": Observable(
        lambda run: run.hidden_gram, _PAIRS, _PRODUCT, "pre-activations of two inputs"
    ),
    "e": Observable(lambda run: cosines(run.gram), _PAIRS, "", "cosine of signals"),
    "c": Observable(lambda run: cosines(run.hidden_gram), _PAIRS, "", "cosine of pre-activations"),
    "e_gap": Observable(_angle_gap, _PAIRS, "", "1 - e, also where it is tiny"),
    "s": Observable(
        lambda run: _distances(run) / 2, _PAIRS, _SQUARE, "half the squared distance of signals"
    ),
    "rho": Observable(_rho, _PAIRS, "", "c, with the cosine of the inputs at layer 0"),
    "chi": Observable(
        lambda run: _diagonals(_gradient_gram(run)), _EACH, _SQUARE, "gradient by the signals", True
    ),
    **{
        f"chi_{name}": Observable(
            partial(mean_squared_gradient, name=name),
            _EACH,
            "mean square over the entries",
            f"gradient by the {what}",
            requires_backward=True,
        )
        for name, what in _GRADIENTS.items()
    },
    "gradient_cosine": Observable(
        lambda run: cosines(_gradient_gram(run)), _PAIRS, "", "cosine of gradients", True
    ),
    "tangent_kernel": Observable(
        _tangent_kernel, ("input", "other"), "sum of products", "gradients by all parameters", True
    ),
    "orthogonality_gap": Observable(
        lambda run: orthogonality_gap(run.gram), ("layer",), "", "distance from equal orthogonal"
    ),
    "isometry_gap": Observable(
        lambda run: isometry_gap(run.gram), ("layer",), "", "minus logarithm of the isometry"
    ),
    "effective_rank": Observable(
        lambda run: effective_rank(run.gram), ("layer",), "", "trace over largest eigenvalue"
    ),
    "jacobian_singular_values": Observable(
        _singular_values,
        (*_EACH, "direction"),
        "",
        "singular values of the derivative by the input, decreasing (dense method)",
        option="jacobian",
    ),
    "jacobian_norm": Observable(
        lambda run: _singular_values(run)[..., 0],
        _EACH,
        "",
        "operator norm of the derivative by the input (dense method)",
        option="jacobian",
    ),
    "jacobian_square": Observable(
        lambda run: np.asarray(np.mean(_singular_values(run) ** 2, axis=-1)),
        _EACH,
        "mean of squared singular values",
        "squared Frobenius norm of the derivative by the input, over the width (dense method)",
        option="jacobian",
    ),
    "dead": Observable(
        lambda run: (_diagonals(run.gram) == 0).astype(float), _EACH, "", "1 where signals vanish"
    ),
}
"""What can be measured of a chain of layers, by name; every function takes a run."""
