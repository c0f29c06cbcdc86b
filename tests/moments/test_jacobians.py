"""Gradients by single matrices, and paths through them, against the enumeration."""

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, UnsupportedLaw
from symprop.moments.diagonal import tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.jacobians import jacobian_moments
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla
from tests.malformed import NO_INTEGERS, assert_refused

F = Fraction


@pytest.mark.parametrize("law", ["gaussian", "uniform", "laplace"])
@pytest.mark.parametrize(
    ("network", "width", "depth"),
    [
        (Vanilla(), 2, 2),
        (ResNet(2, F(1, 3)), 1, 2),
        (ResNet(2, F(1, 3)), 2, 1),
        (ResNet(1, F(1, 2)), 1, 3),
        (ResNet(3, F(1, 3)), 1, 2),
        (DenseNet(), 1, 3),
    ],
)
def test_enumeration(law: str, network: object, width: int, depth: int) -> None:
    graph = network.graph(depth)
    made = gate_enumeration(graph, width, law=law)
    for label in made.jacobians:
        found = jacobian_moments(network, width, depth, label, law=law)
        assert (found.second, found.fourth) == made.jacobians[label]
        assert (found.output_second, found.output_fourth) == made.parts[label]
        reduced = Reduced(network=network, through=label).graph(depth)
        assert gate_enumeration(reduced, width, law=law, trained=()).output == made.parts[label]


@pytest.mark.parametrize("network", [Vanilla(), ResNet(2, F(1, 3)), DenseNet()])
def test_means_add_up(network: object) -> None:
    labels = [m.label for m in network.graph(4).matrices if m.label != (0, 0)]
    total = sum(jacobian_moments(network, 5, 4, label).second for label in labels)
    assert total == tangent_moments(network, 5, 4).mean


def test_gaussian_fourth_moment_is_a_third() -> None:
    n = sympy.Symbol("n", positive=True)
    for network, label in ((DenseNet(), (2, 1)), (ResNet(2, "1/2"), (2, 2))):
        found = jacobian_moments(network, n, 3, label)
        assert sympy.simplify(3 * found.fourth - found.output_fourth) == 0


def test_deep_networks_are_not_unrolled() -> None:
    assert jacobian_moments(DenseNet(), 100, 3000, (1500, 7)).second == F(1, 1500 * 1501)


def test_refusals() -> None:
    for label in ((1, 1), (2, 2), (0, 0), (3, 0), (1, -1)):
        with pytest.raises(InvalidArgument, match="matrix"):
            jacobian_moments(DenseNet(), 3, 2, label)
    for label in ((0, 0), (4, 1), (1, 3), (1, 0), (True, 1), 1):
        with pytest.raises(InvalidArgument, match="matrix"):
            jacobian_moments(ResNet(2, 1), 3, 3, label)
    with pytest.raises(UnsupportedLaw, match="atoms"):
        jacobian_moments(Vanilla(), 3, 3, (1, 1), law="rademacher")
    with pytest.raises(InvalidArgument, match="depth"):
        jacobian_moments(Vanilla(), 3, 0, (1, 1))


def test_depths_are_integers_that_fit() -> None:
    assert_refused(
        lambda depth: jacobian_moments(DenseNet(), 3, depth, (1, 0)),
        (*NO_INTEGERS, 0, 10**400),
        "depth to be an integer",
    )
