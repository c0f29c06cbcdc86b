r"""ReLU networks with bypasses at infinite width, over any kind of numbers.

A node of `symprop.specs.wiring` has the limits :math:`S_v=\lim x_v^\top x_v'/n` and
:math:`B_v=\lim D_v^\top D_v'`, ``D`` being the gradient of the output by the sum in the node,

.. math:: \hat S_v=S_{s(v)}+\sum_{e\to v}c_eS_{u(e)},\qquad S_v=\psi_v(\hat S_v),\qquad
    B_u=\psi_u'\Bigl(\sum_{s(v)=u}B_v+\sum_{u(e)=u}c_eB_{v(e)}\Bigr),

where an active node multiplies by :math:`\dot\kappa(c)=1-\arccos(c)/\pi` backward, and forward
takes the correlation ``c`` to :math:`\kappa(c)=c\,\dot\kappa(c)+\sqrt{1-c^2}/\pi`. Independent
weights make all cross terms vanish. The part of a matrix in the tangent kernel is
:math:`c_eS_uB_v`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprop.specs.wiring import INPUT_MATRIX

if TYPE_CHECKING:
    from symprop.specs.wiring import Graph, Matrix

__all__ = ["Arc", "GraphLimits", "graph_limits"]

Arc = Callable[[Any], tuple[Any, Any]]
"""From a correlation to what the normalised ReLU and its derivative make of it."""


@dataclass(frozen=True)
class GraphLimits:
    """Limits of one network for inputs of unit mean square at some cosine.

    Attributes
    ----------
    signals : list
        ``S`` of every node; None where nothing arrives.
    gradients : list
        ``B`` of every node; None where nothing is read.
    arriving : list
        What arrives at every node through its matrices, None without.
    graph : Graph
        The network.
    """

    signals: list[Any]
    gradients: list[Any]
    arriving: list[Any]
    graph: Graph

    @property
    def output(self) -> Any:
        """Covariance of the output, which is also the kernel of the output weights."""
        return self.signals[-1]

    def tangent(self, trained: tuple[str, ...]) -> Any:
        """Return the sum of the kernels of the groups of weights that are trained."""
        total: Any = self.output if "output" in trained else 0
        for node, arriving, gradient in zip(
            self.graph.nodes, self.arriving, self.gradients, strict=True
        ):
            if arriving is None or gradient is None:
                continue
            first = node.matrices[0].label == INPUT_MATRIX
            if ("input" if first else "hidden") in trained:
                total = total + arriving * gradient
        return total

    def parts(self, number: Callable[[Any], Any]) -> dict[tuple[int, int], Any]:
        """Return the kernel of every matrix that is on a path, by its label."""
        found = {}
        for node, gradient in zip(self.graph.nodes, self.gradients, strict=True):
            for matrix in node.matrices:
                signal = self.signals[matrix.source]
                if gradient is not None and signal is not None:
                    found[matrix.label] = number(matrix.scale) * signal * gradient
        return found


def graph_limits(
    graph: Graph,
    cosine: Any,
    *,
    arc: Arc,
    number: Callable[[Any], Any],
    backward: bool = True,
) -> GraphLimits:
    """Return the limits of a network, there and back.

    Parameters
    ----------
    graph : Graph
        The network.
    cosine : any
        Of two inputs of unit mean square: a number of any kind, or an array of float64.
    arc : callable
        From a correlation of that kind to the pair of kernels.
    number : callable
        From a scale to a number that goes with it.
    backward : bool
        Whether the gradients are followed too; without, there are none.

    Returns
    -------
    GraphLimits

    Error
    -----
    That of the arithmetic.
    """
    signals, lengths, slopes, arriving = _forward(graph, cosine, arc, number)
    gradients = [None] * len(signals)
    if backward:
        gradients = _backward(graph, slopes, number, alive=[x is not None for x in lengths])
    return GraphLimits(signals, gradients, arriving, graph)


def _forward(
    graph: Graph, cosine: Any, arc: Arc, number: Callable[[Any], Any]
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    signals: list[Any] = []
    lengths: list[Any] = []  # of one input, a number: it depends on the network only
    slopes: list[Any] = []
    arriving: list[Any] = []
    sums = _Sums(lambda source: (signals[source], lengths[source]), from_end=False)
    for index, node in enumerate(graph.nodes):
        signal: Any = cosine if index == 0 else None
        length: Any = number(1) if index == 0 else None
        through = None
        groups: dict[int, list[Matrix]] = {}
        for matrix in node.matrices:
            if lengths[matrix.source] is not None:
                groups.setdefault(id(matrix.scale), []).append(matrix)
        for group in groups.values():
            cross, own = sums.of(tuple(matrix.source for matrix in group))
            factor = number(group[0].scale)
            through = _plus(through, factor * cross)
            signal, length = _plus(signal, factor * cross), _plus(length, factor * own)
        if node.skip is not None and lengths[node.skip] is not None:
            signal = _plus(signal, signals[node.skip])
            length = _plus(length, lengths[node.skip])
        slope = None
        if node.active and length is not None and not _is_zero(length):
            value, slope = arc(signal / length if index else signal)
            signal = length * value if index else value
        signals.append(signal)
        lengths.append(length)
        slopes.append(slope)
        arriving.append(through)
    return signals, lengths, slopes, arriving


def _backward(
    graph: Graph, slopes: list[Any], number: Callable[[Any], Any], *, alive: list[bool]
) -> list[Any]:
    count = len(graph.nodes)
    readers: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    scales: dict[int, Any] = {}
    skips: list[list[int]] = [[] for _ in range(count)]
    for index, node in enumerate(graph.nodes):
        for matrix in node.matrices:
            scales[id(matrix.scale)] = matrix.scale
            readers[matrix.source].append((id(matrix.scale), index))
        if node.skip is not None:
            skips[node.skip].append(index)
    gradients: list[Any] = [None] * count

    def weighted(reader: tuple[int, int]) -> tuple[Any, Any]:
        return number(scales[reader[0]]) * gradients[reader[1]], 0

    sums = _Sums(weighted, from_end=True)
    for index in range(count - 1, -1, -1):
        gradient = number(1) if index == count - 1 else None
        wanted = tuple(key for key in readers[index] if gradients[key[1]] is not None)
        if wanted:
            gradient = _plus(gradient, sums.of(wanted)[0])
        for reader in skips[index]:
            if gradients[reader] is not None:
                gradient = _plus(gradient, gradients[reader])
        if gradient is not None and slopes[index] is not None:
            gradient = gradient * slopes[index]
        gradients[index] = gradient if alive[index] else None
    return gradients


class _Sums:
    """Sums over lists that grow by one item, so that none is summed twice."""

    def __init__(self, value: Callable[[Any], tuple[Any, Any]], *, from_end: bool) -> None:
        self.value, self.from_end = value, from_end
        self.known: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def of(self, items: tuple[Any, ...]) -> tuple[Any, Any]:
        """Return the two sums over the items."""
        first, rest = (items[0], items[1:]) if self.from_end else (items[-1], items[:-1])
        total = self.value(first)
        if rest:
            before = self.known[rest] if rest in self.known else self.of(rest)
            total = (before[0] + total[0], before[1] + total[1])
        if len(self.known) > 2:  # a list grows from one of the last ones
            self.known.pop(next(iter(self.known)))
        self.known[items] = total
        return total


def _plus(total: Any, more: Any) -> Any:
    return more if total is None else total + more


def _is_zero(length: Any) -> bool:
    return bool(length.is_zero() if callable(getattr(length, "is_zero", None)) else length == 0)
