"""Commands that compute: kernel, hermite, expectation, gain, constant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from symprop.cli.numeric import exact_or_none, number, numbers, print_json, working_dps
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    import sympy

__all__ = ["constant", "expectation", "gain", "hermite", "kernel"]

_ACTIVATION = typer.Argument(
    ..., help="Catalogue name such as 'gelu' or 'leaky_relu:1/10', or an expression in x."
)
_DPS = typer.Option(15, "--dps", help="Proved decimal digits.")
_JSON = typer.Option(False, "--json", help="Print one JSON document.")
_FORMATS = ("text", "json", "csv", "latex", "c", "python")


def kernel(
    activation: str = _ACTIVATION,
    rho: str = typer.Option(..., "--rho", help="Correlation in [-1, 1]."),
    variances: str = typer.Option("1,1", "--variances", help="Q1,Q2 of the two Gaussians."),
    derivative: int = typer.Option(0, "--derivative", help="Order of the derivative in rho."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Dual kernel E phi(sqrt(Q1) u) phi(sqrt(Q2) v) at correlation RHO."""
    digits = working_dps(dps)
    check_integer("derivative", derivative, minimum=0)
    at, both = number("rho", rho), numbers("variances", variances, count=2)

    from symprop.constants.export import number_record
    from symprop.gaussian.closed_forms import RHO
    from symprop.gaussian.duality import dual_kernel

    dual = dual_kernel(activation, variances=(both[0], both[1])).derivative(derivative)
    value = dual.enclose(at, dps=digits)
    form = exact_or_none(lambda: dual.closed_form)
    exact = None if form is None else exact_or_none(lambda: form.subs(RHO, at))
    result = number_record(value, dps=dps, exact=exact)
    if as_json:
        print_json(
            {
                "activation": dual.phi.name,
                "rho": str(at),
                "variances": [str(q) for q in both],
                "derivative": derivative,
                "value": result,
                "closed_form": None if form is None else str(form),
            }
        )
        return
    print(result["digits"])
    if exact is not None:
        print(f"exactly {exact}")
    if form is not None:
        print(f"closed form {form}")


def hermite(
    activation: str = _ACTIVATION,
    order: int = typer.Option(..., "--order", help="Last order."),
    variance: str = typer.Option("1", "--variance", help="Variance of the argument."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Coefficients of phi(sqrt(VARIANCE) z) in the orthonormal basis He_k / sqrt(k!)."""
    digits = working_dps(dps)
    check_integer("order", order, minimum=0)
    q = number("variance", variance)

    from symprop.constants.export import number_record
    from symprop.gaussian.hermite import hermite_coefficients

    expansion = hermite_coefficients(activation, order, variance=q, dps=digits)
    closed: tuple[sympy.Expr | None, ...] = expansion.exact or (None,) * (order + 1)
    coefficients = [
        number_record(ball, dps=dps, exact=exact)
        for ball, exact in zip(expansion.enclosures, closed, strict=True)
    ]
    tail = number_record(expansion.tail, dps=dps)
    if as_json:
        print_json(
            {
                "activation": activation,
                "variance": str(q),
                "order": order,
                "coefficients": coefficients,
                "tail": tail,
                "second_moment": number_record(expansion.second_moment, dps=dps),
            }
        )
        return
    for k, coefficient in enumerate(coefficients):
        exact_text = f"   {coefficient['exact']}" if coefficient["exact"] else ""
        print(f"{k:>5}  {coefficient['digits']}{exact_text}")
    print(f" tail  {tail['digits'] or tail['midpoint']}")


def expectation(
    expression: str = typer.Argument(..., help="A function of x, such as 'tanh(x)**2'."),
    variance: str = typer.Option("1", "--variance", help="Variance of x."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Gaussian expectation E f(sqrt(VARIANCE) Z)."""
    digits = working_dps(dps)
    q = number("variance", variance)

    from symprop.constants.export import number_record
    from symprop.gaussian.closed_forms import Q, expectation_closed_form
    from symprop.gaussian.expectation import gaussian_expectation
    from symprop.specs.activations import activation as read_activation

    function = read_activation(expression)
    value = gaussian_expectation(function, digits, variance=q)
    exact = exact_or_none(lambda: expectation_closed_form(function).subs(Q, q))
    result = number_record(value, dps=dps, exact=exact)
    if as_json:
        print_json({"expression": expression, "variance": str(q), "value": result})
        return
    print(result["digits"])
    if exact is not None:
        print(f"exactly {exact}")


def gain(
    activation: str = _ACTIVATION,
    kind: str = typer.Option("variance", "--kind", help="variance or second-moment."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Gain Var[phi(Z)]^(-1/2), or E[phi(Z)^2]^(-1/2) for the kind second-moment."""
    digits = working_dps(dps)

    from symprop.constants.export import number_record
    from symprop.constants.gains import gain as enclose_gain
    from symprop.constants.gains import gain_closed_form
    from symprop.specs.activations import activation as read_activation

    function = read_activation(activation)
    value = enclose_gain(function, kind, digits)
    exact = exact_or_none(lambda: gain_closed_form(function, kind))
    result = number_record(value, dps=dps, exact=exact)
    if as_json:
        print_json({"activation": function.name, "kind": kind, "value": result})
        return
    print(result["digits"])
    if exact is not None:
        print(f"exactly {exact}")


def constant(
    name: str | None = typer.Argument(None, help="All named constants by default."),
    form: str = typer.Option("text", "--format", help="text, json, csv, latex, c or python."),
    dps: int = _DPS,
    as_json: bool = _JSON,
) -> None:
    """Named constants with their exact forms and sources, for people and for programs."""
    working_dps(dps)
    check_choice("format", form, _FORMATS)

    from symprop.constants.catalogue import CONSTANTS
    from symprop.constants.catalogue import constant as find
    from symprop.constants.export import render

    chosen = list(CONSTANTS.values()) if name is None else [find(name)]
    if as_json and name is not None:
        print_json(json.loads(render(chosen, "json", dps=dps))["constants"][0])
    elif as_json or form != "text":
        print(render(chosen, "json" if as_json else form, dps=dps), end="")
    else:
        for entry in chosen:
            digits = entry.enclose(dps=working_dps(dps)).proved_digits(dps)
            print(f"{entry.name} = {digits}  ({entry.meaning})")
