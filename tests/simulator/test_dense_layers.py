"""One layer: the formulas written out, and the chain rule against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.simulator.backends import NumpyBackend, draw_weights
from symprop.simulator.dense_layers import (
    Parameters,
    backpropagate,
    differentiate,
    propagate,
)
from symprop.specs.activations import activation
from symprop.specs.architectures import Layer
from symprop.specs.initialization import WeightLaw

WIDTH = 6
TANH = activation("tanh")
LAYERS = [
    Layer(TANH, 2, 1),
    Layer(TANH, 2, 1, normalize_hidden=True),
    Layer(TANH, 2, 1, normalize_hidden=True, center_hidden=True),
    Layer(TANH, 2, 1, normalize_output="rms"),
    Layer(TANH, 2, 1, normalize_output="layer"),
    Layer(TANH, 2, 1, skip=True),
    Layer(TANH, 2, 1, 3, 1, skip=True),
    Layer(TANH, 2, 1, 3, 1, skip=True, normalize_hidden=True, normalize_output="rms"),
    Layer(activation("x**3 + x"), 2, 1, 3, 1, normalize_hidden=True, normalize_output="layer"),
]


class Held:
    """Weights given as an array."""

    def __init__(self, entries: np.ndarray) -> None:
        self.entries = entries

    def times(self, columns: np.ndarray) -> np.ndarray:
        return self.entries @ columns

    def transposed_times(self, columns: np.ndarray) -> np.ndarray:
        return self.entries.T @ columns


def parameters(layer: Layer, rng: np.random.Generator) -> Parameters:
    outer = layer.branch_weight_variance is not None
    square, bias = (WIDTH, WIDTH), (WIDTH, 1)
    return Parameters(
        Held(rng.standard_normal(square)),
        rng.standard_normal(bias),
        Held(rng.standard_normal(square)) if outer else None,
        rng.standard_normal(bias) if outer else None,
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_gradients_are_those_of_finite_differences(layer: Layer) -> None:
    """Central differences of the scalar by X, by b and by a; h and T move as their biases do."""
    rng = np.random.default_rng(4)
    given, inputs = parameters(layer, rng), rng.standard_normal((WIDTH, 2))
    readout = rng.standard_normal((WIDTH, 2))
    found = backpropagate(layer, given, propagate(layer, given, inputs), readout)
    step = 1e-5

    def scalar(moved: Parameters, columns: np.ndarray) -> np.ndarray:
        return np.sum(readout * propagate(layer, moved, columns).outputs, axis=0)

    for entry in range(WIDTH):
        unit = step * np.eye(WIDTH)[:, entry : entry + 1]
        by_inputs = scalar(given, inputs + unit) - scalar(given, inputs - unit)
        np.testing.assert_allclose(by_inputs / (2 * step), found.inputs[entry], atol=2e-8)
        ends = [
            scalar(
                Parameters(given.inner, given.bias + sign * unit, given.outer, given.branch_bias),
                inputs,
            )
            for sign in (1, -1)
        ]
        np.testing.assert_allclose((ends[0] - ends[1]) / (2 * step), found.hidden[entry], atol=2e-8)
        ends = [
            scalar(
                Parameters(
                    given.inner,
                    given.bias,
                    given.outer,
                    sign * unit + (0 if given.branch_bias is None else given.branch_bias),
                ),
                inputs,
            )
            for sign in (1, -1)
        ]
        np.testing.assert_allclose((ends[0] - ends[1]) / (2 * step), found.total[entry], atol=2e-8)


@pytest.mark.parametrize("layer", LAYERS)
def test_derivatives_and_gradients_are_adjoint(layer: Layer) -> None:
    rng = np.random.default_rng(5)
    given, inputs = parameters(layer, rng), rng.standard_normal((WIDTH, 2))
    signals, readout = propagate(layer, given, inputs), rng.standard_normal((WIDTH, 2))
    moves = rng.standard_normal((2, WIDTH, 3))
    ahead = differentiate(layer, given, signals, moves)
    back = backpropagate(layer, given, signals, readout).inputs
    np.testing.assert_allclose(
        np.einsum("nk,knm->km", readout, ahead), np.einsum("nk,knm->km", back, moves), rtol=1e-11
    )


def test_a_layer_written_out() -> None:
    layer = LAYERS[7]
    rng = np.random.default_rng(0)
    given, x = parameters(layer, rng), rng.standard_normal((WIDTH, 3))
    h = given.inner.entries @ x + given.bias
    y = np.tanh(h / np.sqrt(np.mean(h**2, axis=0)))
    total = x + given.outer.entries @ y + given.branch_bias
    signals = propagate(layer, given, x)
    np.testing.assert_allclose(signals.hidden, h, rtol=1e-13)
    np.testing.assert_allclose(signals.active, y, rtol=1e-13)
    np.testing.assert_allclose(signals.total, total, rtol=1e-13)
    np.testing.assert_allclose(
        signals.outputs, total / np.sqrt(np.mean(total**2, axis=0)), rtol=1e-13
    )


def test_overflow_is_an_error() -> None:
    given = Parameters(Held(np.full((1, 1), 1e300)), None, None, None)
    with pytest.raises(OutOfDomain, match="hidden signals"), np.errstate(over="ignore"):
        propagate(Layer(activation("identity"), 1, 0), given, np.full((1, 1), 1e300))


def test_drawn_weights_are_weights() -> None:
    """The layer needs nothing of a matrix but its two products."""
    rng = np.random.default_rng(3)
    drawn = draw_weights(NumpyBackend(), WeightLaw("laplace"), variance=2.0, width=WIDTH, rng=rng)
    entries = drawn.times(np.eye(WIDTH))
    x = rng.standard_normal((WIDTH, 2))
    one = propagate(LAYERS[0], Parameters(drawn, None, None, None), x)
    two = propagate(LAYERS[0], Parameters(Held(entries), None, None, None), x)
    np.testing.assert_allclose(one.outputs, two.outputs, rtol=0, atol=1e-14)
