r"""Autonomous recurrences whose increment leads with a logarithm, ``f ~ c u**s log(u)**t``.

The Abel function is exact in powers of z and closed functions of ``log z``: its derivative needs
products and derivatives only. Its inverse is a series in ``1/log l`` with powers of ``log log l``,
in which the free constant is smaller than every term; so the constant belongs to the Abel
function. With :math:`p=1-s`, :math:`y=\log z` and :math:`X=cp(l+K)`,

.. math:: \log X=py-t\log y+\log(1+g(1/y)),

which is Lagrange's problem in y, around :math:`y=\log(X)/p`. At ``s = 1`` the logarithm itself
obeys an autonomous recurrence, and the solution is its exponential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, fmpq

from symprop.asymptotics.abel import abel_derivative, lagrange_inverse, leading_growth
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansions import INDEX, Expansion, FreeConstant, Term, terms_of
from symprop.asymptotics.logarithmic_coefficients import (
    LOG,
    LogReadingScalars,
    log_exact_series,
)
from symprop.asymptotics.logarithmic_primitives import LogPrimitive, log_primitive
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExactScalars, ExpressionScalars
from symprop.asymptotics.series_reading import converted, exponents_within, read_series
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import mpmath

    from symprop.asymptotics.autonomous import AutonomousRecurrence

__all__ = ["ExponentialOfSlow", "LeadingLogarithm", "abel_primitives", "nested_expansion"]

K = sympy.Symbol("K", real=True)


@dataclass(frozen=True)
class LeadingLogarithm:
    """A recurrence that leads with a logarithm, and its constant by the Abel function.

    Parameters
    ----------
    base : AutonomousRecurrence
        The recurrence.
    """

    base: AutonomousRecurrence

    @property
    def increment(self) -> sympy.Expr:
        """The increment f."""
        return self.base.increment

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins."""
        return 128

    def abel_series(self, blocks: int) -> PowerLogSeries:
        """Return the derivative of the Abel function, that many smallest steps of it."""
        from symprop.asymptotics.autonomous import window_steps

        first = self.base.series(fmpq(2), LogReadingScalars)
        window = window_steps(self.base, first) * blocks
        read = self.base.series(window, LogReadingScalars)
        exact = log_exact_series(read, self.base.given)
        size = exact.size()
        assert size is not None
        growth = self.base.growth_series(exact.truncated(size - window))
        return abel_derivative(growth, window)

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to K: each step is worth a factor 1/l."""
        from symprop.asymptotics.autonomous import as_offset

        parts = abel_primitives(self.abel_series(max(4, terms // 3)))
        offset = as_offset(self.base, values, bits)

        def constant(layer: int, value: arb) -> arb:
            logarithm = offset(value).log()
            return sum((part.ball(logarithm, values, bits) for part in parts), arb(-layer))

        return constant

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the values from layer 0 on, unless f is a truncated expansion."""
        return self.base.exact_orbit(values, start, bits, drive_start)


