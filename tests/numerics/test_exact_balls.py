"""Exact balls go to mpmath unrounded, and radii come back as they were."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb, fmpz

from symprop.numerics.exact_balls import (
    exact_mpf,
    is_astronomical,
    is_infinity,
    radius_argument,
    tuple_of,
)


def test_long_mantissas_survive() -> None:
    ball = arb((fmpz(3**200), fmpz(-317)))
    assert exact_mpf(ball) == mpmath.ldexp(mpmath.mpf(3**200, prec=400), -317)
    assert tuple_of(ball)[1] == 3**200


@pytest.mark.parametrize("mantissa", [1, 3, 2**29 + 1])
@pytest.mark.parametrize("exponent", [-400, 0, 77])
def test_radius_is_kept(mantissa: int, exponent: int) -> None:
    ball = arb(arb(1), radius_argument(mantissa, exponent))
    assert ball.rad() == arb((fmpz(mantissa), fmpz(exponent)))


def test_infinities() -> None:
    assert is_infinity(arb("inf"))
    assert is_infinity(-arb("inf"))
    assert not any(map(is_infinity, (arb(1), arb("nan"), arb(0, arb("inf")))))
    assert tuple_of(-arb("inf")) == mpmath.ninf._mpf_


def test_astronomical_exponents() -> None:
    assert is_astronomical(arb((fmpz(1), fmpz(-(10**14)))))
    assert not is_astronomical(arb((fmpz(1), fmpz(-2000))))
    assert not is_astronomical(arb(0))
