import math
import pickle

import numpy as np
import pytest
from flint import acb, arb

from symprop.foundation.errors import InvalidArgument, PrecisionNotReached
from symprop.numerics.approximation import (
    Panel,
    certified_panel,
    certified_polynomial,
    certified_series,
)
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import working_bits


def largest_error(approximation, function, lower, upper, count=400):
    points = np.concatenate([np.linspace(lower, upper, count), [lower, upper]])
    values = approximation(points)
    with working_bits(120):
        return max(
            float(abs(arb(float(v)) - function(arb(float(x)))).upper())
            for x, v in zip(points, values, strict=True)
        )


@pytest.mark.parametrize(
    ("name", "function", "lower", "upper", "error"),
    [
        ("sine", lambda z: z.sin(), -4.0, 9.0, 1e-14),
        ("tanh", lambda z: z.tanh(), -20.0, 20.0, 1e-14),
        ("exponential", lambda z: z.exp(), 0.0, 1.0, 4e-15),
        ("runge", lambda z: 1 / (1 + 25 * z * z), -1.0, 1.0, 1e-14),
        ("constant", lambda z: z * 0 + 2, 0.0, 1.0, 1e-15),
        ("tiny interval", lambda z: z.exp(), 1.0, 1.0 + 2.0**-40, 1e-15),
    ],
)
def test_stated_error_holds(name, function, lower, upper, error) -> None:
    approximation = certified_polynomial(function, lower, upper, error)
    assert approximation.error <= error
    assert largest_error(approximation, function, lower, upper) <= approximation.error


def test_endpoint_singularity_is_removed_by_the_angle() -> None:
    """``sqrt(1 - rho^2)`` has no polynomial near rho = 1, but one panel in ``arccos rho``."""

    def circle(z):
        square = 1 - z * z
        return square.sqrt(analytic=True) if isinstance(z, acb) else square.sqrt()

    with pytest.raises(PrecisionNotReached):
        certified_polynomial(circle, -1.0, 1.0, 1e-15)
    assert len(certified_polynomial(lambda z: z.sin(), 0.0, 3.1416, 3e-15).centres) == 1


def test_a_kink_inside_is_refused() -> None:
    def kinked(z):
        return z.real_abs(analytic=True) if isinstance(z, acb) else abs(z)

    with pytest.raises(PrecisionNotReached, match="near x="):
        certified_polynomial(kinked, -1.0, 2.0, 1e-12)


def test_an_error_below_float64_is_refused() -> None:
    with pytest.raises(PrecisionNotReached):
        certified_polynomial(lambda z: z.exp(), 0.0, 1.0, 1e-18)


@pytest.mark.parametrize(("lower", "upper"), [(1.0, 0.0), (0.0, math.inf), (math.nan, 1.0)])
def test_intervals_must_be_finite_and_ordered(lower, upper) -> None:
    with pytest.raises(InvalidArgument):
        certified_polynomial(lambda z: z.sin(), lower, upper, 1e-10)


def test_result_pickles() -> None:
    sine = certified_polynomial(lambda z: z.sin(), 0.0, 10.0, 1e-14)
    copy = pickle.loads(pickle.dumps(sine))
    points = np.linspace(0, 10, 50)
    assert copy.error == sine.error
    np.testing.assert_array_equal(copy(points), sine(points))


def test_panel_of_a_bounded_function() -> None:
    """``1/(3 - s)`` continues to the ellipse of parameter 5, whose right end is at 2.6."""
    panel = certified_panel(lambda s: 1 / (3 - s), 5.0, arb(2.5), 1e-15)
    points = np.linspace(-1, 1, 301)
    out = np.empty_like(points)
    evaluate_polynomial(panel.coefficients, points, out)
    with working_bits(100):
        worst = max(
            abs(arb(float(v)) - 1 / (3 - arb(float(s)))).upper()
            for s, v in zip(points, out, strict=True)
        )
    assert worst <= panel.error <= 2e-14


def geometric(count: int) -> list[arb]:
    """Coefficients of ``1/(2 - x)``."""
    return [arb(2) ** (-k - 1) for k in range(count)]


def test_series_is_economised_within_its_error() -> None:
    with working_bits(200):
        coefficients = geometric(80)
    panel = certified_series(coefficients, arb(2) ** -80, 1e-15)
    assert len(panel.coefficients) < 35  # 1/(2 - x) has Chebyshev coefficients like 3.73^-k
    points = np.linspace(-1, 1, 301)
    out = np.empty_like(points)
    evaluate_polynomial(panel.coefficients, points, out)
    with working_bits(100):
        worst = max(
            abs(arb(float(v)) - 1 / (2 - arb(float(x)))).upper()
            for x, v in zip(points, out, strict=True)
        )
    assert worst <= panel.error < 1e-14


def test_series_keeps_parity() -> None:
    odd = [arb(0) if k % 2 == 0 else arb(3) ** -k for k in range(60)]
    panel = certified_series(odd, arb(3) ** -59, 1e-15)
    assert not any(panel.coefficients[0::2])
    assert any(panel.coefficients[1::2])


def test_tail_is_charged_to_the_error() -> None:
    assert certified_series([arb(1), arb(1)], arb("0.25"), 1e-15).error >= 0.25
    assert certified_series([arb(1), arb(1)], arb(0), 1e-15).error < 1e-15


def test_series_of_too_high_degree_is_refused() -> None:
    with pytest.raises(PrecisionNotReached):
        certified_series(geometric(80), arb(0), 1e-15, max_degree=10)


def test_panel_is_data() -> None:
    assert Panel((1.0, 2.0), 0.5) == Panel((1.0, 2.0), 0.5)
