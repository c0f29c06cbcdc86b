"""Means over the sphere of functions of two coordinates, against exact moments."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.sphere_pairs import sphere_pair_mean


@pytest.mark.parametrize("dimension", [2, 3, 4, 9, 100])
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


def test_what_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="dimension"):
        sphere_pair_mean(lambda p, q: p * q, 1, 0.0)
    with pytest.raises(OutOfDomain, match="cosine"):
        sphere_pair_mean(lambda p, q: p * q, 3, 1.5)
