"""Functions bounded on both sides by exponential sums, and their arithmetic.

``x = s*t`` with ``t >= 1`` in a `Domain`. Every rule is an elementary inequality that
holds for all ``t`` of the domain; none of them looks at an expression.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symprop.foundation.errors import OutOfDomain
from symprop.specs.exponential_sums import (
    CONSTANT,
    Domain,
    ExponentialSum,
    Rates,
    constant_majorant,
    exp_bounds,
    floor_term,
    is_nonnegative,
    log_bounds,
    power_bounds,
)

__all__ = [
    "Envelope",
    "add",
    "between",
    "constant_floor",
    "decays",
    "exponential",
    "logarithm",
    "multiply",
    "positive_power",
    "whole_power",
]

_ZERO = ExponentialSum({})
_MOST_EXPANDED = 8
_YOUNG = Fraction(1, 16)  # share of exp(t**2) that a slower exponential may use


@dataclass(frozen=True, slots=True)
class Envelope:
    """``lower(t) <= f(t) <= upper(t)`` on a domain."""

    lower: ExponentialSum
    upper: ExponentialSum

    @property
    def is_exact(self) -> bool:
        """Whether both bounds are the same sum."""
        return self.lower.terms == self.upper.terms

    def magnitude(self) -> ExponentialSum:
        """Return a bound of the absolute value, with positive terms only."""
        return self.upper.positive_part().maximum((-self.lower).positive_part())

    def rounded(self) -> Envelope:
        """Return slightly wider bounds with few terms and short coefficients."""
        return Envelope(-(-self.lower).rounded_up(), self.upper.rounded_up())

    def __neg__(self) -> Envelope:
        return Envelope(-self.upper, -self.lower)


def between(lower: Fraction | int, upper: Fraction | int) -> Envelope:
    """Return the envelope of a function with constant bounds."""
    return Envelope(ExponentialSum.of(lower), ExponentialSum.of(upper))


def add(*parts: Envelope) -> Envelope:
    """Return the envelope of a sum."""
    lower = sum((part.lower for part in parts), _ZERO)
    return Envelope(lower, sum((part.upper for part in parts), _ZERO))


def multiply(a: Envelope, b: Envelope, domain: Domain) -> Envelope:
    """Return the envelope of a product."""
    if b.is_exact:
        a, b = b, a
    if a.is_exact:
        lower = upper = _ZERO
        for rates, value in a.lower.terms.items():
            low, high = (b.lower, b.upper) if value > 0 else (b.upper, b.lower)
            lower += low.scaled(value, rates)
            upper += high.scaled(value, rates)
        return Envelope(lower, upper)
    if is_nonnegative(a.lower, domain) and is_nonnegative(b.lower, domain):
        return Envelope(a.lower * b.lower, a.upper * b.upper)
    size = a.magnitude() * b.magnitude()
    return Envelope(-size, size)


def whole_power(base: Envelope, exponent: int, domain: Domain) -> Envelope:
    """Return the envelope of ``base**exponent`` for an integer ``exponent >= 1``."""
    if base.is_exact and len(base.lower.terms) == 1:
        ((rates, value),) = base.lower.terms.items()
        powered = ExponentialSum.of(value**exponent, Rates(*(rate * exponent for rate in rates)))
        return Envelope(powered, powered)
    if base.is_exact and exponent <= _MOST_EXPANDED:
        result = ExponentialSum.of(1)
        for _ in range(exponent):
            result *= base.lower
        return Envelope(result, result)
    size = _sum_power(base.magnitude(), Fraction(exponent), Fraction(exponent))
    if exponent % 2 == 0 or is_nonnegative(base.lower, domain):
        return Envelope(_ZERO, size)
    return Envelope(-size, size)


def positive_power(base: Envelope, low: Fraction, high: Fraction, domain: Domain) -> Envelope:
    """Return the envelope of ``base**e`` for every ``e`` in ``[low, high]``, all of one sign.

    Raises
    ------
    OutOfDomain
        If the base is not proved positive, or for negative powers away from zero.
    """
    floor = floor_term(base.lower, domain)
    if high < 0:
        if floor is None:
            raise OutOfDomain("a denominator is not proved to stay away from 0")
        return Envelope(_ZERO, ExponentialSum.of(*_term_power(*floor, low, high, up=True)))
    if not is_nonnegative(base.lower, domain):
        raise OutOfDomain("the base of a power is not proved positive")
    lower = ExponentialSum.of(*_term_power(*floor, low, high, up=False)) if floor else _ZERO
    return Envelope(lower, _sum_power(base.upper.positive_part(), low, high))


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


def exponential(inner: Envelope, domain: Domain) -> Envelope:
    """Return the envelope of ``exp(inner)``.

    Raises
    ------
    OutOfDomain
        If the argument may grow faster than ``t**2``.
    """
    above = _quadratic_majorant(inner.upper, domain)
    below = _quadratic_majorant(-inner.lower, domain)
    if above is None:
        raise OutOfDomain("its exponent may grow faster than x**2")
    lower = _ZERO
    if below is not None:
        minus = tuple(-rate for rate in below)
        lower = ExponentialSum.of(exp_bounds(minus[0])[0], Rates(Fraction(0), *minus[1:]))
    return Envelope(
        lower, ExponentialSum.of(exp_bounds(above[0])[1], Rates(Fraction(0), *above[1:]))
    )


def _quadratic_majorant(
    total: ExponentialSum, domain: Domain
) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return ``(a, b, c)`` with ``total <= a + b*t + c*t**2`` on the domain, or None."""
    bound = [Fraction(0), Fraction(0), Fraction(0)]
    for rates, value in _without_steep_terms(total).terms.items():
        plain = rates.linear == rates.quadratic == 0
        if value < 0:
            if plain and rates.power >= 0:  # t**p >= t**floor(p)
                bound[min(2, int(rates.power))] += value
        elif plain and 1 < rates.power < 2:
            bound[2] += _YOUNG
            bound[0] += _peak(value, rates.power, _YOUNG, Fraction(2))
        elif plain and 0 <= rates.power <= 2:
            bound[-int(-rates.power // 1)] += value  # t**p <= t**ceil(p)
        else:
            constant = constant_majorant(rates, domain)
            if constant is None:
                return None
            bound[0] += value * constant
    return bound[0], bound[1], bound[2]


def _without_steep_terms(total: ExponentialSum) -> ExponentialSum:
    """Bound powers above 2 by constants, each against its share of a steeper negative power."""
    top = max(total.terms, key=lambda rates: rates.order, default=CONSTANT)
    steep = {
        rates: value
        for rates, value in total.terms.items()
        if value > 0 and rates == Rates(rates.power) and rates.power > 2
    }
    if not steep or total.terms[top] > 0 or top != Rates(top.power):
        return total
    share = -total.terms[top] / len(steep)
    rest = {rates: value for rates, value in total.terms.items() if rates not in (top, *steep)}
    peaks = (_peak(value, rates.power, share, top.power) for rates, value in steep.items())
    return ExponentialSum(rest) + ExponentialSum.of(sum(peaks, Fraction(0)))


def _peak(coefficient: Fraction, power: Fraction, share: Fraction, steeper: Fraction) -> Fraction:
    """Return a bound of ``c*t**p - share*t**q`` for ``q > p``: ``(1 - p/q)*c*t**p`` at its peak."""
    ratio = coefficient * power / (share * steeper)
    peak = power_bounds(ratio, 1 / (steeper - power))[1]
    return (1 - power / steeper) * coefficient * power_bounds(peak, power)[1]


def logarithm(inner: Envelope, domain: Domain) -> Envelope:
    """Return the envelope of ``log(inner)``.

    Raises
    ------
    OutOfDomain
        If the argument is not proved to stay away from 0.
    """
    floor = floor_term(inner.lower, domain)
    if floor is None:
        raise OutOfDomain("the argument of a logarithm is not proved to stay away from 0")
    above = inner.upper.positive_part().terms
    top = Rates(*(max(rates[index] for rates in above) for index in range(3)))
    coefficient = len(above) * max(above.values())
    lower = _log_term(*floor, up=False)
    if floor[1].linear == floor[1].quadratic == 0:
        least = max(_least_value(inner.lower, domain), floor[0] if floor[1].power >= 0 else 0)
        if least > 0:
            lower = ExponentialSum.of(log_bounds(Fraction(least))[0])
    return Envelope(lower, _log_term(coefficient, top, up=True))


def _least_value(total: ExponentialSum, domain: Domain) -> Fraction:
    """Return the value at the start of a sum of non-decreasing terms, or 0."""
    least = Fraction(0)
    for rates, value in total.terms.items():
        if value < 0:
            return Fraction(0)
        if min(rates) >= 0:
            least += value * power_bounds(domain.start, rates.power)[0]
    return least


def _log_term(coefficient: Fraction, rates: Rates, *, up: bool) -> ExponentialSum:
    """Bound ``log(c) + p*log(t) + l*t + q*t**2``, with ``0 <= log(t) <= 3*t**(1/8)``."""
    total = ExponentialSum.of(log_bounds(coefficient)[1 if up else 0])
    if (rates.power > 0) == up:
        total += ExponentialSum.of(3 * rates.power, Rates(Fraction(1, 8)))
    total += ExponentialSum.of(rates.linear, Rates(Fraction(1)))
    return total + ExponentialSum.of(rates.quadratic, Rates(Fraction(2)))


def decays(total: ExponentialSum) -> bool:
    """Whether every term tends to zero."""
    return all(rates.order < CONSTANT.order for rates in total.terms)


def constant_floor(total: ExponentialSum, domain: Domain) -> Fraction | None:
    """Return a proved constant lower bound ``>= 0``, or None."""
    if not total.terms:
        return Fraction(0)
    floor = floor_term(total, domain)
    if floor is None:
        return None
    return floor[0] if min(floor[1]) >= 0 else Fraction(0)
