"""The integer series against mpmath's hypergeometric function, and across their seams."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb

from symprop.foundation.errors import PrecisionNotReached
from symprop.gaussian import power_relu_series
from symprop.gaussian.power_relu_series import Ratio, rational_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits

ALPHAS = [
    "-49/100",
    "-1/3",
    "0",
    "1/10",
    "1/2",
    "7/10",
    "1",
    "3/2",
    "4",
    "41/10",
    "9/2",
    "30",
    "100",
]
GAPS = ["1/1000000", "1/10", "499/1000", "1/2", "501/1000", "1", "4/3", "1333/1000", "19/10"]


def ratio(text: str | Fraction) -> Ratio:
    value = Fraction(text)
    return value.numerator, value.denominator


def reference(alpha: str, gap: str, *, deficit: bool) -> mpmath.mpf:
    """Evaluate the hypergeometric form with 60 digits to spare."""
    with mpmath.workdps(100):
        a, g = (mpmath.mpf(Fraction(t).numerator) / Fraction(t).denominator for t in (alpha, gap))
        x, half = 1 - g / 2, mpmath.mpf(1) / 2
        value = x ** (a + half) * mpmath.hyp2f1(half, half, a + 3 * half, x)
        value /= mpmath.hyp2f1(half, half, a + 3 * half, 1)
        return 1 - value if deficit else value


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("deficit", [False, True], ids=["kernel", "deficit"])
def test_agrees_with_mpmath(alpha: str, deficit: bool) -> None:
    for gap in GAPS:
        ball = rational_kernel(ratio(alpha), ratio(gap), 120, deficit=deficit)
        exact = reference(alpha, gap, deficit=deficit)
        value = Enclosure(ball)
        with mpmath.workdps(100):
            assert abs(value.midpoint - exact) <= value.radius + abs(exact) * mpmath.mpf(10) ** -60
        assert ball.rel_accuracy_bits() >= 120


@pytest.mark.parametrize("alpha", ["-1/3", "7/10", "39/10", "5", "12"])
@pytest.mark.parametrize("gap", ["499/1000", "501/1000", "1333/1000", "1334/1000"])
def test_two_precisions_overlap_and_the_finer_is_narrower(alpha: str, gap: str) -> None:
    coarse = rational_kernel(ratio(alpha), ratio(gap), 53)
    fine = rational_kernel(ratio(alpha), ratio(gap), 400)
    assert coarse.overlaps(fine)
    assert fine.rad() < coarse.rad()


@pytest.mark.parametrize("alpha", ["1/3", "7/10", "2", "3"])
def test_regions_agree_where_they_meet(alpha: str) -> None:
    """Both methods are valid on each side of a seam; they must give one number there."""
    a, d = ratio(alpha)
    with working_bits(300):
        central = power_relu_series._central(a, d, 1, 2)
        near = power_relu_series._near_one(a, d, 1, 4, False)
        assert central.overlaps(near)
        assert central.rel_accuracy_bits() > 250
        assert near.rel_accuracy_bits() > 250
        central = power_relu_series._central(a, d, -1, 3)
        edge = power_relu_series._edge(a, d, 1, 3)
        assert central.overlaps(edge)
        assert edge.rel_accuracy_bits() > 280


def test_large_exponents_meet_the_expansion_at_one() -> None:
    alpha = 90
    with working_bits(alpha - 1):
        positive = power_relu_series._edge(alpha, 1, 9, 10)
        expansion = power_relu_series._near_one(alpha, 1, 1, 10, False)
    assert positive.overlaps(expansion)


@pytest.mark.parametrize("offset", [Fraction(1, 10**40), -Fraction(1, 10**40)])
@pytest.mark.parametrize("base", ["1/2", "3/2"])
def test_next_to_a_half_integer(base: str, offset: Fraction) -> None:
    """The two series cancel forty digits here; the limit has a logarithm."""
    gap = ratio("1/10")
    there = rational_kernel(ratio(base), gap, 200)
    near = rational_kernel(ratio(Fraction(base) + offset), gap, 200)
    with working_bits(200):
        difference = abs(there - near)
    assert difference > 0
    assert difference < arb(10) ** -40


def test_deficit_keeps_its_digits_at_a_gap_of_ten_to_minus_300() -> None:
    gap = (1, 10**300)
    ball = rational_kernel((2, 1), gap, 100, deficit=True)
    with working_bits(120):
        leading = arb(4) / 3 / arb(10) ** 300
        assert abs(ball / leading - 1) < arb(10) ** -28  # up to the next power, e**2
    assert ball.rel_accuracy_bits() >= 100
    large = rational_kernel((10**6, 1), gap, 100, deficit=True)
    assert large.rel_accuracy_bits() >= 100


def test_ends_are_exact() -> None:
    for alpha in ("-49/100", "0", "5/2"):
        assert rational_kernel(ratio(alpha), (0, 1), 60) == 1
        assert rational_kernel(ratio(alpha), (0, 1), 60, deficit=True) == 0
        assert rational_kernel(ratio(alpha), (2, 1), 60) == 0
        assert rational_kernel(ratio(alpha), (4, 2), 60, deficit=True) == 1


def test_vanishes_relative_to_its_size_at_minus_one() -> None:
    value = rational_kernel((7, 10), (2 * 10**50 - 1, 10**50), 100)
    with working_bits(120):
        power = (arb(1) / (2 * arb(10) ** 50)) ** (arb(6) / 5)
        factor = arb("1.7").gamma() ** 2 / (arb("2.2").gamma() * arb("1.2").gamma())
        assert abs(value / (factor * power) - 1) < arb(10) ** -29


def test_gives_up_with_the_best_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power_relu_series, "_ATTEMPTS", 1)
    with pytest.raises(PrecisionNotReached) as caught:
        rational_kernel((10**6, 1), (1, 10**300), 60, deficit=True)
    assert isinstance(caught.value.best, arb)


@pytest.mark.parametrize("alpha", ["-49/100", "7/10", "3/2", "7/2", "4"])
def test_negative_correlations_round_as_positive_ones(alpha: str) -> None:
    """The first factors are negative there, and floors of negative numbers go away from zero."""
    a, d = ratio(alpha)
    for bits in (30, 60, 200, 900):
        with working_bits(bits):
            value = power_relu_series._central(a, d, -1, 3)
        with working_bits(1200):
            exact = power_relu_series._edge(a, d, 1, 3)
            assert value.contains(exact.mid())
        assert value.rel_accuracy_bits() > bits - 16
