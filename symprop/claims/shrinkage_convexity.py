"""shrinkage, appendix A.3: excess convexity and its properties 1 to 5 and 8.

The functions are convex with straight pieces and rational vertices: they are dense, contain the
extremal ones, and everything about them is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.asymptotics.convexity import (
    chord_bound,
    distance_bound,
    excess_convexity,
    mixture_bound,
    slope_bound,
)
from symprop.claims.citations import claims_of
from symprop.claims.power_series import (
    any_series,
    convex_function,
    crossing,
    nonlinear,
    piecewise,
    rational,
    slope,
    value,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf, Range, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

Vertices = Sequence[tuple[Fraction, Fraction]]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHAPE = "g, g₁, g₂: [0, 1] → [0, 1] convex, non-decreasing, continuous, fixing 0 and 1"
TRIES = (240, 1500)


def excess(vertices: Vertices) -> Fraction:
    """Return e(g) = 1/t - 2 from the crossing of two straight lines."""
    return 1 / crossing(vertices) - 2


def crossing_of_series(c: Sequence[Fraction], dps: int) -> Any:
    """Return e of a power series cropped to [0, 1], by bisection."""
    return excess_convexity(lambda x: recentred(c, x), dps=dps)


def recentred(c: Sequence[Any], x: Any) -> Any:
    """Return ``(P(x) - P(0)) / (1 - P(0))``."""
    rest = tuple(a / (1 - c[0]) for a in c[1:])
    return x * value(rest, x)


def crossing_with_a_jump(a: Fraction) -> Fraction:
    """Return the t with ``g(1-t) = t`` for the convex g that is ``a x`` on [0, 1) and 1 at 1."""
    return a / (1 + a)


def left_limit(a: Fraction) -> Fraction:
    """Return the limit of the same g at 1."""
    return a


def height_on_the_line(g: Vertices, t: Fraction) -> Fraction:
    """Return the sign of ``g(1-t) - t`` times that of ``1/t - 2 - e``: 1, or 0 where both vanish.

    The function decreases, so it is positive exactly for ``t`` below the crossing.
    """
    height = piecewise(g, 1 - t) - t
    side = crossing(g) - t
    return Fraction((height > 0) - (height < 0)) * Fraction((side > 0) - (side < 0))


def one_or_zero(g: Vertices, t: Fraction) -> Fraction:
    return Fraction(int(t != crossing(g)))


def below(g: Vertices, x: Fraction) -> Fraction:
    return piecewise(g, x)


def chords(g: Vertices, share: Fraction, x: Fraction) -> Fraction:
    """Return the bound of Property 1 for a C between 0 and e(g)."""
    return Fraction(chord_bound(share * excess(g), x))


def steeper_chords(g: Vertices, share: Fraction, x: Fraction) -> Fraction:
    return Fraction(chord_bound(share * excess(g) * Fraction(21, 20), x))


def is_identity(g: Vertices) -> int:
    return int(all(x == y for x, y in g))


def has_no_excess(g: Vertices) -> int:
    return int(excess(g) == 0)


def distance(g: Vertices) -> Fraction:
    """Return the largest distance from the identity: it is at a vertex."""
    return max(abs(x - y) for x, y in g)


def last_slope(g: Vertices) -> Fraction:
    (left, low), (right, high) = g[-2], g[-1]
    return (high - low) / (right - left)


def mixed_at_the_bound(g: Vertices, q: Fraction, factor: Fraction = Fraction(1)) -> Fraction:
    """Return ``p (1-t) + q g(1-t) - t`` at the t of Property 8: not above 0 if it is a bound."""
    t = Fraction(1 / (2 + factor * mixture_bound(excess(g), q)))
    return (1 - q) * (1 - t) + q * piecewise(g, 1 - t) - t


def mixed_with_whole_share(g: Vertices, q: Fraction) -> Fraction:
    """Return the same for the bound ``q e(g)``."""
    t = 1 / (2 + q * excess(g))
    return (1 - q) * (1 - t) + q * piecewise(g, 1 - t) - t


def mixed_power(k: int, q: Fraction, dps: int) -> Any:
    """Return e of ``p x + q x^k``."""
    share = rational(q)
    return excess_convexity(lambda x: (1 - share) * x + share * x**k, dps=dps)


def share_of_power(k: int, q: Fraction, dps: int) -> Any:
    return excess_convexity(lambda x: x**k, dps=dps) * q


def bounded_slack(c: Sequence[Fraction], dps: int) -> Any:
    """Return ``P'(1)`` of a recentred power series less ``1 + e``."""
    steep = slope(c) / (1 - c[0])
    return steep - slope_bound(crossing_of_series(c, dps))


G: dict[str, Range] = {"g": convex_function()}
X: dict[str, Range] = {"x": Real(0, 1)}

