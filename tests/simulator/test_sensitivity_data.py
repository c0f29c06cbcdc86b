"""Data with channels and space: shapes, spectra, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.sensitivity_data import sensitivity_inputs
from symprop.specs.sensitivity_networks import VanillaNetwork


def test_noise_in_one_dimension_has_its_spectrum() -> None:
    net = VanillaNetwork(extent=(16,), kernel=3)
    data = sensitivity_inputs(net, "noise:4000,2", 2, rng=np.random.default_rng(0))
    assert data.shape == (32, 4000)
    power = np.mean(np.abs(np.fft.fft(data.reshape(2, 16, -1), axis=1)) ** 2, axis=(0, 2))
    assert power[0] < 1e-20
    assert power[4] / power[1] == pytest.approx(1 / 16, rel=0.1)
    assert np.mean(data**2) == pytest.approx(1, rel=0.05)
    across = np.corrcoef(data.reshape(2, -1))[0, 1]
    assert abs(across) < 0.03


def test_noise_in_a_plane() -> None:
    net = VanillaNetwork(extent=(4, 6), kernel=3)
    data = sensitivity_inputs(net, "noise:3,1/2", 2, rng=np.random.default_rng(0))
    assert data.shape == (48, 3)


def test_other_forms_fill_all_positions() -> None:
    net = VanillaNetwork(extent=(4,), kernel=3)
    assert sensitivity_inputs(net, "rank:5,2", 3, rng=np.random.default_rng(0)).shape == (12, 5)
    flat = sensitivity_inputs(VanillaNetwork(), "noise:5,1", 16, rng=np.random.default_rng(0))
    assert flat.shape == (16, 5)


@pytest.mark.parametrize("spec", ["noise:5", "noise:x,1", "noise:0,1", "cloud:3"])
def test_malformed(spec: str) -> None:
    net = VanillaNetwork(extent=(4,), kernel=3)
    with pytest.raises(InvalidArgument):
        sensitivity_inputs(net, spec, 2, rng=np.random.default_rng(0))
