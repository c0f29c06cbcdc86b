r"""ReLU networks with bypasses, as data: plain, residual with branches, densely connected.

All begin with an affine layer :math:`y^0=W^sx/\sqrt d` and end with another,
:math:`f=w^\top y^L/\sqrt n`, and have the ReLU with He's factor, :math:`\rho(z)=\sqrt2\max(z,0)`,
between. Every weight has unit variance, and what stands in front of it is written out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_depth, check_integer, check_sequence
from symprop.numerics.evaluation import as_ball
from symprop.specs.wiring import INPUT_MATRIX, Graph, Matrix, Node

__all__ = ["TRAINABLE", "Branched", "DenseNet", "Reduced", "ResNet", "Vanilla"]

TRAINABLE = ("input", "hidden", "output")
"""Groups of weights: of the input layer, between, and of the output layer."""

_BITS = 64


@dataclass(frozen=True, kw_only=True)
class Branched(ABC):
    """Base of the networks of this module.

    Attributes
    ----------
    input_layer : bool
        Whether an affine layer comes first. Without it, ``y^0`` is the input itself.
    trained : tuple of str
        The groups of `TRAINABLE` whose weights the tangent kernel counts. A single name may be
        given as a string, and ``"all"`` for all of them.
    """

    input_layer: bool = True
    trained: tuple[str, ...] = ("hidden",)

    def __post_init__(self) -> None:
        if not isinstance(self.input_layer, bool):
            raise InvalidArgument(expected("input_layer", "to be True or False", self.input_layer))
        object.__setattr__(self, "trained", _groups(self.trained))

    @abstractmethod
    def graph(self, depth: int) -> Graph:
        """Return the network of a given number of layers or branches, unrolled."""

    def trains(self, matrix: Matrix) -> bool:
        """Whether the tangent kernel counts the weights of a matrix."""
        return ("input" if matrix.label == INPUT_MATRIX else "hidden") in self.trained


def _groups(given: Any) -> tuple[str, ...]:
    names = [given] if isinstance(given, str) else check_sequence("trained", given, "names")
    if names == ["all"]:
        return TRAINABLE
    if not names or any(name not in TRAINABLE for name in names):
        condition = f"to be among {', '.join(TRAINABLE)} or all"
        raise InvalidArgument(expected("trained", condition, given))
    return tuple(name for name in TRAINABLE if name in names)


class _Layered(Branched):
    """A network made of one block after another."""

    def graph(self, depth: int) -> Graph:
        """Return the network of a given number of layers or branches, unrolled."""
        depth = check_depth(depth)
        active = self._first_is_active
        if self.input_layer:
            nodes = [Node(), Node((Matrix(INPUT_MATRIX, 0, 1),), active=active)]
        else:
            nodes = [Node(active=active)]
        layers = [len(nodes) - 1]
        for index in range(1, depth + 1):
            nodes += self._block(index, layers, last=index == depth)
            layers.append(len(nodes) - 1)
        if depth == 0:
            nodes[-1] = Node(nodes[-1].matrices)
        return Graph(tuple(nodes), tuple(layers))

    @property
    def _first_is_active(self) -> bool:
        return False

    @abstractmethod
    def _block(self, index: int, layers: list[int], *, last: bool) -> list[Node]:
        """Return the nodes of one layer, the last of them being the layer itself."""


@dataclass(frozen=True)
class Vanilla(_Layered):
    r"""Plain ReLU network.

    .. math:: y^l=\rho\bigl(W^ly^{l-1}/\sqrt n\bigr),\qquad 1\le l\le L

    Parameters
    ----------
    input_layer : bool
        Whether an affine layer comes first.
    trained : tuple of str
        Weights that the tangent kernel counts.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.

    Conventions
    -----------
    ``L`` ReLUs between two affine layers. Matrix ``(l, 1)`` leads to layer ``l``.

    Error
    -----
    Exact.

    Source
    ------
    tangents, Proposition 4 and section 3.

    Examples
    --------
    >>> [node.active for node in Vanilla().graph(2).nodes]
    [False, False, True, True]
    """

    def _block(self, index: int, layers: list[int], *, last: bool) -> list[Node]:  # noqa: ARG002
        return [Node((Matrix((index, 1), layers[-1], 1),), active=True)]


@dataclass(frozen=True)
class ResNet(_Layered):
    r"""Residual ReLU network whose branches are plain networks of ``m`` matrices.

    .. math:: y^l=y^{l-1}+y^{l-1,m},\qquad y^{l-1,1}=\sqrt{\alpha/n}\,W^{l,1}y^{l-1},\qquad
        y^{l-1,h}=\sqrt{\alpha/n}\,W^{l,h}\rho(y^{l-1,h-1})

    Parameters
    ----------
    branch_depth : int
        ``m >= 1``, matrices in a branch; ``m - 1`` ReLUs lie between them.
    scale : number or sympy.Expr
        ``alpha >= 0``, variance of the entries of each matrix times the width; a positive SymPy
        symbol for formulas.
    input_layer : bool
        Whether an affine layer comes first.
    trained : tuple of str
        Weights that the tangent kernel counts.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.
    OutOfDomain
        If ``scale`` is negative.

    Conventions
    -----------
    The number of branches ``L`` is the depth. A branch begins and ends with a matrix, with no
    activation on the sum; with ``m = 1`` the network is linear. Matrix ``(l, h)`` is the
    ``h``-th of branch ``l``. The scale stands at every matrix, so ``alpha**m`` at the end of a
    branch: outputs and tangent kernel are the same if it stands there once, because the branch
    is homogeneous of degree one in each of its matrices.

    Error
    -----
    Exact.

    Source
    ------
    tangents, equations 7 and 8. The skip is read as plain, since all widths are one.

    Examples
    --------
    >>> len(ResNet(3, "1/10").graph(5).matrices)
    16
    """

    branch_depth: int = 2
    scale: Any = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer("branch_depth", self.branch_depth, minimum=1)
        if isinstance(self.scale, sympy.Expr) and self.scale.free_symbols:
            if not self.scale.is_nonnegative:
                raise OutOfDomain(expected("scale", "to be known to be >= 0", self.scale))
        elif not as_ball(self.scale, _BITS, "scale") >= 0:
            raise OutOfDomain(expected("scale", ">= 0", self.scale))

    def _block(self, index: int, layers: list[int], *, last: bool) -> list[Node]:  # noqa: ARG002
        start, count = layers[-1], self.branch_depth
        nodes = [
            Node((Matrix((index, h), start + h - 1, self.scale),), active=True)
            for h in range(1, count)
        ]
        end = Matrix((index, count), start + count - 1, self.scale)
        return [*nodes, Node((end,), skip=start)]


@dataclass(frozen=True)
class DenseNet(_Layered):
    r"""Densely connected ReLU network: each layer reads all layers before it.

    .. math:: y^l=\sum_{h=0}^{l-1}\frac1{\sqrt{l\,n}}\,W^{l,h}\rho(y^h),\qquad 1\le l\le L

    Parameters
    ----------
    input_layer : bool
        Whether an affine layer comes first.
    trained : tuple of str
        Weights that the tangent kernel counts.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.

    Conventions
    -----------
    Layers ``0`` to ``L - 1`` are recorded as :math:`\rho(y^l)`, which is what is read of them;
    the last as ``y^L``, read by the output without activation. Matrix ``(l, h)`` leads from
    ``h`` to ``l``.

    Error
    -----
    Exact.

    Source
    ------
    tangents, equation 16; the weights of a layer act on the concatenation of all before it, the
    first included, which is activated like the others.

    Examples
    --------
    >>> [matrix.scale for matrix in DenseNet().graph(2).matrices]
    [1, Fraction(1, 1), Fraction(1, 2), Fraction(1, 2)]
    """

    @property
    def _first_is_active(self) -> bool:
        return True

    def _block(self, index: int, layers: list[int], *, last: bool) -> list[Node]:
        scale = Fraction(1, index)
        matrices = (Matrix((index, h), node, scale) for h, node in enumerate(layers))
        return [Node(tuple(matrices), active=not last)]


@dataclass(frozen=True)
class Reduced(Branched):
    r"""What is left of a network when all connections around one place are cut.

    Its output consists of the paths from input to output that lead through the place, with the
    activations of the smaller network. Its even moments are those of the same paths in the whole
    network.

    Parameters
    ----------
    network : Branched
        The whole network.
    through : int or tuple of int
        Label of a weight matrix, or number of a layer for all matrices that lead to its node.

    Raises
    ------
    InvalidArgument
        If an argument is malformed.

    Conventions
    -----------
    In a residual network the matrices of one branch give one and the same reduced network: that
    without the bypass of the branch. In a dense one, ``(l, h)`` is the single matrix from ``h``
    to ``l``, and ``l`` the layer as a whole.

    Error
    -----
    Exact.

    Source
    ------
    tangents, Definition 1, and equations 146 and 166.

    Examples
    --------
    >>> [node.skip for node in Reduced(ResNet(1), 2).graph(3).nodes]
    [None, None, 1, None, 3]
    """

    network: Branched
    through: int | tuple[int, int]
    input_layer: bool = field(init=False)
    trained: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.network, Branched):
            raise InvalidArgument(expected("network", "to be a branched one", self.network))
        for name in ("input_layer", "trained"):
            object.__setattr__(self, name, getattr(self.network, name))

    def graph(self, depth: int) -> Graph:
        """Return the reduced network of a given number of layers or branches, unrolled."""
        return self.network.graph(depth).through(self.through)
