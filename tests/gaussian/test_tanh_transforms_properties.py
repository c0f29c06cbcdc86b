"""W of tanh: low accuracy stays true, monotone, positive definite, inside of any wider ball."""

from __future__ import annotations

from flint import arb
from hypothesis import assume, given
from hypothesis import strategies as st

from symprop.gaussian.tanh_transforms import tanh_cross_kernel, tanh_kernel, tanh_second_moment
from symprop.numerics.precision import working_bits

variances = st.floats(min_value=-9, max_value=9).map(lambda x: arb(10.0**x))
moderate = st.floats(min_value=-3, max_value=3).map(lambda x: arb(10.0**x))
gaps = st.one_of(
    st.floats(min_value=1e-3, max_value=0.999),
    st.floats(min_value=-14, max_value=-1).map(lambda x: 10.0**x),
).map(arb)


def complement(x: arb) -> arb:
    with working_bits(400):
        return 1 - x


@given(variances, gaps, st.integers(min_value=2, max_value=60))
def test_low_accuracy_is_still_true(q: arb, gap: arb, bits: int) -> None:
    """With few bits the truncation errors, not rounding, fill the ball: their bounds are tested."""
    c = complement(gap)
    assert tanh_kernel(q, c, gap, bits).overlaps(tanh_kernel(q, c, gap, bits + 60))


@given(moderate, moderate, gaps, st.integers(min_value=2, max_value=40))
def test_low_accuracy_is_still_true_of_pairs(q1: arb, q2: arb, gap: arb, bits: int) -> None:
    c = complement(gap)
    coarse = tanh_cross_kernel(q1, q2, c, gap, bits)
    fine = tanh_cross_kernel(q1, q2, c, gap, bits + 40)
    assert coarse is not None
    assert fine is not None
    assert coarse.overlaps(fine)


@given(variances, gaps, st.floats(min_value=0.01, max_value=0.9))
def test_increasing_and_inside_its_tangent_bounds(q: arb, gap: arb, part: float) -> None:
    """``c/c' W(c') <= ... <= W(c)`` as all coefficients are positive; ``W(q)/q`` falls."""
    c = complement(gap)
    value = tanh_kernel(q, c, gap, 80)
    with working_bits(400):
        lower = c * part
        less = tanh_kernel(q, lower, 1 - lower, 80)
        larger = tanh_kernel(q / part, c, gap, 80)
        assert less < value * part
        assert larger > value
        assert larger * part < value


@given(moderate, moderate, gaps)
def test_cauchy_schwarz(q1: arb, q2: arb, gap: arb) -> None:
    assume(gap > 1e-9)
    value = tanh_cross_kernel(q1, q2, complement(gap), gap, 60)
    assert value is not None
    with working_bits(200):
        product = tanh_second_moment(q1, 90) * tanh_second_moment(q2, 90)
        assert value * value < product


@given(variances, gaps, st.sampled_from([1e-20, 1e-8, 1e-3, 0.2]))
def test_inclusion(q: arb, gap: arb, spread: float) -> None:
    """The value at a point lies in the ball of any argument that holds the point."""
    with working_bits(400):
        wide_q = q * arb(1, spread)
        wide_gap = gap * arb(1, spread)
        c = 1 - wide_gap
        ends = (wide_q.lower(), wide_gap.upper()), (wide_q.upper(), wide_gap.lower())
    ball = tanh_kernel(wide_q, c, wide_gap, 40)
    assert ball.rad() > 0
    for x, y in ((q, gap), *ends):
        near = y.mid().min(arb(1))
        assert ball.overlaps(tanh_kernel(x.mid(), complement(near), near, 70))
