r"""Networks with all their weights: the reference sampler, for every law of weights.

.. math:: W=\sigma_wM/\sqrt n,\qquad V=\sigma_vM'/\sqrt n

The matrices are drawn one by one and multiplied as they are, so that nothing is assumed about
their law; backpropagation goes through the transposes of the very same matrices. As an option it
goes through fresh independent ones instead, which is what mean-field theory supposes.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_integer
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import as_ball
from symprop.simulator.backends import draw_weights, make_backend
from symprop.simulator.dense_layers import (
    Parameters,
    backpropagate,
    differentiate,
    propagate,
)
from symprop.simulator.float_layers import normalize
from symprop.simulator.run import Run
from symprop.specs.initialization import weight_law

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.backends import Backend, Weights
    from symprop.simulator.dense_layers import Gradients, Signals
    from symprop.specs.architectures import Architecture, Layer
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["dense_run"]

_BITS = 64
_GIGABYTE = 1e9


def dense_run(
    architecture: Architecture,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    output_gradient: ArrayLike | None = None,
    jacobian: bool = False,
    backend: str = "numpy",
    dtype: str = "float64",
    device: str | None = None,
) -> Run:
    r"""Return one network with fresh dense weights, run on all inputs at once.

    Parameters
    ----------
    architecture : Architecture
        Its layers.
    inputs : array of shape (n, k)
        Columns are inputs; ``n`` is the width of every layer.
    depth : int
        Number of layers.
    rng : numpy.random.Generator
        Determines the network.
    law : WeightLaw or str
        Law of the weights, of both matrices; biases are Gaussian.
    backward : {None, "true", "independent"}
        Backpropagation through the weights of the way forward, or through fresh ones.
    output_gradient : array of shape (n,) or (n, k), optional
        Gradient of the scalar by the last layer. By default a random direction of unit mean
        square, the same for all inputs: the scalar is then one linear function of the output.
    jacobian : bool
        Whether to record the singular values of the derivative of each layer by the input, for
        each input a matrix of ``n`` rows and columns.
    backend : {"numpy", "torch"}
        Library that holds the matrices.
    dtype : {"float64", "float32"}
        Precision of the matrices and of products with them; all else is float64.
    device : str, optional
        Where torch keeps the matrices.

    Returns
    -------
    Run

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or the weights do not fit in memory.
    OutOfDomain
        If the signals overflow, or nothing is left of them to be normalised.
    MissingBackend
        If torch is asked for and not installed.

    Conventions
    -----------
    The forward signals are the same for every choice of ``backward``, given the state of ``rng``.
    Normalisations are exact, with no constant added to the mean square. The derivative of an
    activation is taken almost everywhere: Dirac masses at jumps are left out.

    Error
    -----
    Rounding only: a sample of the exact law up to ``dtype``.

    Examples
    --------
    >>> from symprop.specs.architectures import FullResidual
    >>> rng = np.random.default_rng(1)
    >>> net = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    >>> run = dense_run(net, rng.standard_normal((50, 3)), 4, rng=rng, backward="true")
    >>> run.gram.shape, sorted(run.parameter_gradients)
    ((5, 3, 3), ['a', 'b', 'v', 'w'])
    """
    columns = _checked_inputs(inputs)
    depth = check_integer("depth", depth, minimum=1)
    if backward is not None:
        check_choice("backward", backward, ("true", "independent"))
    elif output_gradient is not None:
        raise InvalidArgument(expected("output_gradient", "only with a backward pass", "one"))
    given = _checked_gradient(output_gradient, columns.shape)
    sampler = _Sampler(make_backend(backend, dtype=dtype, device=device), weight_law(law), rng)
    layers = [architecture.layer(index) for index in range(1, depth + 1)]
    _check_memory(sampler.backend, layers, len(columns), keep=backward == "true")

    record = _Record(columns, depth, jacobian=jacobian)
    passed: list[tuple[Signals, Parameters | None]] = []
    for index, layer in enumerate(layers, start=1):
        parameters = sampler.draw(layer, len(columns))
        with _naming_the_layer(index, depth):
            signals = propagate(layer, parameters, columns)
            record.propagated(index, signals)
            if record.derivatives is not None:
                record.differentiated(
                    index, differentiate(layer, parameters, signals, record.derivatives)
                )
        columns = signals.outputs
        if backward is not None:
            passed.append((signals, parameters if backward == "true" else None))
        del parameters
    if backward is None:
        return record.run()

    gradient = _random_direction(columns.shape, rng) if given is None else given
    record.start_backward(gradient)
    for index in range(depth, 0, -1):
        layer = layers[index - 1]
        signals, kept = passed.pop()
        parameters = sampler.draw(layer, len(columns)) if kept is None else kept
        with _naming_the_layer(index, depth):
            gradients = backpropagate(layer, parameters, signals, gradient)
            record.backpropagated(index, layer, signals, gradients)
        gradient = gradients.inputs
        del kept, parameters
    return record.run()


@dataclass(frozen=True)
class _Sampler:
    """A source of fresh layers."""

    backend: Backend
    law: WeightLaw
    rng: np.random.Generator

    def draw(self, layer: Layer, width: int) -> Parameters:
        outer = branch_bias = None
        inner = self._weights(layer.weight_variance, width)
        bias = self._bias(layer.bias_variance, width)
        if layer.branch_weight_variance is not None:
            outer = self._weights(layer.branch_weight_variance, width)
            branch_bias = self._bias(layer.branch_bias_variance, width)
        return Parameters(inner, bias, outer, branch_bias)

    def _weights(self, variance: object, width: int) -> Weights:
        return draw_weights(
            self.backend, self.law, variance=_number(variance), width=width, rng=self.rng
        )

    def _bias(self, variance: object, width: int) -> Array | None:
        value = 0.0 if variance is None else _number(variance)
        return np.sqrt(value) * self.rng.standard_normal((width, 1)) if value else None


class _Record:
    """Inner products of what passes, layer by layer."""

    def __init__(self, inputs: Array, depth: int, *, jacobian: bool) -> None:
        self.width, count = inputs.shape
        self.derivatives: Array | None = None
        self.singular_values: Array | None = None
        if jacobian:
            self.derivatives = np.repeat(np.eye(self.width)[None], count, axis=0)
            self.singular_values = np.ones((depth + 1, count, self.width))
        square = (depth + 1, count, count)
        self.gram, self.hidden, self.distances = (
            np.zeros(square),
            np.zeros(square),
            np.zeros(square),
        )
        self.gradient: Array | None = None
        self.parameters: dict[str, Array] = {}
        self.tangent = np.zeros((count, count))
        self._outputs(0, inputs)

    def _outputs(self, index: int, columns: Array) -> None:
        self.gram[index] = _inner_products(columns) / self.width
        for one, column in enumerate(columns.T):
            difference = columns - column[:, None]
            self.distances[index, one] = np.mean(difference**2, axis=0)
        _check_finite("signals", self.gram[index])

    def propagated(self, index: int, signals: Signals) -> None:
        self.hidden[index] = _inner_products(signals.hidden) / self.width
        _check_finite("hidden signals", self.hidden[index])
        self._outputs(index, signals.outputs)

    def differentiated(self, index: int, derivatives: Array) -> None:
        """Take in the derivatives of a layer by the inputs."""
        assert self.singular_values is not None
        _check_finite("derivatives by the inputs", derivatives)
        self.derivatives = derivatives
        self.singular_values[index] = np.linalg.svd(derivatives, compute_uv=False)

    def start_backward(self, gradient: Array) -> None:
        self.gradient = np.zeros_like(self.gram)
        self.gradient[-1] = _inner_products(gradient) / self.width

    def backpropagated(
        self, index: int, layer: Layer, signals: Signals, gradients: Gradients
    ) -> None:
        assert self.gradient is not None
        self.gradient[index - 1] = _inner_products(gradients.inputs) / self.width
        self._matrix(index, "wb", _inner_products(gradients.hidden), signals.inputs)
        if layer.branch_weight_variance is not None:
            self._matrix(index, "va", _inner_products(gradients.total), signals.active)
        _check_finite("gradients", self.gradient[index - 1])
        _check_finite("tangent_kernel", self.tangent)

    def _matrix(self, index: int, names: str, after: Array, columns: Array) -> None:
        """Take in the gradient by a matrix, ``after before^T``, and by the bias added to it."""
        before = _inner_products(columns)
        self.tangent += after * (before + 1)
        squares = (np.diagonal(after * before) / self.width**2, np.diagonal(after) / self.width)
        for name, values in zip(names, squares, strict=True):
            self.parameters.setdefault(name, np.zeros(self.gram.shape[:2]))[index] = values

    def run(self) -> Run:
        tangent = None if self.gradient is None else self.tangent
        return Run(
            self.gram,
            self.hidden,
            self.gradient,
            self.parameters,
            tangent,
            self.distances,
            self.singular_values,
        )


@contextmanager
def _naming_the_layer(index: int, depth: int) -> Iterator[None]:
    """Say in which layer the mathematics ended; what overflows is looked for, not warned of."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except OutOfDomain as error:
        raise OutOfDomain(f"In layer {index} of {depth}: {error}") from None


