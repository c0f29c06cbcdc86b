r"""What one layer needs of an activation, on balls: ``V``, ``V`` of the derivative, mean and ``W``.

The variances of a recurrence are balls, so every value must hold on all of its arguments.
Closed forms are evaluated on balls as they are. Elsewhere the value at the midpoints is
widened by the mean value theorem, with the bounds of Cauchy and Schwarz

.. math:: |q\,\partial_q V|\le\sqrt{T(q)V(q)},\quad
    |q_1\partial_{q_1}W|\le\tfrac12\sqrt{T(q_1)V(q_2)},\quad
    |\partial_cW|\le\sqrt{q_1q_2D(q_1)D(q_2)},

where :math:`T(q)=E\,X^2\phi'(X)^2` and :math:`D(q)=E\,\phi'(X)^2`, ``X`` of variance ``q``. For
any square ``f``, :math:`\sqrt q\,E f(X)` grows with ``q``, because the density of ``X`` times
:math:`\sqrt q` does; so one value above its upper end bounds T, V and D on a ball.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpz

from symprop.foundation.errors import NoClosedForm, OutOfDomain, expected
from symprop.gaussian.closed_forms import (
    Q1,
    Q2,
    RHO,
    Q,
    expectation_closed_form,
    kernel_closed_form,
    second_moment_closed_form,
)
from symprop.gaussian.correlations import Angle
from symprop.gaussian.expectation import require_square_integrable
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of
from symprop.gaussian.kernel_values import kernel_ball, tanh_scale
from symprop.gaussian.power_relu import alpha_relu_kernel
from symprop.gaussian.tanh_slope import tanh_slope_moment
from symprop.gaussian.tanh_transforms import tanh_cross_kernel, tanh_kernel, tanh_second_moment
from symprop.gaussian.variance_bands import BandGrid, band_grid
from symprop.numerics.decimals import exponent_bits
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import dps_from_bits, working_bits
from symprop.recurrences.length_balls import LengthBalls
from symprop.specs.activations import Activation, X, activation
from symprop.specs.facts import one_sided_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from symprop.gaussian.integrand import Integrand

__all__ = ["BallMoments", "ball_moments", "derivative_of", "one_sided_degree", "value_at_zero"]

_BOUND_BITS = 40  # of the bounds of derivatives
_RARELY = 2  # values in an octave before it gets a rule of its own
_LARGE = 900  # exponents of all such octaves are smaller
_LOST_BITS = 8  # by a formula before its value at the midpoint is tried


def value_at_zero(phi: Activation) -> sympy.Expr:
    """Return ``phi(0)``, to which the law of ``phi(h)`` shrinks as the variance vanishes.

    Raises
    ------
    OutOfDomain
        If the activation is not continuous at zero.
    """
    sides = set()
    for piece in phi.pieces:
        if piece.lower < 0 < piece.upper:
            sides.add(piece.expression.subs(X, 0))
        elif 0 in (piece.lower, piece.upper):
            sides.add(one_sided_limit(piece, at_upper=piece.upper == 0))
    value = sides.pop()
    if any(sympy.simplify(value - other) != 0 for other in sides) or not value.is_finite:
        condition = "to be continuous at 0, where the variance vanishes,"
        raise OutOfDomain(expected("activation", condition, phi.name))
    return value


@lru_cache(maxsize=256)
def derivative_of(phi: Activation) -> Activation:
    """Return the derivative of an activation whose square has a finite Gaussian mean.

    Raises
    ------
    OutOfDomain
        If it jumps, is unbounded, or its derivative is not square-integrable.
    """
    condition = "to have a derivative with a finite second moment"
    try:
        derivative = phi.weak_derivative()
        if not derivative.atoms:
            require_square_integrable(derivative.regular, 1)
            return derivative.regular
    except OutOfDomain as error:
        raise OutOfDomain(expected("activation", condition, phi.name)) from error
    raise OutOfDomain(expected("activation", condition, phi.name))


@lru_cache(maxsize=256)
def ball_moments(phi: Activation) -> BallMoments:
    """Return the moments of an activation, made once."""
    return BallMoments(phi)


class BallMoments:
    """Gaussian moments of one activation on balls.

    Every method takes the relative accuracy in bits that the midpoint deserves; a wide
    argument gives a wide value.

    Error
    -----
    Enclosed.
    """

    def __init__(self, phi: Activation, parent: Activation | None = None) -> None:
        self.phi = phi
        self._parent = parent
        self._units: dict[int, arb] = {}
        self._bounds: dict[int, arb] = {}
        self._bands: dict[tuple[int, int], BandGrid] = {}
        self._asked: dict[tuple[int, int], int] = {}

    def second_moment(self, q: arb, bits: int) -> arb:
        """Return ``V(q) = E phi(sqrt(q) Z)^2``; at zero variance ``phi(0)^2``."""
        if q.is_zero():
            return as_ball(value_at_zero(self.phi) ** 2, bits)
        require_square_integrable(self.phi, q)
        return self._second_moment(q, bits)

    @cached_property
    def slope(self) -> BallMoments:
        """The moments of the derivative, whose `second_moment` enters all gradients."""
        return BallMoments(derivative_of(self.phi), self.phi)

    @property
    def needs_quadrature(self) -> bool:
        """Whether the second moment has neither a formula nor the sums made for tanh."""
        saturating = tanh_scale(self.phi if self._parent is None else self._parent)
        return saturating is None and isinstance(self._second_moment, LengthBalls)

    @cached_property
    def _second_moment(self) -> Callable[[arb, int], arb]:
        scale = tanh_scale(self.phi)
        if scale is not None:
            output, slope = scale
            return LengthBalls(
                lambda q, bits: (
                    _square(output(bits)) * tanh_second_moment(q * _square(slope(bits)), bits)
                )
            )
        root = None if self._parent is None else tanh_scale(self._parent)
        if root is not None:
            output, slope = root
            return LengthBalls(
                lambda q, bits: (
                    _square(output(bits) * slope(bits))
                    * tanh_slope_moment(q * _square(slope(bits)), bits)
                )
            )
        degree = self.phi.homogeneity
        if degree is not None:
            return lambda q, bits: self._unit(bits) * _power(q, degree, bits)
        formula = self._by_formula(second_moment_closed_form)
        if formula is not None:
            return formula if self._steep else _sharpened(formula)
        if self._steep:
            return self._quadrature_second_moment
        return LengthBalls(self._quadrature_second_moment)

    def _by_formula(
        self, form: Callable[[Activation], sympy.Expr]
    ) -> Callable[[arb, int], arb] | None:
        try:
            formula = compile_ball(form(self.phi), (Q,))
        except NoClosedForm:
            return None
        return lambda q, _: _real(formula(q))

    def _unit(self, bits: int) -> arb:
        """Return ``V(1)``."""
        if bits not in self._units:
            route = self._by_formula(second_moment_closed_form) or self._quadrature_second_moment
            self._units[bits] = route(arb(1), bits)
        return self._units[bits]

    def _quadrature_second_moment(self, q: arb, bits: int) -> arb:
        value = self._at_exact(q.mid(), bits)
        if q.is_exact():
            return value
        slope = (self._reach.bound(q) * self.bound(q)).sqrt() / q.lower()
        return value + arb(0, (q.rad() * slope).upper())

    def _at_exact(self, q: arb, bits: int) -> arb:
        """Return ``V`` by quadrature; an octave asked often has a rule of its own."""
        exponent = exponent_bits(q)
        key = exponent, bits
        band = self._bands.get(key)
        if band is None:
            asked = self._asked[key] = self._asked.get(key, 0) + 1
            if asked <= _RARELY or not abs(exponent) < _LARGE or self._steep:
                return gaussian_grid(self._squared, q, bits).expectation()
            lower, upper = (arb((fmpz(1), fmpz(exponent - 1 + k))) for k in range(2))
            band = self._bands[key] = band_grid(self._squared, lower, upper, bits)
        _, masses = band.at(q)
        with working_bits(band.bits):
            return arb(sum(masses, arb(0)), band.error)

    @cached_property
    def _squared(self) -> Integrand:
        return integrand_of(self.phi).squared()

    @cached_property
    def _steep(self) -> bool:
        """Whether growth alone limits the variances, so that an octave may leave them."""
        return any(term.quadratic > 0 for term in self.phi.growth)

    def mean(self, q: arb, bits: int) -> arb:
        """Return ``E phi(sqrt(q) Z)``."""
        if self.phi.parity == "odd":
            return arb(0)
        if q.is_zero():
            return as_ball(value_at_zero(self.phi), bits)
        return self._mean(q, bits)

    @cached_property
    def _mean(self) -> Callable[[arb, int], arb]:
        def quadrature(q: arb, bits: int) -> arb:
            value = gaussian_grid(integrand_of(self.phi), q.mid(), bits).expectation()
            if q.is_exact():
                return value
            # q d/dq E phi = E X phi'(X) / 2
            return value + arb(0, (q.rad() * self._reach.bound(q).sqrt() / (2 * q.lower())).upper())

        return self._by_formula(expectation_closed_form) or quadrature

    def bound(self, q: arb) -> arb:
        """Return an upper bound of ``V`` on the ball, by its value at or above the upper end."""
        require_square_integrable(self.phi, q)
        end = q.upper()
        route = self._second_moment
        if not isinstance(route, LengthBalls):
            return (route(end, _BOUND_BITS) * (end / q.lower()).sqrt()).upper()
        # never by its polynomials, which need bounds of their own
        exponent = exponent_bits(end)
        end = arb((fmpz(1), fmpz(exponent)))
        value = self._bounds.get(exponent)
        if value is None:
            value = self._bounds[exponent] = route.direct(end, _BOUND_BITS)
        return (value * (end / q.lower()).sqrt()).upper()

    @cached_property
    def _reach(self) -> BallMoments:
        """The moments of ``x phi'(x)``."""
        return ball_moments(activation(X * derivative_of(self.phi).expression))

    def covariance(self, q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb:
        """Return ``W = E phi(sqrt(q1) u) phi(sqrt(q2) v)``, ``Cov(u, v) = c = 1 - gap``.

        ``c`` and ``gap`` are two balls around the same correlation; near 1 the second is the
        better one. The same object twice as ``q1`` and ``q2`` says that the variances are equal.
        """
        same = q1 is q2
        if gap.is_zero() and same:
            return self.second_moment(q1, bits)
        if q1.is_zero() or q2.is_zero():
            return self.mean(q1, bits) * self.mean(q2, bits)
        return self._covariance(q1, q2, c, gap, bits)

    @cached_property
    def _covariance(self) -> Callable[[arb, arb, arb, arb, int], arb]:
        if tanh_scale(self.phi) is not None:
            return self._tanh_covariance
        edge = one_sided_degree(self.phi)
        if edge is not None:
            kernel = alpha_relu_kernel(edge)

            def power(q1: arb, q2: arb, _: arb, gap: arb, bits: int) -> arb:
                ball = kernel.enclose(angle_gap=gap, dps=dps_from_bits(bits)).ball
                return self._unit(bits) * _power((q1 * q2).sqrt(), edge, bits) * ball

            return power
        try:
            formula = compile_ball(kernel_closed_form(self.phi, self.phi), (Q1, Q2, RHO))
        except NoClosedForm:
            return self._quadrature_covariance
        return lambda q1, q2, c, gap, _: _real(formula(q1, q2, _sharper(c, gap)))

    def _tanh_covariance(self, q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb:
        scale = tanh_scale(self.phi)
        assert scale is not None
        output, slope = (part(bits) for part in scale)
        square = slope * slope
        if c < 0:
            gap = 2 - gap
        value: arb | None
        if q1 is q2:
            value = tanh_kernel(q1 * square, c, gap, bits)
        else:
            value = tanh_cross_kernel(q1 * square, q2 * square, c, gap, bits)
        if value is None:
            return self._quadrature_covariance(q1, q2, c, gap, bits)
        return output * output * value

    def _quadrature_covariance(self, q1: arb, q2: arb, c: arb, gap: arb, bits: int) -> arb:
        require_square_integrable(self.phi, q1)
        require_square_integrable(self.phi, q2)
        near_one = bool(gap.rad() < c.rad())
        known = gap if near_one else c
        angle = Angle(angle_gap=known.mid()) if near_one else Angle(known.mid())
        middle = (q1.mid(), q1.mid() if q1 is q2 else q2.mid())
        value = kernel_ball(self.phi, self.phi, middle, angle, bits)
        if q1.is_exact() and q2.is_exact() and known.is_exact():
            return value
        first, second = self.bound(q1), self.bound(q2)
        slopes = (q1 * q2).sqrt() * (self.slope.bound(q1) * self.slope.bound(q2)).sqrt()
        spread = known.rad() * slopes
        spread += q1.rad() / q1.lower() * (self._reach.bound(q1) * second).sqrt() / 2
        spread += q2.rad() / q2.lower() * (self._reach.bound(q2) * first).sqrt() / 2
        return value + arb(0, spread.upper())


def _sharper(c: arb, gap: arb) -> arb:
    """Return the correlation by the better of two balls, inside [-1, 1]."""
    ball = 1 - gap if gap.rad() < c.rad() else c
    unit = arb(0, 1)
    return ball if unit.contains(ball) else ball.intersection(unit)


def _sharpened(formula: Callable[[arb, int], arb]) -> Callable[[arb, int], arb]:
    """Return ``V`` by its formula at the midpoint where terms that cancel widen the ball.

    On the disc of radius m/2 around m, ``|V| <= sqrt(3) V(3 m/2)`` by the comparison of densities,
    and Cauchy's inequality bounds the slope within m/8 of m.
    """

    def value(q: arb, bits: int) -> arb:
        direct = formula(q, bits)
        enough = min(bits, q.rel_accuracy_bits()) - _LOST_BITS
        middle = q.mid()
        if q.is_exact() or direct.rel_accuracy_bits() >= enough or not 8 * q.rad() < middle:
            return direct
        slope = 5 * formula((3 * middle / 2).mid(), bits).abs_upper() / middle
        other = formula(middle, bits) + arb(0, (q.rad() * slope).upper())
        return other if other.rad() < direct.rad() or not direct.is_finite() else direct

    return value


def _square(x: arb) -> arb:
    return x * x  # FLINT's power goes through the logarithm


def _power(q: arb, degree: sympy.Expr, bits: int) -> arb:
    if degree.is_Integer:
        return q ** int(degree)
    return q ** as_ball(degree, bits)


def _real(value: object) -> arb:
    return value if isinstance(value, arb) else value.real  # type: ignore[attr-defined]


def one_sided_degree(phi: Activation) -> sympy.Expr | None:
    """Return alpha if the activation is a multiple of ``max(x, 0)**alpha`` or its reflection."""
    if phi.homogeneity is None or phi.breakpoints != (0,):
        return None
    return phi.homogeneity if 0 in (piece.expression for piece in phi.pieces) else None
