"""Every numeric type in, and enclosures of whole boxes of arguments."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.power_relu_arguments import enclose_kernel, read_exponent, read_gap
from symprop.numerics.enclosure import Enclosure


def kernel(alpha: object, rho: object = None, gap: object = None, **options: bool) -> Enclosure:
    return enclose_kernel(read_exponent(alpha), read_gap(rho, gap), 25, **options)


@pytest.mark.parametrize(
    "half",
    [
        Fraction(1, 2),
        "1/2",
        0.5,
        np.float64(0.5),
        sympy.Rational(1, 2),
        mpmath.mpf("0.5"),
        fmpq(1, 2),
        arb("0.5"),
        Enclosure("1/2"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_reads_every_numeric_type(half: object) -> None:
    """J_{1/2}(1/2) = E(3/4) - K(3/4)/4, whichever way the two halves are written."""
    with mpmath.workdps(30):
        exact = mpmath.ellipe(0.75) - mpmath.ellipk(0.75) / 4
        value = kernel(half, half)
        assert abs(value.midpoint - exact) < mpmath.mpf(10) ** -24
        assert value.overlaps(kernel(half, None, half))


def test_irrational_arguments_reach_the_digits() -> None:
    value = kernel(sympy.sqrt(2) / 3, sympy.cos(sympy.Rational(1, 10**9)), deficit=True)
    assert value.relative_bits > 83
    direct = kernel(
        Fraction(4714045207910316829338962414, 10**28),
        None,
        Fraction(4999999999999999999583333, 10**43),
        deficit=True,
    )
    assert abs(float(value) / float(direct) - 1) < 1e-15


@pytest.mark.parametrize("alpha", [-0.5, "-1/2", -1, sympy.Rational(-1, 2), -sympy.sqrt(2)])
def test_exponents_are_above_minus_one_half(alpha: object) -> None:
    with pytest.raises(OutOfDomain, match="alpha > -1/2"):
        read_exponent(alpha)


def test_a_ball_across_minus_one_half_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="alpha"):
        read_exponent(arb(-0.5, 0.25))


@pytest.mark.parametrize("rho", [2, -1.0001, "11/10", arb(3, 1.5), sympy.sqrt(2)])
def test_correlations_are_inside(rho: object) -> None:
    with pytest.raises(OutOfDomain, match="rho inside"):
        kernel(1, rho)


@pytest.mark.parametrize("gap", [-1, "21/10", arb(-1, 0.5)])
def test_gaps_are_inside(gap: object) -> None:
    with pytest.raises(OutOfDomain, match="angle_gap inside"):
        kernel(1, None, gap)


@pytest.mark.parametrize("bad", ["one", None, float("nan"), float("inf"), True, 1j, [1]])
def test_refuses_what_is_not_a_number(bad: object) -> None:
    with pytest.raises(InvalidArgument, match="alpha"):
        read_exponent(bad)


def test_wants_exactly_one_of_correlation_and_gap() -> None:
    for arguments in ((None, None), (0, 1)):
        with pytest.raises(InvalidArgument, match="exactly one"):
            read_gap(*arguments)


def test_decimals_are_exact() -> None:
    assert read_exponent("0.7").ratio == (7, 10)
    assert read_exponent(0.7).ratio != (7, 10)
    with pytest.raises(InvalidArgument):
        read_exponent(Decimal("NaN"))


BOXES = [(-0.4, -0.3), (-0.01, 0.01), (-0.1, 0.6), (0.49, 0.51), (1.4, 1.6), (3, 4)]


@pytest.mark.parametrize("ends", BOXES, ids=str)
@pytest.mark.parametrize("deficit", [False, True], ids=["kernel", "deficit"])
def test_boxes_hold_every_value_inside(ends: tuple[float, float], deficit: bool) -> None:
    low, high = (Fraction(end) for end in ends)
    box = Enclosure.from_bounds(low, high)
    for gap in ("1/1000000000000", "1/100", "3/10", "9/10", "3/2", "19999/10000"):
        whole = kernel(box, None, gap, deficit=deficit)
        assert -1e-6 <= whole.lower
        assert whole.upper <= 1 + 1e-6
        for step in range(8):
            inside = kernel(low + (high - low) * Fraction(step, 7), None, gap, deficit=deficit)
            assert whole.lower <= inside.lower
            assert inside.upper <= whole.upper


def test_boxes_in_the_correlation_are_tight() -> None:
    """The kernel is monotone in it, so the enclosure is exact up to rounding."""
    for low, high in ((0.1, 0.3), (-1, -0.9), (0.99, 1)):
        whole = kernel("7/10", Enclosure.from_bounds(low, high))
        ends = [kernel("7/10", end) for end in (low, high)]
        assert float(whole.lower) == pytest.approx(float(ends[0]), abs=1e-8)
        assert float(whole.upper) == pytest.approx(float(ends[1]), abs=1e-8)


def test_a_correlation_ball_beyond_one_means_its_part_inside() -> None:
    whole = kernel(2, arb(1, 0.2))
    assert whole.contains(1)
    assert float(whole.lower) == pytest.approx(float(kernel(2, 0.8)), abs=1e-8)


def test_narrow_boxes_lose_little() -> None:
    """The radius of the value stays within a small factor of what the slope demands."""
    for alpha, gap in product((-0.2, 0.5, 0.7, 5), ("1/100", "1/2", "3/2")):
        for deficit in (False, True):
            wide = kernel(Enclosure.from_bounds(alpha, alpha + 1e-9), None, gap, deficit=deficit)
            ends = [float(kernel(end, None, gap, deficit=deficit)) for end in (alpha, alpha + 1e-9)]
            assert float(wide.radius) < 4e-9 + 4 * abs(ends[0] - ends[1])
