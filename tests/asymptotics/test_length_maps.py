"""V on wide balls: it holds every value in between, and its slope is that of a quotient."""

from __future__ import annotations

import pytest
import sympy
from flint import arb

from symprop.asymptotics.length_maps import LengthMap, real_ball
from symprop.gaussian.transforms import v_transform
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation

NAMES = ["tanh", "erf", "relu", "exp", "gelu", "softplus", "hard_tanh", "cos", "alpha_relu:1/2"]


def plain(name: str) -> LengthMap:
    return LengthMap(activation(name), 1, 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("radius", [0.0, 0.01, 0.1, 0.9])
def test_holds_all_values(name: str, radius: float) -> None:
    transform, length = v_transform(name), plain(name)
    with working_bits(60):
        ball = length.moment(arb(1.5, radius))
    assert ball.is_finite()
    for q in (1.5 - radius, 1.5 - radius / 2, 1.5, 1.5 + radius):
        assert ball.overlaps(transform.enclose(q, dps=25).ball)


@pytest.mark.parametrize("name", NAMES)
def test_narrow_balls_are_sharp(name: str) -> None:
    with working_bits(200):
        value, slope = plain(name).moment(arb(2)), plain(name).moment_slope(arb(2))
        assert value.rel_accuracy_bits() > 150
        assert slope.rel_accuracy_bits() > 150


@pytest.mark.parametrize("name", NAMES)
def test_slope_holds_difference_quotients(name: str) -> None:
    transform = v_transform(name)
    with working_bits(60):
        slope = plain(name).moment_slope(arb(1, 0.05))
    low, high = (transform.enclose(q, dps=30).ball for q in (0.95, 1.05))
    with working_bits(60):
        assert slope.overlaps((high - low) / (arb(1.05) - arb(0.95)))


def test_no_slope_on_the_widest_balls() -> None:
    with working_bits(60):
        assert not plain("tanh").moment_slope(arb(1, 0.5)).is_finite()
        assert not plain("tanh").moment(arb(1, 2)).is_finite()


def test_bounds() -> None:
    assert plain("relu").largest is None
    assert plain("exp").largest is None
    for name in ("tanh", "sin", "sign", "hard_tanh"):
        assert plain(name).largest >= 1


def test_slope_at_zero() -> None:
    found = {name: plain(name).slope_at_zero for name in ("tanh", "relu", "gelu", "alpha_relu:1/2")}
    assert found == {
        "tanh": 1,
        "relu": sympy.Rational(1, 2),
        "gelu": sympy.Rational(1, 4),
        "alpha_relu:1/2": sympy.oo,
    }
    for name in ("cos", "exp", "sign"):
        assert plain(name).slope_at_zero is None


def test_affine_parts() -> None:
    length = LengthMap(activation("relu"), "3/2", "1/7")
    with working_bits(80):
        assert length.value(arb(2)).contains(arb(3) / 2 + arb(1) / 7)
        assert length.excess(arb(2)).contains(arb(1) / 7 - arb(1) / 2)
        assert length.excess_slope(arb(2)).contains(-arb(1) / 4)


def test_real_ball() -> None:
    from flint import acb

    assert real_ball(acb(2, 0)) == 2


@pytest.mark.parametrize("power", [-1300, 1300])
def test_an_octave_beyond_floats_has_a_rule_of_its_own(power: int) -> None:
    """The first few values come from another rule; 0 is the exponent float gives all of them."""
    length = plain("hard_tanh")
    scale = arb(2) ** power
    for k in range(6):
        with working_bits(44):
            value = length.moment((scale * (1 + arb(k) / 8)).mid())
        limit = arb(1) if power > 0 else scale * (1 + arb(k) / 8)
        assert abs(value - limit) < arb("1e-10")
        assert (value > 0.5) == (power > 0)
