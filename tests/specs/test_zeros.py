"""Complete lists of real zeros, or a refusal."""

from __future__ import annotations

import pytest
import sympy

from symprop.foundation.errors import OutOfDomain
from symprop.specs.decisions import is_zero
from symprop.specs.expression import X, parse_expression
from symprop.specs.zeros import real_zeros, sorted_distinct

LINE = (-sympy.oo, sympy.oo)


@pytest.mark.parametrize(
    ("text", "zeros"),
    [
        ("3", []),
        ("x", ["0"]),
        ("2*x - 1", ["1/2"]),
        ("x**2 - 2", ["-sqrt(2)", "sqrt(2)"]),
        ("x**2 + x + 1", []),
        ("x**3 - x", ["-1", "0", "1"]),
        ("(x - 1)**3*(x + 2)**2", ["-2", "1"]),
        ("x**4 - 5*x**2 + 6", ["-sqrt(3)", "-sqrt(2)", "sqrt(2)", "sqrt(3)"]),
        ("sqrt(2)*x - pi", ["pi/sqrt(2)"]),
        ("x**2 - pi*x", ["0", "pi"]),
        ("x**2 + pi", []),
        ("exp(x)", []),
        ("exp(x) - 1", ["0"]),
        ("exp(x) - 2", ["log(2)"]),
        ("exp(x) + 2", []),
        ("2**x - 8", ["3"]),
        ("exp(2*x) - 3*exp(x) + 2", ["0", "log(2)"]),
        ("exp(x**2) - exp(4)", ["-2", "2"]),
        ("tanh(x)", ["0"]),
        ("tanh(2*x - 1) - 1/2", ["1/2 + atanh(1/2)/2"]),
        ("tanh(x) - 1", []),
        ("atan(x) - 1", ["tan(1)"]),
        ("atan(x) - 2", []),
        ("erf(x)", ["0"]),
        ("1 + erf(x)", []),
        ("cosh(x) - 2", ["-acosh(2)", "acosh(2)"]),
        ("cosh(x) - 1/2", []),
        ("sech(x) - 1/2", ["-acosh(2)", "acosh(2)"]),
        ("asinh(x) - 1", ["sinh(1)"]),
        ("sin(x) - 2", []),
        ("x*exp(-x)", ["0"]),
        ("x*tanh(x) - x/2", ["0", "atanh(1/2)"]),
        ("x/(1 + x**2) - 2/5", ["1/2", "2"]),
        ("1/(1 + exp(-x)) - 1/3", ["-log(2)"]),
        ("sqrt(1 + x**2) - 2", ["-sqrt(3)", "sqrt(3)"]),
        ("(x**2 + 1)**pi - 2**pi", ["-1", "1"]),
        ("(x - 3)**(-1) - 1/2", ["5"]),
    ],
)
def test_zeros(text: str, zeros: list[str]) -> None:
    found = real_zeros(parse_expression(text), *LINE)
    expected = [parse_expression(zero) for zero in zeros]
    assert len(found) == len(expected)
    assert all(is_zero(a - b) for a, b in zip(found, expected, strict=True))


def test_cubic_with_one_real_zero_in_radicals() -> None:
    (zero,) = real_zeros(X**3 - X - 1, *LINE)
    assert not zero.has(sympy.I, sympy.CRootOf)
    assert is_zero(zero**3 - zero - 1)


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)",
        "x + exp(x)",
        "x - cos(x)",
        "x**5 - x - 1",
        "x**3 - 3*x + 1",
        "2*x - erf(x)",
        "exp(x) - tanh(x) - 1/2",
        "x**3 - pi*x + sqrt(2)",
        "erf(x) - 1/2",
    ],
)
def test_what_cannot_be_listed_is_refused(text: str) -> None:
    with pytest.raises(OutOfDomain, match="zeros symprop can list exactly"):
        real_zeros(parse_expression(text), *LINE)


def test_interval_is_open() -> None:
    zeros = real_zeros(X**3 - X, sympy.Integer(0), sympy.oo)
    assert zeros == [1]
    assert real_zeros(X**2 - 2, -sympy.sqrt(2), sympy.sqrt(2)) == []


def test_equal_points_in_different_form_are_one() -> None:
    nested = sympy.sqrt(5 + 2 * sympy.sqrt(6))
    points = [sympy.pi, nested, sympy.sqrt(2) + sympy.sqrt(3), sympy.Integer(-1)]
    assert len(sorted_distinct(points)) == 3
    assert sorted_distinct(points)[0] == -1
