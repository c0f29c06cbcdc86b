"""Precedence, associativity and errors of the parser."""

from __future__ import annotations

import pytest
import sympy

from symprop.specs.operands import Refused
from symprop.specs.parser import Parser

X = sympy.Symbol("x", real=True)


def read(text: str) -> sympy.Expr:
    return Parser(text, [X]).read().expression


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1+2*3", "7"),
        ("(1+2)*3", "9"),
        ("2-3-4", "-5"),
        ("24/2/3", "4"),
        ("2*3/4*5", "15/2"),
        ("2**3**2", "512"),
        ("-3**2", "-9"),
        ("(-3)**2", "9"),
        ("2**-2", "1/4"),
        ("2*-3", "-6"),
        ("--3", "3"),
        ("+-+3", "-3"),
        ("1 - -1", "2"),
        ("-x**2*y0", None),
    ],
)
def test_precedence(text: str, same: str | None) -> None:
    if same is None:
        with pytest.raises(Refused, match="'y0' is unknown"):
            read(text)
    else:
        assert read(text) == read(same)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("x > 0 & x < 2", {-1: 0, 1: 1, 3: 0}),
        ("x < 0 | x > 2 & x < 4", {-1: 1, 1: 0, 3: 1, 5: 0}),
        ("~(x > 0)", {-1: 1, 1: 0}),
        ("~x > 0", {-1: 1, 1: 0}),
        ("0 <= x != 1 <= 2", {-1: 0, 0: 1, 1: 0, 2: 1}),
        ("Eq(x, 1) | Ne(x**2, 4) & x == 3", {1: 1, 2: 0, 3: 1}),
        ("(x + 1) > 0", {-2: 0, 0: 1}),
        ("True", {0: 1}),
    ],
)
def test_conditions(condition: str, truth: dict[int, int]) -> None:
    value = read(f"Piecewise((1, {condition}), (0, True))")
    assert {at: value.subs(X, at) for at in truth} == truth


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unexpected end"),
        ("x)", "unexpected '\\)'"),
        ("(x", "where '\\)' was due"),
        ("2x", "where an operator was due"),
        ("x > 0", "unexpected '>'"),
        ("sin x", "name 'sin' is unknown"),
        ("sine(x)", "close names: sin"),
        ("sin()", "unexpected '\\)'"),
        ("Max(x, x > 0)", "where '\\)' was due"),
        ("(x > 0)*2", "condition stands where a number is due"),
        ("Piecewise((1, x), (0, True))", "number stands where a condition is due"),
        ("Piecewise((1, x > 0), (0, x < 1))", "last branch"),
        ("sin(x, x)", "sin takes 1 arguments"),
        ("Heaviside(x, 0, 1)", "Heaviside takes 1 to 2 arguments"),
        ("(" * 41 + "x" + ")" * 41, "nested more than 40 deep"),
        ("+".join(["Abs(x)"] * 201), "more than 200 Max, Abs"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(text)
