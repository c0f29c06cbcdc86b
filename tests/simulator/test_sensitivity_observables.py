"""Every observable of a sensitivity run has the shape its axes say."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.families import family_of, load_observables, load_sampler
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
    run = load_sampler(family, method)(net, rng.normal(size=(9, 5)), 3, rng=rng)
    sizes = {"layer": 4, "inner": net.layers_per_unit}
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
