"""Every observable of a sensitivity run has the shape its axes say."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.families import family_of, load_observables, load_sampler
from symprop.simulator.monte_carlo import simulate
from symprop.simulator.sensitivity_observables import (
    OBSERVABLES,
    batch_norm_factor,
    nonlinearity_factor,
)
from symprop.specs.sensitivity_networks import (
    BatchNormFeedforward,
    BatchNormResidual,
    VanillaNetwork,
)


@pytest.mark.parametrize("net", [VanillaNetwork(), BatchNormResidual(unit_depth=2)])
@pytest.mark.parametrize("method", ["dense", "conditioned"])
def test_through_the_family(net: object, method: str) -> None:
    family = family_of(net)
    rng = np.random.default_rng(0)
    sampler = load_sampler(family, method)
    run = sampler(net, rng.normal(size=(9, 5)), 3, rng=rng, channel_moments=True)
    sizes = {"layer": 4, "inner": net.layers_per_unit, "channel": 9}
    for observable in load_observables(family).values():
        array = observable.function(run)
        assert array.shape == tuple(sizes[axis] for axis in observable.axes)
        assert array.dtype == np.float64
        assert observable.description


def test_both_factors_make_the_increment() -> None:
    rng = np.random.default_rng(1)
    net = BatchNormFeedforward()
    run = load_sampler(family_of(net), "dense")(net, rng.normal(size=(9, 5)), 3, rng=rng)
    both = batch_norm_factor(run)[1:, 0] * nonlinearity_factor(run)[1:, 0]
    np.testing.assert_allclose(both, run.increments)
    assert OBSERVABLES["zeta_increment"].function(run)[0] == 1
    np.testing.assert_allclose(OBSERVABLES["nu_2_z"].function(run)[1:], 1)


def test_means_over_channels_are_the_moments() -> None:
    net, names = VanillaNetwork(extent=(4,), kernel=3), ("nu_3_x", "mu_2_x", "nu_2_s")
    both = tuple(f"{kind}{name}" for kind in ("", "channel_") for name in names)
    found = simulate(net, width=6, depth=3, runs=2, inputs="noise:5,1", observables=both)
    for name in names:
        channels = found.values(f"channel_{name}")
        assert channels.shape == (2, 4, 6)
        np.testing.assert_allclose(channels.mean(axis=-1)[:, 1:], found.values(name)[:, 1:])
        assert not channels[:, 0].any()
