"""Series kernels against the certified face, whose methods for tanh and large variance differ."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.float_faces import float_kernel
from symprop.gaussian.float_series import hermite_enclosure, series_kernel
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation
from tests.gaussian.textbook_kernels import exact

RHO = [-1.0, -0.97, -0.3, 0.0, 1e-9, 0.5, 0.999, 1 - 2.0**-40, 1.0]


def build(name, q=1):
    phi = activation(name)
    source = hermite_enclosure(phi, phi, (q, q))
    assert source is not None
    kernel = series_kernel(source)
    assert kernel is not None
    return kernel


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus", "sigmoid", "mish", "gelu_tanh"])
def test_values_within_the_stated_error(name) -> None:
    kernel, certified = build(name), dual_kernel(name)
    assert kernel.error < 1e-14
    for value, c in zip(kernel(RHO), RHO, strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=18).ball) <= kernel.error


@pytest.mark.parametrize("q", [Fraction(1, 10**12), Fraction(1, 3), Fraction(11, 10)])
def test_other_variances(q) -> None:
    """The error is relative to the kernel's own size, down to variances of 1e-12."""
    kernel, certified = build("tanh", q), dual_kernel("tanh", variances=(q, q))
    assert kernel.error < 2e-14 * float(kernel(1.0))
    for value, c in zip(kernel(RHO), RHO, strict=True):
        ball = certified.enclose(c, dps=20).ball
        assert abs(exact(value) - ball) <= kernel.error


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus"])
def test_deficits_keep_their_relative_accuracy(name) -> None:
    kernel, certified = build(name), dual_kernel(name)
    assert kernel.deficit_error < 1e-13
    for gap in (1e-14, 1e-6, 0.3, 1.0):
        true = certified.deficit(angle_gap=gap, dps=18).ball
        assert abs(exact(float(kernel.deficit(gap))) - true) <= kernel.deficit_error * true


def test_deficit_is_linear_below_every_float() -> None:
    """``1 - kappa ~ kappa'(1) gap``, at gaps no correlation can show."""
    kernel = build("tanh")
    small, smaller = kernel.deficit([1e-200, 1e-201])
    assert small / smaller == pytest.approx(10, rel=1e-14)


def test_parity_is_exact() -> None:
    rho = np.linspace(0, 1, 50)
    np.testing.assert_array_equal(build("tanh")(-rho), -build("tanh")(rho))
    assert build("tanh")(0.0) == 0.0


def test_relative_accuracy_at_zero_of_an_odd_kernel() -> None:
    kernel = build("tanh")
    slope = dual_kernel("tanh").derivative().enclose(0, dps=20).ball
    with working_bits(200):
        assert abs(exact(float(kernel(1e-30))) / exact(1e-30) - slope) <= 1e-14


def test_polynomials_are_finite_series() -> None:
    """``E He_3(u) He_3(v) = 6 rho^3``."""
    kernel = build("x**3 - 3*x")
    assert [float(kernel(c)) for c in (0.5, 1.0)] == pytest.approx([0.75, 6.0], rel=1e-14)
    assert len(kernel.value.coefficients) == 4


def test_pair_of_activations() -> None:
    source = hermite_enclosure(activation("tanh"), activation("silu"), (1, 2))
    assert source is not None
    kernel = series_kernel(source)
    assert kernel is not None
    certified = dual_kernel("tanh", "silu", variances=(1, 2))
    for c in (-0.8, 0.25, 1.0):
        value = exact(float(kernel(c)))
        assert abs(value - certified.enclose(c, dps=18).ball) <= kernel.error
    with pytest.raises(NoClosedForm):
        kernel.deficit(0.5)


@pytest.mark.parametrize("name", ["relu", "elu", "softsign"])
def test_broken_activations_are_not_tried(name) -> None:
    phi = activation(name)
    assert hermite_enclosure(phi, phi, (1, 1)) is None


def test_slow_series_are_given_up() -> None:
    phi = activation("tanh")
    assert hermite_enclosure(phi, phi, (10**6, 10**6)) is None


def test_long_series_become_tables() -> None:
    """At variance 6 a polynomial in rho would lose digits; the series still proves a table."""
    phi = activation("tanh")
    source = hermite_enclosure(phi, phi, (6, 6))
    assert source is not None
    assert series_kernel(source) is None
    kernel, certified = float_kernel(phi, variances=(6, 6)), dual_kernel(phi, variances=(6, 6))
    assert kernel.error < 1e-15
    for value, c in zip(kernel(RHO), RHO, strict=True):
        assert abs(exact(value) - certified.enclose(c, dps=20).ball) <= kernel.error


def test_small_deficit_beside_a_large_mean() -> None:
    """At small variance the deficit survives, though V - a_0^2 cancels."""
    name = "softplus"
    q = Fraction(1, 10**10)
    kernel, certified = build(name, q), dual_kernel(name, variances=(q, q))
    true = certified.deficit(angle_gap=0.5, dps=15).ball
    assert abs(exact(float(kernel.deficit(0.5))) - true) <= kernel.deficit_error * true
    assert isinstance(true, arb)
