"""The implicit solution of slow autonomous recurrences: ``Phi(u_l) = l + K`` to any order."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import fmpq

from symprop.asymptotics.autonomous import AutonomousRecurrence
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansion_arguments import check_order
from symprop.asymptotics.expansions import Expansion
from symprop.asymptotics.logarithmic_coefficients import LOG
from symprop.asymptotics.nested_logarithms import (
    ExponentialOfSlow,
    LeadingLogarithm,
    abel_primitives,
)
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExpressionScalars
from symprop.asymptotics.series_reading import exponents_within, read_series
from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_instance

__all__ = ["AbelForm", "abel_form"]

_MOST_PASSES = 9


@dataclass(frozen=True)
class AbelForm:
    """The implicit solution ``Phi(u_l) = l + K``.

    Parameters
    ----------
    function : sympy.Expr
        Phi, without what is of the order of the remainder.
    variable : sympy.Symbol
        u.
    remainder : sympy.Expr
        Order of what is left out.

    Conventions
    -----------
    Phi has no constant term: a logarithmic integral is Ei or an incomplete gamma function, and an
    integral without closed form begins at the point shown.

    Error
    -----
    Exact terms.

    Examples
    --------
    >>> from symprop.asymptotics.autonomous import autonomous_expansion
    >>> u = sympy.Symbol("u", positive=True)
    >>> abel_form(autonomous_expansion(sympy.log(u), u), order=2).function
    log(log(u))/2 + Ei(log(u))
    """

    function: sympy.Expr
    variable: sympy.Symbol
    remainder: sympy.Expr


def abel_form(expansion: Expansion, *, order: int = 4) -> AbelForm:
    r"""Return the Abel function of a slow recurrence, to any order.

    .. math:: \Phi(u_l)=l+K+o(1),\qquad \Phi(u+f(u))=\Phi(u)+1

    Parameters
    ----------
    expansion : Expansion
        From `autonomous_expansion`, without a linear part in the increment.
    order : int
        How many powers of u, each with all its logarithms.

    Returns
    -------
    AbelForm

    Raises
    ------
    InvalidArgument
        If the expansion is of another kind.

    Conventions
    -----------
    K is the constant of the expansion.

    Error
    -----
    Exact terms; what is left out is given by its order.

    Source
    ------
    Abel; de Bruijn, Asymptotic Methods in Analysis, ch. 8.

    Examples
    --------
    >>> from symprop.asymptotics.autonomous import autonomous_expansion
    >>> u = sympy.Symbol("u", positive=True)
    >>> abel_form(autonomous_expansion(1 / u, u), order=2)
    AbelForm(function=u**2/2 - log(u)/2, variable=u, remainder=u**(-2))
    """
    check_order(order)
    problem = check_instance("expansion", expansion, Expansion).problem
    variable, large = None, None
    if isinstance(problem, ExponentialOfSlow):
        variable, large = problem.base.variable, sympy.log(_large(problem.base))
        problem = problem.inner
    if isinstance(problem, AutonomousRecurrence) and not problem.is_hyperbolic:
        problem = LeadingLogarithm(problem)
    if not isinstance(problem, LeadingLogarithm):
        raise InvalidArgument(expected("expansion", "of a slow autonomous recurrence", expansion))
    if variable is None or large is None:
        variable, large = problem.base.variable, _large(problem.base)
    series, count = problem.abel_series(order), order
    while len(series.blocks) <= order and count < 2 * order + _MOST_PASSES:
        count += 1
        series = problem.abel_series(count)
    function = sympy.Add(*(part.expression(large) for part in abel_primitives(series)[:order]))
    return AbelForm(function, variable, _order_behind(series, order, large))


def _order_behind(series: PowerLogSeries, order: int, large: sympy.Expr) -> sympy.Expr:
    """Return the order of the primitive of what follows some blocks."""
    if len(series.blocks) <= order:
        cutoff = series.cutoff
        if cutoff is None:
            return sympy.S.Zero
        return large ** sympy.Rational(int(cutoff.p + cutoff.q), int(cutoff.q))
    field = series.scalars.exponents
    exponent, (coefficient,) = series.blocks[order]
    expression = field.expression(coefficient)
    reading = ExpressionScalars(ExactField(exponents_within(expression, {LOG}), field.given))
    read = read_series(expression, {LOG: PowerLogSeries.monomial(reading, 1)}, reading, fmpq(1))
    power, block = read.leading
    logarithm = sympy.log(large)
    size = logarithm ** reading.exponents.expression(power) * sympy.log(logarithm) ** (
        len(block) - 1
    )
    return large ** field.expression(exponent + field.one) * size


def _large(base: AutonomousRecurrence) -> sympy.Expr:
    """Return the large variable z in terms of u."""
    return base.variable if base.at is sympy.oo else base.side / (base.variable - base.at)
