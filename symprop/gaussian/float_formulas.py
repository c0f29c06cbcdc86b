"""Closed forms of the hot dual kernels in float64, in place, safe at both ends of [-1, 1].

Each function writes ``kappa(rho)`` (or, for the ``deficit`` twins, ``kappa(1) - kappa(rho)``)
of one tile into its ``out``. None subtracts nearly equal numbers that carry rounding. The
error of each is stated in `FORMULAS`, and takes NumPy's elementary functions to be within
four units in the last place, as NumPy promises; tests compare the outcome with balls.
"""

from __future__ import annotations

from functools import cache
from math import pi
from typing import Any

import numpy as np
from flint import acb, arb

from symprop.gaussian.float_tile import Array, Formula, Tile, Variance
from symprop.numerics.approximation import certified_polynomial
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.piecewise import PiecewisePolynomial

__all__ = ["FORMULAS"]

_TWO_PI = 2 * pi


@cache
def _wedge(power: int) -> PiecewisePolynomial:
    """Polynomials in ``w = t**2``, ``|t| <= pi``, of differences of sines divided by powers of t.

    Power 0: ``(t - sin t) / t**3``. Power 1: ``(sin t - t cos t) / t**3``.
    Power 2: ``(t (2 + cos 2t) - 1.5 sin 2t) / t**5``. The last two are the arc-cosine kernels
    seen from rho = -1. All are entire in w and positive on the interval.
    """

    def function(w: Any) -> Any:
        z = acb(w)
        if power == 0:
            value = (z / -4).hypgeom([acb(1)], [acb(2), acb(5) / 2]) / 6
        elif power == 1:
            value = (z / -4).hypgeom_0f1(acb(5) / 2) / 3
        else:
            value = (-z).hypgeom([acb(2)], [acb(3), acb(7) / 2]) * 4 / 15
        return value.real if isinstance(w, arb) else value

    return certified_polynomial(function, 0.0, pi * pi * (1 + 1e-9), 2e-16)


def _times_wedge(power: int, angle: Array, out: Array, work: Array) -> None:
    """Write the wedge at ``angle``, powers of t restored, into ``out``; ``angle`` survives."""
    polynomial = _wedge(power)
    np.multiply(angle, angle, out=work)
    work -= polynomial.centres[0]
    work *= polynomial.scales[0]
    evaluate_polynomial(polynomial.coefficients[:, 0], work, out)
    np.multiply(angle, angle, out=work)
    for _ in range(max(power, 1)):
        out *= work
    out *= angle


def _relu(tile: Tile, slope: float) -> None:
    """``max(x, 0) + a min(x, 0)``: the arc-cosine kernel of order 1 plus ``a`` times rho.

    With t the angle from -1 the former is ``(sin t - t cos t) / (2 pi)``, accurate throughout.
    """
    np.negative(tile.rho, out=tile.first)
    np.arccos(tile.first, out=tile.first)
    _times_wedge(1, tile.first, tile.out, tile.second)
    tile.out *= (1 - slope) ** 2 / _TWO_PI * tile.deviation
    if slope:
        np.multiply(tile.rho, slope * tile.deviation, out=tile.first)
        tile.out += tile.first


def _relu_deficit(tile: Tile, slope: float) -> None:
    tile.angle(tile.first)
    _times_wedge(1, tile.first, tile.out, tile.second)
    tile.out *= -((1 - slope) ** 2) / _TWO_PI
    np.multiply(tile.known_gap, (1 + slope * slope) / 2, out=tile.first)
    tile.out += tile.first
    tile.out *= tile.deviation


def _abs(tile: Tile, _: float) -> None:
    """``|x|``: even, so seen from the nearer end; all terms are positive."""
    np.abs(tile.rho, out=tile.second)
    np.arccos(tile.second, out=tile.first)
    _times_wedge(1, tile.first, tile.out, tile.second)
    tile.out *= 2 / pi
    np.abs(tile.rho, out=tile.second)
    tile.out += tile.second
    tile.out *= tile.deviation


