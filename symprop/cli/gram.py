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


@app.command("fixed-point")
def fixed_point(
    activation: str = typer.Argument(..., help="Name or expression in x."),
    batch: int = typer.Option(..., "--batch", help="Number of inputs normalised together."),
    no_mean: bool = typer.Option(False, "--no-mean", help="Keep the mean over the batch."),
    dps: int = typer.Option(15, "--dps", help="Proved decimal digits."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Fixed point of wide batch-normalised networks: entries, condition number, stability."""
    digits = working_dps(dps)

    from symprop.asymptotics.gram_limits import batch_norm_fixed_point
    from symprop.constants.export import number_record

    point = batch_norm_fixed_point(activation, batch, center=not no_mean, dps=digits)
    forms = point.forms

    def record(value: Any, exact: Any = None) -> dict[str, Any] | None:
        if value is None:
            return None
        if not value.is_finite:
            return {"digits": value.proved_digits(), "exact": "oo"}
        return number_record(value, dps=dps, exact=exact)

    types = {
        name: [
            record(value, None if forms is None else forms.eigenvalues[name][index])
            for index, value in enumerate(values)
        ]
        for name, values in point.eigenvalues.items()
    }
    records = {
        "diagonal": record(point.diagonal, None if forms is None else forms.diagonal),
        "off_diagonal": record(point.off_diagonal, None if forms is None else forms.off_diagonal),
        "condition_number": record(point.condition_number),
    }
    if as_json:
        proof = {"stable": point.stable, "proved": point.proved}
        print_json({**records, **proof, "eigenvalues": types})
        return
    for name, entry in records.items():
        text = "unknown" if entry is None else entry["digits"]
        exact = "" if entry is None or not entry["exact"] else f"   {entry['exact']}"
        print(f"{name:<16}  {text}{exact}")
    for name, entries in types.items():
        print(f"{name:<16}  {'  '.join(entry['digits'] for entry in entries if entry)}")
    words = {True: "yes", False: "no", None: "unknown"}
    print(f"{'stable':<16}  {words[point.stable]}")
    if not point.proved:
        print("by quadrature in float64: digits are estimated, not proved")
