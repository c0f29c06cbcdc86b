"""shrinkage, appendix A.3: cropping a power series, Properties 6 and 7."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from flint import arb

from symprop.asymptotics.convexity import excess_at_least, excess_convexity
from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, nonlinear, rational, shifted, slope, value
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
CUBE = (Fraction(0), Fraction(0), Fraction(0), Fraction(1))
Series = Sequence[Fraction]


def excess(c: Series, a: Fraction, b: Fraction, dps: int) -> Any:
    """Return e of the series on [a, b], recentred to [0, 1]: the rise from a, term by term."""
    rise = [d * (b - a) ** k for k, d in enumerate(shifted(c, a)[1:], 1)]
    height = sum(rise, Fraction(0))
    scaled = [rational(d / height) for d in rise]
    return excess_convexity(lambda s: s * value(scaled, s), dps=dps)


def bend(c: Series, a: Fraction, b: Fraction) -> Fraction:
    """Return ``(b-a)^2 sum c_k b^(k-2) / (g(b) - g(a))``."""
    bent = sum((d * b ** (k - 2) for k, d in enumerate(c) if k >= 2), Fraction(0))
    return (b - a) ** 2 * bent / Fraction(value(c, b) - value(c, a))


def resolved(c: Series, a: Fraction, b: Fraction, dps: int) -> Any:
    e = excess(c, a, b, dps)
    return e * (e + 2) / (e + 1)


def reaches_bend(c: Series, a: Fraction, b: Fraction) -> int:
    """Whether e is at least the positive root of ``e(2+e)/(1+e) = bend``, rounded down."""
    bent = bend(c, a, b)
    root = Fraction(isqrt(int((bent**2 + 4) * 10**40)) + 1, 10**20)
    return int(excess_at_least(lambda s: exact_crop(c, a, b, s), 2 * bent / (2 - bent + root)))


def exact_crop(c: Series, a: Fraction, b: Fraction, s: Fraction) -> Fraction:
    return Fraction((value(c, a + (b - a) * s) - value(c, a)) / (value(c, b) - value(c, a)))


def bracket(k: int, s: Fraction, x: Fraction) -> Fraction:
    """Return ``s x^k + 1 - s - (s x + 1 - s)^k``, the bracket of eq A.17 at an integer."""
    return s * x**k + 1 - s - (s * x + 1 - s) ** k


def bracket_slope(k: Fraction, s: Fraction, x: Fraction, dps: int) -> arb:
    """Return its derivative in a real exponent."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        share, base, power = (arb(rational(v)) for v in (s, x, k))
        middle = share * base + 1 - share
        return share * base**power * base.log() - middle**power * middle.log()


def chord_defect(c: Series, a: Fraction, b: Fraction, t: Fraction) -> Fraction:
    """Return ``t g(a) + (1-t) g(b) - g(ta + (1-t)b)``."""
    return Fraction(t * value(c, a) + (1 - t) * value(c, b) - value(c, t * a + (1 - t) * b))


def defect_through_crop(c: Series, a: Fraction, b: Fraction, t: Fraction) -> Fraction:
    rise = Fraction(value(c, b) - value(c, a))
    return rise * (1 - t - exact_crop(c, a, b, 1 - t))


def defect_of_terms(c: Series, a: Fraction, b: Fraction, t: Fraction) -> Fraction:
    """Return the last sum of eq A.17."""
    ratio = a / b
    return sum(
        (d * b**k * (t * ratio**k + 1 - t - (t * ratio + 1 - t) ** k) for k, d in enumerate(c)),
        Fraction(0),
    )


def defect_from_second(c: Series, a: Fraction, b: Fraction, t: Fraction) -> Fraction:
    """Return ``t (1-t) (1 - a/b)^2 sum c_k b^k`` over k >= 2."""
    bent = sum((d * b**k for k, d in enumerate(c) if k >= 2), Fraction(0))
    return t * (1 - t) * (1 - a / b) ** 2 * bent


def line_defect(c: Series, a: Fraction, b: Fraction, dps: int) -> Any:
    """Return the chord defect at the crossing t, through balls."""
    e = excess(c, a, b, dps)
    t = 1 / (e + 2)
    with working_bits(bits_from_dps(dps)):
        at = t.ball * rational(a) + (1 - t.ball) * rational(b)
        left = t.ball * rational(Fraction(value(c, a)))
        return left + (1 - t.ball) * rational(Fraction(value(c, b))) - value(c, at)


def share_of_rise(c: Series, a: Fraction, b: Fraction, dps: int) -> Any:
    e = excess(c, a, b, dps)
    return e / (e + 2) * Fraction(value(c, b) - value(c, a))


