"""The odd Hermite series of tanh against the Fourier side, V, and Taylor expansion."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.gaussian.tanh_fourier import fourier_kernel
from symprop.gaussian.tanh_length import second_moment
from symprop.gaussian.tanh_series import series_kernel
from symprop.numerics.precision import working_bits


def exact(text: str) -> arb:
    with working_bits(200):
        return arb(text).mid()


@pytest.mark.parametrize("q", ["1e-12", "1e-3", "0.02", "0.2"])
@pytest.mark.parametrize("bits", [5, 20, 71, 187])
def test_is_the_second_moment_at_correlation_one(q: str, bits: int) -> None:
    ball = series_kernel(exact(q), exact(q), arb(1), bits)
    assert ball.overlaps(second_moment(exact(q), 250))
    assert ball.rel_accuracy_bits() >= bits - 1


@pytest.mark.parametrize("q", ["0.002", "0.01", "0.05", "0.3"])
@pytest.mark.parametrize("c", ["1e-9", "0.3", "0.7", "0.999"])
def test_agrees_with_the_fourier_side(q: str, c: str) -> None:
    with working_bits(300):
        rho = exact(c)
        gap = 1 - rho
    for bits in (8, 71):
        ball = series_kernel(exact(q), exact(q), rho, bits)
        assert ball.overlaps(fourier_kernel(exact(q), exact(q), rho, gap, 120))
        assert ball.rel_accuracy_bits() >= bits - 1


@pytest.mark.parametrize(
    ("q1", "q2"), [("1e-9", "1e-3"), ("1e-6", "1"), ("0.01", "0.2"), ("0.3", "1e-4")]
)
def test_unequal_variances(q1: str, q2: str) -> None:
    with working_bits(300):
        rho = exact("0.8")
        gap = 1 - rho
    first = series_kernel(exact(q1), exact(q2), rho, 71)
    assert first.overlaps(series_kernel(exact(q2), exact(q1), rho, 150))
    assert first.rel_accuracy_bits() >= 70
    if min(float(q1), float(q2)) >= 1e-4:
        assert first.overlaps(fourier_kernel(exact(q1), exact(q2), rho, gap, 120))


def test_taylor_expansion_in_small_variances() -> None:
    """E tanh tanh = c s t [1 - q1 - q2 + O(q^2)], with s, t the standard deviations."""
    with working_bits(300):
        for exponent in (-4, -6, -8):
            q1, q2, c = arb((1, 3 * exponent)), 3 * arb((1, 3 * exponent)), arb(0.75)
            ball = series_kernel(q1, q2, c, 150)
            rest = ball / (c * (q1 * q2).sqrt()) - 1 + q1 + q2
            assert 0 < rest < 10 * (q1 + q2) ** 2


def test_odd_in_the_correlation() -> None:
    q = exact("0.01")
    plus, minus = series_kernel(q, q, arb(0.6), 80), series_kernel(q, q, arb(-0.6), 80)
    with working_bits(120):
        assert (plus + minus).contains(0)


def test_slow_convergence_widens_the_ball_and_stays_true() -> None:
    q, rho = arb(8), arb(0.99)
    with working_bits(300):
        gap = 1 - rho
    ball = series_kernel(q, q, rho, 10)
    assert ball.overlaps(fourier_kernel(q, q, rho, gap, 100))
