"""thesis, chapter 2: statements about all layers, at the input and in words.

The first matrix of the chain, ``H_0``, holds the input samples and is not normalised; statements
made of every ``H_l`` compare its least singular value with ``1/n`` all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, to_sum_one
from symprop.claims.thesis_orthogonality import (
    MEANINGS,
    SPECTRA,
    ball,
    is_unequal,
    squared_distance,
)
from symprop.claims.thesis_orthogonality_depth import mean_and_error, next_grams
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- the input ---


# --- the square of the gap after a layer ---


def mean_square_gap(weights: Sequence[int], d: int, dps: int) -> Any:
    """Return ``E V(H_{l+1})^2 = sum p_i^2 + (1 - sum p_i^2)/d - 1/n``, given ``H_l``."""
    with working_bits(bits_from_dps(dps)):
        squares = sum((p * p for p in expected_shares(to_sum_one(weights), dps)), arb(0))
        return squares + (1 - squares) / d - ball(Fraction(1, len(weights)))


def least_mean_square(weights: Sequence[int], d: int) -> Fraction:
    return (1 - Fraction(1, len(weights))) / d


def twice_least_mean_square(weights: Sequence[int], d: int) -> Fraction:
    return 2 * least_mean_square(weights, d)


def least_by_width(constant: Fraction) -> Fraction:
    """Return ``(1 - 1/n)/d`` at ``n = 2`` and the width `width_for` the constant."""
    return Fraction(1, 2 * width_for(constant))


def width_for(constant: Fraction) -> int:
    return 4 * (int(constant) + 1) ** 2


def inverse_square_width(constant: Fraction) -> Fraction:
    return Fraction(constant, width_for(constant)) ** 2


def sampled_square_gap(weights: Any, d: int, size: int, seed: int) -> tuple[float, float]:
    grams = next_grams(weights, d, size, seed)
    return mean_and_error((grams**2).sum(axis=(1, 2)) - 1 / len(weights))


def scaled_square_of_gap(weights: Sequence[int]) -> Fraction:
    """Return ``n V^2``."""
    values = to_sum_one(weights)
    return len(values) * sum((value * value for value in values), Fraction(0)) - 1


def fifth_of_square_of_gap(weights: Sequence[int]) -> Fraction:
    return scaled_square_of_gap(weights) / 5


# --- the constant of the assumption ---


def least_value(weights: Sequence[int]) -> Fraction:
    return to_sum_one(weights)[0]


def inverse_batch(weights: Sequence[int]) -> Fraction:
    return Fraction(1, len(weights))


def smaller_inverse(weights: Sequence[int]) -> Fraction:
    return Fraction(9, 10 * len(weights))


_claim = claims_of("thesis")

CLAIMS = (
    _claim(
        "gap-inverse-width-printed",
        "Chapter 2, contributions",
        EXACTLY_FALSE,
        title="size of the remaining gap, in words",
        statement="for some c the gap that remains in depth, the root of E V(H_l)², is at most c/d",
        variables={"constant": "c; n = 2 and d = 4 (c + 1)², c rounded down"},
        assumptions=("E V(H_l)² >= (1 - 1/n)/d at every layer", "its square on both sides"),
        as_printed='"up to a constant inversely proportional to the network width"; the theorem '
        "says 1/√d, and that is the order. The radius of the ball around the Gaussian law is "
        "called inversely proportional to the width too, and for its square 1/√d is proved",
        checks=(
            attack(least_by_width, "<=", inverse_square_width, domain={"constant": Real(1, None)}),
        ),
        near_miss=at_points(
            least_by_width, "<=", inverse_square_width, points=grid(constant=(1000,))
        ),
        corrected_by="thesis.mean-square-gap",
    ),
    _claim(
        "mean-square-gap",
        "Chapter 2, contributions",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="mean square of the gap after a layer",
        statement="E[V(H_{l+1})² | H_l] = Σ p_i² + (1 - Σ p_i²)/d - 1/n >= (1 - 1/n)/d",
        variables=MEANINGS | {"d": "width"},
        checks=(
            at_points(
                mean_square_gap,
                ">=",
                least_mean_square,
                points=grid(weights=((10, 11), (1, 99), (1, 2, 3), (7, 7, 7, 8)), d=(1, 2, 1000)),
            ),
            simulated(
                sampled_square_gap,
                "==",
                mean_square_gap,
                points=grid(weights=((1, 3), (1, 2, 3)), d=(4, 30)),
                sizes=(2000, 20_000),
            ),
        ),
        near_miss=at_points(
            mean_square_gap,
            ">=",
            twice_least_mean_square,
            points=grid(weights=((10, 11),), d=(20,)),
        ),
    ),
    _claim(
        "gaussian-radius",
        "Corollary 2.3, radius",
        HOLDS,
        title="radius of the ball around the Gaussian law",
        statement="W_2(W H, G/√n)² <= n E V(H)², which is of order 1/d in depth: radius 1/√d",
        variables=MEANINGS,
        assumptions=("squared singular values add up to 1",),
        as_printed="radius O(1/√width), while the corollary bounds the square by as much, and "
        "Table 2.1 has width^(-1/4); the line of the proof before the last gives the better power",
        checks=(
            attack(
                squared_distance, "<=", scaled_square_of_gap, domain=SPECTRA, assuming=is_unequal
            ),
        ),
        near_miss=attack(
            squared_distance, "<=", fifth_of_square_of_gap, domain=SPECTRA, assuming=is_unequal
        ),
    ),
    _claim(
        "least-value-by-batch",
        "Section 2.1.2, assumption A_1",
        HOLDS,
        title="the least singular value and the batch size",
        statement="σ_n² <= 1/n for squared singular values of sum 1",
        variables=MEANINGS,
        as_printed=(
            "α is called absolute; by this bound it is at most 1/√n, and the right side of "
            "Theorem 2.1 is above 1 unless d > 9n³"
        ),
        checks=(attack(least_value, "<=", inverse_batch, domain=SPECTRA),),
        near_miss=attack(least_value, "<=", smaller_inverse, domain=SPECTRA),
    ),
)
"""Chapter 2, at the input and in words."""
