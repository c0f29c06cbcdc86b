"""The edge of chaos: chi_1 is 1 there, exactly where it can be, refused where there is none."""

from __future__ import annotations

import pytest
import sympy

from symprop.asymptotics.critical_line import (
    critical_weight_variance,
    edge_of_chaos,
    edge_of_chaos_closed_form,
)
from symprop.asymptotics.phases import chi_1
from symprop.foundation.errors import NoClosedForm, NoConvergence, OutOfDomain
from symprop.gaussian.closed_forms import Q
from symprop.gaussian.transforms import v_transform
from symprop.numerics.evaluation import enclose
from tests.malformed import NO_SEQUENCES, assert_refused


@pytest.mark.parametrize("name", ["tanh", "erf", "sin", "cos", "gelu"])
@pytest.mark.parametrize("bias", ["1/20", "1/3"])
def test_slope_is_one_at_a_fixed_length(name: str, bias: str) -> None:
    point = critical_weight_variance(name, bias_variance=bias, dps=25)
    slope = chi_1(name, weight_variance=point.weight_variance, length=point.length, dps=15)
    assert slope.contains(1)
    assert float(slope.radius) < 1e-15
    image = v_transform(name).enclose(point.length, dps=20) * point.weight_variance + bias
    assert image.overlaps(point.length)


def test_exp_is_critical_only_at_an_unstable_length() -> None:
    """``q = 1 + bias``, ``w = exp(-2 q)``, and the length map has slope 2 there."""
    point = critical_weight_variance("exp", bias_variance="1/10", dps=30)
    assert point.weight_variance.overlaps(enclose(sympy.exp(-sympy.Rational(11, 5)), dps=40))
    assert point.length_slope.contains(2)
    assert point.exact == sympy.exp(-sympy.Rational(11, 5))
    assert point.length_exact == sympy.Rational(11, 10)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tanh", 1),
        ("erf", sympy.pi / 4),
        ("relu", 2),
        ("gelu", 4),
        ("abs", 1),
        ("leaky_relu:1/2", sympy.Rational(8, 5)),
        ("sin", 1),
    ],
)
def test_exact_without_biases(name: str, value: object) -> None:
    assert critical_weight_variance(name).exact == value


def test_homogeneous_with_bias_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="Expected a bias variance of 0"):
        critical_weight_variance("relu", bias_variance=1)


@pytest.mark.parametrize("name", ["squared_relu", "alpha_relu:7/10", "x**3"])
def test_homogeneous_of_another_degree_is_exact(name: str) -> None:
    point = critical_weight_variance(name, bias_variance="1/7", dps=20)
    assert point.exact is not None
    assert point.weight_variance.overlaps(enclose(point.exact, dps=30))
    slope = chi_1(name, weight_variance=point.exact, length=point.length_exact, dps=25)
    assert slope.contains(1)


def test_large_biases_and_refusals_name_the_bias() -> None:
    point = critical_weight_variance("sin", bias_variance=10**6)
    assert abs(point.length - (10**6 + 1)) < "1e-9"
    with pytest.raises(OutOfDomain, match=r"not none, but got bias_variance=100\."):
        critical_weight_variance("gelu", bias_variance=100)
    with pytest.raises(NoConvergence, match=r"nothing is known on .* but got bias_variance=1e-15"):
        critical_weight_variance("sin", bias_variance="1e-15")


def test_jumps_and_signs_are_refused() -> None:
    with pytest.raises(OutOfDomain, match="no jumps"):
        critical_weight_variance("sign")
    with pytest.raises(OutOfDomain, match="no jumps"):
        edge_of_chaos_closed_form("step")
    with pytest.raises(OutOfDomain, match=">= 0"):
        critical_weight_variance("tanh", bias_variance=-1)


def test_closed_forms() -> None:
    assert edge_of_chaos_closed_form("relu") == (2, 0)
    assert edge_of_chaos_closed_form("exp") == (sympy.exp(-2 * Q), Q - 1)
    weight, bias = edge_of_chaos_closed_form("erf")
    assert weight == sympy.pi * sympy.sqrt(4 * Q + 1) / 4
    point = critical_weight_variance("erf", bias_variance="1/20", dps=20)
    for form, value in ((weight, point.weight_variance), (bias, point.bias_variance)):
        assert enclose(form, values={Q: point.length}, dps=10).overlaps(value)
    with pytest.raises(NoClosedForm):
        edge_of_chaos_closed_form("tanh")


def test_curve() -> None:
    points = edge_of_chaos("erf", ["1/100", "1/10", 1])
    weights = [float(point.weight_variance) for point in points]
    assert weights == sorted(weights)


def test_bias_variances_are_a_sequence() -> None:
    assert_refused(lambda b: edge_of_chaos("erf", b), NO_SEQUENCES, "bias_variances to be a seq")
