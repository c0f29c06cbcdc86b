"""A correlation given by itself or by its gap: equivalent, and refused outside the range."""

from __future__ import annotations

import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.correlations import Angle


def test_both_ways_agree() -> None:
    by_rho, by_gap = Angle(rho="3/10").balls(100), Angle(angle_gap="7/10").balls(100)
    assert by_rho[0].overlaps(by_gap[0])
    assert by_rho[1].overlaps(by_gap[1])


def test_tiny_gap_keeps_its_digits() -> None:
    rho, gap = Angle(angle_gap="1e-30").balls(53)
    assert gap.rel_accuracy_bits() > 40
    assert arb(0, 1).contains(rho)
    assert Angle(angle_gap="1e-30").exact == 1 - sympy.Rational(1, 10**30)


def test_exactly_one_is_given() -> None:
    for arguments in ({}, {"rho": 0, "angle_gap": 1}):
        with pytest.raises(InvalidArgument, match="exactly one"):
            Angle(**arguments)


@pytest.mark.parametrize("arguments", [{"rho": "11/10"}, {"angle_gap": "-1/10"}, {"angle_gap": 3}])
def test_out_of_range(arguments: dict[str, object]) -> None:
    with pytest.raises(OutOfDomain, match="inside"):
        Angle(**arguments)
