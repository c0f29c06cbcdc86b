"""Sampled tangent kernels in the figures lie on the exact lines, and spread as widths say."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import tangent_curves
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label == label)


def test_kernels_follow_their_limits() -> None:
    panels = tangent_curves.sampled_kernels().panels
    assert [panel.title for panel in panels] == ["ResNet, m = 2", "DenseNet"]
    for panel in panels:
        narrow, wide = (line(panel, f"width {n}, sampled") for n in (50, 500))
        error = np.array(wide.error) / np.sqrt(40)
        assert np.all(np.abs(np.array(wide.y) - line(panel, "limit").y) < 5 * error)
        assert np.all(2 * np.array(wide.error) < np.array(narrow.error))


def test_diagonals_of_the_limits() -> None:
    residual, dense = (panel.curves[0] for panel in tangent_curves.sampled_kernels().panels)
    assert residual.y[0] == pytest.approx(2 * 4 * 0.25 * 1.25**3, rel=1e-12)
    assert dense.y[0] == pytest.approx(1 + 1 / 2 + 1 / 3 + 1 / 4, rel=1e-12)


def test_moments_of_gradients_and_reduced_outputs() -> None:
    second, fourth = tangent_curves.jacobian_and_reduced_output().panels
    gradient, reduced = "gradient by layer k", "output of the reduced network"
    assert line(second, gradient).y == pytest.approx(line(second, reduced).y, rel=1e-12)
    ratio = np.array(line(fourth, reduced).y) / line(fourth, gradient).y
    assert ratio == pytest.approx(np.full(len(ratio), 3.0), rel=1e-12)
    for name in (gradient, reduced):
        points = line(second, f"{name}, sampled")
        deviation = np.array(points.y) - line(second, name).y
        assert np.all(np.abs(deviation) < 5 * np.array(points.error))


def test_variances_over_depth() -> None:
    absolute, relative = tangent_curves.variance_over_depth().panels
    plain = line(absolute, "plain network").y
    assert plain[-1] > 100 * plain[0]
    assert 0.9 < line(relative, "plain network").y[-1] / line(relative, "plain network").y[-2] < 1
    for label in ("ResNet, α = 1/L²", "DenseNet"):
        assert line(relative, label).y[-1] < 0.1
        points = line(absolute, f"{label}, sampled")
        logarithm = np.log(np.array(points.y) / line(absolute, label).y)
        assert np.all(np.abs(logarithm) < 0.6)
