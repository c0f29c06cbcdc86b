"""Batch-normalised networks keep what they are given, and refuse what is not a network."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.batch_normalized import BatchNormalized


def test_choices_are_kept_exactly_and_go_round() -> None:
    net = BatchNormalized(("relu", "tanh"), gain=(1, "1/2", 3), weight_variance=Fraction(1, 3))
    assert [net.layer_activation(index).name for index in (1, 2, 3)] == ["relu", "tanh", "relu"]
    assert [net.layer_gain(index) for index in (1, 2, 3, 4)] == [1.0, 0.5, 3.0, 1.0]
    assert net.layer_weight_variance(5) == Fraction(1, 3)
    assert net == BatchNormalized(
        ["relu", "tanh"], gain=(1, "1/2", 3), weight_variance=Fraction(1, 3)
    )


def test_gains_decay_as_a_power_of_the_layer() -> None:
    net = BatchNormalized("sin", gain=3, gain_exponent=2)
    assert [net.layer_gain(index) for index in (1, 2, 3)] == pytest.approx([3, 3 / 4, 3 / 9])


def test_length_of_rows() -> None:
    assert BatchNormalized("identity").row_length(9) == 3.0
    assert BatchNormalized("identity", scale="norm").row_length(9) == 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation": ()}, "activation to have at least one entry"),
        ({"center": 1}, "center to be True or False"),
        ({"scale": "length"}, "scale to be one of"),
        ({"order": "last"}, "order to be one of"),
        ({"gain": ()}, "gain to have at least one entry"),
        ({"gain": "one"}, "gain"),
        ({"gain_exponent": None}, "gain_exponent to be a finite real number"),
    ],
)
def test_malformed_arguments_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"Expected {message}"):
        BatchNormalized(**({"activation": "tanh"} | changes))


@pytest.mark.parametrize("changes", [{"gain": 0}, {"gain": (1, -1)}, {"weight_variance": 0}])
def test_gains_and_variances_are_positive(changes: dict[str, Any]) -> None:
    with pytest.raises(OutOfDomain, match="> 0"):
        BatchNormalized("tanh", **changes)


def test_layers_count_from_one() -> None:
    with pytest.raises(InvalidArgument, match="index"):
        BatchNormalized("tanh").layer_gain(0)
