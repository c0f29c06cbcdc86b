"""Formal solutions are put back into their equations: what is left lies below the cutoff."""

import mpmath
import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.linearised import algebraic_solution, regular_solution
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import ExactScalars
from symprop.foundation.errors import OutOfDomain

x = sympy.Symbol("x", positive=True)
C = sympy.Symbol("C", real=True)
FIELD = ExactField([C, sympy.Rational(1, 2)])
SCALARS = ExactScalars(FIELD)


def series(*terms: tuple[object, object], cutoff: int = -8) -> PowerLogSeries:
    items = [
        (FIELD.element(sympy.Rational(str(power))), (FIELD.element(sympy.sympify(c)),))
        for c, power in terms
    ]
    return PowerLogSeries.of(SCALARS, items, fmpq(cutoff))


def residual(
    coefficients: list[PowerLogSeries], step: int, solution: PowerLogSeries, at: mpmath.mpf
) -> mpmath.mpf:
    written = sympy.lambdify(x, solution.expression(x).subs(C, sympy.Rational(1, 3)), "mpmath")
    parts = [sympy.lambdify(x, c.expression(x), "mpmath")(at) for c in coefficients]
    value = written(at)
    return written(at + step) - value - sum(p * value**n for n, p in enumerate(parts))


def order_left(coefficients: list[PowerLogSeries], step: int, solution: PowerLogSeries) -> float:
    with mpmath.workdps(60):
        near, far = (
            abs(residual(coefficients, step, solution, mpmath.mpf(10) ** n)) for n in (6, 8)
        )
        return float(mpmath.log(near / far, 100))


@pytest.mark.parametrize("delta", ["1/3", "1/2", "2"])
@pytest.mark.parametrize("nonlinear", [0, 1])
def test_regular_solution(delta: str, nonlinear: int) -> None:
    """Resonant (1/2) and not; the residual is one order below the cutoff."""
    rate = sympy.Rational(delta)
    coefficients = [series((3, "-3/2"), (1, -2)), series((-2 * rate, -1), (1, "-3/2"))]
    coefficients += [series((5, -1))] * nonlinear
    homogeneous = PowerLogSeries.of(SCALARS, [(FIELD.element(-rate), (FIELD.element(C),))], None)
    solution = regular_solution(
        coefficients, FIELD.rational(2), FIELD.element(rate), homogeneous, fmpq(-3)
    )
    assert solution.cutoff == -3
    assert order_left(coefficients, 2, solution) > 3.6
    shorter = solution.truncated(fmpq(-2))
    assert order_left(coefficients, 2, shorter) < 3.6


@pytest.mark.parametrize("leading", ["0", "-1/2"])
def test_algebraic_solution(leading: str) -> None:
    coefficients = [
        series((3, -1)),
        series(("-1/2", leading), (1, -1)),
        series((5, leading)),
        series((1, 0)),
    ]
    solution = algebraic_solution(coefficients, FIELD.one, fmpq(-4))
    assert order_left(coefficients, 1, solution) > 4 - float(sympy.Rational(leading)) - 0.3


def test_a_nonlinearity_that_is_not_small_is_refused() -> None:
    homogeneous = PowerLogSeries.of(SCALARS, [(FIELD.rational(-1, 2), (FIELD.one,))], None)
    with pytest.raises(OutOfDomain, match="small"):
        regular_solution(
            [series(), series((-1, -1)), series((1, "-1/2"))],
            FIELD.rational(2),
            FIELD.rational(1, 2),
            homogeneous,
            fmpq(-3),
        )


def test_logarithm_before_the_leading_linear_term_is_refused() -> None:
    linear = PowerLogSeries.of(SCALARS, [(FIELD.zero, (FIELD.one, FIELD.one))], fmpq(-5))
    with pytest.raises(OutOfDomain, match="without logarithm"):
        algebraic_solution([series((1, -1)), linear], FIELD.one, fmpq(-3))
