r"""Hermite coefficients of one activation at many variances at once, in float64.

.. math:: a_k(q) = \int \phi(x)\, \frac{\mathrm{he}_k(x/\sqrt q)}{\sqrt{2\pi q}}
    e^{-x^2/2q}\, dx

In the variable x the activation does not depend on the variance. One rule with proved
error for a whole band of variances therefore serves all of them, and its node values are
computed once, by balls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log, pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import acb, arb

from symprop.foundation.errors import OutOfDomain, expected
from symprop.gaussian.integrand import cutoff_for, hermite_weight_bound, integrand_of
from symprop.numerics.arrays import real_array
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits, panels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symprop.gaussian.integrand import Integrand, IntegrandPiece
    from symprop.specs.activations import Activation

__all__ = ["HermiteRows", "hermite_rows"]

_BAND = 4.0  # ratio of the variances that share a rule
_ORDER_STEP = 32  # rules serve orders up to a multiple of it, so that few are made
_GOAL = 54  # bits of absolute accuracy of the rule, relative to the activation's size
_BITS = 96
_SMALL = 2.0**-300
_BLOCK = 2**14  # elements of a (rows, nodes) block, to stay in the cache
_ROUNDING = 64 * 2.0**-53


@dataclass(frozen=True, eq=False)
class HermiteRows:
    """``a_k(q_i)`` for rows of variances ``q_i``.

    Attributes
    ----------
    coefficients : ndarray, shape (rows, order + 1)
        In the orthonormal basis He_k/sqrt(k!).
    second_moments : ndarray, shape (rows,)
        ``V(q_i) = E phi(sqrt(q_i) Z)^2``.
    tails : ndarray, shape (rows,)
        Bounds of ``V(q_i) - sum_k a_k(q_i)^2``, rounding included.
    error : ndarray, shape (rows,)
        Bound of the Euclidean norm of the errors of a row: the proved error of the rule, and
        for the rounding of the recurrence 64 unit roundoffs of ``sqrt(V)``, four times the
        largest found against balls at orders up to 1000.
    """

    coefficients: NDArray[np.float64]
    second_moments: NDArray[np.float64]
    tails: NDArray[np.float64]
    error: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Nodes and ``weight * phi(node)``, ``weight * phi(node)**2``; for one band of variances."""

    nodes: NDArray[np.float64]
    masses: NDArray[np.float64]
    squares: NDArray[np.float64]
    error: float
    square_error: float


