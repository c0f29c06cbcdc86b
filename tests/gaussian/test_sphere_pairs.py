"""Means over the sphere of functions of two coordinates, against exact moments."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.sphere_pairs import sphere_pair_mean


@pytest.mark.parametrize("dimension", [2, 3, 4, 9, 99, 100, 4000])
@pytest.mark.parametrize("cosine", [-1.0, -0.25, 0.0, 0.6])
def test_moments(dimension: int, cosine: float) -> None:
    def powers(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.stack([np.ones_like(p), p, p * q, p**2 * q**2])

    means, error = sphere_pair_mean(powers, dimension, cosine)
    fourth = (1 + 2 * cosine**2) / (dimension * (dimension + 2))
    assert np.allclose(means, [1, 0, cosine / dimension, fourth], atol=1e-13)
    assert error < 1e-12


def test_absolute_values_are_smooth_on_quadrants() -> None:
    """The arc-cosine kernel, divided by the dimension."""
    mean, error = sphere_pair_mean(lambda p, q: np.maximum(p, 0) * np.maximum(q, 0), 5, 0.3)
    kernel = (np.sqrt(1 - 0.09) + 0.3 * (np.pi - np.arccos(0.3))) / (2 * np.pi)
    assert float(mean) == pytest.approx(kernel / 5, abs=1e-13)
    assert error < 1e-12


@pytest.mark.parametrize("dimension", [40, 99, 100, 1000, 10**7])
def test_many_dimensions_tend_to_normal_coordinates(dimension: int) -> None:
    """At the scale of one coordinate; the cosine of a normal one has mean exp(-1/2)."""
    scale = dimension**0.5
    limit, nearby = (
        float(sphere_pair_mean(lambda p, _: np.cos(scale * p), m, 0.5)[0])
        for m in (dimension, 2 * dimension)
    )
    assert limit == pytest.approx(np.exp(-0.5), abs=1 / dimension)
    assert nearby == pytest.approx(np.exp(-0.25), abs=1 / dimension)


def test_more_dimensions_than_floats_count() -> None:
    mean, error = sphere_pair_mean(lambda p, q: np.cos(p), 10**400, 0.5)
    assert mean == pytest.approx(1, abs=1e-15)
    assert error < 1e-15


def test_the_rules_for_few_and_many_dimensions_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from symprop.gaussian import sphere_pairs

    def smooth(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.tanh(10 * p) * np.tanh(12 * q)

    few = sphere_pair_mean(smooth, 120, 0.4)[0]
    sphere_pairs._radii.cache_clear()
    monkeypatch.setattr(sphere_pairs, "_MANY", 1000)
    many, _ = sphere_pair_mean(smooth, 120, 0.4)
    sphere_pairs._radii.cache_clear()
    assert few == pytest.approx(many, abs=1e-13)


@pytest.mark.parametrize("function", [None, "tanh", 1, np.outer, np.vdot])
def test_what_is_no_function_of_two_arrays(function: object) -> None:
    with pytest.raises(InvalidArgument, match="function"):
        sphere_pair_mean(function, 3, 0.0)


@pytest.mark.parametrize("cosine", [None, "abc", 1j, [0.5], abs])
def test_what_is_no_cosine(cosine: object) -> None:
    with pytest.raises(InvalidArgument, match="cosine"):
        sphere_pair_mean(lambda p, q: p * q, 3, cosine)


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="dimension"):
        sphere_pair_mean(lambda p, q: p * q, 1, 0.0)
    with pytest.raises(OutOfDomain, match="cosine"):
        sphere_pair_mean(lambda p, q: p * q, 3, 1.5)
    with pytest.raises(OutOfDomain, match="cosine"):
        sphere_pair_mean(lambda p, q: p * q, 3, np.nan)
