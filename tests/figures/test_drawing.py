"""Drawing: every curve is there, files are reproducible, and a missing library is named."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from symprop.figures.drawing import draw, save
from symprop.figures.panels import Panel, Plot, curve, measured
from symprop.foundation.errors import InvalidArgument, MissingBackend

PANEL = Panel(
    "title of the panel",
    "abscissa",
    "ordinate",
    (
        curve("one", [1, 2, 3], [1, 4, 9]),
        curve("two", [1, 2, 3], [2, 3, 4], "law"),
        curve("mark", [2], [4], "guide"),
    ),
    x_scale="log",
)
PLOT = Plot("demo", "Demonstration", (PANEL,) * 4)


def test_panels_and_curves() -> None:
    axes = draw(PLOT).axes
    assert len(axes) == 4
    assert axes[0].get_xscale() == "log"
    assert [line.get_label() for line in axes[3].get_lines()] == ["one", "two", "mark"]
    colours = {line.get_color() for line in axes[0].get_lines()}
    assert len(colours) == 3


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_the_same_figure_gives_the_same_file(tmp_path: Path, kind: str) -> None:
    first = save(PLOT, tmp_path / f"a.{kind}").read_bytes()
    assert first == save(PLOT, str(tmp_path / f"b.{kind}")).read_bytes()


def test_words_of_a_picture_are_text(tmp_path: Path) -> None:
    root = ET.parse(save(PLOT, tmp_path / "a.svg")).getroot()
    words = {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"title of the panel", "abscissa", "ordinate", "one", "two", "mark"} <= words


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="one of svg, pdf, png, eps"):
        save(PLOT, tmp_path / "a.doc")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingBackend, match=r"pip install 'symprop\[plot\]'"):
        draw(PLOT)


def test_samples_are_points_with_bars() -> None:
    points = measured("points", [1, 2], [[1.0, 5.0], [3.0, 6.0]])
    (axis,) = draw(Plot("demo", "", (Panel("", "x", "y", (PANEL.curves[0], points)),))).axes
    line, dots = axis.get_lines()[:2]
    assert dots.get_linestyle() == "None"
    assert dots.get_color() == line.get_color()
    (bars,) = axis.containers
    assert bars.has_yerr


def test_edges_of_an_interval_have_the_colour_of_its_curve_and_no_name() -> None:
    curves = (
        curve("one", [1, 2], [1, 4]),
        curve("two", [1, 2], [2, 3]),
        curve("two: lower end", [1, 2], [1, 2], "edge"),
    )
    (axis,) = draw(Plot("demo", "Demonstration", (Panel("", "x", "y", curves),))).axes
    one, two, edge = axis.get_lines()
    assert edge.get_color() == two.get_color() != one.get_color()
    legend = axis.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["one", "two"]
