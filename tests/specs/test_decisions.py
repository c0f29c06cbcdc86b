"""Signs, bounds and rationals between exact constants."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UndecidedComparison
from symprop.specs.decisions import is_zero, outward, rational_between, rational_bounds, sign_of

ROOT = sympy.sqrt


@pytest.mark.parametrize(
    ("constant", "sign"),
    [
        (sympy.Rational(-1, 10**30), -1),
        (sympy.oo, 1),
        (-sympy.oo, -1),
        (sympy.pi - sympy.Rational(355, 113), -1),
        (sympy.exp(sympy.pi * ROOT(163)) - 262537412640768744, -1),
        (ROOT(2) + ROOT(3) - ROOT(5 + 2 * ROOT(6)), 0),
        (ROOT(2 + ROOT(3)) - (ROOT(6) + ROOT(2)) / 2, 0),
        (sympy.sin(1) ** 2 + sympy.cos(1) ** 2 - 1, 0),
        (sympy.exp(1) * sympy.exp(-1, evaluate=False) - 1, 0),
    ],
)
def test_signs(constant: sympy.Expr, sign: int) -> None:
    assert sign_of(constant) == sign
    assert is_zero(constant) == (sign == 0)


def test_undecided_is_an_answer() -> None:
    fifth, other = sympy.atan(sympy.Rational(1, 5)), sympy.atan(sympy.Rational(1, 239))
    with pytest.raises(UndecidedComparison):  # Machin's formula, beyond SymPy's algebra
        sign_of(16 * fifth - 4 * other - sympy.pi)
    with pytest.raises(InvalidArgument):
        sign_of(sympy.I)


def test_rational_bounds() -> None:
    assert rational_bounds(sympy.Rational(2, 3)) == (Fraction(2, 3), Fraction(2, 3))
    lower, upper = rational_bounds(ROOT(2))
    assert lower**2 < 2 < upper**2
    assert upper - lower < Fraction(1, 2**90)


def test_outward_never_writes_astronomical_fractions() -> None:
    tiny = arb("-1e100").exp()
    lower, upper = outward(tiny)
    smallest = Fraction(1, 2**100_000)
    assert -smallest <= lower <= 0 < upper <= smallest
    lower, upper = outward((arb(1) - tiny).union(1 + tiny))
    assert lower < 1 < upper
    with pytest.raises(OutOfDomain):
        outward(arb("1e100").exp())


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (-sympy.oo, sympy.oo),
        (-sympy.oo, -ROOT(2)),
        (sympy.pi, sympy.oo),
        (sympy.Integer(0), sympy.Rational(1, 10**9)),
        (ROOT(2), ROOT(2) + sympy.Rational(1, 10**12)),
    ],
)
def test_rational_between(lower: sympy.Expr, upper: sympy.Expr) -> None:
    between = rational_between(lower, upper)
    assert between.is_Rational
    assert sign_of(between - lower) > 0
    assert sign_of(upper - between) > 0


def test_nothing_between_equal_numbers() -> None:
    with pytest.raises(UndecidedComparison):
        rational_between(ROOT(2), ROOT(2))
