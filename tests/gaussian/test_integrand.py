from fractions import Fraction

import mpmath
import pytest
from flint import acb, arb

from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.integrand import (
    cutoff_for,
    hermite_weight_bound,
    integrand_of,
    small_argument_bound,
    tail_bound,
)
from symprop.numerics.precision import working_bits
from symprop.specs.activations import activation
from symprop.specs.growth import GrowthTerm


def test_panel_pieces_are_cut_at_zero() -> None:
    integrand = integrand_of(activation("silu"))
    assert len(integrand.pieces) == 1
    assert next(piece.upper for piece in integrand.panel_pieces) == 0


def test_large_exponentials_do_not_smear_wide_balls() -> None:
    integrand = integrand_of(activation("softplus"))
    left, right = integrand.panel_pieces
    assert integrand.bound(left, arb(1), arb(-50, 40)) < 1
    wide = integrand.bound(right, arb(10**6), acb(arb(5, 1), arb(0, "0.5")))
    assert wide.is_finite()


def test_panel_pieces_are_the_same_function() -> None:
    for name in ("silu", "softplus", "mish", "sigmoid", "log_sigmoid"):
        integrand = integrand_of(activation(name))
        for x in (arb("-0.7"), arb("0.7")):
            half = integrand.panel_pieces[0 if x < 0 else 1]
            assert half.function(x).overlaps(integrand.pieces[0].function(x)), name


def test_squares() -> None:
    square = integrand_of(activation("tanh")).squared()
    assert (square.power, square.parity) == (2, "even")
    piece = square.pieces[0]
    assert square.value(piece, arb(1), arb(1)).overlaps(arb(1).tanh() ** 2)


@pytest.mark.parametrize("order", [0, 1, 7, 40])
@pytest.mark.parametrize("height", [0.0, 0.5, 2.0])
def test_weight_bound_holds_on_hermite_polynomials(order: int, height: float) -> None:
    for distance in (0.0, 1.0, 5.0, 12.0):
        bound = float(hermite_weight_bound(arb(distance), arb(height), order))
        with mpmath.workdps(30):
            for k in {0, order // 2, order}:
                z = mpmath.mpc(distance, height)
                # He_k(z) = 2^(-k/2) H_k(z / sqrt 2)
                value = mpmath.hermite(k, z / mpmath.sqrt(2)) / mpmath.sqrt(2**k * mpmath.fac(k))
                density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
                assert abs(value * density) <= bound * (1 + 1e-9)


def test_tail_bound_is_above_the_tail_and_close() -> None:
    one = (GrowthTerm(Fraction(1), Fraction(0), Fraction(0), Fraction(0)),)
    bound = float(tail_bound(one, arb(1), arb(6), 0))
    tail = float(mpmath.erfc(6 / mpmath.sqrt(2)))
    assert tail <= bound <= 1.1 * tail
    exponential = (GrowthTerm(Fraction(2), Fraction(3), Fraction(1), Fraction(1, 8)),)
    bound = float(tail_bound(exponential, arb(1), arb(15), 0))
    tail = 4 * float(
        mpmath.quad(lambda x: x**3 * mpmath.exp(x - 3 * x**2 / 8), [15, 30])
        / mpmath.sqrt(2 * mpmath.pi)
    )
    assert tail <= bound <= 1.5 * tail


def test_growth_terms_that_do_not_hold_near_zero_are_completed() -> None:
    integrand = integrand_of(activation("softplus"))
    with working_bits(64):
        cutoff, error = cutoff_for(integrand, arb("1e-3"), 60, 0)
    assert cutoff < 15
    assert error < arb(2) ** -60
    assert small_argument_bound(integrand, integrand.pieces[0]) >= arb(2).log()


def test_an_integrand_as_large_as_the_gaussian_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="integrable"):
        cutoff_for(integrand_of(activation("exp(x**2/4)")), arb(2).sqrt(), 60, 0)


def test_dividing_an_integrand_by_a_power_of_two() -> None:
    integrand = integrand_of(activation("silu"))
    smaller = integrand.divided(2000)
    point = arb("0.7")
    scale = arb(2) ** -2000
    for one, other in zip(integrand.pieces, smaller.pieces, strict=True):
        value = integrand.value(one, arb(1), point) * scale
        assert smaller.value(other, arb(1), point).overlaps(value)
        square = smaller.squared().value(other, arb(1), point)
        assert square.overlaps(value * value)
    ratio = smaller.growth[0].coefficient / integrand.growth[0].coefficient
    assert ratio == Fraction(1, 2**2000)
