"""Piecewise polynomials on float64 arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.arrays import real_array
from symprop.numerics.horner import evaluate_panels, evaluate_polynomial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["PiecewisePolynomial", "padded"]


@dataclass(frozen=True, eq=False)
class PiecewisePolynomial:
    """A function on ``[lower, upper]`` as float64 polynomials, with its largest absolute error.

    Attributes
    ----------
    breakpoints : ndarray, shape (panels + 1,)
        Increasing ends of the panels.
    coefficients : ndarray, shape (degree + 1, panels)
        Lowest power first, in the local variable ``s = (x - centre) * scale``, ``|s| <= 1``.
    centres, scales : ndarray, shape (panels,)
        The local variables.
    error : float
        Proved bound of ``|returned - exact|`` at every float64 of the interval.

    Conventions
    -----------
    A call takes any shape and returns the same shape; ``out`` may be the argument.

    Error
    -----
    Enclosed: truncation, coefficients and every rounding of the evaluation.

    Examples
    --------
    >>> from symprop.numerics.approximation import certified_polynomial
    >>> sine = certified_polynomial(lambda z: z.sin(), 0, 1, 1e-15)
    >>> abs(float(sine(0.5)) - 0.479425538604203) <= sine.error
    True
    """

    breakpoints: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    centres: NDArray[np.float64]
    scales: NDArray[np.float64]
    error: float

    @property
    def degree(self) -> int:
        """Largest power of the local variable."""
        return len(self.coefficients) - 1

    def __call__(self, x: ArrayLike, out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Evaluate at ``x``; `OutOfDomain` for a point outside the interval or a nan."""
        points = real_array("x", x)
        inside = (points >= self.breakpoints[0]) & (points <= self.breakpoints[-1])
        if not inside.all():
            value = points[~inside].flat[0]
            interval = f"inside [{self.breakpoints[0]}, {self.breakpoints[-1]}]"
            raise OutOfDomain(expected("x", interval, float(value)))
        result = np.empty_like(points) if out is None else out
        if len(self.centres) == 1:
            local = np.subtract(points, self.centres[0])
            local *= self.scales[0]
            evaluate_polynomial(self.coefficients[:, 0], local, result)
        else:
            panel = np.searchsorted(self.breakpoints[1:-1], points, side="right")
            local = np.subtract(points, self.centres[panel])
            local *= self.scales[panel]
            evaluate_panels(self.coefficients, panel, local, result)
        return result


def padded(rows: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return polynomials of different degrees as the columns of one array."""
    table = np.zeros((max(len(row) for row in rows), len(rows)))
    for column, row in enumerate(rows):
        table[: len(row), column] = row
    return table
