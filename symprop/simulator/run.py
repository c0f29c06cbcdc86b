"""What one sampled network leaves behind: inner products layer by layer, whichever the sampler."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PARAMETERS", "Run"]

PARAMETERS = ("w", "b", "v", "a")
"""Names of the parameters of a layer: ``W``, ``b`` and, where there is a branch, ``V``, ``a``."""


@dataclass(frozen=True, eq=False)
class Run:
    r"""One network with fresh weights, seen through the inner products of ``k`` inputs.

    Attributes
    ----------
    gram : array of shape (depth + 1, k, k)
        :math:`X_l^\top X_l/n`, layer 0 being the inputs.
    hidden_gram : array of shape (depth + 1, k, k)
        :math:`H_l^\top H_l/n` of the pre-activations, before any normalisation; 0 at layer 0.
    gradient_gram : array of shape (depth + 1, k, k) or None
        :math:`D_l^\top D_l/n`, a column of ``D_l`` being the gradient of a scalar function of the
        last layer by ``x_l``; None without a backward pass.
    parameter_gradients : mapping from str to array of shape (depth + 1, k)
        Mean square, over the entries of a parameter, of the gradient by that parameter, for
        those of ``w, b, v, a`` that the layers have; 0 at layer 0. Empty without a backward pass.
    tangent_kernel : array of shape (k, k) or None
        Inner products of the gradients by all the parameters together.
    squared_distances : array of shape (depth + 1, k, k) or None
        :math:`|x_l-x_l'|^2/n`, accurate also where the two are so close that their inner
        products no longer tell them apart.
    jacobian_singular_values : array of shape (depth + 1, k, n) or None
        Of the derivative of ``x_l`` by the input, decreasing; None unless asked for.

    Raises
    ------
    InvalidArgument
        If shapes do not fit together, or an array holds NaN.

    Conventions
    -----------
    Inputs are columns, ``n`` is the width. The gradient is taken by the parameters themselves,
    whose variances are ``sigma_w^2/n`` and ``sigma_b^2``, also where a variance is 0.

    Examples
    --------
    >>> run = Run(np.ones((3, 2, 2)), np.zeros((3, 2, 2)), None, {}, None)
    >>> run.depth, run.inputs
    (2, 2)
    """

    gram: Array
    hidden_gram: Array
    gradient_gram: Array | None
    parameter_gradients: Mapping[str, Array]
    tangent_kernel: Array | None
    squared_distances: Array | None = None
    jacobian_singular_values: Array | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name != "parameter_gradients":
                object.__setattr__(self, item.name, _frozen(getattr(self, item.name)))
        gradients = {name: _frozen(array) for name, array in self.parameter_gradients.items()}
        object.__setattr__(self, "parameter_gradients", MappingProxyType(gradients))
        layers, inputs = self.gram.shape[:1], self.gram.shape[-1:]
        square = layers + 2 * inputs
        _check("gram", self.gram, square)
        _check("hidden_gram", self.hidden_gram, square)
        _check("gradient_gram", self.gradient_gram, square)
        _check("squared_distances", self.squared_distances, square)
        _check("tangent_kernel", self.tangent_kernel, 2 * inputs)
        values = self.jacobian_singular_values
        if values is not None:
            _check("jacobian_singular_values", values, layers + inputs + values.shape[2:])
        for name, array in gradients.items():
            if name not in PARAMETERS:
                raise InvalidArgument(
                    expected("parameter_gradients", f"keyed by {PARAMETERS}", name)
                )
            _check(f"parameter_gradients[{name!r}]", array, layers + inputs)

    @property
    def depth(self) -> int:
        """Number of layers."""
        return len(self.gram) - 1

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.gram.shape[-1])

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"parameter_gradients": dict(self.parameter_gradients)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # frozen again, and checked, after a journey


def _frozen(array: Any) -> Any:
    if array is None:
        return None
    view: Array = np.asarray(array, dtype=np.float64).view()
    view.flags.writeable = False
    return view


def _check(name: str, array: Array | None, shape: tuple[int, ...]) -> None:
    if array is None:
        return
    if array.shape != shape or len(shape) < 2:
        raise InvalidArgument(expected(name, f"of shape {shape}", array.shape))
    if np.isnan(array).any():
        raise InvalidArgument(expected(name, "without NaN", "an array that holds NaN"))
