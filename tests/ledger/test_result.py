"""Results survive the journal; only current ones are reused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from symprop.ledger.claim import Context
from symprop.ledger.evidence import Counterexample, Evidence, Grade, Verdict
from symprop.ledger.result import Journal, Result
from tests.ledger.demonstration import IDENTITY

REFUTED = Evidence.fails(Grade.EXACT, Counterexample({"n": "1"}, "1", "0.5", "=="))
RESULT = Result(
    claim_id=IDENTITY.id,
    tier="quick",
    dps=15,
    findings=(Evidence.holds(Grade.EXACT, "π is fine"), Evidence.holds(Grade.SAMPLED, "")),
    near_miss=REFUTED,
    seconds=0.25,
)
QUICK = Context()


def test_reached_needs_verdict_and_teeth() -> None:
    assert RESULT.reached(IDENTITY)
    assert not replace(RESULT, near_miss=Evidence.undecided("")).reached(IDENTITY)
    assert not replace(RESULT, near_miss=RESULT.findings[0]).reached(IDENTITY)
    assert not replace(RESULT, findings=()).reached(IDENTITY)
    exact = replace(IDENTITY, expected=Verdict(IDENTITY.expected.outcome, Grade.EXACT))
    assert not RESULT.reached(exact)


def test_results_survive_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "state.jsonl")
    assert journal.saved(QUICK, {}) == {}
    journal.append(RESULT, "print")
    assert journal.saved(QUICK, {IDENTITY.id: "print"}) == {IDENTITY.id: RESULT}


def test_only_current_results_are_reused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.jsonl")
    journal.append(RESULT, "old")
    assert journal.saved(QUICK, {IDENTITY.id: "new"}) == {}
    assert journal.saved(QUICK, {"another.claim": "old"}) == {}
    assert journal.saved(Context("full"), {IDENTITY.id: "old"}) == {}
    assert journal.saved(Context(dps=30), {IDENTITY.id: "old"}) == {}


def test_the_last_line_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.jsonl")
    journal.append(RESULT, "print")
    journal.append(replace(RESULT, seconds=9.0), "print")
    assert journal.saved(QUICK, {IDENTITY.id: "print"})[IDENTITY.id].seconds == 9.0


def test_a_line_cut_short_is_ignored(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.jsonl")
    journal.append(RESULT, "print")
    text = journal.path.read_text(encoding="utf-8")
    journal.path.write_text(text + text[: len(text) // 2] + "\n[]\n{}\n", encoding="utf-8")
    assert journal.saved(QUICK, {IDENTITY.id: "print"}) == {IDENTITY.id: RESULT}
