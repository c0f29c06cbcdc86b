"""Layers in float64: normalisations, their gradients, and what cannot be normalised."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.dense import dense_run
from symprop.simulator.float_layers import layers_of, normalize
from symprop.specs.architectures import FullResidual, FullyConnected, LayerNormResidual

ROWS = np.random.default_rng(1).normal(1.0, 2.0, (3, 7))


@pytest.mark.parametrize("kind", ["rms", "layer"])
def test_normalised_rows(kind: str) -> None:
    rows = normalize(ROWS, kind).rows
    np.testing.assert_allclose(np.mean(rows**2, axis=1), 1.0)
    if kind == "layer":
        np.testing.assert_allclose(rows.mean(axis=1), 0.0, atol=1e-15)


@pytest.mark.parametrize("kind", ["rms", "layer"])
def test_gradient_against_differences(kind: str) -> None:
    direction, arriving = np.random.default_rng(2).normal(size=(2, 3, 7))
    step = 1e-6
    after, before = (normalize(ROWS + sign * step * direction, kind).rows for sign in (1, -1))
    slope = np.sum(arriving * (after - before), axis=1) / (2 * step)
    gradient = normalize(ROWS, kind).gradient(arriving)
    np.testing.assert_allclose(np.sum(gradient * direction, axis=1), slope, rtol=1e-7)


def test_layers_of_architectures() -> None:
    (layer,) = layers_of(FullResidual("tanh", "9/4", "1/4", 4, "0"))
    assert (layer.w, layer.b, layer.v, layer.a, layer.skip) == (2.0, 0.0, 1.5, 0.5, True)
    assert (layer.hidden, layer.output) == (None, None)
    (layer,) = layers_of(LayerNormResidual("relu", 1))
    assert (layer.hidden, layer.output, layer.v) == ("rms", "rms", 1.0)
    after = FullyConnected(("relu", "tanh"), 1, normalization="layer", placement="after")
    assert [(x.hidden, x.output, x.v) for x in layers_of(after)] == [(None, "layer", None)] * 2


def test_what_has_no_length_cannot_be_normalised() -> None:
    with pytest.raises(OutOfDomain, match=r"not zero where .* but got signals=those of input 1"):
        normalize(np.array([[1.0, 2.0], [0.0, 0.0]]), "rms")
    for width in (3, 10**6):
        with pytest.raises(OutOfDomain, match="not constant"):
            normalize(np.full((1, width), 0.1), "layer")
    assert normalize(np.full((1, 3), 0.1), "rms").rows[0, 0] == pytest.approx(1)


@pytest.mark.parametrize("run", [dense_run, conditioned_run])
@pytest.mark.parametrize("backward", [None, "true"])
@pytest.mark.parametrize("placement", ["before", "after"])
def test_both_samplers_say_the_same_of_a_dead_network(run, backward, placement) -> None:
    net = FullyConnected("relu", 1, normalization="rms", placement=placement)
    inputs = np.stack([np.ones(3), np.zeros(3)], axis=1)
    message = r"^In layer 1 of 2: Expected signals not zero where .* but got signals=those of input"
    with pytest.raises(OutOfDomain, match=message):
        run(net, inputs, 2, rng=np.random.default_rng(0), backward=backward)
