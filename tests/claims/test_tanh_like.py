"""The catalogue is tanh-like as stated, and its tail moments are right."""

from fractions import Fraction

import pytest
import sympy

from symprop.claims.tanh_like import (
    FIRST_MOMENT,
    TANH_LIKE,
    THIRD_MOMENT,
    arcsine,
    defect,
    first_order,
    kernel,
    second_moment,
)
from symprop.specs.activations import X, activation


@pytest.mark.parametrize("phi", TANH_LIKE)
def test_activation_is_tanh_like(phi: str) -> None:
    function = activation(phi)
    assert function.parity == "odd"
    values = [float(function(point)) for point in (0.0, 0.3, 1.0, 2.5, 40.0, 1e9)]
    assert values[0] == 0
    assert values == sorted(values)
    assert 1 - 1e-8 < values[-1] <= 1


@pytest.mark.parametrize("phi", ["erf", "hard_tanh"])
@pytest.mark.parametrize(("power", "table"), [(1, FIRST_MOMENT), (3, THIRD_MOMENT)])
def test_tail_moments(phi: str, power: int, table: dict[str, sympy.Expr]) -> None:
    x = sympy.Symbol("x", positive=True)
    tail = {"erf": (sympy.erfc(x), sympy.oo), "hard_tanh": (1 - x, 1)}[phi]
    assert sympy.integrate(x**power * tail[0], (x, 0, tail[1])) == table[phi]


def test_kernel_of_erf_and_of_its_limit() -> None:
    exact = sympy.N(2 * sympy.asin(sympy.Rational(1, 3)) / sympy.pi, 25)
    assert (
        abs(sympy.N(kernel("erf", Fraction(1), Fraction(1, 2), 25)._sympy_(), 25) - exact) < 1e-24
    )
    assert kernel("sign", Fraction(3), Fraction(1, 2), 20).contains(Fraction(1, 3))
    assert arcsine(Fraction(1, 2), 20).overlaps(arcsine(Fraction(1, 2), 30))


def test_defect_keeps_its_digits() -> None:
    gap = defect("erf", Fraction(10**12), Fraction(1, 2), 20)
    assert gap.rel_accuracy_bits() > 55
    assert abs(float(gap * 10**12 / first_order("erf", Fraction(1, 2), 20)) - 1) < 1e-11


def test_second_moment() -> None:
    assert float(second_moment("sign", Fraction(2), 15)) == 1
    assert 0.39 < float(second_moment("tanh", Fraction(1), 15)) < 0.4


def test_argument_symbol_is_shared() -> None:
    assert activation("erf").expression == sympy.erf(X)
