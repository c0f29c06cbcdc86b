"""The plan of the Fourier sum: lines keep clear of poles, sizes are what is announced."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprop.gaussian.tanh_grid import FOUR_CATALAN, choose_grid, grid_size

logarithms = st.floats(min_value=-4, max_value=12)
correlations = st.floats(min_value=1e-9, max_value=0.9999)


@given(logarithms, logarithms, correlations, st.integers(min_value=2, max_value=400))
def test_lines_keep_clear_of_the_poles_they_count(x: float, y: float, c: float, bits: int) -> None:
    q = (10.0**x, 10.0**y)
    grid = choose_grid(q, c, 1 - c, bits)
    for variance, height, poles in zip(q, grid.heights, grid.poles, strict=True):
        spacing = 2 * sqrt(variance)
        assert poles * spacing < height < (poles + 1) * spacing
        if poles:
            assert height - poles * spacing > 0.19 * spacing
        assert (poles + 1) * spacing - height > 0.19 * spacing
    assert 0 < grid.step <= 1
    assert 0 < grid.lags < sum(grid.nodes)
    assert grid.bits > bits


@pytest.mark.parametrize("q", [0.05, 1.0, 40.0, 1e6])
@pytest.mark.parametrize("gap", [0.5, 0.1, 1e-3])
def test_announced_size(q: float, gap: float) -> None:
    grid = choose_grid((q, q), 1 - gap, gap, 71)
    assert 0.5 < grid_size(q, gap, 71) / (grid.nodes[0] + grid.poles[0]) < 2


def test_catalan_constant_is_rounded_up() -> None:
    partial = sum((-1) ** n / (2 * n + 1) ** 2 for n in range(100_001))  # above the limit
    assert 4 * partial < FOUR_CATALAN < 4 * partial + 1e-4
