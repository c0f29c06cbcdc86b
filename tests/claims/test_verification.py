import pytest

from symprop.claims.verification import VerdictNotReached, registry, verify
from symprop.foundation.errors import InvalidArgument
from symprop.ledger.evidence import Outcome


def test_a_true_and_a_false_claim_both_reach_their_verdict() -> None:
    true, false = verify("thesis.hermite-polynomials", "thesis.mehler-printed")
    assert true.verdict.outcome is Outcome.HOLDS
    assert false.verdict.outcome is Outcome.FAILS


def test_unknown_claims_and_tiers_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="selector"):
        verify("thesis.no-such-claim")
    with pytest.raises(InvalidArgument, match="tier"):
        verify("thesis.mehler", tier="fast")


def test_a_missed_verdict_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from symprop.claims import verification

    claims = registry()
    false = claims["thesis.mehler-printed"]
    claimed = replace(false, expected=claims["thesis.mehler"].expected, corrected_by=None)

    class Wrong:
        def select(self, _: object) -> tuple[object, ...]:
            return (claimed,)

    monkeypatch.setattr(verification, "registry", Wrong)
    with pytest.raises(VerdictNotReached, match="mehler-printed"):
        verify("thesis.mehler-printed")
