"""Each claim reaches its recorded verdict, and its near miss fails."""

import pytest

from symprop.claims.residual_low_exponents import CLAIMS
from symprop.ledger.claim import Claim
from tests.claims.reaching import assert_reached


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_verdict_is_reached(claim: Claim) -> None:
    assert_reached(claim)
