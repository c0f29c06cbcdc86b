"""The command ``verify``: run the ledger, watch it, report it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from symprop.cli.numeric import print_json
from symprop.cli.progress import LiveTable, PlainLines, Silence
from symprop.foundation.validation import check_integer

if TYPE_CHECKING:
    from symprop.ledger.registry import Registry

__all__ = ["verify"]


def _default_state() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "symprop" / "verify.jsonl"


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def verify(
    selectors: list[str] | None = typer.Argument(
        None, metavar="[SELECTOR]...", help="Claim ids, paper keys or globs; all by default."
    ),
    tier: str = typer.Option("quick", "--tier", help="quick or full."),
    dps: int = typer.Option(15, "--dps", help="Digits to which equalities must at least agree."),
    jobs: int | None = typer.Option(None, "--jobs", help="Processes; one per processor."),
    timeout: float = typer.Option(
        600.0, "--timeout", help="Seconds for one claim, after which it is UNDECIDED."
    ),
    output: Path | None = typer.Option(None, "--output", help="Write the results as JSON."),
    report: Path | None = typer.Option(None, "--report", help="Write an HTML page into DIR."),
    resume: bool = typer.Option(False, "--resume", help="Reuse results that are still current."),
    state: Path | None = typer.Option(None, "--state", help="File that keeps results."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Check the claims of the ledger.

    Exits with 0 if every claim reached the verdict recorded for it, 1 otherwise.
    """
    from symprop.claims.verification import registry as all_claims
    from symprop.ledger.claim import Context
    from symprop.ledger.report import document, succeeded
    from symprop.ledger.result import Journal
    from symprop.ledger.runner import run

    context = Context(tier, dps)
    processes = _processors() if jobs is None else check_integer("jobs", jobs, minimum=1)
    registry = all_claims()
    claims = registry.select(selectors or ())
    for folder in (output.parent if output else None, report):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)  # fail before the work, not after it
    watch = Silence() if as_json else (LiveTable if sys.stdout.isatty() else PlainLines)(claims)
    with watch:
        results = run(
            registry,
            claims,
            context,
            jobs=processes,
            timeout=timeout,
            journal=Journal(state or _default_state()),
            resume=resume,
            on_result=watch.show,
        )
    finished = document(registry, results, context)
    if output is not None:
        text = json.dumps(finished, indent=1, ensure_ascii=False)
        output.write_text(text + "\n", encoding="utf-8")
    if report is not None:
        _write_page(report, finished, registry)
    if as_json:
        print_json(finished)
    else:
        watch.close(finished)
    if not succeeded(registry, results):
        raise typer.Exit(1)


def _write_page(folder: Path, finished: dict[str, object], registry: Registry) -> None:
    from symprop.claims.scope import scope_rows
    from symprop.ledger.coverage import cover
    from symprop.ledger.page import render

    rows = cover(scope_rows(), registry.values())
    (folder / "index.html").write_text(render(finished, registry, rows), encoding="utf-8")
    text = json.dumps(finished, indent=1, ensure_ascii=False)
    (folder / "ledger.json").write_text(text + "\n", encoding="utf-8")
