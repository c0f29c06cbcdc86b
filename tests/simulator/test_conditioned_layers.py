"""One layer at a time: its law with a gradient that depends on the outputs, and identities."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.simulator.conditioned_layers import ARRAYS_KEPT, advance, propagate
from symprop.simulator.equality import compare_samples
from symprop.simulator.float_layers import layers_of
from symprop.specs.architectures import FullResidual, FullyConnected
from tests.simulator.small_networks import ARCHITECTURES, small_networks

RUNS, WIDTH = 400, 10
INPUTS = np.random.default_rng(0).normal(size=(WIDTH, 2))
BACKWARD = ("gradient_gram", "against inputs")
NAMES = (*BACKWARD, "gram", "hidden_gram")


def positive_part(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0.0)


def one_layer(name: str, *, independent: bool = False) -> dict[str, np.ndarray]:
    """Return inner products of gradients and signals, the gradient being a function of outputs."""
    (layer,) = layers_of(ARCHITECTURES[name])
    rng = np.random.default_rng(1)
    found: dict[str, list[np.ndarray]] = {key: [] for key in NAMES}
    for _ in range(RUNS):
        propagated = propagate(layer, INPUTS.T, rng)
        arriving = positive_part(propagated.outputs)
        back = propagated.passed.back(arriving, rng, independent=independent).inputs
        found["gradient_gram"].append(np.array([back @ back.T, arriving @ arriving.T]) / WIDTH)
        found["against inputs"].append(back @ INPUTS / WIDTH)
        outputs = propagated.outputs @ propagated.outputs.T / WIDTH
        found["gram"].append(np.array([INPUTS.T @ INPUTS / WIDTH, outputs]))
        found["hidden_gram"].append(np.array([np.zeros((2, 2)), propagated.hidden_gram]))
    return {key: np.array(values) for key, values in found.items()}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_law_of_a_layer_and_what_a_wrong_sampler_makes_of_it(name: str) -> None:
    """The wrong one draws the transpose as if the outputs had told nothing about the weights."""
    rng = np.random.default_rng(2)
    dense = small_networks(ARCHITECTURES[name], INPUTS, 1, positive_part, RUNS, rng)
    backward = {name: dense[name] for name in BACKWARD}
    expected = {name: dense[name] for name in NAMES}
    right = compare_samples(one_layer(name), expected, permutations=49_999)
    assert right.differing(0.001) == []
    wrong = one_layer(name, independent=True)
    unconditioned = {name: wrong[name] for name in BACKWARD}
    found = compare_samples(unconditioned, backward, permutations=999).differing(0.001)
    assert found != []


@pytest.mark.parametrize(
    "net", [FullyConnected("relu", 2), FullResidual("relu", 1.5, 0, 2, 0)], ids=["plain", "full"]
)
def test_homogeneous_layers_keep_the_product_of_signal_and_gradient(net: object) -> None:
    """Euler's identity: of a network of degree 1, gradient times signal is the same before."""
    rng = np.random.default_rng(3)
    (layer,) = layers_of(net)
    rows, arriving = rng.normal(size=(2, 3, 40))
    outputs, _, passed = propagate(layer, rows, rng)
    back = passed.back(arriving, rng).inputs
    before, after = (np.sum(x * y, axis=1) for x, y in ((rows, back), (outputs, arriving)))
    np.testing.assert_allclose(before, after, rtol=1e-11)


def test_inputs_all_but_equal_keep_their_distance() -> None:
    """1 - cos = 1e-12: the distance of linear images is that of the inputs, a chi-square apart."""
    rng = np.random.default_rng(4)
    (layer,) = layers_of(FullyConnected("identity", 1))
    first, other = rng.normal(size=(2, 20_000))
    rows = np.stack([first, first + np.sqrt(2e-12) * other])
    outputs = propagate(layer, rows, rng).outputs
    ratio = np.mean(np.diff(outputs, axis=0) ** 2) / np.mean(np.diff(rows, axis=0) ** 2)
    assert abs(ratio - 1) < 5 * np.sqrt(2 / 20_000)


def test_equal_and_zero_inputs() -> None:
    rng = np.random.default_rng(5)
    (layer,) = layers_of(FullResidual("tanh", 1, 0.5, 2, 0))
    rows = np.stack([np.ones(9), np.ones(9), np.zeros(9)])
    outputs, hidden_gram, passed = propagate(layer, rows, rng)
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-12)
    np.testing.assert_array_equal(hidden_gram[2], 0.0)
    back = passed.back(np.ones((3, 9)), rng).inputs
    np.testing.assert_allclose(back[0], back[1], rtol=1e-12)
    assert np.abs(back[2] - back[0]).max() > 0.1


def test_overflow_is_refused() -> None:
    (layer,) = layers_of(FullyConnected("relu", 1))
    rows = np.full((1, 4), 1e200)
    with np.errstate(over="ignore"), pytest.raises(OutOfDomain, match="finite squares"):
        propagate(layer, rows, np.random.default_rng(0))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_is_kept(name: str) -> None:
    """The bound behind the memory of a backward pass counts all arrays that a layer holds."""
    (layer,) = layers_of(ARCHITECTURES[name])
    rows = np.random.default_rng(6).normal(size=(2, 50))
    passed = propagate(layer, rows, np.random.default_rng(7)).passed
    kept = {}
    for part in (passed, passed.inner, passed.outer, passed.output):
        values = vars(part).values() if hasattr(part, "__dict__") else [part]
        values = part if isinstance(part, tuple) else values
        kept |= {id(x): x for x in values if isinstance(x, np.ndarray) and x.size >= rows.size}
    assert 2 <= len(kept) <= ARRAYS_KEPT


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("kind", ["generic", "close", "equal"])
def test_without_a_way_back_signals_are_the_same(name: str, kind: str) -> None:
    (layer,) = layers_of(ARCHITECTURES[name])
    rows = np.random.default_rng(3).normal(size=(3, 40))
    if kind != "generic":
        rows[1:] = rows[0] + (1e-7 if kind == "close" else 0) * rows[1:]
    kept = propagate(layer, rows, np.random.default_rng(4))
    outputs, hidden_gram = advance(layer, rows, rows @ rows.T / 40, np.random.default_rng(4))
    np.testing.assert_allclose(outputs, kept.outputs, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(hidden_gram, kept.hidden_gram, rtol=1e-11)
    differences = kept.outputs[1:] - kept.outputs[0]
    np.testing.assert_allclose(outputs[1:] - outputs[0], differences, rtol=1e-5, atol=1e-14)