@dataclass(frozen=True)
class ExponentialOfSlow:
    """A recurrence ``z_{l+1} = z_l (1 + R(log z_l) + ...)``: log z is slow, and has its constant.

    Parameters
    ----------
    base : AutonomousRecurrence
        The recurrence of u.
    inner : problem
        That of ``log z``, without what is smaller than every power of it.
    """

    base: AutonomousRecurrence
    inner: Any

    @property
    def increment(self) -> sympy.Expr:
        """The increment f."""
        return self.base.increment

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins."""
        return int(self.inner.first_depth)

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to K."""
        from symprop.asymptotics.autonomous import as_offset

        offset = as_offset(self.base, values, bits)
        inner = self.inner.constant_from(values, terms, bits)
        return lambda layer, value: inner(layer, offset(value).log())

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the values from layer 0 on, unless f is a truncated expansion."""
        return self.base.exact_orbit(values, start, bits, drive_start)


def nested_expansion(problem: AutonomousRecurrence, order: int) -> Expansion | None:
    """Return the expansion of a recurrence that leads with a logarithm, None if it does not.

    Raises
    ------
    OutOfDomain
        If the solutions do not tend to the limit, or three logarithms are nested.
    """
    read = problem.series(fmpq(1), LogReadingScalars)
    exponent, (coefficient,) = read.leading
    if not coefficient.has(LOG):
        return None
    field = read.scalars.exponents
    at_infinity = problem.at is sympy.oo
    size, slowest = field.size(exponent), 1 if at_infinity else -1
    if size > slowest:
        condition = f"of order u at most near {problem.at}"
        raise OutOfDomain(expected("increment", condition, problem.increment))
    if size == slowest:
        return _exponential_of_slow(problem, coefficient, order)
    power = field.expression(exponent)
    decay = 1 - power if at_infinity else -1 - power
    growth = coefficient if at_infinity else -coefficient
    series, rate = _inverted(problem, 1 / growth, decay, order)
    return _written(problem, series, rate, decay, order)


def _inverted(
    problem: AutonomousRecurrence, reciprocal: sympy.Expr, decay: sympy.Expr, order: int
) -> tuple[PowerLogSeries, sympy.Expr]:
    """Return ``z**(+-1)/Y`` in ``log Y``, where ``Y**p = c p (l + K)``, and c p."""
    direction = 1 if problem.at is sympy.oo else -1
    exponents = [*exponents_within(reciprocal, {LOG}), decay, 1 / decay]
    reading = ExpressionScalars(ExactField(exponents, problem.given))
    window = fmpq(order + 1)
    bindings = {LOG: PowerLogSeries.monomial(reading, 1)}
    try:
        read = read_series(reciprocal, bindings, reading, window)
    except OutOfDomain as error:
        condition = "to lead with powers of u and of log(u)"
        raise OutOfDomain(expected("increment", condition, problem.increment)) from error
    field = problem.solving_field(read, [decay, 1 / decay])
    slow = converted(read, ExactScalars(field))
    exponent, lead = leading_growth(slow)
    size = field.size(exponent)
    slow = slow.truncated(size - window)
    p = field.element(decay)
    term = total = slow.scaled(1 / p)
    while term.blocks:  # by parts: int exp(p y) S = exp(p y) (S/p - S'/p**2 + ...)
        term = -term.derivative().scaled(1 / p).truncated(size - window)
        total = total + term
    relative = total.shifted(-exponent).scaled(p / lead)
    logarithm = PowerLogSeries.monomial(slow.scalars, 1).log()
    perturbation = (relative.log() + logarithm.scaled(exponent)).scaled(1 / p)
    inverse = relative.power(field.expression(-direction * field.one / p))
    target = inverse.shifted(-direction * exponent / p)
    return lagrange_inverse(perturbation, target), field.expression(p / lead)


def _written(
    problem: AutonomousRecurrence,
    series: PowerLogSeries,
    rate: sympy.Expr,
    decay: sympy.Expr,
    order: int,
) -> Expansion:
    from symprop.asymptotics.autonomous import slow_hypotheses

    hypotheses = slow_hypotheses(problem, rate, decay)
    plain, rest = terms_of(series, order)
    side, power = sympy.Integer(problem.side), sympy.Integer(1 if problem.at is sympy.oo else -1)
    terms = tuple(Term(side * t.coefficient, power, t.power, t.log_power) for t in plain)
    if problem.at is not sympy.oo and problem.at != 0:
        terms = (Term(problem.at, sympy.Integer(0)), *terms)
    return Expansion(
        terms,
        (rate * (INDEX + K)) ** (1 / decay),
        (FreeConstant(K, f"lim Phi(u_l) - l, Phi the Abel function of {problem.variable}"),),
        None if rest is None else Term(rest.coefficient, power, rest.power, rest.log_power),
        (*hypotheses, "K is smaller than every term: evaluate the Abel form for more accuracy"),
        problem=LeadingLogarithm(problem),
    )


def _exponential_of_slow(
    problem: AutonomousRecurrence, coefficient: sympy.Expr, order: int
) -> Expansion:
    """Return the exponential of the expansion of ``log z``."""
    from symprop.asymptotics.autonomous import autonomous_expansion

    direction = 1 if problem.at is sympy.oo else -1
    w = sympy.Symbol("w", positive=True)
    factor = (1 + coefficient).subs(LOG, w)
    far = factor.subs(problem.given).subs(w, sympy.Integer(10) ** 30)
    if far.is_number and not (far.is_real and far > 0):
        raise OutOfDomain(expected("increment", "to keep the side of the limit", problem.increment))
    inner = autonomous_expansion(direction * sympy.log(factor), w, order=order, given=problem.given)
    sign = sympy.Integer(direction)
    terms = () if direction == 1 or problem.at == 0 else (Term(problem.at, sympy.Integer(0)),)
    goal = "infinity" if direction == 1 else str(problem.at)
    return Expansion(
        terms,
        inner.scale,
        inner.constants,
        None,
        (f"the orbit tends to {goal} without reaching it", *inner.hypotheses),
        factor=tuple(t.scaled(sign) for t in inner.terms),
        factor_constant=sympy.Integer(problem.side),
        factor_remainder=inner.remainder,
        problem=ExponentialOfSlow(problem, inner.problem),
    )


def abel_primitives(series: PowerLogSeries) -> list[LogPrimitive]:
    """Return the parts of the Abel function, one for each power of z."""
    field = series.scalars.exponents
    found = []
    for exponent, (coefficient,) in series.blocks:
        rate = exponent + field.one
        parts = (field.expression(part) for part in (rate, coefficient))
        found.append(log_primitive(*parts, decays=bool(field.size(rate) < 0)))
    return found
