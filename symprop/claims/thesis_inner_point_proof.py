"""thesis, Theorem 5.11, case 4: steps of the proof on negative correlations and on slope 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.power_series import (
    any_series,
    centred_series,
    nonlinear,
    slope,
    tilted_map,
    trajectory,
    value,
)
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.EXACT)
MAP = {"c": "c_k², sum 1: κ(ρ) = Σ c_k² ρ^k", "rho": "correlation, in [-1, 1]"}
TILTED = {
    "q": "squared coefficients of a centred non-linear activation",
    "fixed": "ρ*, in (0, 1)",
    "linear": "b: κ = a + b x + d q with κ(ρ*) = ρ*, κ(1) = 1",
    "rho": "ρ_0, in (-1, 0)",
    "depth": "number of layers",
}
TILT = {
    "q": centred_series(),
    "fixed": Real(0, 1, open_at="both"),
    "linear": Real(0, 1, open_at="upper"),
    "rho": Real(-1, 0, open_at="both"),
    "depth": Integer(1, 3),
}
SERIES = {"c": any_series()}
SQUARE = (Fraction(0), Fraction(0), Fraction(1))


def bends(c: Series) -> bool:
    return bool(nonlinear(c) > 0)


def bends_in(q: Series) -> bool:
    return bends(q)


def is_critical(c: Series) -> int:
    """Return 1 if ``κ'(1) = 1``."""
    return int(slope(c) == 1)


def image(c: Series, rho: Fraction) -> Fraction:
    return Fraction(value(c, rho))


def tails(c: Series) -> list[Fraction]:
    """Return ``b_k = c_{k+1}² + c_{k+2}² + ...``: ``κ(ρ) - 1 = (ρ - 1) Σ b_k ρ^k``."""
    return [sum(c[k + 1 :], Fraction(0)) for k in range(len(c) + 1)]


def series_of_tails(c: Series, rho: Fraction, lift: int) -> Fraction:
    """Return ``1 - b_0 + Σ (b_k - b_{k+1}) ρ^(k + lift)``."""
    b = tails(c)
    steps = ((b[k] - b[k + 1]) * rho ** (k + lift) for k in range(len(c)))
    return 1 - b[0] + sum(steps, Fraction(0))


def printed_series(c: Series, rho: Fraction) -> Fraction:
    return series_of_tails(c, rho, 0)


def corrected_series(c: Series, rho: Fraction) -> Fraction:
    return series_of_tails(c, rho, 1)


def tail_at_negative(c: Series, size: Fraction) -> Fraction:
    """Return ``q(-size)``, ``q = Σ b_k ρ^k``."""
    return sum((b * (-size) ** k for k, b in enumerate(tails(c))), Fraction(0))


def first_tail(c: Series) -> Fraction:
    return tails(c)[0]


def least_image(c: Series, size: Fraction) -> Fraction:
    """Return ``1 - (1 + size) (1 - c_0²)``."""
    return 1 - (1 + size) * (1 - c[0])


def printed_least_image(c: Series, size: Fraction) -> Fraction:
    return 1 - 1 - size - c[0] * (1 + size)


def rise(c: Series, size: Fraction) -> Fraction:
    """Return ``κ(-size) + size``."""
    return image(c, -size) + size


def least_rise(c: Series, size: Fraction) -> Fraction:
    """Return ``c_0² (1 + size)``."""
    return c[0] * (1 + size)


def late(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int) -> Fraction:
    """Return ``ρ_depth``."""
    return Fraction(trajectory((tilted_map(q, fixed, linear),) * depth, rho)[-1])


def start_size(rho: Fraction) -> Fraction:
    return abs(rho)


def larger_of_start_and_fixed(fixed: Fraction, rho: Fraction) -> Fraction:
    return max(abs(rho), fixed)


def _claim(name: str, expected: Verdict = HOLDS, **data: Any) -> Claim:
    return Claim(
        id=f"thesis.{name}",
        source=Source("thesis", "Theorem 5.11, proof of case 4"),
        expected=expected,
        **data,
    )


