from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq, fmpz

from symprop.numerics.rationals import exact_rational


@pytest.mark.parametrize(
    "value",
    [
        fmpq(3, 4),
        Fraction(3, 4),
        sympy.Rational(3, 4),
        0.75,
        np.float32(0.75),
        np.array([0.75]),
        mpmath.mpf("0.75"),
        "3/4",
        "0.75",
        "75e-2",
    ],
    ids=lambda value: f"{type(value).__module__}-{value!r}",
)
def test_every_spelling_of_one_number(value: object) -> None:
    assert exact_rational(value) == fmpq(3, 4)


def test_integers() -> None:
    for value in (7, fmpz(7), sympy.Integer(7), np.int32(7), "7", mpmath.mpf(7)):
        assert exact_rational(value) == 7


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        None,
        [],
        1j,
        float("nan"),
        float("inf"),
        mpmath.inf,
        mpmath.nan,
        sympy.pi,
        "",
        "1/0",
        "abc",
        "1e999999999",
        "1e-999999999",
        "1" * 200_001,
        mpmath.ldexp(1, 10**9),
        np.array([1.0, 2.0]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_not_a_rational_number_of_moderate_size(value: object) -> None:
    assert exact_rational(value) is None
