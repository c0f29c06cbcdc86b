"""Rules for pairs of coordinates on a sphere: exact moments, breaks, and another rule."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.gaussian.sphere_panels import PairRule, pair_rule, panel_points, panel_rule
from tests.gaussian.sphere_pairs import sphere_pair_mean


def whole(dimension: int, cosine: float, breaks: list[float], count: int = 24) -> PairRule:
    reach = min(np.sqrt(dimension), 9.0)
    cuts = np.unique(np.concatenate([np.linspace(-reach, reach, 9), breaks]))
    rule = panel_rule(count, is_smooth=not breaks)
    return pair_rule(dimension, cosine, cuts, np.array(breaks), rule)


@pytest.mark.parametrize("dimension", [2, 3, 4, 9, 40, 41, 1000])
@pytest.mark.parametrize("cosine", [-0.25, 0.0, 0.6])
def test_moments(dimension: int, cosine: float) -> None:
    rule = whole(dimension, cosine, [])
    m = dimension
    for values, wanted in (
        (rule.first**2, 1.0),
        (rule.second**2, 1.0),
        (rule.first * rule.second, cosine),
        (rule.first**2 * rule.second**2, (1 + 2 * cosine**2) * m / (m + 2)),
        (rule.first**3 * rule.second, 3 * cosine * m / (m + 2)),
    ):
        assert float((rule.weights * values).sum()) == pytest.approx(wanted, abs=1e-12)


def test_a_line_has_two_points() -> None:
    rule = pair_rule(1, -1.0, np.array([-1.0, 1.0]), np.empty(0), panel_rule(5, is_smooth=True))
    assert (rule.first[:, 0].tolist(), rule.second[:, 0].tolist()) == ([1.0, -1.0], [-1.0, 1.0])


@pytest.mark.parametrize("dimension", [2, 3, 5, 12])
def test_a_jump_away_from_the_centre(dimension: int) -> None:
    """The probability that one coordinate is above 0.7, from the other one as well."""
    rule = whole(dimension, -0.3, [0.7])
    from scipy.special import betainc

    tail = betainc((dimension - 1) / 2, 0.5, 1 - 0.49 / dimension) / 2
    for values in (rule.first, rule.second):
        assert float((rule.weights * (values > 0.7)).sum()) == pytest.approx(tail, abs=1e-9)


@pytest.mark.parametrize("dimension", [2, 3, 6, 15, 60])
def test_kinks_at_the_centre_against_a_rule_on_quadrants(dimension: int) -> None:
    rule = whole(dimension, -0.2, [0.0])
    size = np.sqrt(dimension)
    found = (rule.weights * np.abs(rule.first) * np.maximum(rule.second, 0)).sum()
    wanted, _ = sphere_pair_mean(
        lambda p, q: np.abs(size * p) * np.maximum(size * q, 0), dimension, -0.2
    )
    assert float(found) == pytest.approx(float(wanted), abs=1e-10)


def test_panels_of_roots() -> None:
    points, weights = panel_points(np.array([0.0, 2.0, 3.0]), panel_rule(20, is_smooth=False))
    assert float(weights.sum()) == pytest.approx(3, abs=1e-13)
    assert float(weights @ np.sqrt(points)) == pytest.approx(2 * 3**1.5 / 3, abs=1e-12)
