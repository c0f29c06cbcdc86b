"""Matrices in torch, where it is installed; where it is not, the line that installs it.

Both situations are real, and in each the documented behaviour is tested.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, MissingBackend
from symprop.simulator.backends import NumpyBackend, draw_weights, make_backend
from symprop.simulator.dense import dense_run
from symprop.simulator.torch_backend import TorchBackend
from symprop.specs.architectures import FullyConnected
from symprop.specs.initialization import LAWS, WeightLaw

INSTALLED = find_spec("torch") is not None
INSTALL_LINE = r"pip install 'symprop\[torch\]'"


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingBackend, match=INSTALL_LINE):
        TorchBackend()
    with pytest.raises(MissingBackend, match=INSTALL_LINE):
        make_backend("torch", dtype="float32", device="cuda")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_matrices_follow_their_law(dtype: str) -> None:
    if not INSTALLED:
        with pytest.raises(MissingBackend, match=INSTALL_LINE):
            TorchBackend(dtype)
        return
    backend, width, runs = TorchBackend(dtype), 8, 250
    rng = np.random.default_rng(1)
    for name in LAWS:
        law = WeightLaw(name)
        drawn = [
            draw_weights(backend, law, variance=float(width), width=width, rng=rng)
            for _ in range(runs)
        ]
        sample = np.stack([weights.times(np.eye(width)) for weights in drawn])
        assert sample.dtype == np.float64
        for order in (1, 2, 4):
            means = np.mean(sample**order, axis=(1, 2))
            error = means.std(ddof=1) / runs**0.5
            exact = float(law.moment(order, width=width))
            assert abs(means.mean() - exact) <= 5 * error + 1e-6, (name, order)
        np.testing.assert_array_equal(sample[0].T, drawn[0].transposed_times(np.eye(width)))


def test_products_agree_with_numpy() -> None:
    if not INSTALLED:
        with pytest.raises(MissingBackend, match=INSTALL_LINE):
            TorchBackend()
        return
    columns = np.random.default_rng(0).standard_normal((6, 2))
    for dtype in ("float64", "float32"):
        torch, numpy = TorchBackend(dtype), NumpyBackend(dtype)
        there = torch.to_numpy(torch.from_numpy(columns))
        np.testing.assert_array_equal(there, numpy.to_numpy(numpy.from_numpy(columns)))
        law = WeightLaw("gaussian")
        rng = np.random.default_rng(2)
        weights = draw_weights(torch, law, variance=1.0, width=6, rng=rng)
        entries = weights.times(np.eye(6))
        bound = 20 * np.finfo(dtype).eps
        assert np.abs(weights.times(columns) - entries @ columns).max() < bound
        assert np.abs(weights.transposed_times(columns) - entries.T @ columns).max() < bound
        again = draw_weights(torch, law, variance=1.0, width=6, rng=np.random.default_rng(2))
        np.testing.assert_array_equal(again.times(np.eye(6)), entries)
    assert torch.memory() > 1e8


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_network_of_isometries(dtype: str) -> None:
    """Forward and backward through torch, against what every product of rotations must give."""
    net, inputs = FullyConnected("identity", 1), np.random.default_rng(0).standard_normal((12, 3))
    rng = np.random.default_rng(1)
    if not INSTALLED:
        with pytest.raises(MissingBackend, match=INSTALL_LINE):
            dense_run(net, inputs, 5, rng=rng, backend="torch")
        return
    run = dense_run(
        net, inputs, 5, rng=rng, law="haar", backward="true", backend="torch", dtype=dtype
    )
    bound = 200 * np.finfo(dtype).eps
    assert np.abs(run.gram - run.gram[0]).max() < bound
    assert run.gradient_gram is not None
    assert np.abs(run.gradient_gram - 1).max() < bound


def test_an_unknown_device() -> None:
    if not INSTALLED:
        with pytest.raises(MissingBackend, match=INSTALL_LINE):
            TorchBackend("float64", "abacus")
        return
    with pytest.raises(InvalidArgument, match="Expected device usable by torch"):
        TorchBackend("float64", "abacus")
    with pytest.raises(InvalidArgument, match="dtype"):
        TorchBackend("float16")
