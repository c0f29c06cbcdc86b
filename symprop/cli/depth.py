"""The command that follows a network through its layers: trajectory."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.counting import counted
from symprop.cli.networks import named_network
from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer

if TYPE_CHECKING:
    from symprop.recurrences.layer_tables import Trajectory

__all__ = ["trajectory"]

_TEXT_ROWS = 24
_MOST_ENTRIES = 30_000_000  # of the table of all layers, about a gigabyte
_BALL_SIZE = 20  # of a ball against a float
_COLUMNS = (3, 12)  # of one input and of two


def trajectory(
    architecture: str = typer.Argument(
        ...,
        help="fc (fully connected), rrn, frn (reduced and full residual), block (normalised).",
    ),
    activation: str = typer.Argument(
        ..., help="Name or expression in x; several, one for each layer in turn, with ; between."
    ),
    depth: int = typer.Option(..., "--depth", help="Number of layers."),
    weight_variance: str | None = typer.Option(None, "--weight-variance", help="Of W."),
    bias_variance: str | None = typer.Option(None, "--bias-variance", help="Of b; 0 by default."),
    branch_weight_variance: str | None = typer.Option(
        None, "--branch-weight-variance", help="Of V (frn, block)."
    ),
    branch_bias_variance: str | None = typer.Option(
        None, "--branch-bias-variance", help="Of a (frn); 0 by default."
    ),
    normalization: str | None = typer.Option(None, "--normalization", help="layer or rms (fc)."),
    placement: str | None = typer.Option(None, "--placement", help="before or after (fc)."),
    length: str = typer.Option("1", "--length", help="Squared length of the input over its size."),
    other_length: str | None = typer.Option(None, "--other-length", help="Of a second input."),
    cosine: str | None = typer.Option(None, "--cosine", help="Correlation of the two inputs."),
    angle_gap: str | None = typer.Option(None, "--angle-gap", help="One minus the correlation."),
    gradients: bool = typer.Option(False, "--gradients", help="Add logarithms of gradients."),
    every: int | None = typer.Option(None, "--every", help="Print every so many layers."),
    dps: int | None = typer.Option(None, "--dps", help="Proved decimal digits; else float64."),
    resume: str | None = typer.Option(
        None, "--resume", help="File to keep what is done in, and to go on from."
    ),
    as_csv: bool = typer.Option(False, "--csv", help="Print comma separated values."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Lengths, correlations and gradients of a network of infinite width, layer by layer."""
    check_integer("depth", depth, minimum=0)
    if every is not None:
        check_integer("every", every, minimum=1)
    digits = None if dps is None else working_dps(dps)
    _check_memory(depth, pair=cosine is not None or angle_gap is not None, balls=dps is not None)
    given = {
        "weight_variance": weight_variance,
        "bias_variance": bias_variance,
        "branch_weight_variance": branch_weight_variance,
        "branch_bias_variance": branch_bias_variance,
        "normalization": normalization,
        "placement": placement,
    }
    inputs = {
        name: None if text is None else number(name, text)
        for name, text in (
            ("length", length),
            ("other_length", other_length),
            ("cosine", cosine),
            ("angle_gap", angle_gap),
        )
    }

    from symprop.recurrences.trajectories import trajectory as follow

    net = named_network(_kinds(), architecture, activation, given)
    with counted("layers", depth) as progress:
        path = follow(net, depth, dps=digits, progress=progress, resume=resume, **inputs)
    if as_json:
        print_json(_document(path, gradients, every or 1, dps))
    elif as_csv:
        print(path.to_csv(gradients=gradients, every=every or 1), end="")
    else:
        _print_table(path, gradients, every or max(1, depth // _TEXT_ROWS))


def _check_memory(depth: int, *, pair: bool, balls: bool) -> None:
    most = _MOST_ENTRIES // _COLUMNS[pair] // (_BALL_SIZE if balls else 1)
    if depth > most:
        condition = f"<= {most}, as all layers are kept until they are printed,"
        raise InvalidArgument(expected("depth", condition, depth))


def _kinds() -> tuple[type, ...]:
    from symprop.specs import architectures

    return (
        architectures.FullyConnected,
        architectures.ReducedResidual,
        architectures.FullResidual,
        architectures.LayerNormResidual,
    )


def _document(path: Trajectory, gradients: bool, every: int, dps: int | None) -> dict[str, Any]:
    from symprop.constants.export import number_record
    from symprop.numerics.enclosure import Enclosure

    def entry(value: Any) -> Any:
        if isinstance(value, Enclosure):
            assert dps is not None
            return number_record(value, dps=dps) if value.is_finite else None
        number = value.item() if hasattr(value, "item") else value
        return None if number is not None and not isfinite(number) else number

    columns = path.columns(gradients=gradients)
    chosen = [k for k in range(path.depth + 1) if k % every == 0 or k == path.depth]
    return {
        "architecture": repr(path.architecture),
        "depth": path.depth,
        "dps": dps,
        "layers": {name: [entry(values[k]) for k in chosen] for name, values in columns.items()},
    }


def _print_table(path: Trajectory, gradients: bool, every: int) -> None:
    rows = [line.split(",") for line in path.to_csv(gradients=gradients, every=every).splitlines()]
    shown = [rows[0], *([row[0], *(_short(text) for text in row[1:])] for row in rows[1:])]
    widths = [max(len(row[k]) for row in shown) for k in range(len(shown[0]))]
    for row in shown:
        print("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)))


def _short(text: str) -> str:
    """Return at most ten significant digits of a table entry; CSV and JSON have them all."""
    return f"{float(text):.10g}" if text else ""
