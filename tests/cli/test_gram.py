"""``gram isometry``: five measures of the matrix in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symprop.cli.main import run
from symprop.numerics.enclosure import Enclosure


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(["gram", "isometry", *arguments])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_measures_with_digits_and_exact_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gram.csv"
    file.write_text("1,1/2\n1/2,1\n", encoding="utf-8")
    code, out, _ = outcome([str(file), "--dps", "30"], capsys)
    assert code == 0
    assert out.splitlines()[0].split() == [
        "isometry",
        "0.866025403784438646763723170753",
        "sqrt(3)/2",
    ]
    made = json.loads(outcome([str(file), "--json"], capsys)[1])
    assert made["size"] == 2
    assert made["condition_number"]["exact"] == "3"
    assert Enclosure.from_integers(made["effective_rank"]["ball"]).contains("4/3")


def test_a_singular_matrix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gram.csv"
    file.write_text("1,1\n1,1\n", encoding="utf-8")
    made = json.loads(outcome([str(file), "--json"], capsys)[1])
    assert made["isometry_gap"] == {"digits": "inf", "exact": "oo"}
    assert made["isometry"]["digits"] == "0"


def test_large_matrices_are_given_by_digits_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gram.csv"
    rows = [",".join(str(2.5 if i == j else 1 / (2 + i + j)) for j in range(9)) for i in range(9)]
    file.write_text("\n".join(rows), encoding="utf-8")
    made = json.loads(outcome([str(file), "--json"], capsys)[1])
    assert made["isometry"]["exact"] is None


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [("1,2\n2,1\n", 2, "no negative eigenvalue"), ("1,2\n", 2, "square"), ("x\n", 2, "number")],
)
def test_what_is_no_gram_matrix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: int, message: str
) -> None:
    file = tmp_path / "gram.csv"
    file.write_text(text, encoding="utf-8")
    found, out, err = outcome([str(file)], capsys)
    assert (found, out) == (code, "")
    assert message in err
    assert outcome([str(tmp_path / "none.csv")], capsys)[0] == 2
