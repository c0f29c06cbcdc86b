"""Commands about depth: keys, digits, and null where a number does not exist."""

from __future__ import annotations

import pytest

from symprop.numerics.enclosure import Enclosure
from tests.cli.test_mathematics import outcome, parsed, printed


def test_phase(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("phase erf --weight-variance 3 --bias-variance 1/10 --dps 20", capsys)
    assert made["phase"] == "chaotic"
    assert set(made) == {
        "activation", "weight_variance", "bias_variance",
        "q_star", "chi_1", "rho_star", "slope", "phase", "depth_scale",
    }  # fmt: skip
    assert made["q_star"]["digits"].startswith("1.8234005875")
    ball = Enclosure.from_integers(made["rho_star"]["ball"])
    assert 0.32 < float(ball) < 0.33


def test_critical_relu_has_no_length(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("phase relu --weight-variance 2", capsys)
    assert (made["phase"], made["q_star"], made["chi_1"]["exact"]) == ("critical", None, "1")
    assert made["depth_scale"] is None
    text = printed("phase relu --weight-variance 2", capsys)
    assert "phase        critical\n" in text
    assert "q_star       none\n" in text


def test_infinite_slope_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("phase sign --weight-variance 2 --bias-variance 1/10", capsys)
    assert (made["phase"], made["chi_1"]) == ("chaotic", None)


def test_critical(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("critical exp --bias-variance 1/10 --dps 20", capsys)
    assert made["weight_variance"]["digits"].startswith("0.110803158362333883")
    assert made["q_star"]["digits"].startswith("1.1")
    assert parsed("critical erf", capsys)["weight_variance"]["exact"] == "pi/4"


def test_rates_of_tanh(capsys: pytest.CaptureFixture[str]) -> None:
    variances = (
        "--branch-weight-variance 3/2 --branch-bias-variance 1/2 "
        "--weight-variance 169/100 --bias-variance 49/100"
    )
    made = parsed(f"rates frn tanh {variances}", capsys)
    for key in ("e_star", "delta_star", "A", "B", "B_b", "B_w", "b0", "b1", "b2"):
        assert made[key]["exact"] is not None
    assert made["e_star"]["exact"] == "1/2"
    assert made["regime"] == "saturated"
    assert len(made["laws"]) == 3
    assert "e_star" in printed(f"rates frn tanh {variances}", capsys)


def test_rates_of_powers(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("rates frn alpha_relu:7/10 --weight-variance 1", capsys)
    assert {"e_star", "mu", "R", "K1", "K2", "c_alpha"} <= set(made)
    assert made["e_star"]["exact"] is None
    relu = parsed("rates frn relu --weight-variance 1", capsys)
    assert relu["growth_base"]["exact"] == "3/2"
    assert relu["inverse_square"]["digits"]


def test_nothing_moves(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        printed("rates rrn tanh --weight-variance 0", capsys) == "every layer returns its input\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("rates rrn relu --weight-variance 1", 2),
        ("rates frn gelu --weight-variance 1", 1),
        ("phase tanh --weight-variance -1", 2),
        ("critical sign", 2),
    ],
)
def test_refusals(arguments: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    found, out, err = outcome(arguments, capsys)
    assert (found, out) == (code, "")
    assert err.startswith("symprop: ")
