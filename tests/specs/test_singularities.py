"""Complex singularities and strips of analyticity."""

from __future__ import annotations

import pytest
import sympy
from flint import acb

from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import X, activation
from symprop.specs.expression import parse_number
from symprop.specs.singularities import Singularity


@pytest.mark.parametrize(
    ("name", "half_width"),
    [
        ("tanh", "pi/2"),
        ("tanh(3*x + 1/2)", "pi/6"),
        ("sigmoid", "pi"),
        ("log_sigmoid", "pi"),
        ("silu:3", "pi/3"),
        ("softplus:1/2", "2*pi"),
        ("mish", "3*pi/4"),
        ("x*((1 + exp(x))**2 - 1)/((1 + exp(x))**2 + 1)", "3*pi/4"),
        ("arctan", "1"),
        ("atan(x/2)", "2"),
        ("asinh(x - 7)", "1"),
        ("sqrt(1 + x**2)", "1"),
        ("1/(x**4 + 1)", "sqrt(2)/2"),
        ("1/(x**2 + x + 3)**pi", "sqrt(11)/2"),
        ("sech(x)", "pi/2"),
        ("log(cosh(x))", "pi/2"),
        ("1/(2 + tanh(x))", "pi/2"),
        ("exp(-x**2)*tanh(x)", "pi/2"),
        ("tanh(log(1 + exp(2*x)))", "3*pi/8"),
    ],
)
def test_half_width(name: str, half_width: str) -> None:
    width = activation(name).analyticity_strip
    assert width is not None
    assert sympy.simplify(width - parse_number(half_width)) == 0


@pytest.mark.parametrize("name", ["identity", "erf", "gelu", "sin", "exp", "hermite:6", "gaussian"])
def test_entire(name: str) -> None:
    assert activation(name).poles == ()
    assert activation(name).analyticity_strip == sympy.oo


@pytest.mark.parametrize("name", ["relu", "softsign", "elu", "step"])
def test_breakpoints_leave_no_strip(name: str) -> None:
    assert activation(name).poles is None
    assert activation(name).analyticity_strip == 0


@pytest.mark.parametrize("name", ["gelu_tanh", "1/(2 + sin(x))", "1/(1 + exp(-x**2))"])
def test_unknown_is_an_answer(name: str) -> None:
    assert activation(name).poles is None
    assert activation(name).analyticity_strip is None


def test_lattice_of_tanh() -> None:
    half = sympy.I * sympy.pi / 2
    assert activation("tanh").poles == (Singularity(half, 2 * half, "pole"),)


@pytest.mark.parametrize("name", ["tanh", "silu", "mish", "1/(x**4 + 1)", "1/(2 + tanh(x))"])
def test_reciprocal_vanishes_at_poles_and_function_is_finite_inside(name: str) -> None:
    phi = activation(name)
    assert phi.poles
    function = compile_ball(phi.expression, [X])
    with working_bits(200):
        for pole in phi.poles:
            place = compile_ball(pole.location)()
            near = acb(place) + acb("1e-20", "2e-20")
            assert abs(1 / function(near)) < 1e-15 or name == "1/(2 + tanh(x))"
        width = compile_ball(phi.analyticity_strip)()
        for real in (-2, 0, 1):
            assert function(acb(real, width * 0.999)).is_finite()
