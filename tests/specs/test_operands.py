"""Operands are bounded before SymPy builds them."""

from __future__ import annotations

import pytest
import sympy

from symprop.numerics.precision import working_bits
from symprop.specs.functions import FUNCTIONS
from symprop.specs.operands import (
    Refused,
    call,
    negative,
    number,
    power,
    product,
    reciprocal,
    total,
    variable,
)

X = sympy.Symbol("x", real=True)


def test_constants_carry_a_ball_and_variables_a_degree() -> None:
    root = power(number(2), number(sympy.Rational(1, 2)))
    assert root.expression == sympy.sqrt(2)
    assert root.ball is not None
    with working_bits(256):
        assert abs(root.ball**2 - 2) < 1e-60
    cube = power(variable(X), number(3))
    assert (cube.degree, cube.ball) == (3, None)
    assert product([cube, cube, number(7)]).degree == 6
    assert total([cube, variable(X)]).degree == 3
    assert call(FUNCTIONS["tanh"], [cube]).degree == 3


def test_what_cancels_becomes_a_constant() -> None:
    assert total([variable(X), negative(variable(X)), number(2)]).ball is not None


@pytest.mark.parametrize("exponent", [10**6, -(10**6), sympy.Integer(9) ** 99])
def test_large_powers_are_refused_unbuilt(exponent: sympy.Integer) -> None:
    for base in (number(9), variable(X), number(sympy.Rational(2, 3))):
        with pytest.raises(Refused):
            power(base, number(exponent))


def test_degrees_are_bounded() -> None:
    assert power(variable(X), number(1024)).degree == 1024
    with pytest.raises(Refused, match="degree is beyond 1024"):
        power(variable(X), number(1025))
    with pytest.raises(Refused, match="degree is beyond 1024"):
        product([power(variable(X), number(1000))] * 2)


def test_magnitudes_are_bounded() -> None:
    with pytest.raises(Refused, match="too large or too small"):
        product([number(sympy.Integer(2) ** 10_000)] * 2)
    with pytest.raises(Refused, match="too large or too small"):
        call(FUNCTIONS["exp"], [number(10**5)])
    with pytest.raises(Refused, match="too large or too small"):
        call(FUNCTIONS["gamma"], [number(10**5)])


def test_division_by_zero_is_refused() -> None:
    for zero in (number(0), total([variable(X), negative(variable(X))])):
        with pytest.raises(Refused, match="divides by zero"):
            reciprocal(zero)
    square_root = power(number(2), number(sympy.Rational(1, 2)))
    with pytest.raises(Refused):
        reciprocal(total([square_root, negative(square_root)]))


def test_only_real_numbers() -> None:
    with pytest.raises(Refused, match="not real"):
        power(number(-1), number(sympy.Rational(1, 2)))
    with pytest.raises(Refused):
        call(FUNCTIONS["log"], [number(-1)])
