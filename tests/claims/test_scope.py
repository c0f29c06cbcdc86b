"""The table of printed statements is complete and every number in it is unambiguous."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from symprop.claims.scope import scope_rows
from symprop.claims.verification import registry
from symprop.ledger.coverage import cover, unplaced
from symprop.ledger.source import PAPERS

NUMBERS = {paper: [row.number for row in scope_rows() if row.paper == paper] for paper in PAPERS}


def test_rows_follow_the_order_of_the_papers() -> None:
    papers = list(dict.fromkeys(row.paper for row in scope_rows()))
    assert papers == list(PAPERS)


def test_numbers_are_unique() -> None:
    repeated = [
        (paper, number)
        for paper, numbers in NUMBERS.items()
        for number, count in Counter(numbers).items()
        if count > 1
    ]
    assert repeated == []


@pytest.mark.parametrize(
    ("paper", "pattern", "expected"),
    [
        ("residual", r"(?:Lemma|Theorem) B\.(\d+)", range(1, 22)),
        ("residual", r"(?:Lemma|Theorem) C\.(\d+)", range(1, 38)),
        ("shrinkage", r"eq A\.(\d+)", range(1, 18)),
        ("shrinkage", r"Property (\d+)", range(1, 9)),
        ("tangents", r"eq (\d+)", [1, 2, 3, *range(7, 26)]),
        ("tangents", r"Theorem (\d+)", range(1, 7)),
        ("tangents", r"Proposition (\d+)", range(1, 6)),
        ("thesis", r"(?:Lemma|Theorem) A\.(\d+)", range(1, 9)),
        ("thesis", r"(?:Lemma|Theorem) B\.(\d+)", range(1, 8)),
        ("thesis", r"(?:Lemma|Theorem|Corollary|Remark) C\.(\d+)", range(1, 22)),
        ("thesis", r"eq 6\.(\d+)", range(1, 12)),
        ("sensitivity", r"eq (\d+)", range(1, 92)),
        ("sensitivity", r"(?:Lemma|Proposition|Corollary) (\d+)", range(1, 15)),
        ("symprop", r"K(\d)", range(1, 6)),
        ("symprop", r"D(\d)", range(1, 8)),
        ("symprop", r"S(\d)", range(1, 9)),
        ("symprop", r"F(\d)", range(1, 8)),
        ("symprop", r"G(\d)", range(1, 3)),
    ],
)
def test_no_number_is_skipped(paper: str, pattern: str, expected: list[int]) -> None:
    found = {int(m[1]) for number in NUMBERS[paper] if (m := re.fullmatch(pattern, number))}
    assert set(expected) <= found


def test_restated_statements_exist() -> None:
    missing = [
        row
        for row in scope_rows()
        if row.reason.startswith("restates ")
        and row.reason.removeprefix("restates ") not in NUMBERS[row.paper]
    ]
    assert missing == []


def test_every_claim_names_rows() -> None:
    assert unplaced(scope_rows(), registry().values()) == ()


def test_definitions_and_the_like_need_no_claim() -> None:
    """A reason is given exactly where it is needed."""
    covered = cover(scope_rows(), registry().values())
    assert all(bool(row.claims) is (row.reason == "") for row in covered)
