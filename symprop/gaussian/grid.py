"""Shared grids: one set of certified nodes for an expectation and all Hermite coefficients.

Two rules. On a function analytic in a strip the trapezoidal rule converges
geometrically, with half the nodes of any panel rule; on everything else
Gauss-Legendre panels are cut at the kinks and graded towards them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log, pi, sqrt
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb, fmpz

from symprop.gaussian.integrand import best_ratio, cutoff_for, hermite_weight_bound
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import magnitude_bits, panels

if TYPE_CHECKING:
    from symprop.gaussian.integrand import Integrand, IntegrandPiece

__all__ = ["GaussianGrid", "gaussian_grid"]

_LOG2 = log(2)
_LEAST_STRIP = 0.25  # narrower strips, in standard deviations, cost more than panels
_MOST_BOXES = 3000
_HEIGHTS = (1.0, 0.6, 0.4, 0.25, 0.15)  # of the contour, relative to the tallest sensible one


@dataclass(frozen=True, slots=True)
class GaussianGrid:
    """``E f(sqrt(q) Z) he_k(Z) = sum_j masses[j] he_k(points[j]) +- error`` for ``k <= order``.

    With ``parity`` "even" or "odd" only ``z >= 0`` is stored, masses doubled, and the
    expectations of the other parity are exactly zero. ``bits`` is the precision of the masses,
    ample for the recurrence of He_k up to ``order``.
    """

    points: tuple[arb, ...]
    masses: tuple[arb, ...]
    error: arb
    order: int
    parity: str | None
    bits: int

    def expectation(self) -> arb:
        """Return the ball of ``E f(sqrt(q) Z)``."""
        if self.parity == "odd":
            return arb(0)
        return arb(sum(self.masses, arb(0)), self.error)


def recurrence_bits(order: int, cutoff: float, parity: str | None) -> int:
    """Return the bits lost by the recurrence of He_k up to ``order`` on balls.

    Radii obey the recurrence with all signs positive. With three terms they grow like
    ``exp(sqrt(order) |z|)`` against ``sqrt(k!)``; the recurrence in ``z**2`` for a parity
    multiplies them by ``1 + sqrt(2)`` in two orders where z is small.
    """
    lost = min(sqrt(order) * cutoff, order * log(2 + cutoff)) * 1.1
    if parity:
        lost = max(lost, order / 2 * log(1 + sqrt(2)))
    return int(lost / _LOG2) + 4 * (order > 0)


def gaussian_grid(
    integrand: Integrand, variance: arb, goal: int, *, order: int = 0
) -> GaussianGrid:
    """Return a grid with absolute error at most about ``2**-goal`` for every ``k <= order``.

    Raises
    ------
    OutOfDomain
        If integrability is not proved.
    NoConvergence
        If the integrand is not bounded on a bounded interval.
    """
    with working_bits(goal + 30):
        scale = variance.sqrt()
        cutoff, tail = cutoff_for(integrand, scale, goal + 2, order)
        lost = recurrence_bits(order, float(cutoff), integrand.parity)
    strip = None if integrand.strip is None else integrand.strip / float(scale.mid())
    if strip is not None and strip >= _LEAST_STRIP:
        grid = _trapezoid(integrand, variance, goal, order, lost, cutoff, tail, strip)
        if grid is not None:
            return grid
    return _panel_grid(integrand, variance, goal, order, lost, cutoff, tail)


def _density(z: arb) -> arb:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _panel_grid(
    integrand: Integrand,
    variance: arb,
    goal: int,
    order: int,
    lost: int,
    cutoff: arb,
    tail: arb,
) -> GaussianGrid:
    bits = goal + lost + integrand.guard + 30
    points: list[arb] = []
    masses: list[arb] = []
    error = tail
    parity = integrand.parity
    with working_bits(bits):
        scale = variance.sqrt()
        start = arb(0) if parity else -cutoff
        for piece in integrand.panel_pieces:
            left, right = _clip(piece, scale, start, cutoff, bits)
            if left is None or right is None:
                continue

            def bound(box: Any, piece: IntegrandPiece = piece) -> arb:
                real = box.real if isinstance(box, acb) else box
                height = box.imag.abs_upper() if isinstance(box, acb) else arb(0)
                weight = hermite_weight_bound(real.abs_lower(), height, order)
                return integrand.bound(piece, scale, box) * weight

            for panel in panels(bound, left, right, goal + 6):
                error += panel.error
                for point, mass in panel.points(bits):
                    points.append(point)
                    masses.append(mass * integrand.value(piece, scale, point) * _density(point))
        return _finish(points, masses, error, order, parity, bits)


def _finish(
    points: list[arb], masses: list[arb], error: arb, order: int, parity: str | None, bits: int
) -> GaussianGrid:
    if parity:
        masses = [2 * mass for mass in masses]
        error = 2 * error
    return GaussianGrid(tuple(points), tuple(masses), error.upper(), order, parity, bits)


def _clip(
    piece: IntegrandPiece, scale: arb, start: arb, cutoff: arb, bits: int
) -> tuple[arb | None, arb | None]:
    """Return the piece in units of the standard deviation, cut to ``[start, cutoff]``."""
    left, right = start, cutoff
    if piece.lower != -sympy.oo:
        lower = as_ball(piece.lower, bits) / scale
        if lower >= cutoff:
            return None, None
        left = max(start, lower)
    if piece.upper != sympy.oo:
        upper = as_ball(piece.upper, bits) / scale
        if upper <= start:
            return None, None
        right = min(cutoff, upper)
    return left, right


def _trapezoid(
    integrand: Integrand,
    variance: arb,
    goal: int,
    order: int,
    lost: int,
    cutoff: arb,
    tail: arb,
    strip: float,
) -> GaussianGrid | None:
    """Trapezoidal rule with nodes ``j h``, ``|j| <= N`` and ends at ``R = (N + 1/2) h``.

    On the rectangle ``|Re z| <= R, |Im z| <= a`` the kernel ``1/(1 - exp(-2 pi i z/h))``
    turns the difference of sum and integral into an integral over its boundary. The
    horizontal sides give ``2 I exp(-2 pi a/h)/(1 - exp(-2 pi a/h))`` with I the integral of
    ``|F|`` on one of them; on the vertical sides the kernel is at most ``exp(-2 pi y/h)``,
    since R lies half-way between nodes.
    """
    tallest = min(0.9 * strip, sqrt(2 * goal * _LOG2 + 1), 12.0)
    best: tuple[arb, int, arb] | None = None
    with working_bits(64):
        allowed = arb(2) ** (2 - goal)
        for fraction in _HEIGHTS:
            rule = _rule(integrand, variance.sqrt(), goal, order, cutoff, fraction * tallest)
            if rule is None or not tail + rule[2] < allowed:
                continue
            if best is not None and rule[1] >= best[1]:
                break  # lower lines only make the steps shorter from here on
            best = rule
    if best is None:
        return None
    step, count, error = best
    error += tail
    (piece,) = integrand.pieces
    bits = goal + lost + integrand.guard + 30
    with working_bits(bits):
        scale = variance.sqrt()
        parity = integrand.parity
        first = 0 if parity else -count
        points, masses = [], []
        normal = step / (2 * arb.pi()).sqrt()
        for index in range(first, count + 1):
            point = step * index
            mass = normal * (-point * point / 2).exp() * integrand.value(piece, scale, point)
            points.append(point)
            masses.append(mass / 2 if parity and index == 0 else mass)
        if parity:
            error = error / 2  # `_finish` doubles; the rule's error is already two-sided
        return _finish(points, masses, error, order, parity, bits)


def _rule(
    integrand: Integrand, scale: arb, goal: int, order: int, cutoff: arb, height: float
) -> tuple[arb, int, arb] | None:
    """Return the step, the last node and the error of the rule for a contour at ``height``."""
    (piece,) = integrand.pieces
    side = _side_integral(integrand, piece, scale, cutoff, height, order)
    if side is None:
        return None
    integral, edge = side
    bits_needed = goal + 4 + max(0.0, magnitude_bits(integral))
    step_size = min(1.2, 2 * pi * height / (bits_needed * _LOG2))
    step = arb(fmpz(floor(step_size * 2**20))) / 2**20
    if step.is_zero():
        return None
    count = ceil(float(cutoff) / float(step))
    rate = 2 * arb.pi() / step
    decay = (-rate * height).exp()
    end = (arb(count) + arb("0.5")) * step
    r = arb(best_ratio(float(end), 0.0, order))
    slope = rate - arb(height) / (2 * (1 - r))
    if not slope > 0:
        return None
    # four half-sides; exp(y^2/(2(1-r)) - rate y) <= exp(-slope y) for 0 <= y <= height
    corners = 4 * edge * _weight_at(end, r, order) / slope
    return step, count, 2 * integral * decay / (1 - decay) + corners


def _weight_at(distance: arb, r: arb, order: int) -> arb:
    """Bound ``|he_k(x)| density(x)`` at ``x >= distance`` with the ratio ``r`` given."""
    value = (-distance * distance / (2 * (1 + r))).exp() / (2 * arb.pi()).sqrt()
    if order:
        value = value * r ** (-arb(order) / 2) / (1 - r * r) ** arb("0.25")
    return value


def _side_integral(
    integrand: Integrand, piece: IntegrandPiece, scale: arb, cutoff: arb, height: float, order: int
) -> tuple[arb, arb] | None:
    """Prove analyticity on ``|Re z| <= R + 2, |Im z| <= height`` and bound the side integrals.

    Returns the integral of ``|F|`` over one horizontal side and the largest ``|f|`` at the
    vertical ends, or None if some rectangle stays unbounded. Covers the upper half of the
    strip; ``f(conj z) = conj f(z)`` does the rest.
    """
    reach = float(cutoff) + 2  # the rule ends at most 3/2 steps after the cutoff
    start = 0.0 if integrand.parity else -reach
    width = min(0.5, max(height, 0.05))
    cells = ceil((reach - start) / width)
    budget = _MOST_BOXES
    total, edge = arb(0), arb(0)
    top = arb(height)
    for index in range(cells):
        left = arb(start) + arb(width) * index
        right = left + arb(width)
        boxes = [(left, right, arb(0), top)]
        largest = arb(0)
        while boxes:
            x0, x1, y0, y1 = boxes.pop()
            budget -= 1
            if budget < 0:
                return None
            bound = integrand.bound(piece, scale, acb(x0.union(x1), y0.union(y1)))
            if bound.is_finite():
                largest = largest.max(bound)
            else:
                xm, ym = (x0 + x1) / 2, (y0 + y1) / 2
                boxes += [(x0, xm, y0, ym), (x0, xm, ym, y1), (xm, x1, y0, ym), (xm, x1, ym, y1)]
        near = left.union(right).abs_lower()
        total += largest * arb(width) * hermite_weight_bound(near, top, order)
        if index == cells - 1 or index == 0 or right > cutoff - 1 or left < 1 - cutoff:
            edge = edge.max(largest)
    if integrand.parity:
        total = 2 * total
    return total.upper(), edge.upper()
