"""Correlation maps of named activations in the gap ``x = 1 - rho``, on balls, and their iterates.

Written out from the published covariances; no part of the kernel engine is used.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["GAP_MAPS", "erf_map", "gap_after", "leaky_map", "least_map_value"]

_SPARE_DIGITS = 40


def leaky_map(a: Fraction) -> Callable[[arb], arb]:
    """Return the normalised map of a leaky ReLU, as a function of rho."""
    slope = arb(fmpq(a.numerator, a.denominator))

    def at(rho: arb) -> arb:
        sine = (1 - rho * rho).nonnegative_part().sqrt()
        kinked = (sine + rho * (arb.pi() - rho.acos())) / (2 * arb.pi())
        return 2 * (slope * rho + (1 - slope) ** 2 * kinked) / (1 + slope**2)

    return at


def erf_map(bias: arb) -> Callable[[arb], arb]:
    """Return the map of erf with a ratio ``bias`` of variances, as a function of rho."""

    def covariance(rho: arb) -> arb:
        return 2 / arb.pi() * (2 * rho / 3).asin()

    return lambda rho: (bias + covariance(rho)) / (bias + covariance(arb(1)))


def _critical_erf() -> Callable[[arb], arb]:
    root = 2 / arb(5).sqrt()
    return erf_map(2 / arb.pi() * (root - root.atan()))


def _exponential(gap: arb) -> arb:
    return -((-gap).expm1())


def _leaky_gap(a: Fraction) -> Callable[[arb], arb]:
    at = leaky_map(a)
    return lambda gap: 1 - at(1 - gap)


def _erf_gap() -> Callable[[arb], arb]:
    at = _critical_erf()
    return lambda gap: 1 - at(1 - gap)


GAP_MAPS: dict[str, Callable[[], Callable[[arb], arb]]] = {
    "exp": lambda: _exponential,
    "erf": _erf_gap,
    "relu": lambda: _leaky_gap(Fraction(0)),
    "leaky_relu:1/10": lambda: _leaky_gap(Fraction(1, 10)),
    "leaky_relu:1/2": lambda: _leaky_gap(Fraction(1, 2)),
    "abs": lambda: _leaky_gap(Fraction(-1)),
}
"""Critical maps by activation: built when called, at the precision in force."""


@lru_cache(maxsize=64)
def _gaps(name: str, start: Fraction, bits: int, depth: int) -> tuple[arb, ...]:
    """Return the gaps after 1, 2, 4, ... layers, up to ``depth``.

    On [0, 1] a critical map has a slope from 0 to 1, so the error of a gap does not grow; the
    formulas, taken of a ball, would not show that.
    """
    kept = []
    with working_bits(bits):
        step = GAP_MAPS[name]()
        gap = arb(fmpq(start.numerator, start.denominator))
        for layer in range(1, depth + 1):
            gap = arb(step(gap.mid()), gap.rad())
            if layer & (layer - 1) == 0:
                kept.append(gap)
    return tuple(kept)


def gap_after(name: str, start: Fraction, depth: int, dps: int) -> Any:
    """Return ``1 - rho`` after ``depth`` layers, a power of two, from ``1 - rho_0 = start``."""
    longest = 1 << max(depth - 1, 1).bit_length()
    bits = bits_from_dps(dps + _SPARE_DIGITS)
    return _gaps(name, Fraction(start), bits, longest)[depth.bit_length() - 1]


def least_map_value(step: Callable[[arb], arb], depth: int, *, start: arb | None = None) -> arb:
    """Return the correlation that a pair starting at -1 has after ``depth`` layers."""
    rho = arb(-1) if start is None else start
    for _ in range(depth):
        rho = step(rho)
    return rho
