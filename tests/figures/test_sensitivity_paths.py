"""Figures on synthetic noise: the pathologies they are drawn for, and the laws beside them."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import sensitivity_paths
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label == label)


def test_increments_of_vanilla_networks_fall_to_one() -> None:
    increments, zeta, shares, lengths = sensitivity_paths.vanilla_networks().panels
    values = np.array(increments.curves[0].y)
    assert values[0] > 1.15
    assert values[-40:].mean() < 1.06
    assert zeta.curves[0].y[-1] < 1.21 ** len(values) / 100
    assert line(shares, "channels of one sign").y[0] == 0
    assert line(shares, "channels of one sign").y[-1] > 0.4
    assert line(shares, "$\\mu_2(x)/\\nu_2(x)$").y[-1] < 0.4
    assert len(lengths.curves) == 6


def test_sensitivity_of_normalised_networks_explodes() -> None:
    factors, zeta, ranks, moments = sensitivity_paths.normalised_networks().panels
    assert line(factors, "normalisation").y[-1] > line(factors, "normalisation").y[0]
    assert zeta.curves[0].y[-1] > 1.15 ** len(zeta.curves[0].y)
    assert line(ranks, "sensitivity").y[-1] > line(ranks, "signal").y[-1]
    assert line(moments, "$\\nu_1(|z|)$").y[-1] < 0.76
    assert line(moments, "$\\mu_4(z)$").y[-1] > 4


def test_sensitivity_of_residual_networks_follows_the_power_law() -> None:
    _, zeta, _, moments = sensitivity_paths.residual_networks().panels
    values, measured, wide = zeta.curves
    assert wide.y[-1] == pytest.approx(values.y[-1])
    assert measured.y[20] == pytest.approx(values.y[20], rel=0.25)
    assert wide.y[20] == pytest.approx(values.y[20], rel=0.2)
    assert line(moments, "$\\nu_1(|z|)$").y[-1] > 0.76


def test_one_dimensional_networks_are_ordered_by_their_sensitivity() -> None:
    panels = sensitivity_paths.one_dimension().panels
    sigmoid, linear, deep = (float(panel.title.rpartition("= ")[2]) for panel in panels)
    assert sigmoid < 0.6
    assert linear == 1
    assert 1.5 < deep < np.sqrt(38)
    kinks = np.diff(panels[2].curves[0].y, 2)
    assert np.sum(np.abs(kinks) > 1e-9) <= 2
