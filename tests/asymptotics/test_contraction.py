"""Fixed points and rates against maps that can be iterated and solved by hand."""

from fractions import Fraction

import pytest

from symprop.asymptotics.contraction import convergence, fixed_point
from symprop.asymptotics.kernel_maps import ConvergenceCase, kernel_map
from symprop.foundation.errors import OutOfDomain

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


def test_an_activation_stands_for_its_map() -> None:
    assert fixed_point("gelu") == fixed_point(kernel_map("gelu"))
    assert convergence("sin").case is ConvergenceCase.CENTRED
