"""Zonal coefficients: moments, and tails that hold what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy
from flint import arb, fmpq

from symprop.foundation.errors import PrecisionNotReached
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.integrand import pieces_for_panels
from symprop.gaussian.sphere import sphere_moment
from symprop.gaussian.sphere_coefficients import (
    SphereExpansion,
    expand_on_sphere,
    mean_squares,
    sphere_pair,
)
from symprop.gaussian.sphere_nodes import SphereFunction
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


def on_sphere(spec: str, dimension: int, scale: object) -> SphereFunction:
    phi = activation(spec)
    return SphereFunction(pieces_for_panels(phi), phi.parity, dimension, scale)


def expansion(spec: str, dimension: int, scale: object, order: int, bits: int) -> SphereExpansion:
    function = on_sphere(spec, dimension, scale)
    return expand_on_sphere(function, mean_squares(function, bits), order, bits)


def truncated(whole: SphereExpansion, order: int) -> SphereExpansion:
    kept = tuple(row[: order + 1] for row in whole.coefficients)
    return replace(whole, order=order, coefficients=kept)


@pytest.mark.parametrize("order", [2, 5, 11, 20])
def test_tails_hold_what_is_left_out(order: int) -> None:
    """Series of a kink that are cut short, against the arc-cosine kernel."""
    cosine = fmpq(-1, 2)
    short = truncated(expansion("relu", 3, sympy.sqrt(3), 24, 60), order)
    with working_bits(200):
        exact = dual_kernel("relu").enclose("-1/2", dps=40).ball
        ball = sphere_pair(short, short, cosine, shifts=(0, 0))
        assert ball.contains(exact)
        assert arb("1e-8") < ball.rad()
        assert abs(ball.mid() - exact) > ball.rad() / 10**4  # the bound is not idle


@pytest.mark.parametrize("orders", [(3, 30), (30, 3), (7, 12)])
def test_tails_of_unequal_orders(orders: tuple[int, int]) -> None:
    """The tail of the longer one begins where the sum stops."""
    left, right = (
        expansion(spec, 4, 2, order, 60)
        for spec, order in zip(("tanh", "exp"), orders, strict=True)
    )
    exact = sphere_pair(
        *(expansion(spec, 4, 2, 60, 60) for spec in ("tanh", "exp")), "1/3", shifts=(0, 0)
    )
    with working_bits(100):
        assert exact.rad() < arb("1e-15")
        assert sphere_pair(left, right, "1/3", shifts=(0, 0)).contains(exact)


@pytest.mark.parametrize("shifts", [(0, 0), (1, 1), (2, 0), (1, 0), (2, 2)])
def test_coordinates_are_multiplied_in(shifts: tuple[int, int]) -> None:
    """Of a polynomial the series ends; its coefficients times coordinates do too."""
    i, j = shifts
    x, z, c = sympy.symbols("x z c")
    y = c * x + sympy.sqrt(1 - c**2) * z
    polynomial = sympy.Poly(sympy.expand((x**3 + 1) * x**i * (y**3 + 1) * y**j), x, z)
    exact = sum(a * sphere_moment(powers, 6) for powers, a in polynomial.terms())
    found = expansion("x**3 + 1", 6, 1, 8, 80)
    with working_bits(120):
        ball = sphere_pair(found, found, "-1/5", shifts=shifts)
        assert ball.overlaps(as_ball(sympy.simplify(exact.subs(c, sympy.Rational(-1, 5))), 120))
        assert ball.rad() < arb("1e-20")


def test_mean_squares() -> None:
    found = mean_squares(on_sphere("x**2", 5, 1), 60)
    with working_bits(60):
        for j, value in enumerate(found.values):
            assert value.overlaps(as_ball(sphere_moment([4 + 2 * j], 5), 60))
    assert mean_squares(on_sphere("0", 5, 1), 60).values[0].is_zero()


def test_nothing_has_no_coefficients() -> None:
    found = expansion("0", 5, 1, 4, 60)
    assert found.order == 4
    assert all(value.is_zero() for row in found.coefficients for value in row)


def test_too_many_terms_are_refused() -> None:
    with pytest.raises(PrecisionNotReached, match="terms"):
        expansion("1/(1 + 10^8*x**2)", 3, 1, 640, 60)
