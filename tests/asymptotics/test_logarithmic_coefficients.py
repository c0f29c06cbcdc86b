"""Coefficients that depend on the logarithm: read, closed under the derivative, differentiated."""

import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.logarithmic_coefficients import (
    LOG,
    LogReadingScalars,
    log_exact_series,
)
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.series_reading import exponents_within, read_series
from symprop.foundation.errors import OutOfDomain

u = sympy.Symbol("u", positive=True)


def exact(expression: sympy.Expr, window: int = 3) -> PowerLogSeries:
    reading = LogReadingScalars(ExactField([*exponents_within(expression, {u})]))
    bindings = {u: PowerLogSeries.monomial(reading, 1)}
    return log_exact_series(read_series(expression, bindings, reading, fmpq(window)), {})


def written(series: PowerLogSeries) -> sympy.Expr:
    return series.expression(u).subs(LOG, sympy.log(u))


@pytest.mark.parametrize(
    "f",
    [
        sympy.log(u),
        sympy.sqrt(u) / sympy.log(u) + sympy.log(u) ** sympy.Rational(2, 3),
        u * sympy.log(sympy.log(u)) ** 2 + 1 / (1 + sympy.log(u)),
        sympy.exp(1 / sympy.log(u)) / u,
    ],
    ids=str,
)
def test_derivatives_are_exact(f: sympy.Expr) -> None:
    series = exact(f)
    assert sympy.simplify(written(series) - f) == 0
    assert sympy.simplify(written(series.derivative()) - sympy.diff(f, u)) == 0
    second = series.derivative().derivative()
    assert sympy.simplify(written(second) - sympy.diff(f, u, 2)) == 0


def test_logarithms_of_sums() -> None:
    series = exact(sympy.log(3 * u + sympy.log(u)))
    expected = sympy.log(u) + sympy.log(3) + sympy.log(u) / (3 * u)
    assert abs(sympy.N((written(series) - expected).subs(u, 10**4))) < 1e-6


@pytest.mark.parametrize("f", [sympy.sin(sympy.log(u)), sympy.exp(sympy.log(u) ** 2)], ids=str)
def test_functions_without_limit_are_refused(f: sympy.Expr) -> None:
    with pytest.raises(OutOfDomain, match="limit"):
        exact(f)
