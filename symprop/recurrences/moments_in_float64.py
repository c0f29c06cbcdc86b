"""What one layer needs of an activation, in float64 on arrays of settings.

The quickest way that fits is taken: a power of the variance, a closed form, a kernel made
for a variance that keeps coming back, the sums of `tanh_float`, a Hermite series, the nested
rules of `conditional_rule`, and else the ball of each single value.
"""

from __future__ import annotations

import sys
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from symprop.foundation.errors import OutOfDomain, PrecisionNotReached, expected
from symprop.gaussian.conditional_rule import conditional_second_moment
from symprop.gaussian.duality import dual_kernel
from symprop.gaussian.expansions_by_row import hermite_rows
from symprop.gaussian.float_formulas import FORMULAS
from symprop.gaussian.float_tile import Tile
from symprop.gaussian.float_transforms import SecondMomentFace
from symprop.gaussian.hot_forms import hot_form
from symprop.gaussian.kernel_values import tanh_scale
from symprop.gaussian.plain_values import Side, width_of
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.tanh_float import tanh_float_deficit, tanh_float_kernel
from symprop.numerics.evaluation import adaptive
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.recurrences.length_tables import LengthTable
from symprop.recurrences.moments_on_balls import (
    BallMoments,
    ball_moments,
    one_sided_degree,
    value_at_zero,
)
from symprop.recurrences.nested_covariances import fill_by_nested_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.gaussian.power_relu_float import FloatKernel as PowerKernel
    from symprop.numerics.enclosure import Enclosure
    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["FloatMoments", "float_moments"]

_DPS = 18
_RARELY = 10**6  # times to wait before another attempt
_ORDERS = (32, 96, 256)  # of the Hermite series tried
_SERIES_ERROR = 4e-15  # of what they leave out, relative to V
_NEAR_ERROR = 1e-12  # likewise of V - W near correlation one, relative to that
_NEAR = 0.25  # gap of tanh below which V - W is computed as such
_LARGE = 1e3  # variance above which that costs more
_CLEAR_GAP = 0.05  # above, V - W is a difference that costs few digits
_OFTEN = 30  # times a variance must come back before a kernel is made for it
_SLOW_KERNEL = 10.0  # variance over the square of an activation's width above which one costs much
_LARGE_ARRAY = 3000  # values for which a kernel with a breakpoint is made
_RARE = 1000  # values of V in an octave before a table is made
_MANY = 100  # values for which a series pays the rule it needs


@lru_cache(maxsize=64)
def float_moments(phi: Activation) -> FloatMoments:
    """Return the moments of an activation; what they learn, they keep."""
    return FloatMoments(ball_moments(phi), Side(phi))


