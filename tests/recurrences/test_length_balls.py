"""The quick values of V are those of the slow ones, on every kind of ball."""

from __future__ import annotations

import pytest
from flint import arb

from symprop.gaussian.tanh_transforms import tanh_second_moment
from symprop.numerics.precision import working_bits
from symprop.recurrences.length_balls import LengthBalls

BITS = 60


class Counted:
    """``V`` of tanh that knows how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, q: arb, bits: int) -> arb:
        self.calls += 1
        return tanh_second_moment(q, bits)


@pytest.mark.parametrize("start", [2.0**-10, 1.0, 1024.0])
def test_values_before_and_after_the_switch(start: float) -> None:
    direct = Counted()
    quick = LengthBalls(direct)
    with working_bits(100):
        for k in range(200):
            q = arb(start * (1 + k / 200))
            value, exact = quick(q, BITS), tanh_second_moment(q, 90)
            assert value.overlaps(exact)
            assert value.rel_accuracy_bits() > BITS - 4
        before = direct.calls
        assert before < 120
        for k in range(100):
            quick(arb(start * (1 + k / 200)), BITS)
        assert direct.calls == before


def test_wide_balls_and_balls_across_octaves() -> None:
    quick = LengthBalls(tanh_second_moment)
    with working_bits(100):
        for k in range(300):
            quick(arb(1 + k / 300), BITS)
        for middle in (1.0, 1.3, 2.0 - 2.0**-30):
            for width in (2.0**-40, 2.0**-10, 0.5):
                value = quick(arb(middle, width), BITS)
                for q in (middle - width, middle, middle + width):
                    assert value.contains(tanh_second_moment(arb(q), 90))
                if width < 2.0**-8:
                    assert value.rad() < 2 * width


def test_extreme_variances_go_the_direct_way() -> None:
    direct = Counted()
    quick = LengthBalls(direct)
    with working_bits(100):
        for _ in range(100):
            quick(arb("1e-320"), BITS)
    assert direct.calls == 100
