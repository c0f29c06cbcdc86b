"""Recurrences slowed down by a factor 1/l: expansions in the logarithm of the layer.

``u_{l+1} = u_l + f(u_l)/l + ...`` follows the differential equation ``du/dt = f(u)`` in the time
``t = log l`` up to corrections of order 1/l, which are smaller than every power of the logarithm.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq

from symprop.asymptotics.abel import leading_growth
from symprop.asymptotics.autonomous import (
    AutonomousRecurrence,
    autonomous_expansion,
    inverted_series,
)
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansion_arguments import check_order
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term, terms_of
from symprop.asymptotics.scalars import ExactScalars
from symprop.asymptotics.series_reading import converted
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symprop.asymptotics.power_log_series import PowerLogSeries

__all__ = ["logarithmic_expansion"]

K = sympy.Symbol("K", real=True)


def logarithmic_expansion(
    increment: sympy.Expr | str,
    variable: sympy.Symbol | None = None,
    *,
    at: object = sympy.oo,
    order: int = 4,
    side: int = 1,
    given: Mapping[sympy.Symbol, object] | None = None,
) -> Expansion:
    r"""Return the expansion in ``log l`` of the solutions of ``u_{l+1} = u_l + f(u_l)/l``.

    .. math:: u_{l+1} - u_l = f(u_l) \left(\frac1l + O(l^{-2})\right)

    Parameters
    ----------
    increment : sympy.Expr or str
        f.
    variable : sympy.Symbol, optional
        u; needed when f has more symbols.
    at : number
        ``oo`` with ``f ~ c u**s``, s < 1, or a fixed point with ``f ~ -a |u - at|**p``, p > 1.
    order : int
        How many powers of X to return.
    side : int
        For a fixed point: 1 if u comes from above, -1 from below.
    given : mapping, optional
        Sample values for symbols in exponents.

    Returns
    -------
    Expansion
        In ``X = c (1 - s)(log(l) + K)``.

    Raises
    ------
    OutOfDomain
        If f has a linear part: `driven_expansion` treats ``u/l``.

    Conventions
    -----------
    K is the limit of ``F(u_l) - log l``, F the primitive of 1/f without constant term.

    Error
    -----
    Exact coefficients; the remainder is given by its order. What is left out besides is of
    order 1/l.

    Source
    ------
    residual, Lemma C.12.

    Examples
    --------
    >>> u = sympy.Symbol("u", positive=True)
    >>> logarithmic_expansion(-3 * u**3, u, at=0, order=1).expression
    1/sqrt(6*K + 6*log(l))
    """
    check_order(order)
    discrete = autonomous_expansion(increment, variable, at=at, order=1, side=side, given=given)
    problem = discrete.problem
    if not isinstance(problem, AutonomousRecurrence) or problem.is_hyperbolic:
        condition = "to have no linear part, and no logarithm in its leading term"
        raise OutOfDomain(expected("increment", condition, problem.increment))
    window = fmpq(order)
    series, rate = flow_series(problem, window)
    for _ in range(order + 3):
        if len(series.blocks) > order:
            break
        window += 1
        series, rate = flow_series(problem, window)
    terms, remainder = terms_of(series, order)
    if problem.at is not sympy.oo and problem.at != 0:
        terms = (Term(problem.at, sympy.Integer(0)), *terms)
    field: ExactField = series.scalars.exponents
    meaning = "lim F(u_l) - log(l), F the primitive of 1/f without constant term"
    return replace(
        discrete,
        terms=terms,
        remainder=remainder,
        scale=sympy.factor(field.expression(rate)) * (sympy.log(INDEX) + K),
        constants=(FreeConstant(K, meaning),),
        problem=None,
    )


def flow_series(problem: AutonomousRecurrence, window: fmpq) -> tuple[PowerLogSeries, Any]:
    """Return what `slow_series` does for ``du/dt = f(u)`` instead of the recurrence."""
    read = problem.series(window)
    series = converted(read, ExactScalars(problem.solving_field(read)))
    if problem.at is not sympy.oo:  # dz/dt = -z**2 dv/dt
        series = -series.shifted(series.scalars.exponents.rational(2))
    exponent, coefficient = leading_growth(series)
    size = series.scalars.exponents.size(exponent)
    inverse = series.truncated(size - window).power(-1)
    return inverted_series(problem, inverse, exponent, coefficient)
