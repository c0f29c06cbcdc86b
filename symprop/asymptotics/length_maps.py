r"""The transform V on balls of any width, by its Taylor expansion with a proved remainder.

The Gaussian density is analytic in its variance for :math:`\Re q>0`, with Hermite polynomials as
derivatives, so that

.. math:: V'(q) = \frac{E\,\phi^2 He_2}{2q},\qquad V''(q) = \frac{E\,\phi^2 He_4}{4q^2}

need no derivative of the activation. On the disc of radius r < m around m the density is at most
:math:`\sqrt{(m+r)/(m-r)}` times that of variance m + r; hence so is V, and Cauchy's inequality
bounds every further coefficient. Where that is poor V is bounded by its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb, fmpz

from symprop.foundation.errors import NoClosedForm, OutOfDomain
from symprop.gaussian.closed_forms import Q, second_moment_closed_form
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.integrand import integrand_of, small_argument_bound
from symprop.gaussian.variance_bands import BandGrid, band_grid
from symprop.numerics.decimals import exponent_bits
from symprop.numerics.evaluation import BallFunction, as_ball, compile_ball
from symprop.numerics.precision import current_bits
from symprop.specs.activations import X

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symprop.gaussian.integrand import Integrand
    from symprop.specs.activations import Activation

__all__ = ["LengthMap", "real_ball"]

_WIDEST = "0.125"
_RADIUS = "0.5"  # of the disc on which V is bounded, relative to its centre
_LARGEST_REST = "0.125"  # of the expansion, relative to its first term
_UNKNOWN = arb("nan")
_MOST_KNOWN = 1000
_ORDER = 4  # of the Hermite polynomials
_RARELY = 2  # values in an octave before it gets a rule of its own
_SMALL = -900  # exponent of the least such octave


@dataclass(frozen=True)
class LengthMap:
    r"""``q -> weight V(q) + bias`` on balls, with its derivative.

    Attributes
    ----------
    phi : Activation
        Square-integrable at every variance used.
    weight_variance, bias_variance : number
        Any numeric arguments.

    Error
    -----
    Enclosed. The slope is not finite on balls wider than an eighth of their midpoint.
    """

    phi: Activation
    weight_variance: object
    bias_variance: object

    def weight(self) -> arb:
        """Return the weight variance at the precision in force."""
        return as_ball(self.weight_variance, current_bits(), "weight_variance")

    def bias(self) -> arb:
        """Return the bias variance at the precision in force."""
        return as_ball(self.bias_variance, current_bits(), "bias_variance")

    def value(self, q: arb) -> arb:
        """Return ``weight V(q) + bias``."""
        return self.weight() * self.moment(q) + self.bias()

    def slope(self, q: arb) -> arb:
        """Return ``weight V'(q)``."""
        return self.weight() * self.moment_slope(q)

    def excess(self, q: arb) -> arb:
        """Return ``weight V(q) + bias - q``, which vanishes at a fixed point."""
        return self.value(q) - q

    def excess_slope(self, q: arb) -> arb:
        """Return the derivative of the excess."""
        return self.slope(q) - 1

    def moment(self, q: arb) -> arb:
        """Return ``V(q)``."""
        middle, step, ratio = self._around(q)
        if ratio is None:
            return self._between_ends(q)
        v0, v1, v2 = self._taylor(middle)
        if ratio.is_zero():
            return v0
        rest = self._bound(middle) * ratio**3 / (1 - ratio)
        if not rest < abs(v0) * arb(_LARGEST_REST):
            return self._between_ends(q)
        return v0 + step * (v1 + step * v2) + arb(0, rest.upper())

    def _between_ends(self, q: arb) -> arb:
        """Return V over a wide interval [a, b] from its ends.

        As ``exp(-x^2/2q)`` rises with q, ``sqrt(a/b) V(a) <= V(q) <= sqrt(b/a) V(b)``.
        """
        a, b = q.lower().mid(), q.upper().mid()
        if not a > 0 or not b.is_finite():
            return _UNKNOWN
        factor = (b / a).sqrt()
        low, high = self._taylor(a)[0] / factor, self._taylor(b)[0] * factor
        return low.lower().union(high.upper())

    def moment_slope(self, q: arb) -> arb:
        """Return ``V'(q)``."""
        middle, step, ratio = self._around(q)
        if ratio is None:
            return _UNKNOWN
        _, v1, v2 = self._taylor(middle)
        if ratio.is_zero():
            return v1
        rest = self._bound(middle) * (3 * ratio**2 - 2 * ratio**3) / (1 - ratio) ** 2
        rest /= middle * arb(_RADIUS)
        return v1 + 2 * step * v2 + arb(0, rest.upper())

    def _around(self, q: arb) -> tuple[arb, arb, arb | None]:
        """Return midpoint, the ball of offsets, and its size relative to the disc."""
        middle = q.mid()
        step = q - middle
        if not q > 0 or not q.rad() < middle * arb(_WIDEST):
            return middle, step, None
        return middle, step, q.rad().mid() / (middle * arb(_RADIUS))

    def _bound(self, middle: arb) -> arb:
        """Bound ``|V|`` on the disc."""
        radius = arb(_RADIUS)
        size = self._taylor((middle * (1 + radius)).mid())[0].abs_upper()
        # the density of variance m + r is evaluated at a neighbour, so one more such factor
        return size * arb("1.01") * ((1 + radius) / (1 - radius)).sqrt()

    def _taylor(self, q: arb) -> tuple[arb, arb, arb]:
        """Return ``V, V', V''/2`` at an exact point; value and slope ask for the same."""
        key = (*(int(part) for part in q.man_exp()), current_bits())
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._expand(q)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[int, ...], tuple[arb, arb, arb]]:
        return {}

    def _expand(self, q: arb) -> tuple[arb, arb, arb]:
        bits = current_bits()
        if self._closed is not None:
            values = tuple(real_ball(function(q)) for function in self._closed)
            if all(
                v.is_finite() and v.rad() < arb(2) ** (-bits // 2) * (1 + abs(v)) for v in values
            ):
                return values[0], values[1], values[2]
        error, pairs = self._rule(q, bits)
        sums = [arb(0), arb(0), arb(0)]
        for square, mass in pairs:
            sums[0] += mass
            sums[1] += mass * (square - 1)
            sums[2] += mass * (square * (square - 6) + 3)
        widths = (arb(1), arb(2).sqrt(), arb(24).sqrt())
        v0, v1, v2 = (arb(s, (error * w).upper()) for s, w in zip(sums, widths, strict=True))
        return v0, v1 / (2 * q), v2 / (8 * q * q)

    def _rule(self, q: arb, bits: int) -> tuple[arb, Iterable[tuple[arb, arb]]]:
        """Return an error with squares and masses of nodes; an octave asked often has its own."""
        exponent = exponent_bits(q)
        key = exponent, bits
        band = self._bands.get(key)
        if band is None:
            asked = self._asked[key] = self._asked.get(key, 0) + 1
            if asked <= _RARELY or not _SMALL < exponent < -_SMALL:
                grid = gaussian_grid(self._integrand, q, bits, order=_ORDER)
                squares = (point * point for point in grid.points)
                return grid.error, zip(squares, grid.masses, strict=True)
            lower, upper = (arb((fmpz(1), fmpz(exponent - 1 + k))) for k in range(2))
            band = band_grid(self._integrand, lower, upper, bits, order=_ORDER)
            self._bands[key] = band
        return band.error, zip(*band.at(q), strict=True)

    @cached_property
    def _bands(self) -> dict[tuple[int, int], BandGrid]:
        return {}

    @cached_property
    def _asked(self) -> dict[tuple[int, int], int]:
        return {}

    @cached_property
    def _integrand(self) -> Integrand:
        return integrand_of(self.phi).squared()

    @cached_property
    def _closed(self) -> tuple[BallFunction, ...] | None:
        try:
            form = second_moment_closed_form(self.phi)
        except NoClosedForm:
            return None
        return tuple(compile_ball(part, (Q,)) for part in (form, form.diff(Q), form.diff(Q, 2) / 2))

    @cached_property
    def largest(self) -> arb | None:
        """A bound of ``|phi|``, or None if it is not bounded by a constant."""
        integrand = integrand_of(self.phi)
        bound = arb(0)
        for term in self.phi.growth:
            if term.power or term.linear > 0 or term.quadratic > 0:
                return None
            bound += arb(term.coefficient.numerator) / term.coefficient.denominator
        for piece in integrand.pieces:
            try:
                inner = small_argument_bound(integrand, piece)
            except OutOfDomain:
                return None
            bound = max(bound, inner.upper())
        return bound.upper() if bound.is_finite() else None

    @cached_property
    def slope_at_zero(self) -> sympy.Expr | None:
        """``lim V(q)/q`` at 0 if ``phi`` is continuous with ``phi(0) = 0``, otherwise None."""
        total = sympy.S.Zero
        for piece in self.phi.pieces:
            for side, sign in ((piece.lower, 1), (piece.upper, -1)):
                inside = piece.lower < 0 < piece.upper
                if not (inside or side == 0):
                    continue
                if piece.expression.subs(X, 0) != 0:
                    return None
                direction = "+" if sign > 0 else "-"
                total += sympy.limit(piece.expression.diff(X), X, 0, direction) ** 2 / 2
        return total


def real_ball(value: Any) -> arb:
    """Return the real part of a value of a compiled real expression."""
    return value if isinstance(value, arb) else value.real
