"""shrinkage, Properties 6 and 7 with the ends of the crop that the text allows: below zero too.

The map ``g(x) = (20 x + 3/2 x² + x³)/(45/2)`` is a power series with non-negative coefficients that
rises and is convex on [-1/2, 1], so its crop has an excess convexity.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.asymptotics.convexity import excess_at_least
from symprop.claims.power_series import derivative, slope, value
from symprop.claims.shrinkage_cropping import bend, exact_crop, gaussian_bound, reaches_bend
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS", "RISING", "is_convex_rise"]

Series = tuple[Fraction, ...]
EXACT_FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
RISING = tuple(map(Fraction, ("0", "40/45", "3/45", "2/45")))
"""Coefficients of the map."""


def is_convex_rise(c: Series, a: Fraction) -> bool:
    """Whether a cubic is non-decreasing and convex on [a, 1]: its curvature is linear."""
    curvature = derivative(derivative(c))
    least = min(value(curvature, a), value(curvature, Fraction(1)))
    return bool(least >= 0 and slope(c, a) >= 0)


def reaches_gaussian_bound(c: Series, r: Fraction, share: Fraction = Fraction(1)) -> int:
    """Whether the crop to [r, 1] has the first bound of Property 7 for its excess convexity."""
    bound = share * gaussian_bound(c, r)
    return int(excess_at_least(lambda s: exact_crop(c, r, Fraction(1), s), bound))


def reaches_most_of_gaussian_bound(c: Series, r: Fraction) -> int:
    return reaches_gaussian_bound(c, r, Fraction(19, 20))


def reaches_most_of_bend(c: Series, a: Fraction, b: Fraction) -> int:
    """Whether ``e(2+e)/(1+e)`` is at least 19/20 of the bound of Property 6.

    It is below ``2e``, so it is not if e is below half of that.
    """
    bound = Fraction(19, 40) * bend(c, a, b)
    return int(excess_at_least(lambda s: exact_crop(c, a, b, s), bound))


def _claim(name: str, number: str, corrected_by: str, **data: Any) -> Claim:
    return Claim(
        id=f"shrinkage.{name}",
        source=Source("shrinkage", number),
        expected=EXACT_FAILS,
        corrected_by=f"shrinkage.{corrected_by}",
        **data,
    )


CLAIMS = (
    _claim(
        "crop-series-printed",
        "Property 6",
        "crop-series",
        title="excess convexity of a power series cropped to any interval, as printed",
        statement=(
            "e(2+e)/(1+e) >= (b-a)²/(g(b)-g(a)) Σ_{k>=2} c_k b^(k-2), e = e(g̃), wherever the crop "
            "to [a, b] is convex and non-decreasing"
        ),
        variables={"c": "coefficients of g, not negative", "a": "left end", "b": "right end"},
        as_printed=(
            "the ends are not restricted; the proof takes logarithms of a/b, so it needs a >= 0"
        ),
        checks=(at_points(reaches_bend, "==", 1, points=grid(c=(RISING,), a=("-1/2",), b=("1",))),),
        near_miss=at_points(
            reaches_most_of_bend, "==", 1, points=grid(c=(RISING,), a=("-1/2",), b=("1",))
        ),
    ),
    _claim(
        "crop-covariance-printed",
        "Property 7",
        "crop-covariance",
        title="excess convexity of a covariance cropped to [r, 1] for any r, as printed",
        statement=(
            "e(g̃) >= (1-r)²‖f-f̄‖²/(2(‖f‖² - C(r))) wherever the crop to [r, 1] is convex and "
            "non-decreasing"
        ),
        variables={"c": "squared Hermite coefficients, ‖f‖ = 1", "r": "in [-1, 1)"},
        as_printed="r is a correlation, and is not restricted; the proof needs r >= 0",
        checks=(at_points(reaches_gaussian_bound, "==", 1, points=grid(c=(RISING,), r=("-1/2",))),),
        near_miss=at_points(
            reaches_most_of_gaussian_bound, "==", 1, points=grid(c=(RISING,), r=("-1/2",))
        ),
    ),
)
"""Why a crop starts at a correlation that is not negative."""
