"""Phases on both sides of the line and on it; correlations against their own map."""

from __future__ import annotations

from fractions import Fraction
from math import asin, pi, sqrt

import pytest
import sympy
from flint import arb

from symprop.asymptotics.critical_line import critical_weight_variance
from symprop.asymptotics.phases import chi_1, phase
from symprop.foundation.errors import OutOfDomain
from symprop.gaussian.duality import dual_kernel
from symprop.numerics.enclosure import Enclosure
from tests.malformed import NO_INTEGERS, assert_refused


def test_erf_by_iteration() -> None:
    """Both maps iterated in floats."""
    weight, bias = 3.0, 0.1
    found = phase("erf", weight_variance=3, bias_variance="1/10")
    q, c = 1.0, 0.5
    for _ in range(300):
        scale = 1 + 2 * q
        cov = weight * 2 / pi * asin(2 * c * q / scale) + bias
        q = weight * 2 / pi * asin(2 * q / scale) + bias
        c = cov / q
    assert float(found.length.value) == pytest.approx(q, rel=1e-13)
    assert float(found.rho_star) == pytest.approx(c, rel=1e-12)
    assert float(found.chi_1) == pytest.approx(weight * 4 / pi / sqrt(1 + 4 * q), rel=1e-13)
    slope = weight * 4 / pi / sqrt((1 + 2 * q) ** 2 - 4 * c * c * q * q)
    assert float(found.slope) == pytest.approx(slope, rel=1e-9)
    assert (found.phase, float(found.chi_1) > 1 > slope) == ("chaotic", True)
    assert float(found.depth_scale) > 0


def test_ordered() -> None:
    found = phase("erf", weight_variance=1, bias_variance="1/10")
    assert (found.phase, found.rho_star.contains(1)) == ("ordered", True)
    assert found.slope == found.chi_1


@pytest.mark.parametrize(("weight", "name"), [("1/2", "ordered"), (1, "critical"), (2, "chaotic")])
def test_odd_without_biases(weight: object, name: str) -> None:
    found = phase("sin", weight_variance=weight)
    assert found.phase == name
    if name == "chaotic":
        assert found.rho_star.contains(0)
    else:
        assert found.length.exact == 0
        assert found.rho_star is None


@pytest.mark.parametrize(
    ("name", "weight"), [("relu", 2), ("leaky_relu:1/2", "8/5"), ("abs", 1), ("identity", 1)]
)
def test_homogeneous_criticality_is_exact(name: str, weight: object) -> None:
    found = phase(name, weight_variance=weight)
    assert (found.phase, found.chi_1_exact, found.length) == ("critical", 1, None)
    assert phase(name, weight_variance=weight, bias_variance=1).phase == "critical"


def test_float_that_is_not_quite_critical() -> None:
    assert phase("leaky_relu:1/10", weight_variance=2 / 1.01).phase != "critical"


def test_relu_beyond() -> None:
    found = phase("relu", weight_variance=3, bias_variance=1)
    assert (found.phase, found.length, found.rho_star) == ("divergent lengths", None, Enclosure(1))
    assert found.chi_1_exact == sympy.Rational(3, 2)
    linear = phase("identity", weight_variance=3)
    assert (linear.phase, linear.rho_star) == ("divergent lengths", None)
    assert phase("relu", weight_variance=1, bias_variance=1).rho_star.contains(1)


def test_ball_that_holds_the_line_is_undecided() -> None:
    point = critical_weight_variance("erf", bias_variance="1/10", dps=10)
    wide = Enclosure(arb(point.weight_variance.ball.mid(), 1e-9))
    found = phase("erf", weight_variance=wide, bias_variance="1/10", dps=5)
    assert (found.phase, found.rho_star) == ("undecided", None)
    for side, name in ((-1, "ordered"), (1, "chaotic")):
        near = point.weight_variance.ball.mid() + side * arb(1e-6)
        found = phase("erf", weight_variance=Enclosure(near), bias_variance="1/10", dps=8)
        assert found.phase == name


