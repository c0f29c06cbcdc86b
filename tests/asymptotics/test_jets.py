"""Jets against SymPy's derivatives."""

from collections.abc import Iterator

import pytest
import sympy
from flint import arb, fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.asymptotics.jets import Jet, JetScalars
from symprop.asymptotics.power_log_series import PowerLogSeries
from symprop.asymptotics.scalars import BallScalars
from symprop.asymptotics.series_reading import read_series
from symprop.numerics.precision import working_bits

x = sympy.Dummy("x", real=True)
t = sympy.Symbol("t", real=True)
ORDER = 5


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    with working_bits(120):
        yield


def scalars() -> JetScalars:
    return JetScalars(BallScalars(ExactField([]), 120), ORDER)


def agrees(jet: Jet, expression: sympy.Expr) -> bool:
    """Whether a jet is the Taylor polynomial of an expression in t."""
    wanted, derivative = [], expression
    for n in range(ORDER + 1):
        wanted.append(sympy.N(derivative.subs(t, 0) / sympy.factorial(n), 30))
        derivative = sympy.diff(derivative, t)
    return all(abs(c - arb(str(w))) < 1e-25 for c, w in zip(jet.coefficients, wanted, strict=True))


POINT = sympy.Rational(1, 3) + 2 * t + t**2


def point() -> Jet:
    return Jet.of([arb(1) / 3, arb(2), arb(1)], ORDER)


def test_ring() -> None:
    jet = point()
    assert agrees(1 / jet, 1 / POINT)
    assert agrees(jet / (jet + 1), POINT / (POINT + 1))
    assert agrees(3 - jet * jet + (jet - 2), 3 - POINT**2 + POINT - 2)
    assert agrees(jet / 3 - 1, POINT / 3 - 1)


def test_powers_and_logarithm() -> None:
    ring, jet = scalars(), point()
    assert agrees(ring.power(jet, fmpq(-3, 2)), POINT ** -sympy.Rational(3, 2))
    assert agrees(ring.power(jet, fmpq(-2)), POINT**-2)
    assert agrees(ring.log(jet), sympy.log(POINT))


@pytest.mark.parametrize(
    "function", [sympy.asin, sympy.exp, sympy.erf, sympy.sin, sympy.atan], ids=str
)
def test_functions(function: type[sympy.Function]) -> None:
    """The derivative of some is elementary, that of others is not."""
    found = scalars().taylor(function(x), x, point(), 0)
    assert agrees(found, function(POINT))
    second = scalars().taylor(function(x), x, point(), 2)
    assert agrees(second, sympy.diff(function(t), t, 2).subs(t, POINT) / 2)


def test_reading_separates_the_powers() -> None:
    """``asin((1/3 + eps) + 1/X)``: the part without X is asin, that before 1/X its derivative."""
    ring = scalars()
    moving = ring.series(Jet.of([arb(1) / 3, 1], ORDER)) + PowerLogSeries.monomial(ring, -1)
    read = read_series(sympy.asin(x), {x: moving}, ring, fmpq(3))
    parts = ring.separated(read)
    for n, part in enumerate(parts):
        for power in (0, 1, 2):
            total = n + power
            wanted = sympy.diff(sympy.asin(t), t, total).subs(t, sympy.Rational(1, 3))
            wanted /= sympy.factorial(n) * sympy.factorial(power)
            block = part.block(fmpq(-power))
            assert abs(block[0] - arb(str(sympy.N(wanted, 30)))) < 1e-25


def test_cancellation_is_seen() -> None:
    ring = scalars()
    third = ring.coefficient(sympy.Rational(1, 3))
    assert ring.is_zero(third * 3 - 1)
    assert not ring.is_zero(third * 3 - 1 + Jet.of([0, 1], ORDER))
    assert not ring.is_zero(ring.coefficient(sympy.Rational(1, 10**40)))
