"""Dense networks against the enumeration, and the product tree against one layer at a time."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from flint import fmpq

from symprop.moments.dense_moments import dense_state, dense_state_through, dense_states
from symprop.moments.diagonal import output_moments, tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.scalars import read_scalars
from symprop.moments.states import first_state, through_gates
from symprop.specs.branched import DenseNet
from symprop.specs.initialization import weight_law


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize(("width", "depth"), [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (3, 1)])
def test_enumeration(law: str, width: int, depth: int) -> None:
    made = gate_enumeration(DenseNet().graph(depth), width, law=law)
    kernel = tangent_moments(DenseNet(), width, depth, law=law)
    output = output_moments(DenseNet(), width, depth, law=law)
    assert (kernel.mean, kernel.second_moment) == made.kernel
    assert (output.second, output.fourth) == made.output


def test_two_layers_in_closed_form() -> None:
    for n in (1, 2, 5, 100):
        square = tangent_moments(DenseNet(), n, 2).second_moment
        assert square == Fraction(3 * (n + 2) * (n + 5) * (3 * n + 4), 4 * n**3)


def test_product_tree() -> None:
    scalars = read_scalars(DenseNet(), 7, weight_law("uniform"), "1/2")
    start = first_state(scalars.ensemble, scalars.concentration, trained=True)
    memory = through_gates(start, scalars.ensemble)
    slowly = list(islice(dense_states(scalars, memory, 1, trained=True), 9))
    for depth in (1, 2, 3, 9):
        assert dense_state(scalars, depth, hidden=True, first=True) == slowly[depth - 1]
    assert dense_state(scalars, 0, hidden=True, first=True) == start
    stepwise = replace(scalars, number=lambda p, q: fmpq(p, q))
    assert not stepwise.rational
    for label in ((1, 0), (3, 1), (5, 4)):
        fast = dense_state_through(scalars, 5, label)
        assert fast == dense_state_through(stepwise, 5, label)
