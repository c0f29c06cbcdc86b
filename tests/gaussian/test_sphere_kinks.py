"""Products of powers of positive parts, and functions without their kink."""

from __future__ import annotations

import mpmath
import pytest
import sympy
from flint import arb

from symprop.gaussian.closed_forms import Q1, Q2, RHO, kernel_closed_form
from symprop.gaussian.sphere_kinks import power_products, powers_mean, split_at_zero
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation


@pytest.mark.parametrize("cosine", ["-1", "-1/2", "0", "3/5", "1"])
def test_products_of_ramps_are_arc_cosine_kernels(cosine: str) -> None:
    with working_bits(200):
        table = power_products(as_ball(cosine, 200), 3)
        for p in range(1, 4):
            for q in range(1, 4):
                form = kernel_closed_form(f"alpha_relu:{p}", f"alpha_relu:{q}")
                value = form.subs({Q1: 1, Q2: 1, RHO: sympy.Rational(cosine)})
                assert table[p][q].overlaps(as_ball(sympy.simplify(value), 200))
                assert table[p][q].rad() < arb("1e-40")


def test_products_against_integrals() -> None:
    with working_bits(100):
        table = power_products(as_ball("-2/5", 100), 6)
    c, sine = mpmath.mpf(-2) / 5, mpmath.sqrt(mpmath.mpf(21)) / 5
    for p, q in ((0, 0), (0, 5), (4, 0), (2, 6), (5, 5)):
        # polar coordinates: the length is independent of the direction
        angle, length = mpmath.acos(c), mpmath.mpf(2) ** (mpmath.mpf(p + q) / 2)
        length *= mpmath.gamma(1 + mpmath.mpf(p + q) / 2)
        ends = [angle - mpmath.pi / 2, mpmath.pi / 2]
        turn = mpmath.quad(
            lambda t, p=p, q=q: (
                mpmath.cos(t) ** p * (c * mpmath.cos(t) + sine * mpmath.sin(t)) ** q
            ),
            ends,
        )
        assert abs(float(table[p][q]) - float(length * turn / (2 * mpmath.pi))) < 1e-12


def test_combinations_are_those_of_the_sphere() -> None:
    """At cosine 1, ``E x_+**4`` on the sphere of three dimensions is 1/10."""
    square = [arb(0), arb(0), arb(1)]
    with working_bits(100):
        assert powers_mean(square, square, 3, arb(1), (0, 0)).overlaps(arb(1) / 10)
        assert powers_mean(square, square, 3, arb(1), (1, 1)).overlaps(arb(1) / 14)
        assert powers_mean([arb(2)], [arb(3)], 9, arb(0), (0, 0)).overlaps(arb(3) / 2)


def test_the_rest_is_smooth_at_0() -> None:
    split = split_at_zero(activation("elu"), 4, 2, 5)
    assert split is not None
    with working_bits(100):
        below, above = split.rest.pieces
        x = arb("1e-3")
        assert abs(above.function(x) - below.function(x)) < arb("1e-20")
        _, powers = split.kink.pieces
        x = arb("0.7")
        assert (above.function(x) + powers.function(x)).overlaps(x)
        assert split.scaled_factors()[2].overlaps(arb(-2))


def test_jumps_are_split_too() -> None:
    split = split_at_zero(activation("sign"), 4, 2, 3)
    assert split is not None
    assert split.factors == (2, 0, 0, 0)


@pytest.mark.parametrize("spec", ["tanh", "hard_tanh", "sqrt(Abs(x))", "Max(x - 1, 0)"])
def test_what_is_not_split(spec: str) -> None:
    assert split_at_zero(activation(spec), 4, 2, 6) is None


def test_breakpoints_outside_do_not_count() -> None:
    assert split_at_zero(activation("relu6"), 4, 2, 2) is not None
    assert split_at_zero(activation("relu6"), 4, 7, 2) is None
