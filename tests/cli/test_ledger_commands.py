"""Browsing: lists, single claims and the table of printed statements."""

from __future__ import annotations

import json

import pytest

import symprop.claims.verification
from symprop.claims.scope import scope_rows
from symprop.cli.main import run
from symprop.ledger.registry import collect


@pytest.fixture(autouse=True)
def _demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = collect(["tests.ledger.demonstration"])
    monkeypatch.setattr(symprop.claims.verification, "registry", lambda: registry)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stop:
        run(["ledger", *arguments])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "list").splitlines()
    assert len(lines) == 8
    assert lines[0].split() == ["residual.triangle-printed", "FAILS", "(ENCLOSED)", "Lemma", "B.1"]
    assert len(printed(capsys, "list", "residual").splitlines()) == 2
    claims = json.loads(printed(capsys, "list", "--json"))["claims"]
    assert {"id", "source", "number", "statement", "expected", "as_printed"} <= set(claims[0])


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "show", "residual.triangle-printed")
    for expected in ("1 + ... + n = n²/2", "linear term is missing", "residual.triangle\n",
                     "tests.ledger.demonstration"):  # fmt: skip
        assert expected in text
    claim = json.loads(printed(capsys, "show", "residual.triangle", "--json"))
    assert claim["expected"] == {"outcome": "HOLDS", "grade": "SAMPLED"}


def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "coverage")
    lines = text.splitlines()
    assert len(lines) == len(scope_rows()) + 1
    assert "residual.triangle HOLDS (SAMPLED)" in text
    made = json.loads(printed(capsys, "coverage", "--json"))
    assert made["summary"] == {"rows": len(scope_rows()), "covered": 7}
    assert lines[-1] == f"7 of {len(scope_rows())} printed statements have a claim"
    row = next(row for row in made["rows"] if row["number"] == "Definition 3.3")
    assert (row["reason"], row["claims"]) == ("definition", [])
