"""Ball paths: they can be continued, enclose what wide inputs allow, and refuse lost digits."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached
from symprop.recurrences.ball_recurrence import BallPath, ball_layers, extend_ball_path
from symprop.recurrences.inputs import Inputs
from symprop.specs.architectures import (
    Architecture,
    FullResidual,
    FullyConnected,
    ReducedResidual,
)

FRN = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


def carried(net: Architecture, inputs: Inputs, depth: int, bits: int = 100) -> BallPath:
    path = BallPath()
    assert list(extend_ball_path(path, net, inputs, depth, bits)) == list(range(1, depth + 1))
    return path


def test_a_path_can_be_continued() -> None:
    inputs = Inputs(1, None, "1/2")
    whole, parts = carried(FRN, inputs, 6), carried(FRN, inputs, 3)
    list(extend_ball_path(parts, FRN, inputs, 6, 100))
    for name, values in vars(whole).items():
        assert [str(ball) for ball in values] == [str(ball) for ball in vars(parts)[name]]


def test_wide_inputs_give_hulls() -> None:
    wide = carried(FRN, Inputs(arb(1, 2.0**-20), None, arb(0.5, 2.0**-20)), 5)
    for length, cosine in ((1 - 2.0**-20, 0.5), (1, 0.5 + 2.0**-20), (1 + 2.0**-20, 0.5)):
        narrow = carried(FRN, Inputs(length, None, cosine), 5)
        for name in ("p", "q", "gamma", "covariance", "e", "c", "separation"):
            for outer, inner in zip(vars(wide)[name], vars(narrow)[name], strict=True):
                assert outer.overlaps(inner)
                assert abs(outer.mid() - inner.mid()) <= outer.rad() + inner.rad()


def test_equal_lengths_given_twice_are_equal_lengths() -> None:
    for net in (FRN, FullyConnected("gelu", 1, "1/3", normalization="layer", placement="after")):
        once, twice = carried(net, Inputs(2, None, "1/3"), 4), carried(net, Inputs(2, 2, "1/3"), 4)
        for name in ("gamma", "separation", "e", "c"):
            for first, second in zip(vars(once)[name], vars(twice)[name], strict=True):
                assert first.overlaps(second)


def test_reduced_net_is_a_full_one_with_unit_branch() -> None:
    reduced = carried(ReducedResidual("erf", 2, "1/5"), Inputs(1, 2, "1/7"), 5)
    full = carried(FullResidual("erf", 1, 0, 2, "1/5"), Inputs(1, 2, "1/7"), 5)
    for name in ("p", "other_p", "gamma", "e"):
        for first, second in zip(vars(reduced)[name], vars(full)[name], strict=True):
            assert first.overlaps(second)


def test_layers_are_prepared_once_a_period() -> None:
    layers = ball_layers(FullyConnected(("tanh", "relu"), (1, 2, 3)), 60)
    assert len(layers) == 6
    assert [float(layer.w) for layer in layers] == [1, 2, 3, 1, 2, 3]


def test_lost_digits_are_noticed() -> None:
    with pytest.raises(PrecisionNotReached):
        carried(FullyConnected("x**2 - 1", 1), Inputs(arb(1, 0.5)), 2)


def test_outputs_of_length_zero_cannot_be_normalised() -> None:
    net = FullyConnected("1", 1, normalization="layer", placement="after")
    with pytest.raises(OutOfDomain, match="length > 0"):
        carried(net, Inputs(1), 1)
