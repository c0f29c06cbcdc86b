"""Certified double Gaussian integrals, for kernels without closed form or fast series.

With independent normal P and M, correlation ``rho = cos`` of the pair and
``alpha, beta = sqrt((1 +- |rho|)/2)``::

    U = alpha P + beta M,    V = +-(alpha P - beta M).

Every kink of either activation is a line ``P = c +- (beta/alpha) M``. Between two
crossings of such lines their order is fixed, so the region between two neighbours
is the image of a rectangle in (t, M) on which the integrand is analytic. Lines are
also drawn through U = 0 and V = 0, where large variances put their steep parts; this
keeps the cost bounded as ``rho -> +-1``, where the lines become parallel.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb

from symprop.foundation.errors import NoConvergence, OutOfDomain, PrecisionNotReached
from symprop.gaussian.integrand import rational_ball, small_argument_bound
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import Panel, ellipse_box, magnitude_bits, nodes_needed, panels

if TYPE_CHECKING:
    from symprop.gaussian.integrand import Integrand, IntegrandPiece

__all__ = ["double_expectation"]

_ELLIPSES = (8.0, 4.0, 2.5, 1.8)
_MOST_INNER = 160
_MOST_OUTER = 400


@dataclass(frozen=True, slots=True)
class _Side:
    """One activation: its scale sqrt(q), the sign with which M enters and an outer sign."""

    integrand: Integrand
    scale: arb
    tilt: int  # U: +1, V: -1
    sign: int  # V may be the negative of alpha P - beta M

    def argument(self, alpha: arb, beta: arb, p: Any, m: Any) -> Any:
        return self.sign * (alpha * p + self.tilt * beta * m)

    def piece_at(self, argument: arb) -> IntegrandPiece:
        """Return the piece whose open interval holds ``scale * argument``."""
        x = self.scale * argument
        for piece in self.integrand.panel_pieces:
            above = piece.lower == -sympy.oo or x > as_ball(piece.lower, 128)
            below = piece.upper == sympy.oo or x < as_ball(piece.upper, 128)
            if above and below:
                return piece
        raise PrecisionNotReached("Expected a point inside one piece but got one on a kink.")

    def lines(self, alpha: arb, beta: arb, bits: int) -> list[_Line]:
        pieces = self.integrand.panel_pieces  # cut at 0 as well
        breaks = sorted(piece.lower for piece in pieces if piece.lower != -sympy.oo)
        slope = -self.tilt * beta / alpha
        kinks = [as_ball(value, bits) / self.scale for value in breaks]
        return [_Line(self.sign * kink / alpha, slope, self.tilt, kink) for kink in kinks]


@dataclass(frozen=True, slots=True)
class _Line:
    """``P = offset + slope * M``; lines of one family (the tilt of its side) never cross.

    ``kink`` is the argument of that side on the line.
    """

    offset: arb
    slope: arb
    family: int
    kink: arb

    def at(self, m: Any) -> Any:
        return self.offset + self.slope * m


@dataclass(frozen=True, slots=True)
class _Region:
    """The strip between two lines, where one piece of each activation holds."""

    below: _Line
    above: _Line
    first: IntegrandPiece
    second: IntegrandPiece

    def argument(self, side: _Side, alpha: arb, beta: arb, half: Any, t: Any, m: Any) -> Any:
        """Return a side's argument at ``t``, measured from a line of that side if one bounds us.

        Measured from M alone, the two large terms of ``alpha P + beta M`` would cancel only
        in the midpoint of a wide ball and leave a kink looking smeared over its radius.
        """
        from_below = self.below.family == side.tilt
        from_above = self.above.family == side.tilt
        if from_below and not (from_above and t.real.mid() > 0):
            return self.below.kink + side.sign * alpha * half * (1 + t)
        if from_above:
            return self.above.kink - side.sign * alpha * half * (1 - t)
        return side.argument(alpha, beta, self.below.at(m) + half * (1 + t), m)


def double_expectation(
    first: Integrand,
    second: Integrand,
    variances: tuple[arb, arb],
    rho: arb,
    gap: arb,
    goal: int,
) -> arb:
    """Return ``E f(sqrt(q1) U) g(sqrt(q2) V)`` with absolute error about ``2**-goal``.

    Parameters
    ----------
    first, second : Integrand
        ``f`` and ``g``.
    variances : tuple of arb
        ``q1, q2 > 0``.
    rho : arb
        Correlation, strictly inside (-1, 1).
    gap : arb
        ``1 - |rho|``, given apart so that it keeps its relative accuracy.
    goal : int
        Bits of absolute accuracy.

    Raises
    ------
    NoConvergence
        If the integrand is not bounded on a bounded region.
    """
    bits = goal + 40
    with working_bits(bits):
        sign = -1 if rho < 0 else 1
        beta = (gap / 2).sqrt()
        alpha = ((2 - gap) / 2).sqrt()
        sides = (
            _Side(first, variances[0].sqrt(), 1, 1),
            _Side(second, variances[1].sqrt(), -1, sign),
        )
        symmetric = first is second and sign == 1 and variances[0].overlaps(variances[1])
        cutoff, tail = _cutoff(sides, goal + 2)
        lines = [line for side in sides for line in side.lines(alpha, beta, bits)]
        lines += [_Line(end, arb(0), 0, arb(0)) for end in (-cutoff, cutoff)]
        start = arb(0) if symmetric else -cutoff
        cuts = _crossings(lines, start, cutoff)
        problem = _Problem(sides, alpha, beta, goal + 8, bits)
        total, error = arb(0), tail
        for left, right in itertools.pairwise(cuts):
            regions = _regions(lines, sides, alpha, beta, cutoff, (left + right) / 2)
            value, slack = problem.integrate(regions, left, right)
            total += value
            error += slack + problem.sliver(regions, right)
        return arb(2 * total, 2 * error) if symmetric else arb(total, error)


def _crossings(lines: list[_Line], start: arb, end: arb) -> list[arb]:
    """Return the sorted values of M where two lines cross, with both ends of the range."""
    values: list[arb] = []
    for index, one in enumerate(lines):
        for other in lines[index + 1 :]:
            if one.family == other.family or (one.slope - other.slope).is_zero():
                continue
            slope = one.slope - other.slope
            m = (other.offset - one.offset) / slope
            if (m > start and m < end) or m.overlaps(start) or m.overlaps(end):
                values.append(m)
    values.sort(key=lambda ball: ball.mid())
    distinct: list[arb] = [start]
    for value in [*values, end]:
        if distinct and value.overlaps(distinct[-1]):
            distinct[-1] = distinct[-1].union(value)  # any sliver between is bounded apart
        else:
            distinct.append(value)
    return distinct


def _regions(
    lines: list[_Line], sides: tuple[_Side, _Side], alpha: arb, beta: arb, cutoff: arb, m: arb
) -> list[_Region]:
    """Return the strips between neighbouring lines at a fixed M, from bottom to top."""
    present = [line for line in lines if abs(line.at(m).mid()) <= cutoff + arb("1e-9")]
    present.sort(key=lambda line: line.at(m).mid())
    regions = []
    for below, above in itertools.pairwise(present):
        p = (below.at(m) + above.at(m)) / 2
        if below.at(m).overlaps(above.at(m)):
            continue  # the same line twice: two kinks, one of each activation, on it
        regions.append(
            _Region(
                below,
                above,
                sides[0].piece_at(sides[0].argument(alpha, beta, p, m).mid()),
                sides[1].piece_at(sides[1].argument(alpha, beta, p, m).mid()),
            )
        )
    return regions


@dataclass(frozen=True, slots=True)
class _Problem:
    """The integrand in the variables (t, M) of a region, and its two-way panel rule."""

    sides: tuple[_Side, _Side]
    alpha: arb
    beta: arb
    goal: int
    bits: int

    def bound(self, region: _Region, t: Any, m: Any) -> arb:
        """Bound the modulus of the integrand times ``dP/dt`` on a product of balls."""
        below, above = region.below.at(m), region.above.at(m)
        half = (above - below) / 2
        p = below + half * (1 + t)
        size = arb(1)
        for side, piece in zip(self.sides, (region.first, region.second), strict=True):
            z = region.argument(side, self.alpha, self.beta, half, t, m)
            size *= side.integrand.bound(piece, side.scale, z)
            if not size.is_finite():
                return arb("inf")
        return size * _weight_bound(p) * _weight_bound(m) * half.abs_upper()

    def value(self, region: _Region, half: arb, t: arb, m: arb) -> arb:
        p = region.below.at(m) + half * (1 + t)
        product = (-(p * p) / 2).exp()
        for side, piece in zip(self.sides, (region.first, region.second), strict=True):
            z = region.argument(side, self.alpha, self.beta, half, t, m)
            product *= side.integrand.value(piece, side.scale, z)
        return product

    def integrate(self, regions: list[_Region], left: arb, right: arb) -> tuple[arb, arb]:
        """Integrate over M in ``[left, right]`` and all regions; returns (value, error)."""
        total, error = arb(0), arb(0)
        norm = 2 * arb.pi()
        for region in regions:
            waiting = [(left, right)]
            done = 0
            while waiting:
                low, high = waiting.pop()
                plan = self._plan(region, low, high)
                if plan is None:
                    middle = ((low + high) / 2).mid()
                    waiting += [(middle, high), (low, middle)]
                else:
                    inner, outer = plan
                    total += self._sum(region, inner, outer) / norm
                    error += outer.error / norm
                    error += 2 * outer.half.upper() * sum((p.error for p in inner), arb(0)) / norm
                done += 1
                if done > _MOST_OUTER:
                    raise NoConvergence(
                        f"Expected at most {_MOST_OUTER} panels but got more near M={low.str(6)}:"
                        " an activation is unbounded or varies too fast."
                    )
        return total, error.upper()

    def sliver(self, regions: list[_Region], cut: arb) -> arb:
        """Bound the integral over the values of M inside one cut point's ball."""
        if cut.is_exact():
            return arb(0)
        height = sum((2 * self.bound(region, arb(0, 1), cut) for region in regions), arb(0))
        return (height * 2 * cut.rad() / (2 * arb.pi())).upper()

    def _plan(self, region: _Region, low: arb, high: arb) -> tuple[list[Panel], Panel] | None:
        """Choose nodes in t (valid for every M of the panel) and in M, or ask for a bisection."""
        middle, half = (low + high) / 2, (high - low) / 2
        whole = arb(middle.mid(), half.upper() + middle.rad())
        everything = self.bound(region, arb(0, 1), whole) * 4 * half.upper()
        if magnitude_bits(everything) < -self.goal:
            return [], Panel(middle, half, 0, everything.upper())
        try:
            inner = panels(
                lambda box: self.bound(region, box, whole),
                arb(-1),
                arb(1),
                self.goal + 4,
                most=_MOST_INNER,
            )
        except NoConvergence:
            return None
        best: tuple[int, float, arb] | None = None
        for rho in _ELLIPSES:
            box = ellipse_box(middle, half, rho)
            size = arb(0)
            for panel in inner:
                if not panel.nodes:
                    continue  # not in the sum over t, so not in its dependence on M
                t = arb(panel.middle.mid(), panel.half.upper() + panel.middle.rad())
                size += self.bound(region, t, box) * 2 * panel.half.upper()
                if not size.is_finite():
                    break
            if not size.is_finite():
                continue
            factor = size * half.upper() * arb("4.26666666666666667") / (1 - arb(rho) ** -2)
            nodes = nodes_needed(factor, rho, self.goal)
            if best is None or nodes < best[0]:
                best = (nodes, rho, factor)
        if best is None or best[0] > max(28, self.goal // 3):
            return None
        nodes, rho, factor = best
        nodes += -nodes % 4
        error = (factor * arb(rho) ** (-2 * nodes)).upper()
        return inner, Panel(middle, half, nodes, error)

    def _sum(self, region: _Region, inner: list[Panel], outer: Panel) -> arb:
        total = arb(0)
        rule = [pair for panel in inner for pair in panel.points(self.bits)]
        for m, mass in outer.points(self.bits):
            below, above = region.below.at(m), region.above.at(m)
            half = (above - below) / 2
            line = arb(0)
            for t, weight in rule:
                line += weight * self.value(region, half, t, m)
            total += mass * half * line * (-(m * m) / 2).exp()
        return total


def _weight_bound(z: Any) -> arb:
    """Bound ``|exp(-z**2/2)|`` on a ball without the overestimate of squaring a wide one."""
    if isinstance(z, acb):
        near, high = z.real.abs_lower(), z.imag.abs_upper()
        return ((high * high - near * near) / 2).exp().upper()
    near = z.abs_lower()
    return (-(near * near) / 2).exp().upper()


def _cutoff(sides: tuple[_Side, _Side], goal: int) -> tuple[arb, arb]:
    """Return ``(R, error)``: outside the square of half-side R the integral is below ``error``.

    Outside the square ``P^2 + M^2 > R^2``, and there ``|U|, |V|`` are at most the radius r.
    Products of growth terms are log-concave in r once they fall.
    """
    shapes = [
        (*(x + y for x, y in zip(a[1:], b[1:], strict=True)), a[0] * b[0])
        for a in _shapes(sides[0])
        for b in _shapes(sides[1])
    ]
    target = arb(2) ** (-goal)
    radius = max(2.0, (1.38629436 * goal) ** 0.5)
    while radius < 1e6:
        r = arb(radius)
        error = arb(0)
        for power, linear, quadratic, coefficient in shapes:
            decay = arb("0.5") - quadratic
            fall = 2 * decay * r - linear - (power + 1) / r
            if not fall > 0:
                error = arb("inf")
                break
            log_size = (power + 1) * r.log() + linear * r - decay * r * r
            error += coefficient * log_size.exp() / fall
        if error < target:
            return r, error.upper()
        radius = radius * 1.06 + 0.05
    raise OutOfDomain(
        "Expected activations whose product is integrable for every correlation but got growth"
        " too close to that of the Gaussian."
    )


def _shapes(side: _Side) -> list[tuple[arb, arb, arb, arb]]:
    """Return increasing majorants of ``|f(scale r)|``: (factor, power, linear, quadratic)."""
    zero = arb(0)
    growing = [
        (
            rational_ball(term.coefficient) * side.scale ** rational_ball(term.power),
            rational_ball(term.power),
            (rational_ball(term.linear) * side.scale).max(zero),
            (rational_ball(term.quadratic) * side.scale**2).max(zero),
        )
        for term in side.integrand.growth_terms()
    ]
    return [(_central_bound(side.integrand), zero, zero, zero), *growing]


def _central_bound(integrand: Integrand) -> arb:
    return sum((small_argument_bound(integrand, piece) for piece in integrand.pieces), arb(0))
