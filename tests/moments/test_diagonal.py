"""Moments of the tangent kernel: exact values, symbols, refusals and size."""

from fractions import Fraction
from functools import partial

import pytest
import sympy
from flint import fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.moments.diagonal import (
    check_gates,
    output_moments,
    tangent_mean,
    tangent_moments,
)
from symprop.moments.scalars import read_scalars
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla
from symprop.specs.initialization import weight_law
from tests.malformed import NO_INTEGERS, assert_refused

F = Fraction
n, alpha = sympy.symbols("n alpha", positive=True)
NETWORKS = [Vanilla(), ResNet(2, F(1, 3)), ResNet(1, F(1, 2)), DenseNet()]


def test_known_forms() -> None:
    residual = tangent_moments(ResNet(2, alpha), n, 1)
    assert residual.mean == 2 * alpha**2
    assert residual.second_moment == 4 * alpha**4 * (n + 2) ** 2 * (n + 3) / n**3
    dense = tangent_moments(DenseNet(), n, 2)
    square = 3 * (n + 2) * (n + 5) * (3 * n + 4) / (4 * n**3)
    assert sympy.expand(dense.second_moment - square) == 0
    assert sympy.expand(dense.variance - square + sympy.Rational(9, 4)) == 0


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("law", ["gaussian", "uniform"])
def test_symbols_agree_with_numbers(network: object, law: str) -> None:
    for depth in (1, 2, 4):
        form = tangent_moments(network, n, depth, law=law, input_concentration="1/3")
        for width in (1, 2, 9):
            exact = tangent_moments(network, width, depth, law=law, input_concentration="1/3")
            assert form.second_moment.subs(n, width) == exact.second_moment
            assert form.relative_variance.subs(n, width) == exact.relative_variance


def test_symbolic_scale_agrees_with_numbers() -> None:
    form = tangent_moments(ResNet(3, alpha), 5, 3).relative_variance
    exact = tangent_moments(ResNet(3, "2/3"), 5, 3).relative_variance
    assert form.subs(alpha, sympy.Rational(2, 3)) == exact
    root = tangent_moments(ResNet(3, sympy.sqrt(2)), 5, 3).relative_variance
    assert sympy.simplify(form.subs(alpha, sympy.sqrt(2)) - root) == 0


def test_scale_enters_through_its_power() -> None:
    first = tangent_moments(ResNet(1, F(1, 4)), 3, 2)
    second = tangent_moments(ResNet(2, F(1, 2)), 3, 2)
    assert second.mean == 2 * first.mean
    assert output_moments(ResNet(1, F(1, 4)), 3, 2).second == F(25, 16)


def test_wide_networks_have_no_variance() -> None:
    for network in NETWORKS:
        assert tangent_moments(network, 10**12, 5).relative_variance < F(1, 10**10)


def test_variance_is_never_negative() -> None:
    """Also not at width 1, nor with weights of small fourth moment."""
    for network in NETWORKS:
        for law in ("gaussian", "uniform", "laplace"):
            for width in (1, 2, 3):
                assert tangent_moments(network, width, 3, law=law).variance > 0


def test_input_matters_for_other_laws_only() -> None:
    even, single = F(1, 100), 1
    for law, same in (("gaussian", True), ("uniform", False)):
        a = tangent_moments(DenseNet(), 3, 2, law=law, input_concentration=even)
        b = tangent_moments(DenseNet(), 3, 2, law=law, input_concentration=single)
        assert (a == b) is same


def test_groups_of_weights_add_up() -> None:
    for network in (Vanilla, DenseNet):
        inner = tangent_moments(network(), 4, 3)
        ends = tangent_moments(network(trained=("input", "output")), 4, 3)
        every = tangent_moments(network(trained="all"), 4, 3)
        assert ends.mean == 2
        assert every.mean == inner.mean + 2
    # Without hidden layers the outer gradients are |w|^2/n and |y|^2/n, independent chi-squares.
    two = tangent_moments(Vanilla(trained="all"), 4, 0)
    assert (two.mean, two.second_moment) == (2, 2 * (1 + F(2, 4)) + 2)


def test_nothing_trained_at_depth_zero() -> None:
    made = tangent_moments(ResNet(2, 1), 3, 0)
    assert (made.mean, made.second_moment) == (0, 0)
    with pytest.raises(OutOfDomain, match="E G"):
        _ = made.relative_variance
    assert output_moments(DenseNet(), 3, 0).length_fourth == 15


def test_distance() -> None:
    ball = tangent_moments(DenseNet(), 10, 2).kernel_distance(30)
    assert ball.proved_digits(20) == "1.0198039027185569660"
    with pytest.raises(InvalidArgument, match="free symbols"):
        tangent_moments(DenseNet(), n, 2).kernel_distance()


def test_distance_of_a_deep_network() -> None:
    """The numerator has thousands of digits, which must not be factored."""
    deep = tangent_moments(ResNet(2, "1/7"), 1000, 300)
    ball = deep.kernel_distance(20)
    assert float(ball) ** 2 == pytest.approx(float(deep.relative_variance), rel=1e-14)
    root = tangent_moments(ResNet(3, sympy.sqrt(2)), 10, 2).kernel_distance(20)
    assert 1 < float(root) < 3


def test_great_depth() -> None:
    """Numbers of thousands of digits, by another route for the plain network."""
    found = tangent_moments(Vanilla(), 50, 2000).second_moment
    grown, share, depth = F(11, 10), F(49 * 55, 27), 2000
    form = grown**depth * (F(depth**2, 3) + F(2 * 52 * depth, 9) - share)
    assert found == F(26, 25) * (form + share * F(49, 50) ** depth)
    assert tangent_moments(DenseNet(), 100, 1000).relative_variance < 1


def test_signs_have_exact_outputs_but_no_kernel() -> None:
    assert output_moments(Vanilla(), 2, 1, law="rademacher").fourth == F(7, 2)
    for network in (Vanilla(), ResNet(2, 1), DenseNet()):
        with pytest.raises(UnsupportedLaw, match="atoms"):
            tangent_moments(network, 3, 2, law="rademacher")
    check_gates(ResNet(1, 1), weight_law("rademacher"))
    assert tangent_moments(ResNet(1, 1), 1, 1, law="rademacher").second_moment == 1


def test_mean_alone() -> None:
    scalars = read_scalars(ResNet(2, "1/2"), 3, weight_law("gaussian"), 1)
    assert tangent_mean(ResNet(2, "1/2"), scalars, 3) == fmpq(75, 32)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="network"):
        tangent_moments("resnet", 3, 2)
    with pytest.raises(InvalidArgument, match="network"):
        tangent_moments(Reduced(network=Vanilla(), through=1), 3, 2)
    with pytest.raises(InvalidArgument, match="depth"):
        tangent_moments(Vanilla(), 3, -1)
    with pytest.raises(InvalidArgument, match="law"):
        tangent_moments(Vanilla(), 3, 1, law="cauchy")
    with pytest.raises(UnsupportedLaw, match="independent"):
        output_moments(Vanilla(), 3, 1, law="haar")


@pytest.mark.parametrize("network", [Vanilla(), ResNet(2, 1), DenseNet()], ids=repr)
def test_depths_are_integers_that_fit(network: object) -> None:
    for moments in (tangent_moments, output_moments):
        assert_refused(
            partial(moments, network, 3), (*NO_INTEGERS, -1, 10**400), "depth to be an integer"
        )
