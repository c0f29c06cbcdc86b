"""Layers with signal and sensitivity against networks written out index by index."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.sensitivity_layers import receptive_fields, run_layers
from symprop.specs.sensitivity_networks import (
    BatchNormFeedforward,
    BatchNormResidual,
    VanillaNetwork,
)
from tests.simulator.naive_sensitivity import signal_and_noise

KINDS = {"vanilla": VanillaNetwork, "batch": BatchNormFeedforward, "residual": BatchNormResidual}
OPTIONS = {
    "directions": 1,
    "noise": None,
    "channel_moments": True,
    "effective_ranks": True,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("extent", "kernel"), [((), 1), ((5,), 3), ((3, 4), 2), ((2,), 3)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_against_networks_by_index(
    kind: str, extent: tuple[int, ...], kernel: int, activation: str
) -> None:
    rng = np.random.default_rng(1)
    channels, count, unit = 3, 4, 2
    options = {"unit_depth": unit} if kind == "residual" else {}
    net = KINDS[kind](activation, 1, extent=extent, kernel=kernel, **options)
    units = 2 if kind == "residual" else 3
    layers = units * net.layers_per_unit
    shape = (channels, channels, *(kernel for _ in extent))
    kernels = [rng.normal(size=shape) for _ in range(layers)]
    data, noise = rng.normal(size=(2, count, channels, *extent))
    phi = np.tanh if activation == "tanh" else lambda x: np.maximum(x, 0)
    signal, derivative = signal_and_noise(data, noise, kernels, kind, unit, phi)

    used = iter(kernels)

    def linear_map(columns: np.ndarray, outputs: int, variance: float) -> np.ndarray:
        assert outputs == channels
        assert variance == pytest.approx(1 / (channels * kernel ** len(extent)))
        w = np.moveaxis(next(used), 1, -1).reshape(outputs, -1)  # offsets first, then channels
        return w @ columns

    run = run_layers(
        net,
        data.reshape(count, -1).T,
        units,
        linear_map,
        rng=rng,
        **OPTIONS | {"noise": noise.reshape(count, -1).T[..., None]},
    )
    assert run.channels is not None
    axes = (0, *range(2, data.ndim))
    for order in range(4):
        np.testing.assert_allclose(
            run.channels.signal[-1, order],
            (signal ** (order + 1)).mean(axes),
            rtol=1e-9,
            atol=1e-12,
        )
        centred = (signal - signal.mean(axes, keepdims=True)) ** (order + 1)
        np.testing.assert_allclose(
            run.channels.signal_central[-1, order], centred.mean(axes), rtol=1e-9, atol=1e-11
        )
    np.testing.assert_allclose(
        run.channels.sensitivity[-1, 1], (derivative**2).mean(axes), rtol=1e-5
    )
    zeta = np.sqrt(
        (derivative**2).mean() / (noise**2).mean() * data_variance(data) / data_variance(signal)
    )
    assert run.normalized_sensitivity[-1] == pytest.approx(zeta, rel=1e-5)
    rows = (signal - signal.mean(axes, keepdims=True)).swapaxes(0, 1).reshape(channels, -1)
    covariance = np.cov(rows, bias=True)
    rank = np.trace(covariance) / np.linalg.norm(covariance, 2)
    assert run.effective_ranks[-1, 0] == pytest.approx(rank)


def data_variance(data: np.ndarray) -> float:
    axes = (0, *range(2, data.ndim))
    return float(np.mean((data - data.mean(axes, keepdims=True)) ** 2))


def test_factors_multiply_to_increments() -> None:
    rng = np.random.default_rng(2)
    net = BatchNormFeedforward("relu", 2, "1/4", gain_variance="1/9")

    def linear_map(columns: np.ndarray, outputs: int, variance: float) -> np.ndarray:
        return np.sqrt(variance) * rng.normal(size=(outputs, len(columns))) @ columns

    run = run_layers(net, rng.normal(size=(20, 6)), 5, linear_map, rng=rng, **OPTIONS)
    np.testing.assert_allclose(run.factors[1:].prod(axis=(1, 2)), run.increments, rtol=1e-12)
    assert run.normalized_sensitivity[0] == 1


def test_receptive_fields_of_a_plane() -> None:
    x = np.arange(6.0).reshape(1, 6, 1)  # rows 0 1 2 / 3 4 5
    fields = receptive_fields(x, (2, 3), 3)
    assert fields.shape == (9, 6, 1)
    np.testing.assert_array_equal(fields[:, 0, 0], [5, 3, 4, 2, 0, 1, 5, 3, 4])


def linear(columns: np.ndarray, outputs: int, variance: float) -> np.ndarray:
    return np.ones((outputs, len(columns))) @ columns


@pytest.mark.parametrize(
    ("net", "shape", "options"),
    [
        (VanillaNetwork(extent=(4,)), (6, 2), {}),
        (VanillaNetwork(), (6,), {}),
        (BatchNormResidual(width=3), (6, 2), {}),
        (VanillaNetwork(), (6, 2), {"directions": 0}),
        (VanillaNetwork(), (6, 2), {"noise": np.ones((6, 2))}),
        (VanillaNetwork(), (6, 2), {"noise": np.zeros((6, 2, 1))}),
    ],
)
def test_malformed(net: object, shape: tuple[int, ...], options: dict) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidArgument):
        run_layers(net, np.ones(shape), 2, linear, rng=rng, **OPTIONS | options)


def test_data_that_do_not_vary_cannot_be_normalised() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(OutOfDomain, match=r"layer 1 of 2.*channel 0"):
        run_layers(BatchNormFeedforward(), np.full((3, 2), 0.1), 2, linear, rng=rng, **OPTIONS)


def test_overflow_is_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(OutOfDomain, match="overflow"):
        run_layers(VanillaNetwork(), np.full((3, 2), 1e200), 2, linear, rng=rng, **OPTIONS)


def test_receptive_fields_beyond_memory_are_refused() -> None:
    net = VanillaNetwork(extent=(10,), kernel=10**9, width=10**6)
    with pytest.raises(InvalidArgument, match=r"memory.*GB"):
        run_layers(net, np.ones((10, 2)), 1, linear, rng=np.random.default_rng(0), **OPTIONS)
