"""Sampled points lie on the curves of the theory, except where rare networks carry the mean."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import residual_samples
from symprop.figures.panels import Panel, Plot


@pytest.fixture(scope="module")
def power_relu() -> Plot:
    return residual_samples.power_relu_dynamics()


def deviations(panel: Panel, runs: int) -> np.ndarray:
    """Return how far points are from their curves, in standard errors of the means."""
    lines = {line.label: dict(zip(line.x, line.y, strict=True)) for line in panel.curves}
    found = []
    for points in panel.curves:
        if points.role == "sample":
            theory = np.array([lines[points.label.removesuffix(", sampled")][x] for x in points.x])
            error = np.array(points.error) / np.sqrt(runs)
            found.append((np.array(points.y) - theory) / error)
    return np.array(found)


def test_tanh_networks_follow_the_recurrences() -> None:
    panels = residual_samples.tanh_dynamics().panels
    assert [len(panel.curves) for panel in panels] == [8, 6, 8]
    for panel, runs in zip(panels, (20, 20, 25), strict=True):
        assert np.abs(deviations(panel, runs)).max() < 5


def test_lengths_and_cosines_follow_them_for_every_power(power_relu: Plot) -> None:
    assert len(power_relu.panels) == 18
    for number, panel in enumerate(power_relu.panels):
        if number % 3 < 2:
            assert np.abs(deviations(panel, 20)).max() < 5


def test_gradients_follow_them_where_their_variance_exists(power_relu: Plot) -> None:
    for panel in power_relu.panels[2:9:3]:
        assert np.abs(deviations(panel, 25)).max() < 5


def test_gradients_of_the_smallest_power_are_far_below(power_relu: Plot) -> None:
    """Nine of ten averages are below their mean; at layer 1, after 50 layers, by much."""
    chi, points = power_relu.panels[-1].curves[0], power_relu.panels[-1].curves[4]
    assert chi.label == "χ"
    assert points.label == "χ, sampled"
    assert points.y[0] < chi.y[0] / 2