def _check_finite(name: str, products: Array) -> None:
    if not np.isfinite(products).all():
        raise OutOfDomain(expected(name, "to have finite squares in float64", "an overflow"))


def _inner_products(columns: Array) -> Array:
    products: Array = columns.T @ columns
    return products


def _number(value: object) -> float:
    return float(as_ball(value, _BITS).mid())


def _random_direction(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return one Gaussian direction of unit mean square, repeated for all inputs."""
    direction = normalize(rng.standard_normal((1, shape[0])), "rms").rows.T
    return np.broadcast_to(direction, shape)


def _checked_inputs(inputs: ArrayLike) -> Array:
    columns = _finite_array("inputs", inputs)
    if columns.ndim != 2 or not columns.size:
        condition = "to have shape (n, k), both at least 1"
        raise InvalidArgument(expected("inputs", condition, f"shape {columns.shape}"))
    return columns


def _checked_gradient(gradient: ArrayLike | None, shape: tuple[int, ...]) -> Array | None:
    if gradient is None:
        return None
    columns = _finite_array("output_gradient", gradient)
    if columns.shape == shape[:1]:
        columns = columns[:, None]
    elif columns.shape != shape:
        condition = f"to have shape {shape[:1]} or {shape}"
        raise InvalidArgument(expected("output_gradient", condition, f"shape {columns.shape}"))
    return np.broadcast_to(columns, shape)


def _finite_array(name: str, value: object) -> Array:
    array = real_array(name, value)
    if not np.isfinite(array).all():
        raise InvalidArgument(expected(name, "to hold finite numbers", value))
    return array


def _check_memory(backend: Backend, layers: list[Layer], width: int, *, keep: bool) -> None:
    """Refuse weights that cannot fit: all of them for a true backward pass, else one layer's."""
    matrices = [1 if layer.branch_weight_variance is None else 2 for layer in layers]
    count = sum(matrices) if keep else max(matrices, default=0)
    needed, available = count * width**2 * backend.itemsize, backend.memory()
    if needed > available:
        condition = (
            f"small enough for {count} dense {'matrix' if count == 1 else 'matrices'}: they need "
            f"{needed / _GIGABYTE:.3g} GB of memory and there are {available / _GIGABYTE:.3g} GB"
        )
        raise InvalidArgument(expected("width", condition, width))
