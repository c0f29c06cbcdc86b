"""Dual kernels in their textbook form on balls: a witness for the float64 faces.

These are the arccosine and arcsine formulas as usually printed. They cancel near
``rho = +-1``, which balls at enough precision survive.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb, fmpq

from symprop.numerics.precision import working_bits

BITS = 500


def exact(value: float | Fraction) -> arb:
    """Return a float's exact binary value."""
    fraction = Fraction(value)
    return arb(fmpq(fraction.numerator, fraction.denominator))


def _acos(c: arb) -> arb:
    return arb(0) if c == 1 else arb.pi() if c == -1 else c.acos()


def _wedge_1(c: arb) -> arb:
    return ((1 - c * c).nonnegative_part().sqrt() + c * (arb.pi() - _acos(c))) / (2 * arb.pi())


def relu(c: arb, q1: arb, q2: arb) -> arb:
    return (q1 * q2).sqrt() * _wedge_1(c)


def leaky(slope: Fraction) -> Callable[[arb, arb, arb], arb]:
    def kernel(c: arb, q1: arb, q2: arb) -> arb:
        a = exact(slope)
        return (q1 * q2).sqrt() * ((1 + a * a) * _wedge_1(c) - 2 * a * _wedge_1(-c))

    return kernel


def absolute(c: arb, q1: arb, q2: arb) -> arb:
    return 2 * (q1 * q2).sqrt() * (_wedge_1(c) + _wedge_1(-c))


def squared_relu(c: arb, q1: arb, q2: arb) -> arb:
    sine = (1 - c * c).nonnegative_part().sqrt()
    return q1 * q2 * (3 * sine * c + (arb.pi() - _acos(c)) * (1 + 2 * c * c)) / (2 * arb.pi())


def step(c: arb, q1: arb, q2: arb) -> arb:
    return (arb.pi() - _acos(c)) / (2 * arb.pi())


def sign(c: arb, q1: arb, q2: arb) -> arb:
    return 1 - 2 * _acos(c) / arb.pi()


def erf(c: arb, q1: arb, q2: arb) -> arb:
    k = c * (q1 * q2).sqrt()
    return 2 / arb.pi() * (2 * k / ((1 + 2 * q1) * (1 + 2 * q2)).sqrt()).asin()


def normal_cdf(c: arb, q1: arb, q2: arb) -> arb:
    k = c * (q1 * q2).sqrt()
    return arb("0.25") + (k / ((1 + q1) * (1 + q2)).sqrt()).asin() / (2 * arb.pi())


def gelu(c: arb, q1: arb, q2: arb) -> arb:
    k, product = c * (q1 * q2).sqrt(), (1 + q1) * (1 + q2)
    rest = k * (k / product.sqrt()).asin()
    rest += (q1 * q2 - k * k * (q1 * q2 - 1) / product) / (product - k * k).sqrt()
    return k / 4 + rest / (2 * arb.pi())


def exponential(c: arb, q1: arb, q2: arb) -> arb:
    return ((q1 + q2) / 2 + c * (q1 * q2).sqrt()).exp()


def sine(c: arb, q1: arb, q2: arb) -> arb:
    return (-(q1 + q2) / 2).exp() * (c * (q1 * q2).sqrt()).sinh()


def cosine(c: arb, q1: arb, q2: arb) -> arb:
    return (-(q1 + q2) / 2).exp() * (c * (q1 * q2).sqrt()).cosh()


def gaussian(c: arb, q1: arb, q2: arb) -> arb:
    return 1 / ((1 + q1) * (1 + q2) - c * c * q1 * q2).sqrt()


KERNELS: dict[str, Callable[[arb, arb, arb], arb]] = {
    "relu": relu,
    "leaky_relu:1/10": leaky(Fraction(1, 10)),
    "leaky_relu:-1/2": leaky(Fraction(-1, 2)),
    "abs": absolute,
    "squared_relu": squared_relu,
    "step": step,
    "sign": sign,
    "erf": erf,
    "normal_cdf": normal_cdf,
    "gelu": gelu,
    "exp": exponential,
    "sin": sine,
    "cos": cosine,
    "gaussian": gaussian,
}


def kernel_ball(name: str, c: arb, q1: float, q2: float) -> arb:
    with working_bits(BITS):
        return KERNELS[name](c, exact(q1), exact(q2))


def deficit_ball(name: str, gap: float, q1: float, q2: float) -> arb:
    with working_bits(BITS):
        kernel = KERNELS[name]
        return kernel(arb(1), exact(q1), exact(q2)) - kernel(1 - exact(gap), exact(q1), exact(q2))
