r"""Rules for pairs of coordinates on a sphere, in panels that end where a function breaks.

For ``z`` uniform on the unit sphere of dimension ``m - 1`` and unit vectors ``a``, ``b`` of cosine
``c`` put :math:`(y_1,y_2)=\sqrt m(\langle z,a\rangle,\langle z,b\rangle)`. With angles
:math:`y_1=\sqrt m\sin\alpha` and
:math:`y_2=\sqrt m(c\sin\alpha+\sqrt{1-c^2}\cos\alpha\sin\beta)` the density is proportional to
:math:`\cos^{m-2}\alpha\,\cos^{m-3}\beta`, smooth up to the ends; in many dimensions it is
negligible there, and one set of points serves both coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PairRule", "pair_rule", "panel_points", "panel_rule"]

_NESTED = 40  # dimensions up to which ends of the density count
_TANGENTS = 16  # dimensions up to which an edge of the sphere that touches a break counts


@dataclass(frozen=True, eq=False)
class PairRule:
    """Points and weights of a rule for two coordinates.

    Attributes
    ----------
    first : array of shape (N, 1)
        Values of the first coordinate.
    second : array of shape (N, M) or (1, M)
        Of the second one.
    weights : array of shape (N, M)
        Of sum 1.
    """

    first: Array
    second: Array
    weights: Array


@lru_cache(maxsize=32)
def panel_rule(count: int, is_smooth: bool) -> tuple[Array, Array]:
    """Return points and weights on [0, 1]; roots at its ends do no harm if it is not smooth."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    x, weights = (1 + nodes) / 2, weights / 2
    if not is_smooth:
        x, weights = x**2 * (3 - 2 * x), weights * 6 * x * (1 - x)
    return x, weights


def panel_points(ends: Array, rule: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return points and weights of a rule on each panel between ends along the last axis."""
    lengths = np.diff(ends)[..., None]
    points = ends[..., :-1, None] + lengths * rule[0]
    shape = (*ends.shape[:-1], -1)
    return points.reshape(shape), (lengths * rule[1]).reshape(shape)


def pair_rule(
    dimension: int, cosine: float, cuts: Array, breaks: Array, rule: tuple[Array, Array]
) -> PairRule:
    r"""Return a rule for :math:`\sqrt m(\langle z,a\rangle,\langle z,b\rangle)`.

    Parameters
    ----------
    dimension : int
        ``m``; in the only case of ``m = 1`` the cosine is -1.
    cosine : float
        Of ``a`` and ``b``, inside (-1, 1) from ``m = 2`` on.
    cuts : array
        Ends of panels in increasing order, the first and the last one those of the domain; what
        lies beyond is left out.
    breaks : array
        Those of the cuts where the function is not smooth.
    rule : tuple of array
        Of each panel.

    Returns
    -------
    PairRule

    Error
    -----
    Weights are normalised: what is left out must be negligible.
    """
    if dimension == 1:
        return PairRule(np.array([[1.0], [-1.0]]), np.array([[-1.0], [1.0]]), np.full((2, 1), 0.5))
    size, sine = sqrt(dimension), sqrt((1 - cosine) * (1 + cosine))
    scaled = np.clip(cuts / size, -1, 1)
    if dimension > _NESTED:
        return _product(dimension, cosine, scaled, rule)
    ends = np.arcsin(scaled)
    if dimension <= _TANGENTS:
        inside = np.clip(breaks / size, -1, 1)
        turn, angles = np.arccos(cosine), np.arccos(inside)
        touching = np.arcsin(np.cos(np.concatenate([angles + turn, angles - turn])))
        touching = touching[(touching > ends[0]) & (touching < ends[-1])]
        ends = np.sort(np.concatenate([ends, touching]))
    alpha, outer = panel_points(ends, rule)
    first, rest = np.sin(alpha)[:, None], np.cos(alpha)[:, None]
    outer = (outer * np.cos(alpha) ** (dimension - 2))[:, None]
    if dimension == 2:
        second = cosine * first + sine * rest * np.array([1.0, -1.0])
        inside_domain = (second >= scaled[0]) & (second <= scaled[-1])
        weights = outer * inside_domain
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            limits = np.arcsin(np.clip((scaled - cosine * first) / (sine * rest), -1, 1))
        beta, inner = panel_points(limits, rule)
        second = cosine * first + sine * rest * np.sin(beta)
        weights = outer * inner * np.cos(beta) ** (dimension - 3)
    return PairRule(size * first, size * second, weights / weights.sum())


def _product(dimension: int, cosine: float, scaled: Array, rule: tuple[Array, Array]) -> PairRule:
    points, weights = panel_points(scaled, rule)
    first, second = points[:, None], points[None, :]
    square = (first**2 + second**2 - 2 * cosine * first * second) / (1 - cosine**2)
    with np.errstate(divide="ignore"):
        logarithm = np.log1p(-np.minimum(square, 1.0))
    joint = weights[:, None] * weights * np.exp((dimension - 4) / 2 * logarithm)
    size = sqrt(dimension)
    return PairRule(size * first, size * second, joint / joint.sum())
