"""Closed forms against double integration, series, limits, the literature and each other."""

from __future__ import annotations

import itertools
import math
import time

import pytest
import sympy
from sympy import Rational, S

from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.closed_forms import (
    Q1,
    Q2,
    RHO,
    Q,
    expectation_closed_form,
    hermite_closed_form,
    kernel_closed_form,
    second_moment_closed_form,
)
from symprop.numerics.evaluation import enclose
from tests.gaussian.double_quadrature import SAMPLES, mean, mean_of_product

WAVES = {"sin", "cos", "sin(x) + Max(x,0)", "cos(2*x + 1)", "x*sin(x)"}
NAMES = sorted(SAMPLES)


def value(form: sympy.Expr, **numbers: sympy.Expr) -> float:
    table = {"rho": RHO, "q": Q, "q1": Q1, "q2": Q2}
    return float(enclose(form.subs({table[name]: number for name, number in numbers.items()})))


def size(name: str, q: float) -> float:
    sample = SAMPLES[name]
    return math.sqrt(mean_of_product(sample, sample, 1, q, q))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("rho", "q1", "q2"), [(Rational(3, 10), S(1), S(1)), (Rational(-7, 10), Rational(1, 2), S(3))]
)
def test_kernel_agrees_with_double_integration(
    name: str, rho: Rational, q1: Rational, q2: Rational
) -> None:
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
def test_kernel_close_to_the_ends(name: str) -> None:
    """At ``1 - |rho| = 1e-14`` the kernel is within ``O(1e-7)`` of its end, by balls."""
    form = kernel_closed_form(name, variances=(1, 1))
    for sign in (1, -1):
        near = enclose(form.subs(RHO, sign * (1 - Rational(1, 10**14))), dps=20)
        end = enclose(form.subs(RHO, sign), dps=20)
        assert near.relative_bits > 60 or abs(near.ball) < 1e-100  # opposite tails hardly meet
        assert abs(float(near.ball - end.ball)) < 2e-7 * size(name, 1.0) ** 2


@pytest.mark.parametrize("name", NAMES)
def test_second_moment_is_the_kernel_at_one(name: str) -> None:
    try:
        moment = second_moment_closed_form(name)
    except NoClosedForm:  # a square of two error functions and more
        pytest.fail(f"no second moment for {name}")
    for q in (Rational(2, 5), S(3)):
        kernel = kernel_closed_form(name, variances=(q, q)).subs(RHO, 1)
        assert abs(value(moment, q=q) - float(enclose(kernel))) < 1e-14 * float(enclose(kernel))


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


@pytest.mark.parametrize("name", [name for name in NAMES if not SAMPLES[name].rate])
def test_hermite_series_sums_to_the_kernel(name: str) -> None:
    """A second derivation: ``sum a_k(q1) a_k(q2) rho**k``, remainder bounded by Parseval."""
    order, rho = 24, Rational(1, 4)
    variances = (S(1), Rational(1, 2))
    series = [hermite_closed_form(name, order, variance=q) for q in variances]
    numbers = [[float(enclose(a)) for a in coefficients] for coefficients in series]
    total = sum(a * b * 0.25**k for k, (a, b) in enumerate(zip(*numbers, strict=True)))
    scale = size(name, 1.0) * size(name, 0.5)
    kernel = float(enclose(kernel_closed_form(name, variances=variances).subs(RHO, rho)))
    assert abs(total - kernel) < (0.25**25 + 2e-15) * scale


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("q", [S(1), Rational(5, 2)])
def test_hermite_coefficients_agree_with_quadrature(name: str, q: Rational) -> None:
    coefficients = hermite_closed_form(name, 7, variance=q)
    symbolic = hermite_closed_form(name, 7)
    for k, coefficient in enumerate(coefficients):
        found = float(enclose(coefficient))
        assert abs(found - mean(SAMPLES[name], float(q), order=k)) < 1e-12 * size(name, float(q))
        assert abs(found - value(symbolic[k], q=q)) < 1e-14 * size(name, float(q))


def test_hermite_coefficients_of_high_order() -> None:
    """``a_256`` of relu is ``(-1)**127 (253)!!/sqrt(2 pi 256!)``; of exp it is ``sqrt(e/256!)``."""
    relu = hermite_closed_form("relu", 256, variance=1)
    wanted = -sympy.factorial2(253) / sympy.sqrt(2 * sympy.pi * sympy.factorial(256))
    assert sympy.simplify(relu[256] / wanted) == 1
    exponential = hermite_closed_form("exp", 256, variance=1)
    assert (exponential[256] ** 2 * sympy.factorial(256)).equals(sympy.E)
    erf = hermite_closed_form("erf", 256, variance=1)
    with pytest.raises(InvalidArgument, match="order"):
        hermite_closed_form("erf", -1)
    tail = enclose(2 * sympy.asin(Rational(2, 3)) / sympy.pi - sum(a**2 for a in erf), dps=5)
    assert 0 < float(tail) < (2 / 3) ** 257