_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "excess-printed",
        "Section A.3, definition",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="excess convexity is defined for every convex g, as printed",
        statement=(
            "Convex and non-decreasing g on [0, 1] with g(0) = 0, g(1) = 1 is continuous, so some "
            "t in (0, 1) has g(1-t) = t"
        ),
        variables={"a": "g(x) = ax for x < 1 and g(1) = 1, a in [0, 1]"},
        as_printed=(
            "'these conditions imply continuity'; a convex function may jump at 1. The definition "
            "itself is garbled ('1/4 - 2') and read as e(g) = 1/t - 2"
        ),
        checks=(
            attack(left_limit, "==", 1, domain={"a": Real(0, 1)}),
            attack(crossing_with_a_jump, ">", 0, domain={"a": Real(0, 1)}),
        ),
        near_miss=attack(crossing_with_a_jump, ">", 0, domain={"a": Real(0, "1/2")}),
        corrected_by="shrinkage.excess",
    ),
    _claim(
        "excess",
        "Section A.3, definition",
        title="excess convexity is well defined for functions continuous at 1",
        statement="g(1-t) - t is positive below exactly one t in (0, 1/2] and negative above it",
        variables={"g": "vertices of a convex function", "t": "in (0, 1]"},
        assumptions=(SHAPE,),
        as_printed="continuity at 1 is not assumed in print; power series with finite sum have it",
        checks=(
            attack(
                height_on_the_line,
                "==",
                one_or_zero,
                domain=G | {"t": Real(0, 1, open_at="lower")},
                tries=TRIES,
            ),
            attack(crossing, "<=", "1/2", domain={"vertices": convex_function()}, tries=TRIES),
            attack(crossing, ">", 0, domain={"vertices": convex_function()}, tries=TRIES),
        ),
        near_miss=attack(
            crossing, "<=", "49/100", domain={"vertices": convex_function()}, tries=TRIES
        ),
    ),
    _claim(
        "excess-chords",
        "Property 1",
        title="a function with excess convexity at least C lies below two chords",
        statement="0 <= C <= e(g): g(x) <= x/(1+C) if x <= 1 - 1/(2+C), else g(x) <= (1+C)x - C",
        variables={"g": "vertices", "share": "C/e(g), in [0, 1]", "x": "in [0, 1]"},
        assumptions=(SHAPE,),
        as_printed="C is not restricted in print; below -2 the first bound is negative",
        checks=(attack(below, "<=", chords, domain={**G, "share": Real(0, 1), **X}, tries=TRIES),),
        near_miss=attack(
            below, "<=", steeper_chords, domain={**G, "share": Real(0, 1), **X}, tries=TRIES
        ),
    ),
    _claim(
        "excess-sign",
        "Property 2",
        title="excess convexity is not negative, and zero for the identity only",
        statement="e(g) >= 0, and e(g) = 0 exactly if g is the identity",
        variables={"g": "vertices"},
        assumptions=(SHAPE,),
        checks=(
            attack(excess, ">=", 0, domain={"vertices": convex_function()}, tries=TRIES),
            attack(has_no_excess, "==", is_identity, domain=G, tries=TRIES),
        ),
        near_miss=attack(excess, ">", 0, domain={"vertices": convex_function()}, tries=TRIES),
    ),
    _claim(
        "excess-distance",
        "Property 3",
        title="distance from the identity",
        statement="max |g(x) - x| <= e(g)/(1 + e(g)), attained by max(0, (1+e)x - e)",
        variables={"g": "vertices"},
        assumptions=(SHAPE,),
        checks=(
            attack(
                distance,
                "<=",
                lambda g: distance_bound(excess(g)),
                domain=G,
                tries=TRIES,
            ),
        ),
        near_miss=attack(
            distance,
            "<=",
            lambda g: distance_bound(excess(g)) * Fraction(19, 20),
            domain=G,
            tries=TRIES,
        ),
    ),
    _claim(
        "excess-slope",
        "Property 4; eq A.4",
        title="steepness at 1",
        statement="g'(1) >= 1 + e(g)",
        variables={"g": "vertices", "c": "coefficients of a kernel map"},
        assumptions=(SHAPE, "the slope at 1 is the one from the left; it may be infinite"),
        checks=(
            attack(last_slope, ">=", lambda g: slope_bound(excess(g)), domain=G, tries=TRIES),
            attack(
                bounded_slack,
                ">",
                0,
                domain={"c": any_series()},
                assuming=lambda c: c[0] < 1 and nonlinear(c) > 0,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            last_slope,
            ">=",
            lambda g: 1 + Fraction(21, 20) * excess(g),
            domain=G,
            tries=TRIES,
        ),
    ),
    _claim(
        "excess-mixture",
        "Property 8",
        title="mixing with the identity",
        statement="e(px + qg) >= q e(g)/(1 + p e(g)), p = 1 - q",
        variables={"g": "vertices", "q": "in [0, 1]"},
        assumptions=(SHAPE,),
        checks=(attack(mixed_at_the_bound, "<=", 0, domain=G | {"q": Real(0, 1)}, tries=TRIES),),
        near_miss=attack(
            lambda g, q: mixed_at_the_bound(g, q, Fraction(21, 20)),
            "<=",
            0,
            domain=G | {"q": Real(0, 1)},
            tries=TRIES,
        ),
    ),
    _claim(
        "excess-mixture-used-printed",
        "Property 8",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="what the proof for residual networks takes from property 8, as printed",
        statement="e(px + qg) >= q e(g)",
        variables={"g": "vertices", "q": "in [0, 1]"},
        assumptions=(SHAPE,),
        as_printed=(
            "appendix A.2 drops the denominator 1 + p e(g) of property 8; it fails for powers as "
            "well, such as x^5 at q = 1/2"
        ),
        checks=(
            attack(mixed_with_whole_share, "<=", 0, domain=G | {"q": Real(0, 1)}, tries=TRIES),
            attack(
                mixed_power,
                ">=",
                share_of_power,
                domain={"k": OneOf((2, 3, 5, 8, 40)), "q": Real(0, 1)},
                tries=(40, 200),
            ),
        ),
        near_miss=at_points(mixed_power, ">=", share_of_power, points=[{"k": 5, "q": "1/2"}]),
        corrected_by="shrinkage.excess-mixture",
    ),
)
"""Every statement of the section but cropping."""
