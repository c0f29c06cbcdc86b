import numpy as np
import pytest
import sympy

from symprop.gaussian.hot_forms import hot_form
from symprop.specs.activations import activation


@pytest.mark.parametrize(
    ("spec", "name", "output", "slope"),
    [
        ("relu", "relu", 1, 1),
        ("3*Max(x, 0)", "relu", 3, 1),
        ("leaky_relu:1/10", "relu", 1, 1),
        ("-2*Abs(x)", "abs", -2, 1),
        ("5*Heaviside(x)", "step", 5, 1),
        ("7*sign(x)", "sign", 7, 1),
        ("Max(x, 0)**2/3", "squared_relu", sympy.Rational(1, 3), 1),
        ("2*erf(3*x)", "erf", 2, 3),
        ("normal_cdf", "normal_cdf", 1, 1),
        ("(1 + erf(x))/2", "normal_cdf", 1, sympy.sqrt(2)),
        ("gelu", "gelu", 1, 1),
        ("x*(1 + erf(x))", "gelu", sympy.sqrt(2) * sympy.sqrt(2), sympy.sqrt(2)),
        ("4*sin(x/2)", "sin", 4, sympy.Rational(1, 2)),
        ("cos(2*x)", "cos", 1, 2),
        ("exp(x/3)", "exp", 1, sympy.Rational(1, 3)),
        ("exp(x + 1)", "exp", sympy.E, 1),
        ("3*exp(-x**2)", "gaussian", 3, sympy.sqrt(2)),
    ],
)
def test_recognised(spec, name, output, slope) -> None:
    form = hot_form(activation(spec))
    assert form is not None
    assert form.name == name
    assert sympy.simplify(form.slope - slope) == 0
    if name != "gelu":
        assert sympy.simplify(form.output - output) == 0


def test_scaled_gelu_is_the_same_function() -> None:
    form = hot_form(activation("x*(1 + erf(x))"))
    assert form is not None
    scaled = activation("gelu").scaled(form.output, form.slope)
    x = np.linspace(-3, 3, 31)
    np.testing.assert_allclose(scaled(x), activation("x*(1 + erf(x))")(x), rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize(
    ("spec", "slope", "output"),
    [
        ("Piecewise((x, x > 0), (x/10, True))", 0.1, 1),
        ("Piecewise((x/10, x > 0), (x, True))", 0.1, 1),  # seen in a mirror
        ("Piecewise((x, x > 0), (-x/2, True))", -0.5, 1),
        ("Max(-3*x, 0)", 0.0, -3),
    ],
)
def test_piecewise_linear(spec, slope, output) -> None:
    form = hot_form(activation(spec))
    assert form is not None
    assert (form.name, form.parameter) == ("relu", slope)
    assert abs(form.output) == abs(output)


@pytest.mark.parametrize(
    "spec",
    [
        "tanh", "silu", "elu", "relu6", "softsign", "x", "1", "erf(x + 1)", "sin(x**2)",
        "x*erf(x)", "sin(x) + cos(x)", "exp(-x**4)", "erf(x) + 1/3", "Max(x, 1)",
        "Piecewise((x**2, x > 0), (x, True))", "Piecewise((2, x > 0), (1, True))",
    ],
)  # fmt: skip
def test_not_recognised(spec) -> None:
    assert hot_form(activation(spec)) is None