def _squared_relu(tile: Tile, _: float) -> None:
    """``max(x, 0)**2``: the arc-cosine kernel of order 2."""
    np.negative(tile.rho, out=tile.first)
    np.arccos(tile.first, out=tile.first)
    _times_wedge(2, tile.first, tile.out, tile.second)
    tile.out *= 1 / _TWO_PI
    tile.out *= tile.q1
    tile.out *= tile.q2


def _squared_relu_deficit(tile: Tile, _: float) -> None:
    """``1 - rho**2 + kappa(-rho)``, because ``kappa(rho) + kappa(-rho) = 1/2 + rho**2``."""
    tile.angle(tile.first)
    _times_wedge(2, tile.first, tile.out, tile.second)
    tile.out *= 1 / _TWO_PI
    tile.sine_square(tile.first, tile.second)
    tile.out += tile.first
    tile.out *= tile.q1
    tile.out *= tile.q2


def _step(tile: Tile, _: float) -> None:
    """Indicator of ``x > 0``."""
    if tile.gap is None:
        np.negative(tile.rho, out=tile.out)
        np.arccos(tile.out, out=tile.out)
        tile.out *= 1 / _TWO_PI
    else:
        _step_deficit(tile, 0.0)
        np.subtract(0.5, tile.out, out=tile.out)


def _step_deficit(tile: Tile, _: float) -> None:
    tile.angle(tile.out)
    tile.out *= 1 / _TWO_PI


def _sign(tile: Tile, _: float) -> None:
    if tile.gap is None:
        np.arcsin(tile.rho, out=tile.out)
        tile.out *= 2 / pi
    else:
        _sign_deficit(tile, 0.0)
        np.subtract(1.0, tile.out, out=tile.out)


def _sign_deficit(tile: Tile, _: float) -> None:
    tile.angle(tile.out)
    tile.out *= 2 / pi


def _error_angle(tile: Tile, factor: float) -> None:
    """Write ``asin(k / sqrt((q1 + f)(q2 + f)))``, k the covariance and f the factor.

    It equals ``atan(rho / sqrt(1 - rho**2 + s))``, where s comes without a difference.
    """
    tile.sine_square(tile.first, tile.second)
    tile.first += _softening(tile, factor)
    np.sqrt(tile.first, out=tile.first)
    np.divide(tile.rho, tile.first, out=tile.out)
    np.arctan(tile.out, out=tile.out)


def _softening(tile: Tile, factor: float) -> Variance:
    """Return ``(1 + factor/q1) (1 + factor/q2) - 1`` without cancellation."""
    left, right = factor / tile.q1, factor / tile.q2
    return left + right + left * right


def _error_angle_deficit(tile: Tile, factor: float) -> None:
    """Write the difference of `_error_angle` at 1 and at rho, from the tangents of both."""
    softening = _softening(tile, factor)
    root = np.sqrt(softening)
    tile.sine_square(tile.first, tile.second)
    np.add(tile.first, softening, out=tile.second)
    np.sqrt(tile.second, out=tile.second)
    sine = np.abs(tile.rho) * root
    sine += tile.second  # for rho < 0 this is the numerator; otherwise its conjugate
    tile.first *= 1 + softening
    tile.first /= sine
    np.copyto(tile.first, sine, where=tile.rho < 0)
    tile.second *= root
    tile.second += tile.rho
    np.arctan2(tile.first, tile.second, out=tile.out)


def _erf(tile: Tile, _: float) -> None:
    _error_angle(tile, 0.5)
    tile.out *= 2 / pi


def _erf_deficit(tile: Tile, _: float) -> None:
    _error_angle_deficit(tile, 0.5)
    tile.out *= 2 / pi


def _normal_cdf(tile: Tile, _: float) -> None:
    _error_angle(tile, 1.0)
    tile.out *= 1 / _TWO_PI
    tile.out += 0.25


def _normal_cdf_deficit(tile: Tile, _: float) -> None:
    _error_angle_deficit(tile, 1.0)
    tile.out *= 1 / _TWO_PI


