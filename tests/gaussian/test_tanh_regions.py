"""Every border between two methods for W of tanh is crossed at several accuracies."""

from __future__ import annotations

from math import log, log2

import pytest
from flint import arb

from symprop.gaussian.tanh_fourier import fourier_kernel
from symprop.gaussian.tanh_grid import grid_size
from symprop.gaussian.tanh_length import second_moment
from symprop.gaussian.tanh_regions import _arcsine_limit, _linear, kernel_at, moment_at
from symprop.gaussian.tanh_saturated import saturated_kernel
from symprop.gaussian.tanh_series import series_kernel
from symprop.numerics.precision import working_bits

BITS = (12, 71, 150)


def at(q: arb, c: arb, bits: int, other: arb | None = None) -> arb:
    with working_bits(2 * bits + 64):
        value = kernel_at(q, q if other is None else other, c, False, bits)
    assert value is not None
    return value


def near(q: arb, gap: arb, bits: int) -> arb:
    with working_bits(2 * bits + 64):
        value = kernel_at(q, q, gap, True, bits)
    assert value is not None
    return value


def check(ball: arb, *others: arb, bits: int) -> None:
    assert ball.rel_accuracy_bits() >= bits - 4
    assert all(ball.overlaps(other) for other in others)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("factor", [0.5, 0.99, 1.01, 2.0])
@pytest.mark.parametrize("c", [0.125, 0.875])
def test_small_variance_border(bits: int, factor: float, c: float) -> None:
    q = arb(factor * 4.7 / (bits * log(2)) ** 1.25)
    rho, gap = arb(c), arb(1 - c)
    series = series_kernel(q, q, rho, bits)
    fourier = fourier_kernel(q, q, rho, gap, bits)
    check(at(q, rho, bits), series, fourier, at(q, rho, bits + 60), bits=bits)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("shift", [-2, -1, 0, 1])
@pytest.mark.parametrize("q", [1e-6, 0.5, 30.0, 1e7])
def test_tiny_correlation_border(bits: int, shift: int, q: float) -> None:
    """The border lies at ``c**2 = 2**-(bits + 2)``."""
    c = arb((1, -(bits + 2) // 2 + shift))
    with working_bits(2 * bits + 64):
        linear = _linear(arb(q), arb(q), c, bits)
    check(at(arb(q), c, bits), linear, at(arb(q), c, bits + 60), bits=bits)
    if shift <= 0:
        assert linear.rel_accuracy_bits() >= bits - 3


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("shift", [-3, -1, 1, 3])
@pytest.mark.parametrize("c", [0.25, 0.96875])
def test_arcsine_border(bits: int, shift: int, c: float) -> None:
    """``(pi/6)/(q sqrt(1 - c**2)) = 2**-(bits + 1)``."""
    rho = arb(c)
    size = int(log2(0.5236 / (1 - c * c) ** 0.5))
    q = arb((1, bits + 1 + size + shift))
    fourier = fourier_kernel(q, q, rho, 1 - rho, bits)
    check(at(q, rho, bits), fourier, at(q, rho, bits + 60), bits=bits)
    with working_bits(2 * bits + 64):
        limit = _arcsine_limit(q, q, rho, 1 - rho, False, bits)
        from_gap = _arcsine_limit(q, q, rho, 1 - rho, True, bits)
    assert (limit is None) == (shift < 0)
    if limit is not None and from_gap is not None:
        assert limit.overlaps(fourier)
        assert limit.overlaps(from_gap)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("factor", [0.98, 1.02])
@pytest.mark.parametrize("q", [200.0, 1e5])
def test_saturated_gap_border(bits: int, factor: float, q: float) -> None:
    gap = arb(0.05 * factor)
    with working_bits(400):
        fourier = fourier_kernel(arb(q), arb(q), 1 - gap, gap, bits)
    saturated = saturated_kernel(arb(q), gap, bits)
    assert saturated is not None
    check(near(arb(q), gap, bits), fourier, saturated, near(arb(q), gap, bits + 40), bits=bits)


@pytest.mark.parametrize("bits", [20, 71])
@pytest.mark.parametrize("factor", [0.8, 0.95, 1.05, 1.3])
def test_saturated_size_border(bits: int, factor: float) -> None:
    """The border lies at 200 nodes of the Fourier sum, about ``gap`` to the power -1/2."""
    q, goal = 1e4, 1e-4
    while grid_size(q, goal, bits) > 200:
        goal *= 1.05
    gap = arb(goal * factor)
    with working_bits(400):
        fourier = fourier_kernel(arb(q), arb(q), 1 - gap, gap, bits)
    saturated = saturated_kernel(arb(q), gap, bits)
    assert saturated is not None
    check(near(arb(q), gap, bits), fourier, saturated, bits=bits)


@pytest.mark.parametrize("q", [0.0, 1e-9, 0.3, 7.0, 1e10])
def test_ends_of_the_correlation(q: float) -> None:
    assert at(arb(q), arb(0), 71).is_zero()
    assert near(arb(q), arb(0), 71).overlaps(moment_at(arb(q), 90))
    assert moment_at(arb(0), 71).is_zero()


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_unequal_small_border(factor: float) -> None:
    """Below 1e-5 the smaller variance sends the pair to the Hermite series."""
    first, second, rho = arb(1e-5 * factor), arb(0.5), arb(0.7)
    ball = at(first, rho, 60, second)
    fourier = fourier_kernel(first, second, rho, 1 - rho, 60)
    check(ball, fourier, series_kernel(first, second, rho, 60), bits=60)


def test_unaffordable_pairs_are_refused() -> None:
    with working_bits(300):
        assert kernel_at(arb(1e9), arb(2e9), arb((1, -60)), True, 71) is None
        assert kernel_at(arb(1e-9), arb(1e6), arb(0.5), False, 71) is None


def test_one_minus_the_moment_is_the_linear_coefficient() -> None:
    """dW/dc at 0 is ``q (E tanh')**2 = q (1 - V)**2``."""
    q, c = arb(2), arb((1, -40))
    with working_bits(400):
        slope = at(q, c, 150) / c
        moment = second_moment(q, 200)
        assert abs(slope / (q * (1 - moment) ** 2) - 1) < c * c
