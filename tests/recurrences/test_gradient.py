"""Gradients: float64 against balls, sums, and what a layer has."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from symprop.recurrences.ball_recurrence import BallPath, extend_ball_path
from symprop.recurrences.float_recurrence import FloatPath, extend_float_path
from symprop.recurrences.gradient import ball_gradients, float_gradients, parameters_of
from symprop.recurrences.inputs import Inputs
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    LayerNormResidual,
)

NETS: list[Architecture] = [
    FullResidual("tanh", "3/2", "1/2", "169/100", "49/100"),
    FullyConnected(("erf", "relu"), ("3/2", 2, 1), "1/9"),
    FullyConnected("gelu", "3/2", "1/9", normalization="layer", placement="after"),
    FullyConnected("gelu", "3/2", "1/9", normalization="rms"),
    LayerNormResidual("erf", "1/2"),
]


@pytest.mark.parametrize("net", NETS, ids=str)
def test_float64_agrees_with_balls(net: Architecture) -> None:
    balls, floats = BallPath(), FloatPath()
    list(extend_ball_path(balls, net, Inputs("3/2"), 7, 100))
    list(extend_float_path(floats, [net], [Inputs("3/2")], 7))
    exact, found = ball_gradients(net, vars(balls), 100), float_gradients([net], floats.rows)
    chi = [float(value) for value in exact.chi]
    assert np.exp(found.log_chi[:, 0]) == pytest.approx(chi, rel=1e-14)
    for name in "bwva":
        wanted = [float(x) for x in getattr(exact, name)]
        ratios = getattr(found, name)[:, 0]
        assert ratios * np.exp(found.log_chi[1:, 0]) == pytest.approx(wanted, rel=1e-14)


def test_residual_gradients_by_hand() -> None:
    """Theorem B.12 at one layer of a net whose V of the derivative is known: erf."""
    sv, sw, q = 2.0, 3.0, 3.0 * 1 + 0.5
    path = BallPath()
    net = FullResidual("erf", sv, 1, sw, "1/2")
    list(extend_ball_path(path, net, Inputs(1), 1, 80))
    found = ball_gradients(net, vars(path), 80)
    slope = 4 / np.pi / np.sqrt(1 + 4 * q)  # E (2/sqrt(pi) exp(-h^2))^2
    assert float(found.chi[0]) == pytest.approx(1 + sv * sw * slope, rel=1e-14)
    assert float(found.b[0]) == float(found.w[0]) == pytest.approx(sv * slope, rel=1e-14)
    assert float(found.v[0]) == pytest.approx(2 / np.pi * np.arcsin(2 * q / (1 + 2 * q)), rel=1e-14)
    assert found.a[0] == arb(1)


def test_without_weights_no_gradient_passes() -> None:
    net, path = FullyConnected("erf", 0, 1), FloatPath()
    list(extend_float_path(path, [net], [Inputs(1)], 3))
    assert np.exp(float_gradients([net], path.rows).log_chi[:, 0]).tolist() == [0, 0, 0, 1]


def test_parameters() -> None:
    assert parameters_of(NETS[0]) == ("b", "w", "v", "a")
    assert parameters_of(NETS[1]) == ("b", "w")
