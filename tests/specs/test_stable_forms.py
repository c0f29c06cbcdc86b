"""Rewriting for float64: the same function, without cancellation."""

from __future__ import annotations

import pytest
import sympy

from symprop.specs.expression import X, parse_expression
from symprop.specs.stable_forms import Expit, Expm1, Log1p, Softplus, stable_form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("exp(x) - 1", Expm1(X)),
        ("3*exp(2*x) - 3", 3 * Expm1(2 * X)),
        ("1/(1 + exp(-x))", Expit(X)),
        ("x/(1 + exp(-2*x))**2", X * Expit(2 * X) ** 2),
        ("log(1 + exp(x))", Softplus(X)),
        ("log(1 + x**2)", Log1p(X**2)),
        ("1/2 + erf(x)/2", sympy.erfc(-X, evaluate=False) / 2),
        ("1 - erf(x)", sympy.erfc(X)),
        ("1 + tanh(x)", 2 * Expit(2 * X)),
        ("1 - tanh(x)**2", sympy.sech(X) ** 2),
        ("2 - 2*cos(x)", 4 * sympy.sin(X / 2) ** 2),
        ("x + exp(x) - 1", X + Expm1(X)),
        ("1 + exp(x)", 1 + sympy.exp(X)),
        ("x - tanh(x)", X - sympy.tanh(X)),
        ("x + exp(1) - 1", X + sympy.E - 1),
    ],
)
def test_forms(text: str, form: sympy.Expr) -> None:
    assert str(stable_form(parse_expression(text))) == str(
        form
    )  # unevaluated terms keep their order
