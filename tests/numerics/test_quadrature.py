from typing import Any

import pytest
from flint import acb, arb

from symprop.foundation.errors import NoConvergence
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import (
    ellipse_box,
    gauss_legendre,
    magnitude_bits,
    nodes_needed,
    panels,
    upper_bound,
)


def integrate(function: Any, lower: arb, upper: arb, goal: int) -> arb:
    with working_bits(goal + 30):
        total, error = arb(0), arb(0)
        for panel in panels(lambda box: upper_bound(function(box)), lower, upper, goal):
            error += panel.error
            for point, mass in panel.points(goal + 30):
                total += mass * function(point)
        return arb(total, error.upper())


@pytest.mark.parametrize("goal", [40, 120])
def test_panels_enclose_known_integrals(goal: int) -> None:
    with working_bits(goal + 30):
        exponential = integrate(lambda z: z.exp(), arb(0), arb(1), goal)
        assert exponential.contains(arb(1).exp() - 1)
        lorentzian = integrate(lambda z: 1 / (1 + 10**6 * z * z), arb(-1), arb(2), goal)
        assert lorentzian.overlaps((arb(1000).atan() + arb(2000).atan()) / 1000)
        for value in (exponential, lorentzian):
            assert float(value.rad()) < 2.0 ** (10 - goal)


def test_an_algebraic_end_point_is_graded() -> None:
    def root(z: Any) -> Any:
        return z.sqrt(analytic=True) if isinstance(z, acb) else z.nonnegative_part().sqrt()

    value = integrate(root, arb(0), arb(1), 60)
    with working_bits(90):
        assert value.contains(arb(2) / 3)


def test_an_unbounded_integrand_is_refused() -> None:
    with pytest.raises(NoConvergence, match="bounded"):
        panels(lambda box: upper_bound(1 / box), arb(0), arb(1), 40, most=200)


def test_gauss_legendre_is_exact_on_polynomials() -> None:
    with working_bits(100):
        total = arb(0)
        for node, weight in gauss_legendre(5, 100):
            total += weight * node**8 * (1 if node.is_zero() else 2)
        assert total.overlaps(arb(2) / 9)


def test_bounds() -> None:
    assert upper_bound(arb("nan")) == arb("inf")
    assert magnitude_bits(arb(0)) == float("-inf")
    assert magnitude_bits(arb(8)) >= 3
    assert nodes_needed(arb(0), 2.0, 50) == 2
    assert 25 <= nodes_needed(arb(1), 2.0, 50) <= 26
    box = ellipse_box(arb(0), arb(1), 2.0)
    assert box.real.abs_upper() >= arb("1.25")
    assert box.imag.abs_upper() >= arb("0.75")
