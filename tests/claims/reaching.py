"""What every module of claims is tested for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symprop.ledger.claim import Context
from symprop.ledger.evidence import Outcome
from symprop.ledger.runner import run_claim

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim

__all__ = ["assert_reached"]


def assert_reached(claim: Claim) -> None:
    """The quick tier reaches the recorded verdict, and the near miss fails."""
    result = run_claim(claim, Context("quick", 15))
    details = [found.detail for found in result.findings]
    assert result.reached(claim), f"{result.verdict}, {details}, {result.near_miss.detail}"
    if claim.expected.outcome is Outcome.FAILS:
        failing = [found for found in result.findings if found.outcome is Outcome.FAILS]
        assert failing
        assert failing[0].counterexample is not None
