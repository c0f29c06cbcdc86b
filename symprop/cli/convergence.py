"""The command that says where iterating a kernel map leads: convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer

if TYPE_CHECKING:
    from symprop.numerics.enclosure import Enclosure

__all__ = ["convergence_of"]


def convergence_of(
    activation: str = typer.Argument(
        ..., help="Catalogue name such as 'gelu' or 'leaky_relu:1/10', or an expression in x."
    ),
    weight_variance: str = typer.Option("1", "--weight-variance", help="Weight variance."),
    bias_variance: str = typer.Option("0", "--bias-variance", help="Variance of the biases."),
    recentred: bool = typer.Option(
        False, "--recentred", help="Take the mean off, as layer normalisation after it does."
    ),
    start: str | None = typer.Option(None, "--start", help="Initial correlation in (-1, 1)."),
    depth: int | None = typer.Option(None, "--depth", help="Layers, for the bound from START."),
    dps: int = typer.Option(15, "--dps", help="Proved decimal digits."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Convergence of correlations in wide normalised layers: case, fixed point, rates."""
    digits = working_dps(dps)
    weight = number("weight-variance", weight_variance)
    bias = number("bias-variance", bias_variance)
    if (start is None) != (depth is None):
        raise InvalidArgument(expected("start", "and depth together, or neither", start or depth))
    at = None if start is None else number("start", start)
    layers = None if depth is None else check_integer("depth", depth, minimum=0)

    from symprop.asymptotics.contraction import convergence
    from symprop.asymptotics.contraction_factors import best_contraction
    from symprop.asymptotics.kernel_maps import ConvergenceCase, kernel_map

    kernel = kernel_map(activation, weight_variance=weight, bias_variance=bias, recentred=recentred)
    found = convergence(kernel, dps=digits)
    centred = found.case is ConvergenceCase.CENTRED
    result: dict[str, Any] = {
        "case": found.case.name.lower(),
        "rho_star": _record(found.fixed_point, dps),
        "at_zero": _record(found.at_zero, dps),
        "slope_at_zero": _record(found.slope_at_zero, dps),
        "slope_at_one": _record(found.slope_at_one, dps),
        "local_rate": _record(found.local_rate, dps),
        "global_rate": _record(found.global_rate, dps),
        "best_contraction": _record(best_contraction(kernel, dps=digits), dps) if centred else None,
    }
    if at is not None and layers is not None:
        result["bound"] = _record(found.bound(at, layers, dps=digits), dps)
    if as_json:
        print_json(
            {
                "activation": kernel.activation.name,
                "weight_variance": str(weight),
                "bias_variance": str(bias),
                "recentred": recentred,
                **result,
            }
        )
        return
    print(found.case.value)
    for name, value in result.items():
        if name != "case":
            print(f"{name:<16}  {'none' if value is None else value['digits']}")


def _record(ball: Enclosure | None, dps: int) -> dict[str, Any] | None:
    """Return a number as JSON data, or None where it does not exist or is infinite."""
    from symprop.constants.export import number_record

    return None if ball is None or not ball.is_finite else number_record(ball, dps=dps)
