"""Float64 evaluation of an analytic expression with a running bound of its rounding error."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import sympy
from scipy import special

from symprop.numerics.evaluation import enclose
from symprop.specs.expression import X
from symprop.specs.stable_forms import Expit, Expm1, Log1p, Softplus, stable_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Approximation", "float_function"]

_UNIT = 2.0**-53
_FUNCTION_ERROR = 8 * _UNIT  # of the elementary functions of NumPy and SciPy
_TINY = 5e-324
_SMALLEST_NORMAL = 2.0**-1022
_DIGITS = 20
_HALVES = 2.0**27 + 1  # splits a float64 into halves of 26 bits
_FAR, _VANISHED = 2.0, 27.3  # for erfc: where its tail is used, and where it is 0 in float64


class Approximation(NamedTuple):
    """Values and a bound of the absolute error of each."""

    value: Array
    error: Array


def float_function(expression: sympy.Expr) -> Callable[[Array], Approximation]:
    """Return a function of arrays that gives values of ``expression`` with error bounds.

    Error
    -----
    Estimated: first-order running error analysis, with every slope taken at the worst
    point of the uncertain argument. An entry that overflows has an infinite or NaN bound.
    """
    node = stable_form(expression)

    def function(x: Array) -> Approximation:
        with np.errstate(all="ignore"):
            return _evaluate(node, x)

    return function


def _evaluate(node: sympy.Expr, x: Array) -> Approximation:
    if node == X:
        return Approximation(x, np.zeros_like(x))
    if not node.has(X):
        return _constant(node, x)
    arguments = [_evaluate(argument, x) for argument in node.args]
    if isinstance(node, sympy.Add):
        return _sum(arguments)
    if isinstance(node, sympy.Mul):
        return _product(arguments)
    if isinstance(node, sympy.Pow):
        return _power(node, arguments)
    if isinstance(node, sympy.erfc) and (scale := _scale_of_square(node.args[0])) is not None:
        return _gaussian_tail(x, scale, arguments[0])
    function, steepest = _FUNCTIONS[node.func]
    inner, error = arguments[0]
    value = function(inner)
    spread = np.where(error == 0, 0.0, steepest(inner, error) * error)
    rounding: Array | float = _FUNCTION_ERROR
    if isinstance(node, sympy.erfc):
        rounding = rounding + _UNIT * inner**2  # SciPy rounds the square before its exponential
    return Approximation(value, spread + rounding * np.abs(value) + 2 * _TINY)


def _scale_of_square(argument: sympy.Expr) -> float | None:
    """Return ``c`` if the square of the argument is ``c x**2`` with ``c`` a power of two."""
    scale = (argument / X) ** 2
    if isinstance(scale, sympy.Rational) and 1 in (scale.p, scale.q):
        size = int(scale.p * scale.q)
        return float(scale) if size & (size - 1) == 0 and size <= 2**60 else None
    return None


def _gaussian_tail(x: Array, scale: float, inner: Approximation) -> Approximation:
    """Return ``erfc`` of an argument whose square is ``scale * x**2``.

    Far out the rounding of the argument costs digits, its square times as many; there
    ``exp(-scale*x**2)`` is taken with the rounding error of the square, and the rest varies slowly.
    """
    u, _ = inner
    high = _HALVES * x
    high = high - (high - x)
    low = x - high
    square = x * x
    rest = ((high * high - square) + 2 * high * low) + low * low
    value = np.exp(-scale * square) * (1 - scale * rest) * special.erfcx(u)
    value = np.where(u > _VANISHED, 0.0, np.where(value < _SMALLEST_NORMAL, np.nan, value))
    function, steepest = _FUNCTIONS[sympy.erfc]
    near = function(u)
    spread = np.where(inner.error == 0, 0.0, steepest(u, inner.error) * inner.error)
    spread += (_FUNCTION_ERROR + _UNIT * u**2) * np.abs(near)
    far = u > _FAR
    error = np.where(far, 3 * _FUNCTION_ERROR * value, spread) + 2 * _TINY
    return Approximation(np.where(far, value, near), error)


def _constant(node: sympy.Expr, x: Array) -> Approximation:
    value, error = _rounded(node)
    return Approximation(np.full_like(x, value), np.full_like(x, error))


@lru_cache(maxsize=1024)
def _rounded(constant: sympy.Expr) -> tuple[float, float]:
    """Return a constant in float64 and a bound of its rounding error."""
    value = float(enclose(constant, dps=_DIGITS))
    exact = isinstance(constant, sympy.Rational) and sympy.Rational(value) == constant
    return value, 0.0 if exact else 2 * _UNIT * abs(value)


def _sum(parts: list[Approximation]) -> Approximation:
    value, error = parts[0]
    for other, more in parts[1:]:
        value = value + other
        error = error + more + _UNIT * np.abs(value)
    return Approximation(value, error)


def _product(parts: list[Approximation]) -> Approximation:
    value, error = parts[0]
    for other, more in parts[1:]:
        is_zero = ((value == 0) & (error == 0)) | ((other == 0) & (more == 0))
        error = np.abs(value) * more + np.abs(other) * error + error * more
        value = value * other
        error = np.where(is_zero, 0.0, error + _UNIT * np.abs(value) + 2 * _TINY)
    return Approximation(value, error)


def _power(node: sympy.Pow, arguments: list[Approximation]) -> Approximation:
    (base, base_error), (exponent, exponent_error) = arguments
    value = np.power(base, exponent)
    relative = np.where(base_error == 0, 0.0, base_error / np.abs(base))
    relative = np.where(relative < 1, relative / (1 - relative), np.inf)
    shift = np.abs(exponent) * relative
    if not isinstance(node.exp, sympy.Integer):
        shift = shift + exponent_error * np.abs(np.log(base))
        shift = np.where(base == 0, 0.0, shift)
    error = np.abs(value) * (np.expm1(shift) + 4 * _UNIT) + _TINY * (base != 0)
    return Approximation(value, error)


def _inward(slope: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Steepest slope of a function whose slope falls with ``abs(u)``."""
    return lambda u, e: slope(np.maximum(np.abs(u) - e, 0.0))


