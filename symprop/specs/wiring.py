r"""Networks with bypasses as graphs: which weight matrix leads from where to where.

A node sums what arrives, through weight matrices and over at most one bypass, and may apply the
normalised ReLU to the sum,

.. math:: x_v=\psi_v\Bigl(x_{s(v)}+\sum_{e\to v}\sqrt{c_e/n}\;W_e\,x_{u(e)}\Bigr),\qquad
    \psi_v(z)=z\ \text{or}\ \sqrt2\max(z,0),

where all entries of all ``W`` are independent, symmetric and of unit variance. The output is
:math:`f=w^\top x_{\mathrm{last}}/\sqrt n`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer

__all__ = ["INPUT_MATRIX", "Graph", "Matrix", "Node"]

INPUT_MATRIX = (0, 0)
"""Label of the weight matrix of an affine input layer."""


@dataclass(frozen=True)
class Matrix:
    """A weight matrix on its way into a node.

    Attributes
    ----------
    label : tuple of int
        Layer or branch, and number within it.
    source : int
        The node it reads.
    scale : number
        Variance of its entries, times the width.
    """

    label: tuple[int, int]
    source: int
    scale: Any


@dataclass(frozen=True)
class Node:
    """A vector of the network.

    Attributes
    ----------
    matrices : tuple of Matrix
        All that lead here.
    skip : int or None
        The node that is added as it is.
    active : bool
        Whether the sum goes through the normalised ReLU.
    """

    matrices: tuple[Matrix, ...] = ()
    skip: int | None = None
    active: bool = False


@dataclass(frozen=True)
class Graph:
    """A network of some depth, unrolled.

    Attributes
    ----------
    nodes : tuple of Node
        In an order in which each reads only those before it. The first is the input, and the
        last is what the output reads.
    layers : tuple of int
        The nodes that are layers 0 to ``depth``; the others are inside of branches.

    Examples
    --------
    >>> from symprop.specs.branched import ResNet
    >>> graph = ResNet(2, "1/10").graph(1)
    >>> [matrix.label for matrix in graph.matrices], graph.layers
    ([(0, 0), (1, 1), (1, 2)], (1, 3))
    """

    nodes: tuple[Node, ...]
    layers: tuple[int, ...]

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        """All weight matrices in the order of the nodes they lead to; not the output weights."""
        return tuple(matrix for node in self.nodes for matrix in node.matrices)

    @property
    def depth(self) -> int:
        """Number of layers or branches."""
        return len(self.layers) - 1

    def through(self, where: int | tuple[int, int]) -> Graph:
        """Return the network that is left when every connection around a place is cut.

        Parameters
        ----------
        where : int or tuple of int
            Label of a weight matrix; or the number of a layer, for all the matrices that lead to
            its node together.

        Returns
        -------
        Graph
            With the same nodes, of which some may have nothing left to read.

        Raises
        ------
        InvalidArgument
            If there is no such matrix or layer.

        Notes
        -----
        A connection stays if it lies on a path from input to output through the place. So all
        paths through it survive, and no others.
        """
        target, labels = self._place(where)
        chosen = [m for m in self.nodes[target].matrices if m.label in labels]
        before = self._ancestors({matrix.source for matrix in chosen})
        after = self._descendants(target)

        def kept(index: int, node: Node) -> Node:
            if index == target:
                return replace(node, matrices=tuple(chosen), skip=None)
            if index in before:
                return node
            if index not in after:
                return replace(node, matrices=(), skip=None)
            matrices = tuple(matrix for matrix in node.matrices if matrix.source in after)
            return replace(node, matrices=matrices, skip=node.skip if node.skip in after else None)

        return Graph(tuple(kept(*item) for item in enumerate(self.nodes)), self.layers)

    def _place(self, where: int | tuple[int, int]) -> tuple[int, set[tuple[int, int]]]:
        """Return a node, and the labels of those of its matrices that are meant."""
        if isinstance(where, tuple):
            for index, node in enumerate(self.nodes):
                if any(matrix.label == where for matrix in node.matrices):
                    return index, {where}
        elif 1 <= check_integer("where", where) <= self.depth:
            index = self.layers[where]
            return index, {matrix.label for matrix in self.nodes[index].matrices}
        condition = f"a layer from 1 to {self.depth} or the label of a weight matrix"
        raise InvalidArgument(expected("where", condition, where))

    def _ancestors(self, nodes: set[int]) -> set[int]:
        found = set(nodes)
        for index in range(len(self.nodes) - 1, -1, -1):
            if index in found:
                found |= _sources(self.nodes[index])
        return found

    def _descendants(self, start: int) -> set[int]:
        found = {start}
        for index in range(start + 1, len(self.nodes)):
            if _sources(self.nodes[index]) & found:
                found.add(index)
        return found


def _sources(node: Node) -> set[int]:
    skips = () if node.skip is None else (node.skip,)
    return {*skips, *(matrix.source for matrix in node.matrices)}
