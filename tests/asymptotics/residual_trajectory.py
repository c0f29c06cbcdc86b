"""Float trajectories of full residual networks, from formulas of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, log1p, pi, sqrt

__all__ = ["Point", "erf_pair", "erf_slope", "run"]


@dataclass(frozen=True)
class Point:
    """Length, cosine distance and ``log(chi_0/chi_l)`` at one layer."""

    p: float
    e: float
    log_gradient: float


def erf_pair(q: float, c: float) -> float:
    """Return ``E erf(u) erf(v)`` at variances q and correlation c."""
    return 2 / pi * asin(2 * c * q / (1 + 2 * q))


def erf_slope(q: float) -> float:
    """Return ``E erf'(u)**2 = (4/pi) E exp(-2 u**2)``."""
    return 4 / (pi * sqrt(1 + 4 * q))


def run(
    pair: Callable[[float, float], float],
    slope: Callable[[float], float],
    variances: tuple[float, float, float, float],
    start: tuple[float, float],
    layers: list[int],
) -> dict[int, Point]:
    """Return the points at some layers; ``variances`` are sv, sa, sw, sb and ``start`` p, e."""
    sv, sa, sw, sb = variances
    p, gamma, total = start[0], start[0] * start[1], 0.0
    found, wanted = {}, set(layers)
    for layer in range(max(layers) + 1):
        if layer in wanted:
            found[layer] = Point(p, gamma / p, total)
        q = sw * p + sb
        c = (sw * gamma + sb) / q
        total += log1p(sv * sw * slope(q))
        p, gamma = p + sv * pair(q, 1.0) + sa, gamma + sv * pair(q, c) + sa
    return found
