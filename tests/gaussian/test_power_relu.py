"""The kernel object: its faces agree, with each other and with sampled expectations."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, NoClosedForm
from symprop.gaussian.power_relu import alpha_relu_kernel, alpha_relu_second_moment
from symprop.gaussian.power_relu_closed_form import RHO
from symprop.numerics.evaluation import enclose

EXPONENTS = ["-1/3", "0", "1/2", "7/10", "1", "3/2", "2", "5", "11/2"]


@pytest.mark.parametrize("alpha", EXPONENTS)
@pytest.mark.parametrize("rho", ["-99/100", "-1/2", "0", "3/10", "99/100"])
def test_enclosure_agrees_with_the_closed_form(alpha: str, rho: str) -> None:
    kernel = alpha_relu_kernel(alpha)
    exact = enclose(kernel.closed_form, values={RHO: rho}, dps=30)
    assert exact.overlaps(kernel.enclose(rho, dps=30))


@pytest.mark.parametrize("alpha", EXPONENTS)
def test_integral_over_the_circle(alpha: str) -> None:
    """J N is the integral of max(c + cos t, 0)**alpha: a witness without special functions."""
    power = Fraction(alpha)
    with mpmath.workdps(40):  # quad loses about ten digits at the branch point
        a = mpmath.mpf(power.numerator) / power.denominator
        c = mpmath.mpf(3) / 10
        end = mpmath.acos(-c)
        # t = end - s**4 flattens the branch point at the end of the range
        value = mpmath.quad(
            lambda s: 4 * s**3 * (c + mpmath.cos(end - s**4)) ** a, [0, mpmath.root(end, 4)]
        )
        whole = mpmath.beta(a + 0.5, 0.5) * mpmath.mpf(2) ** a
        error = abs(value / whole - alpha_relu_kernel(alpha).evalf("3/10", dps=25))
        assert error < mpmath.mpf(10) ** -18


@pytest.mark.parametrize("alpha", ["0", "7/10", "2"])
def test_expectation_of_samples(alpha: str) -> None:
    """E psi(u) psi(v) by sampling, five standard errors, with a fixed seed."""
    rng = np.random.default_rng(7)
    u, w = rng.standard_normal((2, 400_000))
    v = 0.3 * u + np.sqrt(1 - 0.09) * w
    power = float(Fraction(alpha))
    products = np.where((u > 0) & (v > 0), np.abs(u * v) ** power, 0.0)
    exact = float(alpha_relu_second_moment(alpha)) * float(alpha_relu_kernel(alpha).enclose("3/10"))
    error = products.std() / np.sqrt(products.size)
    assert abs(products.mean() - exact) < 5 * error


def test_evalf_has_the_digits() -> None:
    value = alpha_relu_kernel("7/10").evalf("3/10", dps=60)
    ball = alpha_relu_kernel("7/10").enclose("3/10", dps=80)
    with mpmath.workdps(80):
        assert abs(value - ball.midpoint) < mpmath.mpf(10) ** -60


def test_series_sums_to_the_kernel() -> None:
    kernel = alpha_relu_kernel("7/10")
    coefficients = kernel.series(40)
    assert all(bool(c > 0) for c in coefficients)
    total = sum(c * sympy.Rational(1, 10) ** k for k, c in enumerate(coefficients))
    difference = enclose(total, dps=40) - kernel.enclose("1/10", dps=40)
    assert abs(float(difference)) < 1e-38


def test_second_moment() -> None:
    assert alpha_relu_kernel(1).second_moment == sympy.Rational(1, 2)
    assert alpha_relu_kernel(0).second_moment == sympy.Rational(1, 2)
    for alpha in ("-2/5", "7/10", "30"):
        exact = enclose(alpha_relu_kernel(alpha).second_moment, dps=20)
        assert exact.overlaps(alpha_relu_second_moment(alpha, dps=20))
    assert alpha_relu_second_moment(arb(1, 0.01)).contains(Fraction(1, 2))


def test_balls_have_no_closed_form() -> None:
    with pytest.raises(NoClosedForm):
        _ = alpha_relu_kernel(arb(1, 0.1)).closed_form


@pytest.mark.parametrize("bad", [0, -3, 10**9, 2.5, "20"])
def test_digits_are_checked(bad: object) -> None:
    with pytest.raises(InvalidArgument, match="dps"):
        alpha_relu_kernel(1).enclose(0, dps=bad)  # type: ignore[arg-type]  # on purpose


def test_array_face() -> None:
    kernel = alpha_relu_kernel("7/10")
    rho = np.linspace(-1, 1, 7).reshape(1, 7)
    values = kernel(rho)
    assert values.shape == (1, 7)
    assert kernel.float_error < 1e-14
    for r, value in zip(rho.flat, values.flat, strict=True):
        assert abs(float(kernel.enclose(float(r))) - value) <= kernel.float_error


def test_latex() -> None:
    assert alpha_relu_kernel(0)._repr_latex_().startswith("$J_{0}(\\rho) = ")
