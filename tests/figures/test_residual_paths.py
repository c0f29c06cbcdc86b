"""Figures over depth: curves approach the laws drawn beside them, and not their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.figures import residual_paths
from symprop.figures.panels import Curve, Panel


def line(panel: Panel, label: str) -> Curve:
    return next(c for c in panel.curves if c.label == label)


def last_slope(given: Curve) -> float:
    """Slope in double logarithmic scale over the last octave."""
    x, y = np.array(given.x), np.array(given.y)
    before = int(np.argmin(np.abs(x - x[-1] / 2)))
    return float(np.log(y[-1] / y[before]) / np.log(x[-1] / x[before]))


def test_cosines_of_tanh_change_with_the_slope_of_the_law() -> None:
    (panel,) = residual_paths.cosine_rate().panels
    law = last_slope(panel.curves[-1])
    assert -1.5 < law < -1.4
    highest = line(panel, "e(0) = 0.99")
    shorter = Curve("", highest.x[:250], highest.y[:250])
    assert abs(last_slope(highest) - law) < abs(last_slope(shorter) - law) < 0.5


@pytest.mark.parametrize("figure", ["gradient_ratios", "gradient_ratios_reduced"])
def test_gradient_ratios_approach_the_square_root_law(figure: str) -> None:
    (panel,) = getattr(residual_paths, figure)().panels
    law = line(panel, "A √l")
    for name in ("χ", "χ_b", "χ_w"):
        defect = np.array(line(panel, name).y) - np.array(law.y)
        assert abs(defect[-1]) < 0.16 * law.y[-1]
        assert abs(defect[-1] / law.y[-1]) < abs(defect[200] / law.y[200])


def test_gradients_of_power_relu_have_the_drawn_exponents() -> None:
    panels = residual_paths.power_relu_rates().panels
    assert len(panels) == 12
    for panel in panels[1::2]:
        values, laws = panel.curves[::2], panel.curves[1::2]
        for value, law in zip(values, laws, strict=True):
            assert last_slope(value) == pytest.approx(last_slope(law), rel=0.06, abs=0.1)


def test_remainder_of_the_length_is_bounded() -> None:
    _, panel = residual_paths.length_expansion().panels
    first, second, third = (np.array(c.y) for c in panel.curves)
    assert abs(third[-1] - third[1000]) < 0.03
    assert abs(second[-1] - second[1000]) > 0.1
    assert abs(first[-1] - first[1000]) > 10


def test_remainder_of_the_gradients_settles() -> None:
    (panel,) = residual_paths.gradient_expansion().panels
    for given in panel.curves:
        assert abs(given.y[2000]) < 0.05 < abs(given.y[0])


def test_relu_grows_by_its_base() -> None:
    (panel,) = residual_paths.exponential_growth().panels
    value, law = panel.curves[-2], panel.curves[-1]
    assert value.y[60] / value.y[59] == pytest.approx(1 + 1.5 * 1.69 / 2, rel=1e-9)
    assert law.y[60] / law.y[59] == pytest.approx(value.y[60] / value.y[59], rel=1e-9)


def test_cosines_approach_the_fixed_point_of_the_kernel() -> None:
    for panel in residual_paths.fixed_points_of_power_relu().panels:
        limit = panel.curves[-1].y[0]
        for given in panel.curves[:4]:
            assert abs(given.y[-1] - limit) < 0.1 * abs(given.y[0] - limit)


def test_ratio_to_the_leading_term_goes_to_one() -> None:
    (panel,) = residual_paths.leading_term().panels
    ratio = panel.curves[0].y
    assert 0 < ratio[-1] - 1 < 5e-3 < 1 < ratio[0] - 1