def _gelu(tile: Tile, _: float) -> None:
    """``x Phi(x)``: with k the covariance, ``D = (1 + q1)(1 + q2) - k**2``.

    ``kappa = k/4 + [k atan(k/sqrt D) + q1 q2 (1 - r rho**2)/sqrt D]/(2 pi)``,
    ``r = (q1 q2 - 1)/((1 + q1)(1 + q2))``; ``1 - r rho**2 = (1 - r) + r (1 - rho**2)``.
    """
    q1, q2, deviation = tile.q1, tile.q2, tile.deviation
    scale = 1.0 / ((1 + q1) * (1 + q2))
    tile.sine_square(tile.first, tile.second)
    np.multiply(tile.first, q1 * q2, out=tile.second)
    tile.second += 1 + q1 + q2
    np.sqrt(tile.second, out=tile.second)
    tile.first *= (q1 * q2 - 1) * scale
    tile.first += (2 + q1 + q2) * scale
    tile.first *= q1 * q2 / _TWO_PI
    tile.first /= tile.second
    np.multiply(tile.rho, deviation, out=tile.out)
    np.divide(tile.out, tile.second, out=tile.second)
    np.arctan(tile.second, out=tile.second)
    tile.second *= 1 / _TWO_PI
    tile.second += 0.25
    tile.out *= tile.second
    tile.out += tile.first


def _gelu_deficit(tile: Tile, _: float) -> None:
    """With A the arctangent of `_gelu`, subscript 1 at rho = 1, d = A_1 - A, R = sqrt D - sqrt D_1.

    ``m e (1/4 + A/(2 pi)) + [m (d - sin d) + sqrt(D_1) (1 - cos d) + (1 - r) R
    + R/sqrt(D D_1)]/(2 pi)``: a sum of positive terms.
    """
    q1, q2, deviation = tile.q1, tile.q2, tile.deviation
    _error_angle_deficit(tile, 1.0)
    difference = tile.out.copy()
    _times_wedge(0, difference, tile.out, tile.second)
    tile.out *= deviation
    end = np.sqrt(1 + q1 + q2)
    np.multiply(difference, 0.5, out=difference)
    np.sin(difference, out=difference)
    tile.out += 2 * end * np.square(difference)
    tile.sine_square(tile.first, tile.second)
    tile.first *= q1 * q2
    np.add(tile.first, 1 + q1 + q2, out=tile.second)
    np.sqrt(tile.second, out=tile.second)
    tile.first /= tile.second + end
    tile.out += tile.first * ((2 + q1 + q2) / ((1 + q1) * (1 + q2)) + 1.0 / (tile.second * end))
    tile.out *= 1 / _TWO_PI
    np.divide(tile.rho * deviation, tile.second, out=tile.first)
    np.arctan(tile.first, out=tile.first)
    tile.first *= 1 / _TWO_PI
    tile.first += 0.25
    tile.first *= tile.known_gap
    tile.first *= deviation
    tile.out += tile.first


def _distance(tile: Tile) -> Variance:
    """Return ``(sqrt q1 - sqrt q2)**2 / 2``, accurate also for close variances."""
    return 0.5 * np.square((tile.q1 - tile.q2) / (np.sqrt(tile.q1) + np.sqrt(tile.q2)))


def _exp(tile: Tile, _: float) -> None:
    """``exp((q1 + q2)/2 + k)``, with the exponent measured from its value at rho = 1."""
    if tile.gap is None:
        np.subtract(tile.rho, 1.0, out=tile.out)
    else:
        np.negative(tile.known_gap, out=tile.out)
    tile.out *= tile.deviation
    np.exp(tile.out, out=tile.out)
    tile.out *= np.exp(0.5 * np.square(np.sqrt(tile.q1) + np.sqrt(tile.q2)))


def _exp_deficit(tile: Tile, _: float) -> None:
    deviation = tile.deviation
    np.multiply(tile.known_gap, -deviation, out=tile.out)
    np.expm1(tile.out, out=tile.out)
    tile.out *= -np.exp(0.5 * (tile.q1 + tile.q2) + deviation)


def _nearer_decay(tile: Tile) -> None:
    """Write ``exp(-m (1 - |rho|))`` into the first scratch array."""
    if tile.gap is None:
        np.abs(tile.rho, out=tile.first)
        np.subtract(1.0, tile.first, out=tile.first)
    else:
        np.subtract(2.0, tile.known_gap, out=tile.first)
        np.minimum(tile.known_gap, tile.first, out=tile.first)
    tile.first *= -tile.deviation
    np.exp(tile.first, out=tile.first)


