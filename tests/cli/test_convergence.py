"""The command convergence: cases, fixed points and rates that are known by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from symprop.cli.main import run
from symprop.numerics.enclosure import Enclosure


def outcome(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(["convergence", *arguments.split()])
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


def parsed(arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code, out, err = outcome(f"{arguments} --json", capsys)
    assert (code, err) == (0, "")
    made: dict[str, Any] = json.loads(out)
    return made


def ball(record: dict[str, Any]) -> Enclosure:
    return Enclosure.from_integers(record["ball"])


def test_inner_fixed_point(capsys: pytest.CaptureFixture[str]) -> None:
    """(1 + 2 rho^2)/3: fixed point 1/2 with slope 2/3, rate 3/4."""
    made = parsed("x**2 --start -1/2 --depth 2", capsys)
    assert made["case"] == "chaotic"
    for name, value in (
        ("rho_star", "1/2"),
        ("at_zero", "1/3"),
        ("slope_at_zero", "0"),
        ("slope_at_one", "4/3"),
        ("local_rate", "2/3"),
        ("global_rate", "3/4"),
        ("bound", "9/8"),
    ):
        assert ball(made[name]).contains(value), name
    assert made["best_contraction"] is None
    assert made["rho_star"]["digits"] == "0.500000000000000"


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome("relu", capsys)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("case 3: kappa(0) > 0 and kappa'(1) = 1")
    assert lines[1].split() == ["rho_star", "1"]
    assert lines[-1].split() == ["best_contraction", "none"]


def test_recentred_kernel_is_centred(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("relu --recentred", capsys)
    assert made["case"] == "centred"
    assert made["recentred"] is True
    assert 0.743 < float(made["best_contraction"]["midpoint"]) < 0.744


def test_jump_has_no_slope(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("sign", capsys)
    assert made["case"] == "centred"
    assert made["slope_at_one"] is None


def test_identity(capsys: pytest.CaptureFixture[str]) -> None:
    made = parsed("x", capsys)
    assert made["case"] == "identity"
    assert made["rho_star"] is None


def test_start_needs_depth(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome("relu --start 1/2", capsys)
    assert (code, out) == (2, "")
    assert "depth" in err
