"""The equations, evaluated, are the recurrences that trajectories follow."""

from __future__ import annotations

import mpmath
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.recurrences.equations import recurrence_equations
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)
from tests.malformed import assert_refused

L = sympy.Symbol("l", integer=True, positive=True)
NETS: list[Architecture] = [
    FullResidual("relu", "3/2", "1/2", "169/100", "49/100"),
    ReducedResidual("erf", 2, "1/3"),
    FullyConnected("gelu", "3/2", "1/9"),
    FullyConnected("gelu", "3/2", "1/9", normalization="layer"),
    FullyConnected("relu", "3/2", "1/9", normalization="layer", placement="after"),
    FullyConnected("gelu", "3/2", "1/9", normalization="rms", placement="after"),
    LayerNormResidual("erf", "1/2"),
]


@pytest.mark.parametrize("net", NETS, ids=str)
def test_equations_reproduce_a_layer(net: Architecture) -> None:
    path = trajectory(net, 1, length="3/2", cosine="1/3", dps=30)
    known: dict[str, sympy.Expr] = {}
    before = {"p": sympy.Rational(3, 2), "gamma": sympy.Rational(1, 2)}
    chi = {"chi": 1}
    for name, equation in recurrence_equations(net).equations.items():
        value = equation.rhs
        for function in value.atoms(sympy.core.function.AppliedUndef):
            kind, at = str(function.func), function.args[0]
            known_value = before[kind] if at == L - 1 else {**known, **chi}[kind]
            value = value.subs(function, sympy.sympify(known_value))
        found = value.evalf(30)
        index = 0 if name == "chi" else 1
        wanted = getattr(path, "lambda_" if name == "lambda" else name)[index]
        with mpmath.workdps(40):
            assert abs(wanted.midpoint - mpmath.mpf(str(found))) <= 1e-24 * wanted.midpoint, name
        if not name.startswith("chi"):
            known[name] = found


def test_without_closed_form_moments_stay_functions() -> None:
    equations = recurrence_equations(FullResidual("tanh", 1, 1, 1, 0), named_variances=True)
    assert set(equations.equations) == {
        *("q", "p", "lambda", "gamma"),
        *("chi", "chi_b", "chi_w", "chi_v", "chi_a"),
    }
    text = equations.latex
    for part in (r"\sigma^{2}_{w}", r"\sigma^{2}_{a}", "V_{tanh}", "W_{tanh}", r"\chi_{v}"):
        assert part in text, part


def test_gradients_without_second_moment_are_left_out() -> None:
    assert set(recurrence_equations(FullyConnected("sign", 1)).equations) == {
        "q",
        "p",
        "lambda",
        "gamma",
    }


def test_layers_may_differ() -> None:
    net = FullyConnected(("relu", "erf"), (2, 3))
    assert (
        recurrence_equations(net, layer=2)["q"].rhs.coeff(sympy.Function("p", positive=True)(L - 1))
        == 3
    )
    with pytest.raises(InvalidArgument):
        recurrence_equations(net, layer=0)


def test_only_networks_of_layers_have_equations() -> None:
    assert_refused(recurrence_equations, (None, "relu", 3, []), "architecture to be a network")
