"""Dense sensitivity networks: laws of weights, shapes, precision and refusals."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.backends import make_backend
from symprop.simulator.sensitivity_dense import draw_kernel, sensitivity_dense_run
from symprop.specs.initialization import LAWS, weight_law
from symprop.specs.sensitivity_networks import BatchNormFeedforward, VanillaNetwork


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("shape", [(20, 20), (10, 40), (40, 10)])
def test_entries_have_the_moments_of_their_law(name: str, shape: tuple[int, int]) -> None:
    rng, law = np.random.default_rng(1), weight_law(name)
    entries = np.array([draw_kernel(make_backend("numpy"), law, shape, rng) for _ in range(50)])
    assert entries.shape == (50, *shape)
    assert np.mean(entries**2) == pytest.approx(1, abs=0.03)
    fourth = float(law.moment(4, width=max(shape)))
    assert np.mean(entries**4) == pytest.approx(fourth, rel=0.1)


def test_he_weights_keep_the_second_moment_of_one_signal_on_average() -> None:
    rng = np.random.default_rng(3)
    net = VanillaNetwork("relu", extent=(4,), kernel=3, width=30)
    data = rng.normal(size=(8, 2))
    ratios = []
    for _ in range(400):
        run = sensitivity_dense_run(net, data, 1, rng=rng, law="uniform")
        ratios.append(run.signal[1, 1] / run.signal[0, 1])
    error = np.std(ratios) / np.sqrt(len(ratios))
    assert abs(np.mean(ratios) - 1) < 5 * error


def test_all_unit_vectors_give_the_jacobian() -> None:
    """With the directions ``sqrt(n) e_i`` the second moment is the mean over all noise."""
    rng = np.random.default_rng(5)
    n, count = 6, 3
    data = rng.normal(size=(n, count))
    noise = np.broadcast_to(np.sqrt(n) * np.eye(n)[:, None, :], (n, count, n))
    run = sensitivity_dense_run(VanillaNetwork("tanh", 1), data, 1, rng=rng, noise=noise)
    weights = np.random.default_rng(5)
    weights.normal(size=(n, count))
    w = weights.standard_normal((n, n)) / np.sqrt(n)
    jacobian = (1 - np.tanh(w @ data) ** 2)[:, :, None] * w[:, None, :]
    assert run.sensitivity[1, 1] == pytest.approx(np.sum(jacobian**2) / (n * count))


TORCH = [("torch", "float64")] if find_spec("torch") is not None else []


def test_single_precision_and_torch() -> None:
    data = np.random.default_rng(0).normal(size=(30, 4))
    runs = [
        sensitivity_dense_run(
            BatchNormFeedforward(), data, 3, rng=np.random.default_rng(7), backend=name, dtype=kind
        )
        for name, kind in (("numpy", "float64"), ("numpy", "float32"), *TORCH)
    ]
    for run in runs[1:]:
        np.testing.assert_allclose(run.signal, runs[0].signal, rtol=1e-4, atol=1e-5)


def test_impossible_sizes_are_refused() -> None:
    rng = np.random.default_rng(0)
    for width, size in ((10**12, 10), (10**8, 10**5)):  # signals, weights
        with pytest.raises(InvalidArgument, match=r"memory.* GB"):
            sensitivity_dense_run(VanillaNetwork(width=width), np.ones((size, 1)), 1, rng=rng)
    with pytest.raises(InvalidArgument, match="backward"):
        sensitivity_dense_run(VanillaNetwork(), np.ones((10, 1)), 1, rng=rng, backward="true")
