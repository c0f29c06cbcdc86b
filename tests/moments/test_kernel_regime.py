"""First order in the inverse width, and the depth at which the kernel regime is left."""

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, NoConvergence, OutOfDomain, UnsupportedLaw
from symprop.moments.diagonal import tangent_moments
from symprop.moments.kernel_regime import first_order, kernel_depth
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.malformed import NO_INTEGERS, assert_refused

F = Fraction
n, e = sympy.symbols("n e", positive=True)
NETWORKS = [Vanilla(), Vanilla(trained="all"), ResNet(2, F(1, 3)), ResNet(1, 2), DenseNet()]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("law", ["gaussian", "laplace"])
def test_first_order_is_a_limit(network: object, law: str) -> None:
    for depth in (1, 3):
        form = tangent_moments(network, n, depth, law=law).relative_variance
        assert sympy.limit(n * form, n, sympy.oo) == first_order(network, depth, law=law)


def test_first_order_of_plain_networks() -> None:
    """The closed form in the depth to first order: 11 L/3 + 2 + 4/(3 L)."""
    for depth in (1, 2, 50):
        assert first_order(Vanilla(), depth) == F(11 * depth, 3) + 2 + F(4, 3 * depth)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("width", "level"), [(10, F(4, 5)), (3, F(5, 2)), (1, F(7, 2))])
def test_kernel_depth(network: object, width: int, level: Fraction) -> None:
    above = [
        depth
        for depth in range(1, 31)
        if tangent_moments(network, width, depth).relative_variance > level**2
    ]
    if above:
        assert kernel_depth(network, width, level, most=30) == above[0]
    else:
        with pytest.raises(NoConvergence):
            kernel_depth(network, width, level, most=30)


def test_a_level_that_is_met_exactly_is_not_exceeded() -> None:
    """Balls cannot tell a value from itself; rational numbers can."""
    network = ResNet(1, 1)
    assert tangent_moments(network, 6, 2).relative_variance == 1
    assert kernel_depth(network, 6, 1) == 3
    assert kernel_depth(network, 6, F(999_999, 10**6)) == 2


def test_refusals() -> None:
    with pytest.raises(OutOfDomain, match="level"):
        kernel_depth(Vanilla(), 3, 0)
    with pytest.raises(OutOfDomain, match="level"):
        kernel_depth(Vanilla(), 3, "x")
    with pytest.raises(NoConvergence, match="up to depth 20"):
        kernel_depth(DenseNet(), 1000, 1, most=20)
    with pytest.raises(InvalidArgument, match="rational"):
        kernel_depth(ResNet(1, sympy.sqrt(2)), 3, 1)
    with pytest.raises(UnsupportedLaw):
        first_order(Vanilla(), 3, law="rademacher")
    with pytest.raises(OutOfDomain, match="E G"):
        first_order(Vanilla(), 0)


def test_depths_are_integers_that_fit() -> None:
    depths = (*NO_INTEGERS, -1, 10**400)
    assert_refused(lambda depth: first_order(Vanilla(), depth), depths, "depth to be an integer")
    assert_refused(
        lambda most: kernel_depth(Vanilla(), 3, 1, most=most), depths, "most to be an integer"
    )
