"""Envelope arithmetic at random points, in float64 with a margin."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprop.foundation.errors import OutOfDomain
from symprop.specs.envelopes import (
    Envelope,
    add,
    between,
    constant_floor,
    decays,
    exponential,
    logarithm,
    multiply,
    positive_power,
    whole_power,
)
from symprop.specs.exponential_sums import Domain, ExponentialSum, Rates
from tests.specs.test_exponential_sums import value

ALL = Domain(Fraction(1), None)
RAY = ExponentialSum.of(1, Rates(Fraction(1)))
EXACT_T = Envelope(RAY, RAY)
WAVE = between(-1, 1)  # stands for cos(3*t)

# functions of t with their envelopes
KNOWN: list[tuple[Callable[[float], float], Envelope]] = [
    (lambda t: t, EXACT_T),
    (lambda t: -2.0, between(-2, -2)),
    (lambda t: math.cos(3 * t), WAVE),
    (lambda t: 2 + math.cos(3 * t), between(1, 3)),
    (
        lambda t: t - 1 + math.cos(3 * t) / 2,
        add(EXACT_T, between(Fraction(-3, 2), Fraction(-1, 2))),
    ),
    (lambda t: -t * t, -whole_power(EXACT_T, 2, ALL)),
]
FUNCTIONS = st.sampled_from(KNOWN)
POINTS = st.floats(1, 6)


def holds(envelope: Envelope, t: float, truth: float) -> bool:
    slack = 1e-9 * (1 + abs(truth))
    return value(envelope.lower, t) - slack <= truth <= value(envelope.upper, t) + slack


@given(FUNCTIONS, FUNCTIONS, POINTS)
def test_sum_product_and_magnitude(
    first: tuple[Callable[[float], float], Envelope],
    second: tuple[Callable[[float], float], Envelope],
    t: float,
) -> None:
    (f, a), (g, b) = first, second
    assert holds(add(a, b), t, f(t) + g(t))
    assert holds(-a, t, -f(t))
    assert holds(multiply(a, b, ALL), t, f(t) * g(t))
    assert holds(multiply(a, b, ALL).rounded(), t, f(t) * g(t))
    assert abs(f(t)) <= value(a.magnitude(), t) + 1e-9


@given(FUNCTIONS, st.integers(1, 12), POINTS)
def test_whole_powers(
    known: tuple[Callable[[float], float], Envelope], exponent: int, t: float
) -> None:
    f, a = known
    assert holds(whole_power(a, exponent, ALL), t, f(t) ** exponent)


@given(FUNCTIONS, st.fractions(-3, 3, max_denominator=6).filter(bool), POINTS)
def test_real_powers(
    known: tuple[Callable[[float], float], Envelope], exponent: Fraction, t: float
) -> None:
    f, a = known
    try:
        powered = positive_power(a, exponent, exponent, ALL)
    except OutOfDomain:
        assert any(f(1 + k / 8) <= 0.9 for k in range(80))
    else:
        assert holds(powered, t, f(t) ** float(exponent))


@given(FUNCTIONS, POINTS)
def test_exponential_and_logarithm(
    known: tuple[Callable[[float], float], Envelope], t: float
) -> None:
    f, a = known
    assert holds(exponential(a, ALL), t, math.exp(f(t)))
    shifted = add(whole_power(a, 2, ALL), between(1, 1))
    assert holds(logarithm(shifted, ALL), t, math.log(1 + f(t) ** 2))


@given(st.fractions(Fraction(1, 4), 2, max_denominator=5), st.sampled_from(["3/2", "5/4"]), POINTS)
def test_exponentials_between_linear_and_gaussian(c: Fraction, power: str, t: float) -> None:
    inner = ExponentialSum.of(c, Rates(Fraction(power)))
    bound = exponential(Envelope(inner, inner), ALL)
    truth = float(c) * t ** float(Fraction(power))
    ((rates, coefficient),) = bound.upper.terms.items()
    assert rates.quadratic < Fraction(1, 4)
    logarithm_of_it = math.log(coefficient.numerator) - math.log(coefficient.denominator)
    assert truth <= logarithm_of_it + float(rates.linear) * t + float(rates.quadratic) * t**2


def test_steeper_negative_power_wins() -> None:
    quartic = add(whole_power(EXACT_T, 3, ALL), -whole_power(EXACT_T, 4, ALL))
    assert all(rates.quadratic <= 0 for rates in exponential(quartic, ALL).upper.terms)


def test_too_fast_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="faster than"):
        exponential(whole_power(EXACT_T, 3, ALL), ALL)


def test_decay_and_constant_floor() -> None:
    assert decays(ExponentialSum.of(5, Rates(Fraction(9), Fraction(-1))))
    assert not decays(ExponentialSum.of(1))
    assert constant_floor(RAY + ExponentialSum.of(2), ALL) == 1
    assert constant_floor(-RAY, ALL) is None
