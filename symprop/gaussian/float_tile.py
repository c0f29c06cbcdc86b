"""What the float64 formulas of dual kernels work on: one tile of an array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Formula", "Tile", "Variance"]

Array = NDArray[np.float64]
"""A float64 array."""

Variance = Any
"""A float, or an array that broadcasts against the tile."""


@dataclass(slots=True)
class Tile:
    """What a formula reads and writes.

    Attributes
    ----------
    rho : ndarray
        Correlations in [-1, 1].
    gap : ndarray or None
        ``1 - rho`` where it is known better than by subtraction.
    q1, q2 : float or ndarray
        Variances.
    out : ndarray
        Receives the values.
    first, second : ndarray
        Scratch space of the same shape.
    """

    rho: Array
    gap: Array | None
    q1: Variance
    q2: Variance
    out: Array
    first: Array
    second: Array

    def sine_square(self, out: Array, spare: Array) -> None:
        """Write ``1 - rho**2`` with full relative accuracy."""
        if self.gap is None:
            np.subtract(1.0, self.rho, out=out)
            np.add(self.rho, 1.0, out=spare)
            out *= spare
        else:
            np.subtract(2.0, self.gap, out=out)
            out *= self.gap

    def angle(self, out: Array) -> None:
        """Write ``arccos(rho)`` from the gap, with full relative accuracy at both ends."""
        np.sqrt(self.known_gap, out=out)
        np.arctan2(out, np.sqrt(2.0 - self.known_gap), out=out)
        out *= 2.0

    @property
    def known_gap(self) -> Array:
        """The gap, where a caller has to give it."""
        assert self.gap is not None
        return self.gap

    @property
    def deviation(self) -> Variance:
        """``sqrt(q1 q2)``."""
        return np.sqrt(self.q1) * np.sqrt(self.q2)


@dataclass(frozen=True, slots=True)
class Formula:
    """A closed form in float64.

    Attributes
    ----------
    value, deficit : callable
        Tile functions ``(tile, parameter)``.
    ulps : float
        Bound of the error of ``value``, in ``2**-52 sqrt(kappa_1(1) kappa_2(1))``.
    deficit_ulps : float
        Bound of the relative error of ``deficit`` where ``rho >= 0``, in ``2**-52``.
    """

    value: Callable[[Tile, float], None]
    deficit: Callable[[Tile, float], None]
    ulps: float
    deficit_ulps: float
