"""Networks with signal and sensitivity as data: sizes, defaults and refusals."""

from __future__ import annotations

import dataclasses

import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.activations import activation
from symprop.specs.sensitivity_networks import (
    BatchNormFeedforward,
    BatchNormResidual,
    VanillaNetwork,
)


def test_fully_connected_by_default() -> None:
    net = VanillaNetwork()
    assert (net.activation, net.weight_variance) == (activation("relu"), 2)
    assert (net.positions, net.field_size, net.layers_per_unit) == (1, 1, 1)
    assert not net.normalized
    assert not net.residual


def test_convolutions() -> None:
    assert VanillaNetwork(extent=(5,), kernel=3).field_size == 3
    net = BatchNormResidual("tanh", 1, extent=(5, 4), kernel=3, unit_depth=2)
    assert (net.positions, net.field_size, net.layers_per_unit) == (20, 9, 2)
    assert net.normalized
    assert net.residual


def test_kinds_are_hashable_and_frozen() -> None:
    net = BatchNormFeedforward("relu", gain_variance="1/4")
    assert net == BatchNormFeedforward("relu", gain_variance="1/4")
    assert hash(net)
    assert not net.residual
    with pytest.raises(dataclasses.FrozenInstanceError):
        net.kernel = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "arguments",
    [
        {"extent": (2, 2, 2)},
        {"extent": 4},
        {"extent": (0,)},
        {"kernel": 3},
        {"extent": (4,), "kernel": 0},
        {"width": 0},
        {"unit_depth": 0},
        {"gain": "large"},
    ],
)
def test_malformed(arguments: dict) -> None:
    with pytest.raises(InvalidArgument):
        BatchNormResidual("relu", **arguments)


@pytest.mark.parametrize("name", ["weight_variance", "bias_variance", "gain_variance"])
def test_negative_variances(name: str) -> None:
    with pytest.raises(OutOfDomain, match=name):
        BatchNormFeedforward("relu", **{name: "-1"})
