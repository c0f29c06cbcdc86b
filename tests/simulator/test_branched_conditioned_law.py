"""Both samplers have one law: networks with bypasses at widths 8, 30 and 100, there and back.

With 200 networks a side, and after correction for all tests, a single observable gives away a shift
of its law by 0.6 standard deviations.
"""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.equality import (
    compare_samples,
    holm_adjusted,
    kolmogorov_smirnov_test,
)
from tests.simulator.branched_samples import NETWORKS, conditioned, dense

LEVEL = 0.01


def p_values(width: int, runs: int) -> list[float]:
    found: list[float] = []
    for kind in NETWORKS:
        one, two = conditioned(kind, width, runs), dense(kind, width, runs)
        found += compare_samples(one, two, permutations=99_999).p_values.values()
    return found


def test_both_samplers_have_one_law_at_width_8() -> None:
    found = p_values(8, 200)
    assert len(found) > 50 * len(NETWORKS)
    assert holm_adjusted(found).min() > LEVEL


@pytest.mark.slow
@pytest.mark.parametrize(("width", "runs"), [(30, 300), (100, 200)])
def test_both_samplers_have_one_law_when_wider(width: int, runs: int) -> None:
    assert holm_adjusted(p_values(width, runs)).min() > LEVEL


@pytest.mark.parametrize("width", [8, 30, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["resnet 1", "resnet 2", "resnet 3", "vanilla"])
def test_a_sampler_without_the_condition_is_caught(kind: str, width: int) -> None:
    """The transpose drawn afresh, as if the forward pass had told nothing about the weights.

    The output is homogeneous in every layer, so its gradient times the layer is the output.
    """
    expected = excess(dense(kind, width, 100))
    right = excess(conditioned(kind, width, 100))
    wrong = excess(conditioned(kind, width, 100, backward="independent"))
    assert np.abs(expected).max() < 1e-12
    assert np.abs(right).max() < 1e-12
    assert kolmogorov_smirnov_test(wrong.round(9), expected.round(9)) < LEVEL / 100


def excess(sample: dict[str, np.ndarray]) -> np.ndarray:
    found = np.diagonal(sample["cross_gram"], axis1=-2, axis2=-1) - sample["output"][:, None]
    return found[:, 0, 0]
