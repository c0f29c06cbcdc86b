"""The bivariate normal distribution function, symbolic, certified and in float64.

With ``p = (h + k)/2``, ``m = (h - k)/2``, ``rho = cos t`` and ``u0 = tan(t/2)``,
integrating Plackett's ``d Phi2/d rho = phi2`` from ``rho = -1`` gives a sum of positive terms,

``Phi2(h, k; rho) = max(0, Phi(h) - Phi(-k))
  + exp(-(p**2 + m**2)/2)/pi * int_{u0}^oo exp(-p**2 u**2/2 - m**2/(2 u**2)) du/(1 + u**2)``,

so the balls keep their relative accuracy in the far tail and up to ``rho = +-1``.
"""

from __future__ import annotations

from math import exp, inf, isfinite, log, pi
from typing import Any

import numpy as np
import sympy
from flint import acb, arb

from symprop.gaussian.half_angle import (
    HalfAngleErf,
    evaluate_function,
    half_angle_array,
    half_angle_cosine_sine,
    half_angle_value,
)
from symprop.numerics.precision import current_bits, working_bits

__all__ = ["BivariateNormalCDF", "bivariate_normal_array", "bivariate_normal_cdf"]

_LARGEST_EXPONENT = 700.0  # of a float
_MOST_EXTRA_BITS = 2000
_MOST_DEPTH = 1e14  # beyond it a float does not resolve the exponents


def _normal_cdf(x: arb) -> arb:
    """Return ``Phi(x)`` with full relative accuracy in the lower tail."""
    if not x.is_finite() and x.is_exact():
        return arb(1) if x > 0 else arb(0)
    return (-x / arb(2).sqrt()).erfc() / 2


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
    slope_angle = _density_in_angle(h, k, cosine, sine)
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
    extra = min(max(0, *(2 * _log_size(value) for value in (h, k))), _MOST_EXTRA_BITS)
    # exponents as large as h**2 lose their leading bits
    with working_bits(current_bits() + 10 + extra):
        p, m = (h + k) / 2, (h - k) / 2
        factor = (-(p * p + m * m) / 2).exp() / arb.pi()
        return _value_at_minus_one(h, k) + factor * _integral_from(p, m, angle / 2)


def _log_size(value: arb) -> int:
    """Return an upper bound of ``log2 |value|`` of an exact number, 0 for zero."""
    mantissa, exponent = value.man_exp()
    return int(abs(mantissa).bit_length() + exponent) if mantissa else 0


def _integral_from(p: arb, m: arb, half: arb) -> arb:
    """Return ``int_{tan(half)}^oo exp(-p**2 u**2/2 - m**2/(2 u**2)) du/(1 + u**2)``."""
    sine, cosine = half.sin_cos()
    if not cosine > 0:
        nearest = sine / cosine.upper() if cosine.upper() > 0 else arb("inf")
        return arb(0).union(_tail(p, m, nearest.lower()))
    if p.is_zero():
        return _one_sided(m, arb(0), cosine / sine if sine > 0 else arb("inf"))
    if m.is_zero():
        return _one_sided(p, sine / cosine, arb("inf"))
    start = float((sine / cosine).log().mid()) if sine > 0 else -inf
    plan = _plan(abs(float(p)), abs(float(m)), start)
    if plan is None:
        return arb(0).union(_tail(p, m, (sine / cosine).lower()))
    first, last, width, depth = plan
    cut = first > start
    lower = arb(first) if cut else (sine / cosine).log()
    squares = p * p / 2, m * m / 2
    peak = arb(depth)

    def integrand(s: acb, _: bool) -> acb:
        grown = (2 * s).exp()
        return (peak - squares[0] * grown - squares[1] / grown).exp() / (2 * s.cosh())

    body = _integrate(integrand, lower, arb(last), arb(width)) * (-peak).exp()
    error = _tail(p, m, arb(last).exp()) + (_tail(m, p, (-lower).exp()) if cut else 0)
    return body + arb(0).union(error)


def _one_sided(weight: arb, lower: arb, upper: arb) -> arb:
    """Return ``int_lower^upper exp(-weight**2 u**2/2) du/(1 + u**2)``, ``0 <= lower``."""
    error = arb(0)
    reach = (lower * lower + (2 * current_bits() * log(2) + 24) / weight**2).sqrt().mid()
    if upper > reach:
        upper, error = reach, arb(0).union(_tail(weight, arb(0), reach))
    if not lower < upper:
        return error
    half_square = weight * weight / 2
    base = lower.mid() ** 2

    def integrand(u: acb, _: bool) -> acb:
        square = u * u
        return (half_square * (base - square)).exp() / (1 + square)

    middle = lower.mid()
    width = 1 / ((1 + middle**2) * (1 + abs(weight) + weight**2 * middle))
    body = _integrate(integrand, lower, upper, width)
    return (-half_square * base).exp() * body + error


def _integrate(integrand: Any, lower: arb, upper: arb, width: arb) -> arb:
    """Integrate, to the working precision relative to a value of about ``width``."""
    goal = width * arb(2) ** (-current_bits())
    body = acb.integral(integrand, acb(lower), acb(upper), abs_tol=goal, eval_limit=10**6).real
    return body if body.is_finite() else arb("nan")


def _tail(p: arb, m: arb, start: arb) -> arb:
    """Return an upper bound of the integral of `_integral_from` over ``u >= start >= 0``.

    The exponent grows with ``u`` once ``u**2 >= |m/p|``; before that its last part is dropped.
    """
    if not start.is_finite():
        return arb(0)
    exponent = (p * start) ** 2 / 2
    if start > 0 and abs(p) * start * start > abs(m):
        exponent += (m / start) ** 2 / 2
    length = 1 / start if start > 1 else arb.pi() / 2
    return ((-exponent).exp() * length).upper()


def _plan(p: float, m: float, start: float) -> tuple[float, float, float, float] | None:
    """Return ends in ``log u``, a width and a height for the integrand; None if floats overflow.

    Beyond the ends the integrand is below the working precision. All four only steer the
    quadrature: what is cut off is bounded afterwards.
    """
    logarithms = [log(value) if value else -inf for value in (p, m)]

    def depth(s: float) -> float:
        exponents = (2 * (logarithms[0] + s), 2 * (logarithms[1] - s))
        if max(exponents) > _LARGEST_EXPONENT:
            return inf
        return sum(exp(value) / 2 for value in exponents) + abs(s)

    stationary = [start, 0.0, -logarithms[0], logarithms[1], (logarithms[1] - logarithms[0]) / 2]
    best = min((s for s in stationary if isfinite(s) and s >= start), key=depth)
    least = depth(best)
    if not isfinite(least) or least > _MOST_DEPTH:
        return None
    goal = least + current_bits() * log(2) + 12

    def crossing(direction: float) -> float:
        far = 1.0
        while depth(best + direction * far) < goal:
            far *= 2
        near = 0.0
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (middle, far) if depth(best + direction * middle) < goal else (near, middle)
        return best + direction * far

    last = crossing(1.0)
    return (
        max(start, crossing(-1.0)),
        last,
        min(1.0, last - best) / current_bits(),
        least - abs(best),
    )


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

    h, k, rho = np.broadcast_arrays(*(np.asarray(item, dtype=np.float64) for item in (h, k, rho)))
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
    0.83013640484108021236
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
    """Return ``Phi(x) = (1 + erf(x/sqrt(2)))/2``."""
    return (1 + sympy.erf(x / sympy.sqrt(2))) / 2
