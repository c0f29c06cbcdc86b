"""Values of an activation and its slope on large float64 arrays, without error analysis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import sympy
from scipy import special

from symprop.foundation.errors import SymPropError
from symprop.specs.activations import Activation
from symprop.specs.expression import X
from symprop.specs.stable_forms import stable_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Side", "far_slopes", "plain_function", "width_of"]

_HIGHEST_POWER = 4
_LARGEST_RATE = 1e6
_FAR = 1e30


def _softplus(u: Array) -> Array:
    return np.logaddexp(0.0, u)


def _sech(u: Array) -> Array:
    small: Array = np.exp(-np.abs(u))
    return 2 * small / (1 + small * small)


_FUNCTIONS = {
    "Expit": special.expit,
    "Expm1": np.expm1,
    "Log1p": np.log1p,
    "Softplus": _softplus,
    "sech": _sech,
}


@lru_cache(maxsize=256)
def plain_function(phi: Activation, order: int = 0) -> Callable[[Array], Array]:
    """Return a function of float64 arrays with the values of an activation or of its slope.

    Parameters
    ----------
    phi : Activation
        The activation; at a breakpoint its values are those from above.
    order : int
        1 for the derivative between breakpoints.

    Returns
    -------
    callable
        Errors are a few roundings of the terms of the expression. Entries that float64 does not
        reach, because a part overflows, come from balls.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> plain_function(activation("silu"))(np.array([-1000.0, 2.0]))
    array([-0.        ,  1.76159416])
    """
    parts = [
        sympy.lambdify(X, _form(piece.expression, order), [_FUNCTIONS, "scipy", "numpy"], cse=True)
        for piece in phi.pieces
    ]
    ends = np.array([float(point) for point in phi.breakpoints])

    def values(x: Array) -> Array:
        result = np.empty_like(x)
        with np.errstate(all="ignore"):
            if len(parts) == 1:
                result[...] = parts[0](x)
            else:
                index = np.searchsorted(ends, x, side="right")
                for position, part in enumerate(parts):
                    inside = index == position
                    result[inside] = part(x[inside])
        lost = ~np.isfinite(result)
        if lost.any():
            exact = phi.weak_derivative().regular if order else phi
            result[lost] = exact(x[lost])
        return result

    return values


def _form(expression: sympy.Expr, order: int) -> sympy.Expr:
    """Return what to evaluate; a stable form is differentiated, so that nothing overflows."""
    form = stable_form(expression)
    return stable_form(sympy.diff(form, X)) if order else form


@lru_cache(maxsize=256)
def width_of(phi: Activation) -> float | None:
    """Return the scale of an activation's features, None if nested rules are not for it."""
    try:
        growth = phi.growth
    except SymPropError:
        return None
    if any(term.power > _HIGHEST_POWER or term.linear > 0 or term.quadratic > 0 for term in growth):
        return None
    if any(point != 0 for point in phi.breakpoints):
        return None
    strip = phi.analyticity_strip
    size = 0.0 if strip is None or not strip.is_finite else float(strip)
    return size if size > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Side:
    """An activation, or with order 1 its slope."""

    phi: Activation
    order: int = 0

    @property
    def function(self) -> Callable[[Array], Array]:
        """Its values on arrays."""
        return plain_function(self.phi, self.order)


@lru_cache(maxsize=64)
def far_slopes(phi: Activation) -> tuple[float, float]:
    """Return the slope far out, 0 where it is none worth taking off; any would be right."""
    try:
        ends = plain_function(phi, 1)(np.array([-_FAR, _FAR])).tolist()
    except SymPropError:
        return 0.0, 0.0
    left, right = (end if abs(end) < _LARGEST_RATE else 0.0 for end in ends)
    return left, right
