"""Activations and their slopes on float64 arrays, at the speed of the bare formula.

Inside a network an absolute error of a few units in the last place does no harm, while the
certain relative accuracy of `symprop.specs.vectorized` costs more than the rest of a layer. So the
formula of each piece is called as it is, or else in a stable form, after a comparison with certain
values on a grid that looks for cancellation; where both fail, the certain values are used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import sympy
from scipy import special

from symprop.specs.expression import X
from symprop.specs.stable_forms import stable_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["Nonlinearity", "nonlinearity"]

_TOLERANCE = 1e-13
_DISTANCES = np.geomspace(1e-12, 1e3, 200)
_FUNCTIONS: dict[str, Callable[..., Array]] = {
    "Expm1": np.expm1,
    "Log1p": np.log1p,
    "Expit": special.expit,
    "Softplus": lambda u: np.logaddexp(0.0, u),
    "erf": special.erf,
    "erfc": special.erfc,
    "sech": lambda u: 1 / np.cosh(u),
}


class Nonlinearity(NamedTuple):
    """An activation and its slope between breakpoints, as functions of arrays."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


@lru_cache(maxsize=64)
def nonlinearity(phi: Activation) -> Nonlinearity:
    """Return an activation and the derivative that backpropagation uses.

    Raises
    ------
    OutOfDomain
        When called where there is no value, as the slope of a power at an infinite kink.

    Conventions
    -----------
    The slope at a kink is what the derivative's formula has there (one half for ``relu``), and
    jumps do not contribute: that is what a network of finite width propagates.

    Error
    -----
    Measured on a grid: ``1e-13`` absolute, or relative where the value exceeds 1.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> relu = nonlinearity(activation("relu"))
    >>> relu.value(np.array([-1.0, 2.0])), relu.slope(np.array([-1.0, 2.0]))
    (array([0., 2.]), array([0., 1.]))
    """
    return Nonlinearity(_fast(phi), _fast(phi.weak_derivative().regular))


def _fast(function: Activation) -> Callable[[Array], Array]:
    points = [float(point) for point in function.breakpoints]
    grid = np.unique([c + sign * _DISTANCES for c in {0.0, *points} for sign in (-1, 1)])
    grid = grid[np.isfinite(function(grid))]
    certain = function(grid)
    stable = _guarded(_formula(function, points, stable_form), points, function)
    for formula in (_formula(function, points, None), stable):
        with np.errstate(all="ignore"):
            error = np.abs(formula(grid) - certain)
        if np.all(error <= _TOLERANCE * np.maximum(1.0, np.abs(certain))):
            return formula if formula is stable else _guarded(formula, points, function)
    return function


def _formula(
    function: Activation, points: list[float], form: Callable[[sympy.Expr], sympy.Expr] | None
) -> Callable[[Array], Array]:
    """Return the formulas of the pieces, written in a form, joined at the breakpoints."""
    branches = [_bare(piece.expression, form) for piece in function.pieces]

    def values(x: Array) -> Array:
        result = branches[0](x)
        for point, branch in zip(points, branches[1:], strict=True):
            result = np.where(x < point, result, branch(x))
        return result

    return values


def _bare(
    expression: sympy.Expr, form: Callable[[sympy.Expr], sympy.Expr] | None
) -> Callable[[Array], Array]:
    if not expression.has(X):
        constant = float(expression)
        return lambda x: np.full_like(x, constant)
    if expression == X:
        return lambda x: x.copy()
    written = expression if form is None else form(expression)
    formula: Callable[[Array], Array] = sympy.lambdify(X, written, modules=[_FUNCTIONS, "numpy"])
    return formula


def _guarded(
    formula: Callable[[Array], Array], points: list[float], function: Activation
) -> Callable[[Array], Array]:
    """Take certain values at breakpoints and where the formula overflows."""

    def values(x: Array) -> Array:
        with np.errstate(all="ignore"):
            result = formula(x)
        doubtful = ~np.isfinite(result)
        for point in points:
            doubtful |= x == point
        if doubtful.any():
            result[doubtful] = function(x[doubtful])
        return result

    return values
