"""Excess convexity: how far a convex map of [0, 1] onto itself bends below the identity.

For ``g`` continuous, convex and non-decreasing with ``g(0) = 0`` and ``g(1) = 1``, the graph
meets the line ``x + y = 1`` at one point ``(1-t, t)``, and ``e(g) = 1/t - 2``. Bounds that
follow from ``e`` are rational functions of it: they take exact numbers, balls or floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_callable, check_dps
from symprop.numerics.evaluation import adaptive

if TYPE_CHECKING:
    from symprop.numerics.enclosure import Enclosure

__all__ = [
    "chord_bound",
    "composition_bound",
    "cropping_bound",
    "distance_bound",
    "excess_at_least",
    "excess_convexity",
    "mixture_bound",
    "slope_bound",
]

_SMALLEST_CROSSING = 4096  # bits: a crossing nearer to the corner counts as a jump at 1


def excess_convexity(g: Callable[[arb], arb], *, dps: int = 15) -> Enclosure:
    r"""Return the excess convexity of a function of balls.

    .. math:: e(g) = 1/t - 2,\quad g(1 - t) = t

    Parameters
    ----------
    g : callable
        Maps a ball in [0, 1] to a ball; continuous, convex and non-decreasing on [0, 1] with
        ``g(0) = 0`` and ``g(1) = 1``. The two values are checked, the shape is trusted.
    dps : int
        Relative digits to prove; 0 (the identity) comes back as a small ball around it.

    Returns
    -------
    Enclosure

    Raises
    ------
    InvalidArgument
        If ``g`` is not a function, or does not fix 0 and 1.
    OutOfDomain
        If the graph stays below the line down to ``t = 2**-4096``, as for a jump at 1.

    Conventions
    -----------
    ``e(g) >= 0``, and 0 for the identity only.

    Error
    -----
    Enclosed, by bisection: ``g(1 - t) - t`` decreases in ``t`` with slope at most -1.

    Source
    ------
    shrinkage, appendix A.3; continuity at 1 does not follow from convexity and is required.

    Examples
    --------
    >>> print(excess_convexity(lambda x: x**2, dps=20).proved_digits(20))
    0.61803398874989484820
    """
    check_dps(dps)
    check_callable("g", g)
    for fixed in (arb(0), arb(1)):
        if not g(fixed).contains(fixed):
            raise InvalidArgument(expected("g", f"to fix {fixed}", str(g(fixed))))
    return adaptive(lambda bits: _excess_ball(g, bits), dps, "excess convexity")


def _excess_ball(g: Callable[[arb], arb], bits: int) -> arb:
    """Bisect for the crossing at the precision in force, to ``bits`` bits of its size."""
    upper = arb(1) / 2
    lower = upper
    while not g(1 - lower) - lower > 0:
        upper, lower = lower, lower / 2
        if lower < arb(2) ** -_SMALLEST_CROSSING:
            raise OutOfDomain(expected("g", "continuous at 1", "no crossing of x + y = 1"))
        if -lower.log() / arb(2).log() > bits // 2:
            return arb(0, "inf")  # 1 - t has too few bits: ask for more
    for _ in range(bits):
        middle = ((upper + lower) / 2).mid()
        height = g(1 - middle) - middle
        if height > 0:
            lower = middle
        elif height < 0:
            upper = middle
        else:
            # the slope is at most -1, so the zero is as near as the height
            crossing = arb(middle, height.abs_upper())
            return 1 / crossing.intersection(lower.union(upper)) - 2
    return 1 / lower.union(upper) - 2


def excess_at_least(g: Callable[[Any], Any], excess: Any) -> bool:
    """Whether ``e(g) >= excess``: one evaluation decides, exactly for exact arithmetic.

    Parameters
    ----------
    g : callable
        As for `excess_convexity`, on whatever numbers ``excess`` is one of.
    excess : number
        At least 0.

    Raises
    ------
    InvalidArgument
        If ``g`` is not a function.
    OutOfDomain
        If ``excess`` is negative.

    Examples
    --------
    >>> from fractions import Fraction
    >>> excess_at_least(lambda x: x**2, Fraction(3, 5))
    True
    >>> excess_at_least(lambda x: x**2, Fraction(5, 8))
    False
    """
    check_callable("g", g)
    if excess < 0:
        raise OutOfDomain(expected("excess", "to be >= 0", excess))
    return bool(g((1 + excess) / (2 + excess)) <= 1 / (2 + excess))


def chord_bound(excess: Any, at: Any) -> Any:
    """Return the upper bound of ``g(at)`` for every ``g`` with ``e(g) >= excess``.

    Two chords, from (0, 0) and from (1, 1), to the crossing of the line ``x + y = 1``.

    Source
    ------
    shrinkage, Property 1.
    """
    if at * (2 + excess) <= 1 + excess:
        return at / (1 + excess)
    return (1 + excess) * at - excess


def distance_bound(excess: Any) -> Any:
    """Return the largest distance from the identity of a ``g`` with ``e(g) = excess``.

    Source
    ------
    shrinkage, Property 3; attained by ``max(0, (1 + e) x - e)``.
    """
    return excess / (1 + excess)


def slope_bound(excess: Any) -> Any:
    """Return the least slope at 1 of a ``g`` with ``e(g) = excess``.

    Source
    ------
    shrinkage, Property 4.
    """
    return 1 + excess


def composition_bound(excesses: Iterable[Any]) -> Any:
    """Return a lower bound of the excess convexity of a composition: the sum.

    Source
    ------
    shrinkage, Property 5.
    """
    return sum(excesses)


def mixture_bound(excess: Any, share: Any) -> Any:
    """Return the least excess convexity of ``(1 - share) x + share g(x)``.

    ``share e / (1 + (1 - share) e)``, attained by the two chords of `chord_bound`; in
    general less than ``share e``.

    Source
    ------
    shrinkage, Property 8.
    """
    return share * excess / (1 + (1 - share) * excess)


def cropping_bound(bend: Any) -> Any:
    """Return the least excess convexity of a cropped power series.

    With non-negative coefficients ``c_k`` cropped to ``[a, b]``, ``0 <= a < b``, and
    ``bend = (b-a)^2 sum_{k>=2} c_k b^(k-2) / (g(b) - g(a))``, it is the positive root of
    ``e (2 + e) / (1 + e) = bend``, at least ``bend / 2``. Rational and SymPy numbers give SymPy
    numbers, balls give balls.

    Source
    ------
    shrinkage, Property 6; attained by ``c_0 + c_1 x + c_2 x^2``.
    """
    if isinstance(bend, int | Fraction):
        import sympy

        bend = sympy.Rational(Fraction(bend).numerator, Fraction(bend).denominator)
    square = bend * bend + 4
    if isinstance(bend, arb):
        root = square.sqrt()
    else:
        root = square ** (0.5 if isinstance(bend, float) else Fraction(1, 2))
    return 2 * bend / (2 - bend + root)
