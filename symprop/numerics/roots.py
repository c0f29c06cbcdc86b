"""Roots of ball functions, with proof of existence and uniqueness on a stated interval.

A function that changes sign between the ends of an interval, and whose derivative
vanishes nowhere on it, has exactly one root there. Intervals are cut until this is proved
of each piece or a root is excluded from it; Newton's method on intervals,
``X -> X & (m - f(m)/f'(X))`` with ``m`` the middle of X, then doubles the digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb

from symprop.foundation.errors import NoConvergence, PrecisionNotReached, expected
from symprop.foundation.validation import check_dps, check_integer
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import GUARD_BITS, bits_from_dps, working_bits
from symprop.numerics.quadrature import magnitude_bits

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BallMap",
    "Bracket",
    "CertifiedRoot",
    "Isolation",
    "certified_root",
    "isolate_roots",
    "refine_root",
]

BallMap = Callable[[arb], arb]
"""A function of a ball, at the precision in force; its value may be non-finite."""

_SPLITS = ("0.5", "0.4375", "0.59375", "0.3125", "0.71875")
_MOST_STEPS = 200
_ISOLATION_BITS = 64


@dataclass(frozen=True, slots=True)
class Bracket:
    """An interval with exact ends, ``lower < upper``."""

    lower: arb
    upper: arb

    @property
    def ball(self) -> arb:
        """A ball that holds the interval."""
        return self.lower.union(self.upper)

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The two ends as exact numbers."""
        return Enclosure(self.lower).lower, Enclosure(self.upper).upper


@dataclass(frozen=True, slots=True)
class Isolation:
    """What is proved of the roots on an interval.

    Attributes
    ----------
    brackets : tuple of Bracket
        In order; each holds exactly one root, and the derivative vanishes nowhere on it.
    unresolved : tuple of Bracket
        Short intervals on which nothing is proved, as around a multiple root. Outside all
        of these there is no root.
    """

    brackets: tuple[Bracket, ...]
    unresolved: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True)
class CertifiedRoot:
    """A root, and the interval on which it is proved to exist and to be the only one.

    Attributes
    ----------
    value : Enclosure
        The root.
    interval : tuple of Fraction
        Exact ends; the function has this root there and no other.
    """

    value: Enclosure
    interval: tuple[Fraction, Fraction]


def _sign(value: arb) -> int:
    """Return the proved sign of a ball, 0 if there is none."""
    return 1 if value > 0 else -1 if value < 0 else 0


def _cut(function: BallMap, bracket: Bracket, geometric: bool) -> arb | None:
    """Return a point inside at which the sign of the function is proved, if one is found.

    Pieces then always end where the sign is known, so that no root is lost between two.
    """
    lower, upper = bracket.lower, bracket.upper
    for split in _SPLITS:
        if geometric:
            point = (lower.log() + arb(split) * (upper / lower).log()).exp().mid()
        else:
            point = (lower + arb(split) * (upper - lower)).mid()
        if lower < point < upper and _sign(function(point)):
            return point
    return None


def _piece(function: BallMap, derivative: BallMap, bracket: Bracket) -> tuple[bool, Bracket | None]:
    """Return whether the piece is settled, and the bracket if it holds a root."""
    whole = bracket.ball
    middle = whole.mid()
    value = function(whole)
    if _sign(value):
        return True, None
    slope = derivative(whole)
    if _sign(function(middle) + slope * (whole - middle)):
        return True, None
    if not _sign(slope):
        return False, None
    ends = _sign(function(bracket.lower)), _sign(function(bracket.upper))
    if 0 in ends:
        return False, None
    return True, None if ends[0] == ends[1] else bracket


