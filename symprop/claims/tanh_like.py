"""The tanh-like activations on which the residual claims are tested, and their transforms."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from symprop.numerics.enclosure import Enclosure

__all__ = [
    "FIRST_MOMENT",
    "TANH_LIKE",
    "THIRD_MOMENT",
    "arcsine",
    "defect",
    "first_order",
    "kernel",
    "second_moment",
]

TANH_LIKE = (
    "sign",
    "erf",
    "tanh",
    "softsign",
    "2/pi*atan(pi*x/2)",
    "x/sqrt(1+x**2)",
    "hard_tanh",
)
"""Odd, bounded by 1, increasing to 1: with a jump, smooth, heavy-tailed, with kinks."""

FIRST_MOMENT = {
    "tanh": sympy.pi**2 / 24,
    "erf": sympy.Rational(1, 4),
    "hard_tanh": sympy.Rational(1, 6),
}
r""":math:`\int_0^\infty x(1-\phi(x))\,dx` of those for which it is finite and not 0."""

THIRD_MOMENT = {
    "tanh": 7 * sympy.pi**4 / 960,
    "erf": sympy.Rational(3, 16),
    "hard_tanh": sympy.Rational(1, 20),
}
r""":math:`\int_0^\infty x^3(1-\phi(x))\,dx` of the same."""


def kernel(phi: str, q: Fraction, c: Fraction, dps: int) -> Enclosure:
    """Return ``W phi(q, c q)``."""
    from symprop.gaussian.transforms import w_transform

    return w_transform(phi).enclose(q, q * c, dps=dps)


def second_moment(phi: str, q: Fraction, dps: int) -> Enclosure:
    """Return ``V phi(q)``."""
    from symprop.gaussian.transforms import v_transform

    return v_transform(phi).enclose(q, dps=dps)


def arcsine(c: Fraction, dps: int) -> arb:
    """Return ``(2/pi) arcsin c``."""
    with working_bits(bits_from_dps(dps)):
        return 2 * rational_exponent(c).asin() / arb.pi()


def defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(2/pi) arcsin c - W phi(q, c q)`` with its relative digits at large ``q``."""
    digits = dps + len(str(int(q)))
    value = kernel(phi, q, c, digits)
    with working_bits(bits_from_dps(digits)):
        return arcsine(c, digits) - value.ball


def first_order(phi: str, c: Fraction, dps: int) -> arb:
    r"""Return the coefficient of 1/q in the defect: ``(4 m_1/π) c / √(1 - c²)``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        cosine = rational_exponent(c)
        return 4 * as_ball(FIRST_MOMENT[phi], bits) / arb.pi() * cosine / (1 - cosine**2).sqrt()