@pytest.mark.parametrize("name", ["relu", "gelu", "elu", "hard_tanh", "sin(x) + Max(x,0)"])
def test_own_kernel_increases_and_is_convex_on_the_right(name: str) -> None:
    """Non-negative power series: values and first differences on [0, 1] grow."""
    form = kernel_closed_form(name, variances=(1, 1))
    values = [float(enclose(form.subs(RHO, Rational(k, 8)))) for k in range(9)]
    differences = [b - a for a, b in itertools.pairwise(values)]
    assert all(d > 0 for d in differences)
    assert differences == sorted(differences)


def test_textbook_forms_are_short() -> None:
    printed = {
        "identity": "rho",
        "step": "(pi - acos(rho))/(2*pi)",
        "sign": "2*asin(rho)/pi",
        "abs": "2*(rho*asin(rho) + sqrt(1 - rho**2))/pi",
        "relu": "(rho*(pi - acos(rho)) + sqrt(1 - rho**2))/(2*pi)",
        "squared_relu": "(3*rho*sqrt(1 - rho**2) + (pi - acos(rho))*(2*rho**2 + 1))/(2*pi)",
        "erf": "2*asin(2*rho/3)/pi",
        "normal_cdf": "asin(rho/2)/(2*pi) + 1/4",
        "gelu": "rho/4 + (rho*asin(rho/2) + 1/sqrt(4 - rho**2))/(2*pi)",
        "exp": "exp(rho + 1)",
        "sin": "exp(-1)*sinh(rho)",
        "cos": "exp(-1)*cosh(rho)",
        "gaussian": "1/sqrt(4 - rho**2)",
        "hermite:5": "rho**5",
        "x*exp(-x**2/2)": "rho/(4 - rho**2)**(3/2)",
    }
    assert {name: str(kernel_closed_form(name, variances=(1, 1))) for name in printed} == printed
    general = kernel_closed_form("relu")
    assert str(general) == "sqrt(q1)*sqrt(q2)*(rho*(pi - acos(rho)) + sqrt(1 - rho**2))/(2*pi)"
    assert str(second_moment_closed_form("gelu", variance=1)) == "sqrt(3)/(6*pi) + 1/3"
    assert second_moment_closed_form("selu", variance=1).equals(1)


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("tanh", "tanh(x)"),
        ("silu", "1/(1 + exp(-x))"),
        ("softplus", "log(exp(x) + 1)"),
        ("mish", "tanh(log(exp(x) + 1))"),
        ("x + atan(x)", "atan(x)"),
        ("Max(x + 1, 0)**(3/2)", "(x + 1)**(3/2)"),
        ("exp(-x**4)", "exp(-x**4)"),
        ("erf(x)**2", "but got 4"),
        ("sin(x)*Max(x, 0)", "sines and cosines"),
        ("Max(x,0)**(1/2)*exp(-x)", "sqrt(x)*exp(-x)"),
    ],
)
def test_no_closed_form_is_said_at_once_and_names_the_term(name: str, term: str) -> None:
    started = time.process_time()
    with pytest.raises(NoClosedForm) as caught:
        kernel_closed_form(name)
    assert term in str(caught.value)
    assert time.process_time() - started < 5


def test_divergent_expectations_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="variances"):
        kernel_closed_form("exp(x**2/4)", variances=(1, 1))
    with pytest.raises(OutOfDomain, match="variances"):
        second_moment_closed_form("exp(x**2/4)", variance=1)
    assert expectation_closed_form("exp(x**2/4)", variance=1) == sympy.sqrt(2)
    assert kernel_closed_form("exp(x**2/5)", variances=(1, 1)) == 5 / sympy.sqrt(9 - 4 * RHO**2)


@pytest.mark.parametrize("name", ["erf", "gelu", "relu", "elu", "hard_tanh", "hard_swish"])
@pytest.mark.parametrize("q", [Rational(1, 10**12), S(10) ** 12])
def test_extreme_variances_are_enclosed(name: str, q: Rational) -> None:
    form = kernel_closed_form(name, variances=(q, q))
    for rho in (Rational(1, 3), 1 - Rational(1, 10**14), -1 + Rational(1, 10**14)):
        assert enclose(form.subs(RHO, rho), dps=15).relative_bits >= 49


def test_irrational_variances_follow_the_general_form() -> None:
    for name in ("gelu", "elu", "hard_tanh", "cos"):
        general = kernel_closed_form(name).subs({Q1: S(2), Q2: sympy.pi, RHO: Rational(1, 3)})
        direct = kernel_closed_form(name, variances=(S(2), sympy.pi)).subs(RHO, Rational(1, 3))
        assert enclose(general, dps=30).overlaps(enclose(direct, dps=30))


def test_a_shared_variance_symbol() -> None:
    assert kernel_closed_form("relu", variances=(Q, Q)).subs(RHO, 1) == Q / 2
    form = kernel_closed_form("x*erf(x)", variances=(Q, Q)).subs(RHO, 1)
    assert abs(value(form - second_moment_closed_form("x*erf(x)"), q=Rational(7, 3))) < 1e-15