def test_jump_is_chaotic() -> None:
    found = phase("sign", weight_variance=2, bias_variance="1/10")
    assert (found.phase, found.slope, found.chi_1.is_finite) == ("chaotic", None, False)
    c = float(found.rho_star)
    assert (2 * 2 / pi * asin(c) + 0.1) / 2.1 == pytest.approx(c, abs=1e-12)


def test_no_kernel_in_closed_form() -> None:
    found = phase("tanh", weight_variance="5/2", bias_variance="1/20", dps=10)
    assert found.phase == "chaotic"
    assert 0 < float(found.rho_star) < 1


def test_choice_of_length() -> None:
    chosen = phase("exp", weight_variance="1/10", bias_variance="1/10", length="1.198")
    assert chosen.phase == "chaotic"
    assert phase("exp", weight_variance="1/10", bias_variance="1/10").phase == "ordered"
    with pytest.raises(OutOfDomain, match="three digits"):
        phase("exp", weight_variance="1/10", bias_variance="1/10", length=3)
    with pytest.raises(
        OutOfDomain, match="exactly one stable length, not none, but got weight_variance="
    ):
        phase("exp", weight_variance=1, bias_variance=1)


def test_slope_at_one() -> None:
    assert float(chi_1("relu", weight_variance=3, length=7)) == 1.5
    assert not chi_1("step", weight_variance=1, length=1).is_finite


def test_a_ball_of_weights_around_the_line_is_undecided() -> None:
    for bias in (0, 1):
        around = Enclosure.from_bounds("1.9", "2.1")
        assert phase("relu", weight_variance=around, bias_variance=bias).phase == "undecided"


def test_roots_have_infinite_slope() -> None:
    """``E phi'^2`` is the integral of ``x**(2 alpha - 2)`` near 0."""
    found = phase("alpha_relu:3/10", weight_variance=1, bias_variance="1/10")
    assert found.phase == "chaotic"
    assert not found.chi_1.is_finite
    q, rho = float(found.length.value), float(found.rho_star)
    image = (q**0.3 * dual_kernel("alpha_relu:3/10")([rho])[0] + 0.1) / q
    assert image == pytest.approx(rho, rel=1e-13)


@pytest.mark.parametrize("exponent", [3, 8, 12, 20])
@pytest.mark.parametrize("name", ["tanh", "sin"])
def test_just_above_criticality(name: str, exponent: int) -> None:
    """By series ``q* ~ e/a``, ``chi_1 = 1 + e^2/3``, slope at 0 ``1 - e^2/6`` for ``w = 1 + e``."""
    e = Fraction(1, 10**exponent)
    found = phase(name, weight_variance=1 + e)
    assert found.phase == "chaotic"
    assert found.length is not None
    ratio = float(found.length.value) / float(e)
    assert ratio == pytest.approx({"tanh": 0.5, "sin": 1.0}[name], rel=2 * float(e) + 1e-12)
    assert float((found.chi_1 - 1) / e**2) == pytest.approx(1 / 3, rel=3 * float(e) + 1e-5)
    assert found.depth_scale is not None
    assert float(found.depth_scale * e**2) == pytest.approx(6, rel=5 * float(e) + 1e-6)


def test_tiny_biases_at_criticality() -> None:
    """``q = q - 2 q^2 + b``: ``q* ~ sqrt(b/2)``, slope ``1 - 2 sqrt(2 b)`` of the ordered phase."""
    found = phase("tanh", weight_variance=1, bias_variance="1e-20")
    assert found.phase == "ordered"
    assert found.length is not None
    assert float(found.length.value) == pytest.approx(0.5**0.5 * 1e-10, rel=1e-8)


def test_unstable_length_just_below_criticality() -> None:
    assert phase("gelu", weight_variance="4.0000001").phase == "divergent lengths"


def test_digits_of_the_slope_are_an_integer() -> None:
    assert_refused(
        lambda dps: chi_1("erf", weight_variance=1, length="1/4", dps=dps), (*NO_INTEGERS, 0), "dps"
    )
