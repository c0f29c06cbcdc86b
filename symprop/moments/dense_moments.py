r"""States of densely connected ReLU networks at finite width.

Layer ``l`` acts on all activations before it at once, :math:`Q_l=(q^0,\dots,q^{l-1})`, of which the
state is that of one long vector. Appending :math:`q^l` adds :math:`C(Q)/l` from the products of
old and new and :math:`B(Q)/l^2` from the new alone.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from symprop.moments.states import (
    State,
    accumulated,
    first_state,
    matrix_of,
    through_gates,
    through_matrix,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.moments.scalars import Scalars

__all__ = ["dense_state", "dense_state_through", "dense_states"]


def dense_state(scalars: Scalars, depth: int, *, hidden: bool, first: bool) -> State:
    """Return the state of the last layer, which has no gates.

    Parameters
    ----------
    scalars : Scalars
        Width, weights and concentration of the input.
    depth : int
        Number of layers.
    hidden, first : bool
        Whether the weights between the layers and those of the input layer are trained.
    """
    start = first_state(scalars.ensemble, scalars.concentration, trained=first)
    if depth == 0:
        return start
    memory = through_gates(start, scalars.ensemble)
    return _layers(memory, scalars, 1, depth, trained=hidden)


def dense_state_through(scalars: Scalars, depth: int, through: tuple[int, int]) -> State:
    """Return the state of the paths through the matrix ``(l, h)``, which alone is trained."""
    layer, source = through
    ensemble = scalars.ensemble
    start = first_state(ensemble, scalars.concentration, trained=False)
    vector = start
    if source > 0:
        memory = through_gates(start, ensemble)
        vector = _layers(memory, scalars, 1, source, trained=False)
    vector = _read(through_gates(vector, ensemble), scalars, layer, trained=True)
    if layer == depth:
        return vector
    return _layers(through_gates(vector, ensemble), scalars, layer + 1, depth, trained=False)


def dense_states(scalars: Scalars, memory: State, start: int, *, trained: bool) -> Iterator[State]:
    """Yield the states of layers ``start``, ``start + 1``, ... from that of all before."""
    for layer in count(start):
        fresh = _read(memory, scalars, layer, trained=trained)
        yield fresh
        memory = accumulated(
            (1, memory),
            (scalars.number(1, layer), _beside(memory, trained=trained)),
            (1, through_gates(fresh, scalars.ensemble)),
        )


def _layers(memory: State, scalars: Scalars, start: int, depth: int, *, trained: bool) -> State:
    """Return the state of layer ``depth``, from that of all before layer ``start``."""
    if not scalars.rational:
        states = dense_states(scalars, memory, start, trained=trained)
        return next(islice(states, depth - start, None))
    memory = _appended_fast(memory, scalars, start, depth, trained=trained)
    return _read(memory, scalars, depth, trained=trained)


def _read(memory: State, scalars: Scalars, layer: int, *, trained: bool) -> State:
    fresh = through_matrix(memory, scalars.ensemble, trained=trained)
    return accumulated((scalars.number(1, layer * layer), fresh))


def _beside(memory: State, *, trained: bool) -> State:
    """Return what the products of old and new activations add, times the number of the layer."""
    q, t = memory, int(trained)
    return State(
        2 * q.lengths,
        0,
        2 * q.length_trace + t * q.lengths,
        2 * q.form,
        0,
        2 * q.traces + 2 * t * q.length_trace,
        2 * q.squares,
        0,
    )


def _appended_fast(
    memory: State, scalars: Scalars, start: int, depth: int, *, trained: bool
) -> State:
    """Return the state of all before layer ``depth`` by a product tree of integer matrices."""
    ensemble = scalars.ensemble

    def new(state: State) -> State:
        return through_gates(through_matrix(state, ensemble, trained=trained), ensemble)

    beside = matrix_of(lambda state: _beside(state, trained=trained))
    fresh = matrix_of(new)
    denominator = int(fmpz(beside.numer_denom()[1]).lcm(fresh.numer_denom()[1]))
    cross, own = _integral(beside, denominator), _integral(fresh, denominator)
    identity = fmpz_mat([[denominator * int(i == j) for j in range(8)] for i in range(8)])

    def product(low: int, high: int) -> tuple[fmpz_mat, fmpz]:
        if high - low == 1:
            return identity * low**2 + cross * low + own, fmpz(denominator * low**2)
        middle = (low + high) // 2
        (left, below), (right, above) = product(middle, high), product(low, middle)
        return left * right, below * above

    if start >= depth:
        return memory
    total, scale = product(start, depth)
    end = fmpq_mat(total) * fmpq_mat([[fmpq(entry)] for entry in memory]) / fmpq(scale)
    return State(*(end[i, 0] for i in range(8)))


def _integral(matrix: fmpq_mat, denominator: int) -> fmpz_mat:
    numerators, own = matrix.numer_denom()
    return numerators * (fmpz(denominator) // own)
