r"""``V`` in float64 for recurrences: short polynomials that a loop can keep from layer to layer.

Each octave of `SecondMomentFace` is cut into 32 panels, on which its polynomial is expanded
anew and cut short. Along a trajectory a panel serves many layers, and evaluating one costs a
fraction of a microsecond. With ``t = k q - m`` for a power of two ``k`` and an integer ``m``, the
local variable is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp, ldexp
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
        self._octaves: dict[int, NDArray[np.float64]] = {}
        self.relative_error = 0.0

    def panel(self, q: float) -> LengthPanel:
        """Return the panel of a variance ``q > 0``."""
        mantissa, exponent = frexp(q)
        index = int(mantissa * 2 * _PANELS) - _PANELS
        row = self._octave(exponent)[index]
        return LengthPanel(
            ldexp(4.0 * _PANELS, -exponent), 2.0 * (_PANELS + index) + 1, tuple(row.tolist())
        )

    def panels(
        self, q: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return ``scale``, ``offset`` and coefficients (power first) for variances ``q > 0``."""
        mantissas, exponents = np.frexp(q)
        index = (mantissas * (2 * _PANELS)).astype(np.intp) - _PANELS
        found = np.unique(exponents).tolist()
        rows = np.empty((q.size, DEGREE + 1))
        for exponent in found:
            where = exponents == exponent
            rows[where] = self._octave(exponent)[index[where]]
        scale = np.asarray(np.ldexp(4.0 * _PANELS, -exponents), dtype=np.float64)
        offset = np.asarray(2.0 * (_PANELS + index) + 1, dtype=np.float64)
        return scale, offset, rows.T.copy()

    def __call__(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``V`` on an array of variances > 0."""
        flat = q.ravel()
        scale, offset, rows = self.panels(flat)
        return evaluate_rows(rows, scale * flat - offset).reshape(q.shape)

    def _octave(self, exponent: int) -> NDArray[np.float64]:
        table = self._octaves.get(exponent)
        if table is None:
            panel, least = self._face.octave(exponent)
            table = np.empty((_PANELS, DEGREE + 1))
            with working_bits(_BITS):
                whole = arb_poly(list(panel.coefficients))
                width = arb(1) / _PANELS
                for index in range(_PANELS):
                    centre = (2 * index + 1) * width - 1
                    short = list(whole(arb_poly([centre, width])))
                    short += [arb(0)] * (DEGREE + 1 - len(short))
                    kept = [float(value.mid()) for value in short[: DEGREE + 1]]
                    table[index] = kept
                    error = arb(panel.error)
                    for value in short[DEGREE + 1 :]:
                        error += abs(value)
                    for k, value in enumerate(kept):
                        error += abs(short[k] - value) + abs(arb(value)) * (2 * k + 2) * arb(
                            UNIT_ROUNDOFF
                        ) * arb("1.001")
                    self.relative_error = max(
                        self.relative_error, float((error / arb(least)).upper())
                    )
            self._octaves[exponent] = table
        return table


def evaluate_rows(rows: NDArray[np.float64], local: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``sum_k rows[k] local**k``, elementwise."""
    value: NDArray[np.float64] = rows[-1] * local
    for row in rows[-2:0:-1]:
        value += row
        value *= local
    value += rows[0]
    return value
