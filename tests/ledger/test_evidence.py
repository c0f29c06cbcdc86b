"""Verdicts are combined by the strictest reading of the findings."""

from __future__ import annotations

import pytest

from symprop.ledger.evidence import Counterexample, Evidence, Grade, Outcome, Verdict, combine

EXACT = Evidence.holds(Grade.EXACT, "algebra")
SAMPLED = Evidence.holds(Grade.SAMPLED, "points")
OPEN = Evidence.undecided("no idea")
VACUOUS = Evidence.vacuous("nothing there")
NUMBERS = Counterexample({"x": "1/2"}, "1", "2", "==")
REFUTED = Evidence.fails(Grade.ENCLOSED, NUMBERS)
DOUBTED = Evidence.fails(Grade.STATISTICAL, NUMBERS)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([EXACT], Verdict(Outcome.HOLDS, Grade.EXACT)),
        ([EXACT, SAMPLED], Verdict(Outcome.HOLDS, Grade.SAMPLED)),
        ([EXACT, OPEN], Verdict(Outcome.UNDECIDED)),
        ([VACUOUS, EXACT], Verdict(Outcome.VACUOUS)),
        ([VACUOUS, OPEN], Verdict(Outcome.UNDECIDED)),
        ([OPEN, REFUTED, EXACT], Verdict(Outcome.FAILS, Grade.ENCLOSED)),
        ([DOUBTED, REFUTED], Verdict(Outcome.FAILS, Grade.ENCLOSED)),
        ([], Verdict(Outcome.UNDECIDED)),
    ],
)
def test_combine(findings: list[Evidence], verdict: Verdict) -> None:
    assert combine(findings) == verdict


def test_a_refutation_brings_its_counterexample() -> None:
    assert combine([EXACT, REFUTED]).counterexample == NUMBERS
    assert str(NUMBERS) == "at x = 1/2: 1 == 2 is false"


def test_undecided_reaches_nothing() -> None:
    for outcome in Outcome:
        assert not Verdict(Outcome.UNDECIDED).reaches(Verdict(outcome))


def test_a_weaker_grade_does_not_reach_a_stronger_one() -> None:
    exact, sampled = (Verdict(Outcome.HOLDS, grade) for grade in (Grade.EXACT, Grade.SAMPLED))
    assert exact.reaches(sampled)
    assert not sampled.reaches(exact)
    assert not Verdict(Outcome.FAILS, Grade.EXACT).reaches(sampled)
    assert not Verdict(Outcome.VACUOUS).reaches(Verdict(Outcome.HOLDS))


@pytest.mark.parametrize("finding", [EXACT, OPEN, VACUOUS, REFUTED])
def test_evidence_survives_json(finding: Evidence) -> None:
    assert Evidence.from_json(finding.to_json()) == finding


def test_grades_are_ordered() -> None:
    assert Grade.EXACT > Grade.ENCLOSED > Grade.SAMPLED > Grade.STATISTICAL
