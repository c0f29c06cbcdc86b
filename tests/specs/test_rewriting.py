"""Expressions from outside in the parser's normal form."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.specs.expression import X, parse_expression
from symprop.specs.rewriting import exact_number, normal_form, substitute


def test_symbol_and_floats() -> None:
    y = sympy.Symbol("y")
    assert normal_form(0.5 * y + 1) == X / 2 + 1
    assert normal_form(sympy.sqrt(y**2)) == sympy.Abs(X)
    tenth = normal_form(sympy.Float(0.1) * y).coeff(X)
    assert tenth == sympy.Rational(Fraction(0.1))


def test_solved_conditions_lose_their_infinite_ends() -> None:
    y = sympy.Symbol("y", real=True)
    solved = sympy.Piecewise((1, (y > 3) | (y < -1)), (0, True))
    assert normal_form(solved).subs(X, -2) == 1
    assert not normal_form(solved).has(sympy.oo)


@pytest.mark.parametrize(
    "expression",
    [
        sympy.Symbol("a") * sympy.Symbol("b"),
        sympy.Function("f")(X),
        sympy.Integral(X, X),
        sympy.Derivative(sympy.tanh(X), X),
        sympy.DiracDelta(X),
        sympy.I * X,
        sympy.oo,
        sympy.zeta(X),
    ],
)
def test_unknown_parts_are_refused(expression: sympy.Expr) -> None:
    with pytest.raises(InvalidArgument):
        normal_form(expression)


def test_substitution_keeps_piecewise_unsolved() -> None:
    read = parse_expression("Piecewise((x, tanh(x) > 1/2), (0, True))")
    moved = substitute(read, 2 * X + 1)
    assert moved.args[0].args == (2 * X + 1, sympy.tanh(2 * X + 1) > sympy.Rational(1, 2))


def test_exact_numbers() -> None:
    assert exact_number("slope", "sqrt(2)/3") == sympy.sqrt(2) / 3
    assert exact_number("slope", 0.5) == sympy.Rational(1, 2)
    assert exact_number("slope", Fraction(1, 3)) == sympy.Rational(1, 3)
    for bad in ("x", None, float("nan"), sympy.I, "1/0"):
        with pytest.raises(InvalidArgument, match="slope"):
            exact_number("slope", bad)
