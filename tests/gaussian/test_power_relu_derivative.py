"""Derivatives in the correlation: symbolic ones, next to the ends, over balls."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.power_relu_closed_form import RHO
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose


@pytest.mark.parametrize("alpha", ["0", "1/2", "7/10", "1", "2", "5/2"])
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_derivatives_agree_with_symbolic_ones(alpha: str, order: int) -> None:
    kernel = alpha_relu_kernel(alpha)
    derivative = kernel.derivative(order)
    for rho in ("-4/5", "1/10", "9/10"):
        exact = enclose(derivative.closed_form, values={RHO: rho}, dps=20)
        assert exact.overlaps(derivative.enclose(rho, dps=20))


def test_derivative_is_a_multiple_of_the_kernel_below() -> None:
    """J_alpha' = alpha**2/(2 alpha - 1) J_(alpha-1), here next to correlation one."""
    derivative = alpha_relu_kernel("17/10").derivative().enclose(angle_gap="1e-30", dps=40)
    below = alpha_relu_kernel("7/10").enclose(angle_gap="1e-30", dps=40)
    assert (below * Fraction(289, 240)).overlaps(derivative)


def test_derivative_where_the_kernel_below_cannot_be_normalised() -> None:
    """The step's kernel has the derivative 1/(pi sin theta), large but known near one."""
    value = alpha_relu_kernel(0).derivative().enclose(angle_gap="1e-20", dps=30)
    gap = sympy.Rational(1, 10**20)
    exact = enclose(1 / (sympy.pi * sympy.sqrt(2 * gap - gap**2)), dps=30)
    assert value.overlaps(exact)


def test_derivatives_at_the_ends() -> None:
    assert float(alpha_relu_kernel("1/2").derivative(2).enclose(-1)) == pytest.approx(np.pi / 64)
    assert float(alpha_relu_kernel(1).derivative(1).enclose(-1)) == 0
    assert float(alpha_relu_kernel(2).derivative(1).enclose(1)) == pytest.approx(4 / 3)
    with pytest.raises(OutOfDomain, match="finite"):
        alpha_relu_kernel(0).derivative(1).enclose(1)
    with pytest.raises(OutOfDomain, match="finite"):
        alpha_relu_kernel("7/10").derivative(2).enclose(-1)


def test_derivative_over_a_ball_of_exponents() -> None:
    box = Enclosure.from_bounds("699/1000", "701/1000")
    whole = alpha_relu_kernel(box).derivative().enclose("3/10")
    inside = alpha_relu_kernel("7/10").derivative().enclose("3/10")
    assert whole.contains(inside)
    assert float(whole.radius) < 0.02


def test_a_ball_around_an_infinite_derivative_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="narrow enough"):
        alpha_relu_kernel(0).derivative().enclose(Enclosure.from_bounds("9/10", 1))


def test_evalf_has_the_digits() -> None:
    value = alpha_relu_kernel("7/10").derivative().evalf("3/10", dps=40)
    with mpmath.workdps(50):
        exact = alpha_relu_kernel("7/10").derivative().enclose("3/10", dps=50).midpoint
        assert abs(value - exact) < mpmath.mpf(10) ** -39


def test_order_is_checked() -> None:
    with pytest.raises(InvalidArgument, match="n to be"):
        alpha_relu_kernel(1).derivative(-1)