def _sin(tile: Tile, _: float) -> None:
    """``exp(-(q1 + q2)/2) sinh k``, as a product that neither overflows nor cancels."""
    np.abs(tile.rho, out=tile.second)
    tile.second *= -2 * tile.deviation
    np.expm1(tile.second, out=tile.second)
    _nearer_decay(tile)
    np.multiply(tile.first, tile.second, out=tile.out)
    tile.out *= 0.5 * np.exp(-_distance(tile))
    np.copysign(tile.out, tile.rho, out=tile.out)


def _cos(tile: Tile, _: float) -> None:
    """``exp(-(q1 + q2)/2) cosh k``."""
    np.abs(tile.rho, out=tile.second)
    tile.second *= -2 * tile.deviation
    np.exp(tile.second, out=tile.second)
    tile.second += 1.0
    _nearer_decay(tile)
    np.multiply(tile.first, tile.second, out=tile.out)
    tile.out *= 0.5 * np.exp(-_distance(tile))


def _wave_deficit(tile: Tile, sign: float) -> None:
    """``cosh(a) sinh(b)`` (sine) or ``sinh(a) sinh(b)`` (cosine), ``a, b = m (1 +- rho)/2``."""
    deviation = tile.deviation
    np.subtract(2.0, tile.known_gap, out=tile.first)
    tile.first *= -deviation
    np.multiply(tile.known_gap, -deviation, out=tile.second)
    np.expm1(tile.second, out=tile.out)
    if sign > 0:
        np.exp(tile.first, out=tile.first)
        tile.first += 1.0
        tile.first *= -1.0
    else:
        np.expm1(tile.first, out=tile.first)
    tile.out *= tile.first
    tile.out *= 0.5 * np.exp(-_distance(tile))


def _sin_deficit(tile: Tile, _: float) -> None:
    _wave_deficit(tile, 1.0)


def _cos_deficit(tile: Tile, _: float) -> None:
    _wave_deficit(tile, -1.0)


def _gaussian(tile: Tile, _: float) -> None:
    """``exp(-x**2/2)``: ``1/sqrt D`` with the D of `_gelu`."""
    tile.sine_square(tile.out, tile.first)
    tile.out *= tile.q1 * tile.q2
    tile.out += 1 + tile.q1 + tile.q2
    np.sqrt(tile.out, out=tile.out)
    np.divide(1.0, tile.out, out=tile.out)


def _gaussian_deficit(tile: Tile, _: float) -> None:
    end = np.sqrt(1 + tile.q1 + tile.q2)
    tile.sine_square(tile.out, tile.first)
    tile.out *= tile.q1 * tile.q2
    np.add(tile.out, 1 + tile.q1 + tile.q2, out=tile.first)
    np.sqrt(tile.first, out=tile.first)
    np.add(tile.first, end, out=tile.second)
    tile.second *= tile.first
    tile.second *= end
    tile.out /= tile.second


FORMULAS: dict[str, Formula] = {
    "relu": Formula(_relu, _relu_deficit, 16, 32),
    "abs": Formula(_abs, _relu_deficit, 16, 32),
    "squared_relu": Formula(_squared_relu, _squared_relu_deficit, 24, 32),
    "step": Formula(_step, _step_deficit, 6, 12),
    "sign": Formula(_sign, _sign_deficit, 6, 12),
    "erf": Formula(_erf, _erf_deficit, 10, 24),
    "normal_cdf": Formula(_normal_cdf, _normal_cdf_deficit, 8, 24),
    "gelu": Formula(_gelu, _gelu_deficit, 16, 32),
    "exp": Formula(_exp, _exp_deficit, 8, 16),
    "sin": Formula(_sin, _sin_deficit, 12, 24),
    "cos": Formula(_cos, _cos_deficit, 12, 24),
    "gaussian": Formula(_gaussian, _gaussian_deficit, 6, 12),
}
"""The hot kernels by the name of their activation."""
