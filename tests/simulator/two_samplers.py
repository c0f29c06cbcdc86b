"""The conditioned sampler and dense networks side by side, and p-values of their equality."""

from __future__ import annotations

import numpy as np

from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.equality import energy_test, kolmogorov_smirnov_test
from tests.simulator.small_networks import ARCHITECTURES, coordinates, small_networks

RUNS = {8: 300, 30: 300, 100: 200}
DEPTH, JOINT = 2, 150


def setting(width: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(width)
    return rng.normal(size=(width, 2)), 1 + 0.3 * rng.normal(size=width)


def conditioned(name: str, width: int, *, backward: str = "true") -> dict[str, np.ndarray]:
    inputs, gradient = setting(width)
    rng = np.random.default_rng([width, 1])
    runs = [
        conditioned_run(
            ARCHITECTURES[name],
            inputs,
            DEPTH,
            rng=rng,
            backward=backward,
            output_gradient=gradient,
        )
        for _ in range(RUNS[width])
    ]
    whole = ("gram", "hidden_gram", "gradient_gram", "tangent_kernel")
    return {key: np.array([getattr(run, key) for run in runs]) for key in whole} | {
        key: np.array([run.parameter_gradients[key] for run in runs])
        for key in runs[0].parameter_gradients
    }


def dense(name: str, width: int) -> dict[str, np.ndarray]:
    inputs, gradient = setting(width)
    rng = np.random.default_rng([width, 2])

    def output_gradient(x: np.ndarray) -> np.ndarray:
        return np.broadcast_to(gradient[:, None], x.shape)

    parts = [
        small_networks(ARCHITECTURES[name], inputs, DEPTH, output_gradient, 50, rng)
        for _ in range(RUNS[width] // 50)
    ]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def p_values(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> tuple[list[float], float]:
    """Return those of all observables one by one, and that of all of them jointly."""
    first, second = coordinates(one, one), coordinates(two, one)
    single = [kolmogorov_smirnov_test(x, y) for x, y in zip(first.T, second.T, strict=True)]
    rng = np.random.default_rng(3)
    return single, energy_test(first[:JOINT], second[:JOINT], rng=rng, permutations=4999)


def p_values_of_all(widths: list[int]) -> tuple[list[float], list[float]]:
    """Return those of all observables and architectures one by one, and the joint ones."""
    single: list[float] = []
    joint: list[float] = []
    for name in ARCHITECTURES:
        for width in widths:
            observables, together = p_values(conditioned(name, width), dense(name, width))
            single += observables
            joint.append(together)
    return single, joint
