"""The attack finds violations that friendly points miss, and shows the simplest it can."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies

from symprop.ledger.claim import Context
from symprop.ledger.domain import Drawn, Integer, OneOf, Real
from symprop.ledger.evidence import Evidence, Grade, Outcome
from symprop.ledger.falsify import attack

x, y = sympy.symbols("x y", real=True)
QUICK, FULL = Context(), Context("full")


def values(found: Evidence) -> dict[str, str]:
    assert found.outcome is Outcome.FAILS
    assert found.counterexample is not None
    return dict(found.counterexample.values)


def test_true_statements_survive() -> None:
    check = attack(sympy.sin(x), "<=", x, domain={"x": Real(0, None, decades=6)})
    found = check(QUICK)
    assert (found.outcome, found.grade) == (Outcome.HOLDS, Grade.SAMPLED)


def test_violations_at_a_closed_end_only() -> None:
    """x < 1 fails on [0, 1] at the single point 1."""
    assert values(attack(lambda x: x, "<", 1, domain={"x": Real(0, 1)})(QUICK)) == {"x": "1"}


def test_violations_far_out_only() -> None:
    found = attack(x, "<=", 10**9, domain={"x": Real(0, None)})(QUICK)
    assert Fraction(values(found)["x"]) > 10**9


def test_violations_close_to_an_open_end_only() -> None:
    found = attack(1 / x, "<=", 10**10, domain={"x": Real(0, 1, open_at="lower")})(QUICK)
    assert 0 < Fraction(values(found)["x"]) < Fraction(1, 10**10)


def test_every_edge_of_every_variable_is_tried() -> None:
    """Too many corners to try them all; a violation at one edge of one variable is found."""
    names = ("a", "b", "c", "d", "e", "f")
    domain = {name: Real(0, None) for name in names}
    for guilty in names:
        check = attack(lambda **v: v[guilty], "<", 10**12, domain=domain)  # noqa: B023
        assert values(check(QUICK))[guilty] == "1000000000000"


def test_the_optimiser_finds_a_narrow_valley() -> None:
    """A dip of width 1/20 around an inconspicuous point of the square."""
    distance = (x - sympy.Rational(637, 1000)) ** 2 + (y + sympy.Rational(291, 1000)) ** 2
    surface = distance - sympy.Rational(1, 1600)
    domain = {"x": Real(-1, 1), "y": Real(-1, 1)}
    found = attack(surface, ">=", 0, domain=domain)(FULL)
    assert set(values(found)) == {"x", "y"}


def test_counterexamples_are_simple() -> None:
    found = attack(lambda n: n * n, "<", lambda n: 2**n, domain={"n": Integer(1, reach=100)})(QUICK)
    assert values(found) == {"n": "2"}
    found = attack(lambda x: x * x, ">=", lambda x: x, domain={"x": Real(0, 1)})(QUICK)
    assert values(found) == {"x": "1/2"}


def test_finitely_many_choices_are_all_tried() -> None:
    sizes = {"relu": 1, "tanh": 1, "gelu": 2}
    check = attack(
        lambda phi: sizes[phi], "==", 1, domain={"phi": OneOf(tuple(sizes)), "n": Integer(1)}
    )
    assert values(check(QUICK))["phi"] == "gelu"


def test_drawn_inputs_are_shrunk() -> None:
    def mean_of_squares(vector: list[int]) -> Fraction:
        return Fraction(sum(v * v for v in vector), len(vector))

    def square_of_mean(vector: list[int]) -> Fraction:
        return Fraction(sum(vector), len(vector)) ** 2

    vectors = Drawn(
        lambda: strategies.lists(strategies.integers(-9, 9), min_size=1), hostile=[[0], [1]]
    )
    found = attack(mean_of_squares, "==", square_of_mean, domain={"vector": vectors})(QUICK)
    assert values(found)["vector"] in ("[0, 1]", "[0, -1]", "[1, 0]")
    jensen = attack(mean_of_squares, ">=", square_of_mean, domain={"vector": vectors})(QUICK)
    assert jensen.outcome is Outcome.HOLDS


def test_hypotheses_are_respected() -> None:
    check = attack(
        lambda x, y: x, "<", lambda y: y,
        domain={"x": Real(0, 1), "y": Real(0, 1)}, assuming=lambda x, y: x < y,
    )  # fmt: skip
    assert check(QUICK).outcome is Outcome.HOLDS


def test_a_counterexample_satisfies_the_hypotheses() -> None:
    """The simplest violations, small x, are excluded."""
    check = attack(
        lambda x: x, "<", 0, domain={"x": Real(-1, 1)}, assuming=lambda x: x > Fraction(7, 10)
    )
    assert Fraction(values(check(QUICK))["x"]) > Fraction(7, 10)


def test_unsatisfiable_hypotheses_are_vacuous() -> None:
    check = attack(x, "==", x + 1, domain={"x": Real(0, 1)}, assuming=lambda x: x > 2)
    assert check(QUICK).outcome is Outcome.VACUOUS


def test_an_input_that_cannot_be_decided_leaves_the_statement_undecided() -> None:
    check = attack(sympy.sqrt(2) * x, "<", sympy.sqrt(2), domain={"x": Real(0, 1)})
    assert check(QUICK).outcome is Outcome.UNDECIDED


def test_the_search_is_deterministic() -> None:
    seen: list[list[Any]] = []
    for _ in range(2):
        inputs: list[Any] = []
        seen.append(inputs)

        def record(x: Fraction, inputs: list[Any] = inputs) -> Fraction:
            inputs.append(x)
            return x

        attack(record, "<=", 1, domain={"x": Real(0, 1)})(QUICK)
    assert seen[0] == seen[1]
    assert len(seen[0]) >= 60
