r"""Means of functions of two coordinates on the unit sphere, in float64: a rule for comparison.

For ``x`` uniform on the sphere of dimension ``m - 1`` the pair of its products with two unit
vectors of cosine ``c`` is a linear image of :math:`r(\cos\theta,\sin\theta)`, the angle uniform
and independent of ``r``, whose square has the Beta law of 1 and :math:`m/2-1`: it is
:math:`1-e^{-2s^2/(m-2)}` with ``s`` of density :math:`2se^{-s^2}`. Few dimensions take the rule of
Jacobi in ``r``, many a rule in ``s``, on whose scale functions of :math:`\sqrt m\,r` then vary.
"""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["sphere_pair_mean"]

_RADIAL, _ANGULAR = (24, 40), (32, 56)
_MANY, _RADIAL_OF_MANY, _FARTHEST = 100, (40, 64), 7.0  # exp(-49) is below rounding


def sphere_pair_mean(
    function: Callable[[Array, Array], Array], dimension: int, cosine: float
) -> tuple[Array, float]:
    """Return means over the sphere, and the largest difference from those of a coarser rule.

    The function is smooth except where an argument is 0; its arrays may have axes in front.
    """
    coarse, fine = (
        _mean(function, dimension, cosine, radial, angular)
        for radial, angular in zip(
            _RADIAL_OF_MANY if dimension >= _MANY else _RADIAL, _ANGULAR, strict=True
        )
    )
    return fine, float(np.abs(fine - coarse).max())


def _mean(
    function: Callable[[Array, Array], Array],
    dimension: int,
    cosine: float,
    radial: int,
    angular: int,
) -> Array:
    r, radial_weights = _radii(dimension, radial)
    angle, angular_weights = _angles(cosine, angular)
    first = np.cos(angle)
    second = cosine * first + sqrt((1 - cosine) * (1 + cosine)) * np.sin(angle)
    values = np.asarray(function(np.multiply.outer(r, first), np.multiply.outer(r, second)))
    mean: Array = values @ angular_weights @ radial_weights
    return mean


@lru_cache(maxsize=32)
def _radii(dimension: int, count: int) -> tuple[Array, Array]:
    from scipy.special import roots_jacobi

    if dimension == 2:
        return np.ones(1), np.ones(1)
    if dimension >= _MANY:
        nodes, weights = np.polynomial.legendre.leggauss(count)
        s = _FARTHEST * (1 + nodes) / 2
        weights = weights * s * np.exp(-(s**2))
        return np.sqrt(-np.expm1(-2 / (dimension - 2) * s**2)), weights / weights.sum()
    power = dimension / 2 - 2
    nodes, weights = roots_jacobi(count, power, 0)
    r = (1 + nodes) / 2
    weights = weights * r * (1 + r) ** power
    return r, weights / weights.sum()


def _angles(cosine: float, count: int) -> tuple[Array, Array]:
    """Return a rule on the circle, in panels between the angles where a product vanishes."""
    turn = np.arccos(cosine)
    ends = np.sort(np.mod([np.pi / 2, -np.pi / 2, turn + np.pi / 2, turn - np.pi / 2], 2 * np.pi))
    nodes, weights = np.polynomial.legendre.leggauss(count)
    lengths = np.diff(np.append(ends, ends[0] + 2 * np.pi))
    angles = ends[:, None] + lengths[:, None] * (1 + nodes) / 2
    return angles.ravel(), np.multiply.outer(lengths, weights).ravel() / (4 * np.pi)
