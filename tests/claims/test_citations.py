"""What claims of one work share, and what one of them says otherwise."""

from __future__ import annotations

from symprop.claims.citations import claims_of
from symprop.ledger.algebra import identity
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source

EXACT = Verdict(Outcome.HOLDS, Grade.EXACT)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FIELDS = {
    "title": "a sum",
    "statement": "1 + 1 = 2",
    "checks": (identity(2, 2),),
    "near_miss": identity(2, 3),
}


def test_fields_are_shared_and_may_be_given_anew() -> None:
    claim = claims_of("thesis", EXACT, assumptions=("n > 0",))
    shared = claim("sum", "eq 1", **FIELDS)
    assert shared.id == "thesis.sum"
    assert shared.source == Source("thesis", "eq 1")
    assert (shared.expected, shared.assumptions) == (EXACT, ("n > 0",))
    own = claim("other-sum", "eq 2", SAMPLED, assumptions=(), **FIELDS)
    assert (own.expected, own.assumptions) == (SAMPLED, ())
