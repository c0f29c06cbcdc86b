"""Two data against the simulator, and the moments of the finite laws of weights."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symprop.claims.two_point_networks import (
    added,
    branch,
    feedforward,
    inner,
    noise_inner,
    sign_matrices,
    signed_permutations,
    start,
)
from symprop.simulator.sensitivity_layers import run_layers
from symprop.specs.sensitivity_networks import BatchNormFeedforward, BatchNormResidual

HALF = (Fraction(1, 3), Fraction(-2), Fraction(1))
WEIGHTS = (
    (Fraction(1), Fraction(2), Fraction(-1, 2)),
    (Fraction(1, 2), Fraction(1), Fraction(5)),
    (Fraction(-3), Fraction(1), Fraction(7, 2)),
)


@pytest.mark.parametrize("residual", [False, True])
def test_two_layers_are_those_of_the_simulator(residual: bool) -> None:
    weights = np.array([[float(x) for x in row] for row in WEIGHTS])
    net = BatchNormResidual("relu") if residual else BatchNormFeedforward("relu")
    half = np.array([float(x) for x in HALF])
    noise = np.sqrt(3) * np.repeat(np.eye(3)[:, None, :], 2, axis=1)
    run = run_layers(
        net,
        np.stack([5 + half, 5 - half], axis=1),
        2,
        lambda columns, outputs, variance: weights @ columns,
        rng=np.random.default_rng(0),
        directions=3,
        noise=noise,
        channel_moments=False,
        effective_ranks=False,
    )
    pair = start(HALF)
    for layer in (1, 2):
        pair = added(pair, branch(pair, WEIGHTS)) if residual else feedforward(pair, WEIGHTS)
        assert float(inner(pair, pair)) == pytest.approx(run.signal_central[layer, 1])
        assert float(noise_inner(pair, pair)) == pytest.approx(run.sensitivity[layer, 1])


@pytest.mark.parametrize(("law", "square"), [(sign_matrices, 1), (signed_permutations, 1 / 2)])
def test_second_moments_are_those_of_independent_entries(law: object, square: float) -> None:
    drawn = [np.array(w, dtype=np.float64).ravel() for w in law(2)]  # type: ignore[operator]
    assert np.allclose(np.mean([np.outer(w, w) for w in drawn], axis=0), square * np.eye(4))
    assert np.allclose(np.mean(drawn, axis=0), 0)
