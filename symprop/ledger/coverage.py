"""Which printed statements have claims, and why the others have none.

The rows are data that the caller brings. A claim covers a row when its source names
the row's number; a claim may name several, separated by ``;``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice
from symprop.ledger.source import PAPERS

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim

__all__ = ["NOT_YET", "Covered", "ScopeRow", "coverage", "unplaced"]

NOT_YET = "not yet covered"
_REASONS = re.compile(r"definition|informal|needs data|restates .+|not yet covered")

_LABEL = re.compile(r"(?:(?P<kind>[a-z]+)\.?\s+)?(?P<label>[a-z]{0,2}\.?\d+(?:\.\d+)*[a-z]?)\b")
_KINDS = {
    "eq": "equation",
    "eqs": "equation",
    "equations": "equation",
    "sec": "section",
    "fig": "figure",
    "thm": "theorem",
    "prop": "proposition",
    "cor": "corollary",
    "def": "definition",
    "tab": "table",
}


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One printed statement that the ledger has to answer for.

    Attributes
    ----------
    paper, number : str
        Paper key, and the number as printed: ``"Lemma C.3"``.
    topic : str
        What it is about, in a few words.
    reason : str
        Why it has no claim, if it has none: ``definition``, ``informal``, ``needs data``,
        ``restates <number>`` or ``not yet covered``.

    Raises
    ------
    InvalidArgument
        If the paper or the reason is none of the known ones.
    """

    paper: str
    number: str
    topic: str
    reason: str = NOT_YET

    def __post_init__(self) -> None:
        check_choice("paper", self.paper, tuple(PAPERS))
        if not _REASONS.fullmatch(self.reason):
            raise InvalidArgument(expected("reason", "to be one of the known ones", self.reason))


@dataclass(frozen=True)
class Covered:
    """A row of the scope with the claims that answer for it."""

    row: ScopeRow
    claims: tuple[Claim, ...]

    @property
    def reason(self) -> str:
        """Why there is no claim; empty when there is one."""
        return "" if self.claims else self.row.reason

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data, with the verdicts recorded for its claims."""
        return {
            "paper": self.row.paper,
            "number": self.row.number,
            "topic": self.row.topic,
            "reason": self.reason or None,
            "claims": [
                {
                    "id": claim.id,
                    "outcome": claim.expected.outcome.value,
                    "grade": claim.expected.grade and claim.expected.grade.name,
                }
                for claim in self.claims
            ],
        }


def _key(number: str) -> tuple[str, str]:
    """Split a number into its kind and its label, both normalised.

    >>> _key("Lemma C.3"), _key("eq. 4.1"), _key("Theorem B.11, tanh case"), _key("C.3")
    (('lemma', 'c.3'), ('equation', '4.1'), ('theorem', 'b.11'), ('', 'c.3'))
    """
    text = " ".join(number.lower().split())
    match = _LABEL.match(text)
    if match is None:
        return "", text
    kind = match["kind"] or ""
    return _KINDS.get(kind, kind), match["label"]


def _placed(
    rows: Iterable[ScopeRow], claims: Iterable[Claim]
) -> tuple[dict[ScopeRow, list[Claim]], list[tuple[Claim, str]]]:
    """Return the claims of each row, and the numbers of claims that name no row."""
    exact: dict[tuple[str, str, str], ScopeRow] = {}
    by_label: defaultdict[tuple[str, str], list[ScopeRow]] = defaultdict(list)
    found: dict[ScopeRow, list[Claim]] = {}
    for row in rows:
        kind, label = _key(row.number)
        exact.setdefault((row.paper, kind, label), row)
        by_label[row.paper, label].append(row)
        found[row] = []
    astray: list[tuple[Claim, str]] = []
    for claim in claims:
        paper = claim.source.paper
        for number in claim.source.number.split(";"):
            kind, label = _key(number)
            same_label = by_label[paper, label]
            row_or_none = exact.get((paper, kind, label)) or (
                same_label[0] if len(same_label) == 1 else None
            )
            if row_or_none is None:
                astray.append((claim, number.strip()))
            elif claim not in found[row_or_none]:
                found[row_or_none].append(claim)
    return found, astray


def coverage(rows: Sequence[ScopeRow], claims: Iterable[Claim]) -> tuple[Covered, ...]:
    """Return every row with the claims whose source names its number.

    ``Lemma C.3`` and ``C.3, first part`` both name the row ``Lemma C.3``: the kind may be left
    out where the label is unique in the paper, and what follows the label is free.
    """
    found, _ = _placed(rows, claims)
    return tuple(Covered(row, tuple(found[row])) for row in rows)


def unplaced(rows: Sequence[ScopeRow], claims: Iterable[Claim]) -> tuple[tuple[Claim, str], ...]:
    """Return the claims, with the number they give, that name no row of the scope."""
    return tuple(_placed(rows, claims)[1])
