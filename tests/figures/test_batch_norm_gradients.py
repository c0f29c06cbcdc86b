"""Orthogonal weights in the figures: rates of isometry, gradients that grow or stay."""

from __future__ import annotations

import numpy as np

from symprop.figures import batch_norm_gradients
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label == label)


def growth(given: Curve) -> float:
    """Return what the last factor of two of the depth, or more, adds to log10."""
    return given.y[-1] - given.y[-2]


def test_isometry_gap_falls_like_d_over_d_plus_2() -> None:
    (panel,) = batch_norm_gradients.isometry_with_depth().panels
    for width in (4, 8, 16):
        simulated = line(panel, f"d = {width}")
        half = len(simulated.y) // 2
        rate = np.log(simulated.y[-1] / simulated.y[half]) / (len(simulated.y) - 1 - half)
        assert abs(rate / np.log(width / (width + 2)) - 1) < 0.2


def test_gradients_grow_for_repeated_inputs_only() -> None:
    (panel,) = batch_norm_gradients.degenerate_inputs().panels
    assert growth(line(panel, "5 of 10 repeated")) > 0.3
    assert abs(growth(line(panel, "distinct inputs"))) < 0.3


def test_gradients_grow_for_gaussian_weights_only() -> None:
    (panel,) = batch_norm_gradients.gaussian_and_orthogonal_weights().panels
    assert growth(line(panel, "Gaussian weights")) > 0.5
    assert abs(growth(line(panel, "orthogonal weights"))) < 0.3


def test_gains_that_decay_stop_the_growth() -> None:
    for panel in batch_norm_gradients.effect_of_the_gain().panels:
        assert growth(line(panel, "gain 1")) > 1
        assert abs(growth(line(panel, "gain $l^{-1/4}$"))) < 0.5
        assert growth(line(panel, "gain $l^{-1/2}$")) < 0


def test_both_normalisations_keep_gradients() -> None:
    (panel,) = batch_norm_gradients.standard_and_simplified_normalisation().panels
    for name in ("standard", "simplified"):
        assert abs(growth(line(panel, name))) < 0.3
