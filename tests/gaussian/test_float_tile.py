import numpy as np
import pytest
from flint import arb

from symprop.gaussian.float_tile import Tile
from symprop.numerics.precision import working_bits
from tests.gaussian.textbook_kernels import exact


def tile(rho, gap=None, q1=1.0, q2=1.0) -> Tile:
    size = len(rho)
    return Tile(np.array(rho), None if gap is None else np.array(gap), q1, q2, *np.empty((3, size)))


def test_sine_square_keeps_its_relative_accuracy() -> None:
    rho = [1 - 2.0**-50, -1 + 2.0**-53, 0.6, 0.0, 1.0]
    item = tile(rho)
    item.sine_square(item.out, item.first)
    for value, c in zip(item.out, rho, strict=True):
        with working_bits(200):
            true = 1 - exact(c) ** 2
            assert abs(exact(value) - true) <= 2.0**-51 * true


@pytest.mark.parametrize("gap", [1e-300, 1e-20, 0.5, 1.0, 1.5, 2 - 2.0**-50, 2.0])
def test_angle_keeps_its_relative_accuracy(gap) -> None:
    item = tile([1 - gap], [gap])
    item.angle(item.out)
    with working_bits(2200):
        true = (1 - exact(gap)).acos() if gap < 2 else arb.pi()
        assert abs(exact(item.out[0]) - true) <= 2.0**-49 * true


def test_gap_decides_where_it_is_known() -> None:
    item = tile([1.0], [1e-30])
    item.sine_square(item.out, item.first)
    assert item.out[0] == 2e-30


def test_deviation_does_not_overflow() -> None:
    assert tile([1.0], q1=1e200, q2=1e300).deviation == pytest.approx(1e250, rel=1e-14)
