"""What matrices, gates and bypasses do to a state, against sums over all weights and gates."""

from fractions import Fraction
from itertools import product

import pytest
from flint import fmpq

from symprop.moments.states import (
    Ensemble,
    State,
    accumulated,
    around_branch,
    composed_power,
    first_state,
    kernel_square,
    matrix_of,
    output_fourth,
    through_gates,
    through_matrix,
)

F = Fraction
FOUR = (F(-7, 5), F(-1, 5), F(1, 5), F(7, 5))
"""Atoms of mean square 1, with fourth moment 1201/625."""
SIGNS = (F(-1), F(1))
Y = (F(3), F(-2))
T = ((F(2), F(1, 2)), (F(1, 2), F(5)))


def measured(y, gram, n):
    """The eight quantities of one vector and one Gram matrix, straight from their definition."""
    indices = range(n)
    length = sum(v * v for v in y)
    trace = sum(gram[i][i] for i in indices)
    return State(
        length**2 / n**2,
        sum(v**4 for v in y) / n,
        length * trace / n**2,
        sum(y[i] * gram[i][j] * y[j] for i in indices for j in indices) / n,
        sum(y[i] ** 2 * gram[i][i] for i in indices) / n,
        trace**2 / n**2,
        sum(gram[i][j] ** 2 for i in indices for j in indices) / n,
        sum(gram[i][i] ** 2 for i in indices) / n,
    )


def averaged(states):
    states = list(states)
    return accumulated(*((F(1, len(states)), state) for state in states))


def excess(atoms):
    return sum(a**4 for a in atoms) / len(atoms) - 3


def times(a, b):
    return [
        [sum(x * y for x, y in zip(row, col, strict=True)) for col in transposed(b)] for row in a
    ]


def transposed(a):
    return [list(col) for col in zip(*a, strict=True)]


def plus(a, b):
    return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


@pytest.mark.parametrize("atoms", [SIGNS, FOUR])
@pytest.mark.parametrize("trained", [False, True])
def test_matrix(atoms, trained) -> None:
    ensemble = Ensemble(F(1, 2), excess(atoms))
    length = sum(v * v for v in Y)

    def images():
        for entries in product(atoms, repeat=4):
            w = [entries[:2], entries[2:]]
            squared = times(times(w, T), transposed(w))
            own = [[trained * length * (i == j) for j in range(2)] for i in range(2)]
            gram = [[x / 2 for x in row] for row in plus(squared, own)]
            y = [sum(a * b for a, b in zip(row, Y, strict=True)) for row in w]
            state = measured(y, gram, 2)  # lengths carry 1/sqrt(2) each
            factors = (F(1, 4), F(1, 4), F(1, 2), F(1, 2), F(1, 2), 1, 1, 1)
            yield State(*(f * s for f, s in zip(factors, state, strict=True)))

    assert averaged(images()) == through_matrix(measured(Y, T, 2), ensemble, trained=trained)


def test_gates() -> None:
    def images():
        for z in product((0, 1), repeat=2):
            gram = [[2 * z[i] * z[j] * T[i][j] for j in range(2)] for i in range(2)]
            state = measured([a * b for a, b in zip(z, Y, strict=True)], gram, 2)
            factors = (4, 4, 2, 2, 2, 1, 1, 1)
            yield State(*(f * s for f, s in zip(factors, state, strict=True)))

    assert averaged(images()) == through_gates(measured(Y, T, 2), Ensemble(F(1, 2)))


@pytest.mark.parametrize("trained", [0, 1])
def test_bypass_of_one_matrix(trained) -> None:
    """For m = 1 all is polynomial in W: bypass, branch and what is between make up the block."""
    ensemble, strength = Ensemble(F(1, 2), excess(FOUR)), F(2)  # W itself, as 2/n = 1
    start = measured(Y, T, 2)
    length = sum(v * v for v in Y)

    def images():
        for entries in product(FOUR, repeat=4):
            b = [[1 + entries[0], entries[1]], [entries[2], 1 + entries[3]]]
            own = [[trained * length * (i == j) for j in range(2)] for i in range(2)]
            gram = plus(times(times(b, T), transposed(b)), own)
            yield measured([sum(p * q for p, q in zip(r, Y, strict=True)) for r in b], gram, 2)

    block = accumulated(
        (1, start),
        (strength, around_branch(start, ensemble, trained)),
        (strength**2, through_matrix(start, ensemble, trained=trained)),
    )
    assert averaged(images()) == block


@pytest.mark.parametrize("atoms", [SIGNS, FOUR])
def test_output(atoms) -> None:
    ensemble = Ensemble(F(1, 2), excess(atoms))
    state = measured(Y, T, 2)
    outputs = list(product(atoms, repeat=2))

    def form(w):
        return sum(w[i] * T[i][j] * w[j] for i in range(2) for j in range(2))

    fourth = sum((w[0] * Y[0] + w[1] * Y[1]) ** 4 for w in outputs) / len(outputs) / 4
    assert output_fourth(state, ensemble) == fourth
    kernel = sum(form(w) ** 2 for w in outputs) / len(outputs) / 4
    assert kernel_square(state, ensemble, trained=False) == kernel
    length = sum(v * v for v in Y)
    both = sum((form(w) + length) ** 2 for w in outputs) / len(outputs) / 4
    assert kernel_square(state, ensemble, trained=True) == both


@pytest.mark.parametrize("atoms", [SIGNS, FOUR])
def test_first_state(atoms) -> None:
    ensemble = Ensemble(F(1, 2), excess(atoms))
    x = (F(3, 5), F(4, 5))
    concentration = sum(v**4 for v in x)
    vectors = [
        [w[0] * x[0] + w[1] * x[1], w[2] * x[0] + w[3] * x[1]] for w in product(atoms, repeat=4)
    ]
    identity = ((1, 0), (0, 1))
    state = averaged(measured(y, identity, 2) for y in vectors)
    assert first_state(ensemble, concentration, trained=True) == state
    assert first_state(ensemble, concentration, trained=False)[:2] == state[:2]


def test_power_of_a_step() -> None:
    ensemble = Ensemble(fmpq(1, 3), fmpq(2, 7))
    start = first_state(ensemble, fmpq(1, 2), trained=False)

    def step(state):
        return through_gates(through_matrix(state, ensemble, trained=True), ensemble)

    assert composed_power(step, 3, start) == step(step(step(start)))
    assert composed_power(step, 0, start) == start
    assert matrix_of(lambda state: state) == matrix_of(step) ** 0
