"""The command for networks of finite width: moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from symprop.moments.scalars import Exact
    from symprop.specs.branched import Branched

__all__ = ["moments_of"]

_ARCHITECTURES = ("resnet", "densenet", "vanilla")
_NAMES = {"EG": "E G", "EG2": "E G^2", "relative_variance": "Var G/(E G)^2"}


def moments_of(
    architecture: str = typer.Argument(..., help="resnet, densenet or vanilla."),
    depth: int = typer.Option(..., "--depth", help="Number of branches or layers."),
    width: int | None = typer.Option(None, "--width", help="Width of all layers."),
    branch_depth: int | None = typer.Option(
        None, "--branch-depth", help="Matrices in a branch (resnet); by default 2."
    ),
    scale: str | None = typer.Option(None, "--scale", help="Variance of each of them (resnet)."),
    law: str = typer.Option("gaussian", "--law", help="gaussian, uniform or laplace weights."),
    concentration: str = typer.Option(
        "1", "--concentration", help="Sum of x_i^4 over (sum of x_i^2)^2; for other laws."
    ),
    symbolic: bool = typer.Option(
        False, "--symbolic", help="Leave the width free, and the scale if none is given."
    ),
    dps: int = typer.Option(15, "--dps", help="Proved decimal digits."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Exact mean and mean square of the diagonal of the tangent kernel at finite width."""
    check_choice("architecture", architecture, _ARCHITECTURES)
    check_integer("depth", depth, minimum=1)
    digits = working_dps(dps)
    if symbolic == (width is not None):
        raise InvalidArgument(expected("width", "to be given, or --symbolic instead", width))

    import sympy

    from symprop.moments.diagonal import tangent_moments

    network = _network(architecture, branch_depth, scale, symbolic=symbolic)
    size = sympy.Symbol("n", positive=True) if width is None else width
    found = tangent_moments(
        network, size, depth, law=law, input_concentration=number("concentration", concentration)
    )
    values = {
        "EG": found.mean,
        "EG2": found.second_moment,
        "relative_variance": found.relative_variance,
    }
    records = {name: _record(value, digits, dps) for name, value in values.items()}
    if as_json:
        print_json({"architecture": architecture, "width": str(size), "depth": depth} | records)
        return
    for name, record in records.items():
        print(f"{_NAMES[name]} = {record['exact']}")
        if "digits" in record and "/" in record["exact"]:
            print(f"{'':>{len(_NAMES[name])}} = {record['digits']}")


def _network(
    architecture: str, branch_depth: int | None, scale: str | None, *, symbolic: bool
) -> Branched:
    import sympy

    from symprop.specs.branched import DenseNet, ResNet, Vanilla

    if architecture != "resnet":
        for name, value in (("branch-depth", branch_depth), ("scale", scale)):
            if value is not None:
                raise InvalidArgument(expected(name, "only for resnet", value))
        return DenseNet() if architecture == "densenet" else Vanilla()
    if branch_depth is None:
        branch_depth = 2
    if scale is not None:
        return ResNet(branch_depth, number("scale", scale))
    if not symbolic:
        raise InvalidArgument(expected("scale", "given by --scale", "nothing"))
    return ResNet(branch_depth, sympy.Symbol("alpha", positive=True))


def _record(value: Exact, digits: int, dps: int) -> dict[str, Any]:
    import sympy

    from symprop.constants.export import number_record
    from symprop.numerics.evaluation import enclose

    exact = sympy.sympify(value)
    if exact.free_symbols:
        return {"exact": str(exact), "latex": sympy.latex(exact)}
    return number_record(enclose(exact, dps=digits), dps=dps, exact=exact)