def half_share_of_rise(c: Series, a: Fraction, b: Fraction, dps: int) -> Any:
    return share_of_rise(c, a, b, dps) / 2


def gaussian_excess(c: Series, r: Fraction, dps: int) -> Any:
    return excess(c, r, Fraction(1), dps)


def gaussian_bound(c: Series, r: Fraction) -> Fraction:
    """Return ``(1-r)^2 |f - f̄|^2 / (2 (|f|^2 - C(r)))``."""
    return (1 - r) ** 2 * Fraction(nonlinear(c)) / (2 * (1 - Fraction(value(c, r))))


def slope_bound(c: Series, r: Fraction) -> Fraction:
    """Return ``(1-r) |f - f̄|^2 / (2 |f'|^2)``."""
    return (1 - r) * Fraction(nonlinear(c)) / (2 * Fraction(slope(c)))


def rise_to_one(c: Series, r: Fraction) -> Fraction:
    return 1 - Fraction(value(c, r))


def tangent_at(c: Series, r: Fraction, at: int) -> Fraction:
    return (1 - r) * Fraction(slope(c, Fraction(at)))


def moves(c: Series) -> bool:
    """Whether the series is not constant."""
    return len(c) > 1


BOX = {"c": any_series(), "a": Real(0, 1), "b": Real(0, 1)}
SERIES = {
    "c": "non-negative coefficients with sum 1",
    "a": "left end",
    "b": "right end, 0 <= a < b <= 1",
}
CROP = "g̃(s) = [g(a + (b-a)s) - g(a)] / [g(b) - g(a)]"


def ordered(c: Series, a: Fraction, b: Fraction) -> bool:
    return moves(c) and a < b and value(c, a) < value(c, b)


def wide(c: Series, a: Fraction, b: Fraction) -> bool:
    """Leave out crops so narrow that they are straight to all digits."""
    return ordered(c, a, b) and b - a > Fraction(1, 10**6)


