"""Bounds of the Jacobian against networks whose Jacobian and spread are known exactly."""

import math
from fractions import Fraction

import pytest
import sympy
from flint import arb, fmpq

from symprop.asymptotics.shrinkage_bounds import (
    LayerShape,
    additive_bound,
    bent_bound,
    composition_chord,
    exponential_bound,
    gap_after,
    layer_shape,
    least_correlations,
    multiplicative_bound,
    residual_layer_shape,
    squared_jacobian,
    trajectory_bound,
)
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.enclosure import Enclosure

F = Fraction
KEEPER = LayerShape(F(5, 4), F(1, 2))
"""(1 + x)/4 + x^2/2 keeps the correlation 1/2."""
NETWORK = [LayerShape(F(1, 4), F(0)), *[KEEPER] * 4]


def keeper(x: arb) -> arb:
    return (1 + x) / 4 + x * x / 2


def onto(x: arb) -> arb:
    return (3 + x) / 4


def test_exact_shapes() -> None:
    relu = layer_shape("relu")
    assert relu.slope == 1
    assert sympy.simplify(relu.nonlinearity - (sympy.pi - 2) / (2 * sympy.pi)) == 0
    biased = layer_shape("x**2 + x", weight_variance=2, bias_variance=3)
    # 2 + 2 rho + 4... : mean 1, linear 1, quadratic 2
    assert biased.slope == sympy.Rational(10, 11)
    assert biased.bend == sympy.Rational(4, 11)
    assert biased.nonlinearity == layer_shape("x**2 + x").nonlinearity


def test_shapes_without_closed_form() -> None:
    tanh = layer_shape("tanh", dps=20)
    assert isinstance(tanh.slope, Enclosure)
    assert tanh.slope.overlaps(layer_shape("tanh").slope)
    assert layer_shape("relu", dps=20).bend.overlaps(
        Enclosure((arb.pi() - 2) / (2 * arb.pi())).intersection(layer_shape("relu", dps=15).bend)
    )


def test_residual_shape() -> None:
    block = residual_layer_shape("x**2", 2)
    # (rho + 2 (1 + 2 rho^2))/7
    assert block.slope == sympy.Rational(9, 7)
    assert block.bend == sympy.Rational(4, 7)
    assert residual_layer_shape("x**2", 2, dps=20).slope.contains(F(9, 7))


def test_jumps_are_refused() -> None:
    with pytest.raises((InvalidArgument, OutOfDomain)):
        residual_layer_shape("sign", 1)


def test_bounds_of_a_known_network() -> None:
    spread, jacobian = F(1, 2), squared_jacobian(NETWORK)
    assert jacobian == F(625, 1024)
    assert multiplicative_bound(NETWORK, spread) == jacobian
    assert trajectory_bound(NETWORK, [F(2), *[F(1, 2)] * 5]) == jacobian
    assert additive_bound(NETWORK, spread) == F(1, 20)
    assert bent_bound(NETWORK, spread) == F(5, 16)
    best = exponential_bound(NETWORK, spread)
    assert best == sympy.E / 5
    assert additive_bound(NETWORK, spread) < bent_bound(NETWORK, spread) < best < jacobian


@pytest.mark.parametrize("kind", [float, arb, Enclosure])
def test_bounds_take_other_numbers(kind: type) -> None:
    def convert(value: Fraction) -> object:
        ball = arb(fmpq(value.numerator, value.denominator))
        return float(value) if kind is float else ball if kind is arb else Enclosure(ball)

    layers = [LayerShape(convert(layer.slope), convert(layer.bend)) for layer in NETWORK]
    spread = convert(F(1, 2))
    for function in (additive_bound, bent_bound, multiplicative_bound, exponential_bound):
        exact = function(NETWORK, F(1, 2))
        assert math.isclose(float(function(layers, spread)), float(exact), rel_tol=1e-12)


def test_gap_after_is_attained() -> None:
    assert gap_after(KEEPER, F(1, 2)) == F(1, 2)
    with pytest.raises(InvalidArgument, match="gaps"):
        trajectory_bound(NETWORK, [F(1)])


def test_chord_above_the_composition() -> None:
    starts, at = [F(0)], F(0)
    maps = [lambda x: (3 + x) / 4, *[lambda x: (1 + x) / 4 + x * x / 2] * 4]
    for function in maps:
        at = function(at)
        starts.append(at)
    for x in (F(0), F(1, 2), F(9, 10), F(1)):
        image = x
        for function in maps:
            image = function(image)
        assert image <= composition_chord(NETWORK, starts, x)


def test_least_correlations() -> None:
    first, *rest = least_correlations([onto, keeper, keeper])
    assert first.contains(F(1, 2))
    assert all(ball.contains(F(1, 2)) for ball in rest)


def test_least_correlation_inside() -> None:
    """(x + x^2)/2 is least at -1/2."""
    (ball,) = least_correlations([lambda x: (x + x * x) / 2], tolerance="1/1000000")
    assert ball.contains(F(-1, 8))
    assert ball.radius < 1e-6


def test_tolerance_is_checked() -> None:
    with pytest.raises(InvalidArgument, match="tolerance"):
        least_correlations([onto], tolerance=0)


def test_spreads_are_read_and_refused_alike() -> None:
    layers = [layer_shape("relu")] * 3
    for bound in (additive_bound, bent_bound, multiplicative_bound, exponential_bound):
        assert bound(layers, "1/3") == bound(layers, Fraction(1, 3))
        for wrong in (float("nan"), -1):
            with pytest.raises(OutOfDomain, match="Expected spread >= 0"):
                bound(layers, wrong)
