r"""Covariances of any activations of moderate growth in float64, by nested trapezoidal rules.

With :math:`u\sim N(0,q_1)` and, given it, :math:`v\sim N(mu,s^2)`, ``q1 >= q2``,

.. math:: W=E[\phi(u)\,E(\psi(v)|u)],\quad V-W=\tfrac12E[E((\phi(u)-\phi(v))^2|u)],\quad
    m=c\sqrt{q_2/q_1},\ s^2=q_2(1-c^2).

Both integrals are trapezoidal sums in a variable ``t`` in which functions of every scale look
alike: :math:`u=\kappa\sinh t` for analytic functions, :math:`u=\pm\kappa\exp(t-e^{-t})` for those
with a breakpoint at 0. Where the features of :math:`\psi` are wide against ``s``, or nine
deviations away, the inner rule is one in ``(v - mu)/s``. On analytic integrands the error of such
a sum is about the square of that of the sum with twice the step, which costs nothing more.

Small differences are found as such. Far out, where both arguments are on one side, the linear part
of the activation is :math:`\alpha_\pm(u-v)`. Where ``s`` is small they are
:math:`V-W=q\int_0^{g}W\phi'(1-t)\,dt` with ``g = 1 - c``, by Price's theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isfinite, pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.gaussian.nested_nodes import (
    DEVIATIONS,
    Nodes,
    normal_nodes,
    power_of_two_below,
    scale_nodes,
)
from symprop.gaussian.plain_values import Side, far_slopes, plain_function, width_of
from symprop.specs.activations import Activation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Estimate",
    "conditional_covariance",
    "conditional_deficit",
    "conditional_second_moment",
]

_STEP = {False: 0.13, True: 0.1}  # of the outer rule, without and with breakpoint
_LEVELS = 3  # times the step is tried, halved each time
_DISAGREEMENT = 2e-7  # with twice the step; its square is the error
_ROUNDING = 5e-15
_WIDE = 2.5  # times s: features that a rule in (v - mu)/s resolves
_STEEP = {False: 0.1, True: 0.3}  # of the width: below this s, differences lose digits
_PRICE_NODES = {False: ((1e-8, 1), (0.01, 2), (1.0, 4)), True: ((0.01, 5), (1.0, 8))}
"""Gauss nodes of Price's integral, by the largest ``s`` over the width."""
_MORE_NODES, _CLEAR_GAP = 6, 0.3
_LARGEST_SLOPE = 1e50  # at a breakpoint
_BLOCK = 2**20  # elements of a matrix of both rules


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, its estimated relative error, and what the outer rule makes of ``E phi(u)^2``.

    The error is relative to ``sqrt(E phi(u)^2 E psi(v)^2)`` for a covariance, to itself for a
    difference.
    """

    value: float
    error: float
    second_moment: float


def conditional_covariance(
    phi: Activation, psi: Activation, q1: float, q2: float, c: float, gap: float
) -> Estimate | None:
    r"""Return ``E phi(u) psi(v)`` for ``u, v`` of variances ``q1, q2`` and correlation ``c``.

    .. math:: W=\iint\phi(u)\,\psi(v)\,p(u)\,p(v|u)\,dv\,du

    Parameters
    ----------
    phi, psi : Activation
        Of moderate polynomial growth, analytic but for breakpoints at 0.
    q1, q2 : float
        Variances, > 0.
    c, gap : float
        Correlation in [-1, 1] and one minus it, each relatively accurate.

    Returns
    -------
    Estimate or None
        None where no rule converges, or the functions are none that the rules are for.

    Conventions
    -----------
    Variances, not standard deviations.

    Error
    -----
    Estimated from the same sum with twice the step.

    Source
    ------
    Derived in this module.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> silu = activation("silu")
    >>> f"{conditional_covariance(silu, silu, 1.0, 1.0, 0.5, 0.5).value:.12f}"
    '0.183169663088'
    """
    if q1 < q2:
        phi, psi, q1, q2 = psi, phi, q2, q1
    return _converged(_Problem.of(Side(phi), Side(psi), q1, q2, c, gap), _product)


def conditional_deficit(phi: Activation, q: float, gap: float) -> Estimate | None:
    r"""Return ``E (phi(u) - phi(v))^2 / 2`` at variance ``q`` and correlation ``1 - gap``.

    .. math:: V-W=\tfrac12E(\phi(u)-\phi(v))^2

    Parameters
    ----------
    phi : Activation
        As for `conditional_covariance`.
    q : float
        Variance, > 0.
    gap : float
        In (0, 1].

    Returns
    -------
    Estimate or None
        As for `conditional_covariance`; None as well where ``gap`` is so small that differences
        would lose digits and the activation jumps.

    Conventions
    -----------
    Variances, not standard deviations.

    Error
    -----
    Estimated from the same sum with twice the step, relative to the value.

    Source
    ------
    Derived in this module.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> f"{conditional_deficit(activation('softsign'), 1.0, 1e-12).value:.6e}"
    '2.276713e-13'
    """
    problem = _Problem.of(Side(phi), Side(phi), q, q, 1.0 - gap, gap)
    if problem is None:
        return None
    if problem.s >= _STEEP[problem.broken] * problem.widths[0]:
        return _converged(problem, _half_square)
    return _by_price(phi, q, gap, problem)


def conditional_second_moment(phi: Activation, q: float, *, order: int = 0) -> Estimate | None:
    r"""Return ``E phi(u)^2``, or that of the slope, for ``u`` of variance ``q``.

    .. math:: V=\int\phi(u)^2\,p(u)\,du

    Parameters
    ----------
    phi : Activation
        As for `conditional_covariance`.
    q : float
        Variance, > 0.
    order : int
        1 for the slope.

    Returns
    -------
    Estimate or None
        None where the rule does not converge.

    Error
    -----
    Estimated from the same sum with twice the step.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> f"{conditional_second_moment(activation('erf'), 1.0).value:.12f}"
    '0.464559054398'
    """
    side = Side(phi, order)
    return _converged(_Problem.of(side, side, q, q, 1.0, 0.0), _square)


def _by_price(phi: Activation, q: float, gap: float, problem: _Problem) -> Estimate | None:
    """Integrate the kernel of the slope over the gap, or its root if that has a branch point."""
    slope = Side(phi, 1)
    if phi.breakpoints:
        ends = slope.function(np.array([-1e-200, 1e-200]))
        if phi.jumps or not (np.abs(ends) < _LARGEST_SLOPE).all():
            return None
    size = problem.s / problem.widths[0]
    count = next(n for most, n in _PRICE_NODES[problem.broken] if size <= most)
    count += _MORE_NODES * (gap > _CLEAR_GAP)  # sqrt(1 + c) has a branch point as well
    total, error, moment = 0.0, 0.0, 0.0
    for node, weight in zip(*np.polynomial.legendre.leggauss(count), strict=True):
        t = (1.0 + float(node)) / 2.0
        part, share = (gap * t * t, t) if problem.broken else (gap * t, 0.5)
        found = _converged(_Problem.of(slope, slope, q, q, 1.0 - part, part), _product)
        if found is None:
            return None
        total += float(weight) * share * found.value
        error, moment = max(error, found.error), found.second_moment
    return Estimate(q * gap * total, error, moment)


@dataclass(frozen=True, slots=True)
class _Problem:
    """Both functions, the larger variance first, and the law of ``v`` given ``u``."""

    sides: tuple[Side, Side]
    widths: tuple[float, float]
    deviation: float
    m: float
    lag: float  # 1 - m
    s: float
    broken: bool

    @classmethod
    def of(
        cls, phi: Side, psi: Side, q1: float, q2: float, c: float, gap: float
    ) -> _Problem | None:
        first, second = width_of(phi.phi), width_of(psi.phi)
        s = sqrt(q2) * sqrt(gap) * sqrt(1.0 + c if c < 0 else 2.0 - gap)
        if first is None or second is None or not isfinite(s):
            return None
        m = c * sqrt(q2 / q1)
        lag = gap if q1 == q2 else 1.0 - m
        broken = bool(phi.phi.breakpoints or psi.phi.breakpoints)
        return cls((phi, psi), (first, second), sqrt(q1), m, lag, s, broken)

    @property
    def outer_scale(self) -> float:
        """The smallest scale of ``phi`` and of the smoothed ``psi(m u)``."""
        scale = min(self.widths[0], self.deviation)
        if self.m:
            inner = self.s if self.broken and self.s else self.widths[1]
            scale = min(scale, inner / abs(self.m))
        return power_of_two_below(scale)

    @property
    def half(self) -> bool:
        """Whether the integrand is even in ``(u, v)``."""
        return all(side.phi.parity for side in self.sides)


def _converged(problem: _Problem | None, rule: Any) -> Estimate | None:
    if problem is None:
        return None
    for level in range(_LEVELS):
        with np.errstate(all="ignore"):
            fine, coarse, size, moment = rule(problem, level)
        if size == 0.0:
            return None if fine else Estimate(0.0, 0.0, moment)
        apart = abs(fine - coarse) / size
        if apart <= _DISAGREEMENT:
            return Estimate(fine, apart * apart + _ROUNDING, moment)
    return None


@lru_cache(maxsize=512)
def _values(side: Side, scale: float, reach: float, step: float, broken: bool, half: bool) -> Array:
    return side.function(scale_nodes(scale, reach, step, broken, half).x)


@dataclass(frozen=True, slots=True)
class _Outer:
    """The outer nodes with their masses, the values there, and which rows get which rule."""

    u: Array
    mass: Array
    even: NDArray[np.bool_]
    value: Array
    by_nodes: NDArray[np.bool_]

    def blocks(self) -> list[NDArray[np.intp]]:
        """Return the rows that get a rule in ``v``, few enough at a time to fit in memory."""
        rows = np.flatnonzero(self.by_nodes)
        count = ceil(rows.size * 4 * self.u.size / _BLOCK)
        return [part for part in np.array_split(rows, max(count, 1)) if part.size]

    def sums(self, inner: tuple[Array, Array]) -> tuple[float, float]:
        fine = float(self.mass @ inner[0])
        return fine, 2.0 * float(self.mass[self.even] @ inner[1][self.even])


def _outer(problem: _Problem, level: int) -> _Outer:
    step = _STEP[problem.broken] / 2**level
    scale = problem.outer_scale
    reach = 2.0 * power_of_two_below(DEVIATIONS * problem.deviation)
    key = (scale, reach, step, problem.broken, problem.half)
    nodes = scale_nodes(*key)
    z = nodes.x / problem.deviation
    mass = nodes.weights * np.exp(-0.5 * z * z) / (sqrt(2 * pi) * problem.deviation)
    kept = np.abs(z) <= DEVIATIONS
    value = _values(problem.sides[0], *key)[kept]
    u = nodes.x[kept]
    near = np.abs(problem.m * u) < DEVIATIONS * problem.s
    wide = problem.s * _WIDE <= problem.widths[1] and not problem.broken
    by_nodes = np.zeros_like(near) if wide else near
    return _Outer(u, mass[kept], nodes.even[kept], value, by_nodes)


def _density(problem: _Problem, u: Array, level: int) -> tuple[Array, Nodes, Array]:
    """Return ``weight p(v|u)`` of nodes ``v``, rows by ``u``, with the nodes and ``psi(v)``."""
    step = _STEP[problem.broken] / 2 ** (level + 1)
    scale = power_of_two_below(min(problem.widths[1], problem.s))
    key = (scale, 2.0 * power_of_two_below(2 * DEVIATIONS * problem.s), step, problem.broken, False)
    nodes = scale_nodes(*key)
    z = (nodes.x - problem.m * u[:, None]) / problem.s
    z *= z
    z *= -0.5
    np.exp(z, out=z)
    z *= nodes.weights / (sqrt(2 * pi) * problem.s)
    return z, nodes, _values(problem.sides[1], *key)


def _product(problem: _Problem, level: int) -> tuple[float, float, float, float]:
    """Return the covariance, the same with twice the step, its size, and ``E phi(u)^2``."""
    outer = _outer(problem, level)
    fine, coarse, square = np.empty((3, outer.u.size))
    for rows in outer.blocks():
        density, nodes, psi = _density(problem, outer.u[rows], level)
        fine[rows], square[rows] = density @ psi, density @ psi**2
        coarse[rows] = 2.0 * (density[:, nodes.even] @ psi[nodes.even])
    rows = np.flatnonzero(~outer.by_nodes)
    if rows.size:
        normal = normal_nodes(level)
        weights, even = normal.weights, normal.even
        v = problem.m * outer.u[rows, None] + problem.s * normal.x
        psi = problem.sides[1].function(v)
        fine[rows], square[rows] = psi @ weights, psi**2 @ weights
        coarse[rows] = 2.0 * (psi[:, even] @ weights[even])
    value, other = outer.sums((outer.value * fine, outer.value * coarse))
    moment = float(outer.mass @ outer.value**2)
    return value, other, sqrt(moment * float(outer.mass @ square)), moment


def _square(problem: _Problem, level: int) -> tuple[float, float, float, float]:
    """Return the second moment, likewise."""
    outer = _outer(problem, level)
    squares = outer.value**2
    fine, coarse = outer.sums((squares, squares))
    return fine, coarse, fine, fine


def _half_square(problem: _Problem, level: int) -> tuple[float, float, float, float]:
    """Return half the mean squared difference, likewise."""
    outer = _outer(problem, level)
    fine, coarse = np.empty((2, outer.u.size))
    for rows in outer.blocks():
        density, nodes, phi = _density(problem, outer.u[rows], level)
        here, even = outer.value[rows], nodes.even
        for part, chosen, out in ((density, phi, fine), (density[:, even], phi[even], coarse)):
            out[rows] = here * here * part.sum(axis=1) - 2 * here * (part @ chosen)
            out[rows] += part @ (chosen * chosen)
        coarse[rows] *= 2.0
    rows = np.flatnonzero(~outer.by_nodes)
    if rows.size:
        normal = normal_nodes(level)
        weights, even = normal.weights, normal.even
        squares = _differences(problem, outer.u[rows], outer.value[rows], normal.x) ** 2
        fine[rows] = squares @ weights
        coarse[rows] = 2.0 * (squares[:, even] @ weights[even])
    value, other = outer.sums((0.5 * fine, 0.5 * coarse))
    return value, other, value, float(outer.mass @ outer.value**2)


def _differences(problem: _Problem, u: Array, value: Array, z: Array) -> Array:
    """Return ``phi(u) - phi(v)``; where both are on one side, the linear part comes from u - v."""
    phi = problem.sides[0].phi
    v = problem.m * u[:, None] + problem.s * z
    slope = np.where(u < 0, *far_slopes(phi))
    slope[np.abs(problem.m * u) < DEVIATIONS * problem.s] = 0.0
    apart = problem.lag * u[:, None] - problem.s * z
    rest = _rest(value, slope * u)[:, None] - _rest(plain_function(phi)(v), slope[:, None] * v)
    return slope[:, None] * apart + rest


def _rest(value: Array, linear: Array) -> Array:
    rest = value - linear
    return np.where(np.abs(rest) <= 4e-16 * np.abs(linear), 0.0, rest)
