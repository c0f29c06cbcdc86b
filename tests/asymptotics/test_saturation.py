"""Constants of saturation against transforms at large variance."""

from __future__ import annotations

import pytest
import sympy

from symprop.asymptotics.saturation import saturation_constants
from symprop.foundation.errors import NoClosedForm
from symprop.gaussian.expectation import gaussian_expectation
from symprop.gaussian.transforms import v_transform
from symprop.specs.activations import activation

X = sympy.Symbol("x", real=True)
INTEGRABLE = ["tanh", "erf", "2*tanh(3*x)", "hard_tanh", "x/sqrt(1+x**2)", "3*x/sqrt(4+5*x**2)"]


def scaled_defect(name: str, power: int) -> float:
    q = 4**power
    limit = saturation_constants(name).limit
    ball = v_transform(name).enclose(q, dps=40)
    return float(2**power * (limit**2 - sympy.Rational(ball.lower)))


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


def test_heavy_tails_have_no_defect() -> None:
    for name in ("softsign", "arctan"):
        assert saturation_constants(name).defect == sympy.oo
        assert scaled_defect(name, 9) - scaled_defect(name, 8) == pytest.approx(
            scaled_defect(name, 10) - scaled_defect(name, 9), rel=0.05
        )  # grows like log q


def test_jump() -> None:
    found = saturation_constants("sign")
    assert (found.limit, found.defect, found.slope) == (1, 0, sympy.oo)


def test_sign_of_the_activation_does_not_matter() -> None:
    assert saturation_constants("-2*tanh(-x)") == saturation_constants("2*tanh(x)")


@pytest.mark.parametrize("name", ["relu", "identity", "gelu", "cos", "x/(1+x**2)", "tanhshrink"])
def test_others_do_not_saturate(name: str) -> None:
    assert saturation_constants(name) is None


def test_unknown_integrals_are_refused() -> None:
    for name in ("sin", "tanh(x)**3"):
        with pytest.raises(NoClosedForm, match="No integrals"):
            saturation_constants(name)
