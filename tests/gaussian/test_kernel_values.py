import pytest
from flint import arb

from symprop.gaussian.duality import Angle
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import integrand_of
from symprop.gaussian.kernel_values import (
    kernel_ball,
    magnitude_bits_float,
    series_ball,
    tanh_scale,
)
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
