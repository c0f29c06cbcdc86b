"""The figure command: list, drawing, data, and errors of one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from symprop.cli.main import run
from symprop.figures.catalogue import FIGURES


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(["figure", *arguments])
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["list"], capsys)
    assert code == 0
    assert [text.split()[0] for text in out.splitlines()] == list(FIGURES)


def test_picture_and_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, data = tmp_path / "a.svg", tmp_path / "a.csv"
    code, out, _ = outcome(["residual:C.12", "-o", str(picture), "--data", str(data)], capsys)
    assert code == 0
    assert out.split() == [str(picture), str(data)]
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<?xml")
    assert data.read_text(encoding="utf-8").startswith("# residual:C.12")


@pytest.mark.parametrize("name", ["a.csv", "a.CSV"])
def test_data_alone(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / name
    assert outcome(["residual:C.12", "-o", str(data)], capsys)[0] == 0
    assert data.read_text(encoding="utf-8").splitlines()[1] == "panel,curve,role,x,y"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["residual:2a"], "--output"),
        (["residual:99", "-o", "a.svg"], "Expected figure to be one of"),
        (["residual:2a", "-o", "a.doc"], "end in one of"),
        (["residual:2a", "-o", "no/folder/a.svg"], "in a folder that exists, which no/folder"),
        (["residual:2a", "--data", "no/a.csv"], "in a folder that exists, which no does not"),
    ],
)
def test_errors(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(arguments, capsys)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1
