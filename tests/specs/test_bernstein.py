"""Positivity of polynomials."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symprop.specs.bernstein import positive_floor

ZERO, ONE = Fraction(0), Fraction(1)


def polynomial(*values: int) -> dict[int, Fraction]:
    return {power: Fraction(value) for power, value in enumerate(values)}


def test_sharp_at_the_ends() -> None:
    assert positive_floor(polynomial(2, 3), ZERO, ONE) == 2
    assert positive_floor(polynomial(5, -3), ZERO, ONE) == 2
    assert positive_floor(polynomial(7), ZERO, ONE) == 7


@pytest.mark.parametrize(
    "coefficients",
    [
        polynomial(1, -2, 1),
        polynomial(0, 1),
        polynomial(-1),
        polynomial(1, -4, 4),
        polynomial(1, -3),
    ],
)
def test_zeros_and_negative_values_are_not_proved_positive(
    coefficients: dict[int, Fraction],
) -> None:
    assert positive_floor(coefficients, ZERO, ONE) is None


def test_narrow_valley_is_found() -> None:
    """``(u - 1/3)**2 + 10**-6`` needs several halvings."""
    coefficients = {0: Fraction(1, 9) + Fraction(1, 10**6), 1: Fraction(-2, 3), 2: ONE}
    floor = positive_floor(coefficients, ZERO, ONE)
    assert floor is not None
    assert 0 < floor <= Fraction(1, 10**6)


@given(
    st.lists(st.fractions(-5, 5, max_denominator=20), min_size=1, max_size=6),
    st.fractions(0, 3, max_denominator=10),
    st.fractions(Fraction(1, 10), 2, max_denominator=10),
    st.fractions(0, 1, max_denominator=50),
)
def test_floor_is_below_every_value(
    values: list[Fraction], left: Fraction, length: Fraction, at: Fraction
) -> None:
    coefficients = dict(enumerate(values))
    floor = positive_floor(coefficients, left, left + length)
    u = left + at * length
    value = sum(c * u**power for power, c in coefficients.items())
    if floor is not None:
        assert 0 < floor <= value
