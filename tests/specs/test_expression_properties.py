"""The parser on random text: it reads or refuses, and what it reads prints back."""

from __future__ import annotations

import sympy
from hypothesis import given
from hypothesis import strategies as st

from symprop.foundation.errors import InvalidArgument
from symprop.specs.expression import X, parse_expression, parse_number
from tests.specs.strategies import PIECEWISE_EXPRESSIONS, SMOOTH_EXPRESSIONS

ALPHABET = """x ( ) ** 9 , __ . exp Max lambda import : / - + Piecewise True > & 1e9 E ' [ ] é ==
gamma 0 besselk sqrt 1/3 ^ ~ | Abs pi"""
PIECES_OF_ATTACKS = st.sampled_from([*ALPHABET.split(), " ", "\x00", "\n"])


def read_or_refuse(text: str) -> sympy.Expr | None:
    try:
        return parse_expression(text)
    except InvalidArgument as error:
        if type(error) is not InvalidArgument or "\n" in str(error):
            raise
        return None


@given(st.text(max_size=200))
def test_arbitrary_text(text: str) -> None:
    read_or_refuse(text)


@given(st.lists(PIECES_OF_ATTACKS, max_size=30).map("".join))
def test_text_from_the_alphabet_of_attacks(text: str) -> None:
    read = read_or_refuse(text)
    assert read is None or read.free_symbols <= {X}


@given(SMOOTH_EXPRESSIONS | PIECEWISE_EXPRESSIONS)
def test_what_is_read_prints_back(text: str) -> None:
    read = parse_expression(text)
    again = parse_expression(str(read))
    assert again == parse_expression(str(again))


@given(st.fractions(), st.integers(-20, 20))
def test_rationals_and_decimals_are_exact(value: object, exponent: int) -> None:
    assert parse_number(str(value)) == sympy.Rational(str(value))
    assert (
        parse_number(f"3.25e{exponent}") == sympy.Rational("3.25") * sympy.Integer(10) ** exponent
    )
