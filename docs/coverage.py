"""Write the README's table of what is covered: ``python docs/coverage.py``.

Everything is counted from the package itself, and a test counts again.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from symprop import dual_kernel
from symprop.claims.scope import scope_rows
from symprop.constants.catalogue import CONSTANTS
from symprop.ledger.coverage import Covered, cover
from symprop.ledger.evidence import Outcome
from symprop.ledger.registry import claim_modules, collect
from symprop.specs.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- coverage:begin -->", "<!-- coverage:end -->"
COLUMNS = (
    "paper",
    "printed statements",
    "with claims",
    "claims",
    "hold",
    "fail",
    "vacuous or undecided",
    "definitions, informal, restated, needing data",
    "not yet covered",
)
WITH_PARAMETER = {
    "alpha_relu": "alpha_relu:7/10",
    "hermite": "hermite:4",
    "monomial": "monomial:3",
    "polynomial": "polynomial:1,2,3",
    "shift": "shift:1",
}
"""Catalogue entries that need a parameter, with one each."""


def has_closed_form(name: str) -> bool:
    """Return whether the dual kernel of a catalogue entry has a closed form."""
    return dual_kernel(WITH_PARAMETER.get(name, name)).has_closed_form


def activation_lines() -> list[str]:
    """Return which activations have closed forms and which are enclosed."""
    closed = [name for name in CATALOGUE if has_closed_form(name)]
    enclosed = [name for name in CATALOGUE if name not in closed]
    exact, certified = ", ".join(closed), ", ".join(enclosed)
    return [
        f"- {len(CATALOGUE)} families of activations, besides any expression the parser reads.",
        f"- Dual kernel in closed form for {len(closed)} of them: {exact}.",
        f"- Enclosed to any number of digits for the other {len(enclosed)}: {certified}.",
        f"- {len(CONSTANTS)} named constants, each with its source.",
    ]


def ledger_line(paper: str, rows: list[Covered]) -> str:
    """Return one row of the ledger's table: printed statements and recorded verdicts."""
    answered = [row for row in rows if row.claims]
    claims = {claim.id: claim for row in answered for claim in row.claims}
    outcomes = Counter(claim.expected.outcome for claim in claims.values())
    unclaimed = Counter(row.reason.split(" ")[0] for row in rows if not row.claims)
    not_yet = unclaimed.pop("not", 0)
    cells = (
        paper,
        len(rows),
        len(answered),
        len(claims),
        outcomes[Outcome.HOLDS],
        outcomes[Outcome.FAILS],
        outcomes[Outcome.VACUOUS] + outcomes[Outcome.UNDECIDED],
        sum(unclaimed.values()),
        not_yet,
    )
    return f"| {' | '.join(map(str, cells))} |"


def coverage_block() -> str:
    """Return the Markdown between the two markers of the README."""
    rows = cover(scope_rows(), collect(claim_modules("symprop.claims")).values())
    papers = dict.fromkeys(row.row.paper for row in rows)
    lines = [*activation_lines(), "", f"| {' | '.join(COLUMNS)} |"]
    lines.append(f"| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    lines += [
        ledger_line(paper, [row for row in rows if row.row.paper == paper]) for paper in papers
    ]
    return "\n".join(lines)


def main() -> None:
    """Rewrite the block of the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{coverage_block()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
