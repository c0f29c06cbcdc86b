"""Inequalities over boxes: proved everywhere, refuted with a point, or left undecided."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.boxes import on_box
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Grade, Outcome

x, y = sympy.symbols("x y", real=True)
QUICK, FULL = Context(), Context("full")


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "box"),
    [
        (sympy.exp(x), ">", 1 + x, {"x": ("1/100", 5)}),
        (x * y, "<", x**2 + y**2 + sympy.Rational(1, 100), {"x": (-3, 3), "y": (-3, 3)}),
        (x**2 - 1, ">=", -1 - sympy.Rational(1, 10**6), {"x": (-1, 1)}),
        (sympy.cos(x), "!=", 0, {"x": ("-3/2", "3/2")}),
        (lambda x: x.exp(), ">=", lambda x, y: 1 + x * y, {"x": ("1/10", 1), "y": ("-1/2", "1/2")}),
        (x, "<", "3/2", {"x": (1, 1)}),
    ],
)
def test_proved(lhs: Any, relation: str, rhs: Any, box: dict[str, Any]) -> None:
    found = on_box(lhs, relation, rhs, box=box)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.ENCLOSED)


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs"),
    [
        (sympy.sin(x), "<=", x - x**3 / 6),
        (sympy.cos(x), "!=", "1/2"),
        (lambda x: x, "<", lambda x: x * x),
        # a violation on an interval of length 1/500 only
        (sympy.Rational(1, 10**6), "<", (x - sympy.sqrt(2)) ** 2),
    ],
)
def test_refuted_with_a_point(lhs: Any, relation: str, rhs: Any) -> None:
    found = on_box(lhs, relation, rhs, box={"x": ("1/10", 2)})(QUICK)
    if relation == "!=":  # an isolated zero is not hit by midpoints
        assert found.outcome is Outcome.UNDECIDED
        return
    assert found.outcome is Outcome.FAILS
    assert found.counterexample is not None
    assert set(found.counterexample.values) == {"x"}


def test_a_zero_at_the_end_is_undecided_without_help() -> None:
    found = on_box(sympy.sin(x), "<=", x, box={"x": (0, 1)}, boxes=(300, 300))(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert "300 boxes" in found.detail


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "end", "order"),
    [
        (sympy.sin(x), "<", x, 0, 3),
        (1 - sympy.cos(x - 1), "<=", (x - 1) ** 2 / 2, 1, 4),
        (sympy.log(x + 1), ">", x * sympy.log(2), 1, 1),
    ],
)
def test_a_zero_at_the_end(
    lhs: sympy.Expr, relation: str, rhs: sympy.Expr, end: int, order: int
) -> None:
    box = {"x": ("1/10" if end else 0, 1)}
    found = on_box(lhs, relation, rhs, box=box, zero_at={"x": end}, order=order)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.ENCLOSED)


def test_a_false_zero_is_not_believed() -> None:
    claimed = on_box(
        sympy.sin(x), "<", x + sympy.Rational(1, 9), box={"x": (0, 1)}, zero_at={"x": 0}, order=3
    )
    found = claimed(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert "derivative 0" in found.detail


def test_a_zero_of_the_wrong_sign_is_refuted() -> None:
    found = on_box(sympy.sin(x), ">", x, box={"x": (0, 1)}, zero_at={"x": 0}, order=3)(QUICK)
    assert found.outcome is Outcome.FAILS


def test_functions_that_cannot_be_enclosed_decide_nothing() -> None:
    found = on_box(lambda x: arb("nan"), "<", 1, box={"x": (0, 1)}, boxes=(50, 50))(QUICK)
    assert found.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    "jumping",
    [
        sympy.Piecewise((0, x < sympy.Rational(3, 10)), (-10, True)),
        sympy.atan2(x - sympy.Rational(3, 10), -1) - 4,
        sympy.sign(x - sympy.Rational(3, 10)) - 2,
    ],
    ids=str,
)
def test_jumps_are_not_differentiated_away(jumping: sympy.Expr) -> None:
    """Their slopes are finite everywhere; the mean-value form would overlook the jump."""
    below = on_box(-jumping, "<", 1, box={"x": (0, 1)}, boxes=(500, 500))(QUICK)
    assert below.outcome is not Outcome.HOLDS
    helped = on_box(jumping, "<", 0, box={"x": (0, 1)}, zero_at={"x": 0}, boxes=(9, 9))(QUICK)
    assert helped.outcome is Outcome.UNDECIDED


def test_the_full_tier_examines_more_boxes() -> None:
    hard = on_box(sympy.sin(x), "<", x, box={"x": ("1/1000", 1)}, boxes=(3, 3000))
    assert hard(QUICK).outcome is Outcome.UNDECIDED
    assert hard(FULL).outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    "arguments",
    [
        {"relation": "==", "box": {"x": (0, 1)}},
        {"relation": "<", "box": {}},
        {"relation": "<", "box": {"x": (1, 0)}},
        {"relation": "<", "box": {"x": (0, 1)}, "zero_at": {"x": "1/2"}},
        {"relation": "<", "box": {"x": (0, 1), "y": (0, 1)}, "zero_at": {"x": 0}},
    ],
)
def test_malformed_boxes_are_refused(arguments: dict[str, Any]) -> None:
    relation = arguments.pop("relation")
    with pytest.raises(InvalidArgument):
        on_box(x, relation, 1, **arguments)
