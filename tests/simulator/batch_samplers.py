"""A sampler of batch-normalised networks and the definition side by side, and p-values."""

from __future__ import annotations

from functools import cache

import numpy as np

from symprop.simulator.equality import energy_test, kolmogorov_smirnov_test
from tests.simulator.small_batch_networks import (
    ARCHITECTURES,
    coordinates,
    crossed_gradient,
    recorded,
    small_batch_networks,
)

DEPTH, BATCH, JOINT = 2, 3, 100
RUNS = {8: 200, 30: 200, 100: 150}
NAMES = list(ARCHITECTURES)


def setting(width):
    rng = np.random.default_rng(width)
    return rng.normal(size=(width, BATCH)), crossed_gradient(rng.normal(size=(width, BATCH)))


def sampled(sampler, name, width, seed, *, backward="true"):
    inputs, gradient = setting(width)
    rng = np.random.default_rng([width, seed, NAMES.index(name)])
    net = ARCHITECTURES[name]
    runs = [
        sampler(net, inputs, DEPTH, rng=rng, output_gradient=gradient, backward=backward)
        for _ in range(RUNS[width])
    ]
    found = [recorded(run, width) for run in runs]
    return {key: np.array([one[key] for one in found]) for key in found[0]}


@cache
def reference(name, width):
    inputs, gradient = setting(width)
    rng = np.random.default_rng([width, 7, NAMES.index(name)])
    parts = [
        small_batch_networks(ARCHITECTURES[name], inputs, DEPTH, gradient, 50, rng)
        for _ in range(RUNS[width] // 50)
    ]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def p_values(one, two):
    """Return those of all observables one by one, and that of all of them jointly."""
    first, second = coordinates(one), coordinates(two)
    both = np.concatenate([first, second])
    varies = np.ptp(both, axis=0) > 1e-9 * np.abs(both).max(axis=0)
    first, second = first[:, varies], second[:, varies]
    single = [kolmogorov_smirnov_test(x, y) for x, y in zip(first.T, second.T, strict=True)]
    joint = energy_test(first[:JOINT], second[:JOINT], rng=np.random.default_rng(3))
    return single, joint


def p_values_of_all(sampler, widths):
    """Return those of all observables and networks one by one, and the joint ones."""
    single: list[float] = []
    joint: list[float] = []
    for name in ARCHITECTURES:
        for width in widths:
            observables, together = p_values(
                sampled(sampler, name, width, 1), reference(name, width)
            )
            single += observables
            joint.append(together)
    return single, joint
