r"""A batch-normalised network run layer by layer, whoever draws its linear maps.

.. math:: H_l=W_lX_{l-1},\qquad X_l=\phi_l(\alpha_l\,B(H_l)),\qquad
    \partial_{X_{l-1}}=W_l^\top\,B'(H_l)\,[\alpha_l\phi_l'\,\partial_{X_l}]

Gradients are scaled to unit norm at every layer and the logarithms of their norms added up, so
that no depth is too large for float64.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_integer
from symprop.numerics.arrays import real_array
from symprop.simulator.backends import physical_memory
from symprop.simulator.batch_layers import activate, batch_layer
from symprop.simulator.batch_run import BatchRun
from symprop.specs.batch_normalized import BatchNormalized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.batch_layers import Activated

    Array = NDArray[np.float64]

__all__ = ["LinearMap", "check_batch", "output_gradient_of", "run_batch"]

_GIGABYTE = 1e9


class LinearMap(Protocol):
    """A fresh linear map as a layer needs it; arrays have inputs as columns."""

    @property
    def outputs(self) -> Array:
        """Where it takes the inputs it was drawn for."""
        ...

    def transposed(self, columns: Array) -> Array:
        """Return its transpose applied to columns: asked once, after all outputs are known."""
        ...


Map = TypeVar("Map", bound=LinearMap)


def check_batch(
    architecture: BatchNormalized, inputs: ArrayLike, depth: int, backward: str | None
) -> tuple[Array, int]:
    """Return the inputs as an array of shape (n, k) and the depth, or say what is malformed.

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or one input is to be centred over the batch.
    """
    if not isinstance(architecture, BatchNormalized):
        raise InvalidArgument(expected("architecture", "to be batch normalised", architecture))
    columns = real_array("inputs", inputs)
    least = 1 + architecture.center
    if columns.ndim != 2 or len(columns) < 1 or columns.shape[1] < least:
        condition = f"to have shape (n, k) with n >= 1 and k >= {least}"
        raise InvalidArgument(expected("inputs", condition, f"shape {columns.shape}"))
    if not np.isfinite(columns).all():
        raise InvalidArgument(expected("inputs", "to hold finite numbers", inputs))
    if backward is not None:
        check_choice("backward", backward, ("true", "independent"))
    return columns, check_integer("depth", depth, minimum=0)


def output_gradient_of(
    given: ArrayLike | Callable[[Array], Array] | None,
    backward: str | None,
    rng: np.random.Generator,
) -> Callable[[Array], Array] | None:
    """Return the gradient of a scalar by the outputs as a function of them, or None without one.

    Parameters
    ----------
    given : array or callable or None
        The gradient; how it depends on the outputs; or None for a Gaussian direction of unit mean
        square, drawn once the network is. It differs from input to input, since what is the same
        for all of them does not reach a unit that is centred over the batch.
    backward : str or None
        Whether there is a backward pass at all.
    rng : numpy.random.Generator
        Source of the Gaussian direction.

    Raises
    ------
    InvalidArgument
        If there is a gradient without a backward pass.
    """
    if backward is None:
        if given is not None:
            condition = "to be left out without a backward pass"
            raise InvalidArgument(expected("output_gradient", condition, type(given).__name__))
        return None
    if callable(given):
        return given
    if given is not None:
        fixed = real_array("output_gradient", given)
        return lambda _: fixed

    def direction(outputs: Array) -> Array:
        drawn = rng.standard_normal(outputs.shape)
        unit: Array = drawn * np.sqrt(drawn.size) / np.linalg.norm(drawn)
        return unit

    return direction


def run_batch(
    architecture: BatchNormalized,
    columns: Array,
    depth: int,
    draw: Callable[[Array, float], Map],
    *,
    output_gradient: Callable[[Array], Array] | None = None,
    push: Callable[[Map, Array], Array] | None = None,
) -> BatchRun:
    """Run a network on a batch, and back if there is an output gradient.

    Parameters
    ----------
    architecture : BatchNormalized
        The network.
    columns : array of shape (n, k)
        The batch.
    depth : int
        Number of linear maps.
    draw : callable
        ``draw(columns, weight)`` returns a fresh map, of weights with standard deviation
        ``weight`` over the root of the width, as seen on the columns.
    output_gradient : callable, optional
        From the outputs to the gradient of a scalar by them.
    push : callable, optional
        ``push(linear, tangents)`` returns a map applied to arrays of shape (m, n, k), on whatever
        columns. With it the singular values of the derivatives by the inputs are recorded.

    Returns
    -------
    BatchRun

    Raises
    ------
    OutOfDomain
        If a unit is zero (or constant, where centred) on the whole batch, or a signal or
        gradient leaves the range of float64; the message names the layer.
    """
    record = _Record(columns, depth)
    first = 1
    tangents = None if push is None else _unit_tangents(columns.shape)
    layers: list[tuple[Array, Map | None, Activated]] = []
    if architecture.order == "normalization-first":
        first, record.hidden_gram[0] = 0, record.inner_products(columns)
    else:
        record.gram[0] = record.inner_products(columns)
        record.singular_values(0, tangents)
    for index in range(first, depth + 1):
        with _naming_the_layer(index, depth):
            layer = batch_layer(architecture, max(index, 1), columns.shape[1])
            linear = None if index == 0 else draw(columns, layer.weight)
            hidden = columns if linear is None else linear.outputs
            record.hidden_gram[index] = record.inner_products(hidden)
            active = activate(layer, hidden)
            if push is not None and tangents is not None:
                tangents = active.forward(tangents if linear is None else push(linear, tangents))
        layers.append((columns, linear, active))
        columns = active.outputs
        record.gram[index] = record.inner_products(columns)
        record.normalization_norm[index] = active.normalization.norm
        record.singular_values(index, tangents)
        if output_gradient is None:
            layers.clear()
    if output_gradient is not None:
        gradient = _checked_gradient(output_gradient(columns), columns.shape)
        gradient, scale = record.gradient(depth, gradient, 0.0, columns)
        for index in range(depth, first - 1, -1):
            before, linear, active = layers.pop()
            with _naming_the_layer(index, depth):
                gradient, scale = record.hidden_gradient(
                    index, active.backward(gradient), scale, before if index else None
                )
                if linear is not None:
                    gradient = linear.transposed(gradient)
                    gradient, scale = record.gradient(index - 1, gradient, scale, before)
    return record.run(backward=output_gradient is not None, jacobian=push is not None)


class _Record:
    """Inner products and norms of what passes."""

    def __init__(self, columns: Array, depth: int) -> None:
        self.width, count = columns.shape
        square, line = (depth + 1, count, count), depth + 1
        self.gram, self.hidden_gram = np.zeros(square), np.zeros(square)
        self.gradient_gram, self.hidden_gradient_gram = np.zeros(square), np.zeros(square)
        self.alignment = np.zeros(square)
        self.normalization_norm = np.zeros(line)
        self.logs = np.full((3, line), -np.inf)
        self.values = np.zeros((line, columns.size))

    def inner_products(self, columns: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
            products: Array = columns.T @ columns / self.width
        if not np.isfinite(products).all():
            raise OutOfDomain(expected("signals", "with squares in float64", "an overflow"))
        return products

    def singular_values(self, index: int, tangents: Array | None) -> None:
        if tangents is not None:
            if not np.isfinite(tangents).all():
                condition = f"with finite entries at layer {index}"
                raise OutOfDomain(expected("jacobian", condition, "an overflow"))
            matrix = tangents.reshape(len(tangents), -1)
            self.values[index] = np.linalg.svd(matrix, compute_uv=False)

    def gradient(
        self, index: int, gradient: Array, scale: float, signals: Array
    ) -> tuple[Array, float]:
        """Note the gradient by the signals and return it at unit norm, with its logarithm."""
        unit, scale = _unit(gradient, scale)
        self.gradient_gram[index], self.logs[0, index] = unit.T @ unit, scale
        self.alignment[index] = signals.T @ unit / self.width
        return unit, scale

    def hidden_gradient(
        self, index: int, gradient: Array, scale: float, before: Array | None
    ) -> tuple[Array, float]:
        """Note the gradients by the hidden signals and by the weights that led to them."""
        unit, scale = _unit(gradient, scale)
        products = unit.T @ unit
        self.hidden_gradient_gram[index], self.logs[1, index] = products, scale
        if before is not None:
            # a trace of two Gram matrices would lose what is far below the product of norms
            self.logs[2, index] = _unit(unit @ before.T, scale)[1]
        return unit, scale

    def run(self, *, backward: bool, jacobian: bool) -> BatchRun:
        values = self.values if jacobian else None
        forward = (self.gram, self.hidden_gram, self.normalization_norm)
        if not backward:
            return BatchRun(*forward, jacobian_singular_values=values)
        grams = (self.gradient_gram, self.hidden_gradient_gram, self.alignment)
        return BatchRun(*forward, *grams, self.logs[0], self.logs[1], self.logs[2], values)


def _unit(array: Array, scale: float) -> tuple[Array, float]:
    if not np.isfinite(array).all():
        raise OutOfDomain(expected("gradients", "to be finite in float64", "an overflow"))
    size = float(np.linalg.norm(array))
    return (array / size, scale + float(np.log(size))) if size > 0 else (array, -np.inf)


def _unit_tangents(shape: tuple[int, ...]) -> Array:
    """Return the unit matrix, a tangent for each entry of the inputs."""
    size = shape[0] * shape[1]
    needed, available = 3 * size**2 * 8, physical_memory()
    if needed > available:
        condition = (
            f"small enough for the derivative of the whole batch: it needs "
            f"{needed / _GIGABYTE:.3g} GB of memory and there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("inputs", condition, f"shape {shape}"))
    return np.eye(size).reshape(size, *shape)


def _checked_gradient(gradient: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = real_array("output_gradient", gradient)
    if array.shape != shape or not np.isfinite(array).all():
        condition = f"to be finite and of shape {shape}"
        raise InvalidArgument(expected("output_gradient", condition, f"shape {array.shape}"))
    return array


@contextmanager
def _naming_the_layer(index: int, depth: int) -> Iterator[None]:
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except OutOfDomain as error:
        raise OutOfDomain(f"In layer {index} of {depth}: {error}") from None
