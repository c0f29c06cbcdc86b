"""Arithmetic and comparison of exponential sums."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprop.foundation.errors import OutOfDomain
from symprop.specs.exponential_sums import (
    LARGEST_EXPONENT,
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

ALL = Domain(Fraction(1), None)
T = ExponentialSum.of(1, Rates(Fraction(1)))
GROWING = ExponentialSum.of(1, Rates(linear=Fraction(1)))


def value(total: ExponentialSum, t: float) -> float:
    return sum(
        float(c) * t ** float(r.power) * math.exp(float(r.linear) * t + float(r.quadratic) * t**2)
        for r, c in total.terms.items()
    )


def test_ring() -> None:
    assert ((T + GROWING) * (T + -GROWING)).terms == (T * T + -(GROWING * GROWING)).terms
    assert (T + -T).terms == {}
    assert value(T * GROWING, 2.0) == pytest.approx(2 * math.e**2)


@pytest.mark.parametrize(
    ("total", "nonnegative"),
    [
        (T + GROWING, True),
        (GROWING + ExponentialSum.of(-1), True),
        (GROWING + -T, True),
        (T + ExponentialSum.of(-1), False),  # zero at t = 1, not bounded away
        (T * T + -T + ExponentialSum.of(1), True),
        (T + -GROWING, False),
        (ExponentialSum.of(-1), False),
    ],
)
def test_signs(total: ExponentialSum, nonnegative: bool) -> None:
    assert is_nonnegative(total, ALL) is nonnegative


COEFFICIENTS = st.fractions(-4, 4, max_denominator=8)
RATES = st.builds(
    Rates,
    st.integers(-1, 3).map(Fraction),
    st.integers(-1, 1).map(Fraction),
    st.sampled_from([Fraction(0), Fraction(-1, 4)]),
)
SUMS = st.dictionaries(RATES, COEFFICIENTS.filter(bool), max_size=4).map(ExponentialSum)
STARTS = st.fractions(1, 4, max_denominator=4)
OFFSETS = st.floats(0, 6)


@given(SUMS, STARTS, OFFSETS)
def test_floor_is_below(total: ExponentialSum, start: Fraction, offset: float) -> None:
    floor = floor_term(total, Domain(start, None))
    if floor is not None:
        t = float(start) + offset
        assert floor[0] > 0
        assert value(ExponentialSum.of(*floor), t) <= value(total, t) * (1 + 1e-9)


@given(RATES, OFFSETS)
def test_constant_majorant_is_above(rates: Rates, offset: float) -> None:
    bound = constant_majorant(rates, ALL)
    if bound is not None:
        assert value(ExponentialSum.of(1, rates), 1 + offset) <= float(bound) * (1 + 1e-9)
    capped = constant_majorant(rates, Domain(Fraction(1), Fraction(7)))
    assert capped is not None
    assert value(ExponentialSum.of(1, rates), 1 + offset) <= float(capped) * (1 + 1e-9)


@given(SUMS, OFFSETS)
def test_rounding_up_and_positive_part_are_above(total: ExponentialSum, offset: float) -> None:
    t = 1 + offset
    slack = 1e-9 * (1 + abs(value(total, t)))
    assert value(total.rounded_up(), t) >= value(total, t) - slack
    assert value(total.positive_part(), t) >= value(total, t) - slack


def test_long_sums_are_shortened_upward() -> None:
    many = ExponentialSum({Rates(Fraction(k, 7)): Fraction((-1) ** k, k + 1) for k in range(400)})
    short = many.rounded_up()
    assert len(short.terms) == 1
    assert value(short, 1.5) >= value(many, 1.5)
    assert ExponentialSum({Rates(Fraction(k)): Fraction(-1) for k in range(400)}).rounded_up() == (
        ExponentialSum({})
    )


def test_long_coefficients_are_shortened_upward() -> None:
    awkward = Fraction(10**200 + 1, 3**400)
    (short,) = ExponentialSum.of(awkward).rounded_up().terms.values()
    assert awkward <= short <= awkward * (1 + Fraction(1, 2**60))
    assert short.denominator.bit_length() + short.numerator.bit_length() < 800


def test_elementary_bounds() -> None:
    third = Fraction(1, 3)
    for (lower, upper), truth in (
        (exp_bounds(third), math.exp(1 / 3)),
        (log_bounds(third), math.log(1 / 3)),
        (power_bounds(third, Fraction(5, 7)), (1 / 3) ** (5 / 7)),
    ):
        assert lower < upper
        assert float(lower) == pytest.approx(truth)
    assert power_bounds(Fraction(2, 3), Fraction(-2)) == (Fraction(9, 4), Fraction(9, 4))
    assert exp_bounds(Fraction(-(10**30)))[0] == 0
    with pytest.raises(OutOfDomain, match="exceeds"):
        exp_bounds(Fraction(LARGEST_EXPONENT + 1))
