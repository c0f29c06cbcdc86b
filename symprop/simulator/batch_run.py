"""What one sampled batch-normalised network leaves behind, whichever the sampler."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["BatchRun"]


@dataclass(frozen=True, eq=False)
class BatchRun:
    r"""One network with fresh weights, seen through the inner products of a batch of ``k`` inputs.

    Attributes
    ----------
    gram : array of shape (depth + 1, k, k)
        :math:`X_l^\top X_l/n`.
    hidden_gram : array of shape (depth + 1, k, k)
        :math:`H_l^\top H_l/n` of what is normalised; at layer 0 that of the inputs if they are
        normalised, else 0.
    normalization_norm : array of shape (depth + 1,)
        Operator norm of the derivative of ``B`` at ``H_l``; 0 where there is no ``H_0``.
    gradient_gram, hidden_gradient_gram : array of shape (depth + 1, k, k) or None
        Inner products of the columns of the gradient of a scalar by ``X_l`` and by ``H_l``, over
        their trace; 0 where the gradient vanishes.
    alignment : array of shape (depth + 1, k, k) or None
        :math:`X_l^\top D_l/n`, a row for each signal and a column for each gradient, ``D_l`` being
        the gradient by ``X_l`` at unit Frobenius norm.
    log_gradient, log_hidden_gradient, log_weight_gradient : array of shape (depth + 1,) or None
        Logarithms of the Frobenius norms of the gradients by ``X_l``, ``H_l`` and ``W_l``; minus
        infinity where the gradient vanishes, and at layer 0 where there is no ``H_0`` or ``W_0``.
    jacobian_singular_values : array of shape (depth + 1, n k) or None
        Of the derivative of ``X_l`` by the inputs of the network, decreasing.

    Raises
    ------
    InvalidArgument
        If shapes do not fit together, or an array holds NaN.

    Conventions
    -----------
    The norms of gradients are kept as logarithms, since they grow without bound with depth.

    Examples
    --------
    >>> run = BatchRun(np.ones((3, 2, 2)), np.ones((3, 2, 2)), np.ones(3))
    >>> run.depth, run.inputs
    (2, 2)
    """

    gram: Array
    hidden_gram: Array
    normalization_norm: Array
    gradient_gram: Array | None = None
    hidden_gradient_gram: Array | None = None
    alignment: Array | None = None
    log_gradient: Array | None = None
    log_hidden_gradient: Array | None = None
    log_weight_gradient: Array | None = None
    jacobian_singular_values: Array | None = None

    def __post_init__(self) -> None:
        shape = np.shape(self.gram)
        if len(shape) != 3 or shape[1] != shape[2]:
            raise InvalidArgument(expected("gram", "of shape (depth + 1, k, k)", shape))
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None:
                array = _frozen(value)
                wanted = shape if item.name.endswith(("gram", "alignment")) else shape[:1]
                _check(item.name, array, wanted)
                object.__setattr__(self, item.name, array)

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.gram) - 1

    @property
    def inputs(self) -> int:
        """Size of the batch."""
        return int(self.gram.shape[-1])


def _frozen(value: Any) -> Array:
    view: Array = np.asarray(value, dtype=np.float64).view()
    view.flags.writeable = False
    return view


def _check(name: str, array: Array, wanted: tuple[int, ...]) -> None:
    is_table = name == "jacobian_singular_values"
    if (array.ndim != 2 or array.shape[:1] != wanted) if is_table else array.shape != wanted:
        raise InvalidArgument(expected(name, f"of shape {wanted}", array.shape))
    if np.isnan(array).any():
        raise InvalidArgument(expected(name, "without NaN", "an array that holds NaN"))
