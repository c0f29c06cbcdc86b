"""Pieces against the original expression at random rational points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import sympy
from hypothesis import given
from hypothesis import strategies as st

from symprop.specs.decisions import is_zero, sign_of
from symprop.specs.expression import X, parse_expression
from symprop.specs.pieces import decompose
from tests.specs.strategies import PIECEWISE_EXPRESSIONS

SWITCHES = (sympy.Piecewise, sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Heaviside)
POINTS = st.fractions(-10, 10, max_denominator=1000)


@given(PIECEWISE_EXPRESSIONS, POINTS)
def test_values_agree_away_from_breakpoints(text: str, x: Fraction) -> None:
    expression = parse_expression(text)
    point = sympy.Rational(x)
    for piece in decompose(expression):
        if sign_of(point - piece.lower) > 0 and sign_of(piece.upper - point) > 0:
            difference = piece.expression.subs(X, point) - expression.subs(X, point)
            assert is_zero(difference)


@given(PIECEWISE_EXPRESSIONS)
def test_pieces_cover_the_line_in_order_and_hold_no_switch(text: str) -> None:
    pieces = decompose(parse_expression(text))
    assert (pieces[0].lower, pieces[-1].upper) == (-sympy.oo, sympy.oo)
    for piece in pieces:
        assert sign_of(piece.upper - piece.lower) > 0
        assert not piece.expression.has(*SWITCHES)
    for left, right in pairwise(pieces):
        assert left.upper == right.lower
        assert left.expression != right.expression


@given(
    st.lists(st.fractions(-5, 5, max_denominator=12), min_size=1, max_size=6),
    st.lists(st.integers(1, 9), min_size=6, max_size=6),
)
def test_linear_splines_break_exactly_at_their_knots(
    knots: list[Fraction], weights: list[int]
) -> None:
    terms = [w * sympy.Max(0, X - sympy.Rational(k)) for k, w in zip(knots, weights, strict=False)]
    pieces = decompose(sympy.Add(*terms))
    assert [piece.lower for piece in pieces[1:]] == sorted({sympy.Rational(k) for k in knots})
