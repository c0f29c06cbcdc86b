"""The record of a run: shapes, NaN, and what is derived from it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.sensitivity_run import SensitivityRun, zeta_factor


def record(**changed: np.ndarray) -> SensitivityRun:
    moments = np.ones((3, 4))
    moments[:, 1] = [1, 2, 4]
    layers = np.zeros(3)
    arrays = {
        "signal": moments,
        "signal_central": np.ones((3, 4)),
        "sensitivity": moments,
        "hidden": moments,
        "hidden_absolute": layers,
        "factors": np.ones((3, 1, 3)),
        "effective_ranks": np.ones((3, 2)),
        "dead": np.zeros(3, dtype=bool),
        "dead_channels": layers,
        "coactive_channels": layers,
    }
    return SensitivityRun(**arrays | changed)


def test_normalised_sensitivity() -> None:
    run = record()
    assert run.depth == 2
    np.testing.assert_allclose(run.normalized_sensitivity, np.sqrt([1, 2, 4]))
    np.testing.assert_allclose(run.increments, np.sqrt([2, 2]))


def test_one_datum_has_no_variance() -> None:
    run = record(signal_central=np.zeros((3, 4)))
    assert np.isinf(run.normalized_sensitivity).all()
    np.testing.assert_array_equal(run.increments, [1, 1])


def test_arrays_are_frozen_and_travel() -> None:
    run = pickle.loads(pickle.dumps(record()))
    with pytest.raises(ValueError, match="read-only"):
        run.signal[0, 0] = 2


@pytest.mark.parametrize(
    "changed", [{"dead_channels": np.zeros(2)}, {"hidden_absolute": np.full(3, np.nan)}]
)
def test_malformed(changed: dict) -> None:
    with pytest.raises(InvalidArgument):
        record(**changed)


def test_factor_without_signal() -> None:
    np.testing.assert_array_equal(
        zeta_factor([4.0, 1.0, 0.0], [1.0, 0.0, 0.0]), [2, np.inf, np.inf]
    )
