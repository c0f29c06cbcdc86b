"""Both samplers have one law: every architecture, three widths, forward and backward.

With 200 to 400 networks a side, and after correction for 900 tests, a single observable gives
away a shift of its law by half a standard deviation. That this is enough to see the simplification
that theories make, gradients through independent weights, is tested as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.equality import energy_test, holm_adjusted, kolmogorov_smirnov_test
from tests.simulator.small_networks import ARCHITECTURES, coordinates, small_networks

RUNS = {8: 400, 30: 300, 100: 200}
DEPTH, JOINT, LEVEL = 2, 200, 0.01


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


def test_both_samplers_have_one_law() -> None:
    single: list[float] = []
    joint: list[float] = []
    for name in ARCHITECTURES:
        for width in RUNS:
            observables, together = p_values(conditioned(name, width), dense(name, width))
            single += observables
            joint.append(together)
    assert len(single) > 600
    assert holm_adjusted(single).min() > LEVEL
    assert holm_adjusted(joint).min() > LEVEL


@pytest.mark.parametrize("width", RUNS)
def test_a_sampler_without_the_condition_is_caught(width: int) -> None:
    """The transpose drawn afresh, as if the forward pass had told nothing about the weights."""
    wrong = conditioned("relu", width, backward="independent")
    observables, together = p_values(wrong, dense("relu", width))
    assert holm_adjusted(observables).min() <= LEVEL
    assert together <= LEVEL / 30
