import mpmath
import pytest
import sympy
from flint import acb, arb

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.ball_functions import (
    ball_erfc,
    ball_integer_power,
    ball_piecewise,
    ball_power,
    ball_sqrt,
)
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits

x = sympy.Symbol("x")


@pytest.mark.parametrize(
    "expression",
    [
        sympy.sqrt(x),
        x ** sympy.Rational(7, 10),
        sympy.log(x),
        sympy.asin(x / 3),
        sympy.acos(x / 3),
        sympy.atan(x),
        sympy.asinh(x),
        sympy.acosh(x + 1),
        sympy.atanh(x / 3),
        sympy.erf(x),
        sympy.erfc(x),
        sympy.gamma(x),
        sympy.loggamma(x),
        sympy.digamma(x),
        sympy.polygamma(1, x),
        sympy.besselk(0, x),
        sympy.elliptic_k(x / 3),
        sympy.elliptic_e(x / 3),
        sympy.hyper((sympy.S(1) / 2, 1), (sympy.S(3) / 2,), x / 5),
        sympy.hyper((1,), (2,), x),
        sympy.Max(x, 1, 2),
        sympy.Min(x, 1),
        abs(x - 3),
        sympy.sign(x - 3),
        sympy.Heaviside(x - 3),
        sympy.Piecewise((x**2, x < 1), (x, x <= 2), (1, True)),
        sympy.exp(-x) * sympy.tanh(x) + sympy.sech(x),
    ],
)
@pytest.mark.parametrize("point", ["0.75", "1.25"])
def test_balls_contain_what_mpmath_computes(expression: sympy.Expr, point: str) -> None:
    ball = compile_ball(expression, [x])(arb(point))
    value = sympy.N(expression.subs(x, sympy.Rational(point)), 40)
    distance = abs(mpmath.mpf(str(value)) - mpmath.mpf(ball.mid().str(40, radius=False)))
    assert distance <= float(ball.rad()) + 1e-14 * max(1, abs(float(value)))
    assert float(ball.rad()) < 1e-12


def test_a_straddling_ball_is_intersected_with_the_domain() -> None:
    straddling = arb(1, "1e-20")
    angle = compile_ball(sympy.acos(x), [x])(straddling)
    assert angle.is_finite()
    assert angle.contains(0)
    root = ball_sqrt(arb(0, "1e-20"))
    assert root.contains(0)
    assert root.contains(arb("1e-11"))
    power = ball_power(arb(0, "1e-10"), arb("0.5"))
    assert power.contains(0)
    assert power < 1


@pytest.mark.parametrize("expression", [sympy.sqrt(x), sympy.log(x), sympy.asin(x - 3), x**x])
def test_a_ball_outside_the_domain_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(OutOfDomain):
        compile_ball(expression, [x])(arb(-1))


def test_branch_cuts_are_not_analytic() -> None:
    across = acb(arb(-1), arb(0, "0.1"))
    for expression in (sympy.sqrt(x), sympy.log(x), x ** sympy.Rational(1, 3)):
        value = compile_ball(expression, [x])(across, analytic=True)
        assert not value.is_finite()
    assert compile_ball(sympy.exp(x), [x])(across, analytic=True).is_finite()


@pytest.mark.parametrize(
    ("function", "on_cut", "off_cut"),
    [
        (sympy.atan, acb(0, 2), acb(2, 0)),
        (sympy.asinh, acb(0, -2), acb(2, 0)),
        (sympy.asin, acb(2, 0), acb(0, 2)),
        (sympy.acos, acb(-2, 0), acb(0, 2)),
        (sympy.atanh, acb(2, 0), acb(0, 2)),
        (sympy.acosh, acb(-3, 0), acb(3, 0)),
    ],
)
def test_inverse_functions_are_not_analytic_on_their_cuts(
    function: sympy.Function, on_cut: acb, off_cut: acb
) -> None:
    compiled = compile_ball(function(x), [x])
    ball = acb(arb(0, "0.1"), arb(0, "0.1"))
    assert not compiled(on_cut + ball, analytic=True).is_finite()
    assert compiled(off_cut + ball, analytic=True).is_finite()


def test_an_undecided_condition_gives_the_union_of_the_branches() -> None:
    step = sympy.Piecewise((0, x < 0), (1, True))
    value = compile_ball(step, [x])(arb(0, "0.1"))
    assert value.contains(0)
    assert value.contains(1)
    complex_value = ball_piecewise(
        acb(1), acb(0), acb(0, 0), acb(2), payload=("<", "always"), analytic=True
    )
    assert complex_value == 2


def test_no_branch_is_an_error() -> None:
    with pytest.raises(OutOfDomain, match="Piecewise"):
        compile_ball(sympy.Piecewise((x, x > 0)), [x])(arb(-1))


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_integer_powers_of_balls_around_zero_are_finite(n: int) -> None:
    ball = ball_integer_power(arb(0, "0.5"), n)
    assert ball.is_finite()
    assert ball.contains(arb("0.499") ** n)
    assert ball.contains((-arb("0.499")) ** n)


@pytest.mark.parametrize("point", ["3", "20.5", "1000", "1e6"])
def test_erfc_keeps_its_relative_accuracy_far_out(point: str) -> None:
    """Against ``x/(x**2 + 1/2) < sqrt(pi) exp(x**2) erfc(x) < 1/x``."""
    with working_bits(200):
        exact = arb(point)
        wide = arb(exact, exact * arb(2) ** -150)
        value = ball_erfc(wide)
        assert value.rel_accuracy_bits() > 90
        assert value.overlaps(exact.erfc())
        scaled = value * (exact * exact).exp() * arb.pi().sqrt()
        assert exact / (exact * exact + arb("0.5")) < scaled < 1 / exact
    assert ball_erfc(arb("inf")) == 0
    assert ball_erfc(-arb("inf")) == 2
