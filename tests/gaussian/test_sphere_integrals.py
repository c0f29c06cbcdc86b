"""Mean logarithms and ratios on the sphere: closed forms, other integrals, identities, samples."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain, PrecisionNotReached
from symprop.gaussian.sphere import log_form_closed_form, ratio_closed_form
from symprop.gaussian.sphere_integrals import mean_log_form, mean_ratio
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import enclose
from tests.malformed import NO_INTEGERS, NO_NUMBERS, NO_SEQUENCES, assert_refused

CLOSED: list[tuple[list[Any], list[int]]] = [
    ([1, 3], [1, 1]),
    (["3/2", "1/2"], [1, 1]),
    (["1/1000000", 1], [1, 1]),
    ([3, "1/2"], [4, 2]),
    ([1, 2, 3], [2, 4, 2]),
    (["1e-30", 2], [2, 2]),
    ([5, 0], [1, 6]),
    ([5, 0], [4, 3]),
    ([2], [50]),
]


@pytest.mark.parametrize(("values", "counts"), CLOSED)
@pytest.mark.parametrize("dps", [15, 60])
def test_mean_logarithms_are_the_closed_forms(
    values: list[Any], counts: list[int], dps: int
) -> None:
    repeated = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    found = mean_log_form(repeated, dps)
    exact = enclose(log_form_closed_form(values, counts), dps=dps + 10)
    assert found.overlaps(exact)
    assert found.relative_bits > 3.3 * dps


def test_mean_logarithm_by_the_integral_over_the_half_line() -> None:
    """Another form of the integral, by another method."""
    values = [Fraction(k, 3) for k in (1, 2, 4, 5)]
    with mpmath.workdps(30):
        lengths = [mpmath.mpf(value.numerator) / value.denominator for value in values]

        def integrand(t: mpmath.mpf) -> mpmath.mpf:
            product = mpmath.fprod((1 + 2 * t * value) ** mpmath.mpf(-0.5) for value in lengths)
            return ((1 + 2 * t) ** -2 - product) / t

        expected = mpmath.quad(integrand, [0, 0.01, 0.1, 1, 10, 100, mpmath.inf])
        assert abs(expected - mean_log_form(values, 25).midpoint) < 1e-15


def test_scaling_adds_a_logarithm() -> None:
    values = [1, 2, 5, Fraction(1, 9)]
    shifted = mean_log_form([7 * value for value in values], 30)
    assert (shifted - enclose(sympy.log(7), dps=40)).overlaps(mean_log_form(values, 30))


def test_jensen_and_the_first_orders_near_the_unit_matrix() -> None:
    """To second order the mean logarithm is ``-tr (Lambda - I)^2/(d(d + 2))``, with all digits."""
    size, small = 6, Fraction(1, 10**12)
    signs = [1, -1, 2, -2, 0, 0]
    found = mean_log_form([1 + small * sign for sign in signs], 20)
    leading = -Fraction(10) / (size * (size + 2))
    assert found.relative_bits > 66
    assert abs(float(found) / float(leading * small**2) - 1) < 1e-10


@pytest.mark.parametrize("size", [2, 5, 50])
def test_ratios_sum_to_one_and_keep_the_order(size: int) -> None:
    rng = np.random.default_rng(size)
    values = sorted(rng.exponential(size=size).tolist())
    ratios = [mean_ratio(values, index, 20) for index in range(size)]
    total = ratios[0]
    for ratio in ratios[1:]:
        assert ratio > 0
        total = total + ratio
    assert total.overlaps(1)
    assert all(one < other for one, other in itertools.pairwise(ratios))


def test_ratios_in_closed_form() -> None:
    for index in (0, 1):
        exact = enclose(ratio_closed_form([2, 7], index), dps=50)
        assert mean_ratio([2, 7], index, 40).overlaps(exact)
    assert mean_ratio([3, 0, 5], 1) == Enclosure(0)
    assert mean_ratio([4] * 7, 3, 30).contains(Fraction(1, 7))


def test_ratios_are_derivatives_of_the_mean_logarithm() -> None:
    """``lambda_i d/d lambda_i E log z' Lambda z``, by a central difference of balls."""
    step = Fraction(1, 10**12)
    values = [Fraction(1), Fraction(2), Fraction(7, 2)]
    above, below = (
        mean_log_form([values[0], values[1] * (1 + sign * step), values[2]], 40) for sign in (1, -1)
    )
    slope = (above - below) / (2 * step)
    assert abs(float(slope - mean_ratio(values, 1, 30))) < 1e-20


def test_samples() -> None:
    rng, values = np.random.default_rng(4), np.array([0.1, 0.5, 2.0, 4.0])
    squares = values * rng.normal(size=(100_000, 4)) ** 2
    sums = squares.sum(axis=1)
    ratios = squares / sums[:, None]
    for index in range(4):
        error = ratios[:, index].std() / math.sqrt(len(sums))
        assert abs(ratios[:, index].mean() - float(mean_ratio(values, index))) < 5 * error
    lengths = (rng.normal(size=(100_000, 4)) ** 2).sum(axis=1)
    difference = np.log(sums) - np.log(lengths)
    error = difference.std() / math.sqrt(len(sums))
    assert abs(difference.mean() - float(mean_log_form(values))) < 5 * error


def test_balls_as_eigenvalues() -> None:
    wide = Enclosure.from_bounds("1.4999999", "1.5000001")
    with pytest.raises(PrecisionNotReached) as caught:
        mean_log_form([wide, "1/2"], 20)
    assert isinstance(caught.value.best, Enclosure)
    assert caught.value.best.overlaps(mean_log_form(["3/2", "1/2"]))
    assert mean_log_form([sympy.sqrt(2), sympy.sqrt(2)], 30).overlaps(
        enclose(sympy.log(2) / 2, dps=40)
    )


def test_what_is_refused() -> None:
    for function in (mean_log_form, lambda values: mean_ratio(values, 0)):
        with pytest.raises(InvalidArgument, match="at least one"):
            function([])
        assert_refused(function, NO_SEQUENCES, "eigenvalues to be a sequence of numbers")
        assert_refused(lambda value: function([value, 1]), NO_NUMBERS, "eigenvalue to be a finite")  # noqa: B023
        for values in ([0, 0], [-1, 2], [Enclosure.from_bounds(-1, 1), 1]):
            with pytest.raises(OutOfDomain):
                function(values)
        with pytest.raises(InvalidArgument, match="eigenvalue"):
            function(["one"])
    with pytest.raises(InvalidArgument, match="index"):
        mean_ratio([1, 2], 2)
    assert_refused(lambda index: mean_ratio([1, 2], index), NO_INTEGERS, "index to be an integer")
