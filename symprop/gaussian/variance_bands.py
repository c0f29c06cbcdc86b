"""One certified rule for the Gaussian moments of all variances in a band.

In the variable ``x = sqrt(q) Z`` an integrand does not depend on the variance. Panels proved for
the largest density of the band serve all of it, and the values at their nodes are found once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from flint import acb, arb

from symprop.gaussian.grid import recurrence_bits
from symprop.gaussian.integrand import cutoff_for, hermite_weight_bound
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import working_bits
from symprop.numerics.quadrature import panels

if TYPE_CHECKING:
    from symprop.gaussian.integrand import Integrand, IntegrandPiece

__all__ = ["BandGrid", "band_grid"]


@dataclass(frozen=True, slots=True)
class BandGrid:
    """``E f(X) he_k(X/sqrt(q)) = sum_j masses[j] he_k(z_j) p(z_j)/sqrt(q) +- error``.

    Here ``z_j = points[j]/sqrt(q)``, p is the standard normal density, ``lower <= q <= upper`` and
    ``k <= order``. With a parity only ``x >= 0`` is stored and masses are doubled, for even k.
    """

    points: tuple[arb, ...]
    masses: tuple[arb, ...]
    error: arb
    bits: int

    def at(self, q: arb) -> tuple[list[arb], list[arb]]:
        """Return ``z_j**2`` and ``masses[j] p(z_j)/sqrt(q)`` at a variance of the band."""
        with working_bits(self.bits):
            normal = 1 / (2 * arb.pi() * q).sqrt()
            squares = [point * point / q for point in self.points]
            pairs = zip(self.masses, squares, strict=True)
            return squares, [normal * mass * (-square / 2).exp() for mass, square in pairs]


def band_grid(
    integrand: Integrand, lower: arb, upper: arb, goal: int, *, order: int = 0
) -> BandGrid:
    """Return a rule with absolute error about ``2**-goal`` for variances in ``[lower, upper]``.

    Parameters
    ----------
    integrand : Integrand
        An even one, or one without parity.
    lower, upper : arb
        Exact ends of the band, > 0.
    goal : int
        Bits of absolute accuracy.
    order : int
        Largest index of the Hermite polynomials.

    Returns
    -------
    BandGrid

    Raises
    ------
    OutOfDomain
        If integrability is not proved.

    Error
    -----
    Enclosed: ``error`` is proved.
    """
    with working_bits(goal + 30):
        low, high = lower.sqrt(), upper.sqrt()
        cutoff, error = cutoff_for(integrand, low.union(high), goal + 2, order)
        lost = recurrence_bits(order, float(cutoff), integrand.parity)
    bits = goal + lost + integrand.guard + 30
    points: list[arb] = []
    masses: list[arb] = []
    with working_bits(bits):
        reach = (cutoff * high).upper()
        factor = 2 if integrand.parity else 1
        for piece in integrand.panel_pieces:
            left = arb(0) if integrand.parity else -reach
            right = reach
            if piece.lower != -sympy.oo:
                left = left.max(as_ball(piece.lower, bits))
            if piece.upper != sympy.oo:
                right = right.min(as_ball(piece.upper, bits))
            if not left < right:
                continue

            def bound(box: Any, piece: IntegrandPiece = piece) -> arb:
                real = box.real if isinstance(box, acb) else box
                height = box.imag.abs_upper() if isinstance(box, acb) else arb(0)
                weight = hermite_weight_bound(real.abs_lower() / high, height / low, order)
                return integrand.bound(piece, arb(1), box) * weight / low

            for panel in panels(bound, left, right, goal + 6):
                error += panel.error
                for point, mass in panel.points(bits):
                    points.append(point)
                    masses.append(factor * mass * integrand.value(piece, arb(1), point))
    return BandGrid(tuple(points), tuple(masses), (factor * error).upper(), bits)
