"""The command that draws published figures again."""

from __future__ import annotations

from pathlib import Path

import typer

from symprop.foundation.errors import InvalidArgument, expected

__all__ = ["figure"]


def figure(
    key: str = typer.Argument(..., help="'list', or a key such as 'residual:2a'."),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="File to draw into: .svg, .pdf, .png, .eps, or .csv (data)."
    ),
    data: Path | None = typer.Option(None, "--data", help="Also write the data as CSV here."),
) -> None:
    """Draw a published figure again from the theory, or list the figures."""
    from symprop.figures.catalogue import FIGURES, describe, make_figure
    from symprop.figures.drawing import FORMATS, save
    from symprop.figures.tables import csv_text

    if key == "list":
        width = max(map(len, FIGURES))
        print("\n".join(f"{name:<{width}}  {describe(name)}" for name in FIGURES))
        return
    if output is None and data is None:
        raise InvalidArgument("Expected --output FILE or --data FILE with the key of a figure.")
    known = (*FORMATS, "csv")
    suffix = None if output is None else output.suffix.removeprefix(".").lower()
    if suffix is not None and suffix not in known:
        raise InvalidArgument(f"Expected --output to end in one of {', '.join(known)}: {output}.")
    for target in (output, data):
        if target is not None and not target.parent.is_dir():
            folder = f"to be in a folder that exists, which {target.parent} does not"
            raise InvalidArgument(expected("file", folder, str(target)))
    plot = make_figure(key)
    for target in {data, output if suffix == "csv" else None}:
        if target is not None:
            target.write_text(csv_text(plot), encoding="utf-8")
    if output is not None and suffix != "csv":
        save(plot, output)
    for target in (output, data):
        if target is not None:
            print(target)
