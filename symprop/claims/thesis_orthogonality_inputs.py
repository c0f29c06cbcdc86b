"""thesis, chapter 2: statements about all layers, at the input and in words.

The first matrix of the chain, ``H_0``, holds the input samples and is not normalised; statements
made of every ``H_l`` compare its least singular value with ``1/n`` all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.gaussian_shares import expected_shares, to_sum_one
from symprop.claims.thesis_orthogonality import (
    MEANINGS,
    SPECTRA,
    ball,
    gap,
    is_unequal,
    squared_distance,
)
from symprop.claims.thesis_orthogonality_depth import mean_and_error, next_grams
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- the input ---


def lyapunov_bound_of_input(weights: Sequence[int], scale: Fraction) -> Fraction:
    """Return ``2 n V^(H_0)`` for squared singular values of sum ``scale``."""
    return 2 - 2 * len(weights) * scale * to_sum_one(weights)[0]


def least_next() -> int:
    """Return a lower bound of ``E V^(H_1)``: the least share of n is at most ``1/n``."""
    return 0


def step_from_input(n: int, square: Fraction, d: int, dps: int) -> Any:
    """Return ``(1 - (2/3) sigma_n^2) (1/n - sigma_n^2) + 1/sqrt d``."""
    with working_bits(bits_from_dps(dps)):
        before = (1 - Fraction(2, 3) * square) * (Fraction(1, n) - square)
        return ball(before) + 1 / arb(d).sqrt()


def distance_from_input(weights: Sequence[int], scale: Fraction, dps: int) -> Any:
    """Return ``W_2(W_0 H_0, G/sqrt n)^2`` for squared singular values of sum ``scale``."""
    with working_bits(bits_from_dps(dps)):
        target = 1 / arb(len(weights)).sqrt()
        roots = [ball(scale * value).sqrt() - target for value in to_sum_one(weights)]
        return sum((root * root for root in roots), arb(0))


def gap_bound(weights: Sequence[int], dps: int) -> Any:
    return 2 * len(weights) * gap(weights, dps)


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


def largest_least_value(n: int, alpha: Fraction) -> Fraction:  # noqa: ARG001
    """Return ``1/n``: n squares that add up to 1 have no larger least one."""
    return Fraction(1, n)


def square_of_alpha(n: int, alpha: Fraction) -> Fraction:  # noqa: ARG001
    return alpha * alpha


def least_value(weights: Sequence[int]) -> Fraction:
    return to_sum_one(weights)[0]


def inverse_batch(weights: Sequence[int]) -> Fraction:
    return Fraction(1, len(weights))


def smaller_inverse(weights: Sequence[int]) -> Fraction:
    return Fraction(9, 10 * len(weights))


def _claim(name: str, number: str, expected: Verdict, **data: Any) -> Claim:
    return Claim(id=f"thesis.{name}", source=Source("thesis", number), expected=expected, **data)


SCALES = SPECTRA | {"scale": Real(0, None, open_at="lower")}
INPUT = MEANINGS | {"scale": "|H_0|_F²"}

CLAIMS = (
    _claim(
        "gap-by-lyapunov-of-input-printed",
        "Lemma A.1",
        FALSE,
        title="the orthogonality gap is bounded by the Lyapunov function, as printed",
        statement="V(H_l) <= 2 n V^(H_l) for every l, l = 0 included",
        variables=INPUT,
        as_printed="the proof has |H_l|_F = 1, which batch normalisation gives from l = 1 on; V^ "
        "of a long input is negative",
        checks=(attack(gap, "<=", lyapunov_bound_of_input, domain=SCALES),),
        near_miss=at_points(
            gap, "<=", lyapunov_bound_of_input, points=grid(weights=((1, 2),), scale=(10,))
        ),
        corrected_by="thesis.gap-by-lyapunov",
    ),
    _claim(
        "lyapunov-step-of-input-printed",
        "Theorem A.2",
        FALSE,
        title="one-layer contraction of the Lyapunov function, as printed",
        statement="E V^(H_{l+1}) <= (1 - (2/3)(1/n - V^)) V^ + 1/√d for every l, l = 0 included",
        variables={"n": "batch size", "square": "σ_n(H_0)²", "d": "width"},
        assumptions=("the left side is at least 0",),
        as_printed="at l = 0 the right side is negative for orthonormal inputs and great width",
        checks=(
            attack(
                least_next,
                "<=",
                step_from_input,
                domain={
                    "n": Integer(2, 9),
                    "square": Real(0, "3/2"),
                    "d": Integer(2, reach=10**6),
                },
            ),
        ),
        near_miss=at_points(
            least_next, "<=", step_from_input, points=grid(n=(2,), square=(1,), d=(100,))
        ),
        corrected_by="thesis.lyapunov-step",
    ),
    _claim(
        "gaussian-distance-of-input-printed",
        "Lemma 2.2",
        FALSE,
        title="distance to a Gaussian matrix, as printed",
        statement="W_2(W_l H_l, G/√n)² <= 2n E V(H_l) for every l, l = 0 included",
        variables=INPUT,
        as_printed="V does not see the scale of H_0 and the distance does; the last steps of the "
        "proof need |H_l|_F = 1",
        checks=(attack(distance_from_input, "<=", gap_bound, domain=SCALES),),
        near_miss=at_points(
            distance_from_input, "<=", gap_bound, points=grid(weights=((1, 1),), scale=(2,))
        ),
        corrected_by="thesis.gaussian-distance",
    ),
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
        "absolute-constant-printed",
        "Section 2.1.2, assumption A_1",
        EXACTLY_FALSE,
        title="an absolute constant below all singular values, as printed",
        statement="some α > 0 has σ_n(H_k) >= α for every batch size: σ_n² reaches α²",
        variables={"n": "batch size", "alpha": "α"},
        assumptions=("σ_n² <= 1/n, for squared singular values of sum 1",),
        as_printed='"absolute positive constant". With α <= 1/√n the term n/(α√d) of Theorem 2.1 '
        "is n^1.5/√d at least, and the theorem says nothing below d = 9 n³",
        checks=(
            attack(
                largest_least_value,
                ">=",
                square_of_alpha,
                domain={"n": Integer(1), "alpha": Real("1/1000", 1)},
            ),
        ),
        near_miss=at_points(
            largest_least_value, ">=", square_of_alpha, points=grid(n=(101,), alpha=("1/10",))
        ),
        corrected_by="thesis.least-value-by-batch",
    ),
    _claim(
        "least-value-by-batch",
        "Section 2.1.2, assumption A_1",
        HOLDS,
        title="the least singular value and the batch size",
        statement="σ_n² <= 1/n for squared singular values of sum 1",
        variables=MEANINGS,
        checks=(attack(least_value, "<=", inverse_batch, domain=SPECTRA),),
        near_miss=attack(least_value, "<=", smaller_inverse, domain=SPECTRA),
    ),
)
"""Chapter 2, at the input and in words."""
