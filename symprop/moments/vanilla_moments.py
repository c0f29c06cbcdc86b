"""States of plain ReLU networks at finite width: matrix and gates, layer after layer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from symprop.moments.states import (
    State,
    composed_power,
    first_state,
    through_gates,
    through_matrix,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.moments.scalars import Scalars

__all__ = ["vanilla_state", "vanilla_state_through", "vanilla_states"]


def vanilla_state(scalars: Scalars, depth: int, *, hidden: bool, first: bool) -> State:
    """Return the state after all the layers.

    Parameters
    ----------
    scalars : Scalars
        Width, weights and concentration of the input.
    depth : int
        Number of matrices, each with gates behind it.
    hidden, first : bool
        Whether their weights and those of the input layer are trained.
    """
    start = first_state(scalars.ensemble, scalars.concentration, trained=first)
    return _layers(start, scalars, depth, trained=hidden)


def vanilla_state_through(scalars: Scalars, depth: int, layer: int) -> State:
    """Return the state of the network of which the matrix of one layer alone is trained."""
    start = first_state(scalars.ensemble, scalars.concentration, trained=False)
    before = _layers(start, scalars, layer - 1, trained=False)
    after = _layers(before, scalars, 1, trained=True)
    return _layers(after, scalars, depth - layer, trained=False)


def vanilla_states(scalars: Scalars, start: State, *, trained: bool) -> Iterator[State]:
    """Yield the states after 0, 1, 2, ... layers from a given one, without end."""
    state = start
    while True:
        yield state
        state = _layer(state, scalars, trained=trained)


def _layer(state: State, scalars: Scalars, *, trained: bool) -> State:
    read = through_matrix(state, scalars.ensemble, trained=trained)
    return through_gates(read, scalars.ensemble)


def _layers(state: State, scalars: Scalars, depth: int, *, trained: bool) -> State:
    if not scalars.rational:
        return next(islice(vanilla_states(scalars, state, trained=trained), depth, None))
    return composed_power(lambda before: _layer(before, scalars, trained=trained), depth, state)
