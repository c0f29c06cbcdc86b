"""Recurrences driven by the index or by a slow solution: their coefficients and constants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, arb_poly, fmpq

from symprop.asymptotics.drives import Drive, drive_exponents, indefinite_sum, reading_scalars
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.jets import Jet, JetScalars
from symprop.asymptotics.linearised import algebraic_solution, regular_solution
from symprop.asymptotics.matching import series_ball
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars, constant_ball
from symprop.asymptotics.series_reading import exponents_within, read_series
from symprop.foundation.errors import OutOfDomain, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import mpmath

    from symprop.asymptotics.scalars import Scalars

__all__ = ["DrivenRecurrence", "exponential_parts", "nonlinear_order", "regular_setup"]

_NEWTON_STEPS = 60


@dataclass(frozen=True)
class DrivenRecurrence:
    """``e_{l+1} = e_l + G(e_l, u_l, l)`` near a limit of e.

    Parameters
    ----------
    increment : sympy.Expr
        G.
    unknown : sympy.Symbol
        e.
    limit : sympy.Expr
        Its limit; for an equation linear in e, the point around which it is written.
    drive : Drive
        What u is.
    known_to : sympy.Expr or None
        Exponent of X from which on G is unknown.
    given : mapping
        Sample values of the symbols in exponents.
    orders : tuple or None
        What `leading_orders` is, where that is known beforehand: it is slow to read.
    """

    increment: sympy.Expr
    unknown: sympy.Symbol
    limit: sympy.Expr
    drive: Drive
    known_to: sympy.Expr | None = None
    given: dict[sympy.Symbol, sympy.Expr] = field(default_factory=dict)
    orders: tuple[fmpq | None, fmpq | None, sympy.Expr] | None = None

    @property
    def first_depth(self) -> int:
        """Layer at which matching begins."""
        return 128

    @property
    def is_linear(self) -> bool:
        """Whether G is linear in e."""
        written = self.increment
        polynomial = written.is_polynomial(self.unknown)  # other formulas are slow to derive
        return bool(polynomial and sympy.diff(written, self.unknown, 2) == 0)

    def taylor(self, order: int) -> list[sympy.Expr]:
        """Return the Taylor coefficients of G in e at the limit."""
        return [
            sympy.diff(self.increment, self.unknown, n).subs(self.unknown, self.limit)
            / sympy.factorial(n)
            for n in range(order + 1)
        ]

    def exponents(self) -> list[sympy.Expr]:
        """Return what the exponents of the coefficients are made of."""
        known = [] if self.known_to is None else [self.known_to]
        within = exponents_within(self.increment, self.drive.symbols)
        return [*within, *drive_exponents(self.drive), *known]

    def coefficients(
        self,
        scalars: Scalars,
        window: fmpq,
        order: int,
    ) -> list[PowerLogSeries]:
        """Return r, a, b_2, ... as series in X."""
        bindings = self.drive.bindings(scalars, window)
        read = [read_series(part, bindings, scalars, window) for part in self.taylor(order)]
        return self._as_far_as_known(read, scalars.exponents)

    def ball_coefficients(
        self,
        scalars: BallScalars,
        window: fmpq,
        order: int,
        values: Mapping[sympy.Symbol, object],
    ) -> list[PowerLogSeries]:
        """Return r, a, b_2, ..., b_order, read together as one series with jets in ``e - e*``."""
        jets = JetScalars(scalars, order)
        bindings = {
            symbol: jets.lifted(series)
            for symbol, series in self.drive.bindings(scalars, window, values).items()
        }
        limit = constant_ball(self.limit, values, scalars.bits)
        bindings[self.unknown] = jets.series(Jet.of([limit, 1], order))
        read = jets.separated(read_series(self.increment, bindings, jets, window))
        return self._as_far_as_known(read, scalars.exponents)

    def _as_far_as_known(
        self, read: list[PowerLogSeries], field: ExactField
    ) -> list[PowerLogSeries]:
        if self.known_to is None:
            return read
        return [series.truncated(field.size(field.element(self.known_to))) for series in read]

    @cached_property
    def leading_orders(self) -> tuple[fmpq | None, fmpq | None, sympy.Expr]:
        """Return the exponents of r and of a, and the exponent delta of the homogeneous solution.

        delta is meaningful when a is of order 1/X or less.
        """
        if self.orders is not None:
            return self.orders
        scalars = reading_scalars(self.exponents(), self.given)
        forcing, linear = self.coefficients(scalars, fmpq(3), 1)
        block = linear.block(scalars.exponents.element(sympy.Integer(-1)))
        if len(block) > 1:
            raise OutOfDomain(expected("linear coefficient", "to lead without logarithm", block))
        rate = -block[0] / self.drive.step if block else sympy.Integer(0)
        own = forcing.size() if forcing.blocks else None
        return own, linear.size() if linear.blocks else None, sympy.simplify(rate)

    def constant_from(
        self, values: Mapping[sympy.Symbol, object], terms: int, bits: int
    ) -> Callable[[int, arb], arb]:
        """Return the map from layer and value to C, by a long expansion in balls."""
        solution, logarithm = _ball_solution(self, values, terms, bits)
        if logarithm is not None and solution.blocks and not logarithm.leading[1][0] > 0:
            condition = "with C before a term that is not smaller than every algebraic one"
            raise OutOfDomain(expected("expansion", condition, str(self.increment)))
        limit = constant_ball(self.limit, values, bits)

        def constant(layer: int, value: arb) -> arb:
            position = self.drive.position(values, layer, bits)
            polynomial = _polynomial(solution, position) - (value - limit)
            if logarithm is not None:
                return -polynomial(arb(0)) * (-series_ball(logarithm, position)).exp()
            return _root(polynomial)

        return constant

    def exact_orbit(
        self,
        values: Mapping[sympy.Symbol, object],
        start: mpmath.mpf,
        bits: int,
        drive_start: mpmath.mpf | None = None,
    ) -> Iterator[mpmath.mpf] | None:
        """Return the values from layer 0 on if G is exact and the drive can be run."""
        if self.known_to is not None:
            return None
        image = self.unknown + self.increment
        return self.drive.stepped(image, self.unknown, values, start, drive_start, bits)


def nonlinear_order(problem: DrivenRecurrence, reach: fmpq, size: fmpq) -> int:
    """Return the Taylor order beyond which powers of e fall below the cutoff."""
    if problem.is_linear:
        return 1
    if size >= 0:
        raise OutOfDomain(expected("e - limit", "to tend to zero", f"order X**({size})"))
    return int((reach / -size).ceil()) + 2


def regular_setup(problem: DrivenRecurrence) -> tuple[sympy.Expr, fmpq]:
    """Return delta and the ordering value of the largest exponent of ``e - limit``."""
    forcing, _, delta = problem.leading_orders
    sizes = ExactField([delta], problem.given)
    largest = -sizes.size(sizes.element(delta))
    if forcing is not None:
        largest = max(largest, forcing + 1)
    return delta, largest


def exponential_parts(
    series: list[PowerLogSeries], step: Any, cutoff: fmpq, log_cutoff: fmpq
) -> tuple[PowerLogSeries, PowerLogSeries]:
    """Return the algebraic solution and the logarithm of the linear response to a change of it."""
    solution = algebraic_solution(series, step, cutoff)
    scalars = solution.scalars
    slope, power = series[1], PowerLogSeries.constant(scalars, 1)
    for n, coefficient in enumerate(series[2:], start=2):
        power = power * solution
        slope = slope + (coefficient * power).scaled(scalars.coefficient(n))
    growth = (PowerLogSeries.constant(scalars, 1) + slope).truncated(log_cutoff)
    return solution, indefinite_sum(growth.log(), step)


def _ball_solution(
    problem: DrivenRecurrence, values: Mapping[sympy.Symbol, object], terms: int, bits: int
) -> tuple[PowerLogSeries, PowerLogSeries | None]:
    """Return the solution with coefficients that are polynomials in C, or balls and exp part."""
    forcing, linear, delta = problem.leading_orders
    reach = fmpq(max(4, terms // 3))
    scalars, exponent = _ball_setting(problem, delta, values, bits)
    step = scalars.coefficient(problem.drive.step)
    if linear is not None and linear > -1:
        size = fmpq(0) if forcing is None else forcing - linear
        count = 1 if forcing is None else nonlinear_order(problem, reach, size)
        series = problem.ball_coefficients(scalars, reach + 3, count, values)
        return exponential_parts(series, step, size - reach, linear - reach)
    _, largest = regular_setup(problem)
    count = nonlinear_order(problem, reach, largest)
    series = problem.ball_coefficients(scalars, reach + 3, count, values)
    homogeneous = PowerLogSeries.of(scalars, [(-exponent, (arb_poly([0, 1]),))], None)
    return regular_solution(series, step, exponent, homogeneous, largest - reach), None


def _ball_setting(
    problem: DrivenRecurrence,
    delta: sympy.Expr,
    values: Mapping[sympy.Symbol, object],
    bits: int,
) -> tuple[BallScalars, Any]:
    """Return the arithmetic in which a constant is computed, and delta among its exponents.

    Where all other exponents are rational an irrational delta is replaced by its midpoint:
    rationals are a hundred times faster, and the error is that of a ball at ``bits`` bits.
    """
    field = ExactField(problem.exponents(), problem.given)
    if field.generators or delta.is_Rational:
        field = ExactField([*problem.exponents(), delta], problem.given)
        return BallScalars(field, bits, values), field.element(delta)
    mantissa, exponent = constant_ball(delta, values, bits).mid().man_exp()
    middle = fmpq(int(mantissa)) * fmpq(2) ** int(exponent)
    return BallScalars(field, bits, values), middle


def _polynomial(series: PowerLogSeries, position: arb) -> arb_poly:
    """Return the sum of a series whose coefficients are polynomials in C."""
    total, logarithm = arb_poly([0]), position.log()
    for exponent, block in series.blocks:
        inner = arb_poly([0])
        for coefficient in reversed(block):
            inner = inner * logarithm + coefficient
        total = total + inner * series.scalars.power(position, exponent)
    return total


def _root(polynomial: arb_poly) -> arb:
    """Return the root near that of the linear part, by Newton's method."""
    slope = polynomial.derivative()
    root = -polynomial(arb(0)) / slope(arb(0))
    for _ in range(_NEWTON_STEPS):
        root = root.mid()
        change = polynomial(root) / slope(root)
        root = root - change
        if abs(change) < abs(root) * arb(2) ** (-polynomial(root).rel_accuracy_bits() - 400):
            break
    return root
