"""A function of one Gaussian variable as quadrature sees it: analytic pieces and a growth bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb, fmpq, fmpz

from symprop.foundation.errors import OutOfDomain
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.quadrature import upper_bound
from symprop.specs.activations import X
from symprop.specs.growth import GrowthTerm, growth_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symprop.specs.activations import Activation

__all__ = [
    "Integrand",
    "IntegrandPiece",
    "best_ratio",
    "cutoff_for",
    "hermite_weight_bound",
    "integrand_of",
    "pieces_for_panels",
    "rational_ball",
    "small_argument_bound",
    "tail_bound",
]

_LARGEST_CUTOFF = 1_000_000.0


@dataclass(frozen=True, slots=True)
class IntegrandPiece:
    """``function`` on ``(lower, upper)``; the ends are exact numbers, infinite ones included."""

    lower: sympy.Expr
    upper: sympy.Expr
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Integrand:
    """``x -> f(x)**power`` with analytic pieces and a proved bound on ``|f|`` for ``|x| >= 1``.

    Attributes
    ----------
    pieces : tuple of IntegrandPiece
        Ordered, covering the line.
    panel_pieces : tuple of IntegrandPiece
        The same, also cut at 0 and written there without large exponentials, so that
        wide balls far from 0 stay small. Panels use these.
    growth : tuple of GrowthTerm
        Bound of ``|f(x)|``.
    power : int
        1 or 2.
    parity : str or None
        Parity of ``f``.
    strip : float or None
        Half-width of a strip of analyticity around the real line, if one is known.
    guard : int
        Bits by which values may cancel, for the precision of nodes: those of a tiny function.
    """

    pieces: tuple[IntegrandPiece, ...]
    panel_pieces: tuple[IntegrandPiece, ...]
    growth: tuple[GrowthTerm, ...]
    power: int
    parity: str | None
    strip: float | None
    guard: int = 0

    def squared(self) -> Integrand:
        """Return the integrand of ``f**2``."""
        return replace(self, power=2, parity=self.parity and "even")

    def divided(self, exponent: int) -> Integrand:
        """Return the integrand of ``f * 2**-exponent``, to bring a huge or tiny one to size 1."""
        factor = arb((fmpz(1), fmpz(-exponent)))

        def divide(pieces: tuple[IntegrandPiece, ...]) -> tuple[IntegrandPiece, ...]:
            return tuple(
                replace(piece, function=_Multiple(factor, piece.function)) for piece in pieces
            )

        growth = tuple(
            replace(term, coefficient=term.coefficient * Fraction(2) ** -exponent)
            for term in self.growth
        )
        return replace(
            self,
            pieces=divide(self.pieces),
            panel_pieces=divide(self.panel_pieces),
            growth=growth,
            guard=max(0, -exponent),
        )

    def bound(self, piece: IntegrandPiece, scale: arb, z: Any) -> arb:
        """Return an upper bound of ``|f(scale z)|**power`` on a ball, infinite if not analytic."""
        try:
            value = piece.function(scale * z, analytic=isinstance(z, acb))
        except OutOfDomain:
            return arb("inf")
        return upper_bound(value) ** self.power

    def value(self, piece: IntegrandPiece, scale: arb, z: arb) -> arb:
        """Return the ball of ``f(scale z)**power``."""
        value = piece.function(scale * z)
        if isinstance(value, acb):
            value = value.real
        return value if self.power == 1 else value * value

    def growth_terms(self) -> tuple[GrowthTerm, ...]:
        """Return the growth bound of ``f**power``."""
        if self.power == 1:
            return self.growth
        return tuple(
            GrowthTerm(
                a.coefficient * b.coefficient,
                a.power + b.power,
                a.linear + b.linear,
                a.quadratic + b.quadratic,
            )
            for a in self.growth
            for b in self.growth
        )


@dataclass(frozen=True, slots=True)
class _Multiple:
    """A ball function times a number; a class, so that it pickles."""

    factor: arb
    function: Callable[..., Any]

    def __call__(self, z: Any, analytic: bool = False) -> Any:
        return self.factor * self.function(z, analytic=analytic)


@lru_cache(maxsize=64)
def integrand_of(activation: Activation) -> Integrand:
    """Return the integrand of an activation; `OutOfDomain` if its growth is unknown."""
    pieces = tuple(
        IntegrandPiece(piece.lower, piece.upper, compile_ball(piece.expression, (X,)))
        for piece in activation.pieces
    )
    strip = activation.analyticity_strip
    width = None
    if len(pieces) == 1 and strip is not None and strip != 0:
        width = float("inf") if strip == sympy.oo else float(strip)
    return Integrand(
        pieces, pieces_for_panels(activation), growth_bound(activation), 1, activation.parity, width
    )


@lru_cache(maxsize=64)
def pieces_for_panels(activation: Activation) -> tuple[IntegrandPiece, ...]:
    """Return the pieces cut at 0 too, so written that wide balls far from 0 stay small."""
    return tuple(
        IntegrandPiece(lower, upper, compile_ball(_without_large_exponentials(form, side), (X,)))
        for piece in activation.pieces
        for lower, upper, form, side in _halves(piece.lower, piece.upper, piece.expression)
    )


def _halves(
    lower: sympy.Expr, upper: sympy.Expr, form: sympy.Expr
) -> list[tuple[sympy.Expr, sympy.Expr, sympy.Expr, int]]:
    """Cut an interval at 0; the last entry is the sign of x on it."""
    if lower >= 0:
        return [(lower, upper, form, 1)]
    if upper <= 0:
        return [(lower, upper, form, -1)]
    zero = sympy.S.Zero
    return [(lower, zero, form, -1), (zero, upper, form, 1)]


def _without_large_exponentials(form: sympy.Expr, side: int) -> sympy.Expr:
    """Rewrite ``1 + exp(u)`` by ``exp(-u)`` where ``u = a x > 0`` on this side.

    A ball cannot hold an interval such as [1, 10^6] together with its small end, so
    ``1/(1 + exp(u))`` on a wide ball would look unbounded.
    """

    def grows(u: sympy.Expr) -> bool:
        slope = u.coeff(X, 1)
        return bool(slope.is_number and u == slope * X and slope * side > 0)

    def power(u: sympy.Expr, n: sympy.Expr) -> sympy.Expr:
        if not grows(u):
            return (1 + sympy.exp(u)) ** n
        return sympy.exp(n * u) * (1 + sympy.exp(-u)) ** n

    def logarithm(u: sympy.Expr) -> sympy.Expr:
        if not grows(u):
            return sympy.log(1 + sympy.exp(u))
        return u + sympy.log(1 + sympy.exp(-u))

    u, n = sympy.Wild("u"), sympy.Wild("n", properties=[lambda k: k.is_Integer and k < 0])
    return form.replace(sympy.log(1 + sympy.exp(u)), logarithm).replace(
        (1 + sympy.exp(u)) ** n, power
    )


def rational_ball(number: Fraction) -> arb:
    """Return the ball of a rational at the precision in force."""
    return arb(fmpq(number.numerator, number.denominator))


_RATIOS = (0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)


def best_ratio(distance: float, height: float, order: int) -> float:
    """Return the ``r`` in (0, 1) that about minimises `hermite_weight_bound`, 0 for order 0."""
    if order == 0:
        return 0.0
    from math import log

    def size(r: float) -> float:
        return (
            -(distance**2) / (2 * (1 + r))
            + height**2 / (2 * (1 - r))
            - order / 2 * log(r)
            - log(1 - r * r) / 4
        )

    return min(_RATIOS, key=size)


def hermite_weight_bound(distance: arb, height: arb, order: int) -> arb:
    """Bound ``|he_k(z)| density(z)``, ``k <= order``, ``|Re z| >= distance``, ``|Im z| <= height``.

    From Mehler's sum at complex arguments, for every r in (0, 1) and z = x + iy::

        sum_k r^k |he_k(z)|^2 = (1-r^2)^(-1/2) exp(x^2 r/(1+r) + y^2 r/(1-r)),

    so each term alone is bounded. Grows like ``exp(sqrt(k) |y|)`` after the best r.
    """
    if order == 0:
        exponent = (height * height - distance * distance) / 2
        return exponent.exp() / (2 * arb.pi()).sqrt()
    r = arb(best_ratio(float(distance.mid()), float(height.mid()), order))
    exponent = -distance * distance / (2 * (1 + r)) + height * height / (2 * (1 - r))
    return (
        exponent.exp() * r ** (-arb(order) / 2) / (1 - r * r) ** arb("0.25") / (2 * arb.pi()).sqrt()
    )


def tail_bound(
    terms: Sequence[GrowthTerm], scale: arb, cutoff: arb, order: int, inner: arb | None = None
) -> arb:
    """Bound the integral of ``|f(scale z) he_k(z)| density(z)`` over ``|z| >= cutoff``.

    Each growth term is log-concave along the tail once its exponent falls, and is then
    at most its value at the cutoff divided by its rate of fall there. ``inner`` bounds
    ``|f|`` where the growth terms do not yet hold (``|x| < 1``).
    """
    r = arb(best_ratio(float(cutoff.mid()), 0.0, order))
    prefactor = (arb(1) if order == 0 else r ** (-arb(order) / 2) / (1 - r * r) ** arb("0.25")) / (
        2 * arb.pi()
    ).sqrt()
    decay = 1 / (2 * (1 + r))
    total = arb(0)
    shapes = [
        (
            rational_ball(term.coefficient) * scale ** rational_ball(term.power),
            rational_ball(term.power),
            rational_ball(term.linear) * scale,
            decay - rational_ball(term.quadratic) * scale * scale,
        )
        for term in terms
    ]
    if inner is not None:
        shapes.append((inner, arb(0), arb(0), decay))
    for coefficient, power, linear, quadratic in shapes:
        fall = 2 * quadratic * cutoff - linear - power / cutoff
        if not fall > 0 or not quadratic > 0:
            return arb("inf")
        size = coefficient * (cutoff.log() * power + linear * cutoff - quadratic * cutoff**2).exp()
        total += size / fall
    return (2 * prefactor * total).upper()


def cutoff_for(integrand: Integrand, scale: arb, goal: int, order: int) -> tuple[arb, arb]:
    """Return ``(R, error)``: beyond ``|z| > R`` the integral is at most ``error <= 2**-goal``."""
    terms = integrand.growth_terms()
    for term in terms:
        if not rational_ball(term.quadratic) * scale * scale < arb("0.5"):
            raise OutOfDomain(
                "Expected a function integrable against the Gaussian but got one bounded only by"
                f" exp({term.quadratic} x**2) at variance {(scale * scale).str(6, radius=False)}."
            )
    inner = None
    if not scale >= 1:
        inner = sum((small_argument_bound(integrand, piece) for piece in integrand.pieces), arb(0))
    target = arb(2) ** (-goal)
    cutoff = max(2.0, (1.38629436 * max(goal, 0)) ** 0.5)
    while cutoff < _LARGEST_CUTOFF:
        error = tail_bound(terms, scale, arb(cutoff), order, inner)
        if error < target:
            return arb(cutoff), error
        cutoff = cutoff * 1.06 + 0.05
    raise OutOfDomain(
        "Expected a function integrable against the Gaussian but got one whose tail is not"
        f" below 2**-{goal} at {cutoff:.3g} standard deviations."
    )


def small_argument_bound(integrand: Integrand, piece: IntegrandPiece) -> arb:
    """Bound ``|f|**power`` on the part of a piece inside [-1, 1]; zero if there is none."""
    lower, upper = max(piece.lower, sympy.Integer(-1)), min(piece.upper, sympy.Integer(1))
    if not lower < upper:
        return arb(0)
    left, right = as_ball(lower, 64), as_ball(upper, 64)
    return integrand.bound(piece, arb(1), left.union(right))
