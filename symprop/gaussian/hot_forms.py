"""Recognition of activations whose dual kernel has a hand-written float64 closed form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy

from symprop.specs.activations import Activation, X, activation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HotForm", "hot_form"]

_SMOOTH = ("erf", "normal_cdf", "gelu", "sin", "cos", "exp", "gaussian")


@dataclass(frozen=True, slots=True)
class HotForm:
    """``phi(x) = output * base(slope * x)``, up to a reflection of x, which no kernel sees.

    Attributes
    ----------
    name : str
        Key of `FORMULAS`.
    parameter : float
        Slope below zero of a piecewise linear ``base``; 0 otherwise.
    output, slope : sympy.Expr
        Exact scalings.
    """

    name: str
    parameter: float
    output: sympy.Expr
    slope: sympy.Expr


@lru_cache(maxsize=256)
def hot_form(phi: Activation) -> HotForm | None:
    """Return how ``phi`` scales a hot activation, or None.

    Examples
    --------
    >>> hot_form(activation("3*erf(x/2)"))
    HotForm(name='erf', parameter=0.0, output=3, slope=1/2)
    >>> hot_form(activation("tanh")) is None
    True
    """
    if phi.breakpoints:
        return _broken_at_zero(phi) if phi.breakpoints == (0,) else None
    for name in _SMOOTH:
        base = activation(name)
        for output, slope in _scalings(name, phi.expression):
            if not (slope.is_number and output.is_number):
                continue
            difference = base.scaled(output, slope).expression - phi.expression
            if sympy.expand(difference) == 0:
                return HotForm(name, 0.0, output, slope)
    return None


def _broken_at_zero(phi: Activation) -> HotForm | None:
    """Recognise ``r x^d`` for positive and ``l x^d`` for negative x, ``d`` in 0, 1, 2."""
    below, above = (piece.expression for piece in phi.pieces)
    degree = phi.homogeneity
    if degree not in (0, 1, 2):
        return None
    left, right = below.subs(X, -1) * (-1) ** degree, above.subs(X, 1)
    if abs(left) > abs(right):  # reflected
        left, right = (-1) ** degree * right, (-1) ** degree * left
    ratio = left / right
    if degree == 1:
        name = "abs" if ratio == -1 else "relu"
        return HotForm(name, float(ratio), right, sympy.S.One)
    if ratio == 0:
        return HotForm("step" if degree == 0 else "squared_relu", 0.0, right, sympy.S.One)
    if ratio == -1 and degree == 0:
        return HotForm("sign", 0.0, right, sympy.S.One)
    return None


def _scalings(name: str, expression: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Yield candidates ``(output, slope)``; the caller checks them."""
    if name in ("erf", "sin", "cos"):
        output, inner = expression.as_independent(X, as_Add=False)
        if inner.func is {"erf": sympy.erf, "sin": sympy.sin, "cos": sympy.cos}[name]:
            yield output, inner.args[0].coeff(X)
    elif name in ("exp", "gaussian"):
        output, inner = expression.as_independent(X, as_Add=False)
        if inner.func is sympy.exp:
            argument = sympy.expand(inner.args[0])
            if name == "exp":
                yield output * sympy.exp(argument.subs(X, 0)), argument.coeff(X)
            elif argument.coeff(X, 2).is_negative:
                yield output, sympy.sqrt(-2 * argument.coeff(X, 2))
    else:
        for atom in expression.atoms(sympy.erf):
            slope = atom.args[0].coeff(X) * sympy.sqrt(2)
            if name == "normal_cdf":
                yield 2 * expression.subs(X, 0), slope
            elif slope != 0:
                yield 2 * sympy.diff(expression, X).subs(X, 0) / slope, slope
