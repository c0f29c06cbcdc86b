"""Numbers and activations, once for a network or one for each layer."""

from __future__ import annotations

import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.enclosure import Enclosure
from symprop.specs.activations import activation
from symprop.specs.layer_parameters import (
    check_nonnegative,
    check_number,
    check_positive,
    entries,
    in_layer,
    read_activations,
)
from tests.malformed import NO_INTEGERS, NO_NUMBERS, assert_refused


@pytest.mark.parametrize("check", [check_number, check_nonnegative, check_positive])
def test_what_is_no_number_is_named(check: object) -> None:
    assert_refused(lambda value: check("gain", value), NO_NUMBERS, "gain to be a finite real")
    check("gain", "1/3")


def test_signs_must_be_proved() -> None:
    check_number("gain", -1)
    check_nonnegative("variance", 0)
    for check, values in (
        (check_nonnegative, (-1, "-1e-300", Enclosure.from_bounds(-1, 1))),
        (check_positive, (-1, 0, Enclosure.from_bounds(0, 1))),
    ):
        for value in values:
            with pytest.raises(OutOfDomain, match="Expected variance >"):
                check("variance", value)


def test_tuples_are_gone_through_again_and_again() -> None:
    assert entries("variance", 2) == (2,)
    assert entries("variance", (1, 2)) == (1, 2)
    with pytest.raises(InvalidArgument, match="variance to have at least one entry"):
        entries("variance", ())
    assert [in_layer((1, 2, 3), layer) for layer in range(1, 6)] == [1, 2, 3, 1, 2]
    assert in_layer("tanh", 10**9) == "tanh"
    assert_refused(lambda layer: in_layer(2, layer), (*NO_INTEGERS, 0), "index to be an integer")


def test_activations_are_one_or_several() -> None:
    assert read_activations("tanh") == activation("tanh")
    assert read_activations(["tanh", "relu"]) == (activation("tanh"), activation("relu"))
    with pytest.raises(InvalidArgument, match="activation to have at least one entry"):
        read_activations([])
