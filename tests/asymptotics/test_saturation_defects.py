"""Finite parts and tails against integrals cut off far out."""

from __future__ import annotations

import mpmath
import pytest
import sympy

from symprop.asymptotics.saturation_defects import odd_defect
from symprop.foundation.errors import InvalidArgument
from symprop.specs.activations import X, activation

CUT = 200
NODES = [0, 1, 2, 5, 10, 20, 50, 100, CUT]


@pytest.mark.parametrize(
    "name",
    ["tanh", "erf", "arctan", "softsign", "x/sqrt(1+x**2)", "hard_tanh", "3*atan(2*x)"],
)
@pytest.mark.parametrize("k", [0, 1])
def test_moments_are_finite_parts(name: str, k: int) -> None:
    phi = activation(name)
    found = odd_defect(phi)
    value, limit = sympy.lambdify(X, phi.expression, "mpmath"), float(found.limit)
    whole = mpmath.quad(lambda x: x ** (2 * k) * (limit**2 - value(x) ** 2), NODES)
    power = 2 * k + 1
    for j in range(1, power + 9):
        size = float(found.tail(j))
        part = mpmath.log(CUT) if j == power else mpmath.mpf(CUT) ** (power - j) / (power - j)
        whole -= size * part
    assert abs(whole - float(found.moment(k))) < 1e-7


def test_scaling() -> None:
    """``3 softsign(2 x)``, by its own formula."""
    scaled = odd_defect(activation("softsign")).scaled(sympy.Integer(3), sympy.Integer(2))
    direct = odd_defect(activation("6*x/(1+2*Abs(x))"))
    for k in range(3):
        assert sympy.simplify(scaled.moment(k) - direct.moment(k)) == 0
        assert scaled.tail(k + 1) == direct.tail(k + 1)
    assert scaled.steepness == direct.steepness


@pytest.mark.parametrize("name", ["sin", "identity", "tanh(x)**3", "x/(1+x**2)"])
def test_unknown(name: str) -> None:
    assert odd_defect(activation(name)) is None


def test_what_is_no_activation() -> None:
    with pytest.raises(InvalidArgument, match="phi to be an Activation"):
        odd_defect("tanh")
