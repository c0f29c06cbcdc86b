"""The command simulate: what it prints and writes is what the function returns."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from symprop.cli.main import run
from symprop.simulator.monte_carlo import run_specification, simulate
from symprop.simulator.result import Simulation
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullResidual

NET = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
FRN = (
    "simulate frn tanh --branch-weight-variance 3/2 --branch-bias-variance 1/2"
    " --weight-variance 169/100 --bias-variance 49/100"
)
SMALL = f"{FRN} --width 20 --depth 3 --runs 6"


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


def test_json_is_the_summary_and_all_it_takes_to_run_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = json.loads(printed(f"{SMALL} --backward true --seed 5 --json", capsys))
    found = simulate(NET, width=20, depth=3, runs=6, backward="true", seed=5)
    assert made["summary"] == found.summary()
    again = run_specification(Specification.from_document(made["specification"]))
    np.testing.assert_array_equal(again.values("chi"), found.values("chi"))


def test_csv_and_table_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(printed(f"{SMALL} --csv", capsys).splitlines()))
    summary = simulate(NET, width=20, depth=3, runs=6).summary()
    assert [float(row["mean"]) for row in rows] == [row["mean"] for row in summary]
    lines = printed(SMALL, capsys).splitlines()
    assert lines[0].split()[:3] == ["observable", "layer", "input"]
    assert float(lines[1].split()[3]) == pytest.approx(summary[0]["mean"], rel=1e-5)
    assert lines[-1] == "6 networks of width 20; errors are one standard error."


def test_heavy_tails_are_announced(capsys: pytest.CaptureFixture[str]) -> None:
    command = "simulate fc relu --weight-variance 2 --width 5 --depth 30 --runs 60 --backward true"
    text = printed(f"{command} --observables chi", capsys)
    assert "! Few runs carry the mean" in text


@pytest.mark.parametrize("suffix", ["nc", "zarr"])
def test_output_holds_all_layers(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"out.{suffix}"
    printed(f"{SMALL} -o {file}", capsys)
    found = Simulation.load(file)
    np.testing.assert_array_equal(
        found.values("e"), simulate(NET, width=20, depth=3, runs=6).values("e")
    )
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    code, _, err = outcome(f"{SMALL} -o {file}", capsys)
    assert code == 2
    assert "--force" in err
    printed(f"{SMALL} --seed 1 -o {file} --force", capsys)
    assert Simulation.load(file).specification.seed == 1


def test_other_families(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        "simulate BatchNormFeedforward relu --set extent=8, --set kernel=3 --width 4 --depth 3"
        " --runs 4 --inputs noise:6,1 --json",
        capsys,
    )
    assert json.loads(text)["specification"]["architecture"]["extent"] == [8]
    text = printed(
        "simulate resnet relu --width 8 --depth 3 --runs 4 --backward true --csv", capsys
    )
    assert "tangent_kernel" in text


def test_axes_of_other_families_have_columns(capsys: pytest.CaptureFixture[str]) -> None:
    command = (
        "simulate ResNet relu --width 8 --depth 1 --runs 4 --backward true --inputs gaussian:1"
    )
    text = printed(f"{command} --observables jacobian,layer_kernel", capsys)
    assert text.split()[:5] == ["observable", "matrix", "branch", "input", "other"]
    rows = list(csv.DictReader(printed(f"{command} --observables jacobian --csv", capsys).split()))
    assert [row["matrix"] for row in rows] == ["0", "1", "2"]


def test_averages_say_so_in_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    command = f"{SMALL} --inputs gaussian:6 --observables e"
    (row,) = csv.DictReader(printed(f"{command} --csv", capsys).splitlines())
    assert row["average_of"] == "15"
    (entry,) = json.loads(printed(f"{command} --json", capsys))["summary"]
    assert entry["average_of"] == 15


def test_networks_that_fail_are_left_out_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    command = (
        "simulate fc relu --weight-variance 2 --normalization rms --placement after"
        " --width 3 --depth 3"
    )
    code, _, err = outcome(command, capsys)
    assert code == 2
    assert "In run 0" in err
    assert "leave-out" in err
    text = printed(f"{command} --failures leave-out", capsys)
    failures = json.loads(printed(f"{command} --failures leave-out --json", capsys))["failures"]
    assert f"{len(failures)} of them failed and are left out, the first in run 0" in text


def test_architectures_are_listed_with_all_that_can_be_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = printed("simulate --architectures", capsys)
    for line in ("frn, FullResidual", "    --set branch_depth=2", "    --weight-variance 2"):
        assert f"{line}\n" in text
    assert text.count("--observables") == 11
    assert "Reduced\n" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--width 1000000000000", "GB of memory"),
        ("--width 10 --method dense --law cauchy", "law"),
        ("--width 10 --observables zeta", "observables"),
        ("--width 10 --inputs ball:3", "inputs"),
        ("--width 10 --resume", "-o in order to resume"),
        ("--width 10 -o no/such/folder.nc", "in a folder that exists"),
        ("--width 10 -o out.csv", "to end in .nc or .zarr"),
        ("--width 10 --runs 0", "runs"),
        ("--width 10 --jobs 0", "jobs"),
        ("--width 10 --failures ignore", "'leave-out'"),
        ("--width 10 --option jacobian=true", "left out"),
    ],
)
def test_refusals(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(f"{FRN} --depth 3 {arguments}", capsys)
    assert (code, out) == (2, "")
    assert message in err


def test_ctrl_c_without_an_output_says_that_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("symprop.simulator.monte_carlo.simulate", interrupted)
    code, out, err = outcome(SMALL, capsys)
    assert (code, out) == (130, "")
    assert err.splitlines() == [
        "Nothing is kept without an output file (-o).",
        "symprop: Interrupted.",
    ]


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole group gets the signal, as on a terminal; a second run goes on."""
    command = f"{FRN} --width 200 --depth 10 --seed 2 --jobs 2 -o {tmp_path}/out.nc --runs"
    # shells mute the signal in what runs in the background, and children inherit that
    hearing = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"{hearing}; from symprop.cli.main import run; run()",
            *command.split(),
            "1000000",
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    parts = tmp_path / "out.nc.parts"
    for _ in range(600):
        if len(list(parts.glob("runs-*.npz"))) >= 2 or process.poll() is not None:
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines() == [
        f"What is done is kept in {parts}; --resume goes on.",
        "symprop: Interrupted.",
    ]
    kept = sum(1 for _ in parts.glob("runs-*.npz"))
    assert kept >= 2
    printed(f"{command} 8 --resume", capsys)
    found = Simulation.load(tmp_path / "out.nc")
    alone = simulate(NET, width=200, depth=10, runs=8, seed=2)
    np.testing.assert_array_equal(found.values("p"), alone.values("p"))
