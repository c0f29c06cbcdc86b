"""Series are checked as numbers: truncated operations differ by what the cutoff allows."""

from collections.abc import Callable

import mpmath
import pytest
import sympy
from flint import fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.power_log_series import PowerLogSeries, log_quotient
from symprop.asymptotics.scalars import ExactScalars
from symprop.foundation.errors import OutOfDomain, PrecisionNotReached

z = sympy.Symbol("z", positive=True)
EXACT = ExactScalars(ExactField([]))


def one_over(*items: tuple[int, int, int]) -> PowerLogSeries:
    """Return the sum of ``c z**(a/2) log(z)**b``."""
    blocks = []
    for coefficient, half, log_power in items:
        zeros = (EXACT.coefficient(0),) * log_power
        blocks.append((EXACT.exponents.rational(half, 2), (*zeros, EXACT.coefficient(coefficient))))
    return PowerLogSeries.of(EXACT, blocks, None)


def value(series: PowerLogSeries, at: int) -> mpmath.mpf:
    return mpmath.mpf(sympy.N(series.expression(z).subs(z, at), 40))


SMALL = one_over((3, -1, 0), (-2, -2, 1), (5, -3, 2)).truncated(fmpq(-4))


@pytest.mark.parametrize(
    ("series", "function"),
    [
        ((one_over((1, 0, 0)) + SMALL).power(-1), lambda s: 1 / (1 + s)),
        ((one_over((1, 0, 0)) + SMALL).power(sympy.Rational(3, 2)), lambda s: (1 + s) ** 1.5),
        ((one_over((1, 0, 0)) + SMALL).log(), lambda s: mpmath.log(1 + s)),
    ],
    ids=["inverse", "power", "log"],
)
def test_functions_of_series_are_right_to_their_cutoff(
    series: PowerLogSeries, function: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    """The error, divided by z**cutoff up to logarithms, stays bounded and the last term shows."""
    with mpmath.workdps(40):
        for at in (10**6, 10**8):
            exact = function(value(SMALL, at))
            error = abs(value(series, at) - exact) * mpmath.mpf(at) ** 4
            assert error < 10**3 * mpmath.log(at) ** 8
            shorter = series.truncated(fmpq(-7, 2))
            assert abs(value(shorter, at) - exact) > abs(value(series, at) - exact)


def test_ring() -> None:
    series = one_over((2, 3, 1), (1, -1, 0))
    squared = (series * series).expression(z)
    assert sympy.expand(squared - series.expression(z) ** 2) == 0
    assert (series - series).blocks == ()
    assert series.power(2).expression(z) == squared


def test_cutoff_of_a_product() -> None:
    left = one_over((1, 4, 0)).truncated(fmpq(-1))
    right = one_over((1, 2, 0)).truncated(fmpq(-3))
    assert (left * right).cutoff == 0
    assert (left + right).cutoff == -1


def test_derivative_and_primitive_are_inverse() -> None:
    series = one_over((7, 3, 2), (2, -2, 1), (4, -5, 0))
    assert sympy.expand(
        series.derivative().expression(z) - sympy.diff(series.expression(z), z)
    ).equals(0)
    back = series.primitive().derivative()
    assert sympy.expand(back.expression(z) - series.expression(z)) == 0
    assert one_over((1, -2, 0)).primitive().expression(z) == sympy.log(z)


def test_log_quotient() -> None:
    block = tuple(EXACT.coefficient(c) for c in (3, -1, 2))
    solved = log_quotient(block, EXACT.coefficient(5))
    for power in range(3):
        following = (power + 1) * solved[power + 1] if power < 2 else 0
        assert 5 * solved[power] + following == block[power]


def test_what_has_no_power_log_series_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="free of logarithms"):
        one_over((1, 0, 1), (1, -1, 0)).truncated(fmpq(-2)).power(-1)
    with pytest.raises(OutOfDomain, match="truncated"):
        (one_over((1, 0, 0)) + one_over((1, -1, 0))).log()
    with pytest.raises(OutOfDomain, match="vanish"):
        _ = one_over().leading
    with pytest.raises(PrecisionNotReached, match="remainder"):
        _ = one_over().truncated(fmpq(0)).leading


def test_symbolic_exponents_are_ordered_by_the_sample() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    field = ExactField([alpha], {alpha: sympy.Rational(1, 3)})
    scalars = ExactScalars(field)
    series = PowerLogSeries.monomial(scalars, alpha) + PowerLogSeries.monomial(scalars, 1 - alpha)
    assert field.expression(series.leading[0]) == 1 - alpha
