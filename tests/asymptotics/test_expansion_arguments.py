"""Arguments of expansions: what is read as what, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import pytest
import sympy

from symprop.asymptotics.expansion_arguments import (
    check_mapping,
    check_order,
    check_symbol,
    read_autonomous,
    read_formula,
    read_limit,
    read_samples,
)
from symprop.foundation.errors import InvalidArgument
from symprop.numerics.enclosure import Enclosure
from tests.malformed import NO_FORMULAS, NO_INTEGERS, assert_refused

u, a = sympy.Symbol("u", positive=True), sympy.Symbol("a")


def test_formulas_are_expressions_numbers_and_text() -> None:
    assert read_formula("f", 1 / u - a) == 1 / u - a
    assert read_formula("f", "1/u - a", [u]) == 1 / u - a
    assert read_formula("f", Fraction(1, 3)) == sympy.Rational(1, 3)
    assert read_formula("f", "0.1") == sympy.Rational(1, 10)
    assert read_formula("f", sympy.pi) == sympy.pi


def test_what_is_no_formula_is_named() -> None:
    assert_refused(lambda value: read_formula("f", value), NO_FORMULAS, "Expected f to be")
    for value in (sympy.oo, sympy.nan, a * sympy.zoo, Enclosure(1), "u.diff()", "open(u)"):
        with pytest.raises(InvalidArgument, match="Expected f to be"):
            read_formula("f", value)


def test_limits() -> None:
    assert read_limit("at", inf) == read_limit("at", "oo") == read_limit("at", sympy.oo) == sympy.oo
    assert read_limit("at", "1/2") == sympy.Rational(1, 2)
    with pytest.raises(InvalidArgument, match="at to be"):
        read_limit("at", -inf)


def test_samples_and_mappings() -> None:
    assert read_samples("given", None) == {}
    assert read_samples("given", {a: "1/3"}) == {a: sympy.Rational(1, 3)}
    with pytest.raises(InvalidArgument, match="given to have symbols as keys"):
        read_samples("given", {"a": 1})
    assert_refused(lambda value: check_mapping("values", value), (3, "ab", [1]), "to be a mapping")


def test_symbols_and_orders() -> None:
    assert check_symbol("variable", u) == u
    assert_refused(lambda value: check_symbol("u", value), (None, "u", 2 * u), "u to be a SymPy")
    assert check_order(1000) == 1000
    assert_refused(check_order, (*NO_INTEGERS, 0, 1001, 10**400), "order to be an integer")


def test_the_variable_may_be_left_out_where_there_is_one_symbol() -> None:
    assert read_autonomous(1 / u, None, 0, -1, None, None)[:4] == (1 / u, u, 0, -1)
    with pytest.raises(InvalidArgument, match="variable to be named"):
        read_autonomous(a / u, None, 0, 1, None, None)
