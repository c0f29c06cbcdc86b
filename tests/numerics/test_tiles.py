import numpy as np
import pytest

from symprop.numerics.tiles import TILE, flat_tiles, matrix_tiles, scratch


@pytest.mark.parametrize("size", [0, 1, TILE - 1, TILE, TILE + 1, 3 * TILE + 5])
def test_flat_tiles_cover_once(size) -> None:
    counted = np.zeros(size, dtype=int)
    for part in flat_tiles(size):
        counted[part] += 1
    assert (counted == 1).all()


@pytest.mark.parametrize("shape", [(1, 1), (31, 513), (100, 100), (600, 40), (40, 1200)])
def test_matrix_tiles_cover_once(shape) -> None:
    counted = np.zeros(shape, dtype=int)
    for rows, columns in matrix_tiles(*shape):
        counted[rows, columns] += 1
        assert counted[rows, columns].size <= TILE
    assert (counted == 1).all()


@pytest.mark.parametrize("size", [1, 31, 33, 100, 700])
def test_upper_tiles_cover_the_upper_triangle(size) -> None:
    counted = np.zeros((size, size), dtype=int)
    for rows, columns in matrix_tiles(size, size, upper=True):
        assert columns.start >= rows.start
        counted[rows, columns] += 1
    assert (counted[np.triu_indices(size)] == 1).all()


def test_scratch_is_no_larger_than_needed() -> None:
    assert [space.size for space in scratch(2, 10)] == [10, 10]
    assert scratch(1, 10**9)[0].size == TILE
