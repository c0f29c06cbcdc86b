"""Lemmas C.13 to C.15 of the residual paper are cases of one expansion, ``A (u+B)**alpha + C``."""

import mpmath
import pytest
import sympy

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.expansions import INDEX

u = sympy.Symbol("u", positive=True)
A, B, C = sympy.symbols("A B C", positive=True)
GRID = ["1/10", "1/3", "2/5", "1/2", "3/5", "3/4", "9/10"]


def in_index(alpha: sympy.Rational, power: object, log_power: int, c: sympy.Expr) -> sympy.Expr:
    """Return the coefficient of ``l**power log(l)**log_power`` in u."""
    expansion = autonomous_expansion(A * (u + B) ** alpha + c, u, order=3)
    rate = sympy.diff(expansion.scale, INDEX)
    return expansion.coefficient(power, log_power) * rate ** sympy.sympify(power)


@pytest.mark.parametrize("value", GRID)
def test_power_growth(value: str) -> None:
    """``K1 l**(1/(1-alpha)) - K2 l**(alpha/(1-alpha)) log l``, as the lemma has it."""
    alpha = sympy.Rational(value)
    first, second = 1 / (1 - alpha), alpha / (1 - alpha)
    k1 = (A * (1 - alpha)) ** first
    k2 = A**first * (1 - alpha) ** (second - 1) * alpha / 2
    zero = sympy.Integer(0)
    assert sympy.simplify(in_index(alpha, first, 0, zero) - k1) == 0
    assert sympy.simplify(in_index(alpha, second, 1, zero) + k2) == 0


@pytest.mark.parametrize("value", GRID)
def test_power_growth_with_a_constant(value: str) -> None:
    """The constant enters before the logarithm below 1/2, joins it at 1/2, is behind it above."""
    alpha = sympy.Rational(value)
    first, second = 1 / (1 - alpha), alpha / (1 - alpha)
    k2 = A**first * (1 - alpha) ** (second - 1) * alpha / 2
    if alpha < sympy.Rational(1, 2):
        expected = C * (1 - alpha) / (1 - 2 * alpha)
        assert sympy.simplify(in_index(alpha, 1, 0, C) - expected) == 0
    elif alpha == sympy.Rational(1, 2):
        assert sympy.simplify(in_index(alpha, 1, 1, C) - (C - k2)) == 0
    else:
        assert sympy.simplify(in_index(alpha, second, 1, C) + k2) == 0


def test_exactly_linear_square_root() -> None:
    """At alpha = 1/2 and ``C = A**2/4`` the logarithm vanishes: ``sqrt(u + B)`` is linear in l."""
    expansion = autonomous_expansion(A * sympy.sqrt(u + B) + A**2 / 4, u, order=2)
    assert expansion.coefficient(1, 1) == 0
    assert [term.power for term in expansion.terms] == [2, 0]
    assert expansion.coefficient(0) == -B


def test_start_at_the_zero_of_the_increment_does_not_grow() -> None:
    """``u_0 = -B`` stays there: the lemma needs a start above the zero, as the hypotheses say."""
    value = mpmath.mpf(-2)
    for _ in range(100):
        value += 3 * mpmath.sqrt(value + 2)
    assert value == -2
    expansion = autonomous_expansion(3 * sympy.sqrt(u + 2), u)
    assert any("zero of the increment" in text for text in expansion.hypotheses)
