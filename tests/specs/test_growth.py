"""Growth bounds and square-integrability."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.specs.activations import activation
from symprop.specs.catalogue import CATALOGUE
from symprop.specs.growth import GrowthTerm, check_square_integrable, growth_bound

F = Fraction
EXAMPLES = {"shift": "1/2", "alpha_relu": "7/10", "monomial": "7", "polynomial": "1,0,2"}
NAMES = [
    f"{name}:{EXAMPLES.get(name, '5')}" if entry.parameters and entry.parameters[0].default is None
    else name
    for name, entry in CATALOGUE.items()
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("relu", [GrowthTerm(F(1), F(1), F(0), F(0))]),
        ("tanh", [GrowthTerm(F(1), F(0), F(0), F(0))]),
        ("softsign", [GrowthTerm(F(1), F(0), F(0), F(0))]),
        ("gelu", [GrowthTerm(F(1), F(1), F(0), F(0))]),
        ("mish", [GrowthTerm(F(1), F(1), F(0), F(0))]),
        ("gaussian", [GrowthTerm(F(1), F(0), F(0), F(-1, 2))]),
        ("sech", None),
        ("alpha_relu:7/10", [GrowthTerm(F(1), F(7, 10), F(0), F(0))]),
        ("alpha_relu:-1/4", [GrowthTerm(F(1), F(0), F(0), F(0))]),
        ("x**2*exp(x**2/5 + 3*x)", [
            GrowthTerm(F(1), F(2), F(3), F(1, 5)), GrowthTerm(F(1), F(2), F(-3), F(1, 5)),
        ]),
        ("0", []),
    ],
)  # fmt: skip
def test_bounds(text: str, terms: list[GrowthTerm] | None) -> None:
    if terms is None:
        terms = [GrowthTerm(F(2), F(0), F(-1), F(0))]
        text = "sech(x)"
    assert list(growth_bound(activation(text))) == terms
    assert activation(text).growth == tuple(terms)
    assert growth_bound(activation(text).expression) == tuple(terms)


@pytest.mark.parametrize("name", NAMES)
def test_catalogue_is_square_integrable_with_its_derivative(name: str) -> None:
    phi = activation(name)
    check_square_integrable(phi)
    check_square_integrable(phi.weak_derivative().regular)
    for term in phi.growth:
        assert term.coefficient > 0
        assert term.power >= 0


@pytest.mark.parametrize(
    "text",
    [
        "exp(x**2/8)",
        "alpha_relu:-49/100",
        "Abs(x)**(-1/3)",
        "log(Abs(x))**3",
        "sin(x)/x",
        "(cos(x) - 1)/x**2",
        "x/(exp(x) - 1)",
        "(exp(x) - 1 - x)/x**2",
        "x*sin(1/x)",
        "exp(-1/x**2)",
        "Piecewise((1/sqrt(sqrt(x)), x > 0), (x, True))",
        "exp(Abs(x)**(3/2))",
        "cosh(3*x)**5",
        "Abs(x - 1/2)**(-2/5)*exp(x**2/5)",
        "Max(0, x**3 - x - 1)",
        "2**x + 3**(-x)",
        "x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x**3))",
    ],
)
def test_accepted(text: str) -> None:
    check_square_integrable(activation(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exp(x**2)", "slower than exp\\(x\\*\\*2/4\\), but got activation=exp\\(x\\*\\*2\\) "),
        ("exp(x**2/4)", "growth up to exp\\(1/4\\*x\\*\\*2\\)"),
        ("exp(Abs(x)**3)", "its exponent may grow faster than x\\*\\*2"),
        ("exp(exp(x))", "its exponent may grow faster than x\\*\\*2"),
        ("Piecewise((x**(-1/2), x > 0), (0, True))", "near its singularity x=0"),
        ("Abs(x)**(-3/4)", "near its singularity x=0"),
        ("1/x", "near its singularity x=0"),
        ("1/(2*x - 1)", "near its singularity x=1/2"),
        ("1/(x - 5)", "stay away from 0"),
        ("cos(x)/x", "near its singularity x=0"),
        ("1/tanh(x)", "near its singularity x=0"),
        ("(exp(x) - 1)/x**2", "near its singularity x=0"),
        ("exp(1/x)", "near its singularity x=0"),
        ("log(Abs(x - 5))", "stay away from 0"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(OutOfDomain, match=reason):
        check_square_integrable(activation(text))


def test_poles_of_tan_are_refused_with_the_activation() -> None:
    with pytest.raises(OutOfDomain, match="analytic on the line"):
        activation("tan(x)")
