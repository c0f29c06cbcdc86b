"""The functions an expression may call: a closed list, each with its SymPy form.

Only what is listed here can be reached from a string. Names that are not SymPy
functions (``Phi``, ``sigmoid``, ...) are written out in elementary functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CONSTANTS", "FUNCTIONS", "MOST_ARGUMENTS", "CallableFunction"]

MOST_ARGUMENTS = 32
"""Most operands of a single ``Max`` or ``Min``, whose simplification is quadratic in them."""


@dataclass(frozen=True, slots=True)
class CallableFunction:
    """A function of the expression language.

    Attributes
    ----------
    build : callable
        SymPy operands to SymPy expression.
    fewest, most : int
        Number of operands.
    ball : callable or None
        The same function of balls, when it can grow so fast that its value must be
        bounded before SymPy is asked to build it.
    """

    build: Callable[..., sympy.Expr]
    fewest: int = 1
    most: int = 1
    ball: Callable[..., arb] | None = None


def _normal_cdf(x: sympy.Expr) -> sympy.Expr:
    return (1 + sympy.erf(x / sympy.sqrt(2))) / 2


def _sigmoid(x: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-x))


def _softplus(x: sympy.Expr) -> sympy.Expr:
    return sympy.log(1 + sympy.exp(x))


def _relu(x: sympy.Expr) -> sympy.Expr:
    return sympy.Max(0, x)


def _plain(name: str) -> CallableFunction:
    return CallableFunction(getattr(sympy, name))


def _fast(name: str) -> CallableFunction:
    return CallableFunction(getattr(sympy, name), ball=getattr(arb, name))


def _bessel_k(order: arb, x: arb) -> arb:
    return x.bessel_k(order)


_SMOOTH = ("sin", "cos", "tanh", "sech", "asin", "acos", "atan", "asinh", "acosh", "atanh")

FUNCTIONS: dict[str, CallableFunction] = {
    **{name: _plain(name) for name in (*_SMOOTH, "erf", "erfc", "log", "sqrt", "tan")},
    **{name: _fast(name) for name in ("exp", "sinh", "cosh", "gamma")},
    "besselk": CallableFunction(sympy.besselk, 2, 2, ball=_bessel_k),
    "Phi": CallableFunction(_normal_cdf),
    "normal_cdf": CallableFunction(_normal_cdf),
    "sigmoid": CallableFunction(_sigmoid),
    "softplus": CallableFunction(_softplus, ball=arb.exp),
    "relu": CallableFunction(_relu),
    "Max": CallableFunction(sympy.Max, 1, MOST_ARGUMENTS),
    "Min": CallableFunction(sympy.Min, 1, MOST_ARGUMENTS),
    "Abs": CallableFunction(sympy.Abs),
    "abs": CallableFunction(sympy.Abs),
    "sign": CallableFunction(sympy.sign),
    "Heaviside": CallableFunction(sympy.Heaviside, 1, 2),
    "step": CallableFunction(sympy.Heaviside),
}
"""Name to function; ``Piecewise`` has its own grammar and is read by the parser."""

CONSTANTS: dict[str, sympy.Expr] = {"pi": sympy.pi, "E": sympy.E}
"""Name to exact number."""
