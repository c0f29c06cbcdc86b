r"""``V`` in float64 for recurrences: short polynomials that a loop can keep from layer to layer.

Each octave of `SecondMomentFace` is cut into 32 panels, on which its polynomial is expanded
anew and cut short. Along a trajectory a panel serves many layers, and evaluating one costs a
fraction of a microsecond. With ``t = k q - m`` for a power of two ``k`` and an integer ``m``, the
local variable is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, arb_poly

from symprop.numerics.approximation import UNIT_ROUNDOFF
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.gaussian.float_transforms import SecondMomentFace

__all__ = ["DEGREE", "LengthPanel", "LengthTable"]

DEGREE = 9
"""Degree of every panel."""

_PANELS = 32
_BITS = 160
_ROUNDOFF = arb(UNIT_ROUNDOFF) * arb("1.001")
_LARGEST_EXPONENT = 1100  # of a float64; negative ones count from the end of the array


@dataclass(frozen=True, slots=True)
class LengthPanel:
    """``V(q) = sum_k coefficients[k] t**k`` with ``t = scale*q - offset``, for ``|t| <= 1``."""

    scale: float
    offset: float
    coefficients: tuple[float, ...]


class LengthTable:
    """``V`` on float64 arrays and, panel by panel, in scalar loops.

    Attributes
    ----------
    relative_error : float
        Proved bound of the relative error of every value returned so far.

    Error
    -----
    Enclosed, within `relative_error`.
    """

    def __init__(self, face: SecondMomentFace) -> None:
        self._face = face
        self._slots = np.full(2 * _LARGEST_EXPONENT, -1, dtype=np.intp)  # by exponent
        self._stack = np.empty((DEGREE + 1, 0))
        self._last = LengthPanel(0.0, 2.0, (0.0,) * (DEGREE + 1))
        self.relative_error = 0.0

    def panel(self, q: float) -> LengthPanel:
        """Return the panel of a variance ``q > 0``."""
        scale, offset, rows = self.panels(np.array([q]))
        return LengthPanel(float(scale[0]), float(offset[0]), tuple(rows[:, 0].tolist()))

    def panels(
        self, q: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return ``scale``, ``offset`` and coefficients (power first) for variances ``q > 0``."""
        mantissas, exponents = np.frexp(q)
        slots = self._slots[exponents]
        if (slots < 0).any():
            for exponent in np.unique(exponents[slots < 0]).tolist():
                self._add_octave(exponent)
            slots = self._slots[exponents]
        twice = (mantissas * (2 * _PANELS)).astype(np.intp)
        scale = np.asarray(np.ldexp(4.0 * _PANELS, -exponents), dtype=np.float64)
        offset = np.asarray(2.0 * twice + 1, dtype=np.float64)
        return scale, offset, self._stack[:, (slots - 1) * _PANELS + twice]

    def value(self, q: float) -> float:
        """Return ``V`` at one variance > 0."""
        panel = self._last
        local = panel.scale * q - panel.offset
        if not -1.0 <= local <= 1.0:
            panel = self._last = self.panel(q)
            local = panel.scale * q - panel.offset
        result = 0.0
        for coefficient in reversed(panel.coefficients):
            result = result * local + coefficient
        return result

    def __call__(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``V`` on an array of variances > 0."""
        if q.size == 1:
            return np.full(q.shape, self.value(float(q.flat[0])))
        flat = q.ravel()
        scale, offset, rows = self.panels(flat)
        return evaluate_rows(rows, scale * flat - offset).reshape(q.shape)

    def _add_octave(self, exponent: int) -> None:
        panel, least = self._face.octave(exponent)
        table = np.empty((DEGREE + 1, _PANELS))
        with working_bits(_BITS):
            whole, width = arb_poly(list(panel.coefficients)), arb(1) / _PANELS
            for index in range(_PANELS):
                exact = list(whole(arb_poly([(2 * index + 1) * width - 1, width])))
                exact += [arb(0)] * (DEGREE + 1 - len(exact))
                kept = [float(value.mid()) for value in exact[: DEGREE + 1]]
                table[:, index] = kept
                error = panel.error + sum((abs(value) for value in exact[DEGREE + 1 :]), arb(0))
                for k, value in enumerate(kept):
                    error += abs(exact[k] - value) + abs(arb(value)) * (2 * k + 2) * _ROUNDOFF
                if least:  # otherwise V is 0, and so is the table
                    bound = float((error / arb(least)).upper())
                    self.relative_error = max(self.relative_error, bound)
        self._slots[exponent] = self._stack.shape[1] // _PANELS
        self._stack = np.concatenate([self._stack, table], axis=1)


def evaluate_rows(rows: NDArray[np.float64], local: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``sum_k rows[k] local**k``, elementwise."""
    value: NDArray[np.float64] = rows[-1] * local
    for row in rows[-2:0:-1]:
        value += row
        value *= local
    value += rows[0]
    return value
