import mpmath
import pytest
from flint import ctx

from symprop.numerics.precision import (
    bits_from_dps,
    current_bits,
    dps_from_bits,
    working_bits,
    working_digits,
)


def test_precision_is_restored_after_an_error() -> None:
    before = ctx.prec, mpmath.mp.prec
    with pytest.raises(ZeroDivisionError), working_digits(100), working_bits(7):
        _ = 1 / 0
    assert (ctx.prec, mpmath.mp.prec) == before


def test_both_libraries_carry_the_digits_inside() -> None:
    with working_digits(50):
        assert ctx.prec >= 50 * 3.3219
        assert mpmath.mp.dps >= 50


@pytest.mark.parametrize("dps", [1, 15, 50, 1000])
def test_bits_carry_their_digits(dps: int) -> None:
    assert dps_from_bits(bits_from_dps(dps)) >= dps


def test_the_precision_in_force_can_be_read() -> None:
    with working_bits(123):
        assert current_bits() == 123
