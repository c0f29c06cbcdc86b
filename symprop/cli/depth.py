"""The command that follows a network through its layers: trajectory."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from symprop.recurrences.layer_tables import Trajectory
    from symprop.specs.architectures import Architecture

__all__ = ["trajectory"]

_ARCHITECTURES = {
    "fc": ("weight_variance", "bias_variance"),
    "rrn": ("weight_variance", "bias_variance"),
    "frn": (
        "branch_weight_variance",
        "branch_bias_variance",
        "weight_variance",
        "bias_variance",
    ),
    "block": ("branch_weight_variance",),
}
_TEXT_ROWS = 24
_STEPS = 1000  # of the progress bar


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
    bias_variance: str = typer.Option("0", "--bias-variance", help="Of b."),
    branch_weight_variance: str | None = typer.Option(
        None, "--branch-weight-variance", help="Of V (frn, block)."
    ),
    branch_bias_variance: str = typer.Option("0", "--branch-bias-variance", help="Of a (frn)."),
    normalization: str | None = typer.Option(None, "--normalization", help="layer or rms (fc)."),
    placement: str = typer.Option("before", "--placement", help="before or after (fc)."),
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
    check_choice("architecture", architecture, tuple(_ARCHITECTURES))
    check_integer("depth", depth, minimum=0)
    if every is not None:
        check_integer("every", every, minimum=1)
    digits = None if dps is None else working_dps(dps)
    given = {
        "weight_variance": weight_variance,
        "bias_variance": bias_variance,
        "branch_weight_variance": branch_weight_variance,
        "branch_bias_variance": branch_bias_variance,
    }
    wanted = {name: _number(name, given[name]) for name in _ARCHITECTURES[architecture]}
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

    functions = tuple(part for part in activation.split(";") if part.strip())
    net = _network(architecture, functions, wanted, normalization, placement)
    with _progress(depth) as progress:
        path = follow(net, depth, dps=digits, progress=progress, resume=resume, **inputs)
    if as_json:
        print_json(_document(path, gradients, every or 1, dps))
    elif as_csv:
        print(path.to_csv(gradients=gradients, every=every or 1), end="")
    else:
        _print_table(path, gradients, every or max(1, depth // _TEXT_ROWS))


def _number(name: str, text: str | None) -> Any:
    if text is None:
        option = f"--{name.replace('_', '-')}"
        raise InvalidArgument(expected(name, f"given by {option}", "nothing"))
    return number(name, text)


def _network(
    architecture: str,
    functions: tuple[str, ...],
    variances: dict[str, Any],
    normalization: str | None,
    placement: str,
) -> Architecture:
    from symprop.specs import architectures

    if architecture == "fc":
        return architectures.FullyConnected(
            functions, **variances, normalization=normalization, placement=placement
        )
    if normalization is not None:
        raise InvalidArgument(expected("normalization", "for fc only", normalization))
    kinds: dict[str, type[Architecture]] = {
        "rrn": architectures.ReducedResidual,
        "frn": architectures.FullResidual,
        "block": architectures.LayerNormResidual,
    }
    return kinds[architecture](functions, **variances)


@contextmanager
def _progress(depth: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on a terminal's standard error, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("layers", total=depth)
        step = max(1, depth // _STEPS)

        def show(done: int, _: int) -> None:
            if done % step == 0 or done == depth:
                bar.update(task, completed=done)

        yield show


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
