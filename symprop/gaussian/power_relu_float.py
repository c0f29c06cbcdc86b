r"""The float64 face of the alpha-ReLU kernel, and the proof of its error.

With :math:`\mu=\alpha+1/2`, :math:`x=(1+c)/2`, :math:`\delta=(1-c)/2` and a split ``h``:
for :math:`\delta>h`, :math:`J=x^\mu P(x)`; below, with ``m`` the integer next to ``mu`` and
:math:`\varepsilon=\mu-m`,

.. math:: 1-J = -\mathrm{expm1}(L) - e^L\bigl[\delta A(\delta)
    + \delta^m\frac{\delta^\varepsilon-1}\varepsilon B(\delta)\bigr],\qquad
    L=\mu\,\mathrm{log1p}(-\delta).

``P``, ``A`` and ``B`` are power series with ball coefficients, economised. The quotient tends
to a logarithm as alpha tends to a half-integer, where the two hypergeometric series of
the textbook formula cancel instead. When alpha is so large that the asymptotic part of
``A`` suffices, ``B`` is zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, nextafter
from typing import TYPE_CHECKING

import numpy as np
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.power_relu_expansion import edge_series, one_series
from symprop.gaussian.power_relu_rounding import float_errors
from symprop.numerics.approximation import Panel, certified_series
from symprop.numerics.arrays import real_array
from symprop.numerics.horner import evaluate_polynomial
from symprop.numerics.precision import working_bits
from symprop.numerics.tiles import flat_tiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.power_relu_arguments import Exponent

__all__ = ["FloatKernel", "float_kernel"]

_BITS = 192
_TRUNCATION = 2.0**-60  # of the economised series, far below one roundoff
_LARGEST_WIDE = 4  # up to this alpha the two halves of [-1, 1] are split in the middle
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class FloatKernel:
    """``J_alpha`` and ``1 - J_alpha`` on float64 arrays.

    Attributes
    ----------
    power, correction : float
        ``mu``, and what its rounding left out.
    split : float
        Largest ``delta`` of the expansion at correlation one.
    order : int
        The integer ``m``; 0 when ``mu <= 3/4``, and then the quotient is ``delta**mu``.
    offset : float
        ``mu - m``.
    edge, regular, singular : tuple of float
        ``P`` in ``x/(1-h)``, ``A`` and ``B`` in ``delta/h``, lowest power first.
    error : float
        Proved bound of the absolute error of a call, on all float64 of [-1, 1].
    deficit_error : float
        Proved bound of the relative error of `deficit`, for gaps of at least ``2**-60``.

    Error
    -----
    Enclosed, given that NumPy's elementary functions err by at most two ulps.
    """

    power: float
    correction: float
    split: float
    order: int
    offset: float
    edge: tuple[float, ...]
    regular: tuple[float, ...]
    singular: tuple[float, ...]
    error: float = inf
    deficit_error: float = inf

    def __call__(self, rho: ArrayLike) -> NDArray[np.float64]:
        """Return ``J_alpha(rho)``; `OutOfDomain` outside [-1, 1] or for a nan."""
        points = _inside("rho", rho, -1.0, 1.0)
        result = np.empty(points.size)
        flat = points.ravel()
        for tile in flat_tiles(points.size):
            piece, values = flat[tile], result[tile]
            near = piece >= 1 - 2 * self.split
            values[near] = 1 - self._near((1 - piece[near]) * 0.5)
            values[~near] = self._far((1 + piece[~near]) * 0.5)
        return result.reshape(points.shape)

    def deficit(self, angle_gap: ArrayLike) -> NDArray[np.float64]:
        """Return ``1 - J_alpha(1 - angle_gap)``; `OutOfDomain` outside [0, 2] or for a nan."""
        delta = _inside("angle_gap", angle_gap, 0.0, 2.0) * 0.5
        near = delta <= self.split
        result = np.empty_like(delta)
        result[near] = self._near(delta[near])
        result[~near] = 1 - self._far(1 - delta[~near])
        return result

    def _far(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return x**self.power * _polynomial(self.edge, x / (1 - self.split))

    def _near(self, delta: NDArray[np.float64]) -> NDArray[np.float64]:
        less = np.expm1(self.power * np.log1p(-delta))
        local = delta / self.split
        inner = delta * _polynomial(self.regular, local)
        if any(self.singular):
            inner += self._quotient(delta) * _polynomial(self.singular, local)
        return -less - (1 + less) * inner

    def _quotient(self, delta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``delta**m (delta**epsilon - 1)/epsilon``, or ``delta**mu`` when ``m = 0``."""
        logarithm = np.log(np.maximum(delta, _TINY))
        if self.order == 0:
            return delta**self.power * (1 + self.correction * logarithm)
        if self.offset == 0:
            return delta**self.order * logarithm
        return delta**self.order * (np.expm1(self.offset * logarithm) / self.offset)


def _inside(name: str, values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    points = real_array(name, values)
    inside = (points >= low) & (points <= high)
    if not inside.all():
        value = float(points[~inside].flat[0])
        raise OutOfDomain(expected(name, f"inside [{low:g}, {high:g}]", value))
    return points


def _polynomial(coefficients: Sequence[float], local: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.empty_like(local)
    evaluate_polynomial(coefficients, local, result)
    return result


def float_kernel(exponent: Exponent) -> FloatKernel:
    """Return the float64 face of an exact exponent.

    Raises
    ------
    InvalidArgument
        If the exponent is not an exact rational.
    """
    if exponent.ratio is None:
        raise InvalidArgument(expected("alpha", "to be rational for float64", exponent.value))
    mu = Fraction(*exponent.ratio) + Fraction(1, 2)
    split = Fraction(1, 2) if mu <= _LARGEST_WIDE + 1 else Fraction(1, 4)
    edge, one = edge_series(exponent.ratio, 1 - split), one_series(exponent.ratio, split)
    panels = (
        _economised(edge.coefficients, edge.tail, 1 - split),
        _economised(one.regular, one.regular_tail, split),
        _economised(one.singular, one.singular_tail, split),
    )
    face = FloatKernel(
        power=float(mu),
        correction=float(mu - Fraction(float(mu))),
        split=float(split),
        order=one.order,
        offset=float(one.offset),
        edge=panels[0].coefficients,
        regular=panels[1].coefficients,
        singular=panels[2].coefficients,
    )
    with working_bits(_BITS):
        error, relative = float_errors(face, *(arb(panel.error) for panel in panels))
    return replace(face, error=_up(error), deficit_error=_up(relative))


def _economised(coefficients: Sequence[arb], tail: arb, reach: Fraction) -> Panel:
    """Return a float64 polynomial in ``variable/reach``; the zero one for an empty series."""
    if not coefficients:
        return Panel((0.0,), _up(tail))
    scale = arb(fmpq(reach.numerator, reach.denominator))
    with working_bits(_BITS):
        scaled = [value * scale**k for k, value in enumerate(coefficients)]
    return certified_series(scaled, tail, _TRUNCATION)


def _up(bound: arb) -> float:
    return nextafter(float(bound.upper()), inf)
