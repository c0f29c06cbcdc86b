r"""Exact moments of the gradient by one weight matrix, and of the paths through it."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_depth
from symprop.moments.dense_moments import dense_state_through
from symprop.moments.diagonal import check_gates
from symprop.moments.residual_moments import residual_state_through
from symprop.moments.scalars import read_scalars
from symprop.moments.states import kernel_square, output_fourth
from symprop.moments.vanilla_moments import vanilla_state_through
from symprop.specs.branched import Branched, DenseNet, ResNet, Vanilla
from symprop.specs.initialization import WeightLaw, weight_law

if TYPE_CHECKING:
    from symprop.moments.scalars import Exact, Scalars
    from symprop.moments.states import State

__all__ = ["JacobianMoments", "jacobian_moments"]


@dataclass(frozen=True)
class JacobianMoments:
    r"""Moments of what leads through one weight matrix ``W``.

    Attributes
    ----------
    second, fourth : Fraction or sympy.Expr
        :math:`\mathrm E\lVert J\rVert^2` and :math:`\mathrm E\lVert J\rVert^4`, where
        :math:`J=\partial f/\partial W`.
    output_second, output_fourth : Fraction or sympy.Expr
        Moments of the paths through ``W``, which are those of the reduced network.
    """

    second: Exact
    fourth: Exact
    output_second: Exact
    output_fourth: Exact


def jacobian_moments(
    network: Branched,
    width: Any,
    depth: int,
    matrix: tuple[int, int],
    *,
    law: WeightLaw | str = "gaussian",
    input_concentration: Any = 1,
) -> JacobianMoments:
    r"""Return the moments of the gradient by one matrix and of the paths through it.

    .. math:: \mathrm E\lVert J\rVert^2=\mathrm Ef_W^2,\qquad
        \frac{\mathrm Ef_W^4}{\max(3,c_4)}\le\mathrm E\lVert J\rVert^4\le
        \frac{\mathrm Ef_W^4}{\min(3,c_4)}

    with the fourth moment :math:`c_4` of a weight; for Gaussian weights
    :math:`\mathrm E\lVert J\rVert^4=\tfrac13\mathrm Ef_W^4`.

    Parameters
    ----------
    network, width, depth, law, input_concentration
        As for `tangent_moments`.
    matrix : tuple of int
        Label ``(l, h)``: the ``h``-th matrix of branch ``l``, or that from layer ``h`` to layer
        ``l`` of a dense network; ``(l, 1)`` in a plain one.

    Returns
    -------
    JacobianMoments

    Raises
    ------
    InvalidArgument
        If an argument is malformed, or there is no such matrix.
    OutOfDomain
        If the network has no input layer, or the input no such concentration.
    UnsupportedLaw
        If gates cannot be taken as fair coins.

    Conventions
    -----------
    The input has mean square 1.

    Error
    -----
    Exact.

    Source
    ------
    tangents, Theorems 3 and 4; the bounds of the fourth moment are derived in
    derivations/finite_width_moments.py.

    Examples
    --------
    >>> jacobian_moments(ResNet(2, 1), 10, 3, (2, 1)).second
    Fraction(4, 1)
    """
    chosen = weight_law(law)
    check_gates(network, chosen)
    scalars = read_scalars(network, width, chosen, input_concentration)
    depth = check_depth(depth, minimum=1)
    state, second = _through(network, scalars, depth, matrix)
    exact = scalars.result(second)
    return JacobianMoments(
        exact,
        scalars.result(kernel_square(state, scalars.ensemble, trained=False)),
        exact,
        scalars.result(output_fourth(state, scalars.ensemble)),
    )


def _is_label(network: Branched, depth: int, matrix: Any) -> bool:
    """Whether it is a matrix between the end layers, without unrolling a deep network."""
    if not (isinstance(matrix, tuple) and len(matrix) == 2):
        return False
    if any(isinstance(part, bool) or not isinstance(part, Integral) for part in matrix):
        return False
    layer, number = matrix
    first, last = 1, 1
    if isinstance(network, ResNet):
        last = network.branch_depth
    elif isinstance(network, DenseNet):
        first, last = 0, layer - 1
    return bool(1 <= layer <= depth and first <= number <= last)


def _through(
    network: Branched, scalars: Scalars, depth: int, matrix: tuple[int, int]
) -> tuple[State, Any]:
    """Return the state of the reduced network, and the second moment of its output."""
    if not _is_label(network, depth, matrix):
        raise InvalidArgument(expected("matrix", "to be a label between the end layers", matrix))
    unit = scalars.strength**0
    if isinstance(network, ResNet):
        state = residual_state_through(scalars, network.branch_depth, depth, matrix)
        return state, scalars.strength * (unit + scalars.strength) ** (depth - 1)
    if isinstance(network, DenseNet):
        layer, _ = matrix
        count = layer if layer == depth else layer * (layer + 1)
        return dense_state_through(scalars, depth, matrix), scalars.number(1, count)
    if isinstance(network, Vanilla):
        return vanilla_state_through(scalars, depth, matrix[0]), unit
    raise InvalidArgument(expected("network", "to be a ResNet, DenseNet or Vanilla", network))
