"""Kernel maps of the figures: coefficients, fixed points and rates found another way."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import kernel_maps
from symprop.figures.panels import Panel


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    plots = (kernel_maps.polynomial_activations(), kernel_maps.common_activations())
    return {panel.title: panel for plot in plots for panel in plot.panels}


@pytest.mark.parametrize(
    ("case", "coefficients"),
    [
        ("case 1", [0, 0.5, 0, 0.5]),
        ("case 2", [0.6, 0.3, 0.1]),
        ("case 3", [0.25, 0.5, 0.25]),
        ("case 4", [0.2, 0.2, 0, 0.6]),
    ],
)
def test_polynomials_have_the_stated_coefficients(
    panels: dict[str, Panel], case: str, coefficients: list[float]
) -> None:
    kappa = panels[f"{case}: kernel map"].curves[0]
    assert np.allclose(kappa.y, np.polyval(coefficients[::-1], np.array(kappa.x)), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "fixed"),
    [("case 2", 1.0), ("case 3", 1.0), ("tanh", 0.0), ("relu", 1.0), ("exp", 1.0)],
)
def test_where_the_iterates_go(panels: dict[str, Panel], name: str, fixed: float) -> None:
    assert panels[f"{name}: kernel map"].curves[-1].x == (fixed,)


def test_gelu_has_a_fixed_point_inside(panels: dict[str, Panel]) -> None:
    (fixed,) = panels["gelu: kernel map"].curves[-1].x
    second_moment = 1 / 3 + 1 / (2 * np.sqrt(3) * np.pi)
    image = fixed / 4 + (1 / np.sqrt(4 - fixed**2) + fixed * np.arcsin(fixed / 2)) / (2 * np.pi)
    assert image / second_moment == pytest.approx(fixed, abs=1e-10)
    assert 0 < fixed < 1


def test_rate_at_the_fixed_point(panels: dict[str, Panel]) -> None:
    """The cubic case contracts by its slope at 0, which is 1/2."""
    distance = next(
        panel for title, panel in panels.items() if title.startswith("case 1: distance")
    ).curves[0]
    assert distance.y[-1] / distance.y[-2] == pytest.approx(0.5, abs=1e-6)
