"""Cutting expressions into analytic pieces."""

from __future__ import annotations

import pytest
import sympy

from symprop.foundation.errors import OutOfDomain
from symprop.specs.expression import X, parse_expression
from symprop.specs.pieces import Piece, decompose


def shown(text: str) -> list[tuple[str, str, str]]:
    pieces = decompose(parse_expression(text))
    return [(str(p.lower), str(p.upper), str(p.expression)) for p in pieces]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("x", ["-oo oo x"]),
        ("Max(x, 0)**(3/2)", ["-oo 0 0", "0 oo x**(3/2)"]),
        ("Max(0, Min(6, x))", ["-oo 0 0", "0 6 x", "6 oo 6"]),
        ("Abs(x-1/2)", ["-oo 1/2 1/2-x", "1/2 oo x-1/2"]),
        ("Abs(Abs(x)-1)", ["-oo -1 -x-1", "-1 0 x+1", "0 1 1-x", "1 oo x-1"]),
        ("sign(x)*x", ["-oo 0 -x", "0 oo x"]),
        ("Heaviside(2-x)", ["-oo 2 1", "2 oo 0"]),
        ("Max(x, x**2, 2)", ["-oo -sqrt(2) x**2", "-sqrt(2) sqrt(2) 2", "sqrt(2) oo x**2"]),
        ("Max(x,0) + Min(x,0)", ["-oo oo x"]),
        ("Max(x, x+1)", ["-oo oo x+1"]),
        ("Abs(x)**2", ["-oo oo x**2"]),
        ("Abs(exp(x))", ["-oo oo exp(x)"]),
        ("sqrt(x**2)", ["-oo 0 -x", "0 oo x"]),
        ("(x**2)**(1/4)", ["-oo 0 sqrt(-x)", "0 oo sqrt(x)"]),
        ("1/x", ["-oo 0 1/x", "0 oo 1/x"]),
        ("log(Abs(x))", ["-oo 0 log(-x)", "0 oo log(x)"]),
        ("x/(1+Abs(x))", ["-oo 0 x/(1-x)", "0 oo x/(x+1)"]),
        ("asin(tanh(x))", ["-oo oo asin(tanh(x))"]),
        ("2**x", ["-oo oo 2**x"]),
        ("Max(0, exp(x)-2)", ["-oo log(2) 0", "log(2) oo exp(x)-2"]),
        ("Piecewise((1, 0<x<1), (2, (x>=3)|(x<-1)), (0, True))",
         ["-oo -1 2", "-1 0 0", "0 1 1", "1 3 0", "3 oo 2"]),
        ("Piecewise((sin(x)/x, Ne(x, 0)), (1, True))",
         ["-oo 0 sin(x)/x", "0 oo sin(x)/x"]),
        ("Piecewise((x, Eq(x, 1)), (2*x, True))", ["-oo oo 2*x"]),
        ("Piecewise((Abs(x), x > -1), (Max(x, -2), True))",
         ["-oo -2 -2", "-2 -1 x", "-1 0 -x", "0 oo x"]),
        ("Piecewise((sqrt(x), x > 0), (0, True))", ["-oo 0 0", "0 oo sqrt(x)"]),
    ],
)  # fmt: skip
def test_pieces(text: str, pieces: list[str]) -> None:
    found = [" ".join((low, high, value.replace(" ", ""))) for low, high, value in shown(text)]
    assert found == pieces


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sqrt(x)", "to be real and finite on \\(-oo, 0\\) but"),
        ("log(x)", "to be real and finite"),
        ("asin(x)", "to be real and finite"),
        ("x**x", "to be real and finite"),
        ("Max(x, 0)**x", "to be real and finite"),
        ("Max(x, 0)**(-1)", "to be real and finite"),
        ("tan(x)", "analytic on the line"),
        ("gamma(x)", "analytic on the line"),
        ("besselk(0, x)", "analytic on the line"),
        ("Max(sin(x), 0)", "zeros symprop can list"),
        ("1/(x + exp(x))", "zeros symprop can list"),
        ("1/sin(x)", "zeros symprop can list"),
    ],
)
def test_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(OutOfDomain, match=reason):
        shown(text)


def test_sample_is_inside() -> None:
    for piece in decompose(parse_expression("Abs(x**3 - x)")):
        assert piece.lower < piece.sample() < piece.upper
    assert Piece(sympy.sqrt(2), sympy.pi, X).sample() == 2


def test_many_kinks() -> None:
    text = "+".join(f"Max(0, x-{k}/7)" for k in range(60))
    assert len(shown(text)) == 61