class FloatMoments:
    """Gaussian moments of one activation on float64 arrays of variances.

    Error
    -----
    Second moments are relatively accurate to `length_error`, means to two roundings.
    Covariances and their distances from the second moment come from the balls and kernels of
    `symprop.gaussian`, within a few dozen units in the last place of the second moment. The
    distance is relatively accurate for small gaps: to a few dozen roundings where there is a
    closed form, for tanh and by balls, to 1e-12 by Hermite series, and to an estimated 5e-14 by
    nested rules, whose sums with twice the step agree to 2e-7.
    """

    def __init__(self, balls: BallMoments, side: Side | None = None) -> None:
        self.phi = balls.phi
        self._side = side  # what the nested rules evaluate; a slope in a form without overflow
        self._estimated = 0.0
        self._asked: dict[int, int] = {}
        self._balls = balls
        self._seen: dict[float, int] = {}
        self._means: dict[float, float] = {}

    @cached_property
    def slope(self) -> FloatMoments:
        """The moments of the derivative."""
        first = self._side is not None and self._side.order == 0
        return FloatMoments(self._balls.slope, Side(self.phi, 1) if first else None)

    @cached_property
    def power(self) -> tuple[float, float] | None:
        """``(factor, degree)`` with ``V(q) = factor * q**degree``, or None."""
        degree = self.phi.homogeneity
        if degree is None:
            return None
        return float(self._second_moment(arb(1), _DPS)), float(degree)

    @cached_property
    def table(self) -> LengthTable:
        """``V`` by polynomials, for activations that are not powers."""
        return LengthTable(SecondMomentFace(self._second_moment))

    @property
    def length_error(self) -> float:
        """Relative error of the second moments returned so far.

        A bound, but an estimate for functions without closed form asked at few variances.
        """
        proved = 4e-16 if self.power is not None else self.table.relative_error
        return max(proved, self._estimated)

    def _second_moment(self, q: arb, dps: int) -> Enclosure:
        value = adaptive(lambda bits: self._balls.second_moment(q, bits), dps, "transform V")
        if not value.ball.abs_upper() < sys.float_info.max:
            condition = "with V(q) in the range of float64, which balls (dps) do not leave,"
            raise OutOfDomain(expected("q", condition, f"{float(q.mid()):.4g} and beyond"))
        return value

    def second_moment(self, q: Array) -> Array:
        """Return ``V`` at variances >= 0."""
        if not q.all():
            result = np.full(q.shape, self._at_zero**2)
            positive = q > 0
            if positive.any():
                result[positive] = self.second_moment(q[positive])
            return result
        if self.power is not None:
            factor, degree = self.power
            return factor * (q if degree == 1.0 else q**degree)
        if q.size < _MANY and self._width is not None:
            return self._at_few(q)
        return self.table(q)

    def _at_few(self, q: Array) -> Array:
        """Return ``V`` by the nested rules until an octave is asked so often that a table pays."""
        assert self._side is not None
        result = np.empty(q.shape)
        left = np.ones(q.shape, dtype=bool)
        for index, exponent in enumerate(np.frexp(q)[1].tolist()):
            asked = self._asked[exponent] = self._asked.get(exponent, 0) + 1
            if asked <= _RARE:
                found = conditional_second_moment(
                    self._side.phi, float(q[index]), order=self._side.order
                )
                if found is not None:
                    result[index], left[index] = found.value, False
                    self._estimated = max(self._estimated, found.error)
        if left.any():
            result[left] = self.table(q[left])
        return result

    @cached_property
    def _width(self) -> float | None:
        """Scale of the function, None where tables are quick or nested rules are not for it."""
        if self._side is None or not self._balls.needs_quadrature:
            return None
        return width_of(self._side.phi)

    @cached_property
    def _at_zero(self) -> float:
        return float(value_at_zero(self.phi))

    def mean(self, q: Array) -> Array:
        """Return ``E phi(sqrt(q) Z)``, ball by ball."""
        if self.phi.parity == "odd":
            return np.zeros(q.shape)
        for variance in np.unique(q).tolist():
            if variance not in self._means:
                ball = adaptive(
                    lambda bits: self._balls.mean(arb(variance), bits),  # noqa: B023
                    _DPS,
                    "mean",
                )
                self._means[variance] = float(ball)
        return np.array([self._means[x] for x in q.ravel().tolist()]).reshape(q.shape)

    def covariance(
        self, q1: Array, q2: Array | None, c: Array, gap: Array, moments: Array
    ) -> tuple[Array, Array]:
        """Return ``W`` and ``moments - W`` for one-dimensional arrays.

        Parameters
        ----------
        q1, q2 : ndarray
            Variances >= 0; None for a second one equal to the first.
        c, gap : ndarray
            Correlation and one minus it, each relatively accurate.
        moments : ndarray
            ``V(q1)``, or ``(V(q1) + V(q2))/2``.
        """
        positive = q1 > 0 if q2 is None else (q1 > 0) & (q2 > 0)
        cross, apart = moments.copy(), np.zeros(moments.shape)
        if not self.phi.expression.free_symbols:  # a constant
            return cross, apart
        open_angle = positive & ((gap > 0) if q2 is None else True)
        if not positive.all() and q2 is not None:
            lost = ~positive
            cross[lost] = self.mean(q1[lost]) * self.mean(q2[lost])
            apart[lost] = moments[lost] - cross[lost]
        if open_angle.any():
            second = None if q2 is None else q2[open_angle]
            cross[open_angle], apart[open_angle] = self._covariance(
                q1[open_angle], second, c[open_angle], gap[open_angle], moments[open_angle]
            )
        return cross, apart

    def _covariance(
        self, q1: Array, q2: Array | None, c: Array, gap: Array, moments: Array
    ) -> tuple[Array, Array]:
        found = self._by_kernel(q1, q2, gap)
        if found is None:
            found = self._one_by_one(q1, q2, c, gap, moments)
        value, deficit = found
        if q2 is None:
            near = gap < 0.5
            value = np.where(near, moments - deficit, value)
            return value, np.where(near, deficit, moments - value)
        return value, moments - value

    def _by_kernel(self, q1: Array, q2: Array | None, gap: Array) -> tuple[Array, Array] | None:
        """Return ``W`` and, for equal variances, ``V - W``, where there is a vectorised way."""
        second = q1 if q2 is None else q2
        form = hot_form(self.phi)
        if form is not None:
            formula, slope = FORMULAS[form.name], float(form.slope) ** 2
            outputs = np.empty((2, gap.size))
            for function, out in zip((formula.value, formula.deficit), outputs, strict=True):
                first, other = np.empty((2, gap.size))
                tile = Tile(1.0 - gap, gap, slope * q1, slope * second, out, first, other)
                function(tile, form.parameter)
            outputs *= float(form.output) ** 2
            return outputs[0], outputs[1]
        if self.power is not None:
            _, degree = self.power
            size = (q1 if q2 is None else np.sqrt(q1) * np.sqrt(second)) ** degree
            value, deficit = self._unit_kernel(gap)
            return size * value, size * deficit
        if q2 is None and (q1 == q1[0]).all():
            return self._at_constant_variance(float(q1[0]), gap)
        return None

    def _unit_kernel(self, gap: Array) -> tuple[Array, Array]:
        """Return ``W`` and ``V - W`` of a homogeneous activation at unit variance."""
        assert self.power is not None
        if self._edge is None:
            kernel = dual_kernel(self.phi).float_face
            return kernel(angle_gap=gap), kernel.deficit(gap)
        factor = self.power[0]
        return factor * self._edge(1.0 - gap), factor * self._edge.deficit(gap)

    @cached_property
    def _edge(self) -> PowerKernel | None:
        """The normalised kernel of ``max(x, 0)**alpha``, if the activation is a multiple of it."""
        degree = one_sided_degree(self.phi)
        return None if degree is None else alpha_relu_kernel(degree).float_face

    def _at_constant_variance(self, variance: float, gap: Array) -> tuple[Array, Array] | None:
        seen = self._seen[variance] = self._seen.get(variance, 0) + 1
        if seen < _OFTEN and gap.size < _OFTEN:
            return None
        width = width_of(self.phi)
        if width is not None:
            slow = self.phi.breakpoints and gap.size < _LARGE_ARRAY
            if slow or variance > _SLOW_KERNEL * width * width:
                return None
        kernel = dual_kernel(self.phi, variances=(variance, variance)).float_face
        value = kernel(angle_gap=gap)
        if (gap > _CLEAR_GAP).all():
            return value, self.second_moment(np.full(gap.shape, variance)) - value
        try:
            return value, kernel.deficit(gap)
        except PrecisionNotReached:  # its table cannot be made
            self._seen[variance] = -_RARELY
            return None

    def _one_by_one(
        self, q1: Array, q2: Array | None, c: Array, gap: Array, moments: Array
    ) -> tuple[Array, Array]:
        results = np.empty((2, gap.size))
        left = np.ones(gap.shape, dtype=bool)
        if self._tanh is not None:
            columns = (q1, q1 if q2 is None else q2, c, gap, moments)
            for index, row in enumerate(zip(*(item.tolist() for item in columns), strict=True)):
                found = self._tanh_pair(*row, equal=q2 is None)
                if found is not None:
                    left[index] = False
                    results[:, index] = found
        smooth = self._tanh is None and not self.phi.breakpoints
        if smooth and (left.sum() >= _MANY or width_of(self.phi) is None):
            self._by_series(q1, q2, c, gap, moments, left, results)
        outer = self.second_moment(q1 if q2 is None else np.maximum(q1, q2))
        fill_by_nested_rules(self.phi, (q1, q2), c, gap, (moments, outer), left, results)
        if smooth:
            self._by_series(q1, q2, c, gap, moments, left, results)
        for index in np.flatnonzero(left).tolist():
            first = arb(float(q1[index]))
            second = first if q2 is None else arb(float(q2[index]))
            near = float(gap[index]) < 0.5
            known = float(gap[index] if near else c[index])
            results[:, index] = self._single(first, second, known, near)
        return results[0], results[1]

    def _by_series(
        self,
        q1: Array,
        q2: Array | None,
        c: Array,
        gap: Array,
        moments: Array,
        left: NDArray[np.bool_],
        results: Array,
    ) -> None:
        """Fill in Hermite series where few terms do.

        What they leave out of W is bounded by Parseval, and of ``V - W`` near correlation one
        by ``gap`` times what is missing of the slope ``q V phi'(q) = sum_k k a_k^2``.
        """
        near = gap <= _CLEAR_GAP
        waiting = left & ~near if q2 is not None else left.copy()
        for order in _ORDERS:
            where = np.flatnonzero(waiting)
            if not where.size:
                return
            first = hermite_rows(self.phi, q1[where], order)
            second = first if q2 is None else hermite_rows(self.phi, q2[where], order)
            products = first.coefficients * second.coefficients
            k = np.arange(order + 1)
            value = np.einsum("ij,ij->i", products, c[where, None] ** k)
            rest = np.abs(c[where]) ** (order + 1) * np.sqrt(first.tails * second.tails)
            good = rest <= _SERIES_ERROR * moments[where]
            deficit = moments[where] - value
            if near[where].any():
                decay = -np.expm1(k * np.log1p(-gap[where, None]))
                small = np.einsum("ij,ij->i", products, decay)
                slope = q1[where] * self.slope.second_moment(q1[where])
                missing = gap[where] * (slope - products @ k)
                good = np.where(near[where], missing <= _NEAR_ERROR * small, good)
                deficit = np.where(near[where], small, deficit)
            found = where[good]
            results[0, found], results[1, found] = value[good], deficit[good]
            left[found] = waiting[found] = False

    @cached_property
    def _tanh(self) -> tuple[float, float] | None:
        """``(output**2, slope**2)`` of a scaled tanh, or None."""
        scale = tanh_scale(self.phi)
        if scale is None:
            return None
        return float((scale[0](80) * scale[0](80)).mid()), float(
            (scale[1](80) * scale[1](80)).mid()
        )

    def _tanh_pair(
        self, q1: float, q2: float, c: float, gap: float, moment: float, *, equal: bool
    ) -> tuple[float, float] | None:
        """Return ``W`` and, for equal variances, ``V - W`` of one pair; None if it costs much."""
        assert self._tanh is not None
        output, square = self._tanh
        x, y = square * q1, square * q2
        if equal and gap < (_NEAR if x < _LARGE else _CLEAR_GAP):
            found = tanh_float_deficit(x, gap)
            return None if found is None else (moment - output * found, output * found)
        value = tanh_float_kernel(x, y, c)
        return None if value is None else (output * value, moment - output * value)

    def _single(self, q1: arb, q2: arb, known: float, near: bool) -> tuple[float, float]:
        bits = bits_from_dps(_DPS)
        if near:
            bits -= int(np.frexp(known)[1])
        with working_bits(2 * bits + 64):
            c, gap = (1 - arb(known), arb(known)) if near else (arb(known), 1 - arb(known))
        with working_bits(bits + 20):
            value = self._balls.covariance(q1, q2, c, gap, bits)
            if q1 is not q2:
                return float(value), 0.0
            deficit = self._balls.second_moment(q1, bits) - value
        if not (value.rad() < 1e-15 and (not near or deficit.rel_accuracy_bits() > 40)):
            raise OutOfDomain(expected("cosine", "where W can be computed", known))
        return float(value), float(deficit)
