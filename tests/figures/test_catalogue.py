"""The list of figures: every entry exists, is described and can be made."""

from __future__ import annotations

import pytest

from symprop.figures.catalogue import FIGURES, describe, make_figure
from symprop.foundation.errors import InvalidArgument


@pytest.mark.parametrize("key", FIGURES)
def test_figure_can_be_made(key: str) -> None:
    plot = make_figure(key)
    assert plot.key == key
    assert plot.title
    assert describe(key)
    assert all(line.label for panel in plot.panels for line in panel.curves)


def test_unknown_figure() -> None:
    with pytest.raises(
        InvalidArgument, match="Expected figure to be one of residual:1, residual:2a"
    ):
        make_figure("residual:1000")
