import mpmath
import pytest
import sympy
from flint import arb, fmpq

from symprop.asymptotics.autonomous import autonomous_expansion
from symprop.asymptotics.drives import (
    Drive,
    drive_exponents,
    drive_of,
    indefinite_sum,
    reading_scalars,
    solving_scalars,
)
from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.expansions import INDEX
from symprop.asymptotics.matching import series_ball
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars, ExactScalars
from symprop.foundation.errors import InvalidArgument
from symprop.numerics.precision import working_bits

u = sympy.Symbol("u", positive=True)
h = sympy.Symbol("h", positive=True)
K = sympy.Symbol("K", real=True)


@pytest.mark.parametrize("power", [1, 2, 5])
def test_sums_of_powers_are_faulhaber(power: int) -> None:
    scalars = ExactScalars(ExactField([]))
    series = PowerLogSeries.monomial(scalars, power).truncated(fmpq(-30))
    total = indefinite_sum(series, scalars.coefficient(1)).expression(u)
    summed = sympy.summation(sympy.Symbol("j") ** power, (sympy.Symbol("j"), 0, u - 1))
    assert sympy.expand(total - summed).subs(u, 7) == 0
    assert sympy.expand(sympy.diff(total - summed, u)) == 0


@pytest.mark.parametrize("exponent", ["-1/2", "1/3", "-3/2"])
def test_sums_of_real_powers(exponent: str) -> None:
    """The difference to the true sum settles, 10**-15 at least, at the value of zeta."""
    power = sympy.Rational(exponent)
    scalars = ExactScalars(ExactField([power]))
    series = PowerLogSeries.monomial(scalars, power).truncated(fmpq(-12))
    total = sympy.lambdify(
        u, indefinite_sum(series, scalars.coefficient(1)).expression(u), "mpmath"
    )
    with mpmath.workdps(30):
        number = mpmath.mpf(int(power.p)) / int(power.q)
        exact = mpmath.fsum(mpmath.power(j, number) for j in range(1, 200))
        assert abs(exact - total(mpmath.mpf(200)) - mpmath.zeta(-number)) < 1e-20


def test_sum_of_a_general_step() -> None:
    scalars = ExactScalars(ExactField([h]))
    series = PowerLogSeries.monomial(scalars, 2).truncated(fmpq(-9))
    total = indefinite_sum(series, scalars.coefficient(h)).expression(u)
    assert sympy.expand(total.subs(u, u + h) - total - u**2) == 0


def test_drive_in_exact_and_ball_arithmetic_agree() -> None:
    drive = drive_of(autonomous_expansion(2 - 3 / sympy.sqrt(u), u), None)
    assert drive.symbols == {INDEX, u}
    assert drive.step == 2
    exponents = drive_exponents(drive)
    exact = drive.bindings(reading_scalars(exponents, {}), fmpq(3))[u]
    with working_bits(100):
        scalars = BallScalars(ExactField(exponents), 100, {K: 1})
        ball = series_ball(drive.bindings(scalars, fmpq(3), {K: 1})[u], arb(50))
        index = series_ball(drive.bindings(scalars, fmpq(3), {K: 1})[INDEX], arb(50))
        position = drive.position({K: 1}, 24, 100)
    assert abs(float(ball) - float(exact.expression(u).subs(u, 50))) < 1e-12
    assert float(index) == 24
    assert float(position) == 50


def test_the_index_drives_itself() -> None:
    drive = Drive()
    scalars = reading_scalars([], {})
    assert drive.bindings(scalars, fmpq(2))[INDEX].expression(u) == u
    assert drive.exact_series(fmpq(2)) is None
    assert drive_exponents(drive) == []
    solving = solving_scalars([PowerLogSeries.constant(scalars, sympy.pi)], [h], {})
    assert set(solving.exponents.generators) == {h, sympy.pi}


def test_hyperbolic_drives_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="drive"):
        drive_of(autonomous_expansion(u, u), None)