def isolate_roots(
    function: BallMap,
    derivative: BallMap,
    lower: arb,
    upper: arb,
    *,
    bits: int = _ISOLATION_BITS,
    most_pieces: int = 2000,
    geometric: bool = False,
) -> Isolation:
    """Return all roots on ``[lower, upper]``, one to an interval, by subdivision.

    Parameters
    ----------
    function, derivative : callable
        From ball to ball.
    lower, upper : flint.arb
        Exact ends.
    bits : int
        Working precision.
    most_pieces : int
        When more pieces than this have been looked at, the rest is unresolved.
    geometric : bool
        Cut at geometric means, for a positive interval over many orders of magnitude.

    Returns
    -------
    Isolation

    Raises
    ------
    NoConvergence
        If ``lower < upper`` is not proved.

    Error
    -----
    Enclosed: no root of the interval is missed.

    Examples
    --------
    >>> found = isolate_roots(lambda x: x * x - 2, lambda x: 2 * x, arb(0), arb(9))
    >>> len(found.brackets), len(found.unresolved)
    (1, 0)
    """
    check_integer("most_pieces", most_pieces, minimum=1)
    if not lower < upper:
        raise NoConvergence(expected("upper", f"> {lower}", str(upper)))
    found: list[Bracket] = []
    unresolved: list[Bracket] = []
    with working_bits(bits):
        smallest = (upper - lower) * arb(2) ** (-bits // 2)
        stack = [Bracket(lower, upper)]
        looked = 0
        while stack:
            bracket = stack.pop()
            looked += 1
            settled, root = _piece(function, derivative, bracket)
            if settled:
                found += [] if root is None else [root]
                continue
            width = bracket.upper - bracket.lower
            floor = arb(2) ** (-bits // 2) * bracket.lower if geometric else smallest
            point = _cut(function, bracket, geometric) if width > floor else None
            if point is None or looked > most_pieces:
                unresolved.append(bracket)
                continue
            stack += [Bracket(point, bracket.upper), Bracket(bracket.lower, point)]
    return Isolation(tuple(found), _merged(unresolved))


def _merged(brackets: Sequence[Bracket]) -> tuple[Bracket, ...]:
    """Join neighbouring intervals."""
    joined: list[Bracket] = []
    for bracket in brackets:
        if joined and joined[-1].upper == bracket.lower:
            joined[-1] = Bracket(joined[-1].lower, bracket.upper)
        else:
            joined.append(bracket)
    return tuple(joined)


def refine_root(
    function: BallMap, derivative: BallMap | None, bracket: Bracket, *, bits: int
) -> arb:
    """Return the root of a bracket as narrowly as the function allows, to about ``bits`` bits.

    Parameters
    ----------
    function : callable
        From ball to ball; its value at a point may be a wide ball, if it has uncertain
        coefficients, and the root returned is then as wide as it must be.
    derivative : callable or None
        Enclosure of the derivative over a ball. Without it the function must be monotone on
        the bracket, and the root is squeezed between changes of sign.
    bracket : Bracket
        Holds exactly one root.
    bits : int
        Relative accuracy to stop at.

    Returns
    -------
    flint.arb

    Raises
    ------
    NoConvergence
        If the function has no proved change of sign across the bracket.

    Error
    -----
    Enclosed.
    """
    signs = (0, 0)
    for attempt in (_ISOLATION_BITS, bits + _ISOLATION_BITS):
        with working_bits(attempt):
            signs = _sign(function(bracket.lower)), _sign(function(bracket.upper))
        if 0 not in signs:
            break
    if signs[0] * signs[1] != -1:
        ends = f"[{bracket.lower.str(6)}, {bracket.upper.str(6)}]"
        raise NoConvergence(f"Expected a change of sign across {ends} but got signs {signs}.")
    most, lost = bits + _ISOLATION_BITS, 0
    for _ in range(_MOST_STEPS):
        known = _relative_bits(bracket)
        working = min(2 * max(known, 0) + _ISOLATION_BITS + lost, most)
        if known >= bits:
            break
        with working_bits(working):
            closer = _step(function, derivative, bracket, signs[1])
        if bracket.upper - bracket.lower > arb(1.125) * (closer.upper - closer.lower):
            bracket = closer
        elif working < most:
            lost = 2 * lost + _ISOLATION_BITS  # the function loses more digits than that
        else:
            break
    with working_bits(bits + GUARD_BITS):
        return bracket.ball


def _relative_bits(bracket: Bracket) -> int:
    with working_bits(_ISOLATION_BITS):
        width = bracket.upper - bracket.lower
    if width.is_zero():
        return 1 << 40
    size = bracket.ball.abs_lower() + width
    return int(magnitude_bits(size) - magnitude_bits(width)) - 1


def _step(function: BallMap, derivative: BallMap | None, bracket: Bracket, rising: int) -> Bracket:
    """Return a smaller bracket by one step of Newton's method, or else by halving."""
    whole = bracket.ball
    middle = whole.mid()
    value = function(middle)
    closer = None
    if derivative is not None:
        slope = derivative(whole)
        image = middle - value / slope if _sign(slope) else arb("nan")
        if image.is_finite():
            closer = _inside(bracket, image.lower(), image.upper())
    else:
        closer = _between_signs(function, bracket, middle, value, rising)
    if closer is not None and 2 * (closer.upper - closer.lower) < bracket.upper - bracket.lower:
        return closer
    return _half(closer or bracket, middle, _sign(value) * rising)


def _half(bracket: Bracket, middle: arb, sign: int) -> Bracket:
    if sign == 0 or not bracket.lower < middle < bracket.upper:
        return bracket
    return Bracket(bracket.lower, middle) if sign > 0 else Bracket(middle, bracket.upper)


def _inside(bracket: Bracket, lower: arb, upper: arb) -> Bracket:
    """Intersect an interval known to hold the root with the bracket."""
    lower = lower.mid() if lower > bracket.lower else bracket.lower
    upper = upper.mid() if upper < bracket.upper else bracket.upper
    return Bracket(lower, upper) if not lower > upper else bracket


def _between_signs(
    function: BallMap, bracket: Bracket, middle: arb, value: arb, rising: int
) -> Bracket | None:
    """Return a much shorter interval around the secant's root, if the sign changes across it."""
    lower, upper = bracket.lower, bracket.upper
    slope = ((function(upper) - function(lower)) / (upper - lower)).mid()
    if slope.is_zero() or not slope.is_finite():
        return None
    point = (middle - value.mid() / slope).mid()
    if not lower < point < upper:
        return None
    other = function(point)
    reach = (4 * abs(other.mid() / slope) + 8 * other.rad() / abs(slope)).upper()
    left, right = (point - reach).mid(), (point + reach).mid()
    left, right = (max(lower, left), min(upper, right))
    if not left < right:
        return None
    if _sign(function(left)) == -rising and _sign(function(right)) == rising:
        return Bracket(left, right)
    return None


def certified_root(
    function: BallMap,
    derivative: BallMap,
    lower: arb,
    upper: arb,
    *,
    dps: int = 15,
    geometric: bool = False,
) -> CertifiedRoot:
    """Return the only root on ``[lower, upper]``, proved to be the only one there.

    Parameters
    ----------
    function, derivative : callable
        From ball to ball.
    lower, upper : flint.arb
        Exact ends.
    dps : int
        Relative digits to prove.
    geometric : bool
        Cut at geometric means.

    Returns
    -------
    CertifiedRoot

    Raises
    ------
    NoConvergence
        If there is no root, more than one, or neither is proved; ``best`` is the `Isolation`.
    PrecisionNotReached
        If the function is too uncertain for that many digits; ``best`` is the enclosure.

    Error
    -----
    Enclosed.

    Examples
    --------
    >>> root = certified_root(lambda x: x.cos() - x, lambda x: -x.sin() - 1, arb(0), arb(2))
    >>> print(root.value.proved_digits(15), [str(end) for end in root.interval])
    0.739085133215161 ['0', '2']
    """
    check_dps(dps)
    found = isolate_roots(function, derivative, lower, upper, geometric=geometric)
    if found.unresolved or len(found.brackets) != 1:
        count = f"{len(found.brackets)} roots and {len(found.unresolved)} undecided intervals"
        raise NoConvergence(f"Expected exactly one root but got {count}.", found)
    bits = bits_from_dps(dps)
    value = Enclosure(refine_root(function, derivative, found.brackets[0], bits=bits))
    if value.relative_bits < bits - GUARD_BITS:
        raise PrecisionNotReached(
            f"Expected {dps} proved digits of the root but got {value}.", value
        )
    return CertifiedRoot(value, Bracket(lower, upper).ends)
