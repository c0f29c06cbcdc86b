"""Layers in float64: normalisations, their gradients, and what cannot be normalised."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
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


def test_nothing_to_normalise() -> None:
    with pytest.raises(OutOfDomain, match="not zero"):
        normalize(np.zeros((1, 3)), "rms")
    with pytest.raises(OutOfDomain, match="not constant"):
        normalize(np.full((1, 3), 0.1), "layer")


def test_layers_of_architectures() -> None:
    (layer,) = layers_of(FullResidual("tanh", "9/4", "1/4", 4, "0"))
    assert (layer.w, layer.b, layer.v, layer.a, layer.skip) == (2.0, 0.0, 1.5, 0.5, True)
    assert (layer.hidden, layer.output) == (None, None)
    (layer,) = layers_of(LayerNormResidual("relu", 1))
    assert (layer.hidden, layer.output, layer.v) == ("rms", "rms", 1.0)
    after = FullyConnected(("relu", "tanh"), 1, normalization="layer", placement="after")
    assert [(x.hidden, x.output, x.v) for x in layers_of(after)] == [(None, "layer", None)] * 2
