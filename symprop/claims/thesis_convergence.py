"""thesis, Theorem 5.11, cases 2 and 3 and uniqueness."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.power_series import (
    any_series,
    centred_series,
    gap_series,
    iterate,
    nonlinear,
    ordered_map,
    slope,
    tilted_map,
    value,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)


def from_one(series: Series, rho: Fraction, depth: int, dps: int) -> Any:
    """Return ``1 - ρ_depth`` by iterating the gap ``x -> 1 - κ(1 - x)``, which never cancels."""
    return iterate(gap_series(series), 1 - rho, depth, dps)


def ordered_distance(q: Series, s: Fraction, rho: Fraction, depth: int, dps: int) -> Any:
    return from_one(ordered_map(q, s), rho, depth, dps)


def ordered_bound(s: Fraction, rho: Fraction, depth: int) -> Fraction:
    return (1 - rho) * s**depth


def critical_distance(q: Series, rho: Fraction, depth: int, dps: int) -> Any:
    return from_one(ordered_map(q, Fraction(1)), rho, depth, dps)


def critical_bound(q: Series, rho: Fraction, depth: int) -> Fraction:
    """Return ``x_0/(1 + l alpha x_0)``, ``alpha = 1 - κ(0) - κ'(0)``."""
    return (1 - rho) / (1 + depth * critical_alpha(q) * (1 - rho))


def critical_alpha(q: Series) -> Fraction:
    series = ordered_map(q, Fraction(1))
    return 1 - series[0] - series[1]


def faster_critical_bound(q: Series, rho: Fraction, depth: int) -> Fraction:
    return (1 - rho) / (1 + depth * critical_alpha(q) * (1 - rho) * Fraction(21, 20))


def chord_slope(c: Series, rho: Fraction) -> Fraction:
    """Return ``(1 - κ(ρ))/(1 - ρ)``."""
    return (1 - Fraction(value(c, rho))) / (1 - rho)


def slope_less_remainders(c: Series, rho: Fraction) -> Fraction:
    """Return ``κ'(1) - Σ c_k² (k - Σ_{i<k} ρ^i)``."""
    return Fraction(slope(c)) - sum(
        (d * remainder(k, rho) for k, d in enumerate(c) if k), Fraction(0)
    )


def remainder(k: int, rho: Fraction) -> Fraction:
    """Return ``k - Σ_{i<k} ρ^i``."""
    return k - sum((rho**i for i in range(k)), Fraction(0))


def printed_remainder(k: int, rho: Fraction) -> Fraction:
    """Return ``k - Σ_{i>=k} ρ^i``, the geometric series summed."""
    return k - rho**k / (1 - rho)


