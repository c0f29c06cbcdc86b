"""The nested rules agree with balls within the error they state, far out and on every switch."""

from __future__ import annotations

from itertools import product
from math import frexp, sqrt

import pytest
from flint import acb, arb

from symprop.gaussian.closed_forms import Q1, Q2, RHO, kernel_closed_form
from symprop.gaussian.conditional_rule import (
    conditional_covariance,
    conditional_deficit,
    conditional_second_moment,
)
from symprop.gaussian.plain_values import width_of
from symprop.gaussian.tanh_transforms import tanh_kernel, tanh_second_moment
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.recurrences.moments_on_balls import ball_moments
from symprop.specs.activations import activation

ERF = activation("erf")  # has a closed form, so that every corner is cheap to check
CLOSED = ["erf", "gelu", "elu", "Max(x, 0) + erf(x)"]
VARIANCES = [1e-6, 1e-2, 1.0, 30.0, 1e4, 1e10]
SETTINGS = [(name, q) for name in CLOSED for q in VARIANCES if name != "elu" or q in (1.0, 1e10)]
GAPS = [1e-14, 1e-9, 1e-5, 1e-3, 0.05, 0.4, 1.0]


def _exact(name: str, q: float, gap: float) -> arb:
    """Return a ball of ``V - W``."""
    moments = ball_moments(activation(name))
    bits = 100 - 2 * frexp(gap)[1] + abs(frexp(q)[1])
    with working_bits(4 * bits):
        length, small = arb(q), arb(gap)
        moment = moments.second_moment(length, bits)
        return moment - moments.covariance(length, length, 1 - small, small, bits)


@pytest.mark.parametrize(("name", "q"), SETTINGS)
def test_differences_where_there_is_a_closed_form(name: str, q: float) -> None:
    phi = activation(name)
    for gap in GAPS:
        found = conditional_deficit(phi, q, gap)
        deficit = _exact(name, q, gap)
        assert found is not None
        assert found.error < 5e-14
        assert abs(deficit - found.value) <= found.error * deficit


@pytest.mark.parametrize("name", ["silu", "softsign", "softplus"])
@pytest.mark.parametrize(("q", "gap"), [(1.0, 1e-5), (0.3, 0.6), (90.0, 0.8)])
def test_differences_where_there_is_none(name: str, q: float, gap: float) -> None:
    found = conditional_deficit(activation(name), q, gap)
    deficit = _exact(name, q, gap)
    assert found is not None
    assert found.error < 5e-14
    assert abs(deficit - found.value) <= found.error * deficit


@pytest.mark.parametrize("q", [2e3, 1e6, 1e10, 1e14])
@pytest.mark.parametrize("gap", [1e-14, 1e-8, 1e-3])
def test_tanh_at_large_variance(q: float, gap: float) -> None:
    found = conditional_deficit(activation("tanh"), q, gap)
    with working_bits(700):
        length, small = arb(q), arb(gap)
        deficit = tanh_second_moment(length, 200) - tanh_kernel(length, 1 - small, small, 200)
    assert found is not None
    assert abs(deficit - found.value) <= 2e-14 * deficit


@pytest.mark.parametrize(("name", "width"), [("erf", 1.0), ("elu", 1.0)])
@pytest.mark.parametrize("q", [0.5, 1e5])
def test_both_sides_of_the_switch_to_slopes(name: str, width: float, q: float) -> None:
    phi = activation(name)
    assert width_of(phi) == width
    for switch in (0.01, 0.1, 0.3):
        for side in (1 - 1e-9, 1 + 1e-9):
            gap = (switch * width * side) ** 2 / (2 * q)
            found = conditional_deficit(phi, q, gap)
            deficit = _exact(name, q, gap)
            assert found is not None
            assert abs(deficit - found.value) <= 1e-14 * deficit


UNEQUAL = [(1e-6, 1e10), (1e-2, 3.0), (1.0, 1.0), (40.0, 1e3), (1e8, 2e8)]
COSINES = [-1.0, -1 + 1e-9, -0.7, -1e-3, 0.0, 0.2, 0.9, 1 - 1e-3, 1 - 1e-10, 1.0]


@pytest.mark.parametrize("pair", list(product(["erf", "gelu", "relu"], repeat=2)))
def test_covariances_of_pairs(pair: tuple[str, str]) -> None:
    phi, psi = (activation(name) for name in pair)
    formula = compile_ball(kernel_closed_form(phi, psi), (RHO, Q1, Q2))
    for q1, q2 in UNEQUAL:
        for c in COSINES:
            found = conditional_covariance(phi, psi, q1, q2, c, 1 - c)
            assert found is not None
            assert found.error < 5e-14
            with working_bits(2000):
                exact = acb(formula(arb(c), arb(q1), arb(q2))).real
                scale = ball_moments(phi).second_moment(arb(q1), 80)
                scale = (scale * ball_moments(psi).second_moment(arb(q2), 80)).sqrt()
                assert abs(exact - found.value) <= 1e-14 * scale


@pytest.mark.parametrize("name", ["exp", "relu6", "sinh(x)", "Max(x - 1, 0)"])
def test_what_the_rules_are_not_for(name: str) -> None:
    phi = activation(name)
    assert width_of(phi) is None
    assert conditional_covariance(phi, ERF, 1.0, 1.0, 0.5, 0.5) is None
    assert conditional_deficit(phi, 1.0, 0.5) is None


def test_what_does_not_converge_is_given_back() -> None:
    wave, jump = activation("sin(x)"), activation("sign")
    assert conditional_covariance(wave, wave, 1e8, 1e8, 0.5, 0.5) is None
    assert conditional_deficit(jump, 1.0, 1e-6) is None


def test_identical_arguments() -> None:
    found = conditional_covariance(ERF, ERF, 2.0, 2.0, 1.0, 0.0)
    assert found is not None
    assert found.value == pytest.approx(found.second_moment, rel=1e-15)
    assert conditional_covariance(ERF, ERF, 2.0, 2.0, sqrt(0.5), 1 - sqrt(0.5)) is not None


@pytest.mark.parametrize("name", ["silu", "softsign", "mish"])
@pytest.mark.parametrize("q", [1e-4, 2.0, 300.0])
def test_second_moments(name: str, q: float) -> None:
    moments = ball_moments(activation(name))
    for order, balls in ((0, moments), (1, moments.slope)):
        found = conditional_second_moment(activation(name), q, order=order)
        assert found is not None
        with working_bits(120):
            exact = balls.second_moment(arb(q), 80)
            assert abs(exact - found.value) <= found.error * exact
