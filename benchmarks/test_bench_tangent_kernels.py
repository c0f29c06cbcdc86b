"""Tangent kernels of whole Gram matrices of deep networks, in float64.

An element is one entry of the matrix in one layer (or branch). The peer is the recursion as it is
usually written, on whole arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet, ResNet

SIZE, FEATURES, DEPTH = 1000, 100, 10
SCALE = 0.1
ASKED = 40e6


def grams() -> Iterator[tuple[Any, ...]]:
    """Yield Gram matrices of inputs of unequal lengths."""
    random = np.random.default_rng(0)
    while True:
        rows = random.standard_normal((SIZE, FEATURES))
        rows *= np.exp(random.uniform(-0.6, 0.6, (SIZE, 1)))
        yield (rows @ rows.T / FEATURES,)


def arc(c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    c = np.clip(c, -1, 1)
    slope = 1 - np.arccos(c) / np.pi
    return c * slope + np.sqrt(1 - c**2) / np.pi, slope


def textbook_resnet(gram: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.diag(gram))
    products = lengths[:, None] * lengths
    signal, length, tangent, power = gram / products, 1.0, 0.0, SCALE**2
    for _ in range(DEPTH):
        correlation = signal / length
        value, slope = arc(correlation)
        tangent = tangent * (1 + power * slope) + power * length * (correlation * slope + value)
        signal = signal + power * length * value
        length *= 1 + power
    return tangent * products


def textbook_densenet(gram: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.diag(gram))
    products = lengths[:, None] * lengths
    hidden, slopes, total = [gram / products], [], np.zeros_like(gram)
    for layer in range(1, DEPTH + 1):
        value, slope = arc(hidden[-1])
        total = total + value
        slopes.append(slope)
        hidden.append(total / layer)
    gradient: Any = 1.0
    behind, tangent = gradient / DEPTH, hidden[-1] * gradient
    for layer in range(DEPTH - 1, 0, -1):
        gradient = slopes[layer] * behind
        tangent = tangent + hidden[layer] * gradient
        behind = behind + gradient / layer
    return tangent * products


NETWORKS = {
    "resnet": (ResNet(2, SCALE), textbook_resnet),
    "densenet": (DenseNet(), textbook_densenet),
}


@pytest.mark.parametrize("system", ["symprop", "numpy formula"])
@pytest.mark.parametrize("name", NETWORKS)
def test_tangent_kernel(measure, name, system) -> None:
    network, textbook = NETWORKS[name]
    own = system == "symprop"
    measure(
        system,
        f"tangent kernel of a {name} of depth {DEPTH}, {SIZE} x {SIZE}",
        tangent_kernel(network, DEPTH).gram if own else textbook,
        grams(),
        rounds=9 if own else 5,
        elements=SIZE**2 * DEPTH,
        asked=ASKED if own else None,
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_covariance(measure, name) -> None:
    measure(
        "symprop",
        f"output covariance of a {name} of depth {DEPTH}, {SIZE} x {SIZE}",
        nngp_kernel(NETWORKS[name][0], DEPTH).gram,
        grams(),
        rounds=9,
        elements=SIZE**2 * DEPTH,
        asked=ASKED,
    )
