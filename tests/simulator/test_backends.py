"""Drawn matrices follow their law: exact moments within measured errors, orthogonality, seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.backends import (
    NumpyBackend,
    draw_weights,
    make_backend,
    physical_memory,
)
from symprop.specs.initialization import LAWS, WeightLaw

SHAPES = {
    "gaussian": stats.norm(),
    "uniform": stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)),
    "laplace": stats.laplace(scale=math.sqrt(0.5)),
}


def entries(name: str, width: int, *, seed: int = 0, dtype: str = "float64") -> np.ndarray:
    """Return ``M``, seen through its products with the unit vectors."""
    rng = np.random.default_rng(seed)
    weights = draw_weights(
        NumpyBackend(dtype), WeightLaw(name), variance=float(width), width=width, rng=rng
    )
    return weights.times(np.eye(width))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", LAWS)
def test_moments_are_the_exact_ones(name: str, dtype: str) -> None:
    """Independent small matrices, so that the standard error is measured also for Haar."""
    width, runs = 6, 800
    rng = np.random.default_rng(7)
    law = WeightLaw(name)
    sample = np.stack(
        [
            draw_weights(
                NumpyBackend(dtype), law, variance=float(width), width=width, rng=rng
            ).times(np.eye(width))
            for _ in range(runs)
        ]
    )
    for order in (1, 2, 3, 4):
        means = np.mean(sample**order, axis=(1, 2))
        error = means.std(ddof=1) / math.sqrt(runs)
        exact = float(law.moment(order, width=width))
        assert abs(means.mean() - exact) <= 5 * error + 1e-6, (order, means.mean(), exact, error)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_entries_follow_the_law(name: str) -> None:
    assert stats.kstest(entries(name, 100).ravel(), SHAPES[name].cdf).pvalue > 1e-4


def test_rademacher_entries_are_fair_signs() -> None:
    signs = entries("rademacher", 100)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs.sum()) <= 5 * 100


def test_haar_matrices_are_orthogonal_and_uniform() -> None:
    matrix = entries("haar", 30) / math.sqrt(30)
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(30), atol=1e-13)
    angles = [math.atan2(*(entries("haar", 2, seed=seed)[:, 0])) for seed in range(800)]
    assert stats.kstest(angles, stats.uniform(-math.pi, 2 * math.pi).cdf).pvalue > 1e-4


def test_the_transposed_product_is_of_the_same_matrix() -> None:
    rng = np.random.default_rng(2)
    weights = draw_weights(NumpyBackend(), WeightLaw("haar"), variance=3.0, width=5, rng=rng)
    np.testing.assert_array_equal(weights.times(np.eye(5)).T, weights.transposed_times(np.eye(5)))


def test_precision_and_seeds() -> None:
    single = entries("gaussian", 20, dtype="float32")
    np.testing.assert_array_equal(single, single.astype(np.float32))
    assert single.dtype == np.float64
    np.testing.assert_array_equal(entries("haar", 20, seed=3), entries("haar", 20, seed=3))
    assert not np.array_equal(entries("haar", 20, seed=3), entries("haar", 20, seed=4))
    assert (NumpyBackend("float32").itemsize, NumpyBackend().itemsize) == (4, 8)


def test_zero_variance_gives_zero() -> None:
    rng = np.random.default_rng(2)
    for name in LAWS:
        weights = draw_weights(NumpyBackend(), WeightLaw(name), variance=0.0, width=3, rng=rng)
        assert not weights.times(np.eye(3)).any()


def test_choice_of_backend() -> None:
    assert make_backend("numpy", dtype="float32") == NumpyBackend("float32")
    with pytest.raises(InvalidArgument, match="Expected backend to be one of 'numpy', 'torch'"):
        make_backend("jax")
    with pytest.raises(InvalidArgument, match="dtype"):
        make_backend("numpy", dtype="float16")
    with pytest.raises(InvalidArgument, match="device only with the torch backend"):
        make_backend("numpy", device="cuda")


def test_memory_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1e8 < NumpyBackend().memory() <= math.inf
    monkeypatch.delattr("os.sysconf", raising=False)
    assert physical_memory() == math.inf
