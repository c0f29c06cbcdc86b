"""From SymPy expressions to power-log series, and from one kind of coefficients to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.foundation.errors import OutOfDomain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flint import fmpq

    from symprop.asymptotics.scalars import Scalars

__all__ = ["converted", "exponents_within", "read_series"]


def exponents_within(expression: sympy.Expr, variables: set[sympy.Symbol]) -> set[sympy.Expr]:
    """Return the exponents to which anything in the variables is raised."""
    return {
        power.exp
        for power in expression.atoms(sympy.Pow)
        if power.base.free_symbols & variables and not power.exp.free_symbols & variables
    }


def read_series(
    expression: sympy.Expr,
    bindings: Mapping[sympy.Symbol, PowerLogSeries],
    scalars: Scalars,
    window: fmpq,
) -> PowerLogSeries:
    """Return the series of an expression whose symbols in ``bindings`` are series.

    Parameters
    ----------
    expression : sympy.Expr
        Sums, products, constant powers, exponentials, logarithms, and any function that is smooth
        at the limit of its argument.
    bindings : mapping
        Series of the variables, all in one large variable.
    scalars : Scalars
        Coefficients of the result.
    window : fmpq
        How far below its leading exponent an infinite series is kept.

    Returns
    -------
    PowerLogSeries

    Raises
    ------
    OutOfDomain
        If a function is met where it has no power-log series.
    """
    variables = set(bindings)
    known: dict[sympy.Expr, PowerLogSeries] = {}

    def read(part: sympy.Expr) -> PowerLogSeries:
        if part not in known:
            known[part] = read_anew(part)
        return known[part]

    def read_anew(part: sympy.Expr) -> PowerLogSeries:
        if not part.free_symbols & variables:
            return PowerLogSeries.constant(scalars, part)
        if part in variables:
            return bindings[part]
        if part.is_Add:
            return sum_of([read(term) for term in part.args])
        if part.is_Mul:
            return product_of([read(factor) for factor in part.args])
        if part.is_Pow and not part.exp.free_symbols & variables:
            return bounded(read(part.base), window).power(part.exp)
        if part.is_Pow:
            return exponential(part, read(sympy.log(part.base) * part.exp), window)
        if isinstance(part, sympy.exp):
            return exponential(part, read(part.exp), window)
        if isinstance(part, sympy.log):
            return bounded(read(part.args[0]), window).log()
        moving = [i for i, argument in enumerate(part.args) if argument.free_symbols & variables]
        if len(moving) != 1 or not isinstance(part, sympy.Function):
            raise unexpandable(part)
        return function_of(part, moving[0], read(part.args[moving[0]]), window)

    return read(sympy.sympify(expression))


def function_of(
    part: sympy.Expr, place: int, inner: PowerLogSeries, window: fmpq
) -> PowerLogSeries:
    """Return a function of a convergent series that stands as its argument number ``place``."""
    scalars = inner.scalars
    if isinstance(part, sympy.asin | sympy.acos):
        for end in (1, -1):
            gap = PowerLogSeries.constant(scalars, 1) - inner.scaled(scalars.coefficient(end))
            size = gap.size()
            if size is not None and size < 0:
                return arc_near_end(part.func, end, gap, window)
    limit, small = limit_and_rest(part, inner, window)
    dummy = sympy.Dummy("x", real=True)
    arguments = [dummy if i == place else value for i, value in enumerate(part.args)]
    function = part.func(*arguments)
    return small.analytic(lambda n: scalars.taylor(function, dummy, limit, n))


def arc_near_end(function: Any, end: int, gap: PowerLogSeries, window: fmpq) -> PowerLogSeries:
    """Return asin or acos of ``end (1 - gap)``, gap -> 0, where the function has a branch point.

    By the half angle: ``acos(1 - gap) = 2 asin(sqrt(gap/2))``.
    """
    scalars = gap.scalars
    half = sympy.Rational(1, 2)
    chord = bounded(gap.scaled(scalars.coefficient(half)), window).power(half)

    def coefficient(n: int) -> Any:  # of 2 asin
        value = (
            2 * sympy.binomial(n - 1, n // 2) / (sympy.Integer(2) ** (n - 1) * n) if n % 2 else 0
        )
        return scalars.coefficient(sympy.sympify(value))

    angle = chord.truncated(-window).analytic(coefficient)
    inward = end if function is sympy.acos else -end
    edge = PowerLogSeries.constant(scalars, function(end))
    return edge + angle.scaled(scalars.coefficient(inward))


def sum_of(series: list[PowerLogSeries]) -> PowerLogSeries:
    """Return a sum in one pass."""
    total = series[0]
    for term in series[1:]:
        total = total + term
    return total


def product_of(series: list[PowerLogSeries]) -> PowerLogSeries:
    """Return a product."""
    total = series[0]
    for factor in series[1:]:
        total = total * factor
    return total


def bounded(series: PowerLogSeries, window: fmpq) -> PowerLogSeries:
    """Return the series cut off ``window`` below its leading exponent."""
    size = series.size()
    alone = len(series.blocks) == 1 and len(series.blocks[0][1]) == 1 and series.cutoff is None
    return series if size is None or alone else series.truncated(size - window)


def unexpandable(part: sympy.Expr) -> OutOfDomain:
    """Return the error that tells which part of a formula has no power-log series."""
    return OutOfDomain(
        f"Expected an expansion in powers and logarithms at the limit but {part} has none."
    )


def limit_and_rest(
    part: sympy.Expr, series: PowerLogSeries, window: fmpq
) -> tuple[Any, PowerLogSeries]:
    """Split the series of the argument of a function into its limit and what tends to zero."""
    zero = series.scalars.exponents.zero
    block = series.block(zero) or (series.scalars.coefficient(0),)
    size = series.size()
    if (size is not None and size > 0) or len(block) > 1:
        raise unexpandable(part)
    return block[0], series.without(zero).truncated(-window)


def exponential(part: sympy.Expr, series: PowerLogSeries, window: fmpq) -> PowerLogSeries:
    """Return ``exp`` of ``a log z + c + small``, the exponent of ``part``."""
    scalars, field = series.scalars, series.scalars.exponents
    block = series.block(field.zero) or (scalars.coefficient(0),)
    size = series.size()
    if (size is not None and size > 0) or len(block) > 2:
        raise unexpandable(part)
    small = series.without(field.zero).truncated(-window)
    dummy = sympy.Dummy("x", real=True)
    result = small.analytic(lambda n: scalars.taylor(sympy.exp(dummy), dummy, block[0], n))
    if len(block) == 1:
        return result
    if not isinstance(block[1], sympy.Expr):
        raise unexpandable(part)
    return result.shifted(field.element(block[1]))


def converted(series: PowerLogSeries, scalars: Scalars) -> PowerLogSeries:
    """Return a series of SymPy or field coefficients with coefficients of another kind."""
    old, new = series.scalars, scalars.exponents
    items = []
    for exponent, block in series.blocks:
        expressions = (
            c if isinstance(c, sympy.Expr) else old.exponents.expression(c) for c in block
        )
        items.append(
            (
                new.element(old.exponents.expression(exponent)),
                tuple(scalars.coefficient(c) for c in expressions),
            )
        )
    return PowerLogSeries.of(scalars, items, series.cutoff)
