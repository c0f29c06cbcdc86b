r"""Networks of any width at linear cost: exact in law, without ever making a weight matrix.

A layer's weights and bias together are one Gaussian matrix acting on ``(sigma_w x/sqrt(n),
sigma_b)``; `symprop.simulator.conditioning` samples what it does to ``k`` inputs, and later what
its transpose does to ``k`` gradients given the forward pass. So the gradients are those of
backpropagation through the very same weights, and cost and memory are of order ``n k^2`` and
``n k`` a layer instead of ``n^2``.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_integer
from symprop.numerics.arrays import real_array
from symprop.simulator.conditioned_layers import ARRAYS_KEPT, advance, propagate
from symprop.simulator.conditioning import check_gaussian
from symprop.simulator.float_layers import layers_of, normalize
from symprop.simulator.run import Run
from symprop.specs.architectures import (
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.conditioned_layers import Leaving, Passed, Propagated
    from symprop.simulator.float_layers import FloatLayer
    from symprop.specs.architectures import Architecture
    from symprop.specs.initialization import WeightLaw

    Array = NDArray[np.float64]

__all__ = ["conditioned_run"]

_SUPPORTED = (FullyConnected, LayerNormResidual, ReducedResidual, FullResidual)


def conditioned_run(
    architecture: Architecture,
    inputs: ArrayLike,
    depth: int,
    *,
    rng: np.random.Generator,
    law: WeightLaw | str = "gaussian",
    backward: str | None = None,
    output_gradient: ArrayLike | None = None,
    memory: int = 2**29,
) -> Run:
    r"""Sample a network of finite width with Gaussian weights, seen by ``k`` inputs.

    .. math:: GA=ZL^\top,\qquad G^\top D=QZ^\top D+(I-QQ^\top)\,N\,L_D^\top,\qquad A=QL^\top

    Parameters
    ----------
    architecture : Architecture
        One of `symprop.specs.architectures`.
    inputs : array of shape (n, k)
        Inputs as columns; ``n`` is the width of all layers.
    depth : int
        Number of layers.
    rng : numpy.random.Generator
        Source of randomness.
    law : WeightLaw or str
        Law of the weights: only ``"gaussian"``.
    backward : {None, "true", "independent"}
        No backward pass; backpropagation through the weights of the forward pass; or through
        fresh weights of the same law, which is what theories assume.
    output_gradient : array of shape (n,) or (n, k), optional
        Gradient at the last layer, one for all inputs or one for each. By default a Gaussian
        direction of unit mean square, the same for all inputs.
    memory : int
        Bytes that the forward pass may keep for the way back. Beyond, it is kept at some layers
        only and repeated from there, with the same randomness; that is no slower, since memory
        used for the first time costs as much as drawing it again.

    Returns
    -------
    Run

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    UnsupportedLaw
        If the weights are not fresh Gaussian ones.
    OutOfDomain
        If a length or gradient leaves the range of float64, a slope has no value, or nothing is
        left of a vector to be normalised.

    Conventions
    -----------
    Normalisations are exact, with no constant added to the mean square. The derivative of an
    activation is taken almost everywhere: Dirac masses at jumps are left out.

    Error
    -----
    Exact in law, up to rounding.

    Source
    ------
    residual, section 3 (networks and the assumption on gradients).

    Examples
    --------
    >>> from symprop.specs.architectures import FullyConnected
    >>> wide = np.ones((10**5, 1))
    >>> run = conditioned_run(FullyConnected("relu", 2), wide, 3, rng=np.random.default_rng(0))
    >>> [round(float(p), 1) for p in run.gram[:, 0, 0]]
    [1.0, 1.0, 1.0, 1.0]
    """
    check_gaussian(law)
    if not isinstance(architecture, _SUPPORTED):
        condition = "to be a fully connected or residual network"
        raise InvalidArgument(expected("architecture", condition, architecture))
    depth = check_integer("depth", depth, minimum=0)
    memory = check_integer("memory", memory, minimum=0)
    if backward is not None:
        check_choice("backward", backward, ("true", "independent"))
    elif output_gradient is not None:
        condition = "to be left out without a backward pass"
        raise InvalidArgument(expected("output_gradient", condition, "an array"))
    rows = _checked_inputs(inputs)
    gradient = _checked_gradient(output_gradient, rows.shape)
    network = _Network(layers_of(architecture), rows, depth, rng)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for
        if backward is None:
            network.forward()
        else:
            independent = backward == "independent"
            network.forward_and_back(gradient, memory=memory, independent=independent)
    return network.run()


class _Network:
    """A network in the making: what has been recorded of it, and where it can be resumed."""

    def __init__(
        self, layers: list[FloatLayer], inputs: Array, depth: int, rng: np.random.Generator
    ) -> None:
        self.layers, self.inputs, self.depth, self.rng = layers, inputs, depth, rng
        count, self.width = inputs.shape
        self.gram = np.zeros((depth + 1, count, count))
        self.hidden_gram, self.distances = np.zeros_like(self.gram), np.zeros_like(self.gram)
        self.gradient_gram: Array | None = None
        self.gradients: dict[str, Array] = {}
        self.tangent = np.zeros((count, count))

    def run(self) -> Run:
        tangent = None if self.gradient_gram is None else self.tangent
        return Run(
            self.gram,
            self.hidden_gram,
            self.gradient_gram,
            self.gradients,
            tangent,
            self.distances,
        )

    def forward(self) -> None:
        rows = self.inputs
        self._record(0, rows)
        for index in range(1, self.depth + 1):
            layer = self.layers[(index - 1) % len(self.layers)]
            with self._naming(index):
                rows, hidden_gram = advance(layer, rows, self.gram[index - 1], self.rng)
            self._record(index, rows, hidden_gram)

    def forward_and_back(self, arriving: Array | None, *, memory: int, independent: bool) -> None:
        """Go through all layers and back, in segments whose forward pass fits in memory.

        At the start of each segment the signals and the state of the randomness are noted, so that
        all segments but the last can be repeated when it is their turn on the way back.
        """
        self._record(0, self.inputs)
        segment = _segment(self.depth, self.inputs.nbytes, memory)
        starts, rows = [], self.inputs
        passed_layers: list[Passed] = []
        for start in range(1, self.depth + 1, segment):
            end = min(start + segment - 1, self.depth)
            starts.append((start, end, rows, self.rng.bit_generator.state))
            passed_layers = []
            for index, found in self._layers(start, end, rows, self.rng):
                rows, hidden_gram, passed = found
                self._record(index, rows, hidden_gram)
                passed_layers.append(passed)
        gradient = _random_direction(self.inputs.shape, self.rng) if arriving is None else arriving
        self.gradient_gram = np.zeros_like(self.gram)
        self.gradient_gram[-1] = gradient @ gradient.T / self.width
        for start, end, rows, state in reversed(starts):
            if not passed_layers:
                again = np.random.Generator(type(self.rng.bit_generator)())
                again.bit_generator.state = state
                passed_layers = [x.passed for _, x in self._layers(start, end, rows, again)]
            for index in range(end, start - 1, -1):
                with self._naming(index):
                    leaving = passed_layers.pop().back(gradient, self.rng, independent=independent)
                self._record_gradients(index, leaving)
                gradient = leaving.inputs

    def _layers(
        self, start: int, end: int, rows: Array, rng: np.random.Generator
    ) -> Iterator[tuple[int, Propagated]]:
        for index in range(start, end + 1):
            with self._naming(index):
                found = propagate(self.layers[(index - 1) % len(self.layers)], rows, rng)
            yield index, found
            rows = found.outputs

    @contextmanager
    def _naming(self, index: int) -> Iterator[None]:
        """Say in which layer the mathematics ended."""
        try:
            yield
        except OutOfDomain as error:
            raise OutOfDomain(f"In layer {index} of {self.depth}: {error}") from None

    def _record(self, index: int, rows: Array, hidden_gram: Array | float = 0.0) -> None:
        self.hidden_gram[index] = hidden_gram
        self.gram[index] = rows @ rows.T / self.width
        self.distances[index] = _squared_distances(rows) / self.width
        _check_finite("signals", self.gram[index] + self.hidden_gram[index], index)

    def _record_gradients(self, index: int, leaving: Leaving) -> None:
        assert self.gradient_gram is not None
        self.gradient_gram[index - 1] = leaving.inputs @ leaving.inputs.T / self.width
        self._parameters(index, "wb", leaving.hidden_gram, self.gram[index - 1])
        if leaving.active_gram is not None:
            self._parameters(index, "va", leaving.total_gram, leaving.active_gram)
        _check_finite("gradients", self.gradient_gram[index - 1], index - 1)
        _check_finite("tangent_kernel", self.tangent, index)

    def _parameters(self, index: int, names: str, after: Array, before: Array) -> None:
        """Take in the gradients by a matrix and its bias, from what is before and after it."""
        self.tangent += self.width * after * (self.width * before + 1)
        squares = (np.diagonal(after * before), np.diagonal(after))
        for name, values in zip(names, squares, strict=True):
            self.gradients.setdefault(name, np.zeros(self.gram.shape[:2]))[index] = values


def _segment(depth: int, size: int, memory: int) -> int:
    """Return how many layers to keep at once, given the bytes of one array of signals."""
    for parts in range(1, depth + 1):
        segment = -(-depth // parts)
        if (segment * ARRAYS_KEPT + parts) * size <= memory:
            return segment
    return max(1, isqrt(depth // ARRAYS_KEPT))


def _squared_distances(rows: Array) -> Array:
    """Return the squared distances of all pairs, each from its difference."""
    result = np.zeros((len(rows), len(rows)))
    for index in range(len(rows) - 1):
        difference = rows[index + 1 :] - rows[index]
        result[index, index + 1 :] = np.einsum("ij,ij->i", difference, difference)
    return result + result.T


def _check_finite(name: str, products: Array, index: int) -> None:
    if not np.isfinite(products).all():
        condition = f"to have finite squares in float64 at layer {index}"
        raise OutOfDomain(expected(name, condition, "an overflow"))


def _random_direction(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return one Gaussian direction of unit mean square, repeated for all inputs."""
    direction = normalize(rng.standard_normal((1, shape[1])), "rms").rows
    return np.broadcast_to(direction, shape)


def _checked_inputs(inputs: ArrayLike) -> Array:
    columns = _finite_array("inputs", inputs)
    if columns.ndim != 2 or not columns.size:
        condition = "to have shape (n, k), both at least 1"
        raise InvalidArgument(expected("inputs", condition, f"shape {columns.shape}"))
    return np.ascontiguousarray(columns.T)


def _checked_gradient(gradient: ArrayLike | None, shape: tuple[int, ...]) -> Array | None:
    if gradient is None:
        return None
    rows = _finite_array("output_gradient", gradient).T
    if rows.shape not in (shape, shape[1:]):
        condition = f"to have shape {shape[1:]} or {shape[::-1]}"
        raise InvalidArgument(expected("output_gradient", condition, f"shape {rows.shape[::-1]}"))
    return np.ascontiguousarray(np.broadcast_to(rows, shape))


def _finite_array(name: str, value: ArrayLike) -> Array:
    array = real_array(name, value)
    if not np.isfinite(array).all():
        raise InvalidArgument(expected(name, "to be finite", "an array that is not"))
    return array
