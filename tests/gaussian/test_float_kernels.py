"""How arrays are handled, with the cheapest kernel: nothing here depends on the formula."""

import copy
import math
import pickle

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.float_faces import float_kernel
from symprop.gaussian.float_kernels import FloatKernel
from symprop.numerics.tiles import TILE


@pytest.fixture
def kernel() -> FloatKernel:
    return float_kernel("relu")


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (2, 0, 4), (TILE + 7,), (3, TILE)])
def test_shape_is_kept(kernel, shape) -> None:
    rho = np.full(shape, 0.25)
    assert kernel(rho).shape == shape
    assert kernel(angle_gap=rho).shape == shape
    assert kernel.deficit(rho).shape == shape


def test_tiles_do_not_show(kernel) -> None:
    rho = np.random.default_rng(1).uniform(-1, 1, 3 * TILE + 11)
    whole = kernel(rho)
    parts = np.concatenate([kernel(part) for part in np.array_split(rho, 37)])
    np.testing.assert_array_equal(whole, parts)


def test_any_array_like_and_any_strides(kernel) -> None:
    grid = np.linspace(-1, 1, 24).reshape(4, 6)
    np.testing.assert_array_equal(kernel(grid.T), kernel(np.ascontiguousarray(grid.T)))
    np.testing.assert_array_equal(kernel(grid[:, ::2]), kernel(grid)[:, ::2])
    assert kernel([0, 1]).tolist() == kernel(np.array([0.0, 1.0])).tolist()
    assert float(kernel(1)) == 0.5


def test_argument_is_not_written_on(kernel) -> None:
    rho = np.linspace(-1, 1, 9)
    before = rho.copy()
    kernel(rho)
    kernel.deficit(np.abs(rho))
    np.testing.assert_array_equal(rho, before)


def test_result_may_replace_the_argument(kernel) -> None:
    rho = np.linspace(-1, 1, TILE + 3)
    expected = kernel(rho)
    assert kernel(rho, out=rho) is rho
    np.testing.assert_array_equal(rho, expected)


@pytest.mark.parametrize(
    "out", [np.empty(3), np.empty((2, 4))[:, ::2], np.empty((2, 2), dtype=np.float32)]
)
def test_unfit_result_is_refused(kernel, out) -> None:
    with pytest.raises(InvalidArgument, match="contiguous float64"):
        kernel(np.zeros((2, 2)), out=out)


@pytest.mark.parametrize("bad", [1.0000000000000002, -1.5, math.nan, math.inf, -math.inf])
def test_correlations_outside_are_refused_wherever_they_are(kernel, bad) -> None:
    rho = np.zeros(2 * TILE)
    rho[TILE + 5] = bad
    with pytest.raises(OutOfDomain, match=r"rho inside \[-1, 1\]"):
        kernel(rho)


@pytest.mark.parametrize("bad", [-1e-300, 2.0000000000000004, math.nan])
def test_gaps_outside_are_refused(kernel, bad) -> None:
    with pytest.raises(OutOfDomain, match=r"angle_gap inside \[0, 2\]"):
        kernel(angle_gap=[0.5, bad])
    with pytest.raises(OutOfDomain):
        kernel.deficit([bad])


def test_exactly_one_argument(kernel) -> None:
    with pytest.raises(InvalidArgument):
        kernel()
    with pytest.raises(InvalidArgument):
        kernel(0.5, angle_gap=0.5)


@pytest.mark.parametrize("name", ["relu", "tanh", "elu", "alpha_relu:7/10"])
def test_every_kind_pickles(name) -> None:
    kernel = float_kernel(name)
    rho = np.linspace(-1, 1, 33)
    for twin in (pickle.loads(pickle.dumps(kernel)), copy.deepcopy(kernel)):
        assert twin.error == kernel.error
        np.testing.assert_array_equal(twin(rho), kernel(rho))
        np.testing.assert_array_equal(twin.deficit(rho + 1), kernel.deficit(rho + 1))
