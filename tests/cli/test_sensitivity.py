"""Commands about sensitivity: keys, digits and refusals."""

from __future__ import annotations

import pytest

from tests.cli.test_mathematics import outcome, parsed, printed


def test_vanilla(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("sensitivity vanilla --width 100 --dps 12", capsys)
    assert made["drift"]["digits"] == "0.0254208856228"
    assert made["variance"]["digits"] == "0.0519399921487"
    assert made["growth_rate"]["exact"] == "sqrt(2)/(3*pi)"
    assert made["constant"].startswith("4.3898")
    assert 0 < float(made["constant_estimated_error"]) < 1e-12
    assert made["tau"]["exact"] == "1"


def test_batchnorm(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("sensitivity batchnorm", capsys)
    assert made["growth_rate"]["digits"].startswith("1.2111738962")
    assert (made["drift"], made["tau"]) == (None, None)
    small = parsed("sensitivity batchnorm --batch 8", capsys)
    assert small["normalization_factor"]["exact"] == "sqrt(35)/5"


def test_resnet(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("sensitivity resnet --unit-depth 2 --depth 100", capsys)
    assert made["tau"]["digits"].startswith("0.57595971922")
    assert made["zeta"]["digits"].startswith("8.4191")
    text = printed("sensitivity resnet", capsys)
    assert "tau" in text
    assert "sqrt(pi)/sqrt(-1 + pi)" in text
    assert "zeta  " not in text


def test_whole_numbers_are_printed_once_and_estimates_with_their_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = printed("sensitivity vanilla --width 3 --dps 25", capsys).splitlines()
    rows = dict(line.split(maxsplit=1) for line in lines)
    assert rows["tau"] == "1"
    assert rows["death"] == "0.125"
    assert len(rows["constant"]) <= 26
    assert float(rows["constant_estimated_error"]) < 1e-25


def test_deep_units_have_their_exponent(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("sensitivity resnet --unit-depth 10000", capsys)
    growth, tau = (made[name]["digits"] for name in ("growth_rate", "tau"))
    assert growth.endswith("e+832")
    assert tau.endswith("e+1663")


@pytest.mark.parametrize(
    "command",
    [
        "sensitivity vanilla --width 0",
        "sensitivity vanilla --width 5 --cosine 1",
        "sensitivity batchnorm --batch 3",
        "sensitivity resnet --unit-depth 0",
        "sensitivity resnet --depth -1",
        "sensitivity resnet --depth 2 --input-variance 0",
        "sensitivity resnet --input-variance 0",
        "sensitivity resnet --weight-variance=-1",
        "sensitivity resnet --unit-depth 10001",
    ],
)
def test_refusals(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(command, capsys)
    assert (code, out) == (2, "")
    assert err.startswith("symprop: ")
