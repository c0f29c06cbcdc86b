"""Points prove what they prove, and a limit is not taken on trust."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Grade, Outcome
from symprop.ledger.points import grid

x = sympy.Symbol("x", real=True)
n = sympy.Symbol("n", positive=True)
QUICK = Context()
DOUBLING = [{"n": 2**k} for k in range(3, 13)]


def test_equality_at_points_is_sampled() -> None:
    points = grid(x=("1/3", "-5", "1e-30", "1e30"))
    check = at_points(sympy.sin(2 * x), "==", 2 * sympy.sin(x) * sympy.cos(x), points=points)
    found = check(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.SAMPLED)


def test_a_refuted_point_shows_its_numbers() -> None:
    points = grid(x=(0, "1/3"))
    found = at_points(sympy.sin(x), "==", x, points=points)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.FAILS, Grade.ENCLOSED)
    assert found.counterexample is not None
    assert found.counterexample.values == {"x": "1/3"}
    assert found.counterexample.lhs.startswith("0.3271946967961522441733")


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "grade"),
    [
        (sympy.pi, "<", "22/7", Grade.ENCLOSED),
        (sympy.sqrt(6), "==", sympy.sqrt(2) * sympy.sqrt(3) * 1, Grade.SAMPLED),
        (lambda: Fraction(1, 3) * 3, "==", 1, Grade.EXACT),
    ],
)
def test_statements_without_variables(
    lhs: object, relation: str, rhs: object, grade: Grade
) -> None:
    found = at_points(lhs, relation, rhs)(QUICK)  # type: ignore[arg-type]
    assert (found.outcome, found.grade) == (Outcome.HOLDS, grade)


def test_exhaustive_points_cover_the_domain() -> None:
    points = grid(n=range(1, 6))
    sums = at_points(
        lambda n: sum(range(n + 1)), "==", lambda n: n * (n + 1) // 2, points=points,
        exhaustive=True,
    )  # fmt: skip
    assert sums(QUICK).grade is Grade.EXACT
    below = at_points(sympy.sqrt(n), "<=", n, points=points, exhaustive=True)
    assert below(QUICK).grade is Grade.ENCLOSED


def test_a_point_that_stays_open_decides_nothing() -> None:
    found = at_points(sympy.sqrt(2) * x, "<", sympy.sqrt(2), points=grid(x=(0, 1)))(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert "x = 1" in found.detail


def test_no_points_is_vacuous() -> None:
    assert at_points(1, "==", 2, points=())(QUICK).outcome is Outcome.VACUOUS


def test_digits_of_the_run_are_a_floor() -> None:
    close = at_points(sympy.sqrt(2), "==", "1.4142135623730950488016887242")
    assert close(Context(dps=15)).outcome is Outcome.FAILS  # balls of 25 digits tell them apart
    detail = at_points(sympy.sqrt(2), "==", 2 / sympy.sqrt(2) * 1, digits=10)(
        Context(dps=40)
    ).detail
    assert "40 digits" in detail or "proved" in detail


def test_true_limit() -> None:
    found = limit((1 + 1 / n) ** n, sympy.E, along=DOUBLING, error=1 / n)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.SAMPLED)


@pytest.mark.parametrize(
    ("value", "error"),
    [(sympy.Rational(27, 10), 1 / n), (sympy.E, 1 / n**2), (3, 1 / sympy.sqrt(n))],
)
def test_wrong_value_or_rate(value: sympy.Expr, error: sympy.Expr) -> None:
    found = limit((1 + 1 / n) ** n, value, along=DOUBLING, error=error)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.FAILS, Grade.SAMPLED)
    assert found.counterexample is not None
    assert found.counterexample.relation == "tends to"


def test_a_sequence_that_goes_nowhere_decides_nothing() -> None:
    near = [{"n": k} for k in (10, 11, 12, 13)]
    found = limit((1 + 1 / n) ** n, sympy.E, along=near, error=1 / n)(QUICK)
    assert found.outcome is Outcome.UNDECIDED


def test_limits_need_points() -> None:
    with pytest.raises(InvalidArgument):
        limit(n, 0, along=DOUBLING[:3], error=1 / n)
