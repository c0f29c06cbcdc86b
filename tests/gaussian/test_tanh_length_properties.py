"""V of tanh: low accuracy stays true, V rises and V/q falls."""

from __future__ import annotations

from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.gaussian.tanh_length import _trapezoid, second_moment
from symprop.numerics.precision import working_bits

variances = st.floats(min_value=-12, max_value=12).map(lambda x: arb(10.0**x))


@given(variances, st.integers(min_value=2, max_value=60))
def test_low_accuracy_is_still_true(q: arb, bits: int) -> None:
    """With few bits the truncation errors, not rounding, fill the ball: their bounds are tested."""
    finer = second_moment(q, bits + 60)
    assert second_moment(q, bits).overlaps(finer)
    if q < 1000:
        assert _trapezoid(q, bits).overlaps(finer)


@given(variances, st.floats(min_value=1.01, max_value=100))
def test_between_constant_and_proportional(q: arb, factor: float) -> None:
    low, high = second_moment(q, 80), second_moment(q * factor, 80)
    assert low < high < low * factor


@given(variances)
def test_elementary_bounds(q: arb) -> None:
    """``x**2 - 2*x**4/3 <= tanh(x)**2 <= min(1, x**2)``."""
    value = second_moment(q, 100)
    with working_bits(200):
        assert q - 2 * q * q < value < q
        assert value < 1
