"""The commands ``tangent ...``: kernels of whole networks of infinite width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import exact_or_none, number, print_json, working_dps
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    import sympy

    from symprop.numerics.enclosure import Enclosure
    from symprop.recurrences.network_kernels import NetworkKernel

__all__ = ["app"]

app = typer.Typer(
    help="Covariance and tangent kernel of a network of infinite width, at two unit inputs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
"""The group of commands ``tangent``."""

_MOST_RELUS = 4  # behind one another, that a formula is printed with
_LONGEST = 400  # characters of an exact form worth printing

_DEPTH = typer.Option(..., "--depth", help="Number of layers or branches.")
_COS = typer.Option(..., "--cos", help="Cosine of the two inputs.")
_TRAINED = typer.Option(
    "hidden", "--trained", help="Weights that count: input, hidden, output (with ,) or all."
)
_DPS = typer.Option(15, "--dps", help="Proved decimal digits.")
_JSON = typer.Option(False, "--json", help="Print one JSON document.")


@app.command("resnet")
def resnet(
    depth: int = _DEPTH,
    branch_depth: int = typer.Option(2, "--branch-depth", help="Matrices in a branch."),
    scale: str = typer.Option("1", "--scale", help="Variance alpha in front of each matrix."),
    cos: str = _COS,
    trained: str = _TRAINED,
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Residual network of ReLUs, with branches of several matrices."""
    from symprop.specs.branched import ResNet

    net = ResNet(branch_depth, number("scale", scale), trained=_groups(trained))
    _answer(net, depth, cos, dps, as_json, relus=depth * (branch_depth - 1))


@app.command("densenet")
def densenet(
    depth: int = _DEPTH,
    cos: str = _COS,
    trained: str = _TRAINED,
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Densely connected network of ReLUs."""
    from symprop.specs.branched import DenseNet

    _answer(DenseNet(trained=_groups(trained)), depth, cos, dps, as_json, relus=depth)


@app.command("vanilla")
def vanilla(
    depth: int = _DEPTH,
    cos: str = _COS,
    trained: str = _TRAINED,
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Plain network of ReLUs between two affine layers."""
    from symprop.specs.branched import Vanilla

    _answer(Vanilla(trained=_groups(trained)), depth, cos, dps, as_json, relus=depth)


@app.command("mlp")
def mlp(
    activation: str = typer.Argument(
        ..., help="Catalogue name such as 'tanh' or 'leaky_relu:1/10', or an expression in x."
    ),
    depth: int = _DEPTH,
    cos: str = _COS,
    weight_variance: str = typer.Option("1", "--weight-variance", help="Of all weights."),
    bias_variance: str = typer.Option("0", "--bias-variance", help="Of all biases."),
    parameterization: str = typer.Option("ntk", "--parameterization", help="ntk or standard."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Fully connected network of any activation, with an affine readout; all weights count."""
    from symprop.specs.architectures import FullyConnected

    variances = (
        number("weight-variance", weight_variance),
        number("bias-variance", bias_variance),
    )
    net = FullyConnected(activation, *variances)
    # formulas of most activations are twice as long as those of the ReLU, and nest
    _answer(net, depth, cos, dps, as_json, relus=2 * depth, parameterization=parameterization)


def _groups(text: str) -> Any:
    return text if text == "all" else tuple(part.strip() for part in text.split(","))


def _answer(
    net: Any,
    depth: int,
    cos: str,
    dps: int,
    as_json: bool,
    *,
    relus: int,
    parameterization: str = "ntk",
) -> None:
    """Print both kernels at a cosine and on the diagonal."""
    digits, cosine = working_dps(dps), number("cos", cos)
    if not abs(cosine) <= 1:
        raise OutOfDomain(expected("cos", "inside [-1, 1]", cosine))

    from symprop.recurrences.nngp import nngp_kernel
    from symprop.recurrences.ntk import tangent_kernel

    kernels = {
        "nngp": nngp_kernel(net, depth),
        "ntk": tangent_kernel(net, depth, parameterization=parameterization),
    }
    result: dict[str, Any] = {}
    for name, kernel in kernels.items():
        exact = _formula(kernel, cosine) if relus <= _MOST_RELUS else None
        result[name] = _record(kernel.enclose(cosine, dps=digits), dps, exact)
    for name, kernel in kernels.items():
        diagonal = exact_or_none(lambda: kernel.diagonal)  # noqa: B023  (called at once)
        exact = None if diagonal is None else _short(diagonal)
        result[f"{name}_diagonal"] = _record(kernel.enclose(1, dps=digits), dps, exact)
    if as_json:
        print_json({"network": repr(net), "depth": depth, "cos": str(cosine), **result})
        return
    width = max(map(len, result))
    for name, value in result.items():
        exactly = f"   {value['exact']}" if value["exact"] else ""
        print(f"{name:<{width}}  {value['digits']}{exactly}")


def _formula(kernel: NetworkKernel, cosine: sympy.Expr) -> sympy.Expr | None:
    from symprop.gaussian.closed_forms import RHO

    form = exact_or_none(lambda: kernel.closed_form)
    return None if form is None else _short(form.subs(RHO, cosine))


def _short(form: sympy.Expr) -> sympy.Expr | None:
    return form if len(str(form)) <= _LONGEST else None


def _record(ball: Enclosure, dps: int, exact: sympy.Expr | None) -> dict[str, Any]:
    from symprop.constants.export import number_record

    return number_record(ball, dps=dps, exact=exact)
