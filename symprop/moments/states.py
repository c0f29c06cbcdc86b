r"""Second-order state of a random ReLU layer, and what matrices, gates and bypasses do to it.

A layer of width ``n`` is seen through its activations ``y`` and through its tangent Gram matrix
:math:`T_{ij}=\sum_w\partial_wy_i\,\partial_wy_j`, the sum being over the trained weights so far.
Eight expectations, quadratic in :math:`(yy^\top,T)`, are closed under every operation of the
networks of `symprop.specs.branched`: lengths and traces, their contractions, and the sums of
diagonal entries, which only the gates and the fourth moment of the weights can tell apart.

Gates are taken as independent fair coins. That is exact for the even moments if the weights are
independent and symmetric and no pre-activation of a neuron that has an input is 0 with positive
probability: flipping the signs of all weights into a neuron flips the sign of its pre-activation
and of its derivatives, and whatever comes later does not feel the sign, since the weights out of
the neuron are symmetric as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flint import fmpq, fmpq_mat

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Ensemble",
    "State",
    "accumulated",
    "around_branch",
    "composed_power",
    "first_state",
    "kernel_square",
    "matrix_of",
    "output_fourth",
    "through_gates",
    "through_matrix",
]


@dataclass(frozen=True)
class Ensemble:
    """Width and shape of the weights, as elements of one ring.

    Attributes
    ----------
    inverse_width : ring element
        ``1/n``.
    excess : ring element or int
        Fourth moment of a weight of unit variance, less 3: 0 for Gaussian weights.
    """

    inverse_width: Any
    excess: Any = 0


class State(NamedTuple):
    """Expectations of second order, scaled so that they stay finite as the width grows.

    Attributes
    ----------
    lengths : ring element
        ``E |y|^4 / n^2``.
    fourth_powers : ring element
        ``E sum y_i^4 / n``.
    length_trace : ring element
        ``E |y|^2 tr T / n^2``.
    form : ring element
        ``E y'Ty / n``.
    weighted_diagonal : ring element
        ``E sum y_i^2 T_ii / n``.
    traces : ring element
        ``E (tr T)^2 / n^2``.
    squares : ring element
        ``E tr T^2 / n``.
    squared_diagonal : ring element
        ``E sum T_ii^2 / n``.
    """

    lengths: Any
    fourth_powers: Any
    length_trace: Any
    form: Any
    weighted_diagonal: Any
    traces: Any
    squares: Any
    squared_diagonal: Any


def first_state(ensemble: Ensemble, concentration: Any, *, trained: bool) -> State:
    r"""Return the state behind an affine input layer, for an input of mean square 1.

    Parameters
    ----------
    ensemble : Ensemble
        Width and weights.
    concentration : ring element
        :math:`\sum x_i^4/(\sum x_i^2)^2`; without effect for Gaussian weights.
    trained : bool
        Whether the weights of the layer are trained.
    """
    fourth = 3 + ensemble.excess * concentration
    lengths = 1 + ensemble.inverse_width * (fourth - 1)
    one = 1 if trained else 0
    return State(lengths, fourth, *(one,) * 6)


def through_matrix(state: State, ensemble: Ensemble, *, trained: bool | int) -> State:
    r"""Return the state of :math:`Wq/\sqrt n` from that of ``q``.

    The Gram matrix becomes :math:`(t|q|^2I+WTW^\top)/n`, where ``t`` tells whether the matrix is
    trained.
    """
    e, excess, t = ensemble.inverse_width, ensemble.excess, int(trained)
    q = state
    mixed = t * q.lengths + q.length_trace
    own = t * (q.lengths + 2 * q.length_trace)
    pairs = e * (2 * q.form + excess * q.weighted_diagonal)
    spread = e * (2 * q.squares + excess * q.squared_diagonal)
    fourth = 2 * q.lengths + e * excess * q.fourth_powers
    return State(
        q.lengths + e * fourth,
        q.lengths + fourth,
        mixed + e * pairs,
        mixed + (1 - e) * q.form + pairs,
        mixed + pairs,
        own + q.traces + e * spread,
        own + q.traces + (1 - e) * q.squares + spread,
        own + q.traces + spread,
    )


def through_gates(state: State, ensemble: Ensemble) -> State:
    r"""Return the state of :math:`\sqrt2Zy`, where ``Z`` is diagonal with fair coins 0 and 1."""
    e, y = ensemble.inverse_width, state
    return State(
        y.lengths + e * y.fourth_powers,
        2 * y.fourth_powers,
        y.length_trace + e * y.weighted_diagonal,
        y.form + y.weighted_diagonal,
        2 * y.weighted_diagonal,
        y.traces + e * y.squared_diagonal,
        y.squares + y.squared_diagonal,
        2 * y.squared_diagonal,
    )


def around_branch(state: State, ensemble: Ensemble, trained: int) -> State:
    r"""Return what a branch of unit strength adds between itself and its bypass.

    With :math:`y'=y+u`, these are the terms of second order in ``u``; those of odd order vanish,
    because the last matrix of the branch is symmetric. Only second moments of the branch enter,
    so neither its length nor the law of its weights does, but for the number of trained matrices.
    """
    e, y = ensemble.inverse_width, state
    length_trace = 2 * y.length_trace + trained * y.lengths
    traces = 2 * y.traces + 2 * trained * y.length_trace
    return State(
        (2 + 4 * e) * y.lengths,
        6 * y.lengths,
        length_trace + 4 * e * e * y.form,
        length_trace + 2 * (1 + e) * y.form,
        length_trace + 4 * e * y.form,
        traces + 4 * e * e * y.squares,
        traces + 2 * (1 + e) * y.squares,
        traces + 4 * e * y.squares,
    )


def accumulated(*terms: tuple[Any, State]) -> State:
    """Return the sum of states, each with a factor."""
    return State(*(sum(factor * state[i] for factor, state in terms) for i in range(8)))


def output_fourth(state: State, ensemble: Ensemble) -> Any:
    r"""Return :math:`\mathrm E f^4` of an output :math:`f=w^\top y/\sqrt n`."""
    return 3 * state.lengths + ensemble.inverse_width * ensemble.excess * state.fourth_powers


def kernel_square(state: State, ensemble: Ensemble, *, trained: bool) -> Any:
    r"""Return :math:`\mathrm E G^2` of the tangent kernel of that output."""
    e = ensemble.inverse_width
    total = state.traces + e * (2 * state.squares + ensemble.excess * state.squared_diagonal)
    return total + 2 * state.length_trace + state.lengths if trained else total


def composed_power(step: Callable[[State], State], depth: int, start: State) -> State:
    """Return the rational state after equal steps, in about log(depth) products of matrices."""
    end = matrix_of(step) ** depth * fmpq_mat([[fmpq(entry)] for entry in start])
    return State(*(end[i, 0] for i in range(8)))


def matrix_of(step: Callable[[State], State]) -> fmpq_mat:
    """Return the rational matrix of a linear map of states."""
    columns = [step(State(*(fmpq(int(i == j)) for i in range(8)))) for j in range(8)]
    return fmpq_mat([[fmpq(columns[j][i]) for j in range(8)] for i in range(8)])
