"""Both samplers of signal and sensitivity have one law, and a wrong one is caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, UnsupportedLaw
from symprop.simulator.conditioning import gaussian_map
from symprop.simulator.equality import compare_samples
from symprop.simulator.sensitivity_conditioned import sensitivity_conditioned_run
from symprop.simulator.sensitivity_dense import sensitivity_dense_run
from symprop.simulator.sensitivity_layers import run_layers
from symprop.simulator.sensitivity_run import SensitivityRun
from symprop.specs.sensitivity_networks import (
    BatchNormFeedforward,
    BatchNormResidual,
    SensitivityNetwork,
    VanillaNetwork,
)

RUNS, DEPTH = 150, 2
NETWORKS: dict[str, SensitivityNetwork] = {
    "vanilla": VanillaNetwork("relu"),
    "vanilla with biases": VanillaNetwork("tanh", 1, "1/2"),
    "batch-normalised": BatchNormFeedforward("relu"),
    "random gains": BatchNormFeedforward("relu", gain_variance="1/4"),
    "residual": BatchNormResidual("relu", unit_depth=2),
    "one-dimensional": BatchNormFeedforward("relu", extent=(3,), kernel=2),
    "two-dimensional": VanillaNetwork("relu", extent=(2, 2), kernel=3),
}


def setting(network: SensitivityNetwork, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise that is related to the data, so that their images are."""
    rng = np.random.default_rng(width)
    data = rng.normal(size=(width * network.positions, 3))
    return data, data[..., None] + 0.5 * rng.normal(size=(*data.shape, 1))


def sample(
    sampler: Callable[..., SensitivityRun], network: SensitivityNetwork, width: int, seed: int
) -> dict[str, np.ndarray]:
    data, noise = setting(network, width)
    rng = np.random.default_rng([width, seed])
    runs = [sampler(network, data, DEPTH, rng=rng, noise=noise) for _ in range(RUNS)]

    def last(read: Callable[[SensitivityRun], np.ndarray]) -> np.ndarray:
        return np.array([read(run) for run in runs])

    return {
        "moments": last(lambda run: np.append(run.signal[-1], run.sensitivity[-1])),
        "central": last(lambda run: np.append(run.signal_central[-1, 1:], run.effective_ranks[-1])),
        "activation": last(
            lambda run: np.append(run.factors[-1, -1], [*run.hidden[-1], run.hidden_absolute[-1]])
        ),
    }


QUICK = ("vanilla", "batch-normalised", "one-dimensional")
CASES = [
    *((name, 8) for name in NETWORKS),
    *((name, 30) for name in QUICK),
    *(pytest.param(name, 30, marks=pytest.mark.slow) for name in NETWORKS if name not in QUICK),
    *(pytest.param(name, 100, marks=pytest.mark.slow) for name in NETWORKS),
]


@pytest.mark.parametrize(("name", "width"), CASES)
def test_both_samplers_have_one_law(name: str, width: int) -> None:
    network = NETWORKS[name]
    first = sample(sensitivity_dense_run, network, width, 1)
    second = sample(sensitivity_conditioned_run, network, width, 2)
    found = compare_samples(first, second, permutations=49_999)
    assert len(found.p_values) > 15
    assert found.differing(0.001) == []


def unconditioned_run(
    network: SensitivityNetwork, inputs: np.ndarray, depth: int, *, rng: Any, noise: np.ndarray
) -> SensitivityRun:
    """Give the sensitivities a fresh matrix, as if they had never met that of the signals."""

    def linear_map(columns: np.ndarray, outputs: int, variance: float) -> np.ndarray:
        parts = np.split(np.sqrt(variance) * columns, [inputs.shape[1]], axis=1)
        return np.hstack([gaussian_map(part.T, outputs, rng).outputs.T for part in parts])

    return run_layers(
        network,
        inputs,
        depth,
        linear_map,
        rng=rng,
        directions=1,
        noise=noise,
        channel_moments=False,
        effective_ranks=True,
    )


@pytest.mark.parametrize("width", [8, 30, 100])
def test_a_sampler_that_forgets_the_signal_is_caught(width: int) -> None:
    network = NETWORKS["vanilla"]
    first = sample(sensitivity_dense_run, network, width, 1)
    wrong = sample(unconditioned_run, network, width, 2)
    assert compare_samples(first, wrong, permutations=999).differing(0.001)


def test_other_laws_are_refused_with_the_reason() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(UnsupportedLaw, match=r"rademacher.*dense sampler"):
        sensitivity_conditioned_run(VanillaNetwork(), np.eye(3), 2, rng=rng, law="rademacher")
    with pytest.raises(InvalidArgument, match="backward"):
        sensitivity_conditioned_run(VanillaNetwork(), np.eye(3), 2, rng=rng, backward="true")


def test_large_widths_follow_the_limit() -> None:
    """At infinite width one layer of He keeps moments, and orthogonal data get cosine 1/pi."""
    rng = np.random.default_rng(4)
    n = 200_000
    data = np.linalg.qr(rng.normal(size=(n, 2)))[0] * np.sqrt(n)
    run = sensitivity_conditioned_run(VanillaNetwork("relu"), data, 1, rng=rng)
    assert run.signal[1, 1] == pytest.approx(1, abs=0.02)
    assert run.signal_central[1, 1] == pytest.approx((1 - 1 / np.pi) / 2, abs=0.02)
    assert run.normalized_sensitivity[1] == pytest.approx((1 - 1 / np.pi) ** -0.5, abs=0.02)
