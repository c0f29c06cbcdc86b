"""A run is frozen, checked and travels between processes."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.run import Run

SQUARES = np.ones((3, 2, 2))


def run() -> Run:
    return Run(SQUARES, 0 * SQUARES, SQUARES, {"w": np.ones((3, 2))}, np.ones((2, 2)))


def test_depth_and_inputs() -> None:
    assert (run().depth, run().inputs) == (2, 2)


def test_nothing_can_be_changed() -> None:
    whole = run()
    with pytest.raises(AttributeError):
        whole.gram = SQUARES  # type: ignore[misc]
    for array in (whole.gram, whole.tangent_kernel, whole.parameter_gradients["w"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 2.0  # type: ignore[index]
    with pytest.raises(TypeError):
        whole.parameter_gradients["b"] = np.ones((3, 2))  # type: ignore[index]


def test_the_givers_arrays_stay_writeable() -> None:
    mine = np.ones((3, 2, 2))
    Run(mine, mine, None, {}, None)
    mine[0] = 2.0


def test_pickling_keeps_everything_frozen() -> None:
    again = pickle.loads(pickle.dumps(run()))
    np.testing.assert_array_equal(again.gradient_gram, SQUARES)
    assert not again.gram.flags.writeable
    assert dict(again.parameter_gradients).keys() == {"w"}
    with pytest.raises(TypeError):
        again.parameter_gradients["b"] = SQUARES


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gram": np.ones((3, 2))}, "gram of shape"),
        ({"hidden_gram": np.ones((2, 2, 2))}, "hidden_gram of shape"),
        ({"gradient_gram": np.full((3, 2, 2), np.nan)}, "gradient_gram without NaN"),
        ({"tangent_kernel": np.ones((3, 2, 2))}, "tangent_kernel of shape"),
        ({"parameter_gradients": {"w": np.ones(3)}}, "'w'.* of shape"),
        ({"parameter_gradients": {"c": np.ones((3, 2))}}, "keyed by"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    parts = {
        "gram": SQUARES,
        "hidden_gram": SQUARES,
        "gradient_gram": None,
        "parameter_gradients": {},
        "tangent_kernel": None,
    }
    with pytest.raises(InvalidArgument, match=message):
        Run(**(parts | change))  # type: ignore[arg-type]
