"""Balls of radius zero on their way to other number types, and the radii that make a ball."""

from __future__ import annotations

from typing import Any

import mpmath
from flint import arb, fmpz
from mpmath.libmp import from_man_exp

from symprop.numerics.decimals import MOST_EXPONENT_BITS, exponent_bits

__all__ = ["exact_mpf", "is_astronomical", "is_infinity", "radius_argument", "tuple_of"]


def radius_argument(mantissa: int, exponent: int) -> arb:
    """Return the number from which ``arb(midpoint, .)`` makes exactly this radius.

    FLINT keeps 30 bits of a radius and rounds up by one unit even when nothing was
    lost, so one unit is taken off first. A longer mantissa simply rounds outward.
    """
    if mantissa == 0 or mantissa.bit_length() > 30:
        return arb((fmpz(mantissa), fmpz(exponent)))
    shift = 31 - mantissa.bit_length()
    return arb((fmpz((mantissa << shift) - 1), fmpz(exponent - shift)))


def tuple_of(exact: arb) -> tuple[int, Any, int, int]:
    """Return mpmath's raw tuple of a ball of radius zero."""
    if not exact.is_finite():
        infinity = mpmath.inf if exact > 0 else mpmath.ninf
        raw: tuple[int, Any, int, int] = infinity._mpf_
        return raw
    mantissa, exponent = (int(part) for part in exact.man_exp())
    result: tuple[int, Any, int, int] = from_man_exp(mantissa, exponent)
    return result


def exact_mpf(exact: arb) -> mpmath.mpf:
    """Return a ball of radius zero as an mpmath number; the constructor alone would round it."""
    raw = tuple_of(exact)
    return mpmath.mpf(raw, prec=max(1, raw[3]))


def is_infinity(ball: arb) -> bool:
    """Whether a ball is exactly ``+oo`` or ``-oo``."""
    return bool(ball.is_exact() and not ball.is_finite() and not ball.is_nan())


def is_astronomical(exact: arb) -> bool:
    """Whether the exponent of an exact ball is too large to write the number out."""
    return not exact.is_zero() and abs(exponent_bits(exact)) > MOST_EXPONENT_BITS
