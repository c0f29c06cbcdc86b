"""Drawing of a figure with matplotlib, at the width of a column and safe for the colour-blind."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, MissingBackend, expected

if TYPE_CHECKING:
    from symprop.figures.panels import Panel, Plot

__all__ = ["FORMATS", "draw", "save"]

FORMATS = ("svg", "pdf", "png", "eps")
"""File name extensions a figure can be saved under."""

# Okabe and Ito's palette; the dashes tell curves apart in grey as well.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_DASHES: tuple[Any, ...] = ("-", (0, (6, 1.5)), (0, (2, 1)), (0, (6, 1, 1.5, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_COLUMN = 3.4  # inches
_TWO_DECADES = 100
_STYLE = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 6.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.3,
    "svg.hashsalt": "symprop",  # the same figure gives the same file
    "svg.fonttype": "none",
}


def draw(plot: Plot) -> Any:
    """Return a matplotlib figure with one axis for each panel.

    Parameters
    ----------
    plot : Plot
        What to draw.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot: nothing to close, no window.

    Raises
    ------
    MissingBackend
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingBackend("Drawing needs matplotlib: pip install 'symprop[plot]'.") from None
    columns = min(len(plot.panels), plot.columns)
    rows = -(-len(plot.panels) // columns)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_COLUMN * columns, 2.7 * rows), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for axis, panel in zip(axes, plot.panels, strict=False):
            _draw_panel(axis, panel)
        for axis in axes[len(plot.panels) :]:
            axis.remove()
    return figure


def _draw_panel(axis: Any, panel: Panel) -> None:
    dashes, grey_dashes = cycle(_DASHES), cycle(_DASHES)
    colours, point_colours, markers = cycle(_COLOURS), cycle(_COLOURS), cycle(_MARKERS)
    last: dict[str, Any] = {"color": _COLOURS[0]}
    for line in panel.curves:
        if line.role == "edge":
            axis.plot(line.x, line.y, linestyle=":", linewidth=0.8, **last)
            continue
        if line.role == "sample":  # coloured like the values, in the order of both
            look = {"color": next(point_colours), "fmt": next(markers), "elinewidth": 0.8}
            error = line.error or None
            axis.errorbar(line.x, line.y, yerr=error, label=line.label, markersize=3, **look)
            continue
        if line.role == "value":
            look = {"color": next(colours), "linestyle": next(dashes)}
            last = {"color": look["color"]}
        elif line.role == "law":
            look = {"color": "#444444", "linestyle": ":", "zorder": 3}
        else:
            look = {"color": "#999999", "linestyle": next(grey_dashes), "linewidth": 0.9}
        if len(line.x) == 1:
            look |= {"marker": "o", "markersize": 4, "linestyle": ""}
        axis.plot(line.x, line.y, label=line.label, **look)
    axis.set(
        title=panel.title,
        xlabel=panel.x_label,
        ylabel=panel.y_label,
        xscale=panel.x_scale,
        yscale=panel.y_scale,
    )
    for scale, part in ((panel.x_scale, axis.xaxis), (panel.y_scale, axis.yaxis)):
        if scale == "log":
            _tick_short_range(part)
    axis.legend(frameon=False, handlelength=2.4, labelspacing=0.3)


def _tick_short_range(part: Any) -> None:
    """Write 1, 2, 5 plainly on a logarithmic axis of less than two decades."""
    from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

    lower, upper = sorted(part.get_view_interval())
    if upper < _TWO_DECADES * lower:
        part.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        part.set_major_formatter(FormatStrFormatter("%g"))
        part.set_minor_locator(NullLocator())


def save(plot: Plot, path: Path | str) -> Path:
    """Draw a figure into a file whose extension names the format.

    Parameters
    ----------
    plot : Plot
        What to draw.
    path : path
        Ends in .svg, .pdf, .png or .eps.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InvalidArgument
        If the extension is none of these.
    MissingBackend
        If matplotlib is not installed.
    """
    target = Path(path)
    kind = target.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise InvalidArgument(expected("path", f"to end in one of {', '.join(FORMATS)}", str(path)))
    figure = draw(plot)
    import matplotlib as mpl

    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with mpl.rc_context(_STYLE):
        figure.savefig(target, format=kind, dpi=200, metadata=undated)
    return target
