"""The Bessel integral, enclosed by quadrature, against the kernel; and the recurrences."""

from __future__ import annotations

import pytest
import sympy
from sympy import Rational

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.power_relu_bessel import (
    bessel_integral,
    bessel_kernel,
    bessel_recurrence,
    kernel_recurrence,
)
from symprop.numerics.evaluation import enclose

HALF_PI = sympy.pi / 2


@pytest.mark.parametrize("alpha", ["-49/100", "-1/3", "0", "1/2", "7/10", "5/2", "5"])
@pytest.mark.parametrize("theta", [Rational(1, 3), 1, HALF_PI, 3], ids=str)
def test_integral_equals_the_kernel(alpha: str, theta: sympy.Expr) -> None:
    integral = bessel_integral(alpha, theta, dps=18)
    assert integral.overlaps(bessel_kernel(alpha, theta, dps=30))
    assert integral.relative_bits >= 59


def test_integral_of_the_step() -> None:
    """L_0 = (pi - theta)/sin(theta)."""
    for theta in (Rational(1, 2), Rational(5, 2)):
        exact = enclose((sympy.pi - theta) / sympy.sin(theta), dps=25)
        assert bessel_integral(0, theta).overlaps(exact)


def test_angle_near_zero_keeps_relative_accuracy() -> None:
    """L_1 ~ pi/theta**3 as theta -> 0."""
    theta = Rational(1, 10**12)
    value = bessel_kernel(1, theta, dps=30)
    leading = enclose(sympy.pi / theta**3, dps=40)
    assert abs(float(value / leading) - 1) < 1e-11


@pytest.mark.parametrize("alpha", ["11/10", "2", "27/10", "7/2"])
@pytest.mark.parametrize("theta", [Rational(1, 2), 2], ids=str)
def test_recurrence_on_the_integrals(alpha: str, theta: sympy.Expr) -> None:
    """Below exponent 3/2 the lowest term is an integral without a kernel."""
    exponent = Rational(alpha)
    upper, middle, lower = (bessel_integral(exponent - k, theta, dps=18) for k in range(3))
    p, q = (enclose(part, dps=30) for part in bessel_recurrence(exponent, theta))
    assert (p * middle + q * lower).overlaps(upper)


@pytest.mark.parametrize("alpha", ["8/5", "2", "27/10", "9"])
def test_recurrence_on_the_kernels(alpha: str) -> None:
    exponent, rho = Rational(alpha), Rational(-3, 7)
    upper, middle, lower = (alpha_relu_kernel(exponent - k).enclose(rho, dps=30) for k in range(3))
    p, q = (enclose(sympy.sympify(part), dps=40) for part in kernel_recurrence(exponent, rho))
    combined = p * middle + q * lower
    assert combined.overlaps(upper)
    assert not (p * middle).overlaps(upper)


def test_recurrences_know_where_they_hold() -> None:
    with pytest.raises(OutOfDomain, match="alpha > 1"):
        bessel_recurrence(sympy.Integer(1), HALF_PI)
    with pytest.raises(OutOfDomain, match="alpha > 3/2"):
        kernel_recurrence(Rational(3, 2), sympy.Integer(0))


@pytest.mark.parametrize("theta", [0, sympy.pi, -1, 4])
@pytest.mark.parametrize("function", [bessel_kernel, bessel_integral])
def test_angles_are_inside(function: object, theta: object) -> None:
    with pytest.raises(OutOfDomain, match="theta"):
        function(1, theta)  # type: ignore[operator]  # both are functions


def test_exponents_are_checked() -> None:
    with pytest.raises(OutOfDomain, match="alpha > -1/2"):
        bessel_kernel(Rational(-1, 2), 1)
    with pytest.raises(OutOfDomain, match="alpha > -1"):
        bessel_integral(-1, 1)
