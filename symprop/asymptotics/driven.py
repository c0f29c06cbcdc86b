"""Expansions of recurrences driven by the index or by a slow solution of another recurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq

from symprop.asymptotics.driven_recurrences import (
    DrivenRecurrence,
    exponential_parts,
    nonlinear_order,
    regular_setup,
)
from symprop.asymptotics.drives import drive_of, reading_scalars, solving_scalars
from symprop.asymptotics.expansion_arguments import (
    check_order,
    check_symbol,
    read_formula,
    read_samples,
)
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term, solves, terms_of
from symprop.asymptotics.linearised import regular_solution
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.series_reading import converted
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["driven_expansion"]

C = sympy.Symbol("C", real=True)


def driven_expansion(
    increment: sympy.Expr | str,
    unknown: sympy.Symbol,
    limit: object = 0,
    *,
    order: int = 3,
    drive: Expansion | None = None,
    drive_symbol: sympy.Symbol | None = None,
    known_to: object = None,
    given: Mapping[sympy.Symbol, object] | None = None,
) -> Expansion:
    r"""Return the expansion of the solutions of a driven recurrence near their limit.

    .. math:: e_{l+1} - e_l = G(e_l, u_l, l) = r + a (e - e^*) + b_2 (e - e^*)^2 + \dots

    Parameters
    ----------
    increment : sympy.Expr or str
        G, in the unknown, the driving unknown and `INDEX` (the symbol ``l``).
    unknown : sympy.Symbol
        e.
    limit : number
        The limit e*. An equation that is linear in e needs none.
    order : int
        How many powers of X to return beyond the limit.
    drive : Expansion, optional
        A slow solution u on which G depends, from `autonomous_expansion`.
    drive_symbol : sympy.Symbol, optional
        Its symbol in G; by default the unknown of its recurrence.
    known_to : number, optional
        Exponent of X from which on G is unknown.
    given : mapping, optional
        Sample values for symbols in exponents.

    Returns
    -------
    Expansion
        Where a is of the order of 1/X: a series with the free constant C before ``X**-delta``,
        with a logarithm if the forcing resonates. Where a is larger: an algebraic part, and
        ``C exp(S(X))``.

    Raises
    ------
    OutOfDomain
        If solutions do not tend to the limit so.

    Conventions
    -----------
    C is the coefficient of the homogeneous solution with leading coefficient one; at a resonance
    it goes with a logarithm of X itself, not of l.

    Error
    -----
    Exact coefficients; the remainder is given by its order only.

    Source
    ------
    residual, Lemmas C.10 and C.11.

    Examples
    --------
    >>> e = sympy.Symbol("e")
    >>> driven_expansion(-e / (2 * INDEX) + INDEX ** sympy.Rational(-3, 2), e, order=1)
    Expansion(log(l)/sqrt(l) + C/sqrt(l) + O(log(l)/l**(3/2)))
    """
    check_order(order)
    samples, driving = read_samples("given", given), drive_of(drive, drive_symbol)
    symbols = [INDEX, check_symbol("unknown", unknown), *driving.symbols, *samples]
    problem = DrivenRecurrence(
        read_formula("increment", increment, symbols),
        unknown,
        read_formula("limit", limit, samples),
        driving,
        None if known_to is None else read_formula("known_to", known_to, samples),
        samples,
    )
    _, linear, _ = problem.leading_orders
    if linear is not None and linear > -1:
        return _exponential_expansion(problem, order)
    return _regular_expansion(problem, order)


def _regular_series(problem: DrivenRecurrence, reach: fmpq) -> PowerLogSeries:
    delta, largest = regular_setup(problem)
    count = nonlinear_order(problem, reach, largest)
    reading = reading_scalars(problem.exponents(), problem.given)
    read = problem.coefficients(reading, reach + 3, count)
    scalars = solving_scalars(read, [problem.drive.step, delta, C], problem.given)
    field = scalars.exponents
    homogeneous = PowerLogSeries.of(scalars, [(-field.element(delta), (field.element(C),))], None)
    return regular_solution(
        [converted(series, scalars) for series in read],
        field.element(problem.drive.step),
        field.element(delta),
        homogeneous,
        largest - reach,
    )


def _regular_expansion(problem: DrivenRecurrence, order: int) -> Expansion:
    delta, largest = regular_setup(problem)
    if not problem.is_linear and largest >= 0:
        raise OutOfDomain(expected("e - limit", "to tend to zero", f"order X**({largest})"))
    reach = fmpq(1, 2)
    series = _regular_series(problem, reach)
    for _ in range(4 * order):
        if len(series.blocks) > order:
            break
        reach += fmpq(1, 2)
        series = _regular_series(problem, reach)
    terms, remainder = terms_of(series, order)
    if problem.limit != 0:
        terms = (Term(problem.limit, sympy.Integer(0)), *terms)
    alone = problem.known_to is None and problem.drive.expansion is None
    if alone and len(series.blocks) <= order:
        exact = solves(terms, lambda x: x + 1, problem.increment, problem.unknown)
        remainder = None if exact else remainder
    meaning = f"coefficient of the homogeneous solution X**({-delta})"
    hypotheses = []
    if not delta.is_number:
        hypotheses.append(f"the order of the exponents is that at {problem.given}")
    if not problem.is_linear:
        hypotheses.append(f"the orbit tends to {problem.limit}")
    hypotheses.append("C is not zero; starts with C = 0 follow the terms without C")
    return _expansion(problem, terms, remainder, meaning, hypotheses)


def _expansion(
    problem: DrivenRecurrence,
    terms: tuple[Term, ...],
    remainder: Term | None,
    meaning: str,
    hypotheses: list[str],
    **extra: Any,
) -> Expansion:
    drive = problem.drive.expansion
    constants = () if drive is None else drive.constants
    inherited = () if drive is None else drive.hypotheses
    return Expansion(
        terms,
        problem.drive.scale,
        (FreeConstant(C, meaning), *constants),
        remainder,
        (*hypotheses, *inherited),
        problem=problem,
        **extra,
    )


def _exponential_series(
    problem: DrivenRecurrence, reach: fmpq
) -> tuple[PowerLogSeries, PowerLogSeries]:
    """Return the algebraic part, and the logarithm of the homogeneous solution."""
    forcing, linear, _ = problem.leading_orders
    assert linear is not None
    size = fmpq(0) if forcing is None else forcing - linear
    count = 1 if forcing is None else nonlinear_order(problem, reach, size)
    reading = reading_scalars(problem.exponents(), problem.given)
    read = problem.coefficients(reading, reach + 3, count)
    scalars = solving_scalars(read, [problem.drive.step], problem.given)
    series = [converted(one, scalars) for one in read]
    return exponential_parts(
        series, scalars.coefficient(problem.drive.step), size - reach, linear - reach
    )


def _exponential_expansion(problem: DrivenRecurrence, order: int) -> Expansion:
    reach = fmpq(1, 2)
    solution, logarithm = _exponential_series(problem, reach)
    for _ in range(4 * order):
        short = len(solution.blocks) <= order and problem.leading_orders[0] is not None
        if not short and len(logarithm.blocks) > order:
            break
        reach += fmpq(1, 2)
        solution, logarithm = _exponential_series(problem, reach)
    terms, remainder = terms_of(solution, order)
    if problem.leading_orders[0] is None:
        terms, remainder = (), None
    factor, factor_remainder = terms_of(logarithm, order)
    head = factor[0].coefficient
    if not problem.is_linear and head.is_number and head > 0:
        raise OutOfDomain(expected("increment", f"to lead to {problem.limit}", problem.increment))
    if problem.limit != 0:
        terms = (Term(problem.limit, sympy.Integer(0)), *terms)
    hypotheses = ["C exp(S) is the linear response; its square and higher powers are left out"]
    if problem.is_linear:
        hypotheses = []
    elif not head.is_number:
        hypotheses.append(f"{head} < 0")
    return _expansion(
        problem,
        terms,
        remainder,
        "coefficient of the exponential solution exp(S), S without constant term",
        hypotheses,
        factor=factor,
        factor_constant=C,
        factor_remainder=factor_remainder,
    )
