"""A Gaussian matrix seen on a few vectors: bases, and the law of what it does."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.conditioning import gaussian_map, orthonormal_rows, triangular_root
from symprop.simulator.equality import energy_test


def rows_of(kind: str) -> np.ndarray:
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(4, 50))
    if kind == "close":
        rows[1:] = rows[0] + 1e-7 * rows[1:]
    elif kind == "rank 2":
        rows = rng.normal(size=(4, 2)) @ rows[:2]
    elif kind == "zero first":
        rows[0] = 0.0
    elif kind == "equal":
        rows[:] = rows[0]
    elif kind == "more rows than columns":
        rows = rows[:, :3]
    elif kind == "huge and tiny":
        rows *= np.array([[1e100], [1e-100], [1.0], [1e8]])
    return rows


@pytest.mark.parametrize(
    ("kind", "rank"),
    [
        ("generic", 4),
        ("close", 4),
        ("rank 2", 2),
        ("zero first", 3),
        ("equal", 1),
        ("more rows than columns", 3),
        ("huge and tiny", 4),
    ],
)
def test_orthonormal_rows(kind: str, rank: int) -> None:
    rows = rows_of(kind)
    factor, basis = orthonormal_rows(rows)
    alive = np.flatnonzero(basis.any(axis=1))
    assert len(alive) == rank
    np.testing.assert_allclose(basis[alive] @ basis[alive].T, np.eye(rank), atol=1e-15)
    np.testing.assert_array_equal(np.triu(factor, 1), 0.0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    assert (np.abs(factor @ basis - rows) <= 1e-14 * lengths).all()


def test_close_rows_keep_their_distance() -> None:
    """Rows at 1 - cos = 5e-13 are 1e-6 apart, which a factor of inner products would lose."""
    rng = np.random.default_rng(5)
    first, other = rng.normal(size=(2, 10_000))
    rows = np.stack([first, first + 1e-6 * other])
    factor = orthonormal_rows(rows)[0]
    gap = np.linalg.norm(factor[1] - factor[0])
    assert gap == pytest.approx(np.linalg.norm(rows[1] - rows[0]), rel=1e-9)


def sampled(kind: str, runs: int, *, dense: bool, seed: int) -> np.ndarray:
    """Return outputs and transposed outputs of a matrix with 5 rows and 4 columns.

    What the transpose is applied to depends on the outputs.
    """
    rng = np.random.default_rng(seed)
    rows = rows_of(kind)[:2, :4]
    found = []
    for _ in range(runs):
        if dense:
            matrix = rng.normal(size=(5, 4))
            outputs = rows @ matrix.T
            back = np.tanh(outputs) @ matrix
        else:
            seen = gaussian_map(rows, 5, rng)
            outputs = seen.outputs
            back = seen.transposed(np.tanh(outputs), rng)
        found.append(np.concatenate([outputs[:, :2].ravel(), back.ravel()]))
    return np.array(found)


@pytest.mark.parametrize("kind", ["generic", "rank 2", "zero first", "equal"])
def test_law_of_a_matrix_and_its_transpose(kind: str) -> None:
    one, two = (sampled(kind, 600, dense=dense, seed=6 + dense) for dense in (False, True))
    rng = np.random.default_rng(8)
    assert energy_test(one, two, rng=rng, permutations=999) > 0.01
    seen, wrong = gaussian_map(rows_of(kind)[:2, :4], 5, rng), []
    for _ in range(600):
        seen = gaussian_map(rows_of(kind)[:2, :4], 5, rng)
        back = seen.transposed(np.tanh(seen.outputs), rng, independent=True)
        wrong.append(np.concatenate([seen.outputs[:, :2].ravel(), back.ravel()]))
    assert energy_test(np.array(wrong), two, rng=rng, permutations=999) <= 0.001


def test_the_transpose_agrees_with_what_is_known() -> None:
    rng = np.random.default_rng(9)
    rows, back = rng.normal(size=(2, 30)), rng.normal(size=(3, 20))
    seen = gaussian_map(rows, 20, rng)
    leaving = seen.transposed(back, rng)
    np.testing.assert_allclose(leaving @ rows.T, back @ seen.outputs.T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("gap", [1.0, 1e-1, 1e-2, 2e-3, 1e-4, 1e-12, 0.0])
def test_inner_products_are_enough_unless_rows_are_nearly_dependent(gap: float) -> None:
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(3, 60))
    rows[1:] = rows[0] + np.sqrt(gap) * (rows[1:] - rows[0])
    root = triangular_root(rows @ rows.T)
    assert (root is None) == (gap < 1e-3)
    if root is not None:
        np.testing.assert_allclose(root, orthonormal_rows(rows)[0], rtol=1e-11, atol=1e-13)


def test_what_is_no_matrix_of_inner_products_has_no_root() -> None:
    for products in (np.zeros((2, 2)), np.full((2, 2), np.inf), np.array([[1.0, 2.0], [2.0, 1.0]])):
        assert triangular_root(products) is None
