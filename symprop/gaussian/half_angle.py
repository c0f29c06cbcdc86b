"""Error function and Gaussian of ``a tan(t/2) + b cot(t/2)``, where ``cos t = rho``.

A standard Gaussian pair of correlation ``rho`` has ``P(Y <= y | X = x) = Phi(z)`` with
``z = (y - rho x) / sqrt(1 - rho**2)``, which is 0/0 or a loss of half the digits near
``rho = +-1`` when ``y = +-x``. In the half angle,
``z = (y + x)/2 tan(t/2) + (y - x)/2 cot(t/2)``: nothing cancels and the limits are plain.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from flint import arb

from symprop.foundation.errors import OutOfDomain, expected
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import enclose
from symprop.numerics.precision import dps_from_bits

__all__ = [
    "HalfAngleErf",
    "HalfAngleGaussian",
    "evaluate_function",
    "half_angle_array",
    "half_angle_cosine_sine",
    "half_angle_value",
]


def half_angle_cosine_sine(rho: arb) -> tuple[arb, arb]:
    """Return balls around ``cos(t/2)`` and ``sin(t/2)``, both >= 0, for ``cos t = rho``.

    Raises
    ------
    OutOfDomain
        If the ball does not meet [-1, 1]; one that reaches beyond is intersected with it.
    """
    if rho > 1 or rho < -1:
        raise OutOfDomain(expected("rho", "inside [-1, 1]", rho.str(20)))
    return (
        ((1 + rho) / 2).nonnegative_part().sqrt(),
        ((1 - rho) / 2).nonnegative_part().sqrt(),
    )


def _times_ratio(weight: arb, top: arb, bottom: arb) -> tuple[arb, arb]:
    """Return lower and upper bounds of ``weight * top / bottom``, where ``bottom >= 0``."""
    if weight.is_zero() or top.is_zero():
        return arb(0), arb(0)
    if bottom > 0:
        value = weight * top / bottom
        return value.lower(), value.upper()
    infinity = arb("inf")
    if bottom.upper() <= 0:
        nearest = infinity
    else:
        nearest = (abs(weight).lower() * top.lower() / bottom.upper()).lower()
    if weight > 0:
        return nearest, infinity
    if weight < 0:
        return -infinity, -nearest
    return -infinity, infinity


def half_angle_value(a: arb, b: arb, rho: arb) -> tuple[arb, arb]:
    """Return lower and upper bounds, possibly infinite, of ``a tan(t/2) + b cot(t/2)``."""
    cosine, sine = half_angle_cosine_sine(rho)
    first = _times_ratio(a, sine, cosine)
    second = _times_ratio(b, cosine, sine)
    low, high = first[0] + second[0], first[1] + second[1]
    return (
        -arb("inf") if low.is_nan() else low.lower(),
        arb("inf") if high.is_nan() else high.upper(),
    )


def _erf_at(x: arb) -> arb:
    return x.erf() if x.is_finite() else x.sgn()


def _gaussian_at(x: arb) -> arb:
    return (-(x * x)).exp() if x.is_finite() else arb(0)


def evaluate_function(expression: sympy.Expr, bits: int) -> sympy.Expr | None:
    """Return a SymPy float of ``bits`` bits through ball arithmetic, None if not numeric."""
    if expression.free_symbols:
        return None
    ball = enclose(expression, dps=dps_from_bits(bits) + 1)
    return sympy.Float(sympy.sympify(ball), precision=bits)


def half_angle_array(a: Any, b: Any, rho: Any) -> Any:
    """Return ``a tan(t/2) + b cot(t/2)`` in float64, with its limits at ``rho = +-1``."""
    a, b, rho = np.broadcast_arrays(real_array("a", a), real_array("b", b), real_array("rho", rho))
    with np.errstate(divide="ignore", invalid="ignore"):
        tangent = np.sqrt((1 - rho) / (1 + rho))
        return np.where(a == 0, 0.0, a * tangent) + np.where(b == 0, 0.0, b / tangent)


class _HalfAngle(sympy.Function):  # type: ignore[misc]  # SymPy is not typed
    """What the two functions share: their argument and its derivatives."""

    nargs = 3
    is_extended_real = True
    is_finite = True

    def _value(self) -> sympy.Expr:
        a, b, rho = self.args
        tangent = sympy.sqrt((1 - rho) / (1 + rho))
        return a * tangent + b / tangent

    def _inner_derivative(self, index: int) -> sympy.Expr:
        """Return the derivative of ``a tan(t/2) + b cot(t/2)`` in argument ``index``."""
        a, b, rho = self.args
        if index == 1:
            return sympy.sqrt(1 - rho) / sympy.sqrt(1 + rho)
        if index == 2:
            return sympy.sqrt(1 + rho) / sympy.sqrt(1 - rho)
        root = sympy.sqrt(1 - rho**2)
        return (b / (1 - rho) - a / (1 + rho)) / root

    def _eval_evalf(self, prec: int) -> sympy.Expr | None:
        return evaluate_function(self, prec)


def _numeric_limit(a: sympy.Expr, b: sympy.Expr, rho: sympy.Expr) -> sympy.Expr | None:
    """Return the exact argument where it is simple: at ``rho`` = -1, 0, 1 or ``a = b = 0``."""
    if a == 0 and b == 0:
        return sympy.S.Zero
    if rho == 0:
        return a + b
    if rho in (1, -1):
        weight = b if rho == 1 else a
        if weight.is_zero:
            return sympy.S.Zero
        if weight.is_positive or weight.is_negative:
            return sympy.oo if weight.is_positive else -sympy.oo
    return None


class HalfAngleErf(_HalfAngle):
    """``erf(a tan(t/2) + b cot(t/2))`` with ``cos t = rho``; odd in ``(a, b)``."""

    @classmethod
    def eval(cls, a: sympy.Expr, b: sympy.Expr, rho: sympy.Expr) -> sympy.Expr | None:
        limit = _numeric_limit(a, b, rho)
        if limit is not None:
            return sympy.erf(limit)
        leading = a if a != 0 else b
        if leading.could_extract_minus_sign():
            return -cls(-a, -b, rho)
        return None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        gaussian = HalfAngleGaussian(*self.args)
        return 2 / sympy.sqrt(sympy.pi) * gaussian * self._inner_derivative(argindex)

    def _eval_rewrite_as_erf(self, *_: sympy.Expr, **__: object) -> sympy.Expr:
        return sympy.erf(self._value())

    def _latex(self, printer: Any) -> str:
        a, b, rho = (printer.doprint(item) for item in self.args)
        angle = rf"\frac{{\arccos {rho}}}{{2}}"
        return rf"\operatorname{{erf}}\left(({a}) \tan {angle} + ({b}) \cot {angle}\right)"

    @staticmethod
    def _eval_ball(a: arb, b: arb, rho: arb) -> arb:
        low, high = half_angle_value(a, b, rho)
        return _erf_at(low).union(_erf_at(high))

    @staticmethod
    def _eval_array(a: Any, b: Any, rho: Any) -> Any:
        from scipy.special import erf

        return erf(half_angle_array(a, b, rho))


class HalfAngleGaussian(_HalfAngle):
    """``exp(-(a tan(t/2) + b cot(t/2))**2)`` with ``cos t = rho``; even in ``(a, b)``."""

    @classmethod
    def eval(cls, a: sympy.Expr, b: sympy.Expr, rho: sympy.Expr) -> sympy.Expr | None:
        limit = _numeric_limit(a, b, rho)
        if limit is not None:
            return sympy.exp(-(limit**2))
        leading = a if a != 0 else b
        if leading.could_extract_minus_sign():
            return cls(-a, -b, rho)
        return None

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        a, b, rho = self.args
        squared_tangent = (1 - rho) / (1 + rho)
        if argindex == 1:
            return -2 * (a * squared_tangent + b) * self
        if argindex == 2:
            return -2 * (a + b / squared_tangent) * self
        return 2 * (a**2 / (1 + rho) ** 2 - b**2 / (1 - rho) ** 2) * self

    def _eval_rewrite_as_exp(self, *_: sympy.Expr, **__: object) -> sympy.Expr:
        return sympy.exp(-(self._value() ** 2))

    def _latex(self, printer: Any) -> str:
        a, b, rho = (printer.doprint(item) for item in self.args)
        angle = rf"\frac{{\arccos {rho}}}{{2}}"
        return rf"\exp\left(-\left(({a}) \tan {angle} + ({b}) \cot {angle}\right)^{{2}}\right)"

    @staticmethod
    def _eval_ball(a: arb, b: arb, rho: arb) -> arb:
        low, high = half_angle_value(a, b, rho)
        ends = _gaussian_at(low).union(_gaussian_at(high))
        return ends if low > 0 or high < 0 else ends.union(arb(1))

    @staticmethod
    def _eval_array(a: Any, b: Any, rho: Any) -> Any:
        return np.exp(-(half_angle_array(a, b, rho) ** 2))
