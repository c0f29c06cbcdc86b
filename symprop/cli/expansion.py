"""The command that expands difference equations, and lengths of networks, in the layer index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from symprop.asymptotics.expansions import Expansion

__all__ = ["expand"]

_NETWORKS = ("frn", "rrn")


def expand(
    subject: str = typer.Argument(
        ...,
        help="The increment f(u) of u_{l+1} = u_l + f(u_l), such as '1 - 1/sqrt(u)'; or frn, rrn.",
    ),
    activation: str | None = typer.Argument(None, help="Of the network, if frn or rrn."),
    order: int = typer.Option(4, "--order", help="How many powers of l."),
    at: str = typer.Option("oo", "--at", help="Where u tends to: oo, or a zero of f."),
    side: str = typer.Option("above", "--side", help="From above or below, at a zero of f."),
    start: str | None = typer.Option(
        None, "--start", help="u(0): also print the free constant (of an increment alone)."
    ),
    weight_variance: str = typer.Option("1", "--weight-variance", help="Inner, sigma_w^2."),
    bias_variance: str = typer.Option("0", "--bias-variance", help="Inner, sigma_b^2."),
    branch_weight_variance: str = typer.Option(
        "1", "--branch-weight-variance", help="sigma_v^2, frn only."
    ),
    branch_bias_variance: str = typer.Option(
        "0", "--branch-bias-variance", help="sigma_a^2, frn only."
    ),
    dps: int = typer.Option(15, "--dps", help="Digits of the constant."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> None:
    """Expansion in l of the solution of a difference equation, or of a network's mean square p."""
    check_integer("order", order, minimum=1)
    check_choice("side", side, ("above", "below"))
    working_dps(dps)
    if (subject in _NETWORKS) != (activation is not None):
        raise InvalidArgument("Expected an ACTIVATION after frn or rrn, and only there.")
    if activation is not None:
        if start is not None:
            raise InvalidArgument("Expected --start with an increment only, not with a network.")
        variances = {
            "weight_variance": number("weight-variance", weight_variance),
            "bias_variance": number("bias-variance", bias_variance),
        }
        if subject == "frn":
            variances |= {
                "branch_weight_variance": number("branch-weight-variance", branch_weight_variance),
                "branch_bias_variance": number("branch-bias-variance", branch_bias_variance),
            }
        expansion = _of_network(subject, activation, variances, order)
    else:
        expansion = _of_increment(subject, at, side, order)
    found = None if start is None else _constant(expansion, start, dps)
    if as_json:
        print_json(_record(expansion, found))
        return
    print(str(expansion).removeprefix("Expansion(").removesuffix(")"))
    for constant in expansion.constants:
        print(f"{constant.symbol}: {constant.meaning}")
    for hypothesis in expansion.hypotheses:
        print(f"if {hypothesis}")
    if found is not None:
        print(f"{found['symbol']} = {found['value']} (estimated error {found['estimated_error']})")


def _of_network(kind: str, activation: str, variances: dict[str, Any], order: int) -> Expansion:
    from symprop.asymptotics.length_expansions import length_expansion
    from symprop.specs.architectures import FullResidual, ReducedResidual

    network = FullResidual if kind == "frn" else ReducedResidual
    return length_expansion(network(activation, **variances), order=order)


def _of_increment(text: str, at: str, side: str, order: int) -> Expansion:
    import sympy

    from symprop.asymptotics.autonomous import autonomous_expansion
    from symprop.specs.expression import parse_expression

    u = sympy.Symbol("u", positive=at == "oo", real=True)
    increment = parse_expression(text, symbol=u)
    limit = sympy.oo if at == "oo" else number("at", at)
    sign = 1 if side == "above" else -1
    return autonomous_expansion(increment, u, at=limit, order=order, side=sign)


def _constant(expansion: Expansion, start: str, dps: int) -> dict[str, str]:
    import mpmath

    from symprop.asymptotics.matching import match_constant

    found = match_constant(expansion, number("start", start), dps=dps)
    return {
        "symbol": str(found.symbol),
        "value": mpmath.nstr(found.value, dps),
        "estimated_error": mpmath.nstr(found.estimated_error, 2),
    }


def _record(expansion: Expansion, found: dict[str, str] | None) -> dict[str, Any]:
    import sympy

    return {
        "expression": str(expansion.expression),
        "latex": sympy.latex(expansion.expression),
        "scale": str(expansion.scale),
        "terms": [
            {
                "coefficient": str(term.coefficient),
                "power": str(term.power),
                "log_power": term.log_power,
            }
            for term in expansion.terms
        ],
        "log_factor": None if expansion.factor_constant is None else str(expansion.log_factor),
        "remainder": None
        if expansion.remainder is None
        else str(expansion.remainder.at(expansion.scale)),
        "constants": {str(c.symbol): c.meaning for c in expansion.constants},
        "hypotheses": list(expansion.hypotheses),
        "matched": found,
    }
