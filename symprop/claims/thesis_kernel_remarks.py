"""thesis, section 5.4: what the text around Theorem 5.8 says of kernel maps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.power_series import any_series, centred_series, nonlinear, slope, value
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
HALF_SQUARE = (Fraction(1, 2), Fraction(0), Fraction(1, 2))
SQUARE = (Fraction(0), Fraction(0), Fraction(1))
C = {"c": "c_k², sum 1: κ(ρ) = Σ c_k² ρ^k"}


def opposite(c: Series) -> Fraction:
    return Fraction(value(c, Fraction(-1)))


def opposite_by_parity(c: Series) -> Fraction:
    """Return the share of even coefficients less that of odd ones."""
    return sum(c[::2], Fraction(0)) - sum(c[1::2], Fraction(0))


def is_kept(c: Series) -> int:
    """Return 1 if opposite inputs stay opposite."""
    return int(opposite(c) == -1)


def is_odd(c: Series) -> int:
    return int(not any(c[::2]))


def is_merged(c: Series) -> int:
    return int(opposite(c) == 1)


def is_even(c: Series) -> int:
    return int(not any(c[1::2]))


def size_of_image(c: Series, rho: Fraction) -> Fraction:
    return abs(Fraction(value(c, rho)))


def share_of_size(c: Series, rho: Fraction) -> Fraction:
    """Return ``α |ρ|``."""
    return abs(rho) / (2 - c[1])


def slope_at_one(c: Series) -> Fraction:
    return Fraction(slope(c))


def attracts_to_one(c: Series) -> bool:
    """Whether every correlation in (-1, 1) moves up to 1: the map is convex and bends."""
    return bool(slope(c) <= 1 and nonlinear(c) > 0)


def affine_kernel(mean: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    """Return ``E (m + l u)(m + l v)`` from the moments of a Gaussian pair."""
    from symprop.claims.thesis_hermite import double_moment

    first, second = double_moment(1, 0, rho), double_moment(1, 1, rho)
    return mean**2 + 2 * mean * linear * first + linear**2 * second


def unsquared_series(mean: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    return mean + linear * rho


AFFINE: dict[str, Any] = {"mean": Real(-1, 1), "linear": Real(-1, 1), "rho": Real(-1, 1)}


def _claim(name: str, number: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(id=f"thesis.{name}", source=Source("thesis", number), expected=expected, **data)


CLAIMS = (
    _claim(
        "opposite-inputs-printed",
        "Theorem 5.8",
        FAILS,
        title="the kernel map cannot separate opposite inputs, as printed",
        statement="κ(0) = 0, κ(1) = 1: κ(-1) = -1",
        variables=C,
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed=(
            "the text below the theorem calls its bound vacuous at ρ_0 = ±1 for want of anything "
            "to say; at -1 that is so for odd maps only, and κ = (ρ + ρ²)/2 takes -1 to 0 at once"
        ),
        checks=(attack(opposite, "==", -1, domain={"c": centred_series()}),),
        near_miss=at_points(opposite, "<=", 0, points=[{"c": SQUARE}]),
        corrected_by="thesis.opposite-inputs",
    ),
    _claim(
        "opposite-inputs",
        "Theorem 5.8",
        title="what the kernel map does with opposite inputs",
        statement=(
            "κ(-1) = Σ_{k even} c_k² - Σ_{k odd} c_k²: -1 exactly for odd maps, 1 exactly for even "
            "ones, and inside (-1, 1) for all others"
        ),
        variables=C,
        checks=(
            attack(opposite, "==", opposite_by_parity, domain={"c": any_series()}),
            attack(is_kept, "==", is_odd, domain={"c": any_series()}, tries=(90, 900)),
            attack(is_merged, "==", is_even, domain={"c": any_series()}, tries=(90, 900)),
        ),
        near_miss=attack(
            is_kept, "==", lambda c: int(not any(c[2::2])), domain={"c": any_series()}
        ),
    ),
    _claim(
        "covariance-contracts-printed",
        "Theorem 5.8",
        FAILS,
        title="the covariance itself contracts with the rate of Theorem 5.8, as printed",
        statement="|κ(ρ)| <= α |ρ| for |ρ| < 1, α = 1/(2 - κ'(0))",
        variables=C | {"rho": "in (-1, 1)"},
        assumptions=("κ(0) = 0, κ(1) = 1",),
        as_printed=(
            "'in plain words' the text has the covariance of different samples contract with rate "
            "α; what does is |ρ|/(1-|ρ|). Near 1 a layer may keep almost all of a correlation"
        ),
        checks=(
            at_points(size_of_image, "<=", share_of_size, points=[{"c": SQUARE, "rho": "9/10"}]),
            attack(
                size_of_image,
                "<=",
                share_of_size,
                domain={"c": centred_series(), "rho": Real(-1, 1, open_at="both")},
            ),
        ),
        near_miss=at_points(size_of_image, "<=", "4/5", points=[{"c": SQUARE, "rho": "9/10"}]),
        corrected_by="thesis.centred-contraction",
    ),
    _claim(
        "attracting-slope-printed",
        "Theorem 5.8",
        FAILS,
        title="a correlation that attracts has a slope below 1, as printed",
        statement="1 attracts correlations below it: κ'(1) < 1",
        variables=C,
        as_printed=(
            "the proof says 'we must have |κ'(ρ*)| < 1'; case 3 of Theorem 5.11 is about slopes "
            "equal to 1. What it needs is that a slope above 1 repels"
        ),
        checks=(
            attack(
                slope_at_one,
                "<",
                1,
                domain={"c": any_series()},
                assuming=attracts_to_one,
            ),
            at_points(slope_at_one, "<", 1, points=[{"c": HALF_SQUARE}]),
        ),
        near_miss=at_points(slope_at_one, "<", "99/100", points=[{"c": HALF_SQUARE}]),
        corrected_by="thesis.centred-other-fixed-points",
    ),
    _claim(
        "kernel-series-unsquared-printed",
        "Corollary 5.7",
        FAILS,
        title="the kernel map as a series of the coefficients themselves, as printed",
        statement="κ(ρ) = Σ c_k ρ^k with c_k >= 0, here for φ(x) = c_0 + c_1 x",
        variables={"mean": "c_0", "linear": "c_1", "rho": "correlation"},
        as_printed=(
            "section 5.4 opens with non-negative coefficients and Σ c_k ρ^k; they are c_k², and "
            "the c_k of the corollary have any sign"
        ),
        checks=(attack(affine_kernel, "==", unsquared_series, domain=AFFINE),),
        near_miss=at_points(
            affine_kernel,
            "==",
            unsquared_series,
            points=grid(mean=("0",), linear=("-1",), rho=("1/2",)),
        ),
        corrected_by="thesis.kernel-series",
    ),
)
"""Opposite inputs, slopes of attracting correlations, and a square lost."""
