"""The commands ``gram ...``: Gram matrices and their measures."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import exact_or_none, print_json, working_dps

if TYPE_CHECKING:
    import sympy

    from symprop.asymptotics.gram_points import GramFixedPoint
    from symprop.numerics.enclosure import Enclosure

__all__ = ["app"]

app = typer.Typer(
    help="Gram matrices: how far they are from a multiple of the unit matrix.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
"""The group of commands ``gram``."""

_LONGEST_INTEGER, _LONGEST_FORM = 30, 160  # that are printed in full; JSON has all of them
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
        exact_text = f"   {_shortened(record['exact'])}" if record["exact"] else ""
        print(f"{name:<{width}}  {record['digits']}{exact_text}")


@app.command("fixed-point")
def fixed_point(
    activation: str = typer.Argument(..., help="Name or expression in x."),
    batch: int = typer.Option(..., "--batch", help="Number of inputs normalised together."),
    no_mean: bool = typer.Option(False, "--no-mean", help="Keep the mean over the batch."),
    every: bool = typer.Option(
        False, "--all", help="Without the mean: all fixed points of exchangeable inputs."
    ),
    dps: int = typer.Option(15, "--dps", help="Decimal digits; fewer where they are estimated."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Fixed point of wide batch-normalised networks: entries, condition number, stability.

    Inputs are exchangeable. With the mean taken away there is one such point; without, the one
    that orthogonal inputs go to.
    """
    digits = working_dps(dps)

    from symprop.asymptotics.exchangeable_points import exchangeable_fixed_points
    from symprop.asymptotics.gram_limits import batch_norm_fixed_point
    from symprop.foundation.errors import InvalidArgument

    if every and not no_mean:
        raise InvalidArgument("Expected --all together with --no-mean: else there is one point.")
    if every:
        points = exchangeable_fixed_points(activation, batch)
        if as_json:
            print_json({"fixed_points": [_record(point, dps) for point in points]})
            return
        print(f"{len(points)} fixed point{'' if len(points) == 1 else 's'}")
    else:
        points = (batch_norm_fixed_point(activation, batch, center=not no_mean, dps=digits),)
        if as_json:
            print_json(_record(points[0], dps))
            return
    for point in points:
        if every:
            print()
        _print_point(_record(point, dps))


def _record(point: GramFixedPoint, dps: int) -> dict[str, Any]:
    """Return a fixed point as JSON data."""
    from symprop.constants.export import number_record

    forms = point.forms

    def number(value: Enclosure, exact: sympy.Expr | None = None) -> dict[str, Any]:
        if not value.is_finite:
            return {"digits": value.proved_digits(), "exact": "oo"}
        return number_record(value, dps=dps, exact=exact)

    types = {}
    for name, values in point.eigenvalues.items():
        types[name] = [
            number(value, None if forms is None else forms.eigenvalues[name][index])
            for index, value in enumerate(values)
        ]
        turning = point.imaginary_parts.get(name, ())
        for entry, value in zip(types[name], turning, strict=False):
            entry["imaginary"] = number(value)
    ratio = point.condition_number
    return {
        "diagonal": number(point.diagonal, None if forms is None else forms.diagonal),
        "off_diagonal": number(point.off_diagonal, None if forms is None else forms.off_diagonal),
        "condition_number": None if ratio is None else number(ratio),
        "stable": point.stable,
        "proved": point.proved,
        "eigenvalues": types,
    }


def _print_point(record: dict[str, Any]) -> None:
    for name in ("diagonal", "off_diagonal", "condition_number"):
        entry = record[name]
        exact = "" if entry is None or not entry["exact"] else f"   {_shortened(entry['exact'])}"
        print(f"{name:<16}  {_text(entry)}{exact}")
    for name, entries in record["eigenvalues"].items():
        print(f"{name:<16}  {'  '.join(map(_text, entries))}")
    words = {True: "yes", False: "no", None: "unknown"}
    print(f"{'stable':<16}  {words[record['stable']]}")
    if not record["proved"]:
        print("by quadrature in float64: digits are estimated, not proved")


def _text(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "unknown"
    text: str = entry["digits"] or "unknown"
    other = entry.get("imaginary")
    if other is None:
        return text
    part = other["digits"] or "unknown"
    return f"{text}{part}i" if part.startswith("-") else f"{text}+{part}i"


def _shortened(exact: str) -> str:
    """Return an exact form with the middle of long integers left out."""
    short = re.sub(rf"\d{{{_LONGEST_INTEGER + 1},}}", _with_dots, exact)
    return short if len(short) <= _LONGEST_FORM else f"{short[:_LONGEST_FORM]} ..."


def _with_dots(integer: re.Match[str]) -> str:
    digits = integer[0]
    return f"{digits[:6]}...({len(digits)} digits)...{digits[-6:]}"
