"""Level curves: computed growth along them is constant, and the printed laws are near."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import residual_levels
from symprop.figures.panels import Panel


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    return {panel.title: panel for panel in residual_levels.level_curves().panels}


@pytest.mark.parametrize(("title", "constant"), [("tanh, reduced", 170), ("tanh, full", 145)])
def test_printed_level_is_met_at_unit_variance(
    panels: dict[str, Panel], title: str, constant: int
) -> None:
    highest, law = panels[title].curves[-2:]
    assert np.interp(1.0, highest.x, highest.y) == pytest.approx(constant, rel=1e-6)
    assert np.interp(1.0, law.x, law.y) == pytest.approx(constant, rel=1e-6)
    slopes = np.polyfit(np.log(highest.x), np.log(highest.y), 1)
    assert -1 < slopes[0] < -0.7  # the law sw^2 L = const is the limit of great depth


def test_relu_gradient_is_exactly_the_law(panels: dict[str, Panel]) -> None:
    gradient, law = panels["ReLU, full"].curves[2:]
    found = np.interp(gradient.x, law.x, law.y)
    assert np.allclose(gradient.y, found, rtol=2e-3)


def test_higher_levels_are_deeper(panels: dict[str, Panel]) -> None:
    low, middle, high, _ = panels["alpha-ReLU, full"].curves
    for shallow, deep in ((low, middle), (middle, high)):
        assert np.all(np.interp(deep.x, shallow.x, shallow.y) < np.array(deep.y))


def test_exponent_is_below_the_conjecture_for_small_alpha() -> None:
    mu, conjecture = residual_levels.exponent_mu().panels[1].curves
    gap = np.array(conjecture.y) - np.array(mu.y)
    assert gap[0] > 0.01
    assert abs(gap[-1]) < 1e-3
