"""Float64 values against balls, at random floats and random expressions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits
from symprop.specs.activations import X, activation
from tests.specs.strategies import PIECEWISE_EXPRESSIONS, SMOOTH_EXPRESSIONS

FLOATS = st.one_of(
    st.floats(-8, 8), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1e-300, -1e-300, 5e-324])
)
TOLERANCE = 64 * 2.0**-52
SUBNORMAL = 2.0**-1060


@given(SMOOTH_EXPRESSIONS | PIECEWISE_EXPRESSIONS, FLOATS)
def test_relative_error(text: str, x: float) -> None:
    phi = activation(text)
    value = float(phi(x))
    exact = Fraction(x)
    for piece in phi.pieces:
        if piece.lower < exact < piece.upper:
            with working_bits(3000):
                truth = compile_ball(piece.expression, [X])(arb(x))
            assert (
                abs(value - float(truth.mid())) <= TOLERANCE * float(abs(truth).upper()) + SUBNORMAL
            )


@given(st.lists(FLOATS, min_size=1, max_size=20))
def test_an_array_is_its_entries(entries: list[float]) -> None:
    phi = activation("Piecewise((sin(x), x > 1), (x*erf(x), True))")
    assert phi(np.array(entries)).tolist() == [float(phi(entry)) for entry in entries]


@given(st.fractions(-3, 3, max_denominator=7), st.floats(-3, 3))
def test_threshold_between_pieces_is_exact(knot: Fraction, offset: float) -> None:
    knot_exact = sympy.Rational(knot)
    phi = activation(sympy.sign(X - knot_exact))
    for x in (float(knot), np.nextafter(float(knot), 9), np.nextafter(float(knot), -9), offset):
        expected = (Fraction(float(x)) > knot) - (Fraction(float(x)) < knot)
        assert float(phi(x)) == expected
