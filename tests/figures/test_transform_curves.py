"""Figures without depth agree with values found another way."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symprop.figures import transform_curves
from symprop.figures.panels import Curve, Plot


def line(plot: Plot, label: str) -> Curve:
    return next(c for panel in plot.panels for c in panel.curves if c.label == label)


def test_slope_bound_is_below() -> None:
    plot = transform_curves.slope_bound()
    slope, bound = line(plot, "V tanh'(q)"), line(plot, "$(4q+1)^{-1/2}$")
    assert all(a > b for a, b in zip(slope.y, bound.y, strict=True))
    q = slope.x[199]
    by_quadrature = mpmath.quad(
        lambda z: mpmath.sech(mpmath.sqrt(q) * z) ** 4 * mpmath.npdf(z), [-8, 0, 8]
    )
    assert slope.y[199] == pytest.approx(float(by_quadrature), rel=1e-8)


def test_defect_leaves_along_its_tangent() -> None:
    plot = transform_curves.arcsine_defect()
    values, tangent = line(plot, "W tanh(q, cq)"), line(plot, "tangent at 1/q = 0")
    gaps = [abs(values.y[k] - tangent.y[k + 1]) for k in (0, 1, 3)]
    assert gaps[1] / gaps[0] == pytest.approx(4, rel=0.1)
    assert gaps[2] / gaps[1] == pytest.approx(4, rel=0.2)


@pytest.mark.parametrize("ratio", [0.25, 0.5, 1.0])
def test_angle_map_crosses_the_identity_where_the_other_figure_says(ratio: float) -> None:
    image = line(transform_curves.angle_map(), rf"$\sigma_a^2/\sigma_v^2$ = {ratio:g}")
    x, y = np.array(image.x), np.array(image.y)
    inside = x < 0.999
    crossing = np.interp(0, (x - y)[inside], x[inside])
    fixed = line(transform_curves.fixed_point_and_exponent(), "e*")
    assert crossing == pytest.approx(np.interp(ratio**0.5, fixed.x, fixed.y), abs=1e-3)


def test_exponent_is_one_less_the_slope() -> None:
    plot = transform_curves.fixed_point_and_exponent()
    fixed, exponent = line(plot, "e*"), line(plot, "δ*")
    slope = line(transform_curves.slope_at_the_fixed_point(), "slope")
    found = 1 - np.interp(fixed.y, slope.x, slope.y)
    assert np.allclose(found, exponent.y, atol=1e-3)


def test_exponent_of_the_gradient_is_least_at_two_thirds() -> None:
    plot = transform_curves.exponents_of_gradients()
    exponent = line(plot, "R")
    least = int(np.argmin(exponent.y))
    assert exponent.x[least] == pytest.approx(2 / 3, abs=2e-3)
    assert exponent.y[least] == pytest.approx(4, abs=1e-4)
    assert line(plot, "minimum 4 at α = 2/3").y == (4,)


def test_power_relu_kernel_of_relu() -> None:
    kernel = line(transform_curves.power_relu_kernels(), "α = 1")
    c = np.array(kernel.x)
    arc_cosine = (np.sqrt(1 - c**2) + (np.pi - np.arccos(c)) * c) / np.pi
    assert np.allclose(kernel.y, arc_cosine, atol=1e-12)
