"""Records of batch-normalised networks are frozen, and their shapes fit together."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.batch_run import BatchRun

GRAM, LINE = np.ones((3, 2, 2)), np.ones(3)


def test_a_record_is_frozen_and_survives_a_journey() -> None:
    run = BatchRun(GRAM, GRAM, LINE, log_gradient=-np.inf * LINE)
    assert (run.depth, run.inputs) == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        run.gram[0] = 0
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.log_gradient, run.log_gradient)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gram": np.ones((3, 2))}, "gram of shape"),
        ({"gram": np.ones((3, 2, 1))}, "gram of shape"),
        ({"hidden_gram": np.ones((2, 2, 2))}, "hidden_gram of shape"),
        ({"normalization_norm": np.ones(2)}, "normalization_norm of shape"),
        ({"gradient_gram": LINE}, "gradient_gram of shape"),
        ({"log_gradient": GRAM}, "log_gradient of shape"),
        ({"alignment": np.nan * GRAM}, "alignment without NaN"),
        ({"jacobian_singular_values": np.ones((2, 4))}, "jacobian_singular_values of shape"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], message: str) -> None:
    given = {"gram": GRAM, "hidden_gram": GRAM, "normalization_norm": LINE} | changes
    with pytest.raises(InvalidArgument, match=f"Expected {message}"):
        BatchRun(**given)
