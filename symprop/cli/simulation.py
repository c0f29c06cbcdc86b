"""The command that samples networks of finite width: simulate."""

from __future__ import annotations

import sys
from math import isfinite
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.counting import counted
from symprop.cli.networks import describe_network, named_network, read_settings
from symprop.cli.numeric import print_json
from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from symprop.simulator.families import Family
    from symprop.simulator.result import Simulation

__all__ = ["simulate"]

_NUMBERS = ("mean", "error", "log_mean", "log_error", "largest_share")
_DIGITS = 6


def _show_architectures(wanted: bool) -> None:
    """Print what can be simulated, and end."""
    if not wanted:
        return
    from symprop.simulator.families import FAMILIES, load_observables

    for family in FAMILIES:
        table = load_observables(family)
        for kind in _nameable(family):
            print("\n".join(describe_network(kind, _OPTIONS)))
            print(f"    --observables {','.join(table)}")
            backward = ",".join(name for name in table if table[name].requires_backward)
            print(f"      (with --backward: {backward})" if backward else "      (no --backward)")
    raise typer.Exit


_OPTIONS = (
    "weight_variance",
    "bias_variance",
    "branch_weight_variance",
    "branch_bias_variance",
    "normalization",
    "placement",
)


def simulate(
    architecture: str = typer.Argument(
        ..., help="fc, rrn, frn, block, ResNet, ...: see --architectures."
    ),
    activation: str = typer.Argument(
        ..., help="Name or expression in x; several, one for each layer in turn, with ; between."
    ),
    width: int = typer.Option(..., "--width", help="Entries of a layer."),
    depth: int = typer.Option(..., "--depth", help="Number of layers."),
    runs: int = typer.Option(10, "--runs", help="Number of independent networks."),
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
    settings: list[str] = typer.Option(
        [], "--set", help="NAME=VALUE, any field that --architectures lists; may be repeated."
    ),
    architectures: bool = typer.Option(  # noqa: ARG001  (its callback does it all)
        False,
        "--architectures",
        is_eager=True,
        callback=_show_architectures,
        help="List all architectures, their fields and observables, and exit.",
    ),
    inputs: str = typer.Option(
        "cos:1/2",
        "--inputs",
        help="cos:1/2, gap:1e-9, gram:FILE.csv, gaussian:K, rank:K,R, atoms:K,M, line:K, "
        "noise:K,POWER; batch normalisation needs more than two.",
    ),
    same_inputs: bool = typer.Option(False, "--same-inputs", help="All runs see the same inputs."),
    method: str = typer.Option("conditioned", "--method", help="conditioned or dense."),
    law: str = typer.Option(
        "gaussian", "--law", help="Of dense weights: or uniform, laplace, rademacher, haar."
    ),
    backward: str | None = typer.Option(
        None, "--backward", help="true (backpropagation) or independent (fresh weights)."
    ),
    observables: str = typer.Option(
        "", "--observables", help="What to keep, with commas; the usual ones by default."
    ),
    options: list[str] = typer.Option(
        [], "--option", help="NAME=VALUE, any other option of the sampler; may be repeated."
    ),
    failures: str = typer.Option(
        "raise", "--failures", help="Of single runs, such as an overflow: raise or leave-out."
    ),
    backend: str = typer.Option("numpy", "--backend", help="numpy or torch (dense)."),
    dtype: str = typer.Option("float64", "--dtype", help="float64 or float32 (dense)."),
    device: str | None = typer.Option(None, "--device", help="Of torch, such as cuda."),
    seed: int = typer.Option(0, "--seed", help="Root of all randomness."),
    jobs: int = typer.Option(1, "--jobs", help="Number of processes; the result is the same."),
    output: str | None = typer.Option(
        None, "-o", "--output", help="File to write, .nc (NetCDF) or .zarr."
    ),
    resume: bool = typer.Option(
        False, "--resume", help="Go on with what an interrupted run has left beside the output."
    ),
    force: bool = typer.Option(False, "--force", help="Replace the output if it exists."),
    as_csv: bool = typer.Option(False, "--csv", help="Print comma separated values."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Sample networks of finite width and print means with standard errors.

    Means are at the last layer, those of gradients at the first; the output file has all layers.
    """
    from symprop.simulator.families import FAMILIES
    from symprop.simulator.monte_carlo import simulate as sample

    values = (
        weight_variance,
        bias_variance,
        branch_weight_variance,
        branch_bias_variance,
        normalization,
        placement,
    )
    given = dict(zip(_OPTIONS, values, strict=True))
    kinds = [kind for family in FAMILIES for kind in _nameable(family)]
    net = named_network(kinds, architecture, activation, given, read_settings("--set", settings))
    kept = _checkpoint(output, resume=resume, force=force)
    with counted("networks", runs) as progress:
        try:
            found = sample(
                net,
                width=width,
                depth=depth,
                runs=runs,
                inputs=inputs,
                method=method,
                law=law,
                backend=backend,
                dtype=dtype,
                device=device,
                backward=backward,
                observables=[name.strip() for name in observables.split(",") if name.strip()],
                seed=seed,
                same_inputs=same_inputs,
                options=read_settings("--option", options),
                failures=failures,
                jobs=jobs,
                checkpoint=kept,
                resume=resume,
                progress=progress,
            )
        except KeyboardInterrupt:
            if kept is not None:
                print(f"What is done is kept in {kept}; --resume goes on.", file=sys.stderr)
            else:
                print("Nothing is kept without an output file (-o).", file=sys.stderr)
            raise
    rows = found.summary()
    if output is not None and kept is not None:
        found.save(output)
        rmtree(kept)  # the output has it all
    if as_json:
        print_json(_document(found, rows))
    elif as_csv:
        _print_csv(rows)
    else:
        _print_table(found, rows)


def _nameable(family: Family) -> list[type]:
    """Return the classes of networks whose fields are numbers and words, not other networks."""
    return [kind for kind in family.architectures if kind.__name__ != "Reduced"]


def _checkpoint(output: str | None, *, resume: bool, force: bool) -> Path | None:
    """Return the folder beside the output for what is done, having checked that it can be made."""
    if output is None:
        if resume:
            raise InvalidArgument(expected("output", "given by -o in order to resume", output))
        return None
    from symprop.simulator.datasets import check_writable

    target = check_writable(output)
    if target.exists() and not force:
        raise InvalidArgument(
            expected("output", "to be a new file, unless --force is given", output)
        )
    return target.with_name(f"{target.name}.parts")


def _document(found: Simulation, summary: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            key: None if isinstance(value, float) and not isfinite(value) else value
            for key, value in row.items()
        }
        for row in summary
    ]
    return {
        "specification": found.specification.document(),
        "software": dict(found.software),
        "summary": rows,
        "failures": [{"run": run, "reason": why} for run, why in found.failures.items()],
    }


def _print_csv(rows: list[dict[str, Any]]) -> None:
    columns = (*_columns(rows), "heavy_tail")
    print(",".join(columns))
    for row in rows:
        print(",".join(_plain(row.get(name)) for name in columns))


def _columns(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names of the columns: the axes that rows are about come before the numbers."""
    known = ("observable", "average_of", "input", "other", *_NUMBERS, "heavy_tail")
    others = dict.fromkeys(name for row in rows for name in row if name not in known)
    return (*known[:2], *others, *known[2:4], *_NUMBERS)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _print_table(found: Simulation, rows: list[dict[str, Any]]) -> None:
    columns = [name for name in _columns(rows) if any(row.get(name) is not None for row in rows)]
    shown = [[name.replace("_", " ") for name in columns]]
    shown += [
        [*(_short(row.get(name)) for name in columns), "!" * row["heavy_tail"]] for row in rows
    ]
    shown[0].append("")
    sizes = [max(len(row[k]) for row in shown) for k in range(len(shown[0]))]
    for cells in shown:
        line = "  ".join(text.rjust(size) for text, size in zip(cells, sizes, strict=True))
        print(line.rstrip())
    asked = found.specification
    print(f"{asked.runs} networks of width {asked.width}; errors are one standard error.")
    if found.failures:
        run, why = next(iter(found.failures.items()))
        print(
            f"{len(found.failures)} of them failed and are left out, the first in run {run}: {why}"
        )
    if any(row["heavy_tail"] for row in rows):
        print(
            "! Few runs carry the mean: neither it nor its error can be trusted; "
            "the mean of the logarithm can."
        )


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return _plain(value)
