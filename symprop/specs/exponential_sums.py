"""Sums of ``c * t**p * exp(l*t + q*t**2)`` on ``t >= 1``: the scale in which growth is measured.

All coefficients and rates are rationals, and every rounding is outward, so that an
inequality between such sums is a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flint import arb, fmpq

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.precision import working_bits
from symprop.specs.bernstein import positive_floor
from symprop.specs.decisions import outward

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CONSTANT",
    "LARGEST_EXPONENT",
    "Domain",
    "ExponentialSum",
    "Rates",
    "constant_majorant",
    "exp_bounds",
    "floor_term",
    "is_nonnegative",
    "log_bounds",
    "power_bounds",
]

LARGEST_EXPONENT = 20_000
"""Exponentials beyond ``exp(20000)`` are not written out."""

_BITS = 96
_LONGEST_COEFFICIENT = 192
_MOST_TERMS = 150


class Rates(NamedTuple):
    """The exponents of ``t**power * exp(linear*t + quadratic*t**2)``."""

    power: Fraction = Fraction(0)
    linear: Fraction = Fraction(0)
    quadratic: Fraction = Fraction(0)

    @property
    def order(self) -> tuple[Fraction, Fraction, Fraction]:
        """Sorts by growth at infinity."""
        return self.quadratic, self.linear, self.power

    def times(self, other: Rates) -> Rates:
        """Return the rates of the product."""
        return Rates(*(a + b for a, b in zip(self, other, strict=True)))


CONSTANT = Rates()
"""The rates of a constant."""


class Domain(NamedTuple):
    """The range ``[start, stop]`` of ``t``, ``start >= 1``; ``stop`` is None when unbounded."""

    start: Fraction
    stop: Fraction | None


@dataclass(frozen=True, slots=True)
class ExponentialSum:
    """A finite sum; ``terms`` maps rates to non-zero coefficients."""

    terms: Mapping[Rates, Fraction]

    @classmethod
    def of(cls, coefficient: Fraction | int, rates: Rates = CONSTANT) -> ExponentialSum:
        """Return a single term."""
        return cls({rates: Fraction(coefficient)} if coefficient else {})

    def __add__(self, other: ExponentialSum) -> ExponentialSum:
        terms = dict(self.terms)
        for rates, coefficient in other.terms.items():
            total = terms.get(rates, Fraction(0)) + coefficient
            if total:
                terms[rates] = total
            else:
                terms.pop(rates, None)
        return ExponentialSum(terms)

    def __mul__(self, other: ExponentialSum) -> ExponentialSum:
        result = ExponentialSum({})
        for rates, coefficient in self.terms.items():
            result += other.scaled(coefficient, rates)
        return result

    def __neg__(self) -> ExponentialSum:
        return self.scaled(Fraction(-1))

    def scaled(self, factor: Fraction, by: Rates = CONSTANT) -> ExponentialSum:
        """Return the sum times one term."""
        return ExponentialSum(
            {rates.times(by): value * factor for rates, value in self.terms.items() if factor}
        )

    def positive_part(self) -> ExponentialSum:
        """Return the sum without its negative terms, which is not smaller."""
        return ExponentialSum({rates: value for rates, value in self.terms.items() if value > 0})

    def maximum(self, other: ExponentialSum) -> ExponentialSum:
        """Return a bound of both; all terms of both must be positive."""
        terms = dict(self.terms)
        for rates, value in other.terms.items():
            terms[rates] = max(value, terms.get(rates, value))
        return ExponentialSum(terms)

    def rounded_up(self) -> ExponentialSum:
        """Return a sum that is not smaller on ``t >= 1``, with few terms and short coefficients."""
        if len(self.terms) <= _MOST_TERMS:
            return ExponentialSum(
                {rates: _shorten(value, up=True) for rates, value in self.terms.items()}
            )
        positive = self.positive_part().terms
        if not positive:
            return ExponentialSum({})
        top = Rates(*(max(rates[index] for rates in positive) for index in range(3)))
        return ExponentialSum.of(_shorten(sum(positive.values(), Fraction(0)), up=True), top)


def _shorten(value: Fraction, *, up: bool) -> Fraction:
    size = value.numerator.bit_length() + value.denominator.bit_length()
    if size <= _LONGEST_COEFFICIENT:
        return value
    shift = value.numerator.bit_length() - value.denominator.bit_length() - 64
    scaled = value * Fraction(2) ** -shift
    whole = -((-scaled.numerator) // scaled.denominator) if up else scaled.__floor__()
    return Fraction(whole) * Fraction(2) ** shift


def floor_term(sum_: ExponentialSum, domain: Domain) -> tuple[Fraction, Rates] | None:
    """Return a single positive term that is a proved lower bound on the domain, or None."""
    terms = sum_.terms
    if not terms:
        return None
    if all(value > 0 for value in terms.values()):
        rates = max(terms, key=lambda key: key.order)
        return terms[rates], rates
    return _dominated(sum_, domain) or _polynomial_floor(sum_, domain)


def is_nonnegative(sum_: ExponentialSum, domain: Domain) -> bool:
    """Whether the sum is proved non-negative on the domain."""
    return all(value > 0 for value in sum_.terms.values()) or floor_term(sum_, domain) is not None


def _dominated(sum_: ExponentialSum, domain: Domain) -> tuple[Fraction, Rates] | None:
    """Compare every negative term with the fastest one, where their ratio decreases in ``t``."""
    top = max(sum_.terms, key=lambda key: key.order)
    leading = sum_.terms[top]
    if leading < 0:
        return None
    lost = Fraction(0)
    for rates, value in sum_.terms.items():
        if value > 0:
            continue
        ratio = Rates(*(a - b for a, b in zip(rates, top, strict=True)))
        slope = ratio.linear + 2 * ratio.quadratic * domain.start
        slope += max(ratio.power, Fraction(0)) / domain.start
        if ratio.quadratic > 0 or slope > 0:
            return None
        lost += -value / leading * _value_above(ratio, domain.start)
    return (leading * (1 - lost), top) if lost < 1 else None


def _value_above(rates: Rates, t: Fraction) -> Fraction:
    exponent = rates.linear * t + rates.quadratic * t**2
    return power_bounds(t, rates.power)[1] * exp_bounds(exponent)[1]


def _polynomial_floor(sum_: ExponentialSum, domain: Domain) -> tuple[Fraction, Rates] | None:
    """Divide by the top power and bound the polynomial in ``u = 1/t`` below."""
    degree = max(rates.power for rates in sum_.terms)
    gaps = {degree - rates.power: value for rates, value in sum_.terms.items()}
    pure = all(rates.linear == rates.quadratic == 0 for rates in sum_.terms)
    if not pure or any(gap.denominator != 1 for gap in gaps):
        return None
    nearest = Fraction(0) if domain.stop is None else 1 / domain.stop
    coefficients = {int(gap): value for gap, value in gaps.items()}
    least = positive_floor(coefficients, nearest, 1 / domain.start)
    return None if least is None else (_shorten(least, up=False), Rates(degree))


def constant_majorant(rates: Rates, domain: Domain) -> Fraction | None:
    """Return a bound of ``t**p * exp(l*t + q*t**2)`` on the domain, or None if it is unbounded.

    A decreasing exponential absorbs the power: ``t**p * exp(-r*t**k) <= (p/(k*r))**(p/k)``.
    """
    power, linear, quadratic = rates
    if domain.stop is not None:
        growing = Rates(*(max(rate, Fraction(0)) for rate in rates))
        return _value_above(growing, domain.stop)
    if quadratic < 0 < linear:  # half of the square absorbs the linear term
        half = constant_majorant(Rates(power, Fraction(0), quadratic / 2), domain)
        assert half is not None
        return half * exp_bounds(linear**2 / (-2 * quadratic))[1]
    if linear > 0 or quadratic > 0:
        return None
    if power <= 0:
        return Fraction(1)
    if linear < 0:
        return max(Fraction(1), power_bounds(power / -linear, power)[1])
    if quadratic < 0:
        return max(Fraction(1), power_bounds(power / (-2 * quadratic), power / 2)[1])
    return None


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


@lru_cache(maxsize=4096)
def exp_bounds(value: Fraction) -> tuple[Fraction, Fraction]:
    """Return rationals around ``exp(value)``.

    Raises
    ------
    OutOfDomain
        If the value is beyond what is worth writing as a rational.
    """
    if value == 0:
        return Fraction(1), Fraction(1)
    if value > LARGEST_EXPONENT:
        raise OutOfDomain(f"a constant in its bound exceeds exp({LARGEST_EXPONENT})")
    if value < -LARGEST_EXPONENT:  # exp(-n) < 2**-n
        return Fraction(0), Fraction(1, 2**LARGEST_EXPONENT)
    with working_bits(_BITS):
        return outward(_ball(value).exp())


@lru_cache(maxsize=4096)
def log_bounds(value: Fraction) -> tuple[Fraction, Fraction]:
    """Return rationals around ``log(value)`` for ``value > 0``."""
    if value == 1:
        return Fraction(0), Fraction(0)
    with working_bits(_BITS):
        return outward(_ball(value).log())


@lru_cache(maxsize=4096)
def power_bounds(base: Fraction, exponent: Fraction) -> tuple[Fraction, Fraction]:
    """Return rationals around ``base**exponent`` for ``base > 0``."""
    if exponent.denominator == 1 and abs(exponent) * base.numerator.bit_length() < _BITS:
        exact = base ** int(exponent)
        return exact, exact
    with working_bits(_BITS):
        return outward(_ball(base) ** _ball(exponent))
