"""The bivariate normal distribution function, symbolic, certified and in float64.

With ``p = (h + k)/2``, ``m = (h - k)/2``, ``rho = cos t`` and ``u0 = tan(t/2)``,
integrating Plackett's ``d Phi2/d rho = phi2`` from ``rho = -1`` gives a sum of positive terms,

``Phi2(h, k; rho) = max(0, Phi(h) - Phi(-k))
  + exp(-(p**2 + m**2)/2)/pi * int_{u0}^oo exp(-p**2 u**2/2 - m**2/(2 u**2)) du/(1 + u**2)``,

so the balls keep their relative accuracy in the far tail and up to ``rho = +-1``.
"""

from __future__ import annotations

from math import inf, pi
from typing import Any

import numpy as np
import sympy
from flint import arb

from symprop.gaussian.half_angle import (
    HalfAngleErf,
    evaluate_function,
    half_angle_array,
    half_angle_cosine_sine,
    half_angle_value,
)
from symprop.gaussian.plackett import plackett_complement, plackett_integral
from symprop.numerics.arrays import real_array
from symprop.numerics.ball_functions import ball_erfc
from symprop.numerics.precision import current_bits, working_bits

__all__ = ["BivariateNormalCDF", "bivariate_normal_array", "bivariate_normal_cdf"]

_MOST_EXTRA_BITS = 2000  # enough for thresholds and cotangents up to 2**500
_SMALL_ANGLE = 1.2  # below, the integral from correlation 1 is the easier one


def _normal_cdf(x: arb) -> arb:
    """Return ``Phi(x)`` with full relative accuracy in the lower tail."""
    return ball_erfc(-x / arb(2).sqrt()) / 2


