"""Figures as data: a curve is finite and has as many x as y."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures.panels import Curve, curve, measured
from symprop.foundation.errors import InvalidArgument


def test_any_sequence_of_numbers() -> None:
    assert curve("line", np.arange(2), [0, 2], "law") == Curve(
        "line", (0.0, 1.0), (0.0, 2.0), "law"
    )


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="Expected y to have 2 entries"):
        curve("line", [0, 1], [0])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_cannot_be_drawn_is_refused(wrong: float) -> None:
    with pytest.raises(InvalidArgument, match="finite along the curve 'line'"):
        curve("line", [0, 1], [0, wrong])


def test_samples_have_means_and_standard_deviations() -> None:
    found = measured("points", [1, 2], [[1.0, 5.0], [3.0, 5.0]])
    assert found == Curve("points", (1.0, 2.0), (2.0, 5.0), "sample", (2.0**0.5, 0.0))


def test_error_bars_are_as_many_as_points() -> None:
    with pytest.raises(InvalidArgument, match="Expected error to have 2 entries"):
        Curve("points", (0.0, 1.0), (0.0, 1.0), "sample", (1.0,))
