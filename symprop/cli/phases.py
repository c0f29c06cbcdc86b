"""Commands about depth: phase, critical, rates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import exact_or_none, number, print_json, working_dps

if TYPE_CHECKING:
    import sympy

    from symprop.numerics.enclosure import Enclosure

__all__ = ["critical", "phase", "rates"]

_ACTIVATION = typer.Argument(
    ..., help="Catalogue name such as 'tanh' or 'leaky_relu:1/10', or an expression in x."
)
_BIAS = typer.Option("0", "--bias-variance", help="Variance of the biases.")
_DPS = typer.Option(15, "--dps", help="Proved decimal digits.")
_JSON = typer.Option(False, "--json", help="Print one JSON document.")


def _record(
    ball: Enclosure | None, dps: int, exact: sympy.Expr | None = None
) -> dict[str, Any] | None:
    """Return a number as JSON data, or None where it does not exist or is infinite."""
    from symprop.constants.export import number_record

    if ball is None or not ball.is_finite:
        return None
    return number_record(ball, dps=dps, exact=exact)


def _print_lines(lines: dict[str, Any]) -> None:
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        shown = value["digits"] if isinstance(value, dict) else value
        exact = f"   {value['exact']}" if isinstance(value, dict) and value["exact"] else ""
        print(f"{name:<{width}}  {'none' if shown is None else shown}{exact}")


def phase(
    activation: str = _ACTIVATION,
    weight_variance: str = typer.Option(..., "--weight-variance", help="Weight variance."),
    bias_variance: str = _BIAS,
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Phase of a fully connected network: ordered, critical or chaotic."""
    digits = working_dps(dps)
    weight, bias = (
        number("weight-variance", weight_variance),
        number("bias-variance", bias_variance),
    )

    from symprop.asymptotics.phases import phase as find

    found = find(activation, weight_variance=weight, bias_variance=bias, dps=digits)
    length = found.length
    result = {
        "q_star": None if length is None else _record(length.value, dps, length.exact),
        "chi_1": _record(found.chi_1, dps, found.chi_1_exact),
        "rho_star": _record(found.rho_star, dps),
        "slope": _record(found.slope, dps),
        "phase": found.phase,
        "depth_scale": _record(found.depth_scale, dps),
    }
    if as_json:
        print_json(
            {
                "activation": activation,
                "weight_variance": str(weight),
                "bias_variance": str(bias),
                **result,
            }
        )
        return
    _print_lines(result)


def critical(
    activation: str = _ACTIVATION,
    bias_variance: str = _BIAS,
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Weight variance on the edge of chaos."""
    digits = working_dps(dps)
    bias = number("bias-variance", bias_variance)

    from symprop.asymptotics.critical_line import critical_weight_variance

    point = critical_weight_variance(activation, bias_variance=bias, dps=digits)
    result = {
        "weight_variance": _record(point.weight_variance, dps, point.exact),
        "q_star": _record(point.length, dps, point.length_exact),
    }
    if as_json:
        print_json({"activation": activation, "bias_variance": str(bias), **result})
        return
    _print_lines(result)


def rates(
    architecture: str = typer.Argument(..., help="frn, or rrn without branch weights."),
    activation: str = _ACTIVATION,
    weight_variance: str = typer.Option(..., "--weight-variance", help="Inner weights."),
    bias_variance: str = _BIAS,
    branch_weight_variance: str = typer.Option("1", "--branch-weight-variance", help="Branch."),
    branch_bias_variance: str = typer.Option("0", "--branch-bias-variance", help="Branch."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Constants of the depth laws of a residual network."""
    digits = working_dps(dps)
    variances = {
        "weight_variance": number("weight-variance", weight_variance),
        "bias_variance": number("bias-variance", bias_variance),
        "branch_weight_variance": number("branch-weight-variance", branch_weight_variance),
        "branch_bias_variance": number("branch-bias-variance", branch_bias_variance),
    }

    from symprop.asymptotics.residual_laws import residual_rates

    table = residual_rates(architecture, activation, **variances)
    result = {}
    for constant in table:
        exact = exact_or_none(partial(getattr, constant, "closed_form"))
        result[constant.name] = _record(constant.enclose(dps=digits), dps, exact)
    if as_json:
        print_json(
            {
                "architecture": architecture,
                "activation": activation,
                **{name: str(value) for name, value in variances.items()},
                "regime": table.regime,
                "laws": list(table.laws),
                **result,
            }
        )
        return
    for law in table.laws:
        print(law)
    if result:
        _print_lines(result)