def _normal_density(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def bivariate_normal_cdf(h: arb, k: arb, rho: arb) -> arb:
    """Return a ball around ``P(X <= h, Y <= k)`` for a standard Gaussian pair of correlation rho.

    Parameters
    ----------
    h, k : flint.arb
        Thresholds; plus or minus infinity is allowed.
    rho : flint.arb
        Correlation; a ball that reaches beyond [-1, 1] is intersected with it.

    Returns
    -------
    flint.arb
        At the working precision in force.

    Raises
    ------
    OutOfDomain
        If ``rho`` lies outside [-1, 1].

    Error
    -----
    Enclosed: the integral by FLINT at the midpoints, with proved bounds for the two ends
    that are cut off, and the radii of the arguments through the partial derivatives.

    Examples
    --------
    >>> from symprop.numerics.precision import working_bits
    >>> with working_bits(60):
    ...     ball = bivariate_normal_cdf(arb(0), arb(0), arb("0.5"))
    >>> print(ball.str(12, radius=False))
    0.333333333333
    """
    cosine, sine = half_angle_cosine_sine(rho)
    for first, second in ((h, k), (k, h)):
        if not first.is_finite():
            if not first.is_exact() or first.is_nan():
                return arb(0.5, 0.5)
            return _normal_cdf(second) if first > 0 else arb(0)
    if sine.is_zero():
        return _normal_cdf(h).min(_normal_cdf(k))
    if cosine.is_zero():
        return _value_at_minus_one(h, k)
    angle = 2 * arb.atan2(sine, cosine)
    middle = angle.mid()
    value = _value_at_exact(h.mid(), k.mid(), middle)
    low, high = half_angle_value((h + k) / 2, (k - h) / 2, rho)
    slope_h = _normal_density(h) * _normal_cdf(low).union(_normal_cdf(high))
    low, high = half_angle_value((h + k) / 2, (h - k) / 2, rho)
    slope_k = _normal_density(k) * _normal_cdf(low).union(_normal_cdf(high))
    # over all angles between the one used and the true one, which ``cosine`` does not cover
    slope_angle = _density_in_angle(h, k, (angle / 2).cos(), (angle / 2).sin())
    spread = abs(slope_h) * h.rad() + abs(slope_k) * k.rad() + slope_angle * (angle - middle).rad()
    ball = value + arb(0, spread.upper())
    return ball if ball.is_finite() else arb(0.5, 0.5)


def _density_in_angle(h: arb, k: arb, cosine: arb, sine: arb) -> arb:
    """Return a ball around ``-d Phi2/dt``, at most ``1/(2 pi)``."""
    exponent = arb(0)
    for weight, length in (((h + k) / 2, cosine), ((h - k) / 2, sine)):
        if length > 0:
            ratio = weight / length
            exponent += ratio * ratio / 2  # a power of a ball around zero is not finite
        elif length.upper() > 0:
            least = (abs(weight).lower() / length.upper()) ** 2 / 2
            exponent = (exponent + least).lower() if least > 0 else exponent.lower()
            return (-exponent).exp().union(arb(0)) / (2 * arb.pi())
    return (-exponent).exp() / (2 * arb.pi())


def _value_at_minus_one(h: arb, k: arb) -> arb:
    """Return ``max(0, Phi(h) - Phi(-k))``, the value at ``rho = -1``."""
    total = h + k
    if total <= 0:
        return arb(0)
    return (_normal_cdf(h) - _normal_cdf(-k)).nonnegative_part()


def _value_at_exact(h: arb, k: arb, angle: arb) -> arb:
    """Return the value at exact ``h``, ``k`` and angle in [0, pi]."""
    if h.is_zero() and k.is_zero():
        return (1 - angle / arb.pi()) / 2
    with working_bits(current_bits() + 10 + _exponent_bits(h, k, angle)):
        p, m = (h + k) / 2, (h - k) / 2
        factor = (-(p * p + m * m) / 2).exp() / arb.pi()
        if angle < _SMALL_ANGLE:  # the short way, unless the value is much smaller than at 1
            least = _normal_cdf(h.min(k))
            value = least - factor * plackett_complement(p, m, angle / 2)
            if value.rel_accuracy_bits() >= current_bits() - 10:
                return value
        return _value_at_minus_one(h, k) + factor * plackett_integral(p, m, angle / 2)


def _exponent_bits(h: arb, k: arb, angle: arb) -> int:
    """Return about how many bits stand before the point in the exponents of the integrand."""
    tangent = (angle / 2).tan()
    steep = abs(_magnitude(tangent)) if tangent > 0 and h != k and h != -k else 0
    return min(2 * (max(_magnitude(h), _magnitude(k), 0) + steep), _MOST_EXTRA_BITS)


def _magnitude(value: arb) -> int:
    """Return about ``log2 |value|``, 0 for zero."""
    mantissa, exponent = value.mid().man_exp()
    return int(abs(mantissa).bit_length() + exponent) if mantissa else 0


def bivariate_normal_array(h: Any, k: Any, rho: Any) -> Any:
    """Return ``P(X <= h, Y <= k)`` in float64, broadcasting, by Owen's T function.

    ``Phi2 = (Phi(h) + Phi(k))/2 - T(h, z_h/h) - T(k, z_k/k) - [h k < 0 or h k = 0 > h + k]/2``
    with ``z_h = (k - rho h)/sqrt(1 - rho**2)`` taken in the half angle.

    Parameters
    ----------
    h, k, rho : array_like
        Thresholds (may be infinite) and correlations in [-1, 1].

    Returns
    -------
    numpy.ndarray

    Error
    -----
    Estimated: a few units of 1e-16 absolute, against the balls of `bivariate_normal_cdf`.

    Examples
    --------
    >>> float(bivariate_normal_array(0.0, 0.0, 0.5))  # doctest: +ELLIPSIS
    0.3333333333333...
    """
    from scipy.special import ndtr, owens_t

    h, k, rho = np.broadcast_arrays(real_array("h", h), real_array("k", k), real_array("rho", rho))
    p, m = h / 2 + k / 2, h / 2 - k / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_h = np.where(h == 0, np.copysign(inf, k), half_angle_array(p, -m, rho) / h)
        slope_k = np.where(k == 0, np.copysign(inf, h), half_angle_array(p, m, rho) / k)
        half = np.where((h * k < 0) | ((h * k == 0) & (h + k < 0)), 0.5, 0.0)
        value = (ndtr(h) + ndtr(k)) / 2 - owens_t(h, slope_h) - owens_t(k, slope_k) - half
        value = np.where((h == 0) & (k == 0), 0.25 + np.arcsin(rho) / (2 * pi), value)
        lowest = np.minimum(h, k)
        value = np.where(
            np.isinf(h) | np.isinf(k), np.where(np.isneginf(lowest), 0.0, ndtr(lowest)), value
        )
    return np.clip(value, 0.0, 1.0)


class BivariateNormalCDF(sympy.Function):  # type: ignore[misc]  # SymPy is not typed
    """``P(X <= h, Y <= k)`` for a standard Gaussian pair ``X, Y`` of correlation ``rho``.

    Symmetric in ``h`` and ``k``. Values at ``rho`` = -1, 0, 1, at infinite thresholds and at
    ``h = k = 0`` are elementary; the derivatives are those of Plackett.

    Examples
    --------
    >>> from sympy import Rational
    >>> BivariateNormalCDF(0, 0, Rational(1, 2))
    1/3
    >>> BivariateNormalCDF(1, 2, Rational(1, 3)).evalf(20)
    0.82798491844226666398
    """

    nargs = 3
    is_extended_real = True
    is_finite = True
    is_nonnegative = True

    @classmethod
    def eval(cls, h: sympy.Expr, k: sympy.Expr, rho: sympy.Expr) -> sympy.Expr | None:
        if -sympy.oo in (h, k):
            return sympy.S.Zero
        if sympy.oo in (h, k):
            return normal_cdf(h if k == sympy.oo else k)
        if h == 0 and k == 0:
            return sympy.Rational(1, 4) + sympy.asin(rho) / (2 * sympy.pi)
        if rho == 0:
            return normal_cdf(h) * normal_cdf(k)
        if rho in (1, -1):
            gap, total = h - k, h + k
            if rho == 1 and (gap.is_nonnegative or gap.is_nonpositive):
                return normal_cdf(k if gap.is_nonnegative else h)
            if rho == -1 and total.is_nonpositive:
                return sympy.S.Zero
            if rho == -1 and total.is_nonnegative:
                return normal_cdf(h) - normal_cdf(-k)
        if sympy.default_sort_key(k) < sympy.default_sort_key(h):
            return cls(k, h, rho)
        return None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        h, k, rho = self.args
        if argindex == 3:
            exponent = -(h**2 - 2 * rho * h * k + k**2) / (2 * (1 - rho**2))
            return sympy.exp(exponent) / (2 * sympy.pi * sympy.sqrt(1 - rho**2))
        near, far = (h, k) if argindex == 1 else (k, h)
        scale = 2 * sympy.sqrt(2)
        conditional = (1 + HalfAngleErf((far + near) / scale, (far - near) / scale, rho)) / 2
        return sympy.exp(-(near**2) / 2) / sympy.sqrt(2 * sympy.pi) * conditional

    def _eval_evalf(self, prec: int) -> sympy.Expr | None:
        return evaluate_function(self, prec)

    def _latex(self, printer: Any) -> str:
        h, k, rho = (printer.doprint(item) for item in self.args)
        return rf"\Phi_2\left({h}, {k}; {rho}\right)"

    _eval_ball = staticmethod(bivariate_normal_cdf)
    _eval_array = staticmethod(bivariate_normal_array)


def normal_cdf(x: sympy.Expr) -> sympy.Expr:
    """Return ``Phi(x)``, written so that nothing cancels in the lower tail."""
    return sympy.erfc(-x / sympy.sqrt(2)) / 2
