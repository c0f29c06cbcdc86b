"""The printed statements that the ledger answers for, read from the table ``scope.txt``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from symprop.ledger.coverage import ScopeRow

__all__ = ["scope_rows"]


@cache
def scope_rows() -> tuple[ScopeRow, ...]:
    """Return all rows, in the order of the papers and of their pages.

    Examples
    --------
    >>> scope_rows()[0].number
    'Section 2, cosine'
    """
    rows: list[ScopeRow] = []
    paper = ""
    text = files("symprop.claims").joinpath("scope.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            paper = line.strip("[]")
        elif line and not line.startswith("#"):
            rows.append(ScopeRow(paper, *(part.strip() for part in line.split(" | "))))
    return tuple(rows)
