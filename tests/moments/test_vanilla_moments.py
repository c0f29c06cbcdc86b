"""Plain networks against the enumeration and against products of chi-squared means."""

from fractions import Fraction

import pytest

from symprop.moments.diagonal import output_moments, tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.scalars import read_scalars
from symprop.moments.states import first_state
from symprop.moments.vanilla_moments import vanilla_state, vanilla_state_through, vanilla_states
from symprop.specs.branched import Vanilla
from symprop.specs.initialization import weight_law


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize(("width", "depth"), [(1, 1), (1, 3), (1, 5), (2, 1), (2, 2)])
def test_enumeration(law: str, width: int, depth: int) -> None:
    made = gate_enumeration(Vanilla().graph(depth), width, law=law)
    kernel = tangent_moments(Vanilla(), width, depth, law=law)
    output = output_moments(Vanilla(), width, depth, law=law)
    assert (kernel.mean, kernel.second_moment) == made.kernel
    assert (output.second, output.fourth) == made.output


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_squared_length_is_a_product(n: int) -> None:
    """Each layer multiplies ``|y|^2`` by (2/n) chi^2 with a binomial number of degrees."""
    one = Fraction(1)
    for depth in range(6):
        fourth = output_moments(Vanilla(), n, depth).length_fourth
        assert fourth == n**2 * (1 + Fraction(2, n)) * (one + Fraction(5, n)) ** depth


def test_states_one_by_one() -> None:
    scalars = read_scalars(Vanilla(), 3, weight_law("laplace"), 1)
    start = first_state(scalars.ensemble, scalars.concentration, trained=False)
    states = vanilla_states(scalars, start, trained=True)
    assert next(states) == start
    assert next(states) == vanilla_state(scalars, 1, hidden=True, first=False)
    assert next(states) == vanilla_state(scalars, 2, hidden=True, first=False)
    assert vanilla_state_through(scalars, 1, 1) == vanilla_state(
        scalars, 1, hidden=True, first=False
    )
