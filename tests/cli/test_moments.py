"""The command moments: exact fractions, rational functions, and refusals with exit code 2."""

from __future__ import annotations

import pytest

from tests.cli.test_mathematics import NUMBER, outcome, parsed, printed


def test_residual(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("moments resnet --width 3 --depth 1 --branch-depth 2 --scale 1/2", capsys)
    assert set(made) == {"architecture", "width", "depth", "EG", "EG2", "relative_variance"}
    assert (made["EG"]["exact"], made["EG2"]["exact"]) == ("1/2", "25/18")
    assert set(made["relative_variance"]) == NUMBER


def test_dense_and_plain(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("moments densenet --width 10 --depth 2", capsys)
    assert made["relative_variance"]["exact"] == "26/25"
    text = printed("moments vanilla --width 2 --depth 2", capsys)
    assert text == "E G = 2\nE G^2 = 70\nVar G/(E G)^2 = 33/2\n              = 16.5\n"


def test_symbolic(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("moments densenet --depth 2 --symbolic", capsys)
    assert made["width"] == "n"
    assert made["EG2"]["exact"] == "3*(n + 2)*(n + 5)*(3*n + 4)/(4*n**3)"
    text = printed("moments resnet --depth 1 --symbolic", capsys)
    assert "E G^2 = 4*alpha**4*(n + 2)**2*(n + 3)/n**3\n" in text


def test_other_law(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("moments vanilla --width 1 --depth 1 --law uniform", capsys)
    assert made["EG2"]["exact"] == "162/25"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("moments convnet --width 3 --depth 1", "architecture"),
        ("moments vanilla --depth 1", "width"),
        ("moments vanilla --depth 1 --width 3 --symbolic", "width"),
        ("moments vanilla --depth 0 --width 3", "depth"),
        ("moments resnet --depth 1 --width 3", "scale"),
        ("moments densenet --depth 1 --width 3 --concentration 2", "concentration"),
        ("moments densenet --depth 1 --width 3 --scale 1/2", "scale"),
        ("moments vanilla --depth 1 --width 3 --branch-depth 2", "branch-depth"),
    ],
)
def test_refusals(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(arguments, capsys)
    assert (code, out) == (2, "")
    assert message in err


def test_signs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = outcome("moments vanilla --depth 1 --width 3 --law rademacher", capsys)
    assert code == 1
    assert "atoms" in err
