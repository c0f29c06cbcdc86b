"""shrinkage, section 2: the chaotic regime, from every start."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.power_series import (
    centred_series,
    iterate,
    nonlinear,
    offset_series,
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
SOURCE = Source("shrinkage", "Section 2, chaotic regime")
# the odd map (ρ + ρ³)/2, the even one ρ² and the map (ρ² + ρ³)/2, all with ρ* = 0
ODD = tuple(map(Fraction, ("0", "1/2", "0", "1/2")))
EVEN = tuple(map(Fraction, ("0", "0", "1")))
NEITHER = tuple(map(Fraction, ("0", "0", "1/2", "1/2")))


def outer_slope(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return Fraction(slope(tilted_map(q, fixed, linear)))


def inner_slope(q: Series, fixed: Fraction, linear: Fraction) -> Fraction:
    return Fraction(slope(tilted_map(q, fixed, linear), fixed))


def chord_rate(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction) -> Fraction:
    """Return the slope of the chord of P from ``rho*`` to ``max(|rho_0|, rho*)``."""
    far = max(abs(rho), fixed)
    if far == fixed:
        return inner_slope(q, fixed, linear)
    return (Fraction(value(tilted_map(q, fixed, linear), far)) - fixed) / (far - fixed)


def distance(
    q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int, dps: int
) -> Any:
    """Return ``|rho_l - rho*|`` by iterating the offset, which keeps its digits."""
    offsets = offset_series(tilted_map(q, fixed, linear), fixed)
    return abs(iterate(offsets, rho - fixed, depth, dps))


def bound(q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int) -> Fraction:
    return abs(rho - fixed) * chord_rate(q, fixed, linear, rho) ** depth


def faster_bound(
    q: Series, fixed: Fraction, linear: Fraction, rho: Fraction, depth: int
) -> Fraction:
    return bound(q, fixed, linear, rho, depth) * Fraction(19, 20) ** depth


def size_after(c: Sequence[Fraction], rho: Fraction, depth: int) -> Fraction:
    """Return ``|rho_l|``, in exact arithmetic: for starts that stay small numbers."""
    return abs(Fraction(trajectory((c,) * depth, rho)[-1]))


def bends(q: Series) -> bool:
    return bool(nonlinear(q) > 0)


TILT = {
    "q": centred_series(),
    "fixed": Real(0, 1, open_at="upper"),
    "linear": Real(0, 1, open_at="upper"),
}
INSIDE = {"rho": Real(-1, 1, open_at="both")}
LAYERS = {"depth": Integer(0, reach=40)}

CLAIMS = (
    Claim(
        id="shrinkage.chaotic-opposite-inputs-printed",
        source=SOURCE,
        expected=Verdict(Outcome.FAILS, Grade.EXACT),
        title="chaotic correlations tend to the inner fixed point from all pairs, as printed",
        statement="P'(1) > 1: |ρ_l - ρ*| <= 1/2 after many layers, for every ρ_0 < 1",
        variables={
            "c": "coefficients of P, sum 1; ρ* = 0",
            "rho": "ρ_0: opposite inputs have -1",
            "depth": "l, large",
        },
        as_printed=(
            "no start is excluded, and section 4.1 speaks of any pair of different inputs; without "
            "biases an odd activation such as erf keeps ρ = -1, and an even one turns it into 1"
        ),
        checks=(
            at_points(size_after, "<=", "1/2", points=[{"c": ODD, "rho": "-1", "depth": 1000}]),
        ),
        near_miss=at_points(
            size_after, "<=", "1/2", points=[{"c": EVEN, "rho": "-1", "depth": 1000}]
        ),
        corrected_by="shrinkage.chaotic-regime",
    ),
    Claim(
        id="shrinkage.chaotic-regime",
        source=SOURCE,
        expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="chaotic initialisation",
        statement=(
            "P'(1) > 1: another fixed point ρ* attracts, with P'(ρ*) < 1, and |ρ_l - ρ*| <= s^l "
            "|ρ_0 - ρ*| for -1 < ρ_0 < 1, s < 1 the slope of P from ρ* to max(|ρ_0|, ρ*)"
        ),
        variables={
            "q": "P = a + bρ + dq with P(ρ*) = ρ*, P(1) = 1; q centred",
            "fixed": "ρ*, in [0, 1)",
            "linear": "b, in [0, 1)",
            "rho": "ρ_0, in (-1, 1)",
            "depth": "l",
        },
        as_printed=(
            "the rate is not printed; P'(ρ*) serves from [-ρ*, ρ*], and beyond it near ρ* only"
        ),
        checks=(
            attack(inner_slope, "<", 1, domain=TILT, assuming=bends, tries=(30, 600)),
            attack(outer_slope, ">", 1, domain=TILT, assuming=bends, tries=(30, 600)),
            attack(chord_rate, "<", 1, domain=TILT | INSIDE, assuming=bends, tries=(45, 900)),
            attack(
                distance,
                "<=",
                bound,
                domain=TILT | INSIDE | LAYERS,
                assuming=bends,
                tries=(60, 1200),
            ),
            at_points(size_after, "<=", "1/2", points=[{"c": NEITHER, "rho": "-1", "depth": 2}]),
        ),
        near_miss=attack(
            distance,
            "<=",
            faster_bound,
            domain=TILT | INSIDE | LAYERS,
            assuming=bends,
            tries=(60, 300),
        ),
        derivation="derivations/deep_correlation_maps.py",
    ),
)
"""What the third regime says, and for which pairs of inputs."""
