"""Zonal polynomials against Gegenbauer polynomials, and the bound beyond a degree."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import pytest
import sympy
from flint import arb

from symprop.gaussian.zonal import (
    harmonic_dimensions,
    zonal_bound,
    zonal_recurrence_bits,
    zonal_values,
)
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits

COSINES = ("-1", "-0.5", "-0.01", "0", "0.25", "0.9", "1")


@pytest.mark.parametrize("dimension", [3, 4, 9, 40])
@pytest.mark.parametrize("cosine", COSINES)
def test_values_are_gegenbauer_polynomials(dimension: int, cosine: str) -> None:
    half, c = sympy.Rational(dimension - 2, 2), sympy.Rational(cosine)
    with working_bits(150):
        for k, value in enumerate(zonal_values(dimension, as_ball(cosine, 150), 12)):
            exact = sympy.gegenbauer(k, half, c) / sympy.gegenbauer(k, half, 1)
            assert value.contains(as_ball(exact, 300))
            assert value.rad() < arb("1e-30")


def test_values_on_the_circle_are_cosines() -> None:
    with working_bits(200):
        for k, value in enumerate(zonal_values(2, arb("0.3"), 30)):
            assert value.overlaps((k * arb("0.3").acos()).cos())
    assert [len(zonal_values(2, arb(0), order)) for order in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("dimension", [2, 3, 10])
def test_dimensions_add_up_to_those_of_polynomials(dimension: int) -> None:
    """Polynomials of degree ``k`` on the sphere are harmonic ones of degrees ``k, k - 2, ...``."""
    sizes = harmonic_dimensions(dimension, 12)
    for k in range(13):
        monomials = comb(k + dimension - 1, k)
        assert sum(sizes[k::-2]) == monomials


@pytest.mark.parametrize("dimension", [2, 3, 4, 30])
@pytest.mark.parametrize("cosine", COSINES)
def test_bound_holds_beyond_the_degree(dimension: int, cosine: str) -> None:
    with working_bits(300):
        values = zonal_values(dimension, arb(cosine), 60)
        bounds = [zonal_bound(dimension, arb(cosine), order) for order in range(40)]
        for order, bound in enumerate(bounds):
            assert all(abs(value).lower() <= bound for value in values[order + 1 :])
        assert all(later <= bound for bound, later in pairwise(bounds))


def test_bound_is_small_for_nearly_orthogonal_vectors_of_many_dimensions() -> None:
    assert zonal_bound(1000, arb(-1) / 999, 19) < arb("1e-20")
    assert zonal_bound(5, arb(1), 19) == 1


@pytest.mark.parametrize("dimension", [2, 3, 100])
def test_radii_grow_no_faster_than_said(dimension: int) -> None:
    order, bits = 200, 500
    with working_bits(bits):
        last = zonal_values(dimension, arb("0.7").sqrt(), order)[-1]
        assert last.rad() < arb((1, zonal_recurrence_bits(dimension, order) + 10 - bits))
    assert zonal_recurrence_bits(2, 2000) == pytest.approx(2000 * 1.2716, rel=0.01)
