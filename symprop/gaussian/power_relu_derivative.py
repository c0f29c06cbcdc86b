"""Derivatives of the alpha-ReLU kernel in the correlation, of every order.

By Price's theorem each one is a kernel of a lower exponent. Where that exponent is -1/2
or less the kernel cannot be normalised, but its hypergeometric form goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq

from symprop.foundation.errors import OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.power_relu_arguments import (
    Exponent,
    Gap,
    enclose_kernel,
    read_exponent,
    read_gap,
)
from symprop.gaussian.power_relu_closed_form import RHO, normalised_closed_form
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive
from symprop.numerics.precision import bits_from_dps, working_bits, working_digits

if TYPE_CHECKING:
    import mpmath

__all__ = ["AlphaReluDerivative"]


@dataclass(frozen=True)
class AlphaReluDerivative:
    r"""The ``order``-th derivative of ``J_alpha`` in the correlation.

    .. math:: J_\alpha^{(n)}(c)=\frac{\Gamma(\alpha+1)^2}{2^n\,\Gamma(\alpha+1/2)}\,
        x^{\beta+1/2}\,{}_2\tilde F_1(1/2,1/2;\beta+3/2;x),\quad \beta=\alpha-n,\ x=(1+c)/2,

    which is a multiple of ``J_beta`` as long as ``beta > -1/2``.
    """

    exponent: Exponent
    order: int

    @cached_property
    def closed_form(self) -> sympy.Expr:
        """The derivative as a SymPy expression in ``rho``."""
        return sympy.diff(normalised_closed_form(self.exponent.exact), RHO, self.order)

    def enclose(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> Enclosure:
        """Return a ball around the derivative at ``rho``; arguments as for the kernel.

        Raises
        ------
        OutOfDomain
            If the correlation lies outside [-1, 1], or at an end where the derivative is
            infinite.
        """
        check_dps(dps)
        gap = read_gap(rho, angle_gap)
        given = (self.exponent.value, rho, angle_gap)
        if any(isinstance(value, arb | Enclosure) for value in given):
            with working_bits(bits := bits_from_dps(dps)):
                ball = self._ball(gap, bits)
            if not ball.is_finite():
                condition = "narrow enough for a finite enclosure"
                raise OutOfDomain(expected("alpha, rho", condition, given))
            return Enclosure(ball)
        return adaptive(lambda bits: self._ball(gap, bits), dps, "derivative of the kernel")

    def evalf(self, rho: object = None, *, angle_gap: object = None, dps: int = 50) -> mpmath.mpf:
        """Return the derivative as an mpmath number of ``dps`` digits, all of them right."""
        value = self.enclose(rho, angle_gap=angle_gap, dps=dps + 3)
        with working_digits(dps):
            return +value.midpoint

    def _ball(self, gap: Gap, bits: int) -> arb:
        alpha = self.exponent.ball(bits)
        rest = alpha - self.order
        if rest + 0.5 > 0:
            return self._multiple(alpha, gap, bits)
        if gap.ratio is not None and gap.ratio[0] == 0:
            raise OutOfDomain(expected("rho", "< 1, where the derivative is finite", 1))
        x = 1 - gap.ball(bits) / 2
        factor = (alpha + 1).gamma() ** 2 / ((alpha + 0.5).gamma() * arb(2) ** self.order)
        power = rest + 0.5
        if power.is_exact() and power.is_integer() and power < 0:
            return factor * _terminated(x, -int(power.unique_fmpz()))
        if gap.ratio is not None and gap.ratio[0] == 2 * gap.ratio[1] and not power.is_zero():
            raise OutOfDomain(expected("rho", "> -1, where the derivative is finite", -1))
        half = arb(0.5)
        return factor * x**power * x.hypgeom_2f1(half, half, power + 1, regularized=True)

    def _multiple(self, alpha: arb, gap: Gap, bits: int) -> arb:
        """Return the derivative as a multiple of the kernel of exponent ``alpha - order``."""
        exponent, factor = self.exponent, arb(1)
        for j in range(self.order):
            factor *= (alpha - j) ** 2 / (2 * (alpha - j) - 1)
        if exponent.ratio is None:
            rest: object = Enclosure(alpha - self.order)
        else:
            rest = fmpq(*exponent.ratio) - self.order
        dps = max(1, int(bits * 0.30103))
        return factor * enclose_kernel(read_exponent(rest), gap, dps).ball


def _terminated(x: arb, k: int) -> arb:
    """Return ``x**(-k) 2F1(1/2,1/2;1-k;x)`` regularised, ``k = 1, 2, ..``: analytic at 0."""
    shifted = arb(k) + 0.5
    series = x.hypgeom_2f1(shifted, shifted, arb(k + 1))
    return arb(0.5).rising(k) ** 2 / arb(k).fac() * series
