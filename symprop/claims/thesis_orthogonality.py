"""thesis, chapter 2 and appendix A: one step of the linear chain with batch normalisation.

Rows are normalised, so that ``H`` has squared singular values ``s_1 >= ... >= s_n`` of sum 1. The
next Gram matrix has mean ``diag(p_1, ..., p_n)`` in the basis of the singular vectors, ``p`` being
the expected shares of `symprop.claims.gaussian_shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, to_sum_one
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import Matrix, matrices
from symprop.claims.thesis_spectra import spectra
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


SIZES = (100_000, 1_000_000)
SPECTRA = {"weights": spectra()}


MEANINGS = {"weights": "proportions of the squared singular values of H, which add up to 1"}


def ball(number: Fraction) -> arb:
    return arb(rational(number))


def gap(weights: Sequence[int], dps: int) -> Any:
    """Return ``V``, the root of ``sum s_i^2 - 1/n``."""
    values = to_sum_one(weights)
    square = sum((value * value for value in values), Fraction(0)) - Fraction(1, len(values))
    with working_bits(bits_from_dps(dps)):
        return ball(square).sqrt()


def lyapunov(weights: Sequence[int]) -> Fraction:
    """Return ``V^ = 1/n - s_n``."""
    return Fraction(1, len(weights)) - to_sum_one(weights)[0]


def lyapunov_bound(weights: Sequence[int]) -> Fraction:
    return 2 * len(weights) * lyapunov(weights)


def half_lyapunov_bound(weights: Sequence[int]) -> Fraction:
    return len(weights) * lyapunov(weights) / 2


def trace_of_normalised(x: Matrix) -> Fraction:
    """Return ``tr BN(X) BN(X)'`` from the squared entries of the normalised rows."""
    total = Fraction(0)
    for row in x:
        length = sum((entry * entry for entry in row), Fraction(0))
        total += sum((entry * entry / length for entry in row), Fraction(0))
    return total


def number_of_rows(x: Matrix) -> int:
    return len(x)


def number_of_columns(x: Matrix) -> int:
    return len(x[0])


