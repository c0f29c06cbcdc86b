"""Residual networks against the enumeration, and what the state must do in between."""

from fractions import Fraction

import pytest
from flint import fmpq

from symprop.moments.diagonal import output_moments, tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.residual_moments import (
    residual_block,
    residual_state,
    residual_state_through,
    residual_states,
    through_branch,
)
from symprop.moments.scalars import read_scalars
from symprop.moments.states import Ensemble, first_state, through_gates, through_matrix
from symprop.specs.branched import ResNet
from symprop.specs.initialization import weight_law

F = Fraction
SIZES = [(1, 1, 1), (1, 2, 1), (1, 1, 2), (1, 2, 2), (1, 1, 3), (1, 2, 3), (2, 1, 1), (2, 1, 2)]


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize(("width", "depth", "m"), SIZES)
def test_enumeration(law: str, width: int, depth: int, m: int) -> None:
    network = ResNet(m, F(2, 3))
    made = gate_enumeration(network.graph(depth), width, law=law)
    kernel = tangent_moments(network, width, depth, law=law)
    output = output_moments(network, width, depth, law=law)
    assert (kernel.mean, kernel.second_moment) == made.kernel
    assert (output.second, output.fourth) == made.output


def test_trained_ends() -> None:
    network = ResNet(2, F(1, 3), trained="all")
    graph = network.graph(1)
    labels = [matrix.label for matrix in graph.matrices]
    made = gate_enumeration(graph, 2, law="uniform", trained=labels)
    inner = tangent_moments(ResNet(2, F(1, 3), trained=("input", "hidden")), 2, 1, law="uniform")
    assert (inner.mean, inner.second_moment) == made.kernel
    assert tangent_moments(network, 2, 1).mean == inner.mean + F(10, 9)


def test_states_one_by_one() -> None:
    scalars = read_scalars(ResNet(2, F(1, 2)), 3, weight_law("laplace"), 1)
    start = first_state(scalars.ensemble, scalars.concentration, trained=False)
    states = residual_states(scalars, 2, start, (1, 2))
    assert next(states) == start
    first = residual_block(start, scalars.ensemble, scalars.strength, 2, (1, 2))
    assert next(states) == first
    assert next(states) == residual_state(scalars, 2, 2, hidden=True, first=False)


def test_branch_is_a_plain_network() -> None:
    ensemble = Ensemble(fmpq(1, 3), fmpq(1, 5))
    start = first_state(ensemble, fmpq(1), trained=False)
    one = through_matrix(start, ensemble, trained=False)
    two = through_matrix(through_gates(one, ensemble), ensemble, trained=True)
    assert through_branch(start, ensemble, 2, (2,)) == two


def test_all_matrices_of_a_branch_are_alike_in_gaussian_networks() -> None:
    scalars = read_scalars(ResNet(3, F(1, 2)), 4, weight_law("gaussian"), 1)
    ends = {residual_state_through(scalars, 3, 2, (1, h)).lengths for h in (1, 2, 3)}
    assert len(ends) == 1
