"""Trapezoidal nodes that see functions of every scale alike, for `conditional_rule`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import asinh, ceil, floor, frexp, ldexp, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["DEVIATIONS", "Nodes", "normal_nodes", "power_of_two_below", "scale_nodes"]

DEVIATIONS = 9.2
"""Where rules end; what lies beyond has mass 4e-20."""

_LOWEST = -3.9  # exp(t - exp(-t)) is 1e-23 there
_NORMAL_STEP = 0.5


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes ``x``, their weights, and which of them remain with twice the step."""

    x: Array
    weights: Array
    even: NDArray[np.bool_]


def power_of_two_below(scale: float) -> float:
    """Return the power of two not above, so that few sets of nodes are made."""
    return ldexp(1.0, max(frexp(scale)[1] - 1, -1000))


@lru_cache(maxsize=512)
def scale_nodes(scale: float, reach: float, step: float, broken: bool, half: bool) -> Nodes:
    r"""Return nodes on ``[-reach, reach]``, or its positive half with the weights of both.

    They are ``scale sinh t``, or with a breakpoint at 0 ``+-scale exp(t - exp(-t))``, at multiples
    of ``step``.
    """
    if broken:
        first, last = ceil(_LOWEST / step), ceil(log(max(reach / scale, 1.0)) / step) + 1
        j = np.arange(first, last + 1)
        t = step * j
        x = scale * np.exp(t - np.exp(-t))
        weights = step * (1.0 + np.exp(-t)) * x
        even = j % 2 == 0
        if half:
            return Nodes(x, 2.0 * weights, even)
        return Nodes(np.r_[-x[::-1], x], np.r_[weights[::-1], weights], np.r_[even[::-1], even])
    last = ceil(asinh(reach / scale) / step) + 1
    j = np.arange(0 if half else -last, last + 1)
    x, weights = scale * np.sinh(step * j), step * scale * np.cosh(step * j)
    if half:
        weights[1:] *= 2.0
    return Nodes(x, weights, j % 2 == 0)


def normal_nodes(level: int) -> Nodes:
    """Return nodes in standard deviations, the density in their weights."""
    step = _NORMAL_STEP / 2**level
    last = 2 * floor(DEVIATIONS / step / 2)
    j = np.arange(-last, last + 1)
    z = step * j
    return Nodes(z, step / sqrt(2 * pi) * np.exp(-0.5 * z * z), j % 2 == 0)
