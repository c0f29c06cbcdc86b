r"""The pair of arc-cosine kernels of the normalised ReLU, over every kind of numbers.

.. math:: \dot\kappa(c)=1-\frac{\arccos c}\pi,\qquad
    \kappa(c)=c\,\dot\kappa(c)+\frac{\sqrt{1-c^2}}\pi
"""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import numpy as np
import sympy
from flint import arb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["arc_of_array", "arc_of_ball", "arc_of_equals", "arc_of_expression"]


def arc_of_expression(c: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Return both kernels of a correlation that is a SymPy expression.

    Examples
    --------
    >>> arc_of_expression(sympy.S.Zero)
    (1/pi, 1/2)
    """
    slope = 1 - sympy.acos(c) / sympy.pi
    return c * slope + sympy.sqrt(1 - c**2) / sympy.pi, slope


def arc_of_ball(c: arb) -> tuple[arb, arb]:
    """Return both kernels of a ball of correlations, which is cut off at -1 and 1.

    Both grow with the correlation, so the ends of the ball give the ends of the values: on a ball
    around 1 the rounding of angles would cost half of the digits.
    """
    one = arb(1)
    if c.is_exact():
        return _arc_of_point(c.max(-one).min(one))
    value, slope = _arc_of_point(c.lower().max(-one).min(one))
    above = _arc_of_point(c.upper().min(one).max(-one))
    return value.union(above[0]), slope.union(above[1])


def _arc_of_point(c: arb) -> tuple[arb, arb]:
    sine = ((1 - c) * (1 + c)).sqrt()
    slope = 1 - arb.atan2(sine, c) / arb.pi()
    return c * slope + sine / arb.pi(), slope


def arc_of_equals(_: object) -> tuple[int, int]:
    """Return both kernels of an input with itself, whose correlation is 1."""
    return 1, 1


def arc_of_array(c: Array) -> tuple[Array, Array]:
    """Return both kernels of an array of correlations, overshoots by rounding cut off.

    Error
    -----
    Of the first a few units in the last place of 1; the second is as steep as a square root at
    both ends, and loses half of the digits of a correlation rounded there.
    """
    c = np.minimum(c, 1.0)
    np.maximum(c, -1.0, out=c)
    slope = np.arccos(c)
    slope *= -1 / pi
    slope += 1.0
    value = 1.0 - c
    value *= 1.0 + c
    np.sqrt(value, out=value)
    value *= 1 / pi
    c *= slope
    value += c
    return value, slope
