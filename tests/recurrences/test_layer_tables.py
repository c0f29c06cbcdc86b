"""Tables of trajectories read back as what they were."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual, FullyConnected

NET = FullResidual("erf", "3/2", "1/2", "169/100", "49/100")


def test_floats_read_back_the_same(tmp_path: Path) -> None:
    path = trajectory(NET, 6, length=1, cosine=0.25)
    file = tmp_path / "table.csv"
    text = path.to_csv(file, gradients=True)
    assert file.read_text() == text
    rows = list(csv.DictReader(text.splitlines()))
    assert [int(row["layer"]) for row in rows] == list(range(7))
    for name in ("p", "q", "gamma", "lambda", "e", "c", "s", "e_gap", "c_gap", "log_chi"):
        values = getattr(path, "lambda_" if name == "lambda" else name)
        assert [float(row[name]) for row in rows] == values.tolist()
    assert rows[0]["log_chi_v"] == ""
    logs = [float(row["log_chi_v"]) for row in rows[1:]]
    assert np.exp(logs) == pytest.approx(path.chi_v[1:], rel=1e-14)


def test_digits_of_enclosures_are_proved() -> None:
    path = trajectory(NET, 3, length=1, other_length=2, cosine="1/4", dps=20)
    rows = list(csv.DictReader(path.to_csv(gradients=True).splitlines()))
    for row, p, other, log_chi in zip(rows, path.p, path.other_p, path.log_chi, strict=True):
        assert row["p"] == str(p)
        assert row["other_p"] == str(other)
        assert row["log_chi"] == str(log_chi)


def test_every_so_many_layers_and_the_last() -> None:
    text = trajectory(NET, 25, length=1).to_csv(every=10)
    assert [line.split(",")[0] for line in text.splitlines()] == ["layer", "0", "10", "20", "25"]


def test_only_one_setting_makes_a_table() -> None:
    with pytest.raises(InvalidArgument, match="one setting"):
        trajectory(NET, 2, length=[1, 2]).to_csv()


def test_logarithms_of_parameters() -> None:
    path = trajectory(NET, 4, length=1, dps=20)
    for name in "bwva":
        logs = [float(value) for value in path.log_parameter(name)]
        chi = [float(value) for value in getattr(path, f"chi_{name}")[1:]]
        assert np.exp(logs) == pytest.approx(chi, rel=1e-14)
    with pytest.raises(InvalidArgument, match="parameters a"):
        trajectory(FullyConnected("erf", 1), 2, length=1).log_parameter("a")


def test_the_logarithm_of_no_gradient_is_minus_infinity() -> None:
    for dps in (None, 20):
        path = trajectory(FullyConnected("tanh", 0), 2, length=1, dps=dps)
        assert [float(value) for value in path.log_chi] == [-np.inf, -np.inf, 0.0]
        assert [float(value) for value in path.log_parameter("w")] == [-np.inf, -np.inf]