def moved(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    """Return ``κ(ρ) - ρ``, signed so that it is positive when ρ moves towards the fixed point."""
    step = Fraction(value(tilted_map(q, fixed, linear), rho)) - rho
    return step if rho < fixed else -step


def upward(q: Series, s: Fraction, rho: Fraction) -> Fraction:
    return Fraction(value(ordered_map(q, s), rho)) - rho


def slope_at_one(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return Fraction(slope(tilted_map(q, fixed, linear)))


def slope_at_fixed(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return Fraction(slope(tilted_map(q, fixed, linear), fixed))


def scaled_distance(q: Series, rho: Fraction, depth: int, dps: int) -> Any:
    """Return ``depth (1 - ρ_depth)``."""
    return critical_distance(q, rho, depth, dps) * depth


def bends(q: Series) -> bool:
    return bool(nonlinear(q) > 0)


Q = {"q": centred_series()}
RHO = {"rho": Real(-1, 1, open_at="both")}
TILT = Q | {"fixed": Real(0, 1, open_at="both"), "linear": Real(0, 1, open_at="upper")}
MEANINGS = {
    "q": "squared coefficients of a centred non-linear activation",
    "fixed": "ρ*, in (0, 1)",
    "linear": "b: κ = a + b x + d q with κ(ρ*) = ρ*, κ(1) = 1",
    "rho": "correlation",
    "depth": "number of layers",
}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "ordered-rate",
        "Theorem 5.11, case 2; eq 5.8",
        title="exponential convergence to 1",
        statement="κ'(1) < 1: 1 - ρ_ℓ <= (1 - ρ_0) κ'(1)^ℓ, for ρ_0 in [-1, 1]",
        variables=MEANINGS | {"s": "κ'(1), in (0, 1)"},
        assumptions=("κ = 1 - s/p + (s/p) q, p = q'(1): every such map (κ(0) > 0 follows)",),
        checks=(
            attack(
                ordered_distance,
                "<=",
                ordered_bound,
                domain=Q
                | {"s": Real(0, 1, open_at="both"), "rho": Real(-1, 1)}
                | {"depth": Integer(0, reach=40)},
                tries=(150, 2000),
            ),
        ),
        near_miss=attack(
            ordered_distance,
            "<=",
            lambda s, rho, depth: ordered_bound(s * Fraction(19, 20), rho, depth),
            domain=Q | {"s": Real(0, 1, open_at="both")} | RHO | {"depth": Integer(0, reach=40)},
        ),
    ),
    _claim(
        "critical-rate",
        "Theorem 5.11, case 3; eq 5.9; Remark 5.14",
        title="polynomial convergence to 1",
        statement=(
            "κ'(1) = 1: 1 - ρ_ℓ <= x/(1 + ℓαx), x = 1 - ρ_0, α = 1 - κ(0) - κ'(0), for ρ_0 in "
            "[-1, 1]; so ℓ (1 - ρ_ℓ) <= 1/α"
        ),
        variables=MEANINGS,
        assumptions=("κ = 1 - 1/p + q/p, p = q'(1): every such map",),
        checks=(
            attack(
                critical_distance,
                "<=",
                critical_bound,
                domain=Q | {"rho": Real(-1, 1), "depth": Integer(0, reach=300)},
                tries=(120, 2000),
            ),
            attack(
                scaled_distance,
                "<=",
                lambda q: 1 / critical_alpha(q),
                domain=Q | RHO | {"depth": Integer(0, reach=300)},
                assuming=bends,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            critical_distance,
            "<=",
            faster_critical_bound,
            domain=Q | RHO | {"depth": Integer(0, reach=300)},
        ),
    ),
    _claim(
        "ratio-of-distances-printed",
        "Theorem 5.11, proof of cases 2 and 3",
        FAILS,
        title="remainder of the ratio of distances, as printed",
        statement="k - Σ_{i>=k} ρ^i >= 0",
        variables={"k": "exponent, from 1", "rho": "correlation, in (-1, 1)"},
        as_printed="the sum over i < k turns into one over i >= k between two lines",
        checks=(attack(printed_remainder, ">=", 0, domain={**RHO, "k": Integer(1, reach=30)}),),
        near_miss=at_points(printed_remainder, ">=", 0, points=[{"k": 2, "rho": "9/10"}]),
        corrected_by="thesis.ratio-of-distances",
    ),
    _claim(
        "ratio-of-distances",
        "Theorem 5.11, proof of cases 2 and 3",
        title="ratio of distances to 1 as a series",
        statement=(
            "(1 - κ(ρ))/(1 - ρ) = κ'(1) - Σ_{k>=1} c_k² r_k, r_k = k - Σ_{i<k} ρ^i >= 0, "
            "and r_{k+1} >= r_k"
        ),
        variables={"c": "c_k², sum 1", "k": "exponent, from 1", "rho": "correlation, in [-1, 1)"},
        checks=(
            attack(
                chord_slope,
                "==",
                slope_less_remainders,
                domain={"c": any_series(), "rho": Real(-1, 1, open_at="upper")},
                tries=(90, 900),
            ),
            attack(remainder, ">=", 0, domain={"k": Integer(1, reach=30), "rho": Real(-1, 1)}),
            attack(
                lambda k, rho: remainder(k + 1, rho),
                ">=",
                remainder,
                domain={"k": Integer(1, reach=30), "rho": Real(-1, 1)},
            ),
        ),
        near_miss=attack(
            lambda k, rho: remainder(k + 1, rho),
            ">=",
            lambda k, rho: remainder(k, rho) + 1,
            domain={"k": Integer(1, reach=30), "rho": Real(-1, 1)},
        ),
    ),
    _claim(
        "unique-attractor",
        "Theorem 5.11, uniqueness; Remark 5.12; Figure 5.1",
        title="one globally attracting correlation, not negative",
        statement=(
            "κ(1) = 1, φ non-linear: if κ(0) > 0, κ(ρ) > ρ below ρ* and κ(ρ) < ρ on (ρ*, 1), with "
            "ρ* = 1 if κ'(1) <= 1 and ρ* in (0, 1), κ'(ρ*) < 1 otherwise (κ(0) = 0: Theorem 5.8)"
        ),
        variables=MEANINGS | {"s": "κ'(1), in (0, 1]"},
        assumptions=("every map with κ'(1) <= 1, and every map with an inner rational ρ*",),
        checks=(
            attack(
                moved,
                ">",
                0,
                domain=TILT | {"rho": Real(-1, 1, open_at="upper")},
                assuming=lambda q, fixed, rho: bends(q) and rho != fixed,
                tries=(150, 2000),
            ),
            attack(
                upward,
                ">",
                0,
                domain=Q | {"s": Real(0, 1, open_at="lower"), "rho": Real(-1, 1, open_at="upper")},
                assuming=bends,
                tries=(90, 900),
            ),
            attack(slope_at_one, ">", 1, domain=TILT, assuming=bends, tries=(60, 600)),
            attack(slope_at_fixed, "<", 1, domain=TILT, assuming=bends, tries=(60, 600)),
        ),
        near_miss=attack(
            slope_at_fixed, "<", lambda fixed: 1 - fixed / 4, domain=TILT, assuming=bends
        ),
    ),
)
"""Cases 2 and 3, and that there is one attracting correlation."""
