"""Float64 values with error bounds that cover the truth."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.expression import X, parse_expression
from symprop.specs.float_arrays import float_function

POINTS = np.concatenate([np.linspace(-30, 30, 121), np.geomspace(1e-12, 20, 40), [0.0]])
FUNCTIONS = ["exp(x)", "sin(x)", "cos(x)", "sinh(x)", "cosh(x)", "sech(x)", "tanh(x)", "atan(x)"]


@pytest.mark.parametrize(
    "text",
    [
        *FUNCTIONS,
        "asinh(x)",
        "asin(tanh(x))",
        "acos(tanh(x))",
        "erf(x)",
        "erfc(x)",
        "log(2 + sin(x))",
        "exp(x) - 1",
        "log(1 + exp(x))",
        "1/(1 + exp(-x))",
        "x - tanh(x)",
        "sin(x)**3 - x*cos(x/3)",
        "sqrt(1 + x**2)",
        "(1 + x**2)**(-pi)",
        "2**x",
        "(2 + cos(x))**x",
        "x**7/7 - x**5/5 + pi",
        "1/(x**2 - x + 1)",
        "x*exp(-x)/(1 + exp(-x))**2 + 1/(1 + exp(-x))",
        "log(2 + sin(x))*exp(-x**2)",
    ],
)
def test_error_bound_covers_the_truth(text: str) -> None:
    expression = parse_expression(text)
    value, error = float_function(expression)(POINTS)
    function = compile_ball(expression, [X])
    with working_bits(2000):
        for x, approximate, bound in zip(POINTS.tolist(), value, error, strict=True):
            if np.isfinite(bound):
                assert abs(function(arb(x)) - arb(approximate)) <= arb(bound)


def test_bounds_are_sharp_where_nothing_cancels() -> None:
    value, error = float_function(parse_expression("x/(1 + exp(-x))"))(np.linspace(-5, 5, 99))
    assert np.all(error <= 40 * 2.0**-53 * np.abs(value))


def test_cancellation_and_overflow_are_seen() -> None:
    _, error = float_function(parse_expression("x - tanh(x)"))(np.array([1e-6]))
    assert error[0] > 1e-23
    value, error = float_function(parse_expression("exp(x) - exp(x/2)"))(np.array([2000.0]))
    assert not np.isfinite(value[0] + error[0])


@pytest.mark.parametrize(
    "text", ["erfc(x)", "1 + erf(x/sqrt(2))", "x*(1 + erf(x/sqrt(2)))/2", "erfc(2*x)"]
)
def test_gaussian_tails_are_accurate_as_far_as_floats_go(text: str) -> None:
    """On both sides of the switch, and down to the smallest normal number."""
    expression = parse_expression(text)
    tail = np.concatenate([np.linspace(1.9, 2.1, 41), np.linspace(2.1, 26.5, 200)])
    x = {"erfc(x)": tail, "erfc(2*x)": tail / 2}.get(text, -np.sqrt(2) * tail)
    value, error = float_function(expression)(x)
    ball = compile_ball(expression, [X])
    with working_bits(2000):
        for entry, found, bound in zip(x.tolist(), value.tolist(), error.tolist(), strict=True):
            exact = ball(arb(entry))
            assert abs(exact - arb(found)) <= bound
            assert bound <= 64 * 2.0**-52 * abs(found)
    assert float_function(expression)(np.sign(x[:1]) * 1e200).value[0] == 0
