"""Proved two-sided bounds of an expression by exponential sums, by structural recursion.

On one side of the line ``x = s*t`` with ``t >= 1``. Each node of the expression gets
a lower and an upper `ExponentialSum`; every rule below is an elementary
inequality valid for all ``t`` of the domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import OutOfDomain
from symprop.specs.decisions import rational_bounds
from symprop.specs.exponential_sums import (
    CONSTANT,
    Domain,
    ExponentialSum,
    Rates,
    constant_majorant,
    exp_bounds,
    floor_term,
    log_bounds,
    power_bounds,
)
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Envelope", "envelope_of"]

_ZERO = ExponentialSum({})
_ONE = ExponentialSum.of(1)
_MOST_EXPANDED = 8
_YOUNG = Fraction(1, 16)  # share of exp(t**2) that a slower exponential may use


@dataclass(frozen=True, slots=True)
class Envelope:
    """``lower(t) <= f(t) <= upper(t)`` on the whole domain."""

    lower: ExponentialSum
    upper: ExponentialSum

    @property
    def is_exact(self) -> bool:
        """Whether both bounds are the same sum."""
        return self.lower.terms == self.upper.terms

    def magnitude(self) -> ExponentialSum:
        """Return a bound of the absolute value, with positive terms only."""
        return self.upper.positive_part().maximum((-self.lower).positive_part())

    def __neg__(self) -> Envelope:
        return Envelope(-self.upper, -self.lower)


def envelope_of(expression: sympy.Expr, variable: Envelope, domain: Domain) -> Envelope:
    """Return bounds of ``expression`` when ``X`` is bounded by ``variable``.

    Raises
    ------
    OutOfDomain
        If no bound is known, with the reason.
    """
    return _Bounder(variable, domain).bound(expression)


def _between(lower: Fraction | int, upper: Fraction | int) -> Envelope:
    return Envelope(ExponentialSum.of(lower), ExponentialSum.of(upper))


class _Bounder:
    """The recursion, with the domain it is valid on."""

    def __init__(self, variable: Envelope, domain: Domain) -> None:
        self.variable = variable
        self.domain = domain
        self.known: dict[sympy.Expr, Envelope] = {}

    def bound(self, node: sympy.Expr) -> Envelope:
        found = self.known.get(node)
        if found is None:
            exact = self.derive(node)
            found = Envelope(exact.lower.rounded(up=False), exact.upper.rounded(up=True))
            self.known[node] = found
        return found

    def derive(self, node: sympy.Expr) -> Envelope:
        if node == X:
            return self.variable
        if not node.has(X):
            return _between(*rational_bounds(node))
        if isinstance(node, sympy.Add):
            parts = [self.bound(argument) for argument in node.args]
            lower = sum((part.lower for part in parts), _ZERO)
            return Envelope(lower, sum((part.upper for part in parts), _ZERO))
        if isinstance(node, sympy.Mul):
            result = _between(1, 1)
            for argument in node.args:
                result = self.multiply(result, self.bound(argument))
            return result
        if isinstance(node, sympy.Pow):
            return self.power(node)
        rule = _RULES.get(node.func)
        if rule is None:
            raise OutOfDomain(f"Expected growth symprop can bound but got {node}.")
        return rule(self, node)

    def is_nonnegative(self, sum_: ExponentialSum) -> bool:
        return all(value > 0 for value in sum_.terms.values()) or self.floor(sum_) is not None

    def floor(self, sum_: ExponentialSum) -> tuple[Fraction, Rates] | None:
        return floor_term(sum_, self.domain)

    def multiply(self, a: Envelope, b: Envelope) -> Envelope:
        if b.is_exact:
            a, b = b, a
        if a.is_exact:
            lower = upper = _ZERO
            for rates, value in a.lower.terms.items():
                low, high = (b.lower, b.upper) if value > 0 else (b.upper, b.lower)
                lower += low.scaled(value, rates)
                upper += high.scaled(value, rates)
            return Envelope(lower, upper)
        if self.is_nonnegative(a.lower) and self.is_nonnegative(b.lower):
            return Envelope(a.lower * b.lower, a.upper * b.upper)
        size = a.magnitude() * b.magnitude()
        return Envelope(-size, size)

    def power(self, node: sympy.Pow) -> Envelope:
        base, exponent = node.args
        if exponent.has(X):
            return self.bound(sympy.exp(exponent * sympy.log(base), evaluate=False))
        inner = self.bound(base)
        if isinstance(exponent, sympy.Integer) and exponent > 0:
            return self.whole_power(inner, int(exponent))
        if isinstance(exponent, sympy.Integer) and self.floor(inner.lower) is None:
            sign = -1 if exponent % 2 else 1
            flipped = self.positive_power(-inner, exponent, node)
            return flipped if sign > 0 else -flipped
        return self.positive_power(inner, exponent, node)

    def whole_power(self, base: Envelope, exponent: int) -> Envelope:
        if base.is_exact and (exponent <= _MOST_EXPANDED or len(base.lower.terms) == 1):
            result = _ONE
            for _ in range(exponent):
                result *= base.lower
            return Envelope(result, result)
        size = _sum_power(base.magnitude(), Fraction(exponent), Fraction(exponent))
        if exponent % 2 == 0 or self.is_nonnegative(base.lower):
            return Envelope(_ZERO, size)
        return Envelope(-size, size)

    def positive_power(self, base: Envelope, exponent: sympy.Expr, node: sympy.Expr) -> Envelope:
        """Bound ``base**exponent`` for a base that must be proved positive."""
        low, high = rational_bounds(exponent)
        floor = self.floor(base.lower)
        if high < 0:
            if floor is None:
                raise OutOfDomain(f"Expected {node} to be bounded away from its poles.")
            return Envelope(_ZERO, ExponentialSum.of(*_term_power(*floor, low, high, up=True)))
        if not self.is_nonnegative(base.lower):
            raise OutOfDomain(f"Expected the base of {node} to be proved positive.")
        lower = ExponentialSum.of(*_term_power(*floor, low, high, up=False)) if floor else _ZERO
        return Envelope(lower, _sum_power(base.upper.positive_part(), low, high))

    def exponential(self, node: sympy.Expr) -> Envelope:
        return self.exp_of(self.bound(node.args[0]), node)

    def exp_of(self, inner: Envelope, node: sympy.Expr) -> Envelope:
        above = self.quadratic(inner.upper)
        below = self.quadratic(-inner.lower)
        if above is None:
            raise OutOfDomain(
                f"Expected growth of at most exp(c*x**2) but {node} grows faster than that."
            )
        lower = _ZERO
        if below is not None:
            minus = tuple(-rate for rate in below)
            lower = ExponentialSum.of(exp_bounds(minus[0])[0], Rates(Fraction(0), *minus[1:]))
        upper = ExponentialSum.of(exp_bounds(above[0])[1], Rates(Fraction(0), *above[1:]))
        return Envelope(lower, upper)

    def quadratic(self, sum_: ExponentialSum) -> tuple[Fraction, Fraction, Fraction] | None:
        """Return ``(a, b, c)`` with ``sum <= a + b*t + c*t**2`` on the domain, or None."""
        rates_of = [Fraction(0), Fraction(0), Fraction(0)]
        for rates, value in sum_.terms.items():
            plain = rates.linear == rates.quadratic == 0
            if value < 0:
                if plain and rates.power >= 0:  # t**p >= t**floor(p)
                    rates_of[min(2, int(rates.power))] += value
            elif plain and 1 < rates.power < 2:
                rates_of[2] += _YOUNG
                rates_of[0] += _young_constant(value, rates.power)
            elif plain and 0 <= rates.power <= 2:
                rates_of[-int(-rates.power // 1)] += value  # t**p <= t**ceil(p)
            else:
                bound = constant_majorant(rates, self.domain)
                if bound is None:
                    return None
                rates_of[0] += value * bound
        return rates_of[0], rates_of[1], rates_of[2]

    def hyperbolic(self, node: sympy.Expr) -> Envelope:
        inner = self.bound(node.args[0])
        half = ExponentialSum.of(Fraction(1, 2))
        growing, falling = self.exp_of(inner, node), self.exp_of(-inner, node)
        if isinstance(node, sympy.sinh):
            falling = -falling
        mean = Envelope(
            half * (growing.lower + falling.lower), half * (growing.upper + falling.upper)
        )
        if not isinstance(node, sympy.sech):
            return mean
        return self.positive_power(mean, sympy.Integer(-1), node)

    def logarithm(self, node: sympy.Expr) -> Envelope:
        inner = self.bound(node.args[0])
        floor = self.floor(inner.lower)
        if floor is None:
            raise OutOfDomain(f"Expected the argument of {node} to be bounded away from 0.")
        above = inner.upper.positive_part().terms
        top = Rates(*(max(rates[index] for rates in above) for index in range(3)))
        coefficient = len(above) * max(above.values())
        return Envelope(_log_term(*floor, up=False), _log_term(coefficient, top, up=True))

    def monotone(self, node: sympy.Expr) -> Envelope:
        """Bound an increasing, bounded, odd function with derivative at most ``_SLOPES``."""
        inner = self.bound(node.args[0])
        size = inner.magnitude()
        slope = _SLOPES[node.func]
        if all(rates.order < CONSTANT.order for rates in size.terms):
            small = size.scaled(slope)
            lower = _ZERO if self.is_nonnegative(inner.lower) else -small
            return Envelope(lower, _ZERO if self.is_nonnegative(-inner.upper) else small)
        limit = rational_bounds(_LIMITS[node.func])[1]
        least = self.constant_floor(inner.lower)
        greatest = self.constant_floor(-inner.upper)
        return _between(
            -limit if least is None else _function_floor(node.func, least),
            limit if greatest is None else -_function_floor(node.func, greatest),
        )

    def constant_floor(self, sum_: ExponentialSum) -> Fraction | None:
        """Return a proved constant lower bound ``>= 0``, or None."""
        if not sum_.terms:
            return Fraction(0)
        floor = self.floor(sum_)
        if floor is None:
            return None
        return floor[0] if min(floor[1]) >= 0 else Fraction(0)

    def oscillating(self, node: sympy.Expr) -> Envelope:
        size = self.bound(node.args[0]).magnitude()
        if isinstance(node, sympy.sin) and all(r.order < CONSTANT.order for r in size.terms):
            return Envelope(-size, size)
        return _between(-1, 1)

    def inverse_sinh(self, node: sympy.Expr) -> Envelope:
        inner = self.bound(node.args[0])
        size = inner.magnitude()
        lower = _ZERO if self.is_nonnegative(inner.lower) else -size
        return Envelope(lower, _ZERO if self.is_nonnegative(-inner.upper) else size)

    def inverse_circular(self, node: sympy.Expr) -> Envelope:
        limit = rational_bounds(sympy.pi)[1]
        return _between(-limit / 2, limit / 2) if node.func == sympy.asin else _between(0, limit)

    def complementary_error(self, node: sympy.Expr) -> Envelope:
        inner = self.bound(node.args[0])
        if self.is_nonnegative(inner.lower):  # erfc(u) <= exp(-u**2)
            square = inner.lower * inner.lower
            decay = self.exp_of(Envelope(-square, -square), node)
            return Envelope(_ZERO, decay.upper)
        return _between(1 if self.is_nonnegative(-inner.upper) else 0, 2)


def _young_constant(coefficient: Fraction, power: Fraction) -> Fraction:
    """Return ``C`` with ``c*t**p <= _YOUNG*t**2 + C``: the maximum of the difference, or more."""
    peak = power_bounds(coefficient * power / (2 * _YOUNG), 1 / (2 - power))[1]
    return coefficient * power_bounds(peak, power)[1]


def _term_power(
    coefficient: Fraction, rates: Rates, low: Fraction, high: Fraction, *, up: bool
) -> tuple[Fraction, Rates]:
    """Bound ``(c * t**p * exp(...))**e`` for every ``e`` in ``[low, high]``."""
    candidates = [bound for e in (low, high) for bound in power_bounds(coefficient, e)]
    choose = max if up else min
    return choose(candidates), Rates(*(choose(rate * low, rate * high) for rate in rates))


def _sum_power(base: ExponentialSum, low: Fraction, high: Fraction) -> ExponentialSum:
    """Bound ``(m_1 + ... + m_k)**e``: subadditive below 1, ``k**(e-1) * sum m_i**e`` above."""
    factor = Fraction(1)
    if high > 1 and base.terms:
        factor = power_bounds(Fraction(len(base.terms)), high - 1)[1]
    total = _ZERO
    for rates, coefficient in base.terms.items():
        value, powered = _term_power(coefficient, rates, low, high, up=True)
        total += ExponentialSum.of(value * factor, powered)
    return total


def _log_term(coefficient: Fraction, rates: Rates, *, up: bool) -> ExponentialSum:
    """Bound ``log(c) + p*log(t) + l*t + q*t**2``, with ``0 <= log(t) <= 3*t**(1/8)``."""
    total = ExponentialSum.of(log_bounds(coefficient)[1 if up else 0])
    if (rates.power > 0) == up:
        total += ExponentialSum.of(3 * rates.power, Rates(Fraction(1, 8)))
    total += ExponentialSum.of(rates.linear, Rates(Fraction(1)))
    return total + ExponentialSum.of(rates.quadratic, Rates(Fraction(2)))


def _function_floor(function: type, argument: Fraction) -> Fraction:
    value = sympy.Rational(argument.numerator, argument.denominator)
    return rational_bounds(function(value))[0]


_SLOPES = {sympy.tanh: Fraction(1), sympy.atan: Fraction(1), sympy.erf: Fraction(113, 100)}
_LIMITS = {sympy.tanh: sympy.Integer(1), sympy.atan: sympy.pi / 2, sympy.erf: sympy.Integer(1)}
_RULES: dict[type, Callable[[_Bounder, sympy.Expr], Envelope]] = {
    sympy.exp: _Bounder.exponential,
    **dict.fromkeys((sympy.sinh, sympy.cosh, sympy.sech), _Bounder.hyperbolic),
    sympy.log: _Bounder.logarithm,
    **dict.fromkeys((sympy.tanh, sympy.atan, sympy.erf), _Bounder.monotone),
    **dict.fromkeys((sympy.sin, sympy.cos), _Bounder.oscillating),
    sympy.asinh: _Bounder.inverse_sinh,
    **dict.fromkeys((sympy.asin, sympy.acos), _Bounder.inverse_circular),
    sympy.erfc: _Bounder.complementary_error,
}
