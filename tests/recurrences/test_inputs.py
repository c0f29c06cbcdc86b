"""Inputs are checked once, and keep small angles."""

from __future__ import annotations

import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.precision import working_bits
from symprop.recurrences.inputs import Inputs


def test_small_angles_keep_their_digits() -> None:
    with working_bits(80):
        for item in (Inputs(1, None, None, "1e-300"), Inputs(1, None, 1 - 2.0**-50)):
            cosine, gap = item.angle_balls(80)
            assert gap.rel_accuracy_bits() > 70
            assert (1 - gap).overlaps(cosine)


def test_one_input_or_two() -> None:
    assert not Inputs(1).pair
    assert Inputs(1, cosine=0).pair
    assert not Inputs(1, cosine=0).unequal
    assert Inputs(1, 1, 0).unequal


def test_malformed_inputs() -> None:
    with pytest.raises(OutOfDomain, match="other_length >= 0"):
        Inputs(1, -1, 0)
    with pytest.raises(OutOfDomain, match=r"cosine inside \[-1, 1\] but got cosine=2"):
        Inputs(1, None, 2)
    with pytest.raises(InvalidArgument, match="cosine or angle_gap, exactly one"):
        Inputs(1, None, 0, 1)
    with pytest.raises(OutOfDomain, match="angle_gap inside"):
        Inputs(1, None, None, 3)
    with pytest.raises(InvalidArgument, match="beside other_length"):
        Inputs(1, 2)


def test_angles_of_vectors_of_length_zero() -> None:
    for kept in (Inputs(0), Inputs(0, None, 1), Inputs(0, 0, None, 0), Inputs(0, 1, 0)):
        assert kept.length == 0
    assert Inputs(2, 0, None, 1).pair
    with pytest.raises(OutOfDomain, match="cosine 1 for two inputs of length zero but got cosine"):
        Inputs(0, None, "1/2")
    with pytest.raises(OutOfDomain, match="cosine 1 for two inputs of length zero"):
        Inputs(0, 0, None, 1)
    with pytest.raises(OutOfDomain, match="cosine 0 for one input of length zero"):
        Inputs(1, 0, "1/2")