def _outward(slope: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Steepest slope of a function whose slope grows with ``abs(u)``."""
    return lambda u, e: slope(np.abs(u) + e)


def _complete(
    function: Callable[[Array], Array], vanishes: Callable[[Array], NDArray[np.bool_]]
) -> Callable[[Array], Array]:
    """Put NaN where SciPy drops values below the smallest normal number too early."""

    def complete(u: Array) -> Array:
        value = function(u)
        return np.where((np.abs(value) < _SMALLEST_NORMAL) & ~vanishes(u), np.nan, value)

    return complete


def _error_slope(u: Array) -> Array:
    return 1.13 * np.exp(-(u**2))


def _sech(u: Array) -> Array:
    small: Array = np.exp(-np.abs(u))
    return 2 * small / (1 + small * small)


_FUNCTIONS: dict[type, tuple[Callable[..., Array], Callable[[Array, Array], Array]]] = {
    sympy.exp: (np.exp, lambda u, e: np.exp(u + e)),
    sympy.log: (np.log, lambda u, e: 1 / np.maximum(u - e, 0.0)),
    sympy.sin: (np.sin, lambda u, e: np.minimum(np.abs(np.cos(u)) + e, 1.0)),
    sympy.cos: (np.cos, lambda u, e: np.minimum(np.abs(np.sin(u)) + e, 1.0)),
    sympy.sinh: (np.sinh, _outward(np.cosh)),
    sympy.cosh: (np.cosh, _outward(np.sinh)),
    sympy.sech: (_sech, _inward(_sech)),
    sympy.tanh: (np.tanh, _inward(lambda u: _sech(u) ** 2)),
    sympy.atan: (np.arctan, _inward(lambda u: 1 / (1 + u * u))),
    sympy.asinh: (np.arcsinh, _inward(lambda u: 1 / np.hypot(1.0, u))),
    sympy.asin: (np.arcsin, _outward(lambda u: 1 / np.sqrt(1 - u * u))),
    sympy.acos: (np.arccos, _outward(lambda u: 1 / np.sqrt(1 - u * u))),
    sympy.erf: (special.erf, _inward(_error_slope)),
    sympy.erfc: (_complete(special.erfc, lambda u: u > _VANISHED), _inward(_error_slope)),
    Expm1: (np.expm1, lambda u, e: np.exp(u + e)),
    Log1p: (np.log1p, lambda u, e: 1 / np.maximum(1 + u - e, 0.0)),
    Expit: (_complete(special.expit, lambda u: u < -746), _inward(lambda u: np.exp(-u))),
    Softplus: (lambda u: np.logaddexp(0.0, u), lambda u, e: special.expit(u + e)),
}
