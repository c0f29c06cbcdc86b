r"""Conditional moments of an activation on the sections of a sphere that exchangeable inputs share.

Let ``u`` be the direction of :math:`h\sim\mathcal N(0,(p-q)I+q\mathbf 1\mathbf 1^\top)` in ``n``
dimensions and :math:`t=\cos\psi` its product with :math:`\mathbf 1/\sqrt n`. The rest of ``u`` is
uniform on a sphere of :math:`m=n-1` dimensions whatever ``p`` and ``q`` are, so that

.. math:: \sqrt nu_i=\cos\psi+\sin\psi\,y_i

with :math:`(y_1,y_2)` a pair of coordinates of cosine :math:`-1/(n-1)`, times :math:`\sqrt m`.
Means over such pairs are functions of :math:`\psi` alone, found once for an activation and ``n``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import OutOfDomain, expected
from symprop.gaussian.plain_values import plain_function
from symprop.gaussian.sphere_panels import pair_rule, panel_rule
from symprop.specs.expression import X
from symprop.specs.facts import one_sided_limit
from symprop.specs.growth import check_square_integrable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["Sections", "check_bounded_means", "section_moments"]

_WIDTH = 2.5  # of a panel, where the density falls like that of a standard Gaussian
_SCAN = 800
_NEGLIGIBLE = 50.0  # exp(-50) is far below rounding
_GRADES = (0.25, 0.6, 1.05)  # near the ends functions with a kink vary like exp(-1/angle**2)
_FEW = 3  # breaks, of which pairs at an edge are worth a panel
_SINGULAR = 16  # batches up to which a function with a kink leaves a mark in its means
_CLOSE = 1e-6
_DERIVATIVES = 4
_NEAR, _GROWTH = 0.5, 3.0  # height of poles that panels have to narrow for, and how they do


def check_bounded_means(phi: Activation) -> None:
    """Refuse an activation with a pole whose square has no mean.

    Parameters
    ----------
    phi : Activation
        The activation.

    Raises
    ------
    OutOfDomain
        With the place of the pole.
    """
    if not all(_is_bounded(phi)):
        check_square_integrable(phi)


def _is_bounded(phi: Activation) -> Iterator[bool]:
    for piece in phi.pieces:
        for end, at_upper in ((piece.lower, False), (piece.upper, True)):
            if end.is_finite:
                yield bool(one_sided_limit(piece, at_upper=at_upper).is_finite)


@lru_cache(maxsize=64)
def _values(phi: Activation) -> Callable[[Array], Array]:
    """Return the activation in float64, 0 at the very place of a pole, which has no weight."""
    values = plain_function(phi)
    if all(_is_bounded(phi)):
        return values
    breaks = _breaks(phi)
    return lambda x: np.where(np.isin(x, breaks), 0.0, values(x))


def section_moments(phi: Activation, batch: int, angle: float, count: int) -> Array:
    r"""Return the moments on the section at one angle.

    Let :math:`\phi_i=\phi(\cos\psi+\sin\psi\,y_i)`, ``c`` its mean and
    :math:`f_i=\phi_i-c`. The moments are, in this order,

    .. math:: g=\tfrac12\mathrm E(\phi_1-\phi_2)^2,\quad\mathrm E\phi_1\phi_2,\quad
        b_1,\quad c_1,\quad b_2,\quad c_2,\quad
        \frac{n\,\mathrm E[f_1f_2\,w^\top Hw]}{2H_{12}},

    where for :math:`w=y/\sqrt n,\ v^\top\mathbf 1=0` and distinct ``i``, ``j``

    .. math:: \sqrt n\,\mathrm E[\phi_i\phi_j\langle v,w\rangle]=(v_i+v_j)c_1,\qquad
        \mathrm E\phi_i\phi_j\textstyle\sum_kv_kw_k^2=(v_i+v_j)c_2,

    for :math:`i=j` there stands :math:`b+2c` in place of ``c`` with :math:`v_i`, and ``H`` has zero
    diagonal and zero sums of rows. The mean ``c`` is taken off where it must cancel.

    Parameters
    ----------
    phi : Activation
        The activation.
    batch : int
        ``n >= 2``.
    angle : float
        In :math:`[0,\pi]`.
    count : int
        Points of a panel.

    Returns
    -------
    array of shape (7,)
        Those that a small ``n`` has no use for are 0.

    Raises
    ------
    OutOfDomain
        If a value overflows.
    """
    n = batch
    common, spread = np.cos(angle), np.sin(angle)
    marks, breaks = _marks(phi), _breaks(phi)
    if spread > 0:
        marks, breaks = (marks - common) / spread, (breaks - common) / spread
    cuts = _cuts(phi, n - 1, common, spread, marks)
    breaks = breaks[(breaks > cuts[0]) & (breaks < cuts[-1])]
    panel = panel_rule(count, is_smooth=not _has_roots(phi, n))
    rule = pair_rule(n - 1, -1 / (n - 1), cuts, breaks, panel)
    values, weights, y = _values(phi), rule.weights, rule.first[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        single = weights.sum(axis=1)
        left, right = values(common + spread * y), values(common + spread * rule.second)
        mean = float(single @ left)
        left, right = left - mean, right - mean
        gap = float((weights * (left[:, None] - right) ** 2).sum()) / 2
        weighted = weights * right
        other, tilted = weighted.sum(axis=1), (weighted * rule.second).sum(axis=1)
        both, curve = float(left @ other), y**2 - 1
        line, bend = (mean / (n - 1) * float(single @ (left * f)) for f in (y, curve))
        square = single * left**2
        moments = np.array([gap, both + mean**2, 0, n * line, 0, bend, 0])
        curved = 0.0
        if n > 2:
            tilt, curved = (float((left * f) @ other) / (n - 2) for f in (y, curve))
            moments[2:6] += (
                n * (float(square @ y) / (n - 1) - 2 * tilt),
                n * tilt,
                float(square @ curve) / (n - 1) - 2 * curved,
                curved,
            )
        if n > 3:
            crossed = float((left * y) @ tilted)
            squares = 2 * ((n - 2) * curved + both)
            total = squares + 2 * crossed
            moments[6] = crossed + (total + (total - n * both + squares) / (n - 3)) / (n - 2)
    if not np.isfinite(moments).all():
        raise OutOfDomain(expected("activation", "with squares in float64", phi.name))
    return moments


@lru_cache(maxsize=64)
def _breaks(phi: Activation) -> Array:
    return np.array([float(point) for point in phi.breakpoints])


@lru_cache(maxsize=64)
def _marks(phi: Activation) -> Array:
    """Return where panels are to end: at breaks, and closer and closer to nearby poles."""
    marks = [float(point) for point in phi.breakpoints]
    for singularity in phi.poles or ():
        place = complex(singularity.location)
        height = abs(place.imag)
        if height < _NEAR and complex(singularity.period).real == 0:
            marks.append(place.real)
            while height < _WIDTH:
                marks += [place.real - height, place.real + height]
                height *= _GROWTH
    return np.unique(marks)


@lru_cache(maxsize=64)
def _has_roots(phi: Activation, n: int) -> bool:
    """Return whether means or the function itself have roots or logarithms at ends of panels."""
    if not phi.breakpoints:
        return False
    if n <= _SINGULAR:
        return True
    for piece in phi.pieces:
        for end in (piece.lower, piece.upper):
            derivative = piece.expression
            for _ in range(_DERIVATIVES):
                if end.is_finite and not derivative.xreplace({X: end}).is_finite:
                    return True
                derivative = derivative.diff(X)
    return False


@dataclass(frozen=True, eq=False)
class Sections:
    """The moments at all angles, by polynomials on panels.

    Attributes
    ----------
    phi : Activation
        The activation.
    batch : int
        ``n``.
    count : int
        Points of a panel, of angles as of coordinates.
    """

    phi: Activation
    batch: int
    count: int

    @cached_property
    def ends(self) -> Array:
        """Ends of the panels."""
        marks = _marks(self.phi)
        if not marks.size:
            return np.array([0, _GRADES[1], np.pi / 2, np.pi - _GRADES[1], np.pi])
        grades = np.array(_GRADES)
        ends = np.concatenate([[0], grades, [np.pi / 2], np.pi - grades, [np.pi]])
        if self.batch <= _SINGULAR:
            ends = np.concatenate([ends, _singular_angles(self.phi, self.batch)])
        ends = np.sort(ends)
        kept: Array = ends[np.append(True, np.diff(ends) > _CLOSE)]
        return kept

    @cached_property
    def _coefficients(self) -> Array:
        """Return those of Chebyshev polynomials, of shape (panels, count, moments)."""
        turns = (np.arange(self.count) + 0.5) * np.pi / self.count
        places = self._place((1 - np.cos(turns)) / 2)
        lengths = np.diff(self.ends)
        values = np.array(
            [
                [
                    section_moments(self.phi, self.batch, start + length * place, self.count)
                    for place in places
                ]
                for start, length in zip(self.ends, lengths, strict=False)
            ]
        )
        if self.has_slope:
            angles = self.ends[:-1, None] + lengths[:, None] * places
            values[:, :, 0] /= np.sin(angles) ** 2
        basis = np.cos(np.multiply.outer(np.arange(self.count), np.pi - turns))
        basis[0] /= 2
        coefficients: Array = 2 / self.count * np.einsum("kj,pjf->pkf", basis, values)
        return coefficients

    @cached_property
    def scale(self) -> float:
        """Bound of second moments at all angles, to which rounding errors are relative."""
        return float(np.abs(self._coefficients[:, :, :2]).sum(axis=(1, 2)).max())

    @cached_property
    def has_slope(self) -> bool:
        """Whether squares of differences vanish like those of the coordinates."""
        return not self.phi.jumps

    @cached_property
    def has_roots(self) -> bool:
        """Whether moments have roots of distances at ends of panels."""
        return _has_roots(self.phi, self.batch)

    def _place(self, x: Array) -> Array:
        """Return where a point of [0, 1] goes, so that roots at ends of panels become smooth."""
        moved: Array = np.sin(np.pi / 2 * x) ** 2
        return moved if self.has_roots else x

    def __call__(self, cotangents: Array) -> Array:
        """Return the moments, of shape (7, N), at angles with these cotangents."""
        angles = np.arctan2(1.0, cotangents)
        panel = np.clip(np.searchsorted(self.ends, angles) - 1, 0, len(self.ends) - 2)
        x = np.clip((angles - self.ends[panel]) / np.diff(self.ends)[panel], 0, 1)
        if self.has_roots:
            x = 2 / np.pi * np.arcsin(np.sqrt(x))
        turns = np.arccos(2 * x - 1)
        basis = np.cos(np.multiply.outer(turns, np.arange(self.count)))
        values: Array = np.einsum("nk,nkf->fn", basis, self._coefficients[panel])
        if self.has_slope:
            values[0] /= 1 + cotangents**2
        return values


def _cuts(phi: Activation, m: int, common: float, spread: float, marks: Array) -> Array:
    """Return ends of panels: where the function breaks, and between them not too far apart."""
    size = np.sqrt(m)
    steepest = np.pi / 2 if m < 3 else np.arccos(np.exp(-700 / (m - 2)))
    y = size * np.sin(np.linspace(-steepest, steepest, _SCAN))
    if marks.size:
        between = (marks[1:] + marks[:-1]) / 2
        y = np.sort(np.concatenate([y, between[np.abs(between) < y[-1]]]))
    density = (m - 2) / 2 * np.log1p(-np.minimum((y / size) ** 2, 1 - 1e-16))
    with np.errstate(all="ignore"):  # where it overflows it counts
        growth = 2 * np.log(np.abs(_values(phi)(common + spread * y)))
    growth[np.isnan(growth)] = np.inf
    mean = np.logaddexp.reduce(density + growth) - np.logaddexp.reduce(density)
    weight = density + np.logaddexp(growth, mean) if np.isfinite(mean) else density
    kept = np.flatnonzero(weight > weight.max() - _NEGLIGIBLE)
    lower, upper = y[max(kept[0] - 1, 0)], y[min(kept[-1] + 1, len(y) - 1)]
    ends = [lower, *marks[(marks > lower) & (marks < upper)], upper]
    pieces = [
        np.linspace(start, end, 1 + int(np.ceil((end - start) / _WIDTH)))
        for start, end in pairwise(ends)
    ]
    return np.unique(np.concatenate(pieces))


def _singular_angles(phi: Activation, n: int) -> Array:
    """Return the angles at which one entry or two are at breaks at the edge of the section."""
    found = []
    kinks = _breaks(phi)[:0] if len(phi.breakpoints) > _FEW else _breaks(phi)
    one, two = _marks(phi), (kinks[:, None] + kinks)[np.triu_indices(len(kinks))]
    squares = (kinks[:, None] ** 2 + kinks**2)[np.triu_indices(len(kinks))]
    for count, sums, lengths in ((1, one, one**2), (2, two, squares)):
        inside = lengths < n
        if count < n and inside.any():
            middle = sums[inside] / n
            reach = np.sqrt((1 - count / n) * (1 - lengths[inside] / n))
            found += [middle - reach, middle + reach]
    cosines = np.concatenate(found) if found else np.empty(0)
    return np.arccos(np.clip(cosines, -1, 1))
