"""shrinkage, Property 5: superadditivity of excess convexity, with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from symprop.asymptotics.convexity import composition_bound, excess_convexity
from symprop.claims.citations import claims_of
from symprop.claims.power_series import any_series, convex_function, crossing, piecewise
from symprop.claims.shrinkage_convexity import crossing_of_series, excess, recentred
from symprop.ledger.algebra import identity
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

Vertices = Sequence[tuple[Fraction, Fraction]]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHAPE = "g, g₁, g₂: [0, 1] → [0, 1] convex, non-decreasing, continuous, fixing 0 and 1"
TRIES = (240, 1500)
t1, t2 = sympy.symbols("t1 t2", positive=True)


def composed_at_the_sum(first: Vertices, second: Vertices) -> Fraction:
    """Return g2(g1(1-t)) at the t of the sum of the two excesses."""
    t = 1 / (2 + composition_bound((excess(first), excess(second))))
    return piecewise(second, piecewise(first, 1 - t))


def crossing_of_the_sum(first: Vertices, second: Vertices) -> Fraction:
    return 1 / (2 + excess(first) + excess(second))


def composed_beyond_the_sum(first: Vertices, second: Vertices) -> Fraction:
    t = crossing_beyond_the_sum(first, second)
    return piecewise(second, piecewise(first, 1 - t))


def crossing_beyond_the_sum(first: Vertices, second: Vertices) -> Fraction:
    return 1 / (2 + Fraction(21, 20) * (excess(first) + excess(second)))


def excess_of_composition(c: Sequence[Fraction], d: Sequence[Fraction], dps: int) -> Any:
    return excess_convexity(lambda x: recentred(d, recentred(c, x)), dps=dps)


def sum_of_excesses(c: Sequence[Fraction], d: Sequence[Fraction], dps: int) -> Any:
    return crossing_of_series(c, dps) + crossing_of_series(d, dps)


def first_point(first: Vertices, second: Vertices) -> Fraction:
    return piecewise(second, piecewise(first, 1 - crossing(first)))


def first_bound(first: Vertices, second: Vertices) -> Fraction:
    a, b = crossing(first), crossing(second)
    return a * b / (1 - b)


def second_point(first: Vertices, second: Vertices) -> Fraction:
    a, b = crossing(first), crossing(second)
    return piecewise(second, piecewise(first, 1 - a * b / (1 - a)))


def crossing_of(g: Vertices) -> Fraction:
    return crossing(g)


def second_bound(second: Vertices) -> Fraction:
    return crossing(second)


def lower_second_bound(second: Vertices) -> Fraction:
    return crossing(second) * Fraction(19, 20)


SUM = t1 + t2 - 2 * t1 * t2
WEIGHT1 = (1 - 2 * t1) * t2 * (1 - t2) / ((1 - t1 - t2) * SUM)
WEIGHT2 = t1 * (1 - t1) * (1 - 2 * t2) / ((1 - t1 - t2) * SUM)
PAIR = {"first": convex_function(), "second": convex_function()}
SERIES = {"c": any_series(), "d": any_series()}

_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "excess-composition",
        "Property 5; eq A.5",
        title="superadditivity under composition",
        statement="e(g₂∘g₁) >= e(g₁) + e(g₂)",
        variables={"first": "vertices of g₁", "second": "vertices of g₂", "c": "P", "d": "Q"},
        assumptions=(SHAPE,),
        checks=(
            attack(composed_at_the_sum, "<=", crossing_of_the_sum, domain=PAIR, tries=TRIES),
            attack(
                excess_of_composition,
                ">=",
                sum_of_excesses,
                domain=SERIES,
                assuming=lambda c, d: c[0] < 1 and d[0] < 1 and len(c) > 1 and len(d) > 1,
                tries=(40, 400),
            ),
        ),
        near_miss=attack(
            composed_beyond_the_sum, "<=", crossing_beyond_the_sum, domain=PAIR, tries=TRIES
        ),
    ),
    _claim(
        "excess-composition-points",
        "eq A.13; eq A.14",
        title="two points of the graph of a composition",
        statement="g₂(g₁(1-t₁)) <= t₁t₂/(1-t₂) and g₂(g₁(1 - t₁t₂/(1-t₁))) <= t₂, gᵢ(1-tᵢ) = tᵢ",
        variables={"first": "vertices of g₁", "second": "vertices of g₂"},
        assumptions=(SHAPE,),
        checks=(
            attack(first_point, "<=", first_bound, domain=PAIR, tries=TRIES),
            attack(second_point, "<=", second_bound, domain=PAIR, tries=TRIES),
        ),
        near_miss=attack(second_point, "<=", lower_second_bound, domain=PAIR, tries=TRIES),
    ),
    _claim(
        "excess-composition-crossings-printed",
        "eq A.13; eq A.15",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="crossings are below one half for every function, as printed",
        statement="t_i < 1/2",
        variables={"g": "vertices of g_i"},
        assumptions=(SHAPE,),
        as_printed=(
            "the proof has t_i < 1/2, and divides by 1 - t₁ - t₂ in its weights; the identity has "
            "t = 1/2, and linear layers give it. For two of them Property 5 is 0 >= 0"
        ),
        checks=(attack(crossing_of, "<", "1/2", domain={"g": convex_function()}),),
        near_miss=attack(crossing_of, "<", "49/100", domain={"g": convex_function()}),
        corrected_by="shrinkage.excess-composition-weights",
    ),
    _claim(
        "excess-composition-weights",
        "eq A.15",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="weights that combine the two points",
        statement=(
            "w₁ + w₂ = 1; w₁t₁ + w₂t₁t₂/(1-t₁) = w₁t₁t₂/(1-t₂) + w₂t₂ = t₁t₂/(t₁ + t₂ - 2t₁t₂)"
        ),
        variables={"t1": "in (0, 1/2]", "t2": "in (0, 1/2]"},
        assumptions=("t₁ + t₂ < 1: the weights are 0/0 when both functions are the identity",),
        as_printed="the case of two identities, where the weights are undefined, is not excluded",
        checks=(
            identity(WEIGHT1 + WEIGHT2, sympy.Integer(1)),
            identity(WEIGHT1 * t1 + WEIGHT2 * t1 * t2 / (1 - t1), t1 * t2 / SUM),
            identity(WEIGHT1 * t1 * t2 / (1 - t2) + WEIGHT2 * t2, t1 * t2 / SUM),
            identity(1 / (t1 * t2 / SUM) - 2, (1 / t1 - 2) + (1 / t2 - 2)),
        ),
        near_miss=identity(WEIGHT1 * t1 + WEIGHT2 * t1 * t2 / (1 - t2), t1 * t2 / SUM),
    ),
)
"""Property 5 and eqs. A.13 to A.15."""
