"""Dual kernels on float64 arrays, with a stated error.

`FloatKernel` does the array handling; its subclasses differ in how one tile is filled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.float_formulas import FORMULAS
from symprop.gaussian.float_tile import Tile
from symprop.numerics.arrays import real_array
from symprop.numerics.tiles import flat_tiles, scratch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["ClosedFormKernel", "FloatKernel", "ZeroKernel"]


def _fits(out: object, shape: tuple[int, ...]) -> bool:
    return (
        isinstance(out, np.ndarray)
        and out.shape == shape
        and bool(out.flags.c_contiguous and out.flags.writeable)
        and out.dtype == np.float64
    )


class FloatKernel(ABC):
    """A dual kernel as a function of float64 arrays of correlations.

    Attributes
    ----------
    error : float
        Bound of the absolute error of every value.
    variances : tuple of float
        ``(q1, q2)``.
    """

    error: float
    variances: tuple[float, float]

    @property
    @abstractmethod
    def deficit_error(self) -> float:
        """Bound of the relative error of `deficit` where ``rho >= 0``."""

    @abstractmethod
    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""

    @abstractmethod
    def fill_deficit(self, tile: Tile) -> None:
        """Write ``kappa(1) - kappa(rho)`` of one tile, from its gap, into ``tile.out``."""

    def __call__(
        self,
        rho: ArrayLike | None = None,
        *,
        angle_gap: ArrayLike | None = None,
        out: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Return ``kappa`` at an array of correlations, or of gaps ``1 - rho``.

        Parameters
        ----------
        rho, angle_gap : array_like
            One of them, of any shape; ``rho`` in [-1, 1], ``angle_gap`` in [0, 2].
        out : ndarray, optional
            Contiguous float64 array for the result; may be the argument.

        Raises
        ------
        OutOfDomain
            If an entry lies outside its interval or is not a number.
        """
        if (rho is None) == (angle_gap is None):
            raise InvalidArgument(
                expected("rho", "or angle_gap, exactly one of them", (rho, angle_gap))
            )
        given = rho if angle_gap is None else angle_gap
        return self._run(self.fill, given, angle_gap is not None, out)

    def deficit(self, angle_gap: ArrayLike) -> NDArray[np.float64]:
        """Return ``kappa(1) - kappa(1 - angle_gap)``, relatively accurate for small gaps.

        Raises
        ------
        OutOfDomain
            If a gap lies outside [0, 2].
        """
        return self._run(self.fill_deficit, angle_gap, True, None)

    def _run(
        self,
        fill: Callable[[Tile], None],
        given: ArrayLike | None,
        is_gap: bool,
        out: NDArray[np.float64] | None,
    ) -> NDArray[np.float64]:
        values = real_array("angle_gap" if is_gap else "rho", given)
        if out is None:
            out = np.empty(values.shape)
        elif not _fits(out, values.shape):
            raise InvalidArgument(
                expected("out", f"to be contiguous float64 of shape {values.shape}", out)
            )
        flat, result = values.reshape(-1), out.reshape(-1)
        spaces = scratch(4, flat.size)
        name, low, high = ("angle_gap", 0.0, 2.0) if is_gap else ("rho", -1.0, 1.0)
        q1, q2 = self.variances
        for part in flat_tiles(flat.size):
            piece = flat[part]
            if not (piece.min() >= low and piece.max() <= high):
                bad = piece[~((piece >= low) & (piece <= high))][0]
                raise OutOfDomain(expected(name, f"inside [{low:g}, {high:g}]", float(bad)))
            rho, value, first, second = (space[: piece.size] for space in spaces)
            if is_gap:
                np.subtract(1.0, piece, out=rho)
                fill(Tile(rho, piece, q1, q2, value, first, second))
            else:
                fill(Tile(piece, None, q1, q2, value, first, second))
            result[part] = value
        return out


@dataclass(frozen=True)
class ZeroKernel(FloatKernel):
    """The kernel that is 0 at every correlation."""

    variances: tuple[float, float]
    error: float = 0.0

    @property
    def deficit_error(self) -> float:
        """Nothing is rounded."""
        return 0.0

    def fill(self, tile: Tile) -> None:
        """Write zeros."""
        tile.out.fill(0.0)

    def fill_deficit(self, tile: Tile) -> None:
        """Write zeros."""
        tile.out.fill(0.0)


@dataclass(frozen=True)
class ClosedFormKernel(FloatKernel):
    """``factor`` times a formula of `float_formulas` at the variances given."""

    name: str
    parameter: float
    factor: float
    variances: tuple[float, float]
    error: float
    relative: float

    @property
    def deficit_error(self) -> float:
        """Bound of the relative error of `deficit` where ``rho >= 0``."""
        return self.relative

    def fill(self, tile: Tile) -> None:
        """Write the kernel of one tile into ``tile.out``."""
        FORMULAS[self.name].value(tile, self.parameter)
        if self.factor != 1.0:
            tile.out *= self.factor

    def fill_deficit(self, tile: Tile) -> None:
        """Write ``kappa(1) - kappa(rho)`` of one tile into ``tile.out``."""
        FORMULAS[self.name].deficit(tile, self.parameter)
        if self.factor != 1.0:
            tile.out *= self.factor
