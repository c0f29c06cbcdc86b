import pytest
import sympy
from flint import arb

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.scalars import (
    BallScalars,
    ExactScalars,
    ExpressionScalars,
    Scalars,
    constant_ball,
)
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.numerics.precision import working_bits

x = sympy.Symbol("x", positive=True)
FIELD = ExactField([sympy.sqrt(x), sympy.log(x)])


@pytest.mark.parametrize(
    "scalars",
    [ExactScalars(FIELD), ExpressionScalars(FIELD), BallScalars(FIELD, 90, {x: 3})],
    ids=["exact", "expression", "ball"],
)
def test_three_arithmetics_agree(scalars: Scalars) -> None:
    """Power, logarithm and embedding, all checked as numbers at x = 3."""
    with working_bits(90):
        number = scalars.coefficient(x)
        results = {
            "power": scalars.power(number, FIELD.rational(-1, 2)),
            "log": scalars.log(number),
            "exponent": scalars.embed(FIELD.rational(5, 4)),
            "sum": scalars.tidy(number + number * number),
        }
        expected = {"power": 3**-0.5, "log": 1.0986122886681098, "exponent": 1.25, "sum": 12.0}
        for name, value in results.items():
            if isinstance(scalars, ExactScalars):
                value = FIELD.expression(value)
            if not isinstance(value, arb):
                value = constant_ball(sympy.sympify(value), {x: 3}, 90)
            assert abs(float(value) - expected[name]) < 1e-14, name
        assert scalars.is_zero(number - number)
        assert not scalars.is_zero(number)


def test_zero_is_found_where_expansion_does_not_show_it() -> None:
    scalars = ExpressionScalars(FIELD)
    hidden = sympy.sqrt(3 + 2 * sympy.sqrt(2)) - 1 - sympy.sqrt(2)
    assert scalars.is_zero(hidden)
    assert not scalars.is_zero(hidden + sympy.Rational(1, 10**6))


def test_taylor_coefficients() -> None:
    y = sympy.Symbol("y")
    exact = ExpressionScalars(FIELD).taylor(sympy.asin(y), y, sympy.Rational(1, 2), 2)
    assert sympy.simplify(exact - 2 * sympy.sqrt(3) / 9) == 0
    with working_bits(90):
        ball = BallScalars(FIELD, 90, {x: 3}).taylor(sympy.asin(y) * x, y, arb("0.5"), 2)
        assert abs(float(ball) - 3 * float(exact)) < 1e-14
    with pytest.raises(OutOfDomain, match="smooth"):
        ExpressionScalars(FIELD).taylor(sympy.asin(y), y, sympy.Integer(1), 1)


def test_missing_values_are_named() -> None:
    with pytest.raises(InvalidArgument, match="x"):
        constant_ball(x + 1, {}, 60)
