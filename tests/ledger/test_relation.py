"""A ball that excludes zero refutes an equality; one that contains it proves nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.ledger.relation import Relation, Standing, evaluator, refuting_numbers, show
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

x = sympy.Symbol("x", real=True)
HALF = {"x": Fraction(1, 2)}


def wide(x: Fraction, dps: int) -> arb:
    """A ball of radius 1/10 at any precision."""
    return arb(0.5, 0.1)


def root(x: Fraction, dps: int) -> arb:
    with working_bits(bits_from_dps(dps)):
        return arb(2).sqrt()


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "standing"),
    [
        (x**2, "==", "1/4", Standing.PROVED),  # exact in binary
        (sympy.sqrt(2) * x, "==", sympy.sqrt(2) / 2, Standing.AGREES),
        (sympy.sqrt(2) * x, "==", "0.70710678118654752", Standing.REFUTED),
        (sympy.sqrt(2) * x, "!=", "0.70710678118654752", Standing.PROVED),
        (sympy.sqrt(2) * x, "!=", 1 / sympy.sqrt(2), Standing.OPEN),
        (sympy.sqrt(2) * x, "<", 1 / sympy.sqrt(2), Standing.OPEN),
        (sympy.sqrt(2) * x, "<=", 1 / sympy.sqrt(2), Standing.AGREES),
        (wide, "==", "1/2", Standing.OPEN),
        (wide, "<=", "0.55", Standing.OPEN),
        (wide, "<", 1, Standing.PROVED),
        (wide, ">", 1, Standing.REFUTED),
        (lambda x: x, "<", lambda x: x, Standing.REFUTED),
        (lambda x: x, ">=", lambda x: x, Standing.PROVED),
        (lambda x: x**3, "==", Enclosure("1/8"), Standing.PROVED),
    ],
)
def test_standing(lhs: Any, relation: str, rhs: Any, standing: Standing) -> None:
    assert Relation(lhs, relation, rhs).compare(HALF, digits=20).standing is standing


def test_exact_numbers_compare_exactly() -> None:
    tiny = Fraction(1, 10**400)
    found = Relation(lambda x: x + tiny, "==", lambda x: x).compare(HALF, digits=5)
    assert found.standing is Standing.REFUTED
    assert found.exact


def test_precision_is_raised_until_the_sides_part() -> None:
    almost = sympy.sqrt(2) + sympy.Rational(1, 10**60)
    assert Relation(root, "==", almost).compare(HALF, digits=20).standing is Standing.AGREES
    assert Relation(root, "<", almost).compare(HALF, digits=20).standing is Standing.PROVED


def test_a_small_value_does_not_agree_with_zero() -> None:
    """Nearness to zero is no agreement while one side is known not to be zero."""
    tiny = sympy.Rational(1, 10**40) * sympy.sqrt(2)
    found = Relation(tiny, "==", sympy.sin(sympy.pi * x) - 1).compare(HALF, digits=15)
    assert found.standing is not Standing.AGREES


@pytest.mark.parametrize("value", [0.5, float("nan"), sympy.oo, arb("inf"), None])
def test_what_is_no_ball_is_refused(value: Any) -> None:
    found = Relation(lambda x: value, "==", "1/2").compare(HALF, digits=15)
    assert found.standing is Standing.OPEN
    assert "InvalidArgument" in found.reason


def test_refused_inputs_leave_the_comparison_open() -> None:
    def refuses(x: Fraction) -> Fraction:
        raise OutOfDomain("Expected x elsewhere but got x=1/2.")

    found = Relation(refuses, "==", 1).compare(HALF, digits=15)
    assert found.standing is Standing.OPEN
    assert "elsewhere" in found.reason


def test_missing_variables_are_named() -> None:
    with pytest.raises(InvalidArgument, match="y"):
        evaluator(sympy.Symbol("y") + x)(HALF, 15)


def test_unknown_relations_are_refused() -> None:
    with pytest.raises(InvalidArgument):
        Relation(1, "~", 1)


def test_quantities_get_what_they_name() -> None:
    point = {"x": 1, "phi": "relu"}
    assert evaluator(lambda phi: phi)(point, 15) == "relu"
    assert evaluator(lambda dps: dps)(point, 15) == 15
    assert evaluator(lambda **all_of_them: len(all_of_them))(point, 15) == 2


def test_inputs_are_shown_as_they_are_read_back() -> None:
    assert show({"x": Fraction(1, 3), "v": [1, Fraction(2, 3)]}) == "{x: 1/3, v: [1, 2/3]}"
    numbers = refuting_numbers(HALF, Enclosure("1/3"), "==", Enclosure(1))
    assert numbers.values == {"x": "1/2"}
    assert numbers.lhs.startswith("0.33333")


def test_sides_that_are_close_are_shown_to_where_they_part() -> None:
    close = Enclosure(1, bits=400) + Enclosure(Fraction(1, 10**60), bits=400)
    numbers = refuting_numbers({}, close, "==", Enclosure(1))
    assert numbers.lhs == f"1.{'0' * 59}1{'0' * 39}"
    assert numbers.rhs == "1"


def test_slack_is_relative() -> None:
    found = Relation(lambda: 10**400, "<=", lambda: 3 * 10**400).compare({}, digits=15)
    assert found.slack == pytest.approx(0.5)
