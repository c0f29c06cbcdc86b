"""Moments on balls hold every value on the ball, whichever way they are computed."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.expectation import gaussian_expectation
from symprop.gaussian.transforms import v_transform
from symprop.numerics.precision import working_bits
from symprop.recurrences.moments_on_balls import (
    ball_moments,
    derivative_of,
    one_sided_degree,
    value_at_zero,
)
from symprop.specs.activations import activation

NAMES = ["tanh", "3*tanh(x/2)", "relu", "alpha_relu:3/4", "erf", "gelu", "silu", "hard_tanh"]
WIDE = 2.0**-12


@pytest.mark.parametrize("name", NAMES)
def test_second_moments_hold_on_the_ball(name: str) -> None:
    moments = ball_moments(activation(name))
    with working_bits(120):
        ball = arb(1.5, WIDE)
        for method, reference in (
            (moments, v_transform(name)),
            (moments.slope, v_transform(derivative_of(activation(name)))),
        ):
            value = method.second_moment(ball, 80)
            assert value.rad() < 0.01
            for q in (1.5 - WIDE, 1.5, 1.5 + WIDE):
                exact = reference.enclose(q, dps=20).ball
                assert value.contains(exact)
                narrow = method.second_moment(arb(q), 80)
                assert narrow.overlaps(exact)
                assert narrow.rel_accuracy_bits() > 60


@pytest.mark.parametrize("name", NAMES)
def test_covariances_hold_on_the_balls(name: str) -> None:
    moments = ball_moments(activation(name))
    with working_bits(120):
        q1, q2 = arb(1.5, WIDE), arb(0.75, WIDE)
        c = arb(0.375, WIDE)
        value = moments.covariance(q1, q2, c, 1 - c, 80)
        assert value.rad() < 0.01
        for sign in (-1, 1):
            step = sign * WIDE
            kernel = dual_kernel(name, variances=(1.5 + step, 0.75 - step))
            assert value.contains(kernel.enclose(0.375 + step, dps=15).ball)
        same = moments.covariance(q1, q1, c, 1 - c, 80)
        kernel = dual_kernel(name, variances=(1.5 + WIDE, 1.5 + WIDE))
        assert same.contains(kernel.enclose(0.375 - WIDE, dps=15).ball)


@pytest.mark.parametrize("name", ["relu", "silu", "elu", "exp"])
def test_means_hold_on_the_ball(name: str) -> None:
    with working_bits(120):
        value = ball_moments(activation(name)).mean(arb(2, WIDE), 80)
        for q in (2 - WIDE, 2 + WIDE):
            assert value.contains(gaussian_expectation(name, variance=q).ball)


def test_at_zero_variance_the_value_at_zero_is_taken() -> None:
    exponential = ball_moments(activation("2*exp(x)"))
    zero, one = arb(0), arb(1)
    with working_bits(80):
        assert exponential.second_moment(zero, 80) == 4
        assert exponential.mean(zero, 80) == 2
        cross = exponential.covariance(zero, one, zero, one, 60)
        assert cross.overlaps(4 * arb("0.5").exp())
    assert value_at_zero(activation("relu")) == 0
    with pytest.raises(OutOfDomain, match="continuous at 0"):
        value_at_zero(activation("step"))


@pytest.mark.parametrize("name", ["sign", "alpha_relu:1/2", "alpha_relu:-1/4"])
def test_derivatives_without_second_moment_are_named(name: str) -> None:
    with pytest.raises(OutOfDomain, match=f"finite second moment but got activation={name}"):
        derivative_of(activation(name))


def test_one_sided_powers() -> None:
    assert one_sided_degree(activation("3*relu(x)")) == 1
    assert one_sided_degree(activation("alpha_relu:2/3")) == activation("2/3").expression
    assert one_sided_degree(activation("leaky_relu:1/10")) is None
    assert one_sided_degree(activation("tanh")) is None


def test_integrability_depends_on_the_variance() -> None:
    moments = ball_moments(activation("exp(x**2/8)"))
    with working_bits(80):
        assert moments.second_moment(arb(1), 60) > 1
        with pytest.raises(OutOfDomain):
            moments.second_moment(arb(3), 60)


def test_formulas_that_cancel_keep_the_digits_of_the_variance() -> None:
    """The arcsine of gelu is taken near 1, where it loses half of what the variance has."""
    moments = ball_moments(activation("gelu"))
    with working_bits(140):
        q = arb(10) ** 23 * arb(1, 2.0**-110)
        value = moments.second_moment(q, 140)
        assert value.rel_accuracy_bits() > 100
        for end in (q.lower(), q.upper()):
            with working_bits(400):
                assert value.overlaps(moments.second_moment(end.mid(), 400))


def test_second_moments_beyond_floats() -> None:
    """An octave asked often has a rule of its own; 0 is the exponent float gives all of these."""
    moments = ball_moments(activation("softsign"))
    for k in range(6):
        q = (arb(10) ** 320 * (1 + k)).mid()
        assert moments.second_moment(q, 64) > 0.99
        assert moments.bound(q) > 0.99
