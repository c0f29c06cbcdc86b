"""Properties of the alpha-ReLU kernel that hold for every exponent and correlation."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from symprop.gaussian.power_relu import alpha_relu_kernel

EXPONENTS = st.fractions(Fraction(-49, 100), 12, max_denominator=1000)
CORRELATIONS = st.fractions(-1, 1, max_denominator=10**6)


@given(EXPONENTS, CORRELATIONS)
def test_kernel_and_deficit_add_to_one(alpha: Fraction, rho: Fraction) -> None:
    kernel = alpha_relu_kernel(alpha)
    total = kernel.enclose(rho, dps=20) + kernel.deficit(rho, dps=20)
    assert total.contains(1)
    assert 0 <= kernel.enclose(rho, dps=20).upper
    assert kernel.enclose(rho, dps=20).lower <= 1


@given(EXPONENTS, CORRELATIONS)
def test_gap_and_correlation_say_the_same(alpha: Fraction, rho: Fraction) -> None:
    kernel = alpha_relu_kernel(alpha)
    assert kernel.enclose(rho) == kernel.enclose(angle_gap=1 - rho)


@given(EXPONENTS, CORRELATIONS, CORRELATIONS)
def test_kernel_increases(alpha: Fraction, first: Fraction, second: Fraction) -> None:
    kernel = alpha_relu_kernel(alpha)
    low, high = sorted((first, second))
    if low < high:
        assert kernel.enclose(low, dps=30) < kernel.enclose(high, dps=30)


@given(EXPONENTS, CORRELATIONS)
def test_recurrence_of_the_kernels(alpha: Fraction, rho: Fraction) -> None:
    """(2a+3)(2a+1) (J_{a+2} - c J_{a+1}) = (a+1)**2 (1-c**2) J_a."""
    low, middle, high = (alpha_relu_kernel(alpha + k).enclose(rho, dps=30) for k in range(3))
    left = (high - middle * rho) * ((2 * alpha + 3) * (2 * alpha + 1))
    assert left.overlaps(low * ((alpha + 1) ** 2 * (1 - rho**2)))


@given(EXPONENTS, CORRELATIONS)
def test_equation_of_the_kernel(alpha: Fraction, rho: Fraction) -> None:
    """(1-c**2) J'' + (2a-1) c J' = a**2 J, through three independent evaluations."""
    if abs(rho) == 1:
        return
    kernel = alpha_relu_kernel(alpha)
    first, second = (kernel.derivative(n).enclose(rho, dps=25) for n in (1, 2))
    left = second * (1 - rho**2) + first * ((2 * alpha - 1) * rho)
    assert left.overlaps(kernel.enclose(rho, dps=25) * alpha**2)


@given(st.fractions(Fraction(-49, 100), 6, max_denominator=500), st.integers(20, 60))
def test_second_precision_is_inside_the_first(alpha: Fraction, dps: int) -> None:
    kernel = alpha_relu_kernel(alpha)
    coarse, fine = kernel.enclose("2/7", dps=dps), kernel.enclose("2/7", dps=2 * dps)
    assert coarse.overlaps(fine)
    assert fine.radius < coarse.radius
