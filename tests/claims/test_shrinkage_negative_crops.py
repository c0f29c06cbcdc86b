"""Each claim reaches its recorded verdict, and the counterexamples satisfy the hypotheses."""

from fractions import Fraction

import pytest

from symprop.claims.shrinkage_negative_crops import CLAIMS, RISING, is_convex_rise
from symprop.ledger.claim import Claim
from tests.claims.reaching import assert_reached


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_verdict_is_reached(claim: Claim) -> None:
    assert_reached(claim)


def test_the_counterexample_is_convex_on_the_crop() -> None:
    assert sum(RISING) == 1
    assert min(RISING) >= 0
    assert is_convex_rise(RISING, Fraction(-1, 2))
    assert not is_convex_rise(RISING, Fraction(-1))