def hermite_rows(phi: Activation, variances: ArrayLike, order: int) -> HermiteRows:
    """Return the coefficients of order ``0..order`` at every variance.

    Parameters
    ----------
    phi : Activation
        The activation.
    variances : array_like
        One-dimensional, all > 0.
    order : int
        Largest index.

    Returns
    -------
    HermiteRows

    Raises
    ------
    OutOfDomain
        If a variance is not positive, or integrability is not proved there.
    """
    q = real_array("variances", variances)
    if not (np.isfinite(q) & (q > 0)).all():
        raise OutOfDomain(expected("variances", "all finite and > 0", q[~(q > 0)][:1].tolist()))
    coefficients = np.empty((q.size, order + 1))
    moments, error, square_error = np.empty((3, q.size))
    parity = phi.parity
    highest = -(-order // _ORDER_STEP) * _ORDER_STEP
    exponents = np.floor(np.log(q) / log(_BAND)).astype(np.intp)
    for exponent in np.unique(exponents):
        band = np.flatnonzero(exponents == exponent)
        rule = _rule(phi, int(exponent), highest)
        size = max(1, _BLOCK // rule.nodes.size)
        for start in range(0, band.size, size):
            rows = band[start : start + size]
            coefficients[rows], moments[rows] = _project(rule, q[rows], order, parity)
        error[band] = rule.error * sqrt(order + 1) + _ROUNDING * np.sqrt(moments[band])
        square_error[band] = rule.square_error + _ROUNDING * moments[band]
    kept = np.einsum("ij,ij->i", coefficients, coefficients)
    tails = np.maximum(moments - kept, 0.0) + square_error + 2 * error * np.sqrt(moments)
    return HermiteRows(coefficients, moments, tails, error)


def _project(
    rule: _Rule, q: NDArray[np.float64], order: int, parity: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coefficients and the second moment, rows by variance.

    The recurrence runs on ``He_k(z) exp(-z^2/4)``, at most ``sqrt(k!)``; the other half of the
    weight goes to the masses. It is the monic one, which needs the fewest passes, and powers
    of two keep it in range. (Steps of two, for functions with a parity, are faster still but
    lose digits.)
    """
    root = np.sqrt(q)[:, None]
    z = rule.nodes / root
    half = np.exp(-0.25 * z * z)
    masses = half * rule.masses / (sqrt(2 * pi) * root)
    moments = (half * half * rule.squares / (sqrt(2 * pi) * root)).sum(axis=1)
    result = np.zeros((q.size, order + 1))
    wanted = {None: (0, 1), "even": (0,), "odd": (1,)}[parity]
    before, current, spare = np.zeros_like(z), half, np.empty_like(z)
    norm = 1.0  # of He_k, in the units in force
    for k in range(order + 1):
        if k % 2 in wanted:
            np.einsum("ij,ij->i", masses, current, out=result[:, k])
            result[:, k] *= norm
        np.multiply(z, current, out=spare)
        before *= k
        spare -= before
        before, current, spare = current, spare, before
        norm /= sqrt(k + 1)
        if norm < _SMALL:
            before *= _SMALL
            current *= _SMALL
            norm /= _SMALL
    return result, moments


@lru_cache(maxsize=256)
def _rule(phi: Activation, exponent: int, order: int) -> _Rule:
    """Return nodes with a proved error for the band ``_BAND**exponent``, every ``k <= order``.

    The band is a little wider than that, for variances on its edge. Panels are made for the
    larger of ``|phi| |he_k| p`` and ``|phi|^2 p``, with phi in units of its own size, so that
    they serve the coefficients and the second moment.
    """
    integrand = integrand_of(phi)
    lower, upper = _BAND**exponent * (1 - 1e-9), _BAND ** (exponent + 1) * (1 + 1e-9)
    with working_bits(_BITS):
        low, high = arb(lower).sqrt(), arb(upper).sqrt()
        size = _size(integrand, low)
        goal, tail_goal = _GOAL, _GOAL - magnitude_bits(size)
        deviation = low.union(high)
        cutoff, error = cutoff_for(integrand, deviation, ceil(tail_goal), order)
        further, square_error = cutoff_for(
            integrand.squared(), deviation, ceil(2 * tail_goal - _GOAL), 0
        )
        reach = (cutoff.max(further) * high).upper()
        nodes, masses, squares = [], [], []
        for piece in integrand.panel_pieces:
            left, right = _clip(piece, arb(0) if integrand.parity else -reach, reach)
            if left is None or right is None:
                continue

            def bound(box: Any, piece: IntegrandPiece = piece) -> arb:
                real = box.real if isinstance(box, acb) else box
                height = box.imag.abs_upper() if isinstance(box, acb) else arb(0)
                near, high_z = real.abs_lower() / high, height / low
                value = integrand.bound(piece, arb(1), box) / size
                first = value * hermite_weight_bound(near, high_z, order)
                return first.max(value * value * hermite_weight_bound(near, high_z, 0)) / low

            for panel in panels(bound, left, right, goal + 4):
                error += panel.error * size
                square_error += panel.error * size * size
                for point, weight in panel.points(_BITS):
                    value = integrand.value(piece, arb(1), point)
                    nodes.append(float(point.mid()))
                    masses.append(float((weight * value).mid()))
                    squares.append(float((weight * value * value).mid()))
    double = 2.0 if integrand.parity else 1.0
    return _Rule(
        np.array(nodes),
        double * np.array(masses),
        double * np.array(squares),
        double * float(error.upper()),
        double * float(square_error.upper()),
    )


def _size(integrand: Integrand, deviation: arb) -> arb:
    """Return about the largest value on one standard deviation, as an exact number."""
    values = [
        abs(integrand.value(piece, arb(1), sign * deviation * part))
        for piece in integrand.pieces
        for part in (arb("0.5"), arb(1))
        for sign in (-1, 1)
        if piece.lower < sign * float(deviation) < piece.upper
    ]
    largest = max((float(value.mid()) for value in values), default=1.0)
    return arb(largest if largest > 0 else 1.0)


def _clip(piece: IntegrandPiece, start: arb, stop: arb) -> tuple[arb | None, arb | None]:
    """Return the part of a piece inside ``[start, stop]``."""
    left = start if piece.lower == -sympy.oo else as_ball(piece.lower, _BITS).max(start)
    right = stop if piece.upper == sympy.oo else as_ball(piece.upper, _BITS).min(stop)
    return (left, right) if left < right else (None, None)