_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "crop-series",
        "Property 6",
        title="excess convexity of a cropped power series",
        statement="e(2+e)/(1+e) >= (b-a)²/(g(b)-g(a)) Σ_{k>=2} c_k b^(k-2) for e = e(g̃)",
        variables=SERIES,
        assumptions=(CROP, "g is not constant on [a, b]"),
        as_printed="the ends are not restricted in print; a >= 0 is needed (crop-series-printed)",
        checks=(
            attack(reaches_bend, "==", 1, domain=BOX, assuming=ordered, tries=(90, 2000)),
            attack(
                resolved,
                ">=",
                bend,
                domain=BOX,
                assuming=lambda c, a, b: wide(c, a, b) and len(c) > 3 and nonlinear(c[1:]) > 0,
                tries=(15, 300),
            ),
        ),
        near_miss=at_points(
            resolved, ">=", bend, points=[{"c": CUBE, "a": Fraction(-1), "b": Fraction(1)}]
        ),
    ),
    _claim(
        "crop-series-monotone",
        "Property 6",
        title="the bracket in the proof of Property 6 grows with the exponent",
        statement="k ↦ s x^k - (sx + 1 - s)^k is non-decreasing on [1, ∞)",
        variables={"k": "exponent, >= 1", "s": "in [0, 1]", "x": "in (0, 1]"},
        checks=(
            attack(
                bracket_slope,
                ">=",
                0,
                domain={
                    "k": Real(1, None, decades=2),
                    "s": Real(0, 1, open_at="both"),
                    "x": Real(0, 1, open_at="both"),
                },
                tries=(150, 2000),
            ),
        ),
        near_miss=attack(
            bracket_slope,
            ">=",
            0,
            domain={"k": Real(0, 1), "s": Real("1/10", "9/10"), "x": Real("1/10", "9/10")},
        ),
    ),
    _claim(
        "crop-chord-defect",
        "eq A.16",
        title="chord defect of a cropped function at its crossing",
        statement=(
            "t g(a) + (1-t) g(b) - g(ta + (1-t)b) = [g(b) - g(a)] (1 - t - g̃(1-t)) for all t, and "
            "= [g(b) - g(a)] e/(2+e) at t = 1/(2 + e)"
        ),
        variables=SERIES | {"t": "in [0, 1]"},
        assumptions=(CROP, "e = e(g̃)"),
        checks=(
            attack(
                chord_defect,
                "==",
                defect_through_crop,
                domain=BOX | {"t": Real(0, 1)},
                assuming=lambda c, a, b, t: ordered(c, a, b) and t >= 0,
                tries=(60, 900),
            ),
            attack(line_defect, "==", share_of_rise, domain=BOX, assuming=wide, tries=(12, 200)),
        ),
        near_miss=attack(line_defect, "==", half_share_of_rise, domain=BOX, assuming=wide),
    ),
    _claim(
        "crop-series-defect",
        "eq A.17",
        title="chord defect of a power series, term by term",
        statement=(
            "t g(a) + (1-t) g(b) - g(ta + (1-t)b) = Σ c_k b^k [t(a/b)^k + 1-t - (ta/b + 1-t)^k] "
            ">= t(1-t)(1 - a/b)² Σ_{k>=2} c_k b^k"
        ),
        variables=SERIES | {"t": "in [0, 1]"},
        checks=(
            attack(
                chord_defect,
                "==",
                defect_of_terms,
                domain=BOX | {"t": Real(0, 1)},
                assuming=ordered,
                tries=(90, 900),
            ),
            attack(
                defect_of_terms,
                ">=",
                defect_from_second,
                domain=BOX | {"t": Real(0, 1)},
                assuming=ordered,
                tries=(150, 2000),
            ),
        ),
        near_miss=attack(
            defect_of_terms,
            ">=",
            lambda c, a, b, t: defect_from_second(c, a, b, t) * Fraction(21, 20),
            domain=BOX | {"t": Real(0, 1)},
            assuming=ordered,
        ),
    ),
    _claim(
        "crop-covariance",
        "Property 7; eq A.6",
        title="excess convexity of a cropped Gaussian covariance",
        statement=(
            "e(g̃) >= (1-r)²‖f-f̄‖² / (2(‖f‖² - C(r))) >= (1-r)‖f-f̄‖² / (2‖f'‖²), C cropped to [r, 1]"
        ),
        variables={"c": "squared Hermite coefficients, ‖f‖ = 1", "r": "in [0, 1)"},
        assumptions=("f is not constant", "‖f'‖ is infinite for f with jumps: the bound is 0"),
        as_printed="r is not restricted in print; r >= 0 is needed (crop-covariance-printed)",
        checks=(
            attack(
                gaussian_excess,
                ">=",
                gaussian_bound,
                domain={"c": any_series(), "r": Real(0, 1, open_at="upper")},
                assuming=lambda c, r: moves(c) and nonlinear(c) > 0 and 1 - r > Fraction(1, 10**6),
                tries=(60, 600),
            ),
            attack(
                gaussian_bound,
                ">=",
                slope_bound,
                domain={"c": any_series(), "r": Real(0, 1, open_at="upper")},
                assuming=moves,
                tries=(150, 2000),
            ),
        ),
        near_miss=at_points(
            gaussian_excess, ">=", gaussian_bound, points=[{"c": CUBE, "r": Fraction(-1)}]
        ),
    ),
    _claim(
        "crop-covariance-tangent-printed",
        "Property 7",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="tangent bound in the proof of Property 7, as printed",
        statement="C(1) - C(r) <= (1-r) C'(0)",
        variables={"c": "squared Hermite coefficients, ‖f‖ = 1", "r": "in [0, 1)"},
        as_printed="the derivative is evaluated at 0 in the display and at 1 in the next sentence",
        checks=(
            attack(
                rise_to_one,
                "<=",
                lambda c, r: tangent_at(c, r, 0),
                domain={"c": any_series(), "r": Real(0, 1, open_at="upper")},
            ),
        ),
        near_miss=at_points(
            rise_to_one,
            "<=",
            lambda c, r: tangent_at(c, r, 0),
            points=[{"c": CUBE, "r": "1/2"}],
        ),
        corrected_by="shrinkage.crop-covariance-tangent",
    ),
    _claim(
        "crop-covariance-tangent",
        "Property 7",
        title="tangent bound in the proof of Property 7",
        statement="(1-r) C'(0) <= C(1) - C(r) <= (1-r) C'(1)",
        variables={"c": "squared Hermite coefficients, ‖f‖ = 1", "r": "in [0, 1)"},
        checks=(
            attack(
                rise_to_one,
                "<=",
                lambda c, r: tangent_at(c, r, 1),
                domain={"c": any_series(), "r": Real(0, 1, open_at="upper")},
                tries=(150, 2000),
            ),
            attack(
                rise_to_one,
                ">=",
                lambda c, r: tangent_at(c, r, 0),
                domain={"c": any_series(), "r": Real(0, 1, open_at="upper")},
                tries=(150, 2000),
            ),
        ),
        near_miss=at_points(
            rise_to_one,
            "<=",
            lambda c, r: tangent_at(c, r, 1) * Fraction(9, 10),
            points=grid(c=[(Fraction(0), Fraction(1))], r=("1/2",)),
        ),
    ),
)
"""Properties 6 and 7 with the steps of their proofs."""
