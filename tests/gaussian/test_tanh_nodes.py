"""The node tables against direct evaluation."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.gaussian.tanh_nodes import gaussian_weights, growths
from symprop.numerics.precision import working_bits


@pytest.mark.parametrize("tilt", [None, "0.3", "5"])
def test_gaussian_weights(tilt: str | None) -> None:
    with working_bits(120):
        square = arb("0.37")
        slope = None if tilt is None else arb(tilt)
        for j, weight in enumerate(gaussian_weights(square, 40, slope)):
            x = j + arb(0.5)
            direct = (-square * x * x / 2 - (slope or arb(0)) * x).exp()
            assert weight.overlaps(direct)
            assert weight.rel_accuracy_bits() > 105


@pytest.mark.parametrize("rate", ["1e-30", "-1e-30", "0.2", "-0.2", "7", "-7"])
def test_growths_keep_their_relative_accuracy(rate: str) -> None:
    with working_bits(120):
        slope = arb(rate)
        for j, value in enumerate(growths(slope, 40)):
            assert value.overlaps((slope * (j + arb(0.5))).expm1())
            assert value.rel_accuracy_bits() > 105
