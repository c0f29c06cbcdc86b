"""Architectures keep what they are given, and refuse what is not a network."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.activations import activation
from symprop.specs.architectures import (
    FullResidual,
    FullyConnected,
    LayerNormResidual,
    ReducedResidual,
)


def test_variances_stay_exact() -> None:
    net = FullResidual("tanh", "3/2", Fraction(1, 3), 1.69, 0)
    layer = net.layer(1)
    assert layer.branch_weight_variance == "3/2"
    assert layer.branch_bias_variance == Fraction(1, 3)
    assert layer.weight_variance == 1.69
    assert (layer.skip, layer.normalize_hidden, layer.normalize_output) == (True, False, None)


def test_activations_and_variances_go_round() -> None:
    net = FullyConnected(("relu", "erf"), (1, 2, 3), 0)
    assert net.period == 6
    assert [net.layer(index).weight_variance for index in range(1, 7)] == [1, 2, 3, 1, 2, 3]
    assert [net.layer(index).activation.name for index in (1, 2, 3)] == ["relu", "erf", "relu"]
    assert net.layer(7) == net.layer(1)


@pytest.mark.parametrize(
    ("placement", "hidden", "output"), [("before", True, None), ("after", False, "layer")]
)
def test_placement_of_normalisation(placement: str, hidden: bool, output: str | None) -> None:
    layer = FullyConnected("gelu", 1, normalization="layer", placement=placement).layer(1)
    assert (layer.normalize_hidden, layer.normalize_output) == (hidden, output)


def test_layer_normalisation_centres_and_rms_does_not() -> None:
    layer, rms = (
        FullyConnected("tanh", 1, normalization=kind).layer(1) for kind in ("layer", "rms")
    )
    assert (layer.center_hidden, rms.center_hidden) == (True, False)
    assert (
        not FullyConnected("tanh", 1, normalization="layer", placement="after")
        .layer(1)
        .center_hidden
    )


def test_blocks_of_the_normalised_residual_net() -> None:
    layer = LayerNormResidual("relu", (1, 2)).layer(2)
    assert (layer.weight_variance, layer.bias_variance) == (1, 0)
    assert (layer.branch_weight_variance, layer.branch_bias_variance) == (2, 0)
    assert (layer.skip, layer.normalize_hidden, layer.normalize_output) == (True, True, "rms")


def test_equal_networks_are_equal() -> None:
    assert FullyConnected("Max(x, 0)", 2) == FullyConnected(activation("relu"), 2)
    assert hash(FullyConnected("relu", 2)) == hash(FullyConnected("relu", 2))
    assert FullyConnected("relu", 2) != FullyConnected("relu", 3)


@pytest.mark.parametrize("value", [-1, "-1/2", -1e-300])
def test_negative_variances_are_refused(value: object) -> None:
    with pytest.raises(OutOfDomain, match="weight_variance >= 0"):
        FullyConnected("tanh", value)
    with pytest.raises(OutOfDomain, match="branch_bias_variance >= 0"):
        FullResidual("tanh", 1, value, 1, 1)


@pytest.mark.parametrize("value", ["x", float("nan"), float("inf"), None, ()])
def test_malformed_variances_are_refused(value: object) -> None:
    with pytest.raises(InvalidArgument, match="weight_variance"):
        FullyConnected("tanh", value)


def test_reduced_residual_nets_need_odd_activations() -> None:
    with pytest.raises(OutOfDomain, match="odd"):
        ReducedResidual("relu", 1)
    with pytest.raises(OutOfDomain, match="odd"):
        ReducedResidual(("tanh", "exp"), 1)


def test_malformed_choices_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="normalization"):
        FullyConnected("tanh", 1, normalization="batch")
    with pytest.raises(InvalidArgument, match="placement"):
        FullyConnected("tanh", 1, placement="between")
    with pytest.raises(InvalidArgument, match="activation"):
        FullyConnected((), 1)


def test_arrays_and_layers_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="weight_variance to be a finite real number"):
        FullyConnected("tanh", np.array([1.0, 2.0]))
    for index in (0, -1, 1.5):
        with pytest.raises(InvalidArgument, match="index to be an integer >= 1"):
            FullyConnected("tanh", 1).layer(index)  # type: ignore[arg-type]
