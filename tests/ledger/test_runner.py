"""Running claims here and in processes gives the same results; crashes are findings."""

from __future__ import annotations

import multiprocessing
import sys
import time
from dataclasses import replace
from pathlib import Path

import flint
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger import runner as subject
from symprop.ledger.claim import Claim, Context
from symprop.ledger.evidence import Evidence, Grade, Outcome
from symprop.ledger.registry import Registry, collect
from symprop.ledger.result import Journal, Result
from symprop.ledger.runner import run, run_claim
from tests.ledger.demonstration import CRASHING, IDENTITY, TOOTHLESS, UNDECIDABLE

HOME = "tests.ledger.demonstration"
QUICK = Context()
VERDICTS = {
    "symprop.double-angle": "HOLDS (SAMPLED)",
    "residual.triangle-printed": "FAILS (ENCLOSED)",
    "residual.triangle": "HOLDS (SAMPLED)",
    "thesis.sine-below-line": "HOLDS (ENCLOSED)",
    "shrinkage.vacuous": "VACUOUS",
    "tangents.undecidable": "UNDECIDED",
    "sensitivity.crash": "UNDECIDED",
    "symprop.toothless": "HOLDS (EXACT)",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return collect([HOME])


def timeless(results: dict[str, Result]) -> list[Result]:
    return [replace(result, seconds=0.0) for result in results.values()]


def test_processes_agree_with_this_one(registry: Registry) -> None:
    claims = registry.select()
    here = run(registry, claims, QUICK)
    assert {claim_id: str(result.verdict) for claim_id, result in here.items()} == VERDICTS
    order: list[str] = []
    apart = run(registry, claims, QUICK, jobs=2, on_result=lambda claim, _: order.append(claim.id))
    assert timeless(apart) == timeless(here)
    assert sorted(order) == sorted(VERDICTS)
    assert list(apart) == [claim.id for claim in claims]


def test_a_check_that_raises_is_undecided() -> None:
    result = run_claim(CRASHING, QUICK)
    assert result.findings[0].outcome is Outcome.UNDECIDED
    assert "RuntimeError: the library broke" in result.findings[0].detail


def test_undecided_and_toothless_claims_do_not_reach() -> None:
    assert not run_claim(UNDECIDABLE, QUICK).reached(UNDECIDABLE)
    assert not run_claim(TOOTHLESS, QUICK).reached(TOOTHLESS)


def test_a_check_cannot_spoil_the_precision() -> None:
    def leaks(context: Context) -> Evidence:
        flint.ctx.prec = 7
        return Evidence.holds(Grade.EXACT, "done")

    before = flint.ctx.prec
    assert run_claim(replace(IDENTITY, checks=(leaks,)), QUICK).verdict.grade is Grade.EXACT
    assert flint.ctx.prec == before


def test_resume_runs_only_what_is_missing(registry: Registry, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.jsonl")
    some = registry.select(["residual"])
    run(registry, some, QUICK, journal=journal)
    written = journal.path.read_text(encoding="utf-8").count("\n")
    assert written == len(some)
    again = run(registry, registry.select(), QUICK, journal=journal, resume=True)
    assert len(again) == len(VERDICTS)
    assert journal.path.read_text(encoding="utf-8").count("\n") == len(VERDICTS)
    run(registry, some, QUICK, journal=journal)  # without resume everything runs
    assert journal.path.read_text(encoding="utf-8").count("\n") == len(VERDICTS) + written


def test_a_claim_that_kills_its_process_is_undecided(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deadly.py").write_text(
        "from dataclasses import replace\n"
        "from tests.ledger.demonstration import IDENTITY, dies\n"
        'CLAIMS = (replace(IDENTITY, id="symprop.deadly", checks=(dies,)),)\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "deadly", raising=False)
    both = collect([HOME, "deadly"])
    claims = both.select(["symprop.deadly", "residual", "thesis"])
    results = run(both, claims, QUICK, jobs=2)
    assert results["symprop.deadly"].verdict.outcome is Outcome.UNDECIDED
    assert "died" in results["symprop.deadly"].findings[0].detail
    assert str(results["residual.triangle"].verdict) == VERDICTS["residual.triangle"]
    assert len(results) == 4


def test_an_interruption_ends_the_workers(registry: Registry, tmp_path: Path) -> None:
    def interrupt(claim: Claim, result: Result) -> None:
        raise KeyboardInterrupt

    before = set(multiprocessing.active_children())
    journal = Journal(tmp_path / "state.jsonl")
    with pytest.raises(KeyboardInterrupt):
        run(registry, registry.select(), QUICK, jobs=2, journal=journal, on_result=interrupt)
    assert journal.path.read_text(encoding="utf-8").count("\n") == 1
    patience = time.monotonic() + 10
    while set(multiprocessing.active_children()) - before and time.monotonic() < patience:
        time.sleep(0.05)
    assert set(multiprocessing.active_children()) <= before


def test_jobs_must_be_positive(registry: Registry) -> None:
    with pytest.raises(InvalidArgument):
        run(registry, registry.select(), QUICK, jobs=0)


def test_a_claim_that_takes_too_long_is_undecided(tmp_path: Path) -> None:
    slow = collect(["tests.ledger.slow_claims"])
    for jobs, limit in ((1, 1), (2, 3)):  # the first import in a worker is within its limit
        journal = Journal(tmp_path / f"{jobs}.jsonl")
        results = run(slow, slow.select(), QUICK, jobs=jobs, timeout=limit, journal=journal)
        for name in ("one", "two"):
            result = results[f"symprop.slow-{name}"]
            assert result.verdict.outcome is Outcome.UNDECIDED
            assert result.findings[0].detail == f"time limit of {limit} s reached"
            assert result.ran_out_of_time
            assert result.seconds < 30
        assert str(results["residual.triangle"].verdict) == VERDICTS["residual.triangle"]
        # what ran out of time is not kept, so that --resume tries it again
        assert journal.path.read_text(encoding="utf-8").count("\n") == 1


def test_a_worker_that_cannot_be_stopped_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deaf.py").write_text(
        "import signal, time\n"
        "from dataclasses import replace\n"
        "from symprop.ledger.evidence import Evidence\n"
        "from tests.ledger.demonstration import CORRECTION, IDENTITY\n"
        "def deaf(context):\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
        "    time.sleep(60)\n"
        "    return Evidence.undecided('slept')\n"
        'CLAIMS = (replace(IDENTITY, id="symprop.deaf", checks=(deaf,)), CORRECTION)\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "deaf", raising=False)
    monkeypatch.setattr(subject, "_GRACE", 2.0)
    claims = collect(["deaf"])
    results = run(claims, claims.select(), QUICK, jobs=2, timeout=2)
    assert results["symprop.deaf"].ran_out_of_time
    assert str(results["residual.triangle"].verdict) == VERDICTS["residual.triangle"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_time_limit_is_a_positive_number(registry: Registry, timeout: float) -> None:
    with pytest.raises(InvalidArgument, match="timeout"):
        run(registry, registry.select(), QUICK, timeout=timeout)
