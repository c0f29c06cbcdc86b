"""Closed forms against double integration in float64, at generic, edge and cross arguments."""

from __future__ import annotations

import pytest
import sympy
from sympy import Rational, S

from symprop.gaussian.closed_forms import (
    Q1,
    Q2,
    RHO,
    Q,
    expectation_closed_form,
    kernel_closed_form,
)
from symprop.numerics.evaluation import enclose
from tests.gaussian.double_quadrature import SAMPLES, mean, mean_of_product, size

NAMES = sorted(SAMPLES)
WAVES = {"sin", "cos", "sin(x) + Max(x,0)", "cos(2*x + 1)", "x*sin(x)"}


def value(form: sympy.Expr, **numbers: sympy.Expr) -> float:
    table = {"rho": RHO, "q": Q, "q1": Q1, "q2": Q2}
    return float(enclose(form.subs({table[name]: number for name, number in numbers.items()})))


@pytest.mark.parametrize("name", NAMES)
def test_kernel_agrees_with_double_integration(name: str) -> None:
    rho, q1, q2 = Rational(-7, 10), Rational(1, 2), S(3)
    found = value(kernel_closed_form(name), rho=rho, q1=q1, q2=q2)
    sample = SAMPLES[name]
    wanted = mean_of_product(sample, sample, float(rho), float(q1), float(q2))
    assert abs(found - wanted) < 3e-13 * size(name, float(q1)) * size(name, float(q2))


@pytest.mark.parametrize("name", NAMES)
def test_kernel_between_very_different_variances(name: str) -> None:
    slow = name in WAVES or SAMPLES[name].rate or "exp" in name
    q1, q2 = Rational(1, 50), S(4 if slow else 1000)
    found = value(kernel_closed_form(name), rho=Rational(19, 20), q1=q1, q2=q2)
    sample = SAMPLES[name]
    wanted = mean_of_product(sample, sample, 0.95, float(q1), float(q2))
    assert abs(found - wanted) < 3e-13 * size(name, float(q1)) * size(name, float(q2))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rho", [1, -1])
def test_kernel_at_the_ends_is_finite_and_right(name: str, rho: int) -> None:
    sample = SAMPLES[name]
    for q1, q2 in ((S(1), S(1)), (S(2), S(3)), (Rational(1, 3), Rational(1, 3))):
        at_end = kernel_closed_form(name, variances=(q1, q2)).subs(RHO, rho)
        assert not at_end.has(sympy.nan, sympy.zoo, sympy.oo)
        wanted = mean_of_product(sample, sample, rho, float(q1), float(q2))
        found = float(enclose(at_end, dps=15))
        assert abs(found - wanted) < 3e-13 * size(name, float(q1)) * size(name, float(q2))


@pytest.mark.parametrize("name", NAMES)
def test_expectation_agrees_with_quadrature_and_with_the_kernel_at_zero(name: str) -> None:
    form = expectation_closed_form(name)
    means = []
    for q in (Rational(1, 2), S(3)):
        means.append(value(form, q=q))
        assert abs(means[-1] - mean(SAMPLES[name], float(q))) < 3e-13 * size(name, float(q))
    at_zero = value(kernel_closed_form(name), rho=S(0), q1=Rational(1, 2), q2=S(3))
    assert abs(at_zero - means[0] * means[1]) < 1e-13 * size(name, 0.5) * size(name, 3.0)


@pytest.mark.parametrize(
    ("phi", "psi"),
    [
        ("relu", "erf"),
        ("elu", "hard_tanh"),
        ("gelu", "exp"),
        ("sin", "relu"),
        ("cos", "gelu"),
        ("alpha_relu:1/2", "x**3 - 2*x"),
        ("alpha_relu:1/2", "Max(x,0)**(3/2)"),
        ("alpha_relu:1/2", "abs"),
        ("Max(x,0)**(3/2)", "Abs(x)**(1/3)"),
        ("alpha_relu:1/2", "squared_relu"),
        ("hard_swish", "selu"),
        ("relu6", "gaussian"),
        ("Max(x - 1, 0)", "x*erf(x - 1)"),
        ("Heaviside(x - 1)*exp(-x)", "leaky_relu:1/10"),
        ("erf(x)*exp(-x**2)", "step"),
    ],
)
def test_cross_kernels(phi: str, psi: str) -> None:
    form = kernel_closed_form(phi, psi)
    mirrored = kernel_closed_form(psi, phi)
    left, right = SAMPLES[phi], SAMPLES[psi]
    for rho, q1, q2 in ((Rational(-2, 5), S(2), Rational(1, 3)), (Rational(9, 10), S(1), S(1))):
        found = value(form, rho=rho, q1=q1, q2=q2)
        wanted = mean_of_product(left, right, float(rho), float(q1), float(q2))
        scale = size(phi, float(q1)) * size(psi, float(q2))
        assert abs(found - wanted) < 3e-13 * scale
        assert abs(found - value(mirrored, rho=rho, q1=q2, q2=q1)) < 1e-14 * scale
