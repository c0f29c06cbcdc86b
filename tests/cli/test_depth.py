"""The command trajectory: text, CSV and JSON say the same, and refusals name the option."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from symprop.cli.main import run
from symprop.numerics.enclosure import Enclosure
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import (
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)

VARIANCES = (
    "--branch-weight-variance 3/2 --branch-bias-variance 1/2"
    " --weight-variance 169/100 --bias-variance 49/100"
)
NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


def outcome(arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(arguments.split())
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


def printed(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    code, out, err = outcome(arguments, capsys)
    assert (code, err) == (0, "")
    return out


def test_csv_is_that_of_the_trajectory(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        f"trajectory frn tanh {VARIANCES} --depth 5 --cosine 1/3 --csv --gradients", capsys
    )
    assert text == trajectory(NET, 5, length=1, cosine="1/3").to_csv(gradients=True)


def test_json_holds_balls(capsys: pytest.CaptureFixture[str]) -> None:
    command = f"trajectory frn tanh {VARIANCES} --depth 6 --length 2 --dps 20 --json --every 4"
    made = json.loads(printed(command, capsys))
    assert (made["depth"], made["dps"], made["layers"]["layer"]) == (6, 20, [0, 4, 6])
    path = trajectory(NET, 6, length=2, dps=40)
    for layer, record in zip((0, 4, 6), made["layers"]["p"], strict=True):
        assert Enclosure.from_integers(record["ball"]).overlaps(path.p[layer])
        assert record["digits"][:15] == str(path.p[layer])[:15]


def test_json_of_floats(capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(
        printed("trajectory rrn erf --weight-variance 2 --depth 3 --json --gradients", capsys)
    )
    path = trajectory(ReducedResidual("erf", 2), 3, length=1)
    assert made["layers"]["p"] == path.p.tolist()
    assert made["layers"]["log_chi"] == path.log_chi.tolist()
    assert made["layers"]["log_chi_w"][0] is None


@pytest.mark.parametrize(
    ("arguments", "net"),
    [
        (
            "fc tanh;relu --weight-variance 2 --bias-variance 1/3 --normalization rms",
            FullyConnected(("tanh", "relu"), 2, "1/3", normalization="rms"),
        ),
        ("block relu --branch-weight-variance 1/2", LayerNormResidual("relu", "1/2")),
    ],
)
def test_other_networks(
    arguments: str, net: FullyConnected, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(f"trajectory {arguments} --depth 4 --angle-gap 1e-3 --csv", capsys)
    assert text == trajectory(net, 4, length=1, angle_gap="1e-3").to_csv()


def test_text_is_a_short_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(f"trajectory frn tanh {VARIANCES} --depth 1000", capsys).splitlines()
    assert lines[0].split() == ["layer", "p", "q"]
    assert len(lines) < 30
    last = trajectory(NET, 1000, length=1).p[-1]
    assert float(lines[-1].split()[1]) == pytest.approx(last, rel=1e-9)


def test_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kept.npz"
    command = f"trajectory frn tanh {VARIANCES} --csv --resume {file} --depth"
    printed(f"{command} 4", capsys)
    rows = list(csv.DictReader(printed(f"{command} 8", capsys).splitlines()))
    assert [float(row["p"]) for row in rows] == trajectory(NET, 8, length=1).p.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("cnn tanh --depth 1", "architecture to be one of 'fc', 'rrn', 'frn', 'block'"),
        ("fc tanh --depth 1", "--weight-variance"),
        ("block tanh --depth 1", "--branch-weight-variance"),
        ("rrn relu --depth 1 --weight-variance 1", "odd"),
        ("rrn tanh --depth -1 --weight-variance 1", "depth"),
        ("rrn tanh --depth 1000000000 --weight-variance 1", "depth <= 10000000, as all layers"),
        ("rrn tanh --depth 9999999 --weight-variance 1 --cosine 0", "depth <= 2500000,"),
        ("rrn tanh --depth 600000 --weight-variance 1 --dps 20", "depth <= 500000,"),
        ("rrn tanh --depth 1 --weight-variance 1 --normalization rms", "ReducedResidual has only"),
        ("fc tanh --depth 1 --weight-variance 1 --other-length 2", "cosine"),
    ],
)
def test_refusals(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(f"trajectory {arguments}", capsys)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("digits", ["", " --dps 15"])
def test_json_has_no_infinities(digits: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = f"trajectory fc tanh --weight-variance 0 --depth 1 --gradients --json{digits}"

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    layers = json.loads(printed(command, capsys), parse_constant=refuse)["layers"]
    assert layers["log_chi"][0] is None
    assert layers["log_chi_w"][0] is None
