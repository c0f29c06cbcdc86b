import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

from symprop.gaussian.bivariate import (
    BivariateNormalCDF,
    bivariate_normal_array,
    bivariate_normal_cdf,
)
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import working_bits


def by_conditioning(h: float, k: float, rho: float) -> mpmath.mpf:
    """P(X <= h, Y <= k) as the integral of Phi((k - rho x)/s) over the density."""
    with mpmath.workdps(30):
        s = mpmath.sqrt(1 - mpmath.mpf(rho) ** 2)
        points = sorted({-12, min(h, -1), min(h, 0), h})
        return mpmath.quad(lambda x: mpmath.ncdf((k - rho * x) / s) * mpmath.npdf(x), points)


@pytest.mark.parametrize(
    ("h", "k", "rho"),
    [(0.5, -0.25, 0.5), (-1.0, 0.75, -0.625), (2.0, 1.0, 0.9375), (-3.0, -2.0, 0.25)],
)
def test_balls_hold_the_conditioned_integral(h: float, k: float, rho: float) -> None:
    with working_bits(90):
        ball = Enclosure(bivariate_normal_cdf(arb(h), arb(k), arb(rho)))
    with mpmath.workdps(30):
        assert abs(ball.midpoint - by_conditioning(h, k, rho)) < mpmath.mpf(10) ** -20
    assert float(ball.radius) < 1e-22


def test_edges() -> None:
    with working_bits(80):
        half, infinity = arb("0.5"), arb("inf")
        normal = (1 + (half / arb(2).sqrt()).erf()) / 2
        assert bivariate_normal_cdf(half, arb(1), arb(1)).overlaps(normal)
        assert bivariate_normal_cdf(half, -half, arb(-1)).overlaps(arb(0))
        assert bivariate_normal_cdf(half, infinity, arb("0.3")).overlaps(normal)
        assert bivariate_normal_cdf(half, -infinity, arb("0.3")).contains(0)
        quadrant = bivariate_normal_cdf(arb(0), arb(0), arb("0.5"))
        assert quadrant.overlaps(arb(1) / 3)
        assert quadrant.rel_accuracy_bits() > 60


def test_close_to_one_the_gap_counts() -> None:
    with working_bits(120):
        near = bivariate_normal_cdf(arb(0), arb(0), 1 - arb(10) ** -20)
        exact = arb(1) / 4 + (1 - arb(10) ** -20).asin() / (2 * arb.pi())
        assert near.overlaps(exact)


def test_symbol() -> None:
    h, k, rho = sympy.symbols("h k rho", real=True)
    value = BivariateNormalCDF(h, k, rho)
    by_plackett = sympy.diff(value, rho).subs({h: 0, k: 0, rho: sympy.Rational(3, 5)})
    assert sympy.simplify(by_plackett - 1 / (2 * sympy.pi * sympy.Rational(4, 5))) == 0
    number = BivariateNormalCDF(1, sympy.Rational(1, 2), sympy.Rational(1, 3)).evalf(25)
    assert abs(float(number) - float(by_conditioning(1.0, 0.5, 1 / 3))) < 1e-14


def test_arrays_broadcast() -> None:
    values = bivariate_normal_array(np.array([0.0, 1.0]), 0.0, np.array([[0.5], [-0.5]]))
    assert values.shape == (2, 2)
    assert abs(values[0, 0] - 1 / 3) < 1e-14
    assert abs(values[1, 0] - 1 / 6) < 1e-14


@pytest.mark.parametrize("x", ["100", "1000", "1e6"])
def test_far_tail_follows_its_asymptotic_form(x: str) -> None:
    """``Phi2(-x, -x; r) = (1+r)**2 exp(-x**2/(1+r))/(2 pi x**2 sqrt(1-r**2)) (1 + O(x**-2))``."""
    with working_bits(120):
        far, rho = arb(x), arb("0.5")
        value = bivariate_normal_cdf(-far, -far, rho)
        leading = (1 + rho) ** 2 / (2 * arb.pi() * far * far * (1 - rho * rho).sqrt())
        ratio = value / (leading * (-far * far / (1 + rho)).exp())
        assert ratio.rel_accuracy_bits() > 50
        assert abs(ratio - 1) < 5 / (far * far)


def test_special_values_and_canonical_order() -> None:
    h, k, rho = sympy.symbols("h k rho", real=True)
    assert BivariateNormalCDF(k, h, rho) == BivariateNormalCDF(h, k, rho)
    assert BivariateNormalCDF(h, sympy.oo, rho) == sympy.erfc(-h / sympy.sqrt(2)) / 2
    assert BivariateNormalCDF(h, -sympy.oo, rho) == 0
    assert BivariateNormalCDF(0, 0, sympy.Rational(1, 2)) == sympy.Rational(1, 3)
    assert BivariateNormalCDF(1, 2, 1) == sympy.erfc(-1 / sympy.sqrt(2)) / 2
    assert BivariateNormalCDF(1, -2, -1) == 0
