r"""Moments of tiny networks by multiplying everything out: a witness for the recursions.

Given its gates, a ReLU network is a polynomial in its weights, a sum over paths. The moments of
output, gradients and tangent kernel are then sums of products of moments of single weights, and
the gates are averaged as independent fair coins. Nothing here knows about layers or states.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw, expected
from symprop.foundation.validation import check_instance, check_integer, check_sequence
from symprop.numerics.rationals import exact_rational
from symprop.specs.initialization import WeightLaw, weight_law
from symprop.specs.wiring import INPUT_MATRIX, Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from symprop.specs.wiring import Matrix

    Label = tuple[int, int]

__all__ = ["EnumeratedMoments", "gate_enumeration", "trained_labels", "weight_entries"]

_MOST_VARIABLES = 40
_OUTPUT = (-1, 0)


@dataclass(frozen=True)
class EnumeratedMoments:
    r"""Exact moments of a network with a single input coordinate of value 1.

    Attributes
    ----------
    output : tuple of Fraction
        ``E f^2`` and ``E f^4``.
    kernel : tuple of Fraction
        ``E G`` and ``E G^2``, with the chosen matrices trained.
    parts : mapping
        For each chosen matrix the second and fourth moment of the paths through it.
    jacobians : mapping
        For each chosen matrix the mean and mean square of :math:`|\partial f/\partial W|^2`.
    """

    output: tuple[Fraction, Fraction]
    kernel: tuple[Fraction, Fraction]
    parts: dict[Label, tuple[Fraction, Fraction]]
    jacobians: dict[Label, tuple[Fraction, Fraction]]


def weight_entries(graph: Graph, width: int) -> list[tuple[Label, int, int]]:
    """Return label, row and column of all weights; those of the output have label (-1, 0)."""
    entries = [
        (matrix.label, row, column)
        for matrix in graph.matrices
        for row in range(width)
        for column in range(1 if matrix.label == INPUT_MATRIX else width)
    ]
    return entries + [(_OUTPUT, 0, column) for column in range(width)]


def trained_labels(graph: Graph, trained: Collection[Label] | None) -> list[Label]:
    """Return the labels that were asked for, or those of all matrices but the input layer's."""
    labels = [matrix.label for matrix in graph.matrices]
    if trained is None:
        return [label for label in labels if label != INPUT_MATRIX]
    chosen = check_sequence("trained", trained, "labels")
    if any(label not in labels for label in chosen):
        raise InvalidArgument(expected("trained", f"to be among {labels}", trained))
    return chosen


def gate_enumeration(
    graph: Graph,
    width: int,
    *,
    law: WeightLaw | str = "gaussian",
    trained: Collection[Label] | None = None,
) -> EnumeratedMoments:
    """Return the moments of a tiny network with fair coins as gates.

    Parameters
    ----------
    graph : Graph
        A network with an input layer.
    width : int
        ``n``; the number of terms grows very fast with it.
    law : WeightLaw or str
        Law of the independent weights.
    trained : collection of labels, optional
        Matrices that the kernel counts; all but the input layer by default.

    Returns
    -------
    EnumeratedMoments

    Raises
    ------
    InvalidArgument
        If the network is too large or an argument malformed.
    OutOfDomain
        If a scale is not rational, or a bypass starts behind a ReLU.
    UnsupportedLaw
        If the weights depend on each other.

    Conventions
    -----------
    The input is the number 1.

    Error
    -----
    Exact.

    Examples
    --------
    >>> from symprop.specs.branched import Vanilla
    >>> gate_enumeration(Vanilla().graph(1), 2).kernel
    (Fraction(1, 1), Fraction(7, 1))
    """
    chosen = weight_law(law)
    if not chosen.independent_entries:
        raise UnsupportedLaw(expected("law", "with independent entries", chosen.name))
    check_instance("graph", graph, Graph)
    check_integer("width", width, minimum=1, maximum=_MOST_VARIABLES)
    labels = trained_labels(graph, trained)
    network = _Polynomials(graph, width, chosen)
    output = network.output()
    jacobians = {label: network.squared_gradient(output, label) for label in labels}
    parts = {label: network.part(output, label) for label in labels}
    total: Any = sum(jacobians.values(), network.context.constant(0))
    expect = network.expectation
    return EnumeratedMoments(
        (expect(output**2), expect(output**4)),
        (expect(total), expect(total**2)),
        {label: (expect(part**2), expect(part**4)) for label, part in parts.items()},
        {label: (expect(norm), expect(norm**2)) for label, norm in jacobians.items()},
    )


