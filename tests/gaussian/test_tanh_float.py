"""The float64 kernel of tanh against balls, on both sides of every switch of method."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.gaussian.tanh_float import tanh_float_deficit, tanh_float_kernel
from symprop.gaussian.tanh_transforms import tanh_cross_kernel, tanh_kernel, tanh_second_moment
from symprop.numerics.precision import working_bits

VARIANCES = (1e-6, 0.01, 0.49, 0.51, 1.99, 2.01, 7.0, 100.0, 3e4)
CORRELATIONS = (1e-12, 0.199, 0.201, 0.5, -0.7, 0.9, 0.99, 1 - 1e-9, 1.0)


@pytest.mark.parametrize("q", VARIANCES)
def test_equal_variances(q: float) -> None:
    for c in CORRELATIONS:
        value = tanh_float_kernel(q, q, c)
        assert value is not None
        with working_bits(300):
            exact = tanh_kernel(arb(q), arb(c), 1 - abs(arb(c)), 100)
            assert abs(exact - value) <= 4e-15 * abs(exact)


@pytest.mark.parametrize(("q1", "q2"), [(0.01, 1.0), (1.0, 3.0), (10.0, 1000.0), (3.0, 3.0001)])
def test_unequal_variances(q1: float, q2: float) -> None:
    for c in (0.1, 0.5, 0.95, -0.7):
        value = tanh_float_kernel(q1, q2, c)
        assert value is not None
        with working_bits(300):
            exact = tanh_cross_kernel(arb(q1), arb(q2), arb(c), 1 - abs(arb(c)), 100)
            assert exact is not None
            assert abs(exact - value) <= 4e-15 * abs(exact)


def test_variances_of_very_different_sizes() -> None:
    value = tanh_float_kernel(0.01, 1e6, 0.999999)
    assert value == pytest.approx(0.079264730959709, rel=1e-13)  # by certified double quadrature
    assert tanh_float_kernel(1.0, 2.0, 0.0) == 0.0


@pytest.mark.parametrize("q", [*VARIANCES, 1.9e3, 2.1e3, 1e8])
def test_deficits(q: float) -> None:
    for gap in (1e-40, 1e-9, 0.01, 0.3, 1.0):
        value = tanh_float_deficit(q, gap)
        assert value is not None
        with working_bits(800):
            g = arb(gap)
            exact = tanh_second_moment(arb(q), 350) - tanh_kernel(arb(q), 1 - g, g, 350)
            assert abs(exact - value) <= 6e-15 * exact
