"""Algebra proves identities; what it does not rewrite to zero stays undecided."""

from __future__ import annotations

import pytest
import sympy

from symprop.ledger.algebra import identity, vanishes
from symprop.ledger.claim import Context
from symprop.ledger.evidence import Grade, Outcome
from symprop.ledger.points import grid

x, y = sympy.symbols("x y", real=True)
n = sympy.Symbol("n", integer=True, positive=True)
QUICK = Context()


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        ((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3),
        (1 / (x - 1) - 1 / (x + 1), 2 / (x**2 - 1)),
        (sympy.cos(2 * x), 1 - 2 * sympy.sin(x) ** 2),
        (sympy.gamma(n + 1), n * sympy.gamma(n)),
        (1 / (sympy.sqrt(2) - 1), sympy.sqrt(2) + 1),
    ],
)
def test_identities(lhs: sympy.Expr, rhs: sympy.Expr) -> None:
    found = identity(lhs, rhs)(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.EXACT)


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [((x + y) ** 2, x**2 + y**2), (sympy.sqrt(x**2), x), (sympy.sin(x), x), (sympy.pi, 3)],
)
def test_false_identities_are_refuted_by_numbers(lhs: sympy.Expr, rhs: sympy.Expr) -> None:
    found = identity(lhs, sympy.sympify(rhs))(QUICK)
    assert found.outcome is Outcome.FAILS
    assert found.counterexample is not None


def test_what_algebra_cannot_do_is_undecided() -> None:
    """Machin's formula: true, numerically certain, and beyond the list of rewritings."""
    machin = 16 * sympy.atan(sympy.Rational(1, 5)) - 4 * sympy.atan(sympy.Rational(1, 239))
    found = identity(machin, sympy.pi)(QUICK)
    assert found.outcome is Outcome.UNDECIDED
    assert "proves nothing" in found.detail


def test_sides_may_be_computed_late() -> None:
    calls: list[int] = []

    def left() -> sympy.Expr:
        calls.append(1)
        return sympy.diff(x**3, x)

    check = identity(left, 3 * x**2)
    assert calls == []
    assert check(QUICK).outcome is Outcome.HOLDS


def test_points_are_a_guard() -> None:
    found = identity(abs(x), x, points=grid(x=(1, 2, "-1/3")))(QUICK)
    assert found.counterexample is not None
    assert found.counterexample.values == {"x": "-1/3"}


def test_vanishes_names_the_rewriting() -> None:
    assert vanishes(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1) is not None
    assert vanishes(x - y) is None
