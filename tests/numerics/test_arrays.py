from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.numerics.arrays import real_array
from symprop.numerics.enclosure import Enclosure


@pytest.mark.parametrize(
    "entry",
    [0.5, np.float32(0.5), Fraction(1, 2), Decimal("0.5"), sympy.Rational(1, 2), Enclosure("1/2")],
    ids=lambda entry: type(entry).__name__,
)
def test_numbers_of_every_kind(entry: Any) -> None:
    for array in (real_array("x", entry), real_array("x", [[entry, 0]])):
        assert array.dtype == np.float64
        assert array.max() == 0.5


def test_a_float_array_is_not_copied() -> None:
    values = np.linspace(0, 1, 5)
    assert real_array("x", values) is values


def test_shapes_are_kept() -> None:
    for shape in ((), (0,), (2, 0, 3), (2, 3)):
        assert real_array("x", np.zeros(shape)).shape == shape


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "0.5",
        b"0.5",
        ["0.5"],
        [None],
        [True],
        1j,
        [mpmath.mpc(1, 2)],
        [[1], [2, 3]],
        {},
        object(),
        np.datetime64("2020"),
        [sympy.Symbol("x")],
        [10**400],
        [np.array([1.0]), None],
    ],
    ids=lambda bad: f"{type(bad).__name__}-{str(bad)[:12]}",
)
def test_what_is_not_an_array_of_real_numbers(bad: object) -> None:
    with pytest.raises(InvalidArgument, match="Expected x to be an array of real numbers"):
        real_array("x", bad)
