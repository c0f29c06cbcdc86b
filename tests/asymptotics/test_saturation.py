"""Constants of saturation against transforms at large variance."""

from __future__ import annotations

import pytest
import sympy

from symprop.asymptotics.saturation import saturated_second_moment, saturation_constants
from symprop.foundation.errors import InvalidArgument, NoClosedForm, OutOfDomain
from symprop.gaussian.expectation import gaussian_expectation
from symprop.gaussian.transforms import v_transform
from symprop.specs.activations import activation

X = sympy.Symbol("x", real=True)
INTEGRABLE = [
    "tanh",
    "erf",
    "2*tanh(3*x)",
    "sigmoid",
    "hard_sigmoid",
    "hard_tanh",
    "x/sqrt(1+x**2)",
    "3*x/sqrt(4+5*x**2)",
]
HEAVY = ["softsign", "arctan", "2/pi*atan(pi*x/2)", "3*x/(2+Abs(x)) + 1"]


def scaled_defect(name: str, power: int) -> float:
    q = 4**power
    found = saturation_constants(name)
    limit = found.limit**2 + found.centre**2
    ball = v_transform(name).enclose(q, dps=40)
    return float(2**power * (limit - sympy.Rational(ball.lower)))


@pytest.mark.parametrize("name", INTEGRABLE)
def test_defect_and_tail(name: str) -> None:
    """``sqrt q (M^2 - V) = C - kappa q^(-1/2) + O(1/q)``: the error falls fourfold."""
    found = saturation_constants(name)
    errors = []
    for power in (8, 9, 10):
        predicted = found.defect - found.tail / 2**power
        errors.append(abs(scaled_defect(name, power) - float(predicted)))
    assert errors[0] < 1e-4
    assert errors[1] / errors[0] == pytest.approx(1 / 4, rel=0.02)
    assert errors[2] / errors[1] == pytest.approx(1 / 4, rel=0.02)


@pytest.mark.parametrize("name", [*INTEGRABLE, "softsign", "arctan"])
def test_slope(name: str) -> None:
    found = saturation_constants(name)
    derivative = activation(name).weak_derivative().regular.expression
    values = [
        float(2**k * float(gaussian_expectation(derivative**2, variance=4**k))) for k in (10, 11)
    ]
    errors = [abs(value - float(found.slope)) for value in values]
    assert errors[1] < 0.7 * errors[0] < 1e-2


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_tails(name: str) -> None:
    """``sqrt q (m^2 + M^2 - V) = S log q + C - kappa q^(-1/2) + O(log q/q)``."""
    found = saturation_constants(name)
    errors = []
    for power in (8, 9, 10):
        grown = found.logarithm * power * sympy.log(4) + found.defect - found.tail / 2**power
        errors.append(abs(scaled_defect(name, power) - float(grown)) / power)
    assert errors[0] < 2e-3
    assert errors[1] / errors[0] == pytest.approx(1 / 4, rel=0.1)
    assert errors[2] / errors[1] == pytest.approx(1 / 4, rel=0.1)


@pytest.mark.parametrize("name", ["tanh", "erf", "sigmoid", "x/sqrt(1+x**2)", *HEAVY])
def test_second_moment_to_higher_orders(name: str) -> None:
    """What is left is of the order of the first term left out, with a logarithm."""
    q = sympy.Integer(40_000)
    exact = v_transform(name).enclose(q, dps=40)
    for terms in (1, 2, 3, 4):
        series = sympy.N(saturated_second_moment(name, q, terms), 40)
        beyond = sympy.N(saturated_second_moment(name, q, terms + 3), 40)
        left = abs(float(exact - sympy.Rational(series)))
        assert left == pytest.approx(abs(float(beyond - series)), rel=0.05)


def test_jump() -> None:
    found = saturation_constants("sign")
    assert (found.limit, found.defect, found.slope) == (1, 0, sympy.oo)
    step = saturation_constants("step")
    assert (step.limit, step.centre, step.slope) == (sympy.S.Half, sympy.S.Half, sympy.oo)


def test_sign_of_the_activation_does_not_matter() -> None:
    assert saturation_constants("-2*tanh(-x)") == saturation_constants("2*tanh(x)")


@pytest.mark.parametrize(
    "name", ["relu", "identity", "gelu", "cos", "x/(1+x**2)", "tanhshrink", "relu6", "elu"]
)
def test_others_do_not_saturate(name: str) -> None:
    assert saturation_constants(name) is None


def test_unknown_integrals_are_refused() -> None:
    for name in ("sin", "tanh(x)**3"):
        with pytest.raises(NoClosedForm, match="No integrals"):
            saturation_constants(name)


def test_what_no_second_moment_is_of() -> None:
    for variance in (0, -1):
        with pytest.raises(OutOfDomain, match="q to be > 0"):
            saturated_second_moment("tanh", variance, 1)
    with pytest.raises(InvalidArgument, match="q to be"):
        saturated_second_moment("tanh", None, 1)
    with pytest.raises(InvalidArgument, match="terms"):
        saturated_second_moment("tanh", 1, -1)
