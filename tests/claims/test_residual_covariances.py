"""The recursions at one branch, where they can be written down."""

from __future__ import annotations

from fractions import Fraction

from flint import arb

from symprop.claims.relu_covariances import input_covariance
from symprop.claims.residual_covariances import (
    layers,
    meanings,
    network,
    stages,
    tangent,
    tangent_part,
)
from symprop.specs.branched import ResNet

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


def test_one_branch_at_a_right_angle() -> None:
    start = input_covariance(ZERO, ONE, ONE)
    assert layers(start, HALF, 2, 1, 1)[1].cross.overlaps(1 / (4 * arb.pi()))
    assert layers(start, HALF, 2, 1, 1)[1].first == arb("1.25")
    assert len(stages(start, 3)) == 4
    assert tangent(ONE, 2, 1, ZERO, ONE, ONE, 15).overlaps(1 / arb.pi())


def test_parts_of_one_branch() -> None:
    assert tangent_part(ONE, 2, 1, 1, 1, HALF, 15).overlaps(arb(1) / 3)
    whole = sum((tangent_part(HALF, 3, 1, 1, h, HALF, 15) for h in (1, 2, 3)), arb(0))
    assert whole.overlaps(tangent(HALF, 3, 1, HALF, ONE, ONE, 15))


def test_names() -> None:
    assert network(HALF, 3) == ResNet(3, HALF)
    assert set(meanings("alpha", "h")) == {"alpha", "h"}
