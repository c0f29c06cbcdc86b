"""sensitivity, appendix H: moments of one branch, and the cross terms of one unit.

Branches are not centred after the activation. Cross terms are small against the variances of the
branches, not against 1: the input of a network may have any scale, the branches have not.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.rational_matrices import (
    Matrix,
    centred_rows,
    integer_matrix,
    matrices,
    multiplied,
    transposed,
)
from symprop.claims.rational_networks import mean, mean_square, positive_part, variance
from symprop.claims.sensitivity_residual import bound_of_sum, branches_of, square_of_sum
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- moments of a branch ---


def branch_of(columns: Matrix, weights: Sequence[int]) -> Matrix:
    """Return ``W relu(z)``, channels by data, for centred ``z`` in the rows of the data."""
    rows = centred_rows(transposed(columns))
    active = positive_part(rows)
    size = len(rows)
    entries = itertools.cycle(weights)
    mixing = integer_matrix(*([next(entries) for _ in range(size)] for _ in range(size)))
    return multiplied(mixing, active)


def central_moment(columns: Matrix, weights: Sequence[int]) -> Fraction:
    """Return ``mu_2(y)``."""
    return mean([variance(row) for row in branch_of(columns, weights)])


def mean_centred_length(columns: Matrix, weights: Sequence[int]) -> Fraction:
    branch = centred_rows(branch_of(columns, weights))
    lengths = [sum((y * y for y in point), Fraction(0)) for point in transposed(branch)]
    return mean(lengths) / len(branch)


HADAMARD = integer_matrix((1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))
"""Functions on four data that are centred, orthogonal and of variance 1."""


def by_components(branch: Matrix, count: int, rest: bool = True) -> Fraction:
    """Return ``sum alpha_ij^2/N``, with ``E z_i^2`` of what is left, for the first ``u_j``."""
    rows, total = centred_rows(branch), Fraction(0)
    for row in rows:
        left = list(row)
        for function in HADAMARD[:count]:
            alpha = mean([y * u for y, u in zip(row, function, strict=True)])
            total += alpha**2
            left = [y - alpha * u for y, u in zip(left, function, strict=True)]
        total += mean_square(left) if rest else Fraction(0)
    return total / len(rows)


def components_alone(branch: Matrix, count: int) -> Fraction:
    return by_components(branch, count, rest=False)


def variance_of_rows(branch: Matrix) -> Fraction:
    return mean([variance(row) for row in branch])


def inner_by_channels(branch: Matrix, other: Matrix) -> Fraction:
    """Return the mean over channels of the means over data of ``u y``."""
    pairs = zip(centred_rows(branch), centred_rows(other), strict=True)
    return mean([mean([a * b for a, b in zip(u, y, strict=True)]) for u, y in pairs])


def inner_by_data(branch: Matrix, other: Matrix) -> Fraction:
    """Return ``E <u, y>/N``."""
    pairs = zip(transposed(centred_rows(branch)), transposed(centred_rows(other)), strict=True)
    products = [sum((a * b for a, b in zip(u, y, strict=True)), Fraction(0)) for u, y in pairs]
    return mean(products) / len(branch)


def inner_uncentred(branch: Matrix, other: Matrix) -> Fraction:
    pairs = zip(transposed(branch), transposed(other), strict=True)
    products = [sum((a * b for a, b in zip(u, y, strict=True)), Fraction(0)) for u, y in pairs]
    return mean(products) / len(branch)


# --- cross terms of one unit ---


def cross_square(width: int, scale: Fraction) -> Fraction:
    """Return ``E Y_1^2`` for two data of ``mu_2(y^0) = scale``, Gaussian weights.

    Half the difference of the branch is Gaussian of variance 1/2 whatever the input.
    """
    return scale / 2 / width


def sampled_cross_square(width: int, scale: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Sample it."""
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((size, width))
    half *= np.sqrt(float(scale) / np.mean(half**2, axis=1, keepdims=True))
    signal = np.stack([half, -half], axis=2)
    normalised = signal / np.sqrt(np.mean(signal**2, axis=2, keepdims=True))
    weights = rng.standard_normal((size, width, width)) * np.sqrt(2 / width)
    images = weights @ np.maximum(normalised, 0)
    branch = (images[..., 0] - images[..., 1]) / 2
    return mean_and_error(np.mean(half * branch, axis=1) ** 2)


def largest_variance(scale: Fraction) -> Fraction:
    """Return ``mu_2max`` of the input and the mean of the branch."""
    return max(scale, Fraction(1, 2))


def relative_cross_square(width: int, scale: Fraction) -> Fraction:
    """Return ``E Y_1^2`` over ``mu_2max^2``."""
    return cross_square(width, scale) / largest_variance(scale) ** 2


def bound_by_depth(later: int) -> Fraction:
    """Return ``l mu_2max^2/(N r_min)`` for N = 2, r = 1, mu = 1."""
    return Fraction(later, 2)


def bound_by_one_less(later: int) -> Fraction:
    return Fraction(2 * later - 1, 4)


