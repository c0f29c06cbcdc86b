"""The best contraction factor, against polynomials, searches and its bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from symprop.asymptotics.contraction_factors import best_contraction, contraction_bound
from symprop.asymptotics.kernel_maps import kernel_map
from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.activations import X

F = Fraction


@pytest.mark.parametrize(
    ("phi", "value"),
    [
        ("x**2 - 1", F(1, 2)),  # rho^2
        ("x**3 - 3*x", F(1, 3)),  # rho^3
        ("x**2 + x - 1", F(3, 5)),  # rho/3 + 2 rho^2/3
        ("x**3 - x", F(5, 11)),  # 2 rho/5 + 3 rho^3/5
    ],
)
def test_best_contraction(phi: str, value: Fraction) -> None:
    for dps in (15, 60):
        ball = best_contraction(kernel_map(phi), dps=dps)
        assert ball.contains(value)
        assert ball.radius < 10.0 ** -(dps + 1)


def test_best_contraction_of_odd_activations_is_the_slope() -> None:
    kernel = kernel_map("tanh")
    assert best_contraction(kernel).overlaps(kernel.slope_at_zero(30))


def test_best_contraction_between_the_ends() -> None:
    """A recentred ReLU contracts worst inside (0, 1)."""
    kernel = kernel_map("relu", recentred=True)
    ball = best_contraction(kernel, dps=12)
    assert ball.lower > kernel.slope_at_zero().upper + F(1, 200)
    assert ball.upper < contraction_bound(kernel.slope_at_zero()).lower


@pytest.mark.parametrize(
    ("phi", "recentred"), [("relu", True), ("gelu", True), ("sigmoid", True), ("gaussian", True)]
)
def test_best_contraction_against_golden_section(phi: str, recentred: bool) -> None:
    """A float search on the quotient itself, and its limits at 0 and 1."""
    kernel = kernel_map(phi, recentred=recentred)

    def negative(r: float) -> float:
        image = float(kernel.enclose(r, dps=20))
        return -image * (1 - r) / (r * (1 - image))

    found = minimize_scalar(negative, bounds=(1e-6, 1 - 1e-6), method="bounded")
    ends = (kernel.slope_at_zero(), 1 / kernel.slope_at_one())
    largest = max(-found.fun, *map(float, ends))
    assert abs(float(best_contraction(kernel)) - largest) < 1e-8


@given(st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(lambda c: sum(c) > c[0]))
@settings(max_examples=20)
def test_best_contraction_of_hermite_sums(weights: list[int]) -> None:
    """The kernel is a polynomial with these coefficients: its quotient on a grid is not above."""
    he = (X, X**2 - 1, X**3 - 3 * X, X**4 - 6 * X**2 + 3, X**5 - 10 * X**3 + 15 * X)
    pairs = list(zip(weights, he, strict=False))
    phi = sum(
        sympy.sqrt(sympy.Rational(c, sympy.factorial(k + 1))) * h for k, (c, h) in enumerate(pairs)
    )
    ball = best_contraction(kernel_map(phi))
    total = sum(weights)

    def quotient(r: Fraction) -> Fraction:
        image = sum(F(c, total) * r ** (k + 1) for k, c in enumerate(weights))
        return image * (1 - r) / (r * (1 - image))

    slope = F(sum((k + 1) * c for k, c in enumerate(weights)), total)
    ends = (F(weights[0], total), 1 / slope)
    largest = max(*ends, *(quotient(F(k, 200)) for k in range(1, 200)))
    assert largest <= ball.upper
    assert ball.lower < largest + F(1, 1000)


def test_best_contraction_refuses() -> None:
    with pytest.raises(OutOfDomain, match="centred"):
        best_contraction(kernel_map("relu"))
    with pytest.raises(InvalidArgument, match="dps"):
        best_contraction(kernel_map("x**2 - 1"), dps=0)


def test_contraction_bound_over_a_class() -> None:
    assert contraction_bound(F(1, 2)) == F(2, 3)
    assert contraction_bound(F(1, 4), odd=True) == F(2, 5)
    assert contraction_bound(F(3, 4), odd=True) == F(3, 4)


def test_an_activation_stands_for_its_map() -> None:
    assert best_contraction("sin") == best_contraction(kernel_map("sin"))
