"""The enumeration over weights: real gates, with the slope at 0 that is asked for."""

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.moments.discrete_weights import weight_enumeration
from symprop.moments.enumeration import gate_enumeration
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.malformed import NO_INTEGERS, NO_NUMBERS, NO_SEQUENCES, assert_refused

F = Fraction
FOUR = ("-7/5", "-1/5", "1/5", "7/5")


def test_signs_of_two_neurons_by_hand() -> None:
    """Half of the pre-activations vanish, and with them half of the mean of ``G``."""
    graph = Vanilla().graph(1)
    assert weight_enumeration(graph, 2).kernel[0] == F(1, 2)
    assert weight_enumeration(graph, 2, slope_at_zero=1).kernel[0] == F(3, 2)
    fair = gate_enumeration(graph, 2, law="rademacher")
    assert fair.kernel[0] == 1
    assert weight_enumeration(graph, 2).output == fair.output


@pytest.mark.parametrize(
    ("network", "depth"),
    [(Vanilla(), 2), (ResNet(2, F(1, 3)), 1), (DenseNet(), 2), (ResNet(1, F(1, 2)), 2)],
)
def test_one_neuron_with_signs(network, depth) -> None:
    """No pre-activation vanishes, so real gates are as good as coins."""
    graph = network.graph(depth)
    assert weight_enumeration(graph, 1) == gate_enumeration(graph, 1, law="rademacher")


def test_real_gates_agree_with_coins_for_other_atoms() -> None:
    """Four atoms are the law of no name; one block is worked out by hand."""
    made = weight_enumeration(ResNet(2, F(1, 2)).graph(1), 1, atoms=FOUR)
    fourth = F(1201, 625)
    assert made.output[0] == F(5, 4)
    assert made.kernel[0] == 2 * F(1, 4)
    a = F(1, 4)
    block = 1 + 6 * a + 2 * a**2 * fourth**2
    assert made.output[1] == fourth**2 * block


def test_refusals() -> None:
    graph = Vanilla().graph(1)
    with pytest.raises(InvalidArgument, match="symmetric"):
        weight_enumeration(graph, 1, atoms=(1, 2))
    with pytest.raises(InvalidArgument, match="mean square"):
        weight_enumeration(graph, 1, atoms=(-2, 2))
    with pytest.raises(InvalidArgument, match="networks"):
        weight_enumeration(graph, 4)
    with pytest.raises(InvalidArgument, match="slope"):
        weight_enumeration(graph, 1, slope_at_zero="x")
    with pytest.raises(OutOfDomain, match="scale"):
        weight_enumeration(ResNet(1, sympy.sqrt(2)).graph(1), 1)


def test_malformed_arguments_are_named() -> None:
    graph = Vanilla().graph(1)
    assert_refused(
        lambda given: weight_enumeration(given, 1),
        (None, "abc", 3, [], Vanilla()),
        "graph to be a Gr",
    )
    assert_refused(
        lambda width: weight_enumeration(graph, width), (*NO_INTEGERS, 0, 10**400), "width to be an"
    )
    trained = [value for value in NO_SEQUENCES if value is not None]
    assert_refused(
        lambda chosen: weight_enumeration(graph, 1, trained=chosen),
        trained,
        "trained to be a sequence",
    )
    unknown = ([(3, 1)], [[1, 1]], ["abc"], [None])
    assert_refused(
        lambda chosen: weight_enumeration(graph, 1, trained=chosen), unknown, "trained to be among"
    )
    assert_refused(
        lambda atoms: weight_enumeration(graph, 1, atoms=atoms), NO_SEQUENCES, "atoms to be a seq"
    )
    assert_refused(
        lambda atom: weight_enumeration(graph, 1, atoms=[atom]), (*NO_NUMBERS, []), "atoms to be s"
    )
    with pytest.raises(InvalidArgument, match="atoms to be symmetric"):
        weight_enumeration(graph, 1, atoms=[])