def share_of_scaled_noise(first: int, size: int, seed: int) -> tuple[float, float]:
    """Return ``E T~_l^2`` over ``E mu_2(y^(l-1)) T~_ll/(N r_eff(t^(l-1)))``, Gaussian networks."""
    width = 12
    signals, noises = branches_of(width, size, seed)
    signal, noise = signals[:first].sum(axis=0), noises[:first].sum(axis=0)
    scale = np.mean(signal**2, axis=(1, 2)) / np.mean(noise**2, axis=(1, 2))
    square = (scale * np.mean(noise * noises[first], axis=(1, 2))) ** 2
    largest = np.linalg.eigvalsh(noise @ noise.transpose(0, 2, 1) / noise.shape[2])[:, -1]
    bound = scale**2 * largest * np.mean(noises[first] ** 2, axis=(1, 2)) / width**2
    ratio = square.mean() / bound.mean()
    error = np.std(square - ratio * bound) / np.sqrt(size) / bound.mean()
    return float(ratio), float(error)


def _varies(columns: Matrix) -> bool:
    return len(set(columns)) > 1


def _four_data(matrix: Matrix) -> bool:
    return len(matrix[0]) == 4


FOUR = matrices(
    _four_data, (integer_matrix((1, 2, 0, 5), (3, -1, 1, 1)), integer_matrix((1, 0, 0, 0)))
)
BRANCHES = {
    "columns": matrices(_varies, (integer_matrix((1, 0), (0, 1)), integer_matrix((1,), (-1,)))),
    "weights": OneOf(((1,), (1, -2, 3), (2, 1, 1, -1, 5))),
}
SCALES = {"width": Integer(1000, reach=10**5), "scale": Real("1/100", 10**8)}
MEANINGS = {
    "columns": "rows: data before the normalisation",
    "weights": "entries of W, repeated as needed",
    "branch": "channels of y by four data",
    "other": "channels of u by data",
    "count": "how many of the u_j",
    "width": "N",
    "scale": "μ_2(y⁰)",
    "later": "l",
    "first": "l",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "branch-moment",
        "eq 75; eq 76",
        title="second moment of a branch",
        statement=(
            "μ_2(y) = E |ŷ|²/N = (Σ_ij α_ij² + Σ_i E z_i²)/N for α_ij = E y_i u_j, u_j orthonormal "
            "over the data, z_i what is left; and E_c û_c ŷ_c = E ⟨û, ŷ⟩/N"
        ),
        assumptions=("u_j centred; as many as the covariance of u has eigenvalues > 0",),
        checks=(
            attack(central_moment, "==", mean_centred_length, domain=BRANCHES, tries=(40, 400)),
            attack(
                by_components,
                "==",
                variance_of_rows,
                domain={"branch": FOUR, "count": Integer(0, 3)},
                tries=(40, 400),
            ),
            attack(
                inner_by_channels,
                "==",
                inner_by_data,
                domain={"branch": FOUR, "other": FOUR},
                assuming=lambda branch, other: len(branch) == len(other),
                tries=(40, 400),
            ),
        ),
        near_miss=attack(
            components_alone,
            "==",
            variance_of_rows,
            domain={"branch": FOUR, "count": Integer(0, 3)},
        ),
    ),
    _claim(
        "small-cross-terms-printed",
        "Appendix H.3, size of cross terms",
        FALSE,
        title="size of the cross terms of one unit, as printed",
        statement="|Y_l| ≪ 1 for l ≪ N r_min: E Y_1² <= 1/100 for N >= 1000",
        assumptions=("two data, r_eff = 1, Gaussian weights, one layer a unit",),
        as_printed=(
            "small against μ_2max, not against 1: batch normalisation fixes the scale of the "
            "branches, not that of y⁰, and Y_1 grows with it"
        ),
        checks=(attack(cross_square, "<=", "1/100", domain=SCALES),),
        near_miss=attack(
            cross_square,
            "<=",
            "1/100",
            domain={"width": Integer(10**5, 10**6), "scale": Real("1/100", 10**8)},
        ),
        corrected_by="sensitivity.small-cross-terms",
    ),
    _claim(
        "small-cross-terms",
        "Appendix H.3, size of cross terms; eq 89; eq 90",
        SHOWN,
        title="size of the cross terms of one unit",
        statement=(
            "E Y_l² <= l μ_2max²/(N r_min), so that |Y_l| ≪ μ_2max for l ≪ N r_min; and "
            "E T~_l² <= E μ_2(y^{l-1}) T~_ll/(N r_eff(t^{l-1})) <= γ_max l μ_2max²/(N r_min)"
        ),
        assumptions=(
            "two data: width 2 and signed permutations reach the first bound, or Gaussian weights",
            "simulated T~: six data, width 12, two layers a unit",
        ),
        checks=(
            at_points(square_of_sum, "<=", bound_by_depth, points=grid(later=(1, 2, 3))),
            at_points(bound_of_sum, "==", bound_by_depth, points=grid(later=(1, 2, 3))),
            attack(relative_cross_square, "<=", lambda width: Fraction(1, width), domain=SCALES),
            simulated(
                sampled_cross_square,
                "==",
                cross_square,
                points=grid(width=(10,), scale=("1", "100")),
                sizes=(10_000, 100_000),
            ),
            simulated(
                share_of_scaled_noise,
                "<=",
                1,
                points=grid(first=(1, 3)),
                sizes=(500, 5_000),
            ),
        ),
        near_miss=at_points(square_of_sum, "<=", bound_by_one_less, points=grid(later=(1, 2, 3))),
    ),
)
"""Moments of a branch, and cross terms of one unit."""
