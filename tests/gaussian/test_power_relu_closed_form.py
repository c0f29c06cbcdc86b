"""Exact forms: special cases, the symbolic exponent, expansions at correlation one."""

from __future__ import annotations

import pytest
import sympy
from sympy import Rational, pi, sqrt

from symprop.foundation.errors import NoClosedForm, OutOfDomain
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.power_relu_closed_form import (
    RHO,
    endpoint_coefficient,
    endpoint_expansion,
    normalisation,
    normalised_closed_form,
    second_moment_closed_form,
    taylor_coefficients,
)
from symprop.numerics.evaluation import enclose

GAP = sympy.Symbol("e", positive=True)


def test_arc_cosine_kernels() -> None:
    """The kernels of step, relu and squared relu as Cho and Saul have them."""
    theta = sympy.acos(RHO)
    forms = {
        0: (pi - theta) / pi,
        1: (sympy.sin(theta) + (pi - theta) * RHO) / pi,
        2: (3 * sympy.sin(theta) * RHO + (pi - theta) * (1 + 2 * RHO**2)) / (3 * pi),
    }
    for alpha, form in forms.items():
        difference = normalised_closed_form(sympy.Integer(alpha)) - form
        assert sympy.simplify(difference.rewrite(sympy.asin)) == 0


def test_elliptic_case() -> None:
    m = sympy.expand((1 + RHO) / 2)
    form = sympy.elliptic_e(m) - (1 - m) * sympy.elliptic_k(m)
    assert sympy.expand(normalised_closed_form(Rational(1, 2)) - form) == 0


@pytest.mark.parametrize("alpha", [3, 7, Rational(7, 2), Rational(13, 2)])
def test_reduced_forms_equal_the_hypergeometric_one(alpha: sympy.Expr) -> None:
    symbol = sympy.Symbol("alpha")
    general = normalised_closed_form(symbol).subs(symbol, alpha)
    for rho in (Rational(-2, 3), Rational(1, 5), Rational(9, 10)):
        values = [
            enclose(form, values={RHO: rho}, dps=25)
            for form in (general, normalised_closed_form(sympy.sympify(alpha)))
        ]
        assert values[0].overlaps(values[1])


def test_large_integers_are_not_expanded() -> None:
    assert normalised_closed_form(sympy.Integer(100)).has(sympy.hyper)


def test_normalisation_integrates() -> None:
    t = sympy.Symbol("t", real=True)
    for n in range(4):
        integral = sympy.integrate(sympy.expand((1 + sympy.cos(t)) ** n), (t, 0, pi))
        assert sympy.simplify(integral - normalisation(sympy.Integer(n))) == 0


def test_second_moment_ratio() -> None:
    """c_(alpha+1)/c_alpha = 2 alpha + 1 for every alpha."""
    alpha = sympy.Symbol("alpha", positive=True)
    ratio = second_moment_closed_form(alpha + 1) / second_moment_closed_form(alpha)
    assert sympy.simplify(sympy.expand_func(ratio) - (2 * alpha + 1)) == 0


def test_taylor_coefficients_of_relu() -> None:
    expected = sympy.series(normalised_closed_form(sympy.Integer(1)), RHO, 0, 7).removeO()
    for k, value in enumerate(taylor_coefficients(sympy.Integer(1), 6)):
        assert sympy.simplify(value - expected.coeff(RHO, k)) == 0
    assert len(taylor_coefficients(sympy.Integer(1), 0)) == 1


def test_endpoint_coefficient() -> None:
    assert endpoint_coefficient(sympy.Integer(0)) == -sqrt(2) / pi
    assert endpoint_coefficient(sympy.Integer(1)) == 2 * sqrt(2) / (3 * pi)
    for alpha in (Rational(1, 2), Rational(7, 2)):
        with pytest.raises(OutOfDomain, match="half"):
            endpoint_coefficient(alpha)


@pytest.mark.parametrize(
    "alpha",
    [Rational(-1, 4), 0, Rational(1, 2), Rational(7, 10), 1, Rational(3, 2), Rational(7, 2)],
)
def test_endpoint_expansion_converges_to_the_kernel(alpha: sympy.Expr) -> None:
    """Each further term divides the error by 20 at a gap of a tenth: delta = 1/20."""
    kernel, gap = alpha_relu_kernel(alpha), Rational(1, 10)
    errors = []
    for terms in (6, 10):
        form = endpoint_expansion(sympy.sympify(alpha), terms, GAP)
        value = enclose(form, values={GAP: gap}, dps=40)
        errors.append(abs(float(value - kernel.enclose(1 - gap, dps=40))))
    assert errors[0] < 20.0**-5.5
    assert errors[1] < errors[0] * 20.0**-3.5


def test_endpoint_expansion_to_first_order() -> None:
    """1 - alpha**2/(2 alpha - 1) e + U e**(alpha + 1/2), at a generic exponent."""
    alpha = Rational(7, 10)
    form = endpoint_expansion(alpha, 2, GAP)
    assert form.coeff(GAP, 1) == -(alpha**2) / (2 * alpha - 1)


@pytest.mark.parametrize("function", [normalised_closed_form, second_moment_closed_form])
def test_refusals(function: object) -> None:
    with pytest.raises(NoClosedForm):
        function(None)  # type: ignore[operator]  # both are functions
    with pytest.raises(OutOfDomain, match="alpha > -1/2"):
        function(Rational(-1, 2))  # type: ignore[operator]  # both are functions
