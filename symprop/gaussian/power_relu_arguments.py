"""The exponent and the correlation of an alpha-ReLU kernel, read from any numeric type.

Rational arguments go straight to the integer series. Exact irrational ones and balls
become intervals with dyadic ends, and the kernel is enclosed over the box they span:
it increases with the correlation, and ``J_alpha(c) Gamma(alpha+1/2)/Gamma(alpha+1)``, a
moment of a fixed positive measure, is a convex function of alpha.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.gaussian.power_relu_series import Ratio, rational_kernel
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import adaptive, as_ball, as_exact
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Exponent", "Gap", "enclose_kernel", "read_exponent", "read_gap"]

_HALF_LINE = "> -1/2"
_MOST_PIECES = 64  # of an interval of exponents, and per unit of its length


@dataclass(frozen=True, slots=True)
class Exponent:
    """An exponent above -1/2: the value as given, and its ratio when it is rational."""

    value: object
    ratio: Ratio | None

    def ends(self, bits: int) -> tuple[Ratio, Ratio]:
        """Return dyadic or exact ends of an interval around the exponent."""
        if self.ratio is not None:
            return self.ratio, self.ratio
        low, high = _ends(as_ball(self.value, bits, "alpha"), bits)
        if 2 * low[0] + low[1] <= 0:
            raise OutOfDomain(expected("alpha", f"to be proved {_HALF_LINE}", self.value))
        return low, high

    def ball(self, bits: int) -> arb:
        """Return a ball around the exponent."""
        with working_bits(bits):
            return as_ball(self.value, bits) if self.ratio is None else arb(fmpq(*self.ratio))

    @property
    def exact(self) -> sympy.Expr | None:
        """The exact exponent, or None for a ball."""
        return as_exact(self.value, "alpha")


@dataclass(frozen=True, slots=True)
class Gap:
    """One minus a correlation: how it was given, and its ratio when it is rational."""

    rho: object
    value: object
    ratio: Ratio | None

    def ends(self, bits: int) -> tuple[Ratio, Ratio]:
        """Return ends of an interval around the gap, inside [0, 2]."""
        if self.ratio is not None:
            return self.ratio, self.ratio
        ball = self.ball(bits)
        low, high = _ends(ball, bits)
        if high[0] < 0 or low[0] > 2 * low[1]:
            raise self._outside()
        return ((0, 1) if low[0] < 0 else low), ((2, 1) if high[0] > 2 * high[1] else high)

    def ball(self, bits: int) -> arb:
        """Return a ball around the gap, not cut to [0, 2]."""
        with working_bits(bits):
            if self.ratio is not None:
                return arb(fmpq(*self.ratio))
            if self.value is not None:
                return as_ball(self.value, bits, "angle_gap")
            return 1 - as_ball(self.rho, bits, "rho")

    def _outside(self) -> OutOfDomain:
        if self.value is not None:
            return OutOfDomain(expected("angle_gap", "inside [0, 2]", self.value))
        return OutOfDomain(expected("rho", "inside [-1, 1]", self.rho))


def _ratio(value: object, name: str) -> Ratio | None:
    """Return an exact rational argument as a ratio; None if it is irrational or a ball."""
    kind = type(value)
    if kind is Fraction:
        return value.numerator, value.denominator  # type: ignore[attr-defined]  # by its kind
    if kind is int:
        return value, 1  # type: ignore[return-value]  # by its kind
    if isinstance(value, fmpq):
        return int(value.p), int(value.q)
    exact = as_exact(value, name)
    if isinstance(exact, sympy.Rational):
        return int(exact.p), int(exact.q)
    return None


def read_exponent(alpha: object) -> Exponent:
    """Return the exponent ``alpha``, or raise `OutOfDomain` unless it may exceed -1/2."""
    ratio = _ratio(alpha, "alpha")
    if ratio is not None:
        outside = 2 * ratio[0] + ratio[1] <= 0
    else:
        outside = not as_ball(alpha, 64, "alpha") + 0.5 > 0
    if outside:
        raise OutOfDomain(expected("alpha", _HALF_LINE, alpha))
    return Exponent(alpha, ratio)


def read_gap(rho: object, angle_gap: object) -> Gap:
    """Return ``1 - rho``, from exactly one of the two arguments."""
    if (rho is None) == (angle_gap is None):
        raise InvalidArgument(
            expected("rho", "or angle_gap, exactly one of them", (rho, angle_gap))
        )
    if rho is None:
        gap = Gap(None, angle_gap, _ratio(angle_gap, "angle_gap"))
    else:
        ratio = _ratio(rho, "rho")
        gap = Gap(rho, None, None if ratio is None else (ratio[1] - ratio[0], ratio[1]))
    if gap.ratio is not None and not 0 <= gap.ratio[0] <= 2 * gap.ratio[1]:
        raise gap._outside()
    return gap


def enclose_kernel(alpha: Exponent, gap: Gap, dps: int, *, deficit: bool = False) -> Enclosure:
    """Enclose ``J_alpha(1 - gap)`` or ``1 - J``: ``dps`` relative digits of exact arguments.

    Arguments given as balls yield an enclosure of all values over them, at any width.

    Raises
    ------
    PrecisionNotReached
        If the digits of exact arguments cannot be proved.
    """
    if alpha.ratio is not None and gap.ratio is not None:
        bits = bits_from_dps(dps) - GUARD_BITS
        return Enclosure(rational_kernel(alpha.ratio, gap.ratio, bits, deficit=deficit))

    def over_box(bits: int) -> arb:
        return _over_box(alpha.ends(bits), gap.ends(bits), bits, deficit)

    given = (alpha.value, gap.rho, gap.value)
    if any(isinstance(value, arb | Enclosure) for value in given):
        bits = bits_from_dps(dps)
        with working_bits(bits):
            return Enclosure(over_box(bits))
    return adaptive(over_box, dps, "alpha-ReLU kernel")


def _over_box(
    alpha: tuple[Ratio, Ratio], gap: tuple[Ratio, Ratio], bits: int, deficit: bool
) -> arb:
    """Enclose the kernel over a box, its exponents cut into pieces narrow enough for balls."""
    if alpha[0] == alpha[1]:
        pieces = [alpha]
    else:
        low, high = Fraction(*alpha[0]), Fraction(*alpha[1])
        count = min(_MOST_PIECES, ceil(_MOST_PIECES * (high - low)))
        ends = [low + (high - low) * k / count for k in range(count + 1)]
        ratios = [(end.numerator, end.denominator) for end in ends]
        pieces = list(itertools.pairwise(ratios))
    corners = dict.fromkeys(gap)
    balls = [_over_exponents(piece, end, bits, deficit) for piece in pieces for end in corners]
    return functools.reduce(arb.union, balls)


def _over_exponents(alpha: tuple[Ratio, Ratio], gap: Ratio, bits: int, deficit: bool) -> arb:
    """Enclose the kernel at one correlation over an interval of exponents.

    With ``y = rho + cos t`` and ``N = integral (1 + cos t)^alpha dt``, ``J N`` is the integral
    of ``y^alpha`` over ``y > 0`` and, for ``alpha > 0``, ``(1 - J) N/alpha`` that of
    ``z^(alpha - 1)`` over the ``z`` between ``max(y, 0)`` and ``1 + cos t``: both convex.
    """
    low, high = alpha
    if low == high:
        return rational_kernel(low, gap, bits, deficit=deficit)
    if gap[0] == 0 or gap[0] == 2 * gap[1]:
        return arb(1 if deficit == (gap[0] > 0) else 0)
    a, b = Fraction(*low), Fraction(*high)
    whole = arb(fmpq(*low)).union(arb(fmpq(*high)))
    unit = arb(0.5, 0.5)
    if deficit and a <= 0:
        value = 1 - _over_exponents(alpha, gap, bits, False)
        near = _small_exponents_near_one(whole, gap)
        return value.intersection(near) if near.is_finite() else value

    def moment(exponent: Fraction) -> arb:
        ratio = exponent.numerator, exponent.denominator
        value = rational_kernel(ratio, gap, bits, deficit=deficit)
        ball = arb(fmpq(*ratio))
        return value * _normalisation(ball) / (ball if deficit else 1)

    convex = _convex_range(moment, a, b, Fraction(0) if deficit else Fraction(-1, 2))
    value = convex / _normalisation(whole) * (whole if deficit else 1)
    return unit.intersection(value)


def _small_exponents_near_one(alpha: arb, gap: Ratio) -> arb:
    """Return ``1 - J`` over a ball of exponents below 1/2 by the expansion at correlation 1."""
    delta, power = arb(fmpq(gap[0], 2 * gap[1])), alpha + 0.5
    if not (power < 1 and delta < 0.5):
        return arb(0, "inf")
    logarithm = power * (-delta).log1p()
    series = delta.hypgeom([arb(1), arb(1.5), arb(1.5)], [arb(2), 2 - power])
    regular = logarithm.expm1() + logarithm.exp() * delta / (4 * (1 - power)) * series
    half = arb(0.5)
    gammas = (alpha + 1).gamma() * power.rgamma()
    edge = delta**power * delta.hypgeom_2f1(half, half, power + 1) * gammas**2 / power
    return edge / (arb.pi() * alpha).cos() - regular


def _normalisation(alpha: arb) -> arb:
    """Return ``Gamma(alpha+1/2) 2^alpha/Gamma(alpha+1)``, proportional to the measure's moment."""
    return (alpha + 0.5).gamma() * (alpha + 1).rgamma() * arb(2) ** alpha


def _convex_range(
    function: Callable[[Fraction], arb], a: Fraction, b: Fraction, infimum: Fraction
) -> arb:
    """Enclose a positive convex function on ``[a, b]`` from its values there and just outside.

    Above by its ends; below by the secants through an end and a point beyond it.
    """
    at_a, at_b, width = function(a), function(b), b - a
    lower = at_b.min(2 * at_b - function(b + width))
    if a - width > infimum:
        lower = lower.max(at_a.min(2 * at_a - function(a - width)))
    return at_a.max(at_b).union(lower.max(arb(0)))


def _ends(ball: arb, bits: int) -> tuple[Ratio, Ratio]:
    """Return the ends of a ball as dyadic ratios, rounded outwards to ``bits`` bits."""
    with working_bits(bits):
        return _dyadic(ball.lower()), _dyadic(ball.upper())


def _dyadic(exact: arb) -> Ratio:
    mantissa, exponent = (int(part) for part in exact.man_exp())
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)
