"""The data behind a figure as comma-separated values."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symprop.figures.panels import Plot

__all__ = ["csv_text"]


def csv_text(plot: Plot) -> str:
    """Return one row for each point: panel, curve, role, x, y, and error where there are any.

    Parameters
    ----------
    plot : Plot
        The figure.

    Returns
    -------
    str
        Lines that start with ``#`` give the figure's title and parameters; numbers are
        written so that reading them gives the same floats back.

    Examples
    --------
    >>> from symprop.figures.panels import Panel, Plot, curve
    >>> panel = Panel("", "x", "y", (curve("line", [0, 1], [0, 2]),))
    >>> print(csv_text(Plot("demo", "A line", (panel,))))
    # demo: A line
    panel,curve,role,x,y
    1,line,value,0.0,0.0
    1,line,value,1.0,2.0
    <BLANKLINE>
    """
    text = io.StringIO()
    text.write(f"# {plot.key}: {plot.title}\n")
    for name, value in plot.parameters.items():
        text.write(f"# {name} = {value}\n")
    rows = csv.writer(text, lineterminator="\n")
    uncertain = any(line.error for panel in plot.panels for line in panel.curves)
    rows.writerow(("panel", "curve", "role", "x", "y", *(["error"] if uncertain else [])))
    for number, panel in enumerate(plot.panels, start=1):
        for line in panel.curves:
            errors = [[repr(e)] for e in line.error] or [[""] if uncertain else []] * len(line.x)
            for x, y, error in zip(line.x, line.y, errors, strict=True):
                rows.writerow((number, line.label, line.role, repr(x), repr(y), *error))
    return text.getvalue()
