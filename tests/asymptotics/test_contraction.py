"""Fixed points and rates against maps that can be iterated and solved by hand."""

from fractions import Fraction

import pytest

from symprop.asymptotics.contraction import (
    best_contraction,
    contraction_bound,
    convergence,
    fixed_point,
)
from symprop.asymptotics.kernel_maps import ConvergenceCase, kernel_map
from symprop.foundation.errors import InvalidArgument, OutOfDomain

F = Fraction


def test_fixed_point_of_a_quadratic() -> None:
    """(1 + 2 rho^2)/3 has the fixed points 1/2 and 1."""
    point = fixed_point(kernel_map("x**2"), dps=40)
    assert point.contains("1/2")
    assert point.relative_bits >= 130
    found = convergence(kernel_map("x**2"))
    assert found.local_rate is not None
    assert found.global_rate is not None
    assert found.local_rate.contains("2/3")
    assert found.global_rate.contains("3/4")


def test_fixed_point_near_one() -> None:
    """At bias just below criticality the fixed point is close to 1, and still certified."""
    kernel = kernel_map("x**3", bias_variance="119999/10000")
    point = fixed_point(kernel, dps=20)
    assert 0.999 < float(point) < 1
    assert kernel.enclose(point.lower, dps=30).lower > point.lower
    assert kernel.enclose(point.upper, dps=30).upper < point.upper


@pytest.mark.parametrize(("phi", "value"), [("tanh", 0), ("sigmoid", 1), ("relu", 1)])
def test_exact_fixed_points(phi: str, value: int) -> None:
    assert fixed_point(kernel_map(phi)).compare(value) == 0


def test_identity_has_none() -> None:
    with pytest.raises(OutOfDomain, match="identity"):
        fixed_point(kernel_map("x"))
    assert convergence(kernel_map("x")).fixed_point is None


@pytest.mark.parametrize("phi", ["gelu", "relu", "cos", "x**2 - 1", "heaviside", "erf"])
@pytest.mark.parametrize("start", ["-9/10", "1/3", "99/100"])
def test_bound_is_above_the_iterates(phi: str, start: str) -> None:
    kernel = kernel_map(phi)
    found = convergence(kernel)
    assert found.fixed_point is not None
    rho = F(start)
    for depth in range(6):
        distance = abs(found.fixed_point - rho)
        assert distance.lower <= found.bound(start, depth).upper
        rho = F(str(float(kernel.enclose(rho, dps=20))))


def test_bound_needs_a_start_inside() -> None:
    found = convergence(kernel_map("tanh"))
    with pytest.raises(OutOfDomain, match="start"):
        found.bound(1, 3)
    with pytest.raises(OutOfDomain, match="attracting"):
        convergence(kernel_map("x")).bound("1/2", 3)


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
    ball = best_contraction(kernel_map(phi))
    assert ball.contains(value)
    assert ball.radius < 1e-6


def test_best_contraction_of_odd_activations_is_the_slope() -> None:
    kernel = kernel_map("tanh")
    assert best_contraction(kernel).overlaps(kernel.slope_at_zero(30))


def test_best_contraction_between_the_ends() -> None:
    """A recentred ReLU contracts worst inside (0, 1)."""
    kernel = kernel_map("relu", recentred=True)
    ball = best_contraction(kernel, tolerance="1/10000")
    assert ball.lower > kernel.slope_at_zero().upper + F(1, 200)
    assert ball.upper < contraction_bound(kernel.slope_at_zero()).lower


def test_best_contraction_refuses() -> None:
    with pytest.raises(OutOfDomain, match="centred"):
        best_contraction(kernel_map("relu"))
    with pytest.raises(InvalidArgument, match="tolerance"):
        best_contraction(kernel_map("x**2 - 1"), tolerance=0)


def test_contraction_bound_over_a_class() -> None:
    assert contraction_bound(F(1, 2)) == F(2, 3)
    assert contraction_bound(F(1, 4), odd=True) == F(2, 5)
    assert contraction_bound(F(3, 4), odd=True) == F(3, 4)


def test_an_activation_stands_for_its_map() -> None:
    assert fixed_point("gelu") == fixed_point(kernel_map("gelu"))
    assert convergence("sin").case is ConvergenceCase.CENTRED
    assert best_contraction("sin") == best_contraction(kernel_map("sin"))
