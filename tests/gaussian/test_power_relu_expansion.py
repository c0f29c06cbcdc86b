"""The two series with proved tails, summed and compared with the kernel they expand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

from symprop.gaussian.power_relu_expansion import edge_series, one_series
from symprop.gaussian.power_relu_series import rational_kernel
from symprop.numerics.precision import working_bits

ALPHAS = [
    "-49/100",
    "-1/4",
    "0",
    "24/100",
    "26/100",
    "49/100",
    "1/2",
    "7/10",
    "3/2",
    "3",
    "29/2",
    "40",
]


def ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def widened(value: arb, tail: arb) -> arb:
    return value + arb(0, 1) * tail


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("x", ["1/100", "1/4", "1/2"])
def test_edge_series_encloses_the_kernel(alpha: str, x: str) -> None:
    power, point = Fraction(alpha), Fraction(x)
    series = edge_series((power.numerator, power.denominator), Fraction(1, 2))
    with working_bits(160):
        total = arb(0)
        for k, coefficient in enumerate(series.coefficients):
            total += coefficient * ball(point) ** k
        value = widened(total, series.tail) * ball(point) ** ball(power + Fraction(1, 2))
        gap = 2 - 2 * point
        kernel = rational_kernel(
            (power.numerator, power.denominator), (gap.numerator, gap.denominator), 120
        )
        assert value.overlaps(kernel)
        assert value.rad() < kernel * arb(2) ** -65


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("delta", ["1/1000", "1/5", "1/4", "1/2"])
def test_series_at_one_encloses_the_kernel(alpha: str, delta: str) -> None:
    power, point = Fraction(alpha), Fraction(delta)
    reach = Fraction(1, 2) if power <= 4 else Fraction(1, 4)
    if point > reach:
        return
    ratio = power.numerator, power.denominator
    series = one_series(ratio, reach)
    mu = power + Fraction(1, 2)
    with working_bits(200):
        d = ball(point)
        regular = sum((c * d**k for k, c in enumerate(series.regular)), arb(0))
        value = 1 + d * widened(regular, series.regular_tail)
        if series.singular:
            singular = sum((c * d**k for k, c in enumerate(series.singular)), arb(0))
            if series.order == 0:
                quotient = d ** ball(mu)
            elif series.offset == 0:
                quotient = d**series.order * d.log()
            else:
                offset = ball(series.offset)
                quotient = d**series.order * (offset * d.log()).expm1() / offset
            value += quotient * widened(singular, series.singular_tail)
        value *= (1 - d) ** ball(mu)
        gap = 2 * point
        kernel = rational_kernel(ratio, (gap.numerator, gap.denominator), 150)
        assert value.overlaps(kernel)
        assert value.rad() < arb(2) ** -60


def test_coefficients_are_continuous_at_half_integers() -> None:
    """The logarithmic limit and the difference quotient agree up to the offset."""
    offset = Fraction(1, 10**30)
    there = one_series((3, 2), Fraction(1, 2))
    near_alpha = Fraction(3, 2) + offset
    near = one_series((near_alpha.numerator, near_alpha.denominator), Fraction(1, 2))
    assert (there.order, near.order) == (2, 2)
    with working_bits(160):
        for side in ("regular", "singular"):
            pairs = zip(getattr(there, side), getattr(near, side), strict=False)
            assert all(abs(a - b) < arb(10) ** -28 * (1 + abs(a)) for a, b in pairs)
            assert any(abs(a) > 0.01 for a in getattr(there, side))


def test_large_exponents_need_no_singular_part() -> None:
    assert one_series((100, 1), Fraction(1, 4)).singular == []
    assert one_series((10, 1), Fraction(1, 4)).singular != []
