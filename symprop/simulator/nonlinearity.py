"""Activations and their slopes on float64 arrays, at the speed of the bare formula.

Inside a network an absolute error of a few units in the last place does no harm, while the
certain relative accuracy of `symprop.specs.vectorized` costs more than the rest of a layer. So the
formula of each piece is called as it is, after a comparison with certain values on a grid that
looks for cancellation; where that fails, the certain values are what is used.
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
    branches = [_bare(piece.expression) for piece in function.pieces]
    points = [float(point) for point in function.breakpoints]

    def values(x: Array) -> Array:
        with np.errstate(all="ignore"):
            result = branches[0](x)
            for point, branch in zip(points, branches[1:], strict=True):
                result = np.where(x < point, result, branch(x))
        doubtful = ~np.isfinite(result)
        for point in points:
            doubtful |= x == point
        if doubtful.any():
            result[doubtful] = function(x[doubtful])
        return result

    return values if _agree(values, function) else function


def _bare(expression: sympy.Expr) -> Callable[[Array], Array]:
    if not expression.has(X):
        constant = float(expression)
        return lambda x: np.full_like(x, constant)
    if expression == X:
        return lambda x: x.copy()
    formula: Callable[[Array], Array] = sympy.lambdify(
        X, stable_form(expression), modules=[_FUNCTIONS, "numpy"]
    )
    return formula


def _agree(values: Callable[[Array], Array], function: Activation) -> bool:
    """Tell whether the formulas are accurate near 0, near the breakpoints and far out."""
    centres = {0.0, *(float(point) for point in function.breakpoints)}
    points = np.unique([c + sign * _DISTANCES for c in centres for sign in (-1, 1)])
    points = points[np.isfinite(function(points))]
    certain = function(points)
    error = np.abs(values(points) - certain)
    return bool(np.all(error <= _TOLERANCE * np.maximum(1.0, np.abs(certain))))
