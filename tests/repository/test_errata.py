"""The list of statements that fail is that of the ledger; counterexamples are found again."""

from __future__ import annotations

import json

import pytest

from docs.errata import COUNTEREXAMPLES, ERRATA, LONGEST, refutation, refuted, render
from symprop.claims.verification import verify

KEPT = json.loads(COUNTEREXAMPLES.read_text(encoding="utf-8"))
AGAIN = (
    "residual.arcsine-equality-parallel-printed",
    "residual.preactivation-variance-printed",
)


def test_every_statement_that_fails_is_listed_with_what_refutes_it() -> None:
    assert set(KEPT) == {claim.id for entries in refuted().values() for claim in entries}
    assert all(0 < len(text) <= LONGEST + 4 for text in KEPT.values())


def test_page_is_that_of_the_ledger() -> None:
    assert ERRATA.read_text(encoding="utf-8") == render(KEPT)


@pytest.mark.parametrize("claim", AGAIN)
def test_counterexamples_are_found_again(claim: str) -> None:
    (result,) = verify(claim)
    assert refutation([finding.to_json() for finding in result.findings]) == KEPT[claim]
