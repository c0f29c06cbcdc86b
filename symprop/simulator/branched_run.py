"""What one sampled network with bypasses leaves behind, and what can be measured of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.simulator.families import Observable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["BRANCHED_OBSERVABLES", "BranchedRun"]


@dataclass(frozen=True, eq=False)
class BranchedRun:
    r"""One network with fresh weights and a single output, seen by ``k`` inputs.

    Attributes
    ----------
    labels : tuple of pairs of int
        Of the weight matrices, the input matrix ``(0, 0)`` among them if there is one.
    counted : tuple of bool
        Whether the tangent kernel counts the matrix.
    gram : array of shape (depth + 1, k, k)
        :math:`y^l(x)^\top y^l(x')/n`.
    output : array of shape (k,)
        :math:`f(x)`.
    reduced_output : array of shape (depth, k) or None
        Outputs of the reduced networks through each layer or branch, with the same weights.
    gradient_gram : array of shape (depth + 1, k, k) or None
        Inner products of the gradients of ``f`` by the layers before their activation.
    cross_gram : array of shape (depth + 1, k, k) or None
        Inner products of the gradient of ``f`` by layer ``l``, at one input, with ``y^l`` at
        another. For the same input it is ``f`` itself wherever all paths lead through the layer.
    kernels : array of shape (matrices, k, k) or None
        Inner products of the gradients of ``f`` by each weight matrix.
    output_kernel : array of shape (k, k)
        The same for the output weights.
    counts_output : bool
        Whether the tangent kernel counts these.

    Raises
    ------
    InvalidArgument
        If shapes do not fit together, or an array holds NaN.

    Conventions
    -----------
    Weights have unit variance, and the gradients are by them.

    Examples
    --------
    >>> gram = np.ones((1, 2, 2))
    >>> run = BranchedRun((), (), gram, np.zeros(2), None, None, None, None, gram[0])
    >>> run.depth, run.inputs
    (0, 2)
    """

    labels: tuple[tuple[int, int], ...]
    counted: tuple[bool, ...]
    gram: Array
    output: Array
    reduced_output: Array | None
    gradient_gram: Array | None
    cross_gram: Array | None
    kernels: Array | None
    output_kernel: Array
    counts_output: bool = False

    def __post_init__(self) -> None:
        inputs, depth = self.gram.shape[-1], len(self.gram) - 1
        shapes = {
            "gram": (depth + 1, inputs, inputs),
            "output": (inputs,),
            "reduced_output": (depth, inputs),
            "gradient_gram": (depth + 1, inputs, inputs),
            "cross_gram": (depth + 1, inputs, inputs),
            "kernels": (len(self.labels), inputs, inputs),
            "output_kernel": (inputs, inputs),
        }
        for item in fields(self):
            array = getattr(self, item.name)
            if item.name in shapes and array is not None:
                object.__setattr__(self, item.name, _frozen(item.name, array, shapes[item.name]))

    @property
    def depth(self) -> int:
        """Number of layers or branches."""
        return len(self.gram) - 1

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.gram.shape[-1])

    @property
    def tangent_kernel(self) -> Array:
        """Inner products of the gradients by all the weights that count."""
        kernels = self.recorded_kernels
        result: Array = kernels[np.array(self.counted, dtype=bool)].sum(axis=0)
        return result + self.output_kernel if self.counts_output else result

    @property
    def recorded_kernels(self) -> Array:
        """The kernels of all matrices; an error if there was no backward pass."""
        return _recorded(self.kernels, "a backward pass")

    @property
    def layer_kernels(self) -> Array:
        """The kernels of matrices summed over each layer or branch, shape (depth, k, k)."""
        result = np.zeros((self.depth, self.inputs, self.inputs))
        for (layer, _), kernel in zip(self.labels, self.recorded_kernels, strict=True):
            if layer:
                result[layer - 1] += kernel
        return result


def _frozen(name: str, given: Array, shape: tuple[int, ...]) -> Array:
    array = np.asarray(given, dtype=np.float64).view()
    array.flags.writeable = False
    if array.shape != shape:
        raise InvalidArgument(expected(name, f"of shape {shape}", array.shape))
    if np.isnan(array).any():
        raise InvalidArgument(expected(name, "without NaN", "an array that holds NaN"))
    return array


def _recorded(array: Array | None, what: str) -> Array:
    if array is None:
        raise InvalidArgument(expected("run", f"with {what}", "a run without"))
    return array


def _diagonals(grams: Array) -> Array:
    return np.asarray(np.diagonal(grams, axis1=-2, axis2=-1))


_PAIRS = ("layer", "input", "other")
_BRANCHES = ("branch", "input", "other")
_MATRICES = ("matrix", "input", "other")

BRANCHED_OBSERVABLES: Mapping[str, Observable] = {
    "p": Observable(
        lambda run: _diagonals(run.gram), _PAIRS[:2], "mean square over the width", "signals"
    ),
    "gamma": Observable(
        lambda run: run.gram, _PAIRS, "mean product over the width", "signals of two inputs"
    ),
    "f": Observable(lambda run: run.output, ("input",), "", "output"),
    "f_reduced": Observable(
        lambda run: _recorded(run.reduced_output, "reduced networks"),
        _BRANCHES[:2],
        "",
        "output of the network without connections around a layer or branch",
        option="reduced",
    ),
    "chi": Observable(
        lambda run: _diagonals(_recorded(run.gradient_gram, "a backward pass")),
        _PAIRS[:2],
        "sum of squares",
        "gradient of the output by a layer before its activation",
        requires_backward=True,
    ),
    "gradient_gram": Observable(
        lambda run: _recorded(run.gradient_gram, "a backward pass"),
        _PAIRS,
        "inner product",
        "gradients of the output by a layer before its activation, for two inputs",
        requires_backward=True,
    ),
    "cross_gram": Observable(
        lambda run: _recorded(run.cross_gram, "a backward pass"),
        _PAIRS,
        "inner product",
        "gradient of the output by a layer, with the layer at another input",
        requires_backward=True,
    ),
    "jacobian": Observable(
        lambda run: _diagonals(run.recorded_kernels),
        _MATRICES[:2],
        "sum of squares",
        "squared norm of the gradient by a weight matrix",
        requires_backward=True,
    ),
    "matrix_kernel": Observable(
        lambda run: run.recorded_kernels,
        _MATRICES,
        "inner product",
        "part of the tangent kernel that is due to a weight matrix",
        requires_backward=True,
    ),
    "layer_kernel": Observable(
        lambda run: run.layer_kernels,
        _BRANCHES,
        "inner product",
        "part of the tangent kernel that is due to a layer or branch",
        requires_backward=True,
    ),
    "output_kernel": Observable(
        lambda run: run.output_kernel,
        ("input", "other"),
        "inner product",
        "part of the tangent kernel that is due to the output weights",
    ),
    "tangent_kernel": Observable(
        lambda run: run.tangent_kernel,
        ("input", "other"),
        "inner product",
        "gradients by all weights that count",
        requires_backward=True,
    ),
}
"""All observables by name."""
