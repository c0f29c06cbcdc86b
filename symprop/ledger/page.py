"""The report of a run as one HTML page that needs no network.

Formulas are MathML, which browsers typeset themselves; there is no script, font or
style sheet to fetch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from symprop.ledger.evidence import Outcome
from symprop.ledger.source import PAPERS

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim
    from symprop.ledger.coverage import Covered

__all__ = ["render"]

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --dim: #666; }
@media (prefers-color-scheme: dark) { :root { --dim: #a8a8a8; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
.dim { color: var(--dim); }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; }
.counts .badge { display: inline-block; margin-right: .6em; }
details { border-top: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; display: flex; gap: .8rem; align-items: baseline; }
summary .title { flex: 1; }
.badge { font: 600 .75rem/1.6 ui-monospace, monospace; padding: 0 .5em; border-radius: .3em;
  color: #fff; min-width: 6.5em; text-align: center; }
.HOLDS { background: #1a7f4b; } .FAILS { background: #b3322a; }
.UNDECIDED { background: #8a6100; } .VACUOUS { background: #5b5b8a; }
.missed { outline: 3px solid #d9a400; }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .25rem .8rem; margin: .6rem 0 1rem; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
math { font-size: 1.15rem; }
math[display="block"] { margin: .3rem 0; width: fit-content; max-width: 100%; overflow-x: auto; }
code, .mono { font-family: ui-monospace, monospace; font-size: .88em; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
td, th { border-top: 1px solid var(--line); padding: .25rem .5rem; text-align: left;
  vertical-align: top; }
td:last-child { overflow-wrap: anywhere; }
@media (max-width: 45rem) {
  body { margin: 1rem auto; }
  summary { flex-wrap: wrap; } summary .title { flex: 1 1 65%; }
  dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: .5rem; }
}
"""


def render(
    document: Mapping[str, Any],
    claims: Mapping[str, Claim],
    coverage: Sequence[Covered] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    document : mapping
        What `symprop.ledger.report.document` returned.
    claims : mapping
        The claims by id, for their formulas.
    coverage : sequence of Covered
        The scope table to append, if any.
    """
    rows = document["claims"]
    summary = document["summary"]
    verdict = (
        "every claim reached its recorded verdict"
        if summary["passed"]
        else (f"{len(summary['missed'])} claims missed their recorded verdict")
    )
    counts = "".join(
        f'<span><span class="badge {outcome.value}">{outcome.value}</span>'
        f"{summary[outcome.value]}</span>"
        for outcome in Outcome
    )
    sections = [
        _section(paper, list(group), claims)
        for paper, group in groupby(rows, key=lambda row: row["source"])
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>symprop ledger</title><style>{_STYLE}</style></head><body>"
        f"<h1>symprop ledger</h1><p>{len(rows)} claims: {verdict}.</p>"
        f'<p class="counts">{counts}</p>'
        f'<p class="dim">symprop {escape(document["symprop"])}, {document["tier"]} tier, '
        f"{document['dps']} digits, {summary['seconds']:.1f} s of work. FAILS means: false as "
        "printed, with numbers that show it. Neither UNDECIDED nor VACUOUS counts as passed. A "
        "near miss is a slightly wrong statement, which the same check has to refute.</p>"
        f"{''.join(sections)}{_coverage(coverage)}</body></html>\n"
    )


def _section(paper: str, rows: list[Mapping[str, Any]], claims: Mapping[str, Claim]) -> str:
    body = "".join(_claim(row, claims[row["id"]]) for row in rows)
    return f'<h2>{escape(paper)}</h2><p class="dim">{escape(str(PAPERS[paper]))}</p>{body}'


def _claim(row: Mapping[str, Any], claim: Claim) -> str:
    grade = (row["grade"] or "").lower()
    missed = "" if row["reached"] else " missed"
    entries = [("Statement", _statement(claim)), ("As printed", escape(claim.as_printed))]
    variables = "; ".join(f"{name}: {meaning}" for name, meaning in claim.variables.items())
    entries += [("Variables", escape(variables)), ("Assumptions", _lines(claim.assumptions))]
    if row["counterexample"]:
        entries.append(("Counterexample", _counterexample(row["counterexample"])))
    if row["corrected_by"]:
        target = escape(row["corrected_by"])
        entries.append(("Corrected by", f'<a href="#{target}"><code>{target}</code></a>'))
    if claim.derivation:
        entries.append(("Derivation", f"<code>{escape(claim.derivation)}</code>"))
    entries += [
        ("Checks", _lines(_finding(found) for found in row["findings"])),
        ("Near miss", escape(_finding(row["near_miss"]))),
        ("Recorded", escape(str(claim.expected))),
        ("Time", f"{row['seconds']:.2f} s"),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in entries if value)
    return (
        "<details><summary>"
        f'<span class="badge {row["outcome"]}{missed}">{row["outcome"]}</span>'
        f'<span class="title">{escape(claim.title)}</span>'
        f'<span class="dim">{escape(row["number"])}</span>'
        f'<span class="dim mono">{escape(grade)}</span></summary>'
        # a link to what a closed element contains opens it; one to the element does not
        f'<p id="{escape(row["id"])}"><code>{escape(row["id"])}</code></p>'
        f"<dl>{listed}</dl></details>"
    )


def _statement(claim: Claim) -> str:
    text = escape(claim.statement)
    if claim.formula is None:
        return text
    from sympy.printing.mathml import mathml
    from sympy.printing.pretty.pretty_symbology import greek_unicode

    # names of functions, unlike those of symbols, are left in Latin letters
    body = re.sub(
        r"<mi>(\w+)</mi>",
        lambda found: f"<mi>{greek_unicode.get(found[1], found[1])}</mi>",
        mathml(claim.formula, printer="presentation"),
    )
    return f'{text}<math display="block">{body}</math>'


def _finding(found: Mapping[str, Any]) -> str:
    grade = f" ({found['grade']})" if found["grade"] else ""
    return f"{found['outcome']}{grade}: {found['detail']}"


def _counterexample(numbers: Mapping[str, Any]) -> str:
    inputs = ", ".join(f"{name} = {value}" for name, value in numbers["values"].items())
    sides = f"{numbers['lhs']} {numbers['relation']} {numbers['rhs']} is false"
    return "<br>".join(escape(part) for part in (inputs, sides) if part)


def _lines(items: Iterable[str]) -> str:
    return "<br>".join(escape(item) for item in items)


def _coverage(rows: Sequence[Covered]) -> str:
    if not rows:
        return ""
    body = "".join(
        f"<tr><td>{escape(covered.row.paper)}</td><td>{escape(covered.row.number)}</td>"
        f"<td>{escape(covered.row.topic)}</td><td>{_answers(covered)}</td></tr>"
        for covered in rows
    )
    answered = sum(bool(covered.claims) for covered in rows)
    return (
        f"<h2>Coverage</h2><p>{answered} of {len(rows)} printed statements have a claim; "
        "for the others the reason is given.</p><table><tr><th>Paper</th><th>Number</th>"
        f"<th>Topic</th><th>Claims, with recorded verdicts</th></tr>{body}</table>"
    )


def _answers(covered: Covered) -> str:
    if not covered.claims:
        return f'<span class="dim">{escape(covered.reason)}</span>'
    return "<br>".join(
        f'<a href="#{escape(claim.id)}"><code>{escape(claim.id)}</code></a> '
        f"{escape(str(claim.expected))}"
        for claim in covered.claims
    )
