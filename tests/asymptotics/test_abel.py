"""The Abel equation and the inverse are checked numerically, by the order of what is left."""

import mpmath
import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.abel import (
    abel_derivative,
    in_power_of_variable,
    lagrange_inverse,
    leading_growth,
)
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExactScalars, ExpressionScalars
from symprop.asymptotics.series_reading import converted, exponents_within, read_series
from symprop.foundation.errors import OutOfDomain

u = sympy.Symbol("u", positive=True)
half = sympy.Rational(1, 2)


def exact_series(expression: sympy.Expr, window: int = 6) -> PowerLogSeries:
    field = ExactField([*exponents_within(expression, {u})])
    reading = ExpressionScalars(field)
    series = read_series(
        expression, {u: PowerLogSeries.monomial(reading, 1)}, reading, fmpq(window)
    )
    return converted(series, ExactScalars(ExactField([sympy.sqrt(2), half])))


def number(expression: sympy.Expr, at: mpmath.mpf) -> mpmath.mpf:
    return sympy.lambdify(u, expression, "mpmath")(at)


@pytest.mark.parametrize(
    "f",
    [2 - 3 / sympy.sqrt(u), u**half, 1 / u, u ** sympy.Rational(2, 3) + 1, 1 + sympy.log(u) / u],
    ids=str,
)
def test_abel_equation_holds_to_the_order_kept(f: sympy.Expr) -> None:
    """``Phi(u + f) - Phi(u) - 1`` falls faster than the last term kept could."""
    derivative = abel_derivative(exact_series(f), fmpq(4))
    phi = derivative.primitive().expression(u)
    with mpmath.workdps(60):
        near, far = (
            abs(number(phi, at + number(f, at)) - number(phi, at) - 1)
            for at in (mpmath.mpf(10) ** 6, mpmath.mpf(10) ** 8)
        )
        rate = float(mpmath.log(near / far, 100))
    assert rate > 3.7


def test_shorter_abel_series_leaves_more() -> None:
    phi = abel_derivative(exact_series(u**half), fmpq(2)).primitive().expression(u)
    with mpmath.workdps(60):
        at = mpmath.mpf(10) ** 6
        assert abs(number(phi, at + mpmath.sqrt(at)) - number(phi, at) - 1) > 1e-18


@pytest.mark.parametrize(
    "perturbation", [2 * sympy.sqrt(u) + sympy.log(u), 3 * sympy.log(u) + 1 / u]
)
def test_lagrange_inverse_inverts(perturbation: sympy.Expr) -> None:
    window = fmpq(5)
    series = exact_series(perturbation).truncated(1 - window)
    identity = PowerLogSeries.monomial(series.scalars, 1)
    inverse = lagrange_inverse(series, identity).expression(u)
    root = lagrange_inverse(series, identity.power(2)).expression(u)
    with mpmath.workdps(60):
        errors = []
        for at in (mpmath.mpf(10) ** 6, mpmath.mpf(10) ** 9):
            x = at + number(perturbation, at)
            errors.append(abs(number(inverse, x) - at))
            assert abs(number(root, x) - at**2) < 10 * at * errors[-1] + 1e-3 * at**-2
        assert mpmath.log(errors[0] / errors[1], 1000) > 3.2


def test_change_of_variable() -> None:
    series = exact_series(u**half + sympy.log(u) ** 2)
    changed = in_power_of_variable(series, series.scalars.exponents.rational(1, 2))
    assert sympy.expand(changed.expression(u) - u - 4 * sympy.log(u) ** 2) == 0


def test_growth_that_is_too_fast_or_logarithmic_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="slower"):
        abel_derivative(exact_series(2 * u), fmpq(2))
    with pytest.raises(OutOfDomain, match="logarithms"):
        leading_growth(exact_series(sympy.log(u)))
