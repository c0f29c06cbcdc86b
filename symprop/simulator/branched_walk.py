r"""The way through a network with bypasses and back, whoever provides its matrices.

Rows are inputs: an array of shape ``(k, n)``, or ``(r, k, n)`` with the whole network first and
then the reduced ones, which share its weights. A source of matrices draws all those that lead to
one node at once, and sees only the rows they act on.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Protocol

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_integer
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import as_ball
from symprop.simulator.branched_run import BranchedRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.specs.branched import Branched
    from symprop.specs.wiring import Graph, Node

    Array = NDArray[np.float64]

__all__ = ["Arrivals", "MatrixSource", "walk"]

_BITS = 64


class Arrivals(Protocol):
    """What the matrices that lead to a node do to the rows they were given."""

    @property
    def outputs(self) -> Array:
        """The sum of their products."""
        ...

    def transposed(self, gradients: Array) -> Sequence[Array]:
        """Return the gradients behind each matrix, given those at the node; asked once."""
        ...


class MatrixSource(Protocol):
    """Where matrices of unit variance come from."""

    def matrices(self, blocks: Sequence[Array]) -> Arrivals:
        """Draw a matrix for each block of rows, all of which lead to one node."""
        ...

    def output_weights(self, width: int) -> Array:
        """Draw the weights of the output."""
        ...


@dataclass(eq=False)
class _Passed:
    """A node with what it needs on the way back."""

    node: Node
    values: Array
    arrivals: Arrivals | None
    factors: list[float]


def walk(
    architecture: Branched,
    inputs: ArrayLike,
    depth: int,
    source: MatrixSource,
    *,
    backward: str | None,
    reduced: bool,
) -> BranchedRun:
    """Sample one network.

    Parameters
    ----------
    architecture : Branched
        Its wiring.
    inputs : array of shape (n, k)
        Inputs as columns; all layers have the width ``n``.
    depth : int
        Number of layers or branches.
    source : MatrixSource
        Draws the weights.
    backward : {None, "true", "independent"}
        Whether gradients are computed; which of the two is the affair of the source.
    reduced : bool
        Whether the outputs of the reduced networks are computed too.

    Returns
    -------
    BranchedRun

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If signals or gradients leave the range of float64.
    """
    depth = check_integer("depth", depth, minimum=0)
    if backward is not None:
        check_choice("backward", backward, ("true", "independent"))
    rows = _checked_inputs(inputs)
    graph = architecture.graph(depth)
    networks = [graph]
    if reduced:
        networks += [graph.through(layer) for layer in range(1, depth + 1)]
    with _looking_for_overflows():
        passed = _forward(networks, rows, source, keep=backward is not None)
        last = passed[-1].values
        width = rows.shape[1]
        weights = source.output_weights(width) / sqrt(width)
        outputs = last @ weights
        gradients = crossed = kernels = None
        if backward is not None:
            gradients, crossed, kernels = _backward(graph, passed, weights)
        layers = [_products(passed[index].values[0]) / width for index in graph.layers]
        output_kernel = _finite("signals", _products(last[0]) / width)
    return BranchedRun(
        tuple(matrix.label for matrix in graph.matrices),
        tuple(architecture.trains(matrix) for matrix in graph.matrices),
        _finite("signals", np.array(layers)),
        outputs[0],
        outputs[1:] if reduced else None,
        gradients,
        crossed,
        kernels,
        output_kernel,
        "output" in architecture.trained,
    )


def _forward(
    networks: Sequence[Graph], rows: Array, source: MatrixSource, *, keep: bool
) -> list[_Passed]:
    """Go through all networks at once, node by node; where a connection is cut, zeros arrive."""
    count, (inputs, width) = len(networks), rows.shape
    passed: list[_Passed] = []
    for index, node in enumerate(networks[0].nodes):
        variants = [network.nodes[index] for network in networks]
        arrivals, factors = None, []
        if node.matrices:
            factors = [sqrt(_number(matrix.scale) / width) for matrix in node.matrices]
            blocks = []
            for matrix, factor in zip(node.matrices, factors, strict=True):
                connected = [matrix in variant.matrices for variant in variants]
                values = _cut(passed[matrix.source].values, connected)
                blocks.append((factor * values).reshape(-1, width))
            arrivals = source.matrices(blocks)
            total = arrivals.outputs.reshape(count, inputs, width)
        elif index == 0:
            total = np.tile(rows, (count, 1, 1))
        else:
            total = np.zeros((count, inputs, width))
        if node.skip is not None:
            skipped = [variant.skip is not None for variant in variants]
            total = total + _cut(passed[node.skip].values, skipped)
        if node.active:
            total = np.maximum(total, 0.0)
            total *= sqrt(2)
        passed.append(_Passed(node, total, arrivals if keep else None, factors))
    return passed


def _cut(values: Array, connected: Sequence[bool]) -> Array:
    """Return the signals that pass a connection, one for each network."""
    if all(connected):
        return values
    cut: Array = values * np.array(connected)[:, None, None]
    return cut


def _backward(graph: Graph, passed: list[_Passed], weights: Array) -> tuple[Array, Array, Array]:
    """Return inner products in the whole network, layer by layer and matrix by matrix.

    Those of gradients by a layer with each other, with the layer itself, and by a matrix.
    """
    inputs, width = passed[0].values.shape[1:]
    arriving: list[Array | None] = [None] * len(passed)
    arriving[-1] = np.tile(weights, (inputs, 1))
    grams: dict[int, Array] = {}
    crossed: dict[int, Array] = {}
    kernels: list[Array] = []
    for index in range(len(passed) - 1, -1, -1):
        gradient, step = arriving[index], passed[index]
        arriving[index] = None
        if gradient is None:  # a node that nothing reads
            gradient = np.zeros((inputs, width))
        if index in graph.layers:
            crossed[index] = _finite("gradients", gradient @ step.values[0].T)
        if step.node.active:
            gradient = gradient * (sqrt(2) * (step.values[0] > 0))
        grams[index] = _finite("gradients", _products(gradient))
        if step.node.skip is not None:
            _add(arriving, step.node.skip, gradient)
        behind = [] if step.arrivals is None else step.arrivals.transposed(gradient)
        here = []
        for matrix, factor, part in zip(step.node.matrices, step.factors, behind, strict=True):
            before = _products(factor * passed[matrix.source].values[0])
            here.append(_finite("tangent_kernel", before * grams[index]))
            _add(arriving, matrix.source, factor * part)
        kernels = here + kernels
        step.arrivals = None
    shape = (len(kernels), inputs, inputs)
    return (
        np.array([grams[index] for index in graph.layers]),
        np.array([crossed[index] for index in graph.layers]),
        np.reshape(kernels, shape),
    )


def _add(arriving: list[Array | None], index: int, gradient: Array) -> None:
    present = arriving[index]
    arriving[index] = gradient if present is None else present + gradient


def _products(rows: Array) -> Array:
    products: Array = rows @ rows.T
    return products


def _finite(name: str, products: Array) -> Array:
    if not np.isfinite(products).all():
        raise OutOfDomain(expected(name, "to have finite squares in float64", "an overflow"))
    return products


@contextmanager
def _looking_for_overflows() -> Iterator[None]:
    with np.errstate(over="ignore", invalid="ignore"):
        yield


def _number(value: object) -> float:
    return float(as_ball(value, _BITS, "scale").mid())


def _checked_inputs(inputs: ArrayLike) -> Array:
    columns = real_array("inputs", inputs)
    if columns.ndim != 2 or not columns.size:
        condition = "to have shape (n, k), both at least 1"
        raise InvalidArgument(expected("inputs", condition, f"shape {columns.shape}"))
    if not np.isfinite(columns).all():
        raise InvalidArgument(expected("inputs", "to be finite", "an array that is not"))
    return np.ascontiguousarray(columns.T)