def sum_of_shares(weights: Sequence[int], dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return sum(expected_shares(to_sum_one(weights), dps), arb(0))


def sum_of_printed_shares(weights: Sequence[int], dps: int) -> Any:
    """Return the sum over ``i`` of ``E s_n w_n^2/(...)``, which does not depend on ``i``."""
    return len(weights) * expected_shares(to_sum_one(weights), dps)[0]


def sampled_share(which: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the diagonal of the next Gram matrix, from dense weights and normalised rows."""
    generator = np.random.default_rng(seed)
    values = np.array([0.1, 0.2, 0.7])
    rows = generator.standard_normal((size, 3)) * np.sqrt(values)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    squares = rows[:, which] ** 2
    return float(squares.mean()), float(squares.std(ddof=1) / np.sqrt(size))


def share_of_three(which: int, dps: int) -> Any:
    values = [Fraction(1, 10), Fraction(1, 5), Fraction(7, 10)]
    return expected_shares(values, dps)[which]


def equal_share() -> Fraction:
    return Fraction(1, 3)


def squared_distance(weights: Sequence[int], dps: int) -> Any:
    """Return ``W_2(W H, G/sqrt n)^2 = sum (sqrt s_i - 1/sqrt n)^2`` for a fixed ``H``."""
    values = to_sum_one(weights)
    with working_bits(bits_from_dps(dps)):
        target = 1 / arb(len(values)).sqrt()
        roots = [ball(value).sqrt() - target for value in values]
        return sum((root * root for root in roots), arb(0))


def distance_bound(weights: Sequence[int], dps: int) -> Any:
    return 2 * len(weights) * gap(weights, dps)


def small_distance_bound(weights: Sequence[int], dps: int) -> Any:
    return gap(weights, dps) / 5


def gap_after_initialisation(weights: Sequence[int], dps: int) -> Any:
    """Return ``V`` of squared singular values in the proportions ``sqrt s_i``."""
    values = to_sum_one(weights)
    with working_bits(bits_from_dps(dps)):
        roots = [ball(value).sqrt() for value in values]
        total = sum(roots, arb(0))
        squares = sum((root * root for root in roots), arb(0)) / (total * total)
        return abs(squares - ball(Fraction(1, len(values)))).sqrt()


def half_gap(weights: Sequence[int], dps: int) -> Any:
    return gap(weights, dps) / 2


def is_unequal(weights: Sequence[int]) -> bool:
    return len(set(weights)) > 1


SQUARED = matrices(lambda x: all(any(row) for row in x))

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "normalised-trace",
        "eq A.4",
        title="trace of a normalised representation",
        statement="tr BN(X) BN(X)' = d, the number of rows",
        variables={"x": "X"},
        assumptions=("no row of X is 0",),
        checks=(attack(trace_of_normalised, "==", number_of_rows, domain={"x": SQUARED}),),
        near_miss=attack(trace_of_normalised, "==", number_of_columns, domain={"x": SQUARED}),
    ),
    _claim(
        "gap-by-lyapunov",
        "Lemma A.1",
        title="the orthogonality gap is bounded by the Lyapunov function",
        statement="V <= 2 n V^, V^ = 1/n - s_n",
        variables=MEANINGS,
        assumptions=("squared singular values add up to 1: not the inputs, but every later layer",),
        checks=(attack(gap, "<=", lyapunov_bound, domain=SPECTRA),),
        near_miss=attack(gap, "<=", half_lyapunov_bound, domain=SPECTRA),
    ),
    _claim(
        "expected-shares-printed",
        "eq A.8",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="expected normalised squares, as printed",
        statement="p_i = E s_n w_n²/(Σ s_k w_k²) for every i are the expected squares of a row, "
        "which add up to 1",
        variables=MEANINGS,
        as_printed="index n where i is meant",
        checks=(attack(sum_of_printed_shares, "==", 1, domain=SPECTRA, assuming=is_unequal),),
        near_miss=at_points(sum_of_printed_shares, "==", 1, points=[{"weights": (1, 2, 3)}]),
        corrected_by="thesis.expected-shares",
    ),
    _claim(
        "expected-shares",
        "eq A.8; eq A.10",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="expected normalised squares as one-dimensional integrals",
        statement="p_i = E s_i w_i²/(Σ s_k w_k²) = ∫ s_i/(1+2θs_i) Π (1+2θs_j)^(-1/2) dθ, θ > 0",
        variables=MEANINGS | {"which": "index i of s = (1/10, 1/5, 7/10)"},
        checks=(
            attack(sum_of_shares, "==", 1, domain=SPECTRA, tries=(30, 300)),
            simulated(
                sampled_share,
                "==",
                share_of_three,
                points=grid(which=(0, 1, 2)),
                sizes=(100_000, 1_000_000),
            ),
        ),
        near_miss=simulated(
            sampled_share, "==", equal_share, points=grid(which=(2,)), sizes=(100_000, 1_000_000)
        ),
    ),
    _claim(
        "gaussian-distance",
        "Lemma 2.2",
        title="distance to a Gaussian matrix",
        statement="W_2(W H, G/√n)² = Σ (√s_i - 1/√n)² <= 2 n V, for a fixed H",
        variables=MEANINGS,
        assumptions=(
            "squared singular values add up to 1",
            "a random H: the bound in the mean, by the same coupling",
        ),
        checks=(attack(squared_distance, "<=", distance_bound, domain=SPECTRA),),
        near_miss=attack(squared_distance, "<=", small_distance_bound, domain=SPECTRA),
    ),
    _claim(
        "orthogonalising-initialisation",
        "eq 2.6",
        title="iterative orthogonalising initialisation",
        statement="V(W H) < V(H) unless V(H) = 0: singular values become their square roots",
        variables=MEANINGS,
        assumptions=("all n singular values are positive",),
        as_printed="eq A.20 gives V² for V",
        checks=(attack(gap_after_initialisation, "<", gap, domain=SPECTRA, assuming=is_unequal),),
        near_miss=attack(
            gap_after_initialisation, "<", half_gap, domain=SPECTRA, assuming=is_unequal
        ),
    ),
)
"""Chapter 2, one step."""
