"""The data behind a figure can be read back exactly."""

from __future__ import annotations

import csv

from symprop.figures.panels import Curve, Panel, Plot, curve
from symprop.figures.tables import csv_text


def test_numbers_survive_the_round_trip() -> None:
    numbers = [0.1, 1 / 3, 1e-300, -2.5e17]
    panel = Panel("", "x", "y", (curve("a, b", numbers, numbers[::-1], "law"),))
    plot = Plot("k", "t", (panel, panel), {"variance": "3/2"})
    lines = csv_text(plot).splitlines()
    assert lines[:2] == ["# k: t", "# variance = 3/2"]
    rows = list(csv.DictReader(lines[2:]))
    assert len(rows) == 8
    assert [float(row["x"]) for row in rows[:4]] == numbers
    assert [float(row["y"]) for row in rows[4:]] == numbers[::-1]
    assert {row["panel"] for row in rows} == {"1", "2"}
    assert {(row["curve"], row["role"]) for row in rows} == {("a, b", "law")}


def test_error_bars_have_a_column_of_their_own() -> None:
    points = Curve("points", (1.0,), (2.0,), "sample", (0.5,))
    plot = Plot("k", "t", (Panel("", "x", "y", (curve("line", [1], [3]), points)),))
    rows = list(csv.DictReader(csv_text(plot).splitlines()[1:]))
    assert [row["error"] for row in rows] == ["", "0.5"]
