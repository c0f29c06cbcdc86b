"""The correlation map: faces, gaps, and the slope at one."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.gaussian.closed_forms import RHO
from symprop.recurrences.correlation import c_map, correlation_map
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullyConnected


@pytest.mark.parametrize("name", ["relu", "erf", "gelu", "tanh"])
def test_faces_agree(name: str) -> None:
    correlations = correlation_map(name, "3/2", bias_variance="1/7", variance="5/4")
    points = np.array([-1.0, -0.5, 0.0, 0.25, 0.75, 1.0])
    values = correlations(points)
    assert values[-1] == pytest.approx(1.0, rel=1e-15)
    for rho, value in zip(points.tolist(), values.tolist(), strict=True):
        ball = correlations.enclose(rho, dps=25)
        assert float(ball) == pytest.approx(value, rel=1e-14, abs=1e-15)
        if name != "tanh":
            form = correlations.closed_form.subs(RHO, sympy.Rational(rho)).evalf(40)
            assert abs(ball.midpoint - form) < 1e-24
    assert np.allclose(correlations(angle_gap=1 - points), values, rtol=1e-14)


def test_small_gaps() -> None:
    correlations = correlation_map("tanh", 2, variance="1/2")
    slope = correlations.slope_at_one(dps=30)
    gap = correlations.gap(angle_gap="1e-40", dps=20)
    assert float(gap * 10**40) == pytest.approx(float(slope), rel=1e-15)
    assert correlations.gap(1).contains(0)


def test_slope_at_a_fixed_point_is_that_of_the_length_map() -> None:
    """For relu with doubled variance every length is fixed, and chi_1 = 1."""
    assert correlation_map("relu", 2, variance="7/3").slope_at_one().contains(1)
    with pytest.raises(OutOfDomain, match="second moment"):
        c_map("sign").slope_at_one()


def test_normalised_nets_iterate_it() -> None:
    net = FullyConnected("erf", 2, "1/3", normalization="rms")
    path = trajectory(net, 5, length=1, cosine="1/4", dps=25)
    correlations = correlation_map("erf", 2, bias_variance="1/3")
    for layer in range(1, 5):
        assert correlations.enclose(path.c[layer], dps=20).overlaps(path.c[layer + 1])


def test_recurrence_and_refusals() -> None:
    l = sympy.Symbol("l", integer=True, positive=True)  # noqa: E741
    c = sympy.Function("c", real=True)
    assert c_map("sign").recurrence == sympy.Eq(c(l + 1), 2 * sympy.asin(c(l)) / sympy.pi)
    with pytest.raises(OutOfDomain, match="variance"):
        c_map("relu", variance=0)
    with pytest.raises(OutOfDomain, match="or a bias"):
        correlation_map("relu", 0)
    with pytest.raises(OutOfDomain, match="rho inside"):
        c_map("relu")([0.0, 1.5])


def test_without_closed_form_the_recurrence_names_v_and_w() -> None:
    equation = correlation_map("softsign", 2, bias_variance=1, variance=3).recurrence
    assert str(equation.rhs.subs(sympy.Function("c", real=True)(equation.lhs.args[0] - 1), 0)) == (
        "(2*W_{softsign}(3, 0) + 1)/(2*V_{softsign}(3) + 1)"
    )


def test_arrays_are_refused_by_name() -> None:
    correlations = c_map("tanh")
    with pytest.raises(InvalidArgument, match="rho to be an array of real numbers"):
        correlations("a")
    for given in ({}, {"rho": 0.5, "angle_gap": 0.5}):
        with pytest.raises(InvalidArgument, match="exactly one of them"):
            correlations(**given)
