import numpy as np
import pytest
import sympy
from flint import arb

from symprop.gaussian.closed_forms import RHO, kernel_closed_form
from symprop.gaussian.correlations import Angle
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import integrand_of
from symprop.gaussian.kernel_values import (
    kernel_ball,
    magnitude_bits_float,
    series_ball,
    tanh_scale,
)
from symprop.gaussian.power_relu import alpha_relu_kernel, alpha_relu_second_moment
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def value(name: str, rho: str, bits: int, q: object = 1) -> arb:
    phi = activation(name)
    with working_bits(bits):
        return kernel_ball(phi, phi, (q, q), Angle(rho), bits)


@pytest.mark.parametrize("name", ["tanh", "silu", "softsign", "mish", "arctan", "tanhshrink"])
@pytest.mark.parametrize("rho", ["0", "3/10", "-9/10", "1", "-1"])
def test_two_precisions_overlap_whatever_the_method(name: str, rho: str) -> None:
    coarse, fine = value(name, rho, 50), value(name, rho, 90)
    assert coarse.overlaps(fine)
    assert fine.rad() <= coarse.rad()
    assert float(fine.rad()) < 1e-20


def test_series_remainder_covers_what_is_left_out() -> None:
    balls, _, tail = hermite_balls(integrand_of(activation("tanh")), 1, 60, 120)
    with working_bits(150):
        short_tail = tail + sum((a * a for a in balls[10:]), arb(0))
        short = series_ball(balls[:10], balls[:10], (short_tail, short_tail), arb("0.8"))
        assert short.contains(series_ball(balls, balls, (tail, tail), arb("0.8")))


def test_scaled_tanh_is_recognised() -> None:
    assert tanh_scale(activation("silu")) is None
    found = tanh_scale(activation("2*tanh(3*x)"))
    assert found is not None
    assert [float(part(60)) for part in found] == [2, 3]
    assert tanh_scale(activation("tanh(x + 1)")) is None
    assert tanh_scale(activation("tanh(x) + 1")) is None


def test_scaled_tanh_has_the_kernel_of_tanh_at_the_scaled_variance() -> None:
    with working_bits(80):
        assert value("2*tanh(3*x)", "1/2", 70).overlaps(4 * value("tanh", "1/2", 70, 9))


def test_bits_of_a_correlation() -> None:
    assert magnitude_bits_float(arb("0.5")) == -1
    assert magnitude_bits_float(arb(0)) < -100


@pytest.mark.parametrize("name", ["silu", "mish", "Max(x,-1)*atan(x)"])
@pytest.mark.parametrize("exponent", [3000, -3000])
def test_huge_and_tiny_kernels_are_as_accurate_as_ordinary_ones(name: str, exponent: int) -> None:
    scaled = activation(name).scaled(sympy.Integer(2) ** exponent)
    with working_bits(60):
        found = kernel_ball(scaled, scaled, (1, 1), Angle("1/3"), 60)
    assert found.rel_accuracy_bits() >= 45
    with working_bits(120):
        assert found.overlaps(value(name, "1/3", 80) * arb(2) ** (2 * exponent))


def test_a_power_too_high_for_a_closed_form_is_integrated() -> None:
    found = value("Max(x,0)**8", "1/2", 60)
    with working_bits(80):
        exact = kernel_closed_form("Max(x,0)**8", variances=(1, 1)).subs(RHO, sympy.Rational(1, 2))
        assert found.overlaps(compile_ball(exact)())
    assert found.rel_accuracy_bits() >= 45


def test_remainder_of_a_series_known_to_the_last_bit() -> None:
    """The ball of an exhausted tail reaches below zero; its root must not."""
    one = [arb(1)]
    with working_bits(60):
        tail = arb(0, arb(2) ** -50)
        found = series_ball(one, one, (tail, tail), arb(1))
    assert found.contains(1)
    assert found.rad() < arb(2) ** -49


@pytest.mark.parametrize(
    ("phi", "psi"), [("tanh", "tanh(2*x)"), ("sigmoid", "sigmoid"), ("1+tanh(x)", "sigmoid(3*x)")]
)
def test_shifted_and_unequal_hyperbolic_tangents(phi: str, psi: str) -> None:
    """Against the Hermite series, which knows nothing of tanh."""
    first, second = activation(phi), activation(psi)
    with working_bits(90):
        found = kernel_ball(first, second, (1, 1), Angle("1/3"), 60)
        a, _, tail = hermite_balls(integrand_of(first), 1, 60, 80)
        b, _, other = hermite_balls(integrand_of(second), 1, 60, 80)
        assert found.overlaps(series_ball(a, b, (tail, other), arb(1) / 3))
    assert found.rel_accuracy_bits() >= 45


def test_independent_arguments_give_the_product_of_means() -> None:
    silu, arctan = activation("silu"), activation("arctan")
    with working_bits(60):
        assert kernel_ball(arctan, silu, (1, 1), Angle(0), 60) == 0
        (mean, *_), _, _ = hermite_balls(integrand_of(silu), 1, 0, 60)
        found = kernel_ball(silu, silu, (1, 1), Angle(0), 60)
        assert found.overlaps(mean * mean)
        assert found.rel_accuracy_bits() >= 45


@pytest.mark.parametrize("rho", ["1", "99/100", "1/2", "0", "-1/2", "-1"])
def test_an_unbounded_power_has_the_normalised_kernel_times_its_moment(rho: str) -> None:
    found = value("alpha_relu:-1/5", rho, 60, 3)
    with working_bits(80):
        power = Enclosure(arb(3) ** (arb(-1) / 5))
        moment = alpha_relu_second_moment("-1/5", dps=20)
        exact = alpha_relu_kernel("-1/5").enclose(rho, dps=20) * moment * power
    assert found.overlaps(exact.ball)
    assert found.rad() < 1e-14


NEAR_ONE = "99999999999999/100000000000000"


@pytest.mark.parametrize("rho", ["0", NEAR_ONE, "1", "-1"])
@pytest.mark.parametrize("variances", [("1e-12", "1e-12"), ("1e-12", 1)])
@pytest.mark.parametrize("name", ["silu", "mish", "tanhshrink", "arctan", "softsign", "sigmoid"])
def test_extreme_variances_keep_their_relative_digits(
    name: str, variances: tuple[object, object], rho: str
) -> None:
    """Found by sampling: cancelling values, growth bounds of steep products, zero means."""
    value = dual_kernel(name, variances=variances).enclose(rho, dps=15)
    assert value.relative_bits >= 50 or value == Enclosure(0)


@pytest.mark.parametrize("pair", [(3, 9), (9, 3)])
def test_one_activation_at_unequal_variances(pair: tuple[int, int]) -> None:
    """The derivative of tanh has one integrand whatever the variance."""
    slope = activation("1 - tanh(x)**2")
    nodes = np.linspace(-9, 9, 1201)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    first = np.cosh(np.sqrt(pair[0]) * nodes) ** -2.0
    mixed = nodes[:, None] / 2 + np.sqrt(0.75) * nodes
    second = np.cosh(np.sqrt(pair[1]) * mixed) ** -2.0
    expected = (weights * first) @ second @ weights
    with working_bits(60):
        found = kernel_ball(slope, slope, pair, Angle("1/2"), 60)
    assert float(found.mid()) == pytest.approx(expected, rel=1e-12)
