"""The registry: every entry leads somewhere, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, UnsupportedLaw
from symprop.simulator.families import (
    FAMILIES,
    METHODS,
    family_of,
    load_observables,
    load_sampler,
)
from symprop.specs.architectures import FullResidual


def test_no_architecture_has_two_families() -> None:
    kinds = [kind for family in FAMILIES for kind in family.architectures]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.architectures[0].__name__)
def test_every_name_leads_somewhere(family) -> None:
    assert callable(load_sampler(family, "dense"))
    assert family.conditioned is None or callable(load_sampler(family, "conditioned"))
    assert bool(family.reason) == (family.conditioned is None)
    for name, observable in load_observables(family).items():
        assert name.isidentifier(), name
        assert len(set(observable.axes)) == len(observable.axes)
        assert "run" not in observable.axes
        assert observable.description


@pytest.mark.parametrize("method", METHODS)
def test_observables_have_the_axes_they_name(method: str) -> None:
    net = FullResidual("tanh", 1, 1, 1, 1)
    family, rng = family_of(net), np.random.default_rng(0)
    options = {"jacobian": True} if method == "dense" else {}
    run = load_sampler(family, method)(net, np.eye(20, 3), 2, rng=rng, backward="true", **options)
    sizes = {"layer": 3, "input": 3, "other": 3, "direction": 20}
    for name, observable in load_observables(family).items():
        if observable.option not in (None, *options):
            continue
        shape = observable.function(run).shape
        assert shape == tuple(sizes[axis] for axis in observable.axes), name


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="one of FullyConnected"):
        family_of("frn")


def test_a_missing_sampler_is_explained() -> None:
    family = replace(FAMILIES[0], conditioned=None, reason="its weights are shared")
    with pytest.raises(UnsupportedLaw, match="its weights are shared"):
        load_sampler(family, "conditioned")
    with pytest.raises(InvalidArgument, match="method"):
        load_sampler(family, "exact")
