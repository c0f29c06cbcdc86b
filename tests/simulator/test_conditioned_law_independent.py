"""Both samplers draw the weights of an independent way back with one law, in every architecture.

With 100 networks a side a single observable gives away a shift of its law by one standard
deviation. Inputs that are almost one are compared as well, by what is left of their distance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symprop.simulator.batch_conditioned import conditioned_batch_run
from symprop.simulator.batch_dense import dense_batch_run
from symprop.simulator.branched_conditioned import conditioned_branched_run
from symprop.simulator.branched_dense import dense_branched_run
from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.dense import dense_run
from symprop.simulator.equality import compare_samples
from symprop.simulator.inputs import generate_inputs
from tests.simulator import branched_samples, small_batch_networks, small_networks

LEVEL = 0.001
RUNS, DEPTH = 100, 2
CHAINS = small_networks.ARCHITECTURES
BATCHES = small_batch_networks.ARCHITECTURES
BRANCHED = branched_samples.NETWORKS
WIDTHS = (8, 30, pytest.param(100, marks=pytest.mark.slow))


def halves(values: Any) -> np.ndarray:
    """Return one half of symmetric matrices, beside each other."""
    rows, columns = np.triu_indices(np.shape(values)[-1])
    return np.asarray(values)[..., rows, columns].ravel()


def samples(sampler: Any, network: Any, width: int, read: Any, **options: Any) -> Any:
    rng = np.random.default_rng([width, len(sampler.__name__)])
    inputs = options.pop("inputs", None)
    if inputs is None:
        inputs = np.random.default_rng(width).normal(size=(width, 2))
    runs = [
        sampler(network, inputs, DEPTH, rng=rng, backward="independent", **options)
        for _ in range(RUNS)
    ]
    return {name: np.array([function(run) for run in runs]) for name, function in read.items()}


def differing(dense: Any, conditioned: Any, network: Any, width: int, read: Any, **more: Any):
    one = samples(dense, network, width, read, **more)
    two = samples(conditioned, network, width, read, **more)
    return compare_samples(one, two, permutations=49_999).differing(LEVEL)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHAINS)
def test_chains(name: str, width: int) -> None:
    names = "wb" if CHAINS[name].layer(1).branch_weight_variance is None else "wbva"
    read = {"gradients": lambda run: halves(run.gradient_gram[:-1])} | {
        key: lambda run, key=key: run.parameter_gradients[key][1:].ravel() for key in names
    }
    gradient = 1 + 0.3 * np.random.default_rng(1).normal(size=width)
    found = differing(
        dense_run, conditioned_run, CHAINS[name], width, read, output_gradient=gradient
    )
    assert found == []


@pytest.mark.parametrize("width", [8, 30, 100])
def test_backpropagation_is_told_from_an_independent_way_back(width: int) -> None:
    """Of a plain ReLU network and a sum of its outputs."""
    read = {"gradients": lambda run: halves(run.gradient_gram[:-1])}
    network, ones = CHAINS["relu"], np.ones(width)
    independent = samples(dense_run, network, width, read, output_gradient=ones)
    rng, inputs = np.random.default_rng(2), np.random.default_rng(width).normal(size=(width, 2))
    found = [
        conditioned_run(network, inputs, DEPTH, rng=rng, backward="true", output_gradient=ones)
        for _ in range(RUNS)
    ]
    true = {"gradients": np.array([halves(run.gradient_gram[:-1]) for run in found])}
    assert compare_samples(independent, true, permutations=1999).differing(LEVEL)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", BATCHES)
def test_batch_normalised_networks(name: str, width: int) -> None:
    rng = np.random.default_rng([width, 5])
    read = {"gradients": lambda run: halves(run.gradient_gram[:-1])}
    found = differing(
        dense_batch_run,
        conditioned_batch_run,
        BATCHES[name],
        width,
        read,
        inputs=rng.normal(size=(width, 3)),
        output_gradient=rng.normal(size=(width, 3)),
    )
    assert found == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", BRANCHED)
def test_networks_with_branches(kind: str, width: int) -> None:
    read = {
        "gradients": lambda run: halves(run.gradient_gram),
        "kernels": lambda run: halves(run.kernels),
        "output": lambda run: run.output,
    }
    assert not differing(dense_branched_run, conditioned_branched_run, BRANCHED[kind], width, read)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHAINS)
def test_inputs_that_are_almost_one(name: str, width: int) -> None:
    """1 - cos = 1e-12: what is left of the distance, layer by layer."""
    inputs = generate_inputs("gap:1/1000000000000", width, rng=np.random.default_rng(width))
    read = {"distances": lambda run: run.squared_distances[1:, 0, 1] * 1e12}
    found = differing(dense_run, conditioned_run, CHAINS[name], width, read, inputs=inputs)
    assert found == []
