"""Claims are placed in the row whose number they name, or reported as astray."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.ledger.claim import Claim
from symprop.ledger.coverage import ScopeRow, cover, unplaced
from symprop.ledger.source import Source
from tests.ledger.demonstration import IDENTITY

ROWS = (
    ScopeRow("thesis", "Definition 5.1", "a definition", "definition"),
    ScopeRow("thesis", "Theorem 5.1", "a theorem"),
    ScopeRow("thesis", "Theorem 5.11, case 1", "first case"),
    ScopeRow("thesis", "Theorem 5.11, case 2", "second case"),
    ScopeRow("thesis", "Lemma C.3", "a lemma", "restates Theorem 5.1"),
    ScopeRow("thesis", "eq 4.1", "an equation"),
    ScopeRow("thesis", "Mehler's formula", "a formula"),
    ScopeRow("residual", "Lemma C.3", "another lemma"),
)


def claim(number: str) -> Claim:
    return replace(IDENTITY, id="thesis.some-claim", source=Source("thesis", number))


@pytest.mark.parametrize(
    ("number", "row"),
    [
        ("Theorem 5.1", "Theorem 5.1"),
        ("theorem  5.1, first part", "Theorem 5.1"),
        ("Theorem 5.11, case 2 (rate)", "Theorem 5.11, case 2"),
        ("C.3", "Lemma C.3"),
        ("Lemma C.3, lower bound", "Lemma C.3"),
        ("Eq. (4.1)", "eq 4.1"),
        ("4.1", "eq 4.1"),
        ("Definitions 5.1", "Definition 5.1"),
        ("Mehler's formula", "Mehler's formula"),
    ],
)
def test_placed(number: str, row: str) -> None:
    covered = [found.row.number for found in cover(ROWS, [claim(number)]) if found.claims]
    assert covered == [row]
    assert unplaced(ROWS, [claim(number)]) == ()


@pytest.mark.parametrize(
    "number", ["Theorem 5.11", "5.1", "Theorem C.3", "Lemma C.33", "Proof of Lemma C.3", "eq 4"]
)
def test_astray(number: str) -> None:
    assert all(not found.claims for found in cover(ROWS, [claim(number)]))
    assert [given for _, given in unplaced(ROWS, [claim(number)])] == [number]


def test_one_claim_may_answer_for_several_rows() -> None:
    both = cover(ROWS, [claim("Theorem 5.1; Lemma C.3")])
    assert [found.row.number for found in both if found.claims] == ["Theorem 5.1", "Lemma C.3"]


def test_reasons() -> None:
    nothing = {found.row.number: found.reason for found in cover(ROWS, [])}
    assert nothing["Definition 5.1"] == "definition"
    assert nothing["Theorem 5.1"] == "not yet covered"
    something = {found.row.number: found for found in cover(ROWS, [claim("Theorem 5.1")])}
    assert something["Theorem 5.1"].reason == ""
    assert something["Theorem 5.1"].to_json()["claims"] == [
        {"id": "thesis.some-claim", "outcome": "HOLDS", "grade": "SAMPLED"}
    ]


@pytest.mark.parametrize(("paper", "reason"), [("nobody", "definition"), ("thesis", "too hard")])
def test_malformed_rows_are_refused(paper: str, reason: str) -> None:
    with pytest.raises(InvalidArgument):
        ScopeRow(paper, "Theorem 1", "topic", reason)
