"""Points are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.points import exact_input, exact_points, grid


def test_grid_is_every_combination() -> None:
    points = grid(x=("1/2", "0.1", 3), phi=("relu", "tanh"))
    assert len(points) == 6
    assert points[2] == {"x": Fraction(1, 10), "phi": "relu"}


def test_floats_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="exact"):
        exact_points([{"x": 0.1}])


def test_other_values_pass() -> None:
    marker = object()
    assert exact_input(marker) is marker
    assert exact_input("leaky_relu:1/10") == "leaky_relu:1/10"
