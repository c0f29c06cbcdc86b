"""Certified quadrature as a witness for closed forms: shares no formula with them.

Each function goes from the pieces of the activation straight to quadrature, past every
closed form of ``symprop.gaussian``.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Any

from symprop.gaussian.correlations import Angle
from symprop.gaussian.double_integral import double_expectation
from symprop.gaussian.expectation import quadrature_expectation
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.activations import activation
from symprop.specs.growth import GrowthTerm

if TYPE_CHECKING:
    from flint import arb

    from symprop.gaussian.integrand import IntegrandPiece
    from symprop.specs.activations import Activation

__all__ = [
    "coefficient",
    "covariance",
    "linearisation_error",
    "mean_square",
    "partial_sum_of_squares",
    "slope",
]

Number = int | Fraction | str


@lru_cache(maxsize=256)  # a map at several bias variances asks for one covariance
def covariance(
    phi: str, rho: Number, dps: int, psi: str | None = None, q: tuple[Number, Number] = (1, 1)
) -> Enclosure:
    """Return ``E phi(sqrt(q1) u) psi(sqrt(q2) v)`` by the double integral, or by one at +-1."""
    bits = bits_from_dps(dps)
    first = activation(phi)
    second = activation(psi or phi)
    if abs(Fraction(rho)) == 1:
        return _diagonal(first, second, int(Fraction(rho)), q, dps)
    variances = as_ball(q[0], bits + 40), as_ball(q[1], bits + 40)
    one = integrand_of(first)
    two = one if first == second else integrand_of(second)
    with working_bits(bits + 40):
        correlation, gap = Angle(rho).balls(bits + 40)
        return Enclosure(double_expectation(one, two, variances, correlation, gap, bits))


def _diagonal(
    phi: Activation, psi: Activation, sign: int, q: tuple[Number, Number], dps: int
) -> Enclosure:
    import sympy

    from symprop.specs.activations import X

    ratio = sympy.sqrt(sympy.Rational(str(q[1])) / sympy.Rational(str(q[0])))
    product = phi.expression * psi.expression.subs(X, sign * ratio * X)
    return quadrature_expectation(integrand_of(activation(product)), q[0], dps)


@lru_cache(maxsize=256)
def mean_square(phi: str, dps: int, q: Number = 1) -> Enclosure:
    """Return ``E phi(sqrt(q) Z)^2`` by quadrature."""
    return quadrature_expectation(integrand_of(activation(phi)).squared(), q, dps)


def slope(phi: str, dps: int, q: Number = 1) -> Enclosure:
    """Return ``E phi'(sqrt(q) Z)^2`` by quadrature of the weak derivative."""
    derivative = activation(phi).weak_derivative()
    if derivative.atoms:
        raise ValueError(f"{phi} jumps, so its derivative is not square-integrable")
    return quadrature_expectation(integrand_of(derivative.regular).squared(), q, dps)


def coefficient(phi: str, order: int, dps: int, q: Number = 1) -> Enclosure:
    """Return the Hermite coefficient of an order by quadrature."""
    bits = bits_from_dps(dps)
    balls, _, _ = hermite_balls(integrand_of(activation(phi)), q, order, bits)
    return Enclosure(balls[order])


def linearisation_error(phi: str, dps: int) -> Enclosure:
    """Return ``E (phi(Z) - a_0 - a_1 Z)^2``, the square of the residual integrated as it stands.

    The coefficients come from their own quadrature; nothing here uses orthogonality.
    """
    bits = bits_from_dps(dps) + 20
    shape = integrand_of(activation(phi))
    balls, _, _ = hermite_balls(shape, 1, 1, bits)
    residual = replace(
        shape,
        pieces=tuple(_without_line(piece, balls) for piece in shape.pieces),
        panel_pieces=tuple(_without_line(piece, balls) for piece in shape.panel_pieces),
        growth=(*shape.growth, _line_growth(balls)),
        parity=None,
    )
    grid = gaussian_grid(residual.squared(), as_ball(1, bits + 40), bits)
    with working_bits(grid.bits):
        return Enclosure(grid.expectation())


def _without_line(piece: IntegrandPiece, line: list[arb]) -> IntegrandPiece:
    def residual(x: Any, /, *, analytic: bool = False) -> Any:
        return piece.function(x, analytic=analytic) - line[0] - line[1] * x

    return replace(piece, function=residual)


def _line_growth(line: list[arb]) -> GrowthTerm:
    """Bound ``|a_0 + a_1 x|`` by a multiple of ``|x|`` for ``|x| >= 1``."""
    size = Enclosure((abs(line[0]) + abs(line[1])).upper()).upper
    return GrowthTerm(Fraction(ceil(size)), Fraction(1), Fraction(0), Fraction(0))


def partial_sum_of_squares(phi: str, order: int, dps: int) -> Enclosure:
    """Return ``a_0^2 + ... + a_order^2``, each coefficient by quadrature."""
    bits = bits_from_dps(dps) + 20
    balls, _, _ = hermite_balls(integrand_of(activation(phi)), 1, order, bits)
    with working_bits(bits):
        return Enclosure(sum((a * a for a in balls), as_ball(0, bits)))
