"""Moments layer by layer, also where the signal dies."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator.sensitivity_layers import Pair
from symprop.simulator.sensitivity_record import Record, effective_rank


def test_one_layer_by_hand() -> None:
    record = Record(1, 1, channel_moments=True, effective_ranks=True)
    before = Pair(np.array([[[1.0, 3.0]]]), np.array([[[[1.0], [2.0]]]]))
    hidden = Pair(np.array([[[-1.0, 2.0]]]), np.array([[[[1.0], [1.0]]]]))
    after = Pair(np.array([[[0.0, 2.0]]]), np.array([[[[0.0], [1.0]]]]))
    record.layer(0, before)
    record.step(1, 0, "affine", before, hidden)
    record.step(1, 0, "nonlinearity", hidden, after)
    record.activation(1, hidden, after)
    record.layer(1, after)
    run = record.run()
    np.testing.assert_allclose(run.signal[0], [2, 5, 14, 41])
    np.testing.assert_allclose(run.signal_central[0], [0, 1, 0, 1])
    np.testing.assert_allclose(run.sensitivity[:, 1], [2.5, 0.5])
    assert run.hidden_absolute[1] == 1.5
    assert run.factors[1, 0, 0] == pytest.approx(np.sqrt((1 / 2.5) / (2.25 / 1)))
    assert run.normalized_sensitivity[1] == pytest.approx(np.sqrt(0.5 / 2.5))
    assert run.coactive_channels[1] == run.dead_channels[1] == 0
    assert run.effective_ranks[1, 0] == pytest.approx(1)


def test_a_dead_network() -> None:
    record = Record(2, 1, channel_moments=False, effective_ranks=True)
    before = Pair(np.array([[[1.0, 3.0]]]), np.ones((1, 1, 2, 1)))
    nothing = Pair(np.zeros((1, 1, 2)), np.zeros((1, 1, 2, 1)))
    record.layer(0, before)
    record.step(1, 0, "nonlinearity", before, nothing)
    record.activation(1, before, nothing)
    record.layer(1, nothing)
    record.step(2, 0, "nonlinearity", nothing, nothing)
    record.layer(2, nothing)
    run = record.run()
    assert run.dead.tolist() == [False, True, True]
    assert run.dead_channels[1] == run.coactive_channels[1] == 1
    np.testing.assert_array_equal(run.normalized_sensitivity, [1, np.inf, np.inf])
    np.testing.assert_array_equal(run.increments, [np.inf, 1])
    assert run.factors.prod() == np.inf
    assert run.effective_ranks[1].tolist() == [0, 0]


def test_effective_rank_is_the_same_from_either_side() -> None:
    rows = np.random.default_rng(0).normal(size=(3, 7))
    values = np.linalg.svd(rows, compute_uv=False) ** 2
    assert effective_rank(rows) == pytest.approx(values.sum() / values[0])
    assert effective_rank(rows.T) == pytest.approx(values.sum() / values[0])
