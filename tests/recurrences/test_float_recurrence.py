"""Float paths: continued, compensated, and kept inside the range of float64."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.recurrences.float_recurrence import FloatPath, extend_float_path, float_layers
from symprop.recurrences.inputs import Inputs
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual, FullyConnected

FRN = FullResidual("erf", "3/2", "1/2", "169/100", "49/100")


def test_a_path_can_be_continued() -> None:
    inputs = [Inputs(1, None, "1/2"), Inputs(2, None, "1/3")]
    whole, parts = FloatPath(), FloatPath()
    assert list(extend_float_path(whole, [FRN, FRN], inputs, 6)) == [1, 2, 3, 4, 5, 6]
    list(extend_float_path(parts, [FRN, FRN], inputs, 2))
    assert list(extend_float_path(parts, [FRN, FRN], inputs, 6)) == [3, 4, 5, 6]
    for name, values in whole.rows.items():
        assert (values == parts.rows[name]).all()


def test_small_steps_do_not_drift() -> None:
    """With sigma_w = 0 every step is the same number, so the sum is known."""
    net = FullResidual("relu", "1/3", 0, 0, "1/5")
    path = FloatPath()
    list(extend_float_path(path, [net], [Inputs(1, None, "1/2")], 20_000))
    for name in ("p", "gamma"):
        first = 1.0 if name == "p" else 0.5
        assert path.rows[name][-1, 0] == pytest.approx(first + 20_000 / 30, rel=3e-16)


def test_layers_of_many_settings() -> None:
    nets = [FullyConnected(("erf", "relu"), w) for w in (1, "1/2")]
    layers = float_layers(nets)
    assert len(layers) == 2
    assert layers[0].w.tolist() == [1.0, 0.5]
    with pytest.raises(OutOfDomain, match="one period"):
        float_layers([FullyConnected("erf", 1), nets[0]])


def test_overflow_is_refused() -> None:
    path = FloatPath()
    with pytest.raises(OutOfDomain, match="range of float64"):
        list(extend_float_path(path, [FullyConnected("relu", 100)], [Inputs(1)], 1000))
    assert np.isfinite(path.rows["p"][: path.done + 1]).all()


def test_lengths_beyond_float64_are_named() -> None:
    net = FullyConnected("tanh", 2)
    with pytest.raises(OutOfDomain, match="to be within the range of float64"):
        trajectory(net, 1, length=1, other_length=10**400, cosine=0)
