import re

import mpmath
import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars, ExactScalars, ExpressionScalars
from symprop.asymptotics.series_reading import converted, exponents_within, read_series
from symprop.foundation.errors import OutOfDomain
from symprop.numerics.precision import working_bits

u = sympy.Symbol("u", positive=True)
READABLE = [
    "(u + 3)**(2/3) + 1/u",
    "log(u**2 + u)",
    "sin(1/u) + exp(-1/sqrt(u))",
    "asin(1/2 + 1/u)*sqrt(u)",
    "exp(3*log(u)/2 + 1/u)",
    "1/(1 + log(1 + 1/u))",
    "u*log(1 + 1/u)**2",
    "asin(2*u/(1 + 2*u))",
    "acos(1 - 1/u)",
    "asin(1/u - 1)",
    "acos(1/sqrt(u) - 1)",
]


def series_of(text: str, window: int = 5) -> PowerLogSeries:
    expression = sympy.sympify(text, locals={"u": u})
    field = ExactField([*exponents_within(expression, {u}), sympy.Rational(3, 2)])
    scalars = ExpressionScalars(field)
    return read_series(expression, {u: PowerLogSeries.monomial(scalars, 1)}, scalars, fmpq(window))


@pytest.mark.parametrize("text", READABLE)
def test_error_is_of_the_order_of_the_cutoff(text: str) -> None:
    """From u to 100 u the error falls by 100**cutoff, to a factor; not by less, not by more."""
    series = series_of(text)
    assert series.cutoff is not None
    exact = sympy.lambdify(u, sympy.sympify(text, locals={"u": u}), "mpmath")
    written = sympy.lambdify(u, series.expression(u), "mpmath")
    with mpmath.workdps(80):
        errors = [abs(exact(mpmath.mpf(at)) - written(mpmath.mpf(at))) for at in (10**4, 10**6)]
        rate = mpmath.log(errors[0] / errors[1], 100)
    cutoff = float(int(series.cutoff.p) / int(series.cutoff.q))
    assert -cutoff - 0.2 < rate < -cutoff + 1.2


@pytest.mark.parametrize("text", ["sin(u)", "exp(u)", "log(log(u))", "gamma(u)", "sqrt(log(u))"])
def test_other_scales_are_refused(text: str) -> None:
    with pytest.raises(OutOfDomain):
        series_of(text)


def test_conversion_keeps_the_terms() -> None:
    series = series_of("sqrt(2)*(u + pi)**(1/2)")
    field = ExactField([c for _, block in series.blocks for c in block])
    exact = converted(series, ExactScalars(field))
    assert sympy.expand(exact.expression(u) - series.expression(u)) == 0
    with working_bits(90):
        balls = converted(series, BallScalars(ExactField([]), 90))
    assert [len(block) for _, block in balls.blocks] == [len(block) for _, block in series.blocks]
    assert abs(float(balls.blocks[1][1][0]) - 3.141592653589793 / 2**0.5) < 1e-14


def test_the_part_that_has_no_expansion_is_named() -> None:
    x = sympy.Symbol("x", positive=True)
    scalars = ExpressionScalars(ExactField([]))
    for part in (sympy.exp(x), sympy.tanh(x), x**x):
        with pytest.raises(OutOfDomain, match=f"but {re.escape(str(part))} has none"):
            read_series(1 + part, {x: PowerLogSeries.monomial(scalars, 1)}, scalars, fmpq(2))
