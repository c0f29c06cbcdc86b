r"""Moments of tiny networks with discrete weights, with the gates that the weights really set.

All assignments of the weights to the atoms of their law are gone through; each network is run
forwards and backwards in a field of square roots, in which a pre-activation that vanishes is seen
to vanish. There the derivative of the ReLU is a choice, and for weights with atoms a choice that
matters.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_instance, check_integer, check_sequence
from symprop.moments.enumeration import EnumeratedMoments, trained_labels, weight_entries
from symprop.numerics.precision import working_bits
from symprop.numerics.rationals import exact_rational
from symprop.specs.wiring import INPUT_MATRIX, Graph

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from symprop.specs.wiring import Node

    Label = tuple[int, int]
    Surd = dict[int, fmpq]
    Weights = dict[tuple[Label, int, int], fmpq]

__all__ = ["weight_enumeration"]

_MOST_NETWORKS = 100_000
_WIDEST = 16  # two atoms for each weight of the output are 65536 networks
_BITS = 256
_OUTPUT = (-1, 0)


def weight_enumeration(
    graph: Graph,
    width: int,
    *,
    atoms: Sequence[Any] = (-1, 1),
    slope_at_zero: Any = 0,
    trained: Collection[Label] | None = None,
) -> EnumeratedMoments:
    r"""Return the moments of a network by going through all its weights.

    Parameters
    ----------
    graph : Graph
        A network with an input layer.
    width : int
        ``n``.
    atoms : sequence of numbers
        Values of a weight, equally likely, symmetric and of mean square 1; fair signs by default.
    slope_at_zero : number
        Derivative of ``max(x, 0)`` at 0.
    trained : collection of labels, optional
        Matrices that the kernel counts; all but the input layer by default.

    Returns
    -------
    EnumeratedMoments

    Raises
    ------
    InvalidArgument
        If there are too many networks, or the atoms are no such law.
    OutOfDomain
        If a scale is not rational, or a moment is not.

    Conventions
    -----------
    The input is the number 1. A gate is the derivative of the ReLU at the pre-activation.

    Error
    -----
    Exact.

    Examples
    --------
    >>> from symprop.specs.branched import Vanilla
    >>> weight_enumeration(Vanilla().graph(1), 2).kernel
    (Fraction(1, 2), Fraction(5, 8))
    """
    check_instance("graph", graph, Graph)
    check_integer("width", width, minimum=1, maximum=_WIDEST)
    atoms = check_sequence("atoms", atoms)
    values = [value for atom in atoms if (value := exact_rational(atom)) is not None]
    if not values or len(values) < len(atoms) or sorted(values) != sorted(-v for v in values):
        raise InvalidArgument(expected("atoms", "to be symmetric rational numbers", atoms))
    if sum((v * v for v in values), fmpq(0)) != len(values):
        raise InvalidArgument(expected("atoms", "of mean square 1", atoms))
    entries = weight_entries(graph, width)
    if len(values) ** len(entries) > _MOST_NETWORKS:
        condition = f"to give at most {_MOST_NETWORKS} networks"
        raise InvalidArgument(expected("graph and width", condition, len(entries)))
    labels = trained_labels(graph, trained)
    slope = exact_rational(slope_at_zero)
    if slope is None:
        raise InvalidArgument(expected("slope_at_zero", "to be rational", slope_at_zero))
    machine = _Machine(graph, width, slope)
    sums: list[Surd] = [{} for _ in range(4 + 4 * len(labels))]
    with working_bits(_BITS):
        for choice in product(values, repeat=len(entries)):
            weights = dict(zip(entries, choice, strict=True))
            sums = [_add(a, b) for a, b in zip(sums, machine.powers(weights, labels), strict=True)]
    means = [_rational(total) / len(values) ** len(entries) for total in sums]
    pairs = list(zip(means[::2], means[1::2], strict=True))
    return EnumeratedMoments(
        pairs[0],
        pairs[1],
        dict(zip(labels, pairs[2::2], strict=True)),
        dict(zip(labels, pairs[3::2], strict=True)),
    )


class _Machine:
    """One architecture, to be run with many weights."""

    def __init__(self, graph: Graph, width: int, slope: fmpq) -> None:
        self.graph, self.width = graph, width
        self.slope = {1: slope} if slope else {}
        self.scales = {
            matrix.label: _root(matrix.scale, 1 if matrix.label == INPUT_MATRIX else width)
            for matrix in graph.matrices
        }
        self.end = _root(1, width)

    def powers(self, weights: Weights, labels: list[Label]) -> list[Surd]:
        """Return f^2, f^4, G, G^2 and for each matrix the same of its part and its gradient."""
        vectors, gates = self._forward(weights)
        behind = self._backward(weights, gates)
        output: Surd = {}
        for i, entry in enumerate(vectors[-1]):
            output = _add(output, _times(_scaled(self.end, weights[_OUTPUT, 0, i]), entry))
        found = {}
        for index, node in enumerate(self.graph.nodes):
            for matrix in node.matrices:
                if matrix.label in labels:
                    read = vectors[matrix.source]
                    norm = _times(_square_sum(behind[index]), _square_sum(read))
                    norm = _times(
                        norm, _times(self.scales[matrix.label], self.scales[matrix.label])
                    )
                    part = self._part(weights, matrix.label, behind[index], read)
                    found[matrix.label] = (part, norm)
        total: Surd = {}
        for _, norm in found.values():
            total = _add(total, norm)
        numbers = [*_even_powers(output), *_squares(total)]
        for label in labels:
            numbers += [*_even_powers(found[label][0]), *_squares(found[label][1])]
        return numbers

    def _forward(self, weights: Weights) -> tuple[list[list[Surd]], list[list[Surd]]]:
        vectors: list[list[Surd]] = [[{1: fmpq(1)}]]
        gates: list[list[Surd]] = [[]]
        for node in self.graph.nodes[1:]:
            sums = self._sums(node, weights, vectors)
            gate = [self._gate(entry) if node.active else {1: fmpq(1)} for entry in sums]
            vectors.append([_times(g, entry) for g, entry in zip(gate, sums, strict=True)])
            gates.append(gate)
        return vectors, gates

    def _sums(self, node: Node, weights: Weights, vectors: list[list[Surd]]) -> list[Surd]:
        sums: list[Surd] = [{} for _ in range(self.width)]
        if node.skip is not None:
            sums = list(vectors[node.skip])
        for matrix in node.matrices:
            for row in range(self.width):
                for column, entry in enumerate(vectors[matrix.source]):
                    factor = _scaled(self.scales[matrix.label], weights[matrix.label, row, column])
                    sums[row] = _add(sums[row], _times(factor, entry))
        return sums

    def _gate(self, entry: Surd) -> Surd:
        if not entry:
            return _times({2: fmpq(1)}, self.slope)
        value = sum((arb(r).sqrt() * c for r, c in entry.items()), arb(0))
        if value > 0:
            return {2: fmpq(1)}
        if value < 0:
            return {}
        raise OutOfDomain(expected("a pre-activation", f"told from 0 by {_BITS} bits", entry))

    def _backward(self, weights: Weights, gates: list[list[Surd]]) -> list[list[Surd]]:
        """Return the derivatives of the output by the sums in each node."""
        nodes = self.graph.nodes
        behind: list[list[Surd]] = [[{} for _ in range(self.width)] for _ in nodes]
        behind[-1] = [_scaled(self.end, weights[_OUTPUT, 0, i]) for i in range(self.width)]
        for index in range(len(nodes) - 1, 0, -1):
            behind[index] = [_times(g, b) for g, b in zip(gates[index], behind[index], strict=True)]
            node = nodes[index]
            if node.skip is not None:
                behind[node.skip] = [
                    _add(a, b) for a, b in zip(behind[node.skip], behind[index], strict=True)
                ]
            for matrix in node.matrices:
                if matrix.source == 0:
                    continue
                for row in range(self.width):
                    for column in range(self.width):
                        weight = weights[matrix.label, row, column]
                        step = _times(
                            _scaled(self.scales[matrix.label], weight), behind[index][row]
                        )
                        behind[matrix.source][column] = _add(behind[matrix.source][column], step)
        return behind

    def _part(self, weights: Weights, label: Label, behind: list[Surd], read: list[Surd]) -> Surd:
        total: Surd = {}
        for row, back in enumerate(behind):
            for column, entry in enumerate(read):
                factor = _scaled(self.scales[label], weights[label, row, column])
                total = _add(total, _times(factor, _times(back, entry)))
        return total


def _root(value: Any, divisor: int) -> Surd:
    """Return the square root of a rational number over an integer."""
    number = exact_rational(value)
    if number is None or number < 0:
        raise OutOfDomain(expected("scale", "to be rational and >= 0", value))
    number /= divisor
    if number == 0:
        return {}
    inside = int(number.p) * int(number.q)
    outer, free = 1, 1
    for prime, power in sympy.factorint(inside).items():
        outer *= prime ** (power // 2)
        free *= prime ** (power % 2)
    return {free: fmpq(outer, int(number.q))}


def _rational(surd: Surd) -> Fraction:
    if set(surd) - {1}:
        raise OutOfDomain(expected("a moment", "to be rational", surd))
    number = surd.get(1, fmpq(0))
    return Fraction(int(number.p), int(number.q))


def _scaled(surd: Surd, factor: fmpq) -> Surd:
    return {root: factor * c for root, c in surd.items()} if factor else {}


def _add(a: Surd, b: Surd) -> Surd:
    total = dict(a)
    for root, c in b.items():
        total[root] = total.get(root, fmpq(0)) + c
        if total[root] == 0:
            del total[root]
    return total


def _times(a: Surd, b: Surd) -> Surd:
    total: Surd = {}
    for first, c in a.items():
        for second, d in b.items():
            shared = gcd(first, second)
            term = {(first // shared) * (second // shared): c * d * shared}
            total = _add(total, term) if total else term
    return total


def _square_sum(vector: list[Surd]) -> Surd:
    total: Surd = {}
    for entry in vector:
        total = _add(total, _times(entry, entry))
    return total


def _squares(value: Surd) -> tuple[Surd, Surd]:
    return value, _times(value, value)


def _even_powers(value: Surd) -> tuple[Surd, Surd]:
    square = _times(value, value)
    return square, _times(square, square)
