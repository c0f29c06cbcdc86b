r"""Functions with a kink at 0 on the sphere: what of their products is known in closed form.

A function whose expressions on both sides of 0 differ by :math:`\sum_id_ix^i` near 0 is a rest
plus :math:`\sum_{i\le J}d_ix_+^i`. The rest has ``J`` derivatives and its zonal coefficients
decay like :math:`k^{-J-2}`, next to those of a power. For standard normal ``x, y`` of correlation
``c`` the products of powers follow by partial integration,

.. math:: M_{p,q}=\mathrm E\,x_+^py_+^q=(p-1)M_{p-2,q}+c\,q\,M_{p-1,q-1},

with :math:`M_{0,0}=\frac14+\frac{\arcsin c}{2\pi}`, where a derivative of :math:`x_+^0` is a Dirac
mass and gives :math:`D_q=(1-c^2)^{q/2}\,\mathrm E z_+^q/\sqrt{2\pi}`. On the unit sphere of a space
of dimension ``m`` they are divided by
:math:`2^{(p+q)/2}\,\Gamma(\frac{m+p+q}2)/\Gamma(\frac m2)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.gaussian.integrand import IntegrandPiece
from symprop.gaussian.sphere_nodes import SphereFunction
from symprop.numerics.evaluation import as_ball, compile_ball
from symprop.numerics.precision import current_bits, working_bits
from symprop.specs.activations import X

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symprop.specs.activations import Activation

__all__ = ["SplitFunction", "power_products", "powers_mean", "split_at_zero"]


@dataclass(frozen=True, slots=True)
class SplitFunction:
    """A function as a rest and a combination of powers of the positive part.

    Attributes
    ----------
    rest, kink : SphereFunction
        Both parts.
    factors : tuple of sympy.Expr
        Of ``x_+**i``, ``i = 0, 1, ...``, before the scale.
    """

    rest: SphereFunction
    kink: SphereFunction
    factors: tuple[sympy.Expr, ...]

    def scaled_factors(self) -> list[arb]:
        """Return the factors with the scale, at the precision in force."""
        scale = as_ball(self.kink.scale, current_bits(), "scale")
        return [as_ball(d, current_bits()) * scale**i for i, d in enumerate(self.factors)]


def split_at_zero(
    phi: Activation, dimension: int, scale: object, highest: int
) -> SplitFunction | None:
    """Return both parts, or None if 0 is not the only breakpoint inside, or is a singularity.

    Examples
    --------
    >>> from symprop.specs.activations import activation
    >>> split_at_zero(activation("elu"), 4, 2, 4).factors
    (0, 0, -1/2, -1/6, -1/24)
    """
    with working_bits(64):
        radius = as_ball(scale, 64, "scale")
        inside = [point for point in phi.breakpoints if not abs(as_ball(point, 64)) >= radius]
    if inside != [0]:
        return None
    below = next(piece.expression for piece in phi.pieces if piece.upper == 0)
    above = next(piece.expression for piece in phi.pieces if piece.lower == 0)
    factors, derivative = [], above - below
    for order in range(highest + 1):
        value = derivative.subs(X, 0)
        if not value.is_finite:
            return None
        factors.append(value / sympy.factorial(order))
        derivative = sympy.diff(derivative, X)
    powers = sum((d * X**i for i, d in enumerate(factors)), sympy.S.Zero)
    rest, kink = (
        SphereFunction(_pieces(*sides), None, dimension, scale)
        for sides in ((below, above - powers), (sympy.S.Zero, powers))
    )
    return SplitFunction(rest, kink, tuple(factors))


def _pieces(below: sympy.Expr, above: sympy.Expr) -> tuple[IntegrandPiece, ...]:
    zero = sympy.S.Zero
    return (
        IntegrandPiece(-sympy.oo, zero, compile_ball(below, (X,))),
        IntegrandPiece(zero, sympy.oo, compile_ball(above, (X,))),
    )


def power_products(cosine: arb, highest: int) -> list[list[arb]]:
    """Return ``M_{p,q}`` for ``p, q <= highest``, at the precision in force.

    Examples
    --------
    >>> print(power_products(arb(1), 2)[2][2].str(6, radius=False))
    1.50000
    """
    sine = (1 - cosine * cosine).nonnegative_part().sqrt()
    normal = (2 * arb.pi()).sqrt()
    masses = [sine**q * _half_moment(q) / normal for q in range(highest + 1)]
    table = [[arb(0)] * (highest + 1) for _ in range(highest + 1)]
    table[0][0] = arb(1) / 4 + cosine.asin() / (2 * arb.pi())
    for p in range(1, highest + 1):
        for q in range(p + 1):
            value = (p - 1) * table[p - 2][q] if p > 1 else masses[q]
            value += cosine * (q * table[p - 1][q - 1] if q else masses[p - 1])
            table[p][q] = table[q][p] = value
    return table


def _half_moment(power: int) -> arb:
    """Return the mean of ``z_+**power``."""
    half = arb(power) / 2
    return arb(2) ** half * (half + arb("0.5")).gamma() / (2 * arb.pi().sqrt())


def powers_mean(
    left: Sequence[arb], right: Sequence[arb], dimension: int, cosine: arb, shifts: tuple[int, int]
) -> arb:
    """Return the mean of products of both combinations of powers, times ``x**i y**j``.

    Examples
    --------
    >>> ramp = [arb(0), arb(1)]
    >>> print(powers_mean(ramp, ramp, 3, arb(1), (0, 0)).str(6, radius=False))
    0.166667
    """
    i, j = shifts
    table = power_products(cosine, max(len(left) + i, len(right) + j) - 1)
    half = arb(dimension) / 2
    degrees = range(len(left) + len(right) + i + j)
    lengths = [arb(2) ** (arb(d) / 2) * (half + arb(d) / 2).gamma() / half.gamma() for d in degrees]
    total = arb(0)
    for p, a in enumerate(left, start=i):
        for q, b in enumerate(right, start=j):
            total += a * b * table[p][q] / lengths[p + q]
    return total
