"""Commands about sensitivity to noise: vanilla, batchnorm, resnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps

if TYPE_CHECKING:
    import sympy

    from symprop.numerics.enclosure import Enclosure

__all__ = ["app", "batchnorm", "resnet", "vanilla"]

app = typer.Typer(help="Growth of the normalised sensitivity of ReLU networks.")
"""The group ``symprop sensitivity``."""

_DPS = typer.Option(15, "--dps", help="Proved decimal digits; at most 40 of what is estimated.")
_JSON = typer.Option(False, "--json", help="Print one JSON document.")


def vanilla(
    width: int = typer.Option(..., "--width", help="Channels of a layer, for the lengths."),
    cosine: str = typer.Option("0", "--cosine", help="Of all pairs of data, for the growth."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """No normalisation: logarithms of lengths drift, sensitivity grows linearly."""
    import mpmath
    import sympy

    from symprop.asymptotics.sensitivity_laws import vanilla_linear_law
    from symprop.moments.log_lengths import log_length_law

    digits = working_dps(dps)
    law = log_length_law(width, dps=digits)
    growth = vanilla_linear_law(number("cosine", cosine), dps=min(dps, 40))
    _report(
        {
            "network": "vanilla",
            "width": width,
            "drift": _record(law.drift, dps),
            "variance": _record(law.variance, dps),
            "death": _record(law.death, dps),
            "length_law": "a layer of ReLU in He's initialisation adds -drift +- sqrt(variance) "
            "to the log of the mean square, or kills the signal with probability death",
            "growth_law": "zeta = growth_rate (l + 3/2 log l + constant), infinite width",
            "growth_rate": _exact(growth.slope, dps),
            "constant": mpmath.nstr(growth.constant, min(dps, 40)),
            "constant_estimated_error": mpmath.nstr(growth.estimated_error, 2),
            "tau": _exact(sympy.S.One, dps),
        },
        as_json,
    )


def batchnorm(
    batch: int | None = typer.Option(None, "--batch", help="Number of data; infinite by default."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Batch normalisation, feedforward: sensitivity grows exponentially."""
    from symprop.recurrences.sensitivity_factors import batch_norm_factors

    working_dps(dps)
    factors = batch_norm_factors(batch)
    _report(
        {
            "network": "batchnorm",
            "batch": batch,
            "drift": None,
            "variance": None,
            "growth_law": "zeta = growth_rate**l, infinite width",
            "growth_rate": _exact(factors.growth, dps),
            "normalization_factor": _exact(factors.normalization, dps),
            "nonlinearity_factor": _exact(factors.nonlinearity, dps),
            "tau": None,
        },
        as_json,
    )


def resnet(
    unit_depth: int = typer.Option(1, "--unit-depth", help="Layers H in a residual unit."),
    depth: int | None = typer.Option(None, "--depth", help="Units, for the sensitivity there."),
    input_variance: str = typer.Option("1", "--input-variance", help="Of the input."),
    weight_variance: str = typer.Option("2", "--weight-variance", help="Times the fan-in."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Batch normalisation in residual units: sensitivity grows like a power of the depth."""
    from symprop.recurrences.sensitivity_dilution import residual_exponent, residual_sensitivity
    from symprop.recurrences.sensitivity_factors import batch_norm_factors

    digits = working_dps(dps)
    variances = {
        "input_variance": number("input-variance", input_variance),
        "weight_variance": number("weight-variance", weight_variance),
    }
    tau = residual_exponent(unit_depth)
    zeta = residual_sensitivity(depth or 0, unit_depth, dps=digits, **variances)
    _report(
        {
            "network": "resnet",
            "unit_depth": unit_depth,
            **{name: str(value) for name, value in variances.items()},
            "drift": None,
            "variance": None,
            "growth_law": "zeta ~ const l**tau, infinite width; a branch has growth_rate",
            "growth_rate": _exact(batch_norm_factors().growth ** unit_depth, dps),
            "tau": _exact(tau, dps),
            "depth": depth,
            "zeta": None if depth is None else _record(zeta, dps),
        },
        as_json,
    )


app.command("vanilla")(vanilla)
app.command("batchnorm")(batchnorm)
app.command("resnet")(resnet)


def _record(ball: Enclosure, dps: int, exact: sympy.Expr | None = None) -> dict[str, Any]:
    from symprop.constants.export import number_record

    return number_record(ball, dps=dps, exact=exact)


def _exact(expression: sympy.Expr, dps: int) -> dict[str, Any]:
    from symprop.numerics.evaluation import enclose

    return _record(enclose(expression, dps=working_dps(dps)), dps, expression)


def _report(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    width = max(len(name) for name in result)
    for name, value in result.items():
        if value is None:
            continue
        shown = value
        if isinstance(value, dict):
            exact = value["exact"] if value["exact"] != value["digits"] else None
            shown = value["digits"] + (f"   {exact}" if exact else "")
        print(f"{name:<{width}}  {shown}")
