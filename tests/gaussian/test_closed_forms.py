"""Closed forms: how short they are, what they refuse, limits and extremes."""

from __future__ import annotations

import itertools
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
    kernel_closed_form,
    second_moment_closed_form,
)
from symprop.numerics.evaluation import enclose
from tests.gaussian.double_quadrature import SAMPLES, size

NAMES = sorted(SAMPLES)


def value(form: sympy.Expr, **numbers: sympy.Expr) -> float:
    table = {"rho": RHO, "q": Q, "q1": Q1, "q2": Q2}
    return float(enclose(form.subs({table[name]: number for name, number in numbers.items()})))


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


@pytest.mark.parametrize("degree", [200, 1000])
@pytest.mark.parametrize("variances", [(S(1), S(1)), (S(2), S(3))])
def test_high_powers_are_exact(degree: int, variances: tuple[sympy.Expr, sympy.Expr]) -> None:
    form = kernel_closed_form(f"x**{degree}", variances=variances)
    scale = (variances[0] * variances[1]) ** (degree // 2)
    assert form.subs(RHO, 0) == scale * sympy.factorial2(degree - 1) ** 2
    assert sympy.expand(form.subs(RHO, 1)) == scale * sympy.factorial2(2 * degree - 1)


def test_powers_of_a_polynomial_are_multiplied_out() -> None:
    n = 60
    moments = [sympy.factorial2(k - 1) if k % 2 == 0 else 0 for k in range(2 * n + 1)]
    mean = sum(sympy.binomial(n, k) * moments[k] for k in range(n + 1))
    square = sum(sympy.binomial(2 * n, k) * moments[k] for k in range(2 * n + 1))
    assert expectation_closed_form(f"(x+1)**{n}", variance=S(1)) == mean
    assert second_moment_closed_form(f"(x+1)**{n}", variance=S(1)) == square


def test_one_sided_powers_and_powers_beside_exponentials_may_be_high() -> None:
    half = expectation_closed_form("Max(x,0)**1000", variance=S(1))
    assert half == sympy.factorial2(999) / 2
    tilted = expectation_closed_form("x**600*exp(x)", variance=S(1)) / sympy.exp(Rational(1, 2))
    moments = (sympy.binomial(600, k) * sympy.factorial2(k - 1) for k in range(0, 601, 2))
    assert tilted == sum(moments)


def test_a_closed_form_that_would_be_huge_is_refused() -> None:
    with pytest.raises(NoClosedForm, match="powers of x are too high"):
        kernel_closed_form("Max(x,0)**120", variances=(S(1), S(1)))


def test_kernels_of_long_polynomials_stay_short() -> None:
    symbolic = kernel_closed_form("hermite:64")
    assert symbolic.count_ops() < 20_000
    numbers = {Q1: S(2), Q2: S(3)}
    exact = kernel_closed_form("hermite:64", variances=(S(2), S(3)))
    for rho in (S(0), Rational(1, 3), S(-1)):
        assert symbolic.subs({**numbers, RHO: rho}) == exact.subs(RHO, rho)
    assert kernel_closed_form("hermite:64", variances=(S(1), S(1))) == RHO**64


def test_polynomials_at_irrational_deviations() -> None:
    for text in ("x**3 + x + 1", "x**3 + sqrt(2)*x"):
        exact = kernel_closed_form(text, variances=(S(2), S(3)))
        assert sympy.expand(kernel_closed_form(text).subs({Q1: 2, Q2: 3}) - exact) == 0


@pytest.mark.parametrize("variance", [-1, 0, "-1/2"])
def test_variances_have_to_be_positive(variance: object) -> None:
    for function in (expectation_closed_form, second_moment_closed_form):
        with pytest.raises(OutOfDomain, match="Expected variance to be > 0"):
            function("relu", variance=variance)
    with pytest.raises(OutOfDomain, match="Expected variance to be > 0"):
        kernel_closed_form("gelu", variances=(1, variance))


@pytest.mark.parametrize("variance", ["sin(1)", "__import__('os')", None, [1]])
def test_variances_are_numbers_and_text_is_never_evaluated(variance: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected variance to be a finite real number"):
        kernel_closed_form("gelu", variances=(1, variance))
