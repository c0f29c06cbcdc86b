"""Horner's rule in place, over tiles that stay in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["evaluate_panels", "evaluate_polynomial"]


def evaluate_polynomial(
    coefficients: Sequence[float] | NDArray[np.float64],
    x: NDArray[np.float64],
    out: NDArray[np.float64],
    scratch: NDArray[np.float64] | None = None,
) -> None:
    """Write ``sum_k c_k x^k`` into ``out``, which may not overlap ``x``.

    Polynomials with a parity are evaluated in ``x**2``, in half the passes; ``scratch`` (of
    the shape of ``x``) saves an allocation there.
    """
    odd, even = any(coefficients[1::2]), any(coefficients[0::2])
    if odd and even:
        _horner(coefficients, x, out)
        return
    square = np.multiply(x, x, out=scratch)
    if odd:
        _horner(coefficients[1::2], square, out)
        out *= x
    else:
        _horner(coefficients[0::2], square, out)


def _horner(
    coefficients: Sequence[float] | NDArray[np.float64],
    x: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    if len(coefficients) == 1:
        out.fill(coefficients[0])
        return
    np.multiply(x, coefficients[-1], out=out)
    out += coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        out *= x
        out += coefficient


def evaluate_panels(
    coefficients: NDArray[np.float64],
    panel: NDArray[np.intp],
    local: NDArray[np.float64],
    out: NDArray[np.float64],
    scratch: NDArray[np.float64] | None = None,
) -> None:
    """Write ``sum_k coefficients[k, panel] * local**k`` into ``out``, which may not overlap.

    A panel index outside the table means its nearest column.
    """
    gathered = np.empty_like(local) if scratch is None else scratch
    np.take(coefficients[-1], panel, out=out, mode="clip")
    for row in coefficients[-2::-1]:
        out *= local
        np.take(row, panel, out=gathered, mode="clip")
        out += gathered
