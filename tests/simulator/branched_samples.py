"""Samples of networks with bypasses by the conditioned sampler and by dense networks."""

from __future__ import annotations

import numpy as np

from symprop.simulator.branched_conditioned import conditioned_branched_run
from symprop.specs.branched import Branched, DenseNet, ResNet, Vanilla
from tests.simulator.branched_networks import SCALE, sample

NETWORKS: dict[str, Branched] = {
    "resnet 1": ResNet(1, SCALE),
    "resnet 2": ResNet(2, SCALE),
    "resnet 3": ResNet(3, SCALE),
    "densenet": DenseNet(),
    "vanilla": Vanilla(),
}
DEPTH = 3
SYMMETRIC = ("gram", "gradient_gram", "kernels")


def inputs_of(width: int) -> np.ndarray:
    return np.random.default_rng(width).normal(size=(width, 2))


def halves(values: np.ndarray) -> np.ndarray:
    """Return one half of symmetric matrices."""
    rows, columns = np.triu_indices(values.shape[-1])
    return values[..., rows, columns]


def without_repetitions(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: halves(values) if name in SYMMETRIC else values for name, values in found.items()}


def conditioned(
    kind: str, width: int, runs: int, *, backward: str = "true"
) -> dict[str, np.ndarray]:
    rng, inputs = np.random.default_rng([width, 1]), inputs_of(width)
    found = [
        conditioned_branched_run(
            NETWORKS[kind], inputs, DEPTH, rng=rng, backward=backward, reduced=True
        )
        for _ in range(runs)
    ]
    names = ("gram", "gradient_gram", "cross_gram", "output", "reduced_output", "kernels")
    return without_repetitions(
        {name: np.array([getattr(run, name) for run in found]) for name in names}
    )


def dense(kind: str, width: int, runs: int) -> dict[str, np.ndarray]:
    rng, inputs = np.random.default_rng([width, 2]), inputs_of(width)
    parts = [sample(kind, inputs, DEPTH, 50, rng) for _ in range(runs // 50)]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return without_repetitions(joined)
