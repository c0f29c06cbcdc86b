"""Expressions, balls, arrays and matrices follow one layer alike."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument
from symprop.gaussian.closed_forms import RHO
from symprop.numerics.precision import working_bits
from symprop.recurrences.chain_algebras import Arrays, Balls, Expressions, Matrices, Pair
from symprop.specs.activations import activation


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "leaky_relu:1/10"])
@pytest.mark.parametrize(("q1", "q2"), [(1, 1), ("3/2", "1/4")])
def test_one_layer_in_every_kind(name: str, q1: object, q2: object) -> None:
    phi, rho = activation(name), sympy.Rational(3, 10)
    first, second = sympy.Rational(q1), sympy.Rational(q2)
    second = first if first == second else second
    exact = Pair(first, second, RHO * sympy.sqrt(first * second))
    numbers = {}
    expressions = Expressions()
    for what in ("moments", "slope"):
        found = getattr(expressions, what)(phi, exact)
        numbers[what] = float((found.covariance if what == "moments" else found).subs(RHO, rho))
    with working_bits(100):
        balls = Balls(100)
        one = balls.number(q1)
        other = one if q1 == q2 else balls.number(q2)
        pair = Pair(one, other, balls.number(rho) * (one * other).sqrt())
        assert float(balls.moments(phi, pair).covariance) == pytest.approx(
            numbers["moments"], rel=1e-14
        )
        assert float(balls.slope(phi, pair)) == pytest.approx(numbers["slope"], rel=1e-14)
    a, b = float(first), float(second)
    covariance = 0.3 * np.sqrt(a * b)
    ones = np.full(1, a)
    arrays = Pair(ones, ones if a == b else np.full(1, b), np.full(1, covariance))
    assert Arrays().moments(phi, arrays).covariance[0] == pytest.approx(
        numbers["moments"], rel=1e-12
    )
    assert Arrays().slope(phi, arrays)[0] == pytest.approx(numbers["slope"], rel=1e-12)
    matrix = np.array([[a, covariance], [covariance, b]])
    assert Matrices().moments(phi, matrix)[0, 1] == pytest.approx(numbers["moments"], rel=1e-9)
    assert Matrices().slope(phi, matrix)[0, 1] == pytest.approx(numbers["slope"], rel=1e-9)


def test_an_input_with_itself() -> None:
    pair = Pair(sympy.S.One, sympy.S.One, sympy.S.One)
    same = Pair(pair.first, pair.first, pair.first)
    found = Expressions().moments(activation("erf"), same)
    assert found.covariance is found.first
    assert Expressions().affine(2, found, 1).covariance == 2 * found.first + 1


def test_balls_have_no_closed_form() -> None:
    from symprop.numerics.enclosure import Enclosure

    with pytest.raises(InvalidArgument, match="exact"):
        Expressions().number(Enclosure.from_bounds(1, 2))
