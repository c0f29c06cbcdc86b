"""Dilution in residual networks: the closed form against the recurrence of both variances."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.sensitivity_dilution import residual_exponent, residual_sensitivity
from tests.malformed import NO_INTEGERS, NO_NUMBERS, assert_refused


def by_recurrence(depth: int, unit: int, start: Fraction, weight: Fraction) -> mpmath.mpf:
    """Carry signal and noise variance from unit to unit."""
    pi = mpmath.pi
    signal = mpmath.mpf(start.numerator) / start.denominator
    first, noise = signal, mpmath.mpf(1)
    w = mpmath.mpf(weight.numerator) / weight.denominator
    for _ in range(depth):
        x, s = mpmath.mpf(1), noise / signal  # after the first normalisation
        for _ in range(unit):
            x, s = w * (x - 1 / pi) / 2, w * s / 2  # activation, then the linear map
            branch = (x, s)
            x, s = mpmath.mpf(1), s / x
        signal, noise = signal + branch[0], noise + branch[1]
    return mpmath.sqrt(noise / signal * first)


@pytest.mark.parametrize("unit", [1, 2, 3])
@pytest.mark.parametrize(("start", "weight"), [(1, 2), (Fraction(1, 3), 5), (7, Fraction(1, 2))])
@pytest.mark.parametrize("depth", [0, 1, 2, 30])
def test_against_the_recurrence(unit: int, start: Fraction, weight: Fraction, depth: int) -> None:
    found = residual_sensitivity(depth, unit, input_variance=start, weight_variance=weight, dps=25)
    with mpmath.workdps(40):
        exact = by_recurrence(depth, unit, Fraction(start), Fraction(weight))
        assert abs(found.midpoint / exact - 1) < 1e-24


def test_exponent() -> None:
    for unit in (1, 2):
        ratio = residual_sensitivity(2 * 10**9, unit, dps=20) / residual_sensitivity(
            10**9, unit, dps=20
        )
        with mpmath.workdps(30):
            slope = mpmath.log(ratio.midpoint, 2)
            assert abs(slope - mpmath.mpf(str(residual_exponent(unit).evalf(30)))) < 1e-8


def test_refusals() -> None:
    with pytest.raises(InvalidArgument):
        residual_sensitivity(-1)
    with pytest.raises(InvalidArgument):
        residual_exponent(0)
    with pytest.raises(OutOfDomain):
        residual_sensitivity(3, input_variance=0)


def test_sizes_are_integers_that_fit() -> None:
    units = (*NO_INTEGERS, 0, 10_001, 10**400)
    assert_refused(residual_exponent, units, "unit_depth to be an integer from 1 to 10000")
    assert_refused(lambda unit: residual_sensitivity(3, unit), units, "unit_depth to be an integer")
    assert_refused(residual_sensitivity, (*NO_INTEGERS, -1), "depth to be an integer")
    for name in ("input_variance", "weight_variance"):
        assert_refused(
            lambda value, name=name: residual_sensitivity(3, **{name: value}), NO_NUMBERS, name
        )
