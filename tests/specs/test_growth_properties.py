"""Growth bounds against ball values at random points far and near."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import X, activation
from symprop.specs.growth import GrowthTerm, check_square_integrable, growth_bound
from tests.specs.strategies import PIECEWISE_EXPRESSIONS, SMOOTH_EXPRESSIONS

POINTS = st.builds(
    lambda size, sign: size * sign,
    st.one_of(
        st.fractions(1, 3, max_denominator=50),
        st.integers(1, 60).map(Fraction),
        st.sampled_from([Fraction(10) ** 3, Fraction(10) ** 6]),
    ),
    st.sampled_from([-1, 1]),
)
BITS = 2000


def bound_at(terms: tuple[GrowthTerm, ...], x: Fraction) -> arb:
    t = abs(as_ball(x, BITS))
    total = arb(0)
    for term in terms:
        c, p, linear, quadratic = (
            as_ball(part, BITS)
            for part in (term.coefficient, term.power, term.linear, term.quadratic)
        )
        total += c * t**p * (linear * t + quadratic * t**2).exp()
    return total


def violated(text: str, x: Fraction) -> bool:
    phi = activation(text)
    terms = growth_bound(phi)
    with working_bits(BITS):
        point = as_ball(x, BITS)
        values = [
            compile_ball(piece.expression, [X])(point)
            for piece in phi.pieces
            if piece.lower < x < piece.upper
        ]
        return any(abs(value) > bound_at(terms, x) for value in values)


@given(SMOOTH_EXPRESSIONS, POINTS)
def test_smooth(text: str, x: Fraction) -> None:
    assert not violated(text, x)


@given(PIECEWISE_EXPRESSIONS, POINTS)
def test_piecewise(text: str, x: Fraction) -> None:
    assert not violated(text, x)


@given(
    st.fractions(-1, 1, max_denominator=40),
    st.fractions(-3, 3, max_denominator=9),
    st.integers(0, 3),
)
def test_gaussian_rates_decide_square_integrability(
    quadratic: Fraction, linear: Fraction, power: int
) -> None:
    phi = sympy.Abs(X) ** power * sympy.exp(
        sympy.Rational(quadratic) * X**2 + sympy.Rational(linear) * X
    )
    try:
        check_square_integrable(phi)
    except OutOfDomain:
        assert quadratic >= Fraction(1, 4)
    else:
        assert quadratic < Fraction(1, 4)


@given(st.fractions(-2, 2, max_denominator=30), st.integers(-1, 1))
def test_powers_decide_square_integrability_at_zero(power: Fraction, location: int) -> None:
    exponent = sympy.Rational(power)
    phi = sympy.Abs(X - sympy.Rational(location, 2)) ** exponent
    try:
        check_square_integrable(phi)
    except OutOfDomain:
        assert power <= Fraction(-1, 2)
    else:
        assert power > Fraction(-1, 2)
