"""The plain networks that laws of sensitivity are held against."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.claims.noisy_networks import (
    batch_norm_ratio,
    kept_variance,
    mean_and_error,
    noise_square,
    vanilla_layers,
)


def test_the_jacobian_takes_the_input_to_the_signal() -> None:
    """ReLU networks without biases are homogeneous."""
    layers = vanilla_layers(4, 3, 50, 1)
    entries = np.arange(1.0, 5) * (-1.0) ** np.arange(4)
    start = entries / np.sqrt(np.mean(entries**2))
    np.testing.assert_allclose(layers.jacobian @ start, layers.signal, atol=1e-12)


def test_no_layer_changes_nothing() -> None:
    assert noise_square(3, 0, 5, 0) == (1.0, 0.0)


def test_mean_and_error() -> None:
    mean, error = mean_and_error(np.array([1.0, 3.0, 1.0, 3.0]))
    assert (mean, error) == (2.0, 0.5)


def test_two_data_are_always_plus_and_minus_one() -> None:
    """relu leaves 0 and 1, of variance 1/4; noise over signal is infinite in the mean."""
    assert kept_variance(2, 100, 3) == pytest.approx((0.5, 0.0), abs=1e-10)
    assert batch_norm_ratio(40, 2000, 4)[0] == pytest.approx(1.0, abs=0.05)
