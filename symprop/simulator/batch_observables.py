"""What is read off a batch-normalised network: Gram matrices, gradients, singular values."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.simulator.families import Observable
from symprop.simulator.observables import (
    cosines,
    effective_rank,
    isometry_gap,
    orthogonality_gap,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symprop.simulator.batch_run import BatchRun

    Array = NDArray[np.float64]

__all__ = ["BATCH_OBSERVABLES", "centered_isometry_gap"]


def centered_isometry_gap(gram: Array) -> Array:
    r"""Return the isometry gap of Gram matrices on the vectors orthogonal to ``(1, ..., 1)``.

    .. math:: -\log\mathcal I(B^\top GB),\qquad B^\top B=I_{k-1},\ B^\top\mathbf 1=0

    Parameters
    ----------
    gram : array of shape (..., k, k)
        Inner products ``G``, with ``k >= 2``.

    Returns
    -------
    array of shape (...)

    Raises
    ------
    InvalidArgument
        If ``k`` is 1.
    OutOfDomain
        If nothing is left of ``G``.

    Notes
    -----
    The Gram matrix of signals that are centred over the batch is singular, so that its own
    isometry gap is infinite; this one vanishes for :math:`I-\mathbf 1\mathbf 1^\top/k`.

    Examples
    --------
    >>> float(abs(centered_isometry_gap(np.eye(3) - 1 / 3)).round(12))
    0.0
    """
    size = np.shape(gram)[-1]
    if size < 2:
        raise InvalidArgument(expected("gram", "of at least 2 inputs", size))
    start = np.column_stack([np.ones(size), np.eye(size)[:, 1:]])
    basis = np.linalg.qr(start)[0][:, 1:]
    return isometry_gap(basis.T @ gram @ basis)


def _recorded(run: BatchRun, name: str) -> Array:
    value: Array | None = getattr(run, name)
    if value is None:
        what = "the derivative by the inputs" if name.startswith("jacobian") else "a backward pass"
        raise InvalidArgument(expected("run", f"with {what}", "a run without"))
    return value


def _logarithm(run: BatchRun, name: str) -> Array:
    """Return logarithms of norms, 0 at layer 0 where there is nothing to take one of."""
    logarithms = np.array(_recorded(run, name))
    missing = name == "log_weight_gradient" or not run.normalization_norm[0]
    if name != "log_gradient" and missing:
        logarithms[0] = 0.0
    if not np.isfinite(logarithms).all():
        layer = int(np.argmin(logarithms))
        condition = "not to vanish where logarithms are taken"
        raise OutOfDomain(expected("gradient", condition, f"0 at layer {layer}"))
    return logarithms


_LAYER, _EACH, _PAIRS = ("layer",), ("layer", "input"), ("layer", "input", "other")
_PRODUCT = "mean product over the width"
_GRADIENTS = {"gradient": "signals", "hidden_gradient": "hidden signals", "weight_gradient": "W"}


BATCH_OBSERVABLES: Mapping[str, Observable] = {
    "p": Observable(
        lambda run: np.array(np.diagonal(run.gram, axis1=1, axis2=2)),
        _EACH,
        "mean square over the width",
        "signals",
    ),
    "gamma": Observable(lambda run: run.gram, _PAIRS, _PRODUCT, "signals of two inputs"),
    "lambda": Observable(
        lambda run: run.hidden_gram, _PAIRS, _PRODUCT, "hidden signals of two inputs"
    ),
    "e": Observable(lambda run: cosines(run.gram), _PAIRS, "", "cosine of signals"),
    "orthogonality_gap": Observable(
        lambda run: orthogonality_gap(run.gram), _LAYER, "", "distance from equal orthogonal"
    ),
    "isometry_gap": Observable(
        lambda run: isometry_gap(run.gram), _LAYER, "", "minus logarithm of the isometry"
    ),
    "centered_isometry_gap": Observable(
        lambda run: centered_isometry_gap(run.gram),
        _LAYER,
        "",
        "isometry gap on vectors of sum 0",
    ),
    "effective_rank": Observable(
        lambda run: effective_rank(run.gram), _LAYER, "", "trace over largest eigenvalue"
    ),
    "normalization_norm": Observable(
        lambda run: run.normalization_norm, _LAYER, "", "norm of the derivative of normalisation"
    ),
    **{
        f"log_{name}": Observable(
            partial(_logarithm, name=f"log_{name}"),
            _LAYER,
            "natural logarithm",
            f"Frobenius norm of the gradient by {what}",
            requires_backward=True,
        )
        for name, what in _GRADIENTS.items()
    },
    "gradient_cosine": Observable(
        lambda run: cosines(_recorded(run, "gradient_gram")),
        _PAIRS,
        "",
        "cosine of gradients by the signals of two inputs",
        requires_backward=True,
    ),
    "alignment": Observable(
        lambda run: _recorded(run, "alignment"),
        _PAIRS,
        _PRODUCT,
        "signals with gradients (second) of unit norm",
        requires_backward=True,
    ),
    "jacobian_singular_values": Observable(
        lambda run: _recorded(run, "jacobian_singular_values"),
        ("layer", "direction"),
        "",
        "singular values of the derivative by the inputs, decreasing",
        option="jacobian",
    ),
    "jacobian_norm": Observable(
        lambda run: _recorded(run, "jacobian_singular_values")[:, 0],
        _LAYER,
        "",
        "operator norm of the derivative by the inputs",
        option="jacobian",
    ),
}
"""What can be measured of a batch-normalised network, by name; every function takes its run."""
