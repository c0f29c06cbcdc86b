"""Shrinkage of correlations in the figures: known maps, rates and bounds."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import shrinkage_curves
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label == label)


def test_one_critical_erf_layer() -> None:
    (panel,) = shrinkage_curves.correlation_after_depth().panels
    once = line(panel, "depth 1")
    rho = np.array(once.x)
    share = 4 / (np.pi * np.sqrt(5)) - 2 / np.pi * np.arcsin(2 / 3)
    image = (share + 2 / np.pi * np.arcsin(2 * rho / 3)) / (4 / (np.pi * np.sqrt(5)))
    assert np.allclose(once.y, image, atol=1e-12)


def test_bound_lies_above_the_deep_network_and_meets_it_at_both_ends() -> None:
    (panel,) = shrinkage_curves.correlation_after_depth().panels
    deep, bound = line(panel, "depth 16"), line(panel, "bound by excess convexity")
    above = np.interp(deep.x, bound.x, bound.y)
    assert np.all(above >= np.array(deep.y) - 1e-12)
    assert bound.y[0] == pytest.approx(deep.y[0])
    assert bound.y[-1] == deep.y[-1] == 1


@pytest.mark.parametrize(("label", "slope"), [("a = 0", 0.0), ("a = 1/2", 0.5)])
def test_leaky_relu_shrinks_like_the_inverse_square_of_depth(label: str, slope: float) -> None:
    shrinking = line(shrinkage_curves.leaky_relu_shrinkage().panels[0], label)
    constant = 4.5 * np.pi**2 * (1 + slope**2) ** 2 / (1 - slope) ** 4
    ratio = np.array(shrinking.y) * np.array(shrinking.x) ** 2 / constant
    assert ratio[499] < ratio[-1] < 1
    assert 1 - ratio[-1] < 0.62 * (1 - ratio[499])  # the defect is of order log(l)/l


def test_erf_shrinks_like_the_inverse_of_depth() -> None:
    critical = line(shrinkage_curves.erf_networks().panels[0], "inputs at 0")
    ends = np.array([critical.y[499], critical.y[999]])
    assert 1 / (1 / ends[1] - 1 / ends[0]) * 500 == pytest.approx(2.5, rel=0.01)


def test_printed_bounds_hold_where_drawn() -> None:
    with_depth = shrinkage_curves.leaky_relu_shrinkage().panels[0]
    assert np.all(np.array(line(with_depth, "a = 0").y) < line(with_depth, "bound, a = 0").y)
    critical, _, jacobian = shrinkage_curves.erf_networks().panels
    assert np.all(np.array(critical.curves[0].y) < line(critical, "bound").y)
    assert np.all(np.array(line(jacobian, "mean field").y) > line(jacobian, "bound").y)


def deviations(panel: Panel) -> dict[str, np.ndarray]:
    """Return how far sampled means are from their curves, in standard errors."""
    found = {}
    for points in panel.curves:
        if points.role == "sample":
            theory = line(panel, points.label.removesuffix(", sampled"))
            error = np.array(points.error) / np.sqrt(20)
            found[points.label] = (points.y - np.interp(points.x, theory.x, theory.y)) / error
    return found


def test_sampled_correlations_follow_the_maps() -> None:
    found = deviations(shrinkage_curves.correlation_after_depth().panels[0])
    assert len(found) == 3
    assert max(np.abs(z).max() for z in found.values()) < 5
    critical, chaotic, jacobian = shrinkage_curves.erf_networks().panels
    found = deviations(critical) | deviations(chaotic)
    assert len(found) == 5
    assert max(np.abs(z).max() for z in found.values()) < 5
    back, growth = line(jacobian, "gradients, sampled"), line(jacobian, "mean field")
    expected = np.interp(back.x, growth.x, growth.y)
    assert np.abs((back.y - expected) / np.array(back.error) * np.sqrt(20)).max() < 5


def test_sampled_leaky_networks_shrink_like_the_theory() -> None:
    for panel in shrinkage_curves.leaky_relu_shrinkage().panels:
        found = deviations(panel)
        assert max(np.abs(z).max() for z in found.values()) < 5
