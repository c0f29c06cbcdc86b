"""Expansions where the increment has a linear part: hyperbolic growth, attracting fixed points.

The orbit is ``u_l = P(K lambda**l)`` with ``P(lambda w) = P(w) + f(P(w))``: the equation of Koenigs
at an attracting fixed point, the same equation at infinity for growth ``f(u) ~ (lambda - 1) u``.
"""

from __future__ import annotations

from math import ceil, comb
from typing import TYPE_CHECKING, Any

import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term, terms_of
from symprop.asymptotics.matching import series_ball
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars, ExactScalars, constant_ball
from symprop.asymptotics.series_reading import converted
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flint import arb

    from symprop.asymptotics.autonomous import AutonomousRecurrence

__all__ = ["conjugacy", "hyperbolic_expansion"]

K = sympy.Symbol("K", real=True)
LAMBDA = sympy.Dummy("lambda", positive=True)


def conjugacy(
    rest: PowerLogSeries, multiplier: Any, direction: int, window: fmpq
) -> PowerLogSeries:
    """Return P with ``P(lambda w) = lambda P(w) + rest(P(w))`` and ``P ~ w``, in z.

    Parameters
    ----------
    rest : PowerLogSeries
        The increment less its linear part.
    multiplier : coefficient
        lambda.
    direction : int
        1 if w is the large variable z itself, -1 if w is its inverse.
    window : fmpq
        How far below its leading exponent P is kept.

    Returns
    -------
    PowerLogSeries
    """
    scalars, field = rest.scalars, rest.scalars.exponents
    one, gap = scalars.coefficient(1), rest.size()
    identity = PowerLogSeries.of(scalars, [(field.rational(direction), (one,))], None)
    if gap is None:
        return identity
    step = reach = direction - gap
    solution = identity.truncated(direction - step)
    for _ in range(ceil(window / step)):
        reach = min(reach + step, window)  # each pass makes one more step right
        solution = PowerLogSeries.of(scalars, solution.blocks, direction - reach)
        image = _composed(rest, solution, direction).truncated(direction - reach)
        solution = identity + _solved(image, multiplier, direction)
    return solution


def _composed(rest: PowerLogSeries, inner: PowerLogSeries, direction: int) -> PowerLogSeries:
    """Return ``rest`` at the large variable ``z = inner**direction``."""
    scalars = rest.scalars
    image = PowerLogSeries.of(scalars, [], rest.cutoff)
    logarithm = inner.log().scaled(scalars.coefficient(direction))
    for exponent, block in rest.blocks:
        polynomial = PowerLogSeries.of(scalars, [(scalars.exponents.zero, block[-1:])], None)
        for coefficient in reversed(block[:-1]):
            constant = [(scalars.exponents.zero, (coefficient,))]
            polynomial = polynomial * logarithm + PowerLogSeries.of(scalars, constant, None)
        power = inner.power(direction * scalars.exponents.expression(exponent))
        image = image + power * polynomial
    return image


def _solved(image: PowerLogSeries, multiplier: Any, direction: int) -> PowerLogSeries:
    """Return D with ``D(lambda w) - lambda D(w) = image``, block by block."""
    scalars, field = image.scalars, image.scalars.exponents

    def solved(exponent: Any, block: tuple[Any, ...]) -> tuple[Any, ...]:
        factor = scalars.power(multiplier, exponent * field.rational(direction))
        shift = scalars.log(multiplier) * direction if len(block) > 1 else scalars.coefficient(0)
        found: list[Any] = [None] * len(block)
        for j in reversed(range(len(block))):
            value = block[j]
            for i in range(j + 1, len(block)):
                value = value - found[i] * factor * comb(i, j) * shift ** (i - j)
            found[j] = value / (factor - multiplier)
        return tuple(found)

    return image.map_blocks(solved)


def hyperbolic_expansion(problem: AutonomousRecurrence, order: int) -> Expansion:
    """Return the expansion in ``X = K lambda**l`` of a recurrence with a linear part.

    Raises
    ------
    OutOfDomain
        If the multiplier does not lead towards the limit, or is zero or negative with
        exponents that are not whole.
    """
    direction = 1 if problem.at is sympy.oo else -1
    read = problem.series(fmpq(order + 2))
    multiplier = linear_multiplier(read)
    hypotheses = _hypotheses(problem, multiplier, read)
    count = order
    series = _exact_conjugacy(problem, direction, count)
    while len(series.blocks) <= order and count < 2 * order + 6:
        count += 1
        series = _exact_conjugacy(problem, direction, count)
    written, remainder = terms_of(series, order)
    if direction == -1:
        written = tuple(_inverted(term, problem.side) for term in written)
        remainder = None if remainder is None else _inverted(remainder)
        if problem.at != 0:
            written = (Term(problem.at, sympy.Integer(0)), *written)
    terms = tuple(
        Term(_short(t.coefficient.subs(LAMBDA, multiplier)), t.power, t.log_power) for t in written
    )
    if len(series.blocks) <= order and problem.is_solved_by(terms, lambda x: multiplier * x):
        remainder = None
    meaning = "lim (u_l - u*) / lambda**l" if direction == -1 else "lim u_l / lambda**l"
    return Expansion(
        terms,
        K * multiplier**INDEX,
        (FreeConstant(K, meaning),),
        remainder,
        hypotheses,
        problem=problem,
    )


