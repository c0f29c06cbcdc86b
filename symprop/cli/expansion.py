"""The command that expands difference equations, and lengths of networks, in the layer index."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from symprop.cli.numeric import number, print_json, working_dps
from symprop.foundation.errors import InvalidArgument
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symprop.asymptotics.expansions import Expansion

__all__ = ["expand"]

_NETWORKS = ("frn", "rrn")
_HIGHEST_ORDER = 30  # exact coefficients grow fast: those of tanh networks take a minute here


def expand(
    subject: str = typer.Argument(
        ...,
        help="The increment f(u) of u_{l+1} = u_l + f(u_l), such as '1 - 1/sqrt(u)'; or frn, rrn.",
    ),
    activation: str | None = typer.Argument(None, help="Of the network, if frn or rrn."),
    order: int = typer.Option(
        4,
        "--order",
        help=f"How many powers of l (of log l, if f leads with log u); at most {_HIGHEST_ORDER}.",
    ),
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
    check_integer("order", order, minimum=1, maximum=_HIGHEST_ORDER)
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
        with _status("expanding"):
            expansion = _of_network(subject, activation, variances, order)
    else:
        with _status("expanding"):
            expansion = _of_increment(subject, at, side, order)
    with _status("following the orbit"):
        found = None if start is None else _constant(expansion, start, dps)
    abel = _abel(expansion, order)
    if as_json:
        print_json(_record(expansion, found, abel))
        return
    print(str(expansion).removeprefix("Expansion(").removesuffix(")"))
    if abel is not None:
        print(f"Phi(u) = {abel['function']} + O({abel['remainder']}) = l + K")
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


@contextmanager
def _status(doing: str) -> Iterator[None]:
    """Show on a terminal's standard error what is being done."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(doing, total=None)
        yield


def _abel(expansion: Expansion, order: int) -> dict[str, str] | None:
    """Return the implicit solution where logarithms are nested: K shows in no other."""
    import sympy

    from symprop.asymptotics.abel_forms import abel_form
    from symprop.asymptotics.nested_logarithms import ExponentialOfSlow, LeadingLogarithm

    if not isinstance(expansion.problem, LeadingLogarithm | ExponentialOfSlow):
        return None
    form = abel_form(expansion, order=order)
    plain = sympy.StrPrinter({"order": "none"})
    return {"function": plain.doprint(form.function), "remainder": str(form.remainder)}


def _record(
    expansion: Expansion, found: dict[str, str] | None, abel: dict[str, str] | None
) -> dict[str, Any]:
    import sympy

    return {
        "expression": str(expansion.expression),
        "latex": sympy.latex(expansion.expression),
        "scale": str(expansion.scale),
        "terms": [
            {
                "coefficient": str(term.coefficient),
                "power": str(term.power),
                "log_power": term.log_power
                if isinstance(term.log_power, int)
                else str(term.log_power),
                "log_log_power": term.log_log_power,
            }
            for term in expansion.terms
        ],
        "log_factor": None if expansion.factor_constant is None else str(expansion.log_factor),
        "remainder": None
        if expansion.remainder is None
        else str(expansion.remainder.at(expansion.scale)),
        "constants": {str(c.symbol): c.meaning for c in expansion.constants},
        "hypotheses": list(expansion.hypotheses),
        "abel": abel,
        "matched": found,
    }
