"""The series in one over the width: its known terms, and its remainder."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.moments.log_length_expansion import log_length_series
from symprop.moments.log_lengths import log_length_law
from tests.malformed import NO_INTEGERS, assert_refused


def test_first_terms() -> None:
    series = log_length_series(2)
    assert series.drift == (Fraction(5, 2), Fraction(49, 12))
    assert series.variance == (Fraction(5), Fraction(37, 2))


def test_longer_series_begin_with_shorter_ones() -> None:
    long, short = log_length_series(9), log_length_series(4)
    assert long.drift[:4] == short.drift
    assert long.variance[:4] == short.variance


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_remainder_is_of_the_next_order(order: int) -> None:
    series, following = log_length_series(order), log_length_series(order + 1)
    for name in ("drift", "variance"):
        scaled = []
        for width in (400, 800):
            exact = getattr(log_length_law(width, dps=40), name).midpoint
            with mpmath.workdps(50):
                part = sum(
                    mpmath.mpf(c.numerator) / c.denominator / mpmath.mpf(width) ** k
                    for k, c in enumerate(getattr(series, name), start=1)
                )
                scaled.append((exact - part) * width ** (order + 1))
        assert scaled[1] == pytest.approx(float(getattr(following, name)[order]), rel=0.1)


def test_order_is_checked() -> None:
    with pytest.raises(InvalidArgument):
        log_length_series(0)


def test_orders_are_integers_that_fit() -> None:
    assert_refused(log_length_series, (*NO_INTEGERS, 0, 101, 10**400), "order to be an integer")
