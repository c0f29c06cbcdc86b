"""The commands ``ledger list``, ``ledger show`` and ``ledger coverage``: what is recorded."""

from __future__ import annotations

import typer

from symprop.cli.numeric import print_json
from symprop.foundation.errors import InvalidArgument, expected

__all__ = ["app"]

app = typer.Typer(
    help="Browse the claims and their recorded verdicts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
"""The group of commands ``ledger``."""

_JSON = typer.Option(False, "--json", help="Print one JSON document.")


@app.command("list")
def list_claims(
    selectors: list[str] | None = typer.Argument(None, metavar="[SELECTOR]..."),
    as_json: bool = _JSON,
) -> None:
    """List claims with the verdicts recorded for them."""
    from symprop.claims.verification import registry
    from symprop.ledger.report import describe

    claims = registry().select(selectors or ())
    if as_json:
        print_json({"claims": [describe(claim) for claim in claims]})
        return
    width = max((len(claim.id) for claim in claims), default=0)
    for claim in claims:
        print(f"{claim.id:<{width}}  {claim.expected!s:<22} {claim.source.number}")


@app.command("show")
def show(claim_id: str = typer.Argument(..., metavar="ID"), as_json: bool = _JSON) -> None:
    """Show one claim in full."""
    from symprop.claims.verification import registry
    from symprop.ledger.report import describe

    claims = registry()
    if claim_id not in claims:
        raise InvalidArgument(expected("id", "to be the id of a claim", claim_id))
    claim = claims[claim_id]
    if as_json:
        print_json(describe(claim))
        return
    fields = {
        "claim": claim.id,
        "title": claim.title,
        "source": str(claim.source),
        "statement": claim.statement,
        "as printed": claim.as_printed,
        "variables": "; ".join(f"{name}: {text}" for name, text in claim.variables.items()),
        "assumptions": "; ".join(claim.assumptions),
        "recorded": str(claim.expected),
        "corrected by": claim.corrected_by or "",
        "derivation": claim.derivation or "",
        "module": claims.homes[claim.id],
    }
    for name, text in fields.items():
        if text:
            print(f"{name:<13} {text}")


@app.command("coverage")
def coverage(as_json: bool = _JSON) -> None:
    """List every printed statement with its claims, or why it has none."""
    from symprop.claims.scope import scope_rows
    from symprop.claims.verification import registry
    from symprop.ledger.coverage import cover, unplaced

    claims = registry().values()
    rows = cover(scope_rows(), claims)
    astray = unplaced(scope_rows(), claims)
    covered = sum(bool(row.claims) for row in rows)
    if as_json:
        print_json(
            {
                "rows": [row.to_json() for row in rows],
                "unplaced": [{"id": claim.id, "number": number} for claim, number in astray],
                "summary": {"rows": len(rows), "covered": covered},
            }
        )
        return
    for row in rows:
        answers = "; ".join(f"{claim.id} {claim.expected}" for claim in row.claims)
        print(f"{row.row.paper:<12}{row.row.number:<22} {answers or row.reason}")
    for claim, number in astray:
        print(f"{claim.source.paper:<12}{number:<22} {claim.id} names a number outside the scope")
    print(f"{covered} of {len(rows)} printed statements have a claim")
