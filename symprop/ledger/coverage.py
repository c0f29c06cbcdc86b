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

__all__ = ["NOT_YET", "Covered", "ScopeRow", "cover", "unplaced"]

NOT_YET = "not yet covered"
"""Reason of a row that ought to have a claim."""

_REASONS = re.compile(r"definition|informal|needs data|restates .+|not yet covered")

_BOUNDARY = re.compile(r"[^a-z0-9.]")
_LABEL = re.compile(r"[a-z]{0,2}\.?\d[\d.]*")
_BRACKETED = re.compile(rf"\(({_LABEL.pattern})\)")
_KINDS = {
    "eq": "equation",
    "sec": "section",
    "fig": "figure",
    "thm": "theorem",
    "prop": "proposition",
    "cor": "corollary",
    "corollarie": "corollary",
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


def _normal(number: str) -> str:
    """Return a number in lower case, with its kind written out and in the singular.

    >>> _normal("Eqs. (4.1)"), _normal("Lemma  C.3")
    ('equation 4.1', 'lemma c.3')
    """
    words = _BRACKETED.sub(r"\1", number.lower()).strip(" .").split()
    if len(words) > 1:
        kind = words[0].rstrip(".s")
        words[0] = _KINDS.get(kind, kind)
    return " ".join(words)


def _names(claimed: str, row: str) -> bool:
    """Whether ``claimed`` is the number of a row, perhaps followed by more."""
    following = claimed[len(row) :]
    return claimed.startswith(row) and (not following or _BOUNDARY.match(following) is not None)


def _place(number: str, rows: Sequence[tuple[str, ScopeRow]]) -> ScopeRow | None:
    """Return the row that a number names: the longest that fits, if it is the only one."""
    claimed = _normal(number)
    fitting = [(name, row) for name, row in rows if _names(claimed, name)]
    if not fitting and _LABEL.match(claimed):  # the kind is left out
        labels = [(name.partition(" ")[2], row) for name, row in rows if " " in name]
        fitting = [(label, row) for label, row in labels if _names(claimed, label)]
    longest = max((len(name) for name, _ in fitting), default=0)
    found = [row for name, row in fitting if len(name) == longest]
    return found[0] if len(found) == 1 else None


def _placed(
    rows: Iterable[ScopeRow], claims: Iterable[Claim]
) -> tuple[dict[ScopeRow, list[Claim]], list[tuple[Claim, str]]]:
    """Return the claims of each row, and the numbers of claims that name no row."""
    by_paper: defaultdict[str, list[tuple[str, ScopeRow]]] = defaultdict(list)
    found: dict[ScopeRow, list[Claim]] = {}
    for row in rows:
        by_paper[row.paper].append((_normal(row.number), row))
        found[row] = []
    astray: list[tuple[Claim, str]] = []
    for claim in claims:
        for number in claim.source.number.split(";"):
            named = _place(number, by_paper[claim.source.paper])
            if named is None:
                astray.append((claim, number.strip()))
            elif claim not in found[named]:
                found[named].append(claim)
    return found, astray


def cover(rows: Sequence[ScopeRow], claims: Iterable[Claim]) -> tuple[Covered, ...]:
    """Return every row with the claims whose source names its number.

    ``Lemma C.3`` and ``C.3, first part`` both name the row ``Lemma C.3``: the kind may be
    left out where the label is unique in the paper, and more may follow the number.
    """
    found, _ = _placed(rows, claims)
    return tuple(Covered(row, tuple(found[row])) for row in rows)


def unplaced(rows: Sequence[ScopeRow], claims: Iterable[Claim]) -> tuple[tuple[Claim, str], ...]:
    """Return the claims, with the number they give, that name no row of the scope."""
    return tuple(_placed(rows, claims)[1])
