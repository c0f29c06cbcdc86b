r"""States of residual ReLU networks at finite width.

With :math:`A=\alpha^m`, a block adds to the state ``X`` what its branch ``B`` makes of it and what
lies between branch and bypass, ``C``: :math:`X+A\,C(X)+A^2B(X)`. Branches count only in even
order, the weights being symmetric, so there are no other terms.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from symprop.moments.states import (
    State,
    accumulated,
    around_branch,
    composed_power,
    first_state,
    through_gates,
    through_matrix,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from symprop.moments.scalars import Scalars
    from symprop.moments.states import Ensemble

__all__ = [
    "residual_block",
    "residual_state",
    "residual_state_through",
    "residual_states",
    "through_branch",
]


def through_branch(
    state: State, ensemble: Ensemble, branch_depth: int, trained: Collection[int]
) -> State:
    """Return the state at the end of a branch of unit strength.

    Parameters
    ----------
    state : State
        At its beginning.
    ensemble : Ensemble
        Width and weights.
    branch_depth : int
        Number ``m`` of matrices, with gates between them.
    trained : collection of int
        Numbers of the trained ones, from 1 to ``m``.
    """
    for h in range(1, branch_depth + 1):
        if h > 1:
            state = through_gates(state, ensemble)
        state = through_matrix(state, ensemble, trained=h in trained)
    return state


def residual_block(
    state: State,
    ensemble: Ensemble,
    strength: Any,
    branch_depth: int,
    trained: Collection[int],
) -> State:
    """Return the state after a block: bypass, branch, and what lies between them."""
    return accumulated(
        (1, state),
        (strength, around_branch(state, ensemble, len(trained))),
        (strength * strength, through_branch(state, ensemble, branch_depth, trained)),
    )


def residual_state(
    scalars: Scalars, branch_depth: int, depth: int, *, hidden: bool, first: bool
) -> State:
    """Return the state after all the blocks.

    Parameters
    ----------
    scalars : Scalars
        Width, weights, strength of a branch and concentration of the input.
    branch_depth, depth : int
        Matrices in a branch, and number of branches.
    hidden, first : bool
        Whether the weights of the branches and of the input layer are trained.
    """
    start = first_state(scalars.ensemble, scalars.concentration, trained=first)
    trained = range(1, branch_depth + 1) if hidden else ()
    return _blocks(start, scalars, branch_depth, depth, trained)


def residual_state_through(
    scalars: Scalars, branch_depth: int, depth: int, through: tuple[int, int]
) -> State:
    """Return the state of the paths through one matrix, which alone is trained."""
    block, matrix = through
    start = first_state(scalars.ensemble, scalars.concentration, trained=False)
    before = _blocks(start, scalars, branch_depth, block - 1, ())
    branch = through_branch(before, scalars.ensemble, branch_depth, (matrix,))
    squared = scalars.strength * scalars.strength
    return _blocks(accumulated((squared, branch)), scalars, branch_depth, depth - block, ())


def residual_states(
    scalars: Scalars, branch_depth: int, start: State, trained: Collection[int]
) -> Iterator[State]:
    """Yield the states after 0, 1, 2, ... blocks from a given one, without end."""
    state = start
    while True:
        yield state
        state = residual_block(state, scalars.ensemble, scalars.strength, branch_depth, trained)


def _blocks(
    state: State, scalars: Scalars, branch_depth: int, depth: int, trained: Collection[int]
) -> State:
    if not scalars.rational:
        return next(islice(residual_states(scalars, branch_depth, state, trained), depth, None))

    def step(before: State) -> State:
        return residual_block(before, scalars.ensemble, scalars.strength, branch_depth, trained)

    return composed_power(step, depth, state)
