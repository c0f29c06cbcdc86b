"""The best factor by which a centred kernel map contracts, certified."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.asymptotics.kernel_maps import KernelMap, kernel_map
from symprop.foundation.errors import NoConvergence, OutOfDomain, expected
from symprop.foundation.validation import check_dps
from symprop.gaussian.transforms import v_transform
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from symprop.specs.activations import Activation

__all__ = ["best_contraction", "contraction_bound"]

_MOST_PIECES = 4000
_EXTRA_DIGITS = 8


def best_contraction(kernel: KernelMap | Activation | str, *, dps: int = 15) -> Enclosure:
    r"""Return the least factor by which a centred map shrinks ``|rho|/(1 - |rho|)``.

    .. math:: \sup_{0 < r < 1} \frac{P(r) (1 - r)}{r (1 - P(r))}

    Parameters
    ----------
    kernel : KernelMap or activation
        With ``P(0) = 0``.
    dps : int
        Relative digits to prove.

    Returns
    -------
    Enclosure
        Exactly ``P'(0)`` for odd activations with ``P'(0) >= 1/2``.

    Raises
    ------
    OutOfDomain
        If the map is not centred.
    NoConvergence
        If the digits are not reached; ``best`` holds the enclosure.

    Conventions
    -----------
    The factor of Theorem 5.8 of the thesis, ``1/(2 - P'(0))``, is never smaller.

    Error
    -----
    Enclosed: P is convex, so that it lies below its chord on a piece, and the quotient, which
    increases with P, below that of the chord, whose largest value solves a quadratic equation.
    Pieces are halved where the bound is largest; it errs by the square of their width.

    Source
    ------
    derivations/kernel_contraction.py.

    Examples
    --------
    >>> best_contraction("x**2 - 1").contains("1/2")
    True
    """
    check_dps(dps)
    kernel = kernel if isinstance(kernel, KernelMap) else kernel_map(kernel)
    if kernel.has_constant():
        raise OutOfDomain(expected("kernel", "centred, P(0) = 0,", kernel.activation.name))
    digits = dps + dps // 2 + _EXTRA_DIGITS  # slopes of chords lose half
    start = kernel.slope_at_zero(digits)
    if kernel.activation.parity == "odd" and (start.compare(Fraction(1, 2)) or 0) >= 0:
        return start
    with working_bits(bits_from_dps(digits)):
        return _largest_ratio(kernel, start.ball, dps, digits)


@dataclass(frozen=True)
class _Node:
    """A point ``r``, with ``P(r)`` and what it lacks to 1."""

    point: Fraction
    r: arb
    gap: arb
    value: arb
    fall: arb

    @property
    def ratio(self) -> arb:
        return self.value * self.gap / (self.r * self.fall)


def _largest_ratio(kernel: KernelMap, at_zero: arb, dps: int, digits: int) -> Enclosure:
    def node(point: Fraction) -> _Node:
        r, gap = (arb(x.numerator) / x.denominator for x in (point, 1 - point))
        if 2 * point < 1:
            value = kernel.enclose(point, dps=digits).ball
            return _Node(point, r, gap, value, 1 - value)
        fall = kernel.deficit(angle_gap=1 - point, dps=digits).ball
        return _Node(point, r, gap, 1 - fall, fall)

    zero = _Node(Fraction(0), arb(0), arb(1), arb(0), arb(1))
    one = _Node(Fraction(1), arb(1), arb(0), arb(1), arb(0))
    end = _end_of(kernel, digits)
    least = max(at_zero.lower(), (1 / end.slope).lower())
    count = 0

    def piece(left: _Node, right: _Node) -> tuple[arb, int, _Node, _Node]:
        nonlocal count
        count += 1
        return -_ratio_bound(left, right, end), count, left, right

    queue = [piece(zero, one)]
    tolerance = arb(10) ** -(dps + 2)
    while True:
        bound, _, left, right = queue[0]
        result = Enclosure(least.union(-bound))
        if -bound - least < tolerance * least:
            return result
        if count > _MOST_PIECES:
            raise NoConvergence(f"Expected {dps} digits but got {result!r}.", result)
        middle = node(_split(left.point, right.point))
        least = max(least, middle.ratio.lower())
        heapq.heapreplace(queue, piece(left, middle))
        heapq.heappush(queue, piece(middle, right))


@dataclass(frozen=True)
class _End:
    """``P'(1)`` and ``P''(1)``, infinite where they are not known to be finite."""

    slope: arb
    curvature: arb

    def decides(self, left: _Node) -> bool:
        """Whether ``1/P'(1)`` bounds the quotient from a point on.

        With ``x = 1 - r`` and ``E = (1 - P)/x``, which falls in x by ``P''(1)/2`` at most, it
        does where ``E (1 + (m - 1) x) >= m = P'(1)``: so if this has no negative slope.
        """
        if not self.curvature.is_finite():
            return False
        steep = self.slope - 1
        fall = self.curvature / 2 * (1 + steep * left.gap)
        return bool(fall <= steep * left.fall / left.gap)


def _end_of(kernel: KernelMap, digits: int) -> _End:
    try:
        slope = kernel.slope_at_one(digits).ball
    except OutOfDomain:
        return _End(arb("inf"), arb("inf"))
    derivative = kernel.activation.weak_derivative().regular.weak_derivative()
    if not slope.is_finite() or derivative.atoms:
        return _End(slope, arb("inf"))
    try:
        moment = v_transform(derivative.regular).enclose(1, dps=digits)
    except OutOfDomain:
        return _End(slope, arb("inf"))
    unit = kernel.deficit(rho=0, dps=digits) / kernel.kernel.deficit(rho=0, dps=digits)
    return _End(slope, (unit * moment).ball)


def _ratio_bound(left: _Node, right: _Node, end: _End) -> arb:
    """Return a bound of ``P (1 - r)/(r (1 - P))`` between two points, by the chord of P.

    On the chord ``a + s r`` the quotient is largest at an end or where
    ``s (s - 1) r^2 + 2 a s r - a (1 - a) = 0``.
    """
    if left.point == 0 and right.point == 1:
        return arb(1)  # P(r) <= r
    if left.point == 0:
        return (right.value / right.r).upper()
    if right.point == 1:
        return (1 / end.slope if end.decides(left) else left.gap / left.fall).upper()
    coarse = (right.value / right.r * left.gap / left.fall).upper()
    slope = (right.value - left.value) / (right.r - left.r)
    start = left.value - slope * left.r
    square, half, constant = slope * (slope - 1), start * slope, -start * (1 - start)
    discriminant = half * half - square * constant
    best = max(left.ratio.upper(), right.ratio.upper())
    if discriminant < 0:
        return min(best, coarse)
    root = discriminant.sqrt()
    far = -half - root if half > 0 else -half + root
    for r in (far / square, constant / far):
        if not r.is_finite():
            return coarse
        if r < left.r or r > right.r:
            continue
        chord = start + slope * r
        best = max(best, (chord * (1 - r) / (r * (1 - chord))).upper())
    return min(best, coarse)


def _split(left: Fraction, right: Fraction) -> Fraction:
    """Return a point that halves a piece, in ratio where it touches 0 or 1."""
    if left == 0:
        return right / 8
    if right == 1:
        return 1 - (1 - left) / 8
    return (left + right) / 2


def contraction_bound(slope: Any, *, odd: bool = False) -> Any:
    """Return the least factor valid for every centred map with ``P'(0) = slope``.

    ``1/(2 - slope)``, attained by ``slope x + (1 - slope) x^2``; among odd maps
    ``max(slope, 1/(3 - 2 slope))``, attained by ``slope x + (1 - slope) x^3``.
    """
    return max(slope, 1 / (3 - 2 * slope)) if odd else 1 / (2 - slope)
