"""Primitives against their integrands, in formulas and in balls."""

import mpmath
import pytest
import sympy
from flint import arb

from symprop.asymptotics.logarithmic_coefficients import LOG
from symprop.asymptotics.logarithmic_primitives import log_primitive
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_digits

u = sympy.Symbol("u", positive=True)
third = sympy.Rational(1, 3)

CASES = [
    (1, 1 / LOG),
    (1, LOG**2 - 3),
    (-2, LOG**3 + LOG**-2),
    (sympy.Rational(1, 2), LOG**-3),
    (1, LOG**third),
    (-1, LOG ** (-4 * third)),
    (0, 1 / LOG + LOG ** (-third)),
    (2, 1 / (2 * LOG + 1)),
    (1, 1 / (LOG**2 + LOG + 3)),
    (-1, LOG / (LOG**2 + 1)),
    (0, 1 / (LOG**2 + 1)),
]


@pytest.mark.parametrize(("rate", "coefficient"), CASES, ids=str)
def test_balls_differ_by_the_integral(rate: sympy.Expr, coefficient: sympy.Expr) -> None:
    primitive = log_primitive(sympy.sympify(rate), coefficient)
    integrand = sympy.lambdify(LOG, sympy.exp(rate * LOG) * coefficient, "mpmath")
    with working_digits(40):
        low, high = (
            Enclosure(primitive.ball(arb(end), {}, bits_from_dps(40))).midpoint for end in (3, 5)
        )
        assert abs(high - low - mpmath.quad(integrand, [3, 4, 5])) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(("rate", "coefficient"), CASES, ids=str)
def test_formula_and_ball_are_one_function(rate: sympy.Expr, coefficient: sympy.Expr) -> None:
    primitive = log_primitive(sympy.sympify(rate), coefficient)
    written = primitive.expression(u)
    value = sympy.N(written.subs(u, sympy.exp(4)), 25)
    with working_digits(30):
        ball = Enclosure(primitive.ball(arb(4), {}, bits_from_dps(30))).midpoint
    assert abs(value - sympy.Float(ball, 25)) < 1e-20 * abs(value)


@pytest.mark.parametrize("coefficient", [1 / LOG, LOG ** (-third), 1 / (LOG**2 + 1)], ids=str)
def test_decaying_primitives_have_no_constant(coefficient: sympy.Expr) -> None:
    with working_digits(30):
        ball = log_primitive(sympy.Integer(-1), coefficient).ball(arb(200), {}, 120)
        assert abs(ball) < arb(10) ** -80


def test_base_points_lie_beyond_the_poles() -> None:
    primitive = log_primitive(sympy.Integer(1), 1 / (LOG**2 - 7) ** 2 / (LOG**2 + 1))
    assert 7 < primitive.base**2 <= 16


def test_symbols_need_a_closed_form() -> None:
    a = sympy.Symbol("a", positive=True)
    assert log_primitive(sympy.Integer(1), 1 / (LOG + a)).rest == 0
    with pytest.raises(OutOfDomain, match="numbers in place of symbols"):
        log_primitive(sympy.Integer(1), 1 / (LOG**2 + a))
    with pytest.raises(OutOfDomain, match="regular"):
        log_primitive(sympy.Integer(1), sympy.tan(LOG))


def test_what_is_no_expression() -> None:
    with pytest.raises(InvalidArgument, match="rate to be an Expr"):
        log_primitive(1, sympy.S.One)
    with pytest.raises(InvalidArgument, match="coefficient to be an Expr"):
        log_primitive(sympy.S.One, "1/L")