def linear_multiplier(read: PowerLogSeries) -> sympy.Expr:
    """Return lambda of an increment ``(lambda - 1) u + ...``."""
    _, block = read.leading
    if len(block) != 1:
        condition = "to have no logarithm in a leading term of order u"
        raise OutOfDomain(expected("increment", condition, f"order {read.leading_text()}"))
    return _short(1 + block[0])


def _nonlinear(
    problem: AutonomousRecurrence, direction: int, terms: int
) -> tuple[PowerLogSeries, fmpq]:
    """Return the increment less its linear part, and the window of that many smallest steps."""
    first = problem.series(fmpq(terms))
    head = first.leading[0]
    sizes = [first.scalars.exponents.size(exponent) for exponent, _ in first.blocks[1:]]
    gap = min((direction - size for size in sizes), default=fmpq(1))
    return first.without(head), gap * terms


def _exact_conjugacy(problem: AutonomousRecurrence, direction: int, terms: int) -> PowerLogSeries:
    """Return the conjugacy over the field of the coefficients and of powers of lambda."""
    rest, window = _nonlinear(problem, direction, terms)
    field = problem.solving_field(rest)
    powers = [LAMBDA ** rest.scalars.exponents.expression(exponent) for exponent, _ in rest.blocks]
    field = ExactField([*field.generators, *powers, LAMBDA, sympy.log(LAMBDA)], problem.given)
    scalars = ExactScalars(field)
    return conjugacy(converted(rest, scalars), field.element(LAMBDA), direction, window)


def _short(coefficient: sympy.Expr) -> sympy.Expr:
    """Factor a rational function; nested radicals of numbers would take SymPy minutes."""
    return sympy.factor(coefficient) if coefficient.free_symbols else coefficient


def _inverted(term: Term, side: int = 1) -> Term:
    """Return a term in z as one in the small variable ``w = 1/z``."""
    return Term(side * (-1) ** term.log_power * term.coefficient, -term.power, term.log_power)


def _hypotheses(
    problem: AutonomousRecurrence, multiplier: sympy.Expr, read: PowerLogSeries
) -> tuple[str, ...]:
    growing = problem.at is sympy.oo
    wanted = "lambda > 1" if growing else "0 < |lambda| < 1"
    if multiplier.is_number:
        inside = multiplier > 1 if growing else (abs(multiplier) < 1 and multiplier != 0)
        if not inside:
            condition = f"to have {wanted} in u_(l+1) = lambda u_l + ..."
            raise OutOfDomain(expected("increment", condition, f"lambda {multiplier}"))
        if multiplier < 0 and any(
            len(block) > 1 or not read.scalars.exponents.expression(exponent).is_Integer
            for exponent, block in read.blocks
        ):
            raise OutOfDomain(
                expected("increment", "to be analytic when lambda < 0", problem.increment)
            )
        found = []
    else:
        found = [f"{wanted}, lambda = {multiplier}"]
    goal = "unbounded" if growing else f"attracted by {problem.at} without reaching it"
    return (*found, f"the orbit is {goal}, so that K is not zero")


def conjugacy_constant(
    problem: AutonomousRecurrence,
    offset: Callable[[arb], arb],
    terms: int,
    values: Mapping[sympy.Symbol, object],
    bits: int,
) -> Callable[[int, arb], arb]:
    """Return the map from layer and value to K, by inverting a long expansion in balls."""
    direction = 1 if problem.at is sympy.oo else -1
    rest, window = _nonlinear(problem, direction, terms)
    scalars = BallScalars(problem.solving_field(rest), bits, values)
    multiplier = constant_ball(linear_multiplier(problem.series(fmpq(1))), values, bits)
    series = conjugacy(converted(rest, scalars), multiplier, direction, window)
    slope = series.derivative()

    def constant(layer: int, value: arb) -> arb:
        large = offset(value)
        wanted = large if direction == 1 else 1 / large
        for _ in range(bits.bit_length() + 4):
            large = large.mid()
            large -= (series_ball(series, large) - wanted) / series_ball(slope, large)
        return large**direction / multiplier**layer

    return constant
