"""The commands ``gram ...``: Gram matrices and their measures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import typer

from symprop.cli.numeric import exact_or_none, print_json, working_dps

__all__ = ["app"]

app = typer.Typer(
    help="Gram matrices: how far they are from a multiple of the unit matrix.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
"""The group of commands ``gram``."""

_LARGEST_EXACT = 6  # beyond, factors of the characteristic polynomial are rarely solvable


@app.callback()
def _group() -> None:
    """Gram matrices: how far they are from a multiple of the unit matrix."""


@app.command("isometry")
def isometry(
    file: Path = typer.Argument(
        ..., metavar="FILE.csv", help="Rationals or decimals, rows by lines."
    ),
    dps: int = typer.Option(15, "--dps", help="Proved decimal digits."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Isometry, its gap, orthogonality gap, effective rank and condition number of a matrix."""
    digits = working_dps(dps)

    import sympy

    from symprop.constants.export import number_record
    from symprop.gram.matrices import read_gram
    from symprop.gram.measures import MEASURES, measure, measure_closed_form

    matrix = read_gram(file)
    records: dict[str, Any] = {}
    for name in MEASURES:
        value = measure(name, matrix, digits)
        if not value.is_finite:
            records[name] = {"digits": value.proved_digits(), "exact": "oo"}
            continue
        exact = None
        if matrix.size <= _LARGEST_EXACT:
            exact = exact_or_none(partial(measure_closed_form, name, matrix))
            if exact is not None and exact.has(sympy.CRootOf):
                exact = None  # the number of a root tells a reader nothing
        records[name] = number_record(value, dps=dps, exact=exact)
    if as_json:
        print_json({"size": matrix.size, **records})
        return
    width = max(map(len, records))
    for name, record in records.items():
        exact_text = f"   {record['exact']}" if record["exact"] else ""
        print(f"{name:<{width}}  {record['digits']}{exact_text}")
