"""``gram isometry`` and ``gram fixed-point``: measures of a matrix, limits of deep networks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sympy

from symprop.cli.main import run
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose


def outcome(
    arguments: list[str], capsys: pytest.CaptureFixture[str], command: str = "isometry"
) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(["gram", command, *arguments])
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


def test_long_exact_forms_are_shortened_for_people_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gram.csv"
    file.write_text(f"{3**400},1\n1,{7**200}/3\n", encoding="utf-8")
    out = outcome([str(file)], capsys)[1]
    assert max(map(len, out.splitlines())) < 200
    assert "   3*sqrt(246030...(360 digits)...402666)/" in out.splitlines()[0]
    made = json.loads(outcome([str(file), "--json"], capsys)[1])
    assert made["isometry"]["exact"].startswith("3*sqrt(246030")
    assert "..." not in str(made)
    assert made["isometry"]["digits"] == out.splitlines()[0].split()[1]


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


def test_fixed_point_with_exact_forms(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["relu", "--batch", "3", "--json"], capsys, "fixed-point")
    made = json.loads(out)
    assert code == 0
    assert made["diagonal"]["exact"] == "1/2"
    assert (made["stable"], made["proved"]) == (True, True)
    assert made["condition_number"]["digits"] == "1.36699498180365"
    assert made["eigenvalues"]["standard"][1]["exact"] == "0"
    printed = outcome(["relu", "--batch", "3"], capsys, "fixed-point")[1]
    assert printed.splitlines()[0].split() == ["diagonal", "0.5", "1/2"]
    assert printed.splitlines()[-1].split() == ["stable", "yes"]


def test_fixed_point_of_the_identity(capsys: pytest.CaptureFixture[str]) -> None:
    centred = json.loads(outcome(["identity", "--batch", "4", "--json"], capsys, "fixed-point")[1])
    assert centred["condition_number"] == {"digits": "inf", "exact": "oo"}
    arguments = ["identity", "--batch", "4", "--no-mean", "--json"]
    kept = json.loads(outcome(arguments, capsys, "fixed-point")[1])
    assert kept["condition_number"]["digits"] == "1"
    assert kept["eigenvalues"]["(n-2,2)"][0]["exact"] == "2/3"


def test_fixed_points_by_quadrature_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    out = outcome(["hard_tanh", "--batch", "4"], capsys, "fixed-point")[1]
    assert "estimated, not proved" in out
    proved = outcome(["tanh", "--batch", "4", "--dps", "25"], capsys, "fixed-point")[1]
    exact = 1 - sympy.tanh(sympy.sqrt(3)) / sympy.sqrt(3)  # entries are uniform on an interval
    assert enclose(exact, dps=25).proved_digits(25) in proved
    assert "estimated" not in proved
    kept = outcome(["gelu", "--batch", "4", "--no-mean"], capsys, "fixed-point")[1]
    assert kept.splitlines()[-2].split() == ["stable", "yes"]
    assert "estimated, not proved" in kept


def test_all_fixed_points(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["silu", "--batch", "4", "--no-mean", "--all"]
    (found,) = json.loads(outcome([*arguments, "--json"], capsys, "fixed-point")[1])["fixed_points"]
    arguments.remove("--all")
    limit = json.loads(outcome([*arguments, "--json"], capsys, "fixed-point")[1])
    assert limit.keys() == found.keys()
    assert limit["off_diagonal"]["digits"][:11] == found["off_diagonal"]["digits"][:11]
    printed = outcome([*arguments, "--all"], capsys, "fixed-point")[1]
    assert printed.splitlines()[0] == "1 fixed point"
    code, out, err = outcome(["silu", "--batch", "4", "--all"], capsys, "fixed-point")
    assert (code, out) == (2, "")
    assert "--no-mean" in err


def test_complex_eigenvalues_of_a_fixed_point(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["elu", "--batch", "10", "--no-mean"]
    made = json.loads(outcome([*arguments, "--json"], capsys, "fixed-point")[1])
    assert made["eigenvalues"]["standard"][1]["imaginary"]["digits"].startswith("0.025862")
    assert "+0.025862" in outcome(arguments, capsys, "fixed-point")[1]
