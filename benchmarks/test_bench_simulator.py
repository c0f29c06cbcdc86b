"""The conditioned sampler against dense matrices, and dense matrices against a plain torch loop.

The tanh full residual net of two inputs at cosine 1/2. The first variance changes from round to
round by a relative 2**-20 or so. The peers draw all weights and multiply, in single precision, and
record the same inner products.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symprop import simulate
from symprop.specs.architectures import FullResidual

REST = (0.5, 1.69, 0.49)


def networks() -> Iterator[tuple[FullResidual]]:
    """Yield networks close to one another, all different."""
    for k in itertools.count(1):
        yield (FullResidual("tanh", Fraction(3, 2) * (1 + Fraction(k, 2**20)), *REST),)


def numpy_layers(net: FullResidual, width: int, depth: int) -> list[np.ndarray]:
    """Dense float32 NumPy, one run."""
    rng, kind = np.random.default_rng(0), np.float32
    sv, (sa, sw, sb) = float(net.branch_weight_variance), REST
    first, second = np.linalg.qr(rng.standard_normal((width, 2)))[0].T * math.sqrt(width)
    x = np.stack([first, 0.5 * first + math.sqrt(0.75) * second], axis=1).astype(kind)
    found = []
    for _ in range(depth):
        weights = rng.standard_normal((width, width), dtype=kind)
        bias = kind(math.sqrt(sb)) * rng.standard_normal((width, 1), dtype=kind)
        h = kind(math.sqrt(sw / width)) * (weights @ x) + bias
        weights = rng.standard_normal((width, width), dtype=kind)
        bias = kind(math.sqrt(sa)) * rng.standard_normal((width, 1), dtype=kind)
        x = x + kind(math.sqrt(sv / width)) * (weights @ np.tanh(h)) + bias
        found.append(x.T @ x / width)
    return found


def torch_layers(net: FullResidual, width: int, depth: int) -> Any:
    """Dense float32 torch, forward and backward, one run."""
    import torch

    sv, (sa, sw, sb) = float(net.branch_weight_variance), REST
    with torch.enable_grad():
        x = torch.randn(width, 2)
        found, parameters, signals = [], [], []
        for _ in range(depth):
            w, v = (torch.randn(width, width).requires_grad_() for _ in range(2))
            b, a = (torch.randn(width, 1).requires_grad_() for _ in range(2))
            parameters.append((w, b, v, a))
            h = math.sqrt(sw / width) * (w @ x) + math.sqrt(sb) * b
            x = x + math.sqrt(sv / width) * (v @ torch.tanh(h)) + math.sqrt(sa) * a
            x.retain_grad()
            signals.append(x)
            found.append((x.T @ x / width).detach())
        (x.T @ torch.randn(width)).sum().backward()
        return (
            found,
            [y.grad.square().mean() for y in signals],
            [[p.grad.square().mean() for p in layer] for layer in parameters],
        )


def test_wide_and_deep(measure: Any) -> None:
    """Twenty runs, as a user asks for them."""
    measure(
        "symprop",
        "tanh FRN, width 1000, 200 layers, 20 runs",
        lambda net: simulate(net, width=1000, depth=200, runs=20),
        networks(),
        rounds=5,
        within=0.5,
    )


@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
def test_against_dense_numpy(measure: Any, own: bool) -> None:
    """One run of each; twenty of the peer take a minute."""
    measure(
        "symprop" if own else "dense NumPy float32",
        "tanh FRN, width 1000, 200 layers, 1 run, against dense NumPy",
        (lambda net: simulate(net, width=1000, depth=200, runs=1))
        if own
        else (lambda net: numpy_layers(net, 1000, 200)),
        networks(),
        rounds=10 if own else 2,
        asked=100 if own else None,
        warm=own,
    )


def test_a_million_wide(measure: Any) -> None:
    measure(
        "symprop",
        "tanh FRN, width 10^6, 20 layers, forward and backward",
        lambda net: simulate(net, width=10**6, depth=20, runs=1, backward="true"),
        networks(),
        rounds=2,
        within=6.0,
        warm=False,
    )


@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
def test_against_a_torch_loop(measure: Any, own: bool) -> None:
    """Dense float32 weights on one core, forward and backward, two inputs."""
    import torch

    torch.set_num_threads(1)
    options: dict[str, Any] = {"method": "dense", "backend": "torch", "dtype": "float32"}
    measure(
        "symprop" if own else "torch loop",
        "tanh FRN, width 1000, 10 layers, dense torch",
        (lambda net: simulate(net, width=1000, depth=10, runs=1, backward="true", **options))
        if own
        else (lambda net: torch_layers(net, 1000, 10)),
        networks(),
        rounds=3,
        asked=1 if own else None,
    )


@pytest.mark.parametrize(
    ("grows", "width", "depth"),
    [
        *(("width", width, 20) for width in (16_000, 64_000, 256_000)),
        *(("depth", 4_000, depth) for depth in (50, 200, 800)),
    ],
)
def test_cost_is_linear(measure: Any, benchmark: Any, grows: str, width: int, depth: int) -> None:
    """Rows without target; the exponents fitted to them are printed at the end."""
    benchmark.extra_info["grows"] = [grows, width if grows == "width" else depth]
    result = measure(
        "symprop",
        f"tanh FRN, forward and backward, width {width}, {depth} layers",
        lambda net: simulate(net, width=width, depth=depth, runs=1, backward="true"),
        networks(),
        rounds=2,
    )
    assert result.mean("chi").value.shape == (depth + 1, 2)
