"""The second moment of tanh': other quadrature, switches, and the statements of K5."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.tanh_slope import _series, _trapezoid, tanh_slope_moment
from symprop.gaussian.tanh_transforms import tanh_second_moment
from symprop.numerics.precision import working_bits


def exact(text: str) -> arb:
    with working_bits(200):
        return arb(text).mid()


def by_quadrature(q: arb) -> mpmath.mpf:
    with mpmath.workdps(45):
        mantissa, exponent = (int(part) for part in q.man_exp())
        scale = mpmath.sqrt(mpmath.ldexp(mpmath.mpf(mantissa), exponent))
        cuts = {mpmath.mpf(0), mpmath.mpf(2), mpmath.mpf(6), mpmath.mpf(14)}
        cuts |= {k / scale for k in (1, 4, 15, 60) if k / scale < 14}
        return 2 * mpmath.quad(lambda x: mpmath.sech(scale * x) ** 4 * mpmath.npdf(x), sorted(cuts))


@pytest.mark.parametrize("text", ["1e-12", "0.01", "0.09", "0.3", "1", "5", "20", "300", "1e6"])
def test_agrees_with_tanh_sinh_quadrature(text: str) -> None:
    q = exact(text)
    with working_bits(300):
        truth = arb(mpmath.nstr(by_quadrature(q), 36)) * arb(1, arb("1e-30"))
    for bits in (10, 60, 95):
        ball = tanh_slope_moment(q, bits)
        assert ball.overlaps(truth)
        assert ball.rel_accuracy_bits() >= bits - 4


@pytest.mark.parametrize("bits", [8, 71, 187])
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_both_sides_of_the_large_switch(bits: int, factor: float) -> None:
    q = arb(factor * 2.0 * bits * 0.6931471805599453)
    series = _series(q, bits)
    assert series is not None
    assert series.overlaps(_trapezoid(q, bits))
    assert series.overlaps(tanh_slope_moment(q, bits + 50))


@pytest.mark.parametrize("step", range(30))
def test_with_and_without_poles(step: int) -> None:
    """Crosses from the rule for sech^4 to the one for sech^2 and over the first poles."""
    q = arb(0.02 + 0.01 * step)
    truth = _trapezoid(q, 200)
    for bits in (5, 30, 71):
        assert _trapezoid(q, bits).overlaps(truth)


@pytest.mark.parametrize("shift", [-1, 1])
def test_both_sides_of_the_tiny_switch(shift: int) -> None:
    q = arb((1, -42)) * (1 + arb((shift, -6)))
    assert tanh_slope_moment(q, 40).overlaps(_trapezoid(q, 80))


def test_is_the_slope_of_the_second_moment() -> None:
    """E sech^4 = (2/3)(1 - V) + V'/3, with V' from a centred difference."""
    with working_bits(400):
        for text in ("0.05", "2", "60"):
            q, step = exact(text), exact("1e-15")
            rise = tanh_second_moment(q + step, 220) - tanh_second_moment(q - step, 220)
            value = 2 * (1 - tanh_second_moment(q, 220)) / 3 + rise / (6 * step)
            assert abs(value - tanh_slope_moment(q, 150)) < arb("1e-25")


def test_expansion_in_the_inverse_variance() -> None:
    """(2/3) C q^(-1/2) - (pi^2 - 6)/(18 sqrt(2 pi)) q^(-3/2) + O(q^(-5/2))."""
    with working_bits(300):
        first = 2 * (2 / arb.pi()).sqrt() / 3
        second = (arb.pi() ** 2 - 6) / (18 * (2 * arb.pi()).sqrt())
        for exponent in (3, 5, 7):
            q = arb(10) ** exponent
            rest = tanh_slope_moment(q, 200) * q.sqrt() - first + second / q
            assert 0 < rest * q * q < 1


@given(st.floats(min_value=-12, max_value=12), st.integers(min_value=2, max_value=60))
def test_bounds_and_truth_at_low_accuracy(exponent: float, bits: int) -> None:
    """1 <= E sech^4 sqrt(4q + 1) < 4C/3."""
    q = arb(10.0**exponent)
    value = tanh_slope_moment(q, 110)
    assert tanh_slope_moment(q, bits).overlaps(value)
    with working_bits(200):
        scaled = value * (4 * q + 1).sqrt()
        assert scaled > 1
        assert scaled < 4 * (2 / arb.pi()).sqrt() / 3


@given(st.floats(min_value=-6, max_value=6), st.sampled_from([1e-22, 1e-6, 0.1]))
def test_inclusion(exponent: float, spread: float) -> None:
    with working_bits(300):
        q = arb(10.0**exponent)
        wide = q * arb(1, spread)
        ends = wide.lower(), wide.upper()
        ball = tanh_slope_moment(wide, 60)
        for point in (q, *ends):
            assert ball.overlaps(tanh_slope_moment(point.mid(), 90))


def test_ends() -> None:
    assert tanh_slope_moment(arb(0), 60) == 1
    assert tanh_slope_moment(arb(0, 1), 60).contains(1)
    with pytest.raises(OutOfDomain, match="Expected q to be >= 0"):
        tanh_slope_moment(arb(-1), 60)