class _Polynomials:
    """A network as polynomials in its weights and gates.

    Scales, and the factor of the ReLU that a weight reads, are put into the variance of the
    weight, so that no roots appear.
    """

    def __init__(self, graph: Graph, width: int, law: WeightLaw) -> None:
        self.graph, self.width = graph, width
        self.entries = weight_entries(graph, width)
        gates = [
            (index, i)
            for index, node in enumerate(graph.nodes)
            if node.active
            for i in range(width)
        ]
        count = len(self.entries) + len(gates)
        if count > _MOST_VARIABLES:
            raise InvalidArgument(expected("weights and gates", f"<= {_MOST_VARIABLES}", count))
        if not graph.nodes[1].matrices or graph.nodes[1].matrices[0].label != INPUT_MATRIX:
            raise OutOfDomain(expected("graph", "to begin with an input layer", graph.nodes[1]))
        names = [f"v{i}" for i in range(count)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        variables = self.context.gens()
        self.weights = dict(zip(self.entries, variables, strict=False))
        self.gates = dict(zip(gates, variables[len(self.entries) :], strict=True))
        self.scales = self._scales()
        self.moments = [self._moment(law, self.scales[entry[0]]) for entry in self.entries]
        self.moments += [lambda power: fmpq(1, 2) if power else fmpq(1) for _ in gates]

    def _scales(self) -> dict[Label, fmpq]:
        """Return the variance of a weight, the factor of the ReLU before it included."""
        scales = {}
        for matrix in self.graph.matrices:
            variance = exact_rational(matrix.scale)
            if variance is None:
                raise OutOfDomain(expected("scale", "to be rational", matrix.scale))
            fan = 1 if matrix.label == INPUT_MATRIX else self.width
            scales[matrix.label] = variance * self._factor(matrix.source) / fan
        scales[_OUTPUT] = self._factor(len(self.graph.nodes) - 1) / self.width
        return scales

    def _factor(self, node: int) -> fmpq:
        return fmpq(2 if self.graph.nodes[node].active else 1)

    @staticmethod
    def _moment(law: WeightLaw, variance: fmpq) -> Callable[[int], fmpq]:
        def moment(power: int) -> fmpq:
            if power % 2:
                return fmpq(0)
            return exact_rational(law.moment(power)) * variance ** (power // 2)

        return moment

    def output(self) -> Any:
        one, zero = self.context.constant(1), self.context.constant(0)
        vectors: list[list[Any]] = [[one]]
        for index, node in enumerate(self.graph.nodes[1:], start=1):
            vector = [zero] * self.width
            if node.skip is not None:
                if self.graph.nodes[node.skip].active:
                    raise OutOfDomain(expected("skip", "to start at a plain sum", node.skip))
                vector = list(vectors[node.skip])
            for matrix in node.matrices:
                vector = [
                    vector[row] + self._row(matrix, row, vectors[matrix.source])
                    for row in range(self.width)
                ]
            if node.active:
                vector = [self.gates[index, i] * entry for i, entry in enumerate(vector)]
            vectors.append(vector)
        return sum((self.weights[_OUTPUT, 0, i] * y for i, y in enumerate(vectors[-1])), zero)

    def _row(self, matrix: Matrix, row: int, source: list[Any]) -> Any:
        terms = (self.weights[matrix.label, row, j] * entry for j, entry in enumerate(source))
        return sum(terms, self.context.constant(0))

    def _of(self, label: Label) -> Iterable[tuple[int, Any]]:
        return (
            (place, self.weights[entry])
            for place, entry in enumerate(self.entries)
            if entry[0] == label
        )

    def squared_gradient(self, output: Any, label: Label) -> Any:
        """Return the squared norm of the gradient by the weights of unit variance."""
        factor = self.scales[label]
        squares = (output.derivative(place) ** 2 for place, _ in self._of(label))
        return factor * sum(squares, self.context.constant(0))

    def part(self, output: Any, label: Label) -> Any:
        terms = (weight * output.derivative(place) for place, weight in self._of(label))
        return sum(terms, self.context.constant(0))

    def expectation(self, polynomial: Any) -> Fraction:
        total = fmpq(0)
        for powers, coefficient in polynomial.terms():
            if all(power % 2 == 0 for power in powers[: len(self.entries)]):
                total += coefficient * prod(
                    (self.moments[i](power) for i, power in enumerate(powers) if power),
                    start=fmpq(1),
                )
        return Fraction(int(total.p), int(total.q))
