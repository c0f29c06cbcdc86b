"""Gram matrices in the figures: levels and slopes against the laws drawn beside them."""

from __future__ import annotations

import numpy as np

from symprop.figures import batch_norm_grams
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label.startswith(label))


def slope(given: Curve) -> float:
    x, y = np.log(given.x), np.log(given.y)
    return float(np.polyfit(x, y, 1)[0])


def test_two_inputs_part_or_come_together() -> None:
    normal, plain = batch_norm_grams.two_inputs().panels
    simulated = np.array(line(normal, "simulated").y)
    level = line(normal, "first order").y[0]
    assert simulated[0] > 0.98
    assert abs(simulated[10:].mean() / level - 1) < 0.15
    assert line(plain, "simulated").y[-1] > 0.7


def test_orthogonality_gap_has_the_level_of_first_order() -> None:
    _, panel = batch_norm_grams.orthogonality_by_depth_and_width().panels
    simulated, law = line(panel, "mean over layers"), line(panel, "√E V²")
    ratio = np.array(simulated.y) / np.array(law.y)
    assert ((ratio > 0.9) & (ratio < 1.02)).all()  # E V is below the root of E V²
    assert abs(slope(simulated) + 0.5) < 0.03


def test_least_singular_values_grow_with_width() -> None:
    (panel,) = batch_norm_grams.least_singular_values().panels
    for given in panel.curves[:-1]:
        assert given.y[-1] > 0.1
        assert given.y[-1] > given.y[0]


def test_errors_grow_without_normalisation_only() -> None:
    (panel,) = batch_norm_grams.amplified_errors().panels
    plain, law = line(panel, "linear, not normalised"), line(panel, "first order in l/d")
    assert plain.y[-1] > 4 * plain.y[0]
    assert abs(plain.y[5] / law.y[5] - 1) < 0.25
    for phi in ("identity", "relu"):
        kept = line(panel, f"batch normalised, {phi}").y
        assert max(kept[10:]) < 1.5 * min(kept[10:])


def test_deviation_falls_to_a_level() -> None:
    (panel,) = batch_norm_grams.deviation_by_depth().panels
    simulated, limit = line(panel, "simulated"), line(panel, "infinite width")
    assert simulated.y[0] > 3 * simulated.y[-1]
    assert abs(simulated.y[0] / limit.y[0] - 1) < 0.1
    assert limit.y[-1] < 0.2 * simulated.y[-1]


def test_deviation_falls_with_the_root_of_the_width() -> None:
    (panel,) = batch_norm_grams.deviation_by_width().panels
    assert abs(slope(line(panel, "simulated")) + 0.5) < 0.08


def test_deviation_grows_faster_than_the_batch() -> None:
    (panel,) = batch_norm_grams.deviation_by_batch().panels
    assert 1.2 < slope(line(panel, "simulated")) < 1.7