CLAIMS = (
    _claim(
        "slope-one-excluded-printed",
        FAILS,
        title="slope 1 at correlation 1 is impossible, as printed",
        statement="κ(1) = 1 and c_k ≠ 0 for some k >= 2 imply κ'(1) ≠ 1",
        variables=MAP,
        as_printed=(
            "the proof calls κ'(1) = 1 impossible, comparing Σ k c_k² from k = 1 with Σ c_k² from "
            "k = 0; case 3 of the same theorem is about these maps, those of ReLU and exp"
        ),
        checks=(attack(is_critical, "==", 0, domain={"c": any_series()}, assuming=bends),),
        near_miss=at_points(
            is_critical,
            "==",
            0,
            points=[{"c": (Fraction(2, 3), Fraction(0), Fraction(0), Fraction(1, 3))}],
        ),
        corrected_by="thesis.unit-slope",
    ),
    _claim(
        "negative-correlations-printed",
        FAILS,
        title="the map at negative correlations, as printed",
        statement=(
            "with κ(ρ) - 1 = (ρ - 1) Σ b_k ρ^k: κ(ρ) = 1 - b_0 + Σ_{k>=0} (b_k - b_{k+1}) ρ^k, and "
            "1 - (1+r)(1-c_0²) = 1 - 1 - r - c_0² (1+r)"
        ),
        variables=MAP | {"size": "r = -ρ, in [0, 1]"},
        as_printed="ρ^k for ρ^(k+1), and a minus sign at c_0² that is a plus sign a line below",
        checks=(
            attack(printed_series, "==", image, domain=SERIES | {"rho": Real(-1, 1)}),
            attack(printed_least_image, "==", least_image, domain=SERIES | {"size": Real(0, 1)}),
        ),
        near_miss=at_points(
            printed_least_image,
            "==",
            least_image,
            points=[{"c": (Fraction(1, 100), Fraction(99, 100)), "size": "1/2"}],
        ),
        corrected_by="thesis.negative-correlations",
    ),
    _claim(
        "negative-correlations",
        title="the map at negative correlations",
        statement=(
            "κ(ρ) = 1 - b_0 + Σ_{k>=0} (b_k - b_{k+1}) ρ^(k+1), b_k = c_{k+1}² + c_{k+2}² + ...; "
            "for 0 <= r <= 1: Σ b_k (-r)^k <= b_0, and κ(-r) + r >= c_0² (1+r)"
        ),
        variables=MAP | {"size": "r = -ρ, in [0, 1]"},
        checks=(
            attack(corrected_series, "==", image, domain=SERIES | {"rho": Real(-1, 1)}),
            attack(
                tail_at_negative,
                "<=",
                first_tail,
                domain=SERIES | {"size": Real(0, 1)},
                tries=(120, 1500),
            ),
            attack(rise, ">=", least_rise, domain=SERIES | {"size": Real(0, 1)}, tries=(120, 1500)),
        ),
        near_miss=attack(
            rise,
            ">=",
            lambda c, size: Fraction(21, 20) * least_rise(c, size),
            domain=SERIES | {"size": Real(0, 1)},
        ),
    ),
    _claim(
        "size-from-negative-start-printed",
        FAILS,
        title="the size of a correlation that starts negative, as printed",
        statement="ρ_0 < 0: ρ_ℓ <= |ρ_0| for every ℓ",
        variables=TILTED,
        as_printed=(
            "the proof lets sizes never increase; κ = (1 + 2ρ²)/3 takes -1/10 to 17/50. It needs "
            "the bound for ρ_ℓ >= ρ* only, where it is true"
        ),
        checks=(attack(late, "<=", start_size, domain=TILT, assuming=bends_in),),
        near_miss=at_points(
            late,
            "<=",
            start_size,
            points=[
                {"q": SQUARE, "fixed": "1/2", "linear": 0, "rho": "-1/10", "depth": 1},
            ],
        ),
        corrected_by="thesis.size-from-negative-start",
    ),
    _claim(
        "size-from-negative-start",
        title="the size of a correlation that starts negative",
        statement="ρ_0 < 0: ρ_ℓ <= max{|ρ_0|, ρ*} for every ℓ, so ρ_ℓ <= |ρ_0| where ρ_ℓ > ρ*",
        variables=TILTED,
        checks=(
            attack(
                late,
                "<=",
                larger_of_start_and_fixed,
                domain=TILT,
                assuming=bends_in,
                tries=(60, 300),
            ),
        ),
        near_miss=attack(
            late,
            "<=",
            lambda fixed, rho: Fraction(19, 20) * larger_of_start_and_fixed(fixed, rho),
            domain=TILT,
            assuming=bends_in,
        ),
    ),
)
"""Steps that the proof of case 4 rests on."""
