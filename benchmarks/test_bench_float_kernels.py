"""Float64 dual kernels of whole covariance matrices, computed from inputs.

The peer is what is usually written: the textbook formula on whole arrays, or for tanh
and silu a Gauss-Hermite product rule with 25 nodes (whose error at variance 10 is 4e-2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from symprop.gaussian.kernel_matrices import kernel_matrix

FEATURES = 100
SIZES = (1000, 4000)
ROUNDS = {1000: 15, 4000: 5}
ASKED = {"relu": 80e6, "erf": 120e6, "gelu": 60e6}


def unit_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield new inputs of unit variance."""
    random = np.random.default_rng(size)
    while True:
        rows = random.standard_normal((size, FEATURES))
        yield (rows / np.linalg.norm(rows, axis=1)[:, None],)


def mixed_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield new inputs whose variances spread over about a factor of ten."""
    random = np.random.default_rng(size)
    while True:
        rows = random.standard_normal((size, FEATURES)) / FEATURES**0.5
        yield (rows * np.exp(random.uniform(-0.6, 0.6, (size, 1))),)


def textbook_relu(rows: np.ndarray) -> np.ndarray:
    rho = np.clip(rows @ rows.T, -1, 1)
    return (np.sqrt(1 - rho**2) + rho * (np.pi - np.arccos(rho))) / (2 * np.pi)


def textbook_erf(rows: np.ndarray) -> np.ndarray:
    gram = rows @ rows.T
    scale = np.sqrt(1 + 2 * np.diag(gram))
    return 2 / np.pi * np.arcsin(2 * gram / (scale[:, None] * scale))


def textbook_gelu(rows: np.ndarray) -> np.ndarray:
    gram = rows @ rows.T
    q = np.diag(gram)
    product = (1 + q)[:, None] * (1 + q)
    rest = gram * np.arcsin(gram / np.sqrt(product))
    norms = q[:, None] * q
    rest += (norms - gram**2 * (norms - 1) / product) / np.sqrt(product - gram**2)
    return gram / 4 + rest / (2 * np.pi)


def gauss_hermite(function: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    def kernel(rows: np.ndarray) -> np.ndarray:
        nodes, weights = np.polynomial.hermite_e.hermegauss(25)
        weights = weights / weights.sum()
        rho = np.clip(rows @ rows.T, -1, 1)
        sine = np.sqrt(1 - rho**2)
        total = np.zeros_like(rho)
        for x, w in zip(nodes, weights, strict=True):
            for y, v in zip(nodes, weights, strict=True):
                total += w * v * function(np.array(x)) * function(rho * x + sine * y)
        return total

    return kernel


def silu(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


PEERS = {"relu": textbook_relu, "erf": textbook_erf, "gelu": textbook_gelu}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("system", ["symprop", "numpy formula"])
@pytest.mark.parametrize("name", ASKED)
def test_closed_form(measure, name, size, system) -> None:
    own = system == "symprop"
    measure(
        system,
        f"{name} kernel, {size} x {size}",
        (lambda rows: kernel_matrix(name, rows)) if own else PEERS[name],
        unit_rows(size),
        rounds=ROUNDS[size],
        elements=size**2,
        asked=ASKED[name] if own else None,
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["tanh", "silu"])
def test_unit_variance(measure, name, size) -> None:
    measure(
        "symprop",
        f"{name} kernel, {size} x {size}, unit variance",
        lambda rows: kernel_matrix(name, rows),
        unit_rows(size),
        rounds=ROUNDS[size],
        elements=size**2,
        asked=20e6,
    )


@pytest.mark.parametrize(("name", "function"), [("tanh", np.tanh), ("silu", silu)])
def test_unit_variance_peer(measure, name, function) -> None:
    measure(
        "25-node Gauss-Hermite",
        f"{name} kernel, 1000 x 1000, unit variance",
        gauss_hermite(function),
        unit_rows(1000),
        rounds=1,
        elements=1000**2,
        warm=False,
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "tanh", "silu"])
def test_mixed_variances(measure, name, size) -> None:
    measure(
        "symprop",
        f"{name} kernel, {size} x {size}, mixed variances",
        lambda rows: kernel_matrix(name, rows),
        mixed_rows(size),
        rounds=ROUNDS[size],
        elements=size**2,
        asked=3e6 if name in ("tanh", "silu") else None,
    )
