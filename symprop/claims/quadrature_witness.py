"""Certified quadrature as a witness for closed forms: shares no formula with them.

Each function goes from the pieces of the activation straight to quadrature, past every
closed form of ``symprop.gaussian``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symprop.gaussian.double_integral import double_expectation
from symprop.gaussian.duality import Angle
from symprop.gaussian.expectation import quadrature_expectation
from symprop.gaussian.grid import gaussian_grid
from symprop.gaussian.hermite import hermite_balls
from symprop.gaussian.integrand import integrand_of
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.activations import activation

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["coefficient", "covariance", "linearisation_error", "mean_square", "slope"]

Number = int | Fraction | str


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


def linearisation_error(phi: str, dps: int, q: Number = 1) -> Enclosure:
    """Return ``E (phi(x) - a_0 - a_1 x)^2``, integrated as it stands: no Parseval."""
    bits = bits_from_dps(dps)
    shape = integrand_of(activation(phi))
    balls, _, _ = hermite_balls(shape, q, 1, bits + 20)
    grid = gaussian_grid(shape.squared(), as_ball(q, bits + 60), bits + 20)
    with working_bits(bits + 40):
        cross = balls[0] * balls[0] + balls[1] * balls[1]
        return Enclosure(grid.expectation() - cross)
