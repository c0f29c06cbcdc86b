"""Arrays cut into tiles that stay in the cache, with scratch space made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["TILE", "TILE_COLUMNS", "TILE_ROWS", "flat_tiles", "matrix_tiles", "scratch"]

TILE_ROWS = 32
"""Rows of a tile of a matrix."""

TILE_COLUMNS = 512
"""Columns of a tile of a matrix: rows long enough to vectorise, short enough to be cached."""

TILE = TILE_ROWS * TILE_COLUMNS
"""Elements of a tile: 128 kB, so that a tile and its scratch arrays share the second cache."""


def scratch(count: int, size: int = TILE) -> list[NDArray[np.float64]]:
    """Return ``count`` flat arrays of at most a tile's size."""
    return list(np.empty((count, min(size, TILE))))


def flat_tiles(size: int) -> Iterator[slice]:
    """Yield slices that cover ``range(size)``."""
    for start in range(0, size, TILE):
        yield slice(start, min(start + TILE, size))


def matrix_tiles(rows: int, columns: int, *, upper: bool = False) -> Iterator[tuple[slice, slice]]:
    """Yield pairs of slices that cover a matrix; with ``upper``, its upper triangle.

    In the latter case the first tile of every band of rows starts on the diagonal.
    """
    for top in range(0, rows, TILE_ROWS):
        bottom = min(top + TILE_ROWS, rows)
        first = top if upper else 0
        for left in range(first, columns, TILE_COLUMNS):
            yield slice(top, bottom), slice(left, min(left + TILE_COLUMNS, columns))
