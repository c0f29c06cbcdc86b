"""``verify`` exits with 0 only when every claim reached its recorded verdict."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import symprop.claims.verification
from symprop.cli.main import run
from symprop.ledger.registry import collect

GOOD = ["residual", "thesis", "shrinkage"]


@pytest.fixture(autouse=True)
def _demonstration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The claims of the demonstration instead of the library's, and a private cache."""
    registry = collect(["tests.ledger.demonstration"])
    monkeypatch.setattr(symprop.claims.verification, "registry", lambda: registry)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def verify(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run(["verify", *arguments, "--jobs", "1"])
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.mark.parametrize(
    ("selectors", "code"),
    [
        (GOOD, 0),
        (["residual.triangle-printed"], 0),  # FAILS, as recorded
        (["tangents"], 1),  # undecided
        (["sensitivity"], 1),  # raises
        (["symprop.toothless"], 1),
        ([], 1),
        (["nobody"], 2),
    ],
)
def test_exit_code(selectors: list[str], code: int) -> None:
    assert verify(*selectors) == code


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("residual", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert [row["outcome"] for row in made["claims"]] == ["FAILS", "HOLDS"]
    assert made["summary"]["passed"] is True


def test_output_and_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output, report = tmp_path / "new" / "results.json", tmp_path / "page"
    assert verify(*GOOD, "--output", str(output), "--report", str(report)) == 0
    assert "4 claims" in capsys.readouterr().out
    made = json.loads(output.read_text(encoding="utf-8"))
    assert made == json.loads((report / "ledger.json").read_text(encoding="utf-8"))
    page = (report / "index.html").read_text(encoding="utf-8")
    assert "thesis.sine-below-line" in page
    assert "Lemma C.37" in page  # the coverage table


def test_an_unwritable_place_is_found_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert verify("residual", "--report", str(blocked)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_resume(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"

    def lines() -> list[Any]:
        return [json.loads(line) for line in state.read_text(encoding="utf-8").splitlines()]

    assert verify("residual", "--state", str(state)) == 0
    assert verify("residual", "thesis", "--state", str(state), "--resume") == 0
    assert [line["claim_id"] for line in lines()] == [
        "residual.triangle-printed",
        "residual.triangle",
        "thesis.sine-below-line",
    ]
    assert verify("thesis", "--state", str(state), "--resume", "--dps", "20") == 0
    assert len(lines()) == 4


def test_the_default_state_is_in_the_cache(tmp_path: Path) -> None:
    assert verify("thesis") == 0
    assert (tmp_path / "cache" / "symprop" / "verify.jsonl").is_file()


def test_interruption_is_one_line(tmp_path: Path) -> None:
    """A real Ctrl-C: the signal goes to the whole process group."""
    program = (
        "import signal, symprop.claims.verification as v\n"
        "from symprop.cli.main import run\n"
        "from tests.ledger.slow_claims import REGISTRY\n"
        "v.registry = lambda: REGISTRY\n"
        "if __name__ == '__main__':\n"
        "    # shells mute the signal in what runs in the background, and children inherit that\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    run(['verify', '--jobs', '2'])\n"
    )
    script = tmp_path / "slow.py"
    script.write_text(program)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(root), "XDG_CACHE_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("[1/3]")  # the quick claim; two are asleep
    os.killpg(process.pid, signal.SIGINT)
    start = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "symprop: Interrupted.\n"
    assert "Traceback" not in out
    assert time.monotonic() - start < 20
    state = tmp_path / "symprop" / "verify.jsonl"
    assert state.read_text(encoding="utf-8").count("\n") == 1


def test_a_time_limit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    slow = collect(["tests.ledger.slow_claims"])
    monkeypatch.setattr(symprop.claims.verification, "registry", lambda: slow)
    assert verify("symprop.slow-one", "--timeout", "0.5") == 1
    assert "time limit of 0.5 s reached" in capsys.readouterr().out
    for bad in ("0", "-3", "nan", "soon"):
        assert verify("symprop.slow-one", "--timeout", bad) == 2


def test_nothing_is_made_on_the_disk_for_a_question_that_is_not_well_posed(tmp_path: Path) -> None:
    assert verify("nobody", "--output", str(tmp_path / "new" / "results.json")) == 2
    assert verify("nobody", "--report", str(tmp_path / "page")) == 2
    assert not {"new", "page"} & {path.name for path in tmp_path.iterdir()}
