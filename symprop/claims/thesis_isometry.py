"""thesis, chapter 4: isometry of matrices, and what normalising vectors does to it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import (
    Matrix,
    determinant,
    gram,
    identity_matrix,
    integer_matrix,
    isometry,
    isometry_of_rows,
    matrices,
    row_lengths,
    scaled,
    trace,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


MEANINGS = {
    "x": "matrix whose rows are the vectors that get normalised",
    "scale": "positive factor",
}


def has_no_zero_row(x: Matrix) -> bool:
    return all(any(row) for row in x)


def has_full_rank(x: Matrix) -> bool:
    return determinant(gram(x)) != 0


def isometry_of_gram(x: Matrix, dps: int) -> Any:
    return isometry(gram(x), dps)


def isometry_of_multiple(x: Matrix, scale: Fraction, dps: int) -> Any:
    return isometry(scaled(gram(x), scale), dps)


def is_most_isometric(x: Matrix) -> int:
    """Return whether ``I(M) = 1``, decided on the n-th powers."""
    m = gram(x)
    return int(determinant(m) == (trace(m) / len(m)) ** len(m))


def is_identity(x: Matrix) -> int:
    return int(gram(x) == identity_matrix(len(x)))


def is_multiple_of_identity(x: Matrix) -> int:
    m = gram(x)
    return int(m == identity_matrix(len(m), m[0][0]))


def has_constant_diagonal(x: Matrix) -> int:
    m = gram(x)
    return int(len({m[i][i] for i in range(len(m))}) == 1)


def has_no_isometry(x: Matrix, dps: int) -> int:
    value = isometry(gram(x), dps)
    return int(value == 0)


def is_singular(x: Matrix) -> int:
    """Return whether elimination leaves a row without pivot."""
    rows = [list(row) for row in gram(x)]
    rank = 0
    for column in range(len(rows)):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return int(rank < len(rows))


def spread_factor(x: Matrix, count: Callable[[Matrix], int] = len) -> arb:
    """Return ``1 + var/mean^2`` of the lengths, the mean being over ``count(x)`` as printed."""
    lengths = row_lengths(x)
    mean = sum(lengths, arb(0)) / count(x)
    deviations = [length - mean for length in lengths]  # a ball around 0 has no power, a product
    variance = sum((each * each for each in deviations), arb(0)) / len(lengths)
    return 1 + variance / (mean * mean)


def normalised(x: Matrix, dps: int) -> Any:
    """Return ``I`` of the Gram matrix of the vectors on the unit sphere."""
    return isometry_of_rows(x, dps)


def improved(x: Matrix, dps: int, weight: int = 1) -> Any:
    """Return ``I(G) (1 + weight var/mean^2)``."""
    with working_bits(bits_from_dps(dps)):
        return isometry(gram(x), dps) * (1 + weight * (spread_factor(x) - 1))


def improved_twice(x: Matrix, dps: int) -> Any:
    return improved(x, dps, weight=2)


def isometry_ratio(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return isometry_of_rows(x, dps) / isometry(gram(x), dps)


def ratio_of_means(x: Matrix, dps: int) -> Any:
    """Return the mean of the squared lengths over the square of their geometric mean."""
    squares = [sum((entry * entry for entry in row), Fraction(0)) for row in x]
    product, mean = Fraction(1), sum(squares, Fraction(0)) / len(squares)
    for square in squares:
        product *= square
    with working_bits(bits_from_dps(dps)):
        geometric = arb(fmpq(product.numerator, product.denominator)).root(len(x))
        return fmpq(mean.numerator, mean.denominator) / geometric


def printed_ratio_of_means(x: Matrix, dps: int) -> Any:
    """Return the same with ``1/d`` for the mean over the ``n`` vectors, as in eq 4.6."""
    with working_bits(bits_from_dps(dps)):
        return ratio_of_means(x, dps) * len(x) / len(x[0])


def spread_only(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return spread_factor(x)


def determinant_ratio(x: Matrix, dps: int) -> Any:
    """Return eq 4.5, with vectors of length ``sqrt(d)`` after normalisation."""
    d, n = len(x[0]), len(x)
    with working_bits(bits_from_dps(dps) + 40):
        squares = [length * length for length in row_lengths(x)]
        product = arb(1)
        for square in squares:
            product *= square
        return sum(squares, arb(0)) / n / d / (product / arb(d) ** n).root(n)


ANY = {"x": matrices(has_no_zero_row)}


INVERTIBLE = {"x": matrices(lambda x: has_no_zero_row(x) and has_full_rank(x))}


UNEQUAL = [{"x": integer_matrix((1, 0), (0, 2))}]


ONE_LONG = [
    {
        "x": tuple(
            tuple(Fraction(5 if i == 0 else 1) * (i == j) for j in range(10)) for i in range(10)
        )
    }
]

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "isometry-one-printed",
        "Lemma 4.2",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="matrices of isometry 1, as printed",
        statement="I(M) = 1 if and only if M is the identity",
        variables={"x": "M = x x'"},
        assumptions=("M positive semi-definite, not 0",),
        as_printed="third property; it contradicts the first, scale invariance",
        checks=(attack(is_most_isometric, "==", is_identity, domain=ANY),),
        near_miss=at_points(
            is_most_isometric, "==", is_identity, points=[{"x": identity_matrix(3, 2)}]
        ),
        corrected_by="thesis.isometry-one",
    ),
    _claim(
        "isometry-one",
        "Lemma 4.2",
        title="matrices of isometry 1",
        statement="I(M) = 1 if and only if M is a positive multiple of the identity",
        variables={"x": "M = x x'"},
        assumptions=("M positive semi-definite, not 0",),
        checks=(attack(is_most_isometric, "==", is_multiple_of_identity, domain=ANY),),
        near_miss=attack(is_most_isometric, "==", has_constant_diagonal, domain=ANY),
    ),
    _claim(
        "isometry-scale",
        "Lemma 4.2",
        title="isometry does not see the scale",
        statement="I(c M) = I(M) for c > 0",
        variables={"x": "M = x x'", "scale": "c"},
        assumptions=("M positive semi-definite, not 0",),
        as_printed="for any c; a negative c leaves the positive semi-definite matrices",
        checks=(
            attack(
                isometry_of_multiple,
                "==",
                isometry_of_gram,
                domain=ANY | {"scale": Real(0, None, open_at="lower")},
            ),
        ),
        near_miss=attack(
            lambda x, scale, dps: isometry_of_multiple(x, scale, dps) * rational(scale),
            "==",
            isometry_of_gram,
            domain=ANY | {"scale": Real(0, None, open_at="lower")},
        ),
    ),
    _claim(
        "isometry-range",
        "Lemma 4.2; eq 6.5",
        title="isometry lies between 0 and 1, and is 0 for singular matrices only",
        statement="0 <= I(M) <= 1; I(M) = 0 if and only if M is singular",
        variables={"x": "M = x x'"},
        assumptions=("M positive semi-definite, not 0",),
        as_printed="M = 0, for which I is 0/0, is not excluded",
        checks=(
            attack(isometry_of_gram, ">=", 0, domain=ANY),
            attack(isometry_of_gram, "<=", 1, domain=ANY),
            attack(has_no_isometry, "==", is_singular, domain=ANY),
        ),
        near_miss=attack(isometry_of_gram, "<=", "99/100", domain=ANY),
    ),
    _claim(
        "isometry-of-normalised",
        "Theorem 4.3",
        title="normalising vectors increases isometry",
        statement="I(G~) >= I(G) (1 + var(a)/mean(a)²), a the lengths, var over n",
        variables=MEANINGS,
        assumptions=("no vector is 0",),
        checks=(attack(normalised, ">=", improved, domain=ANY, tries=(150, 1500)),),
        near_miss=at_points(normalised, ">=", improved_twice, points=ONE_LONG),
    ),
    _claim(
        "isometry-ratio",
        "eq 4.4; eq 4.5",
        title="ratio of isometries",
        statement="I(G~)/I(G) = mean(a²)/(a_1 ... a_n)^(2/n)",
        variables=MEANINGS,
        assumptions=("linearly independent vectors, else the ratio is 0/0",),
        as_printed="eq 4.5 with G~ of vectors of length sqrt(d); eq 4.4 writes C for G",
        checks=(
            attack(isometry_ratio, "==", determinant_ratio, domain=INVERTIBLE),
            attack(isometry_ratio, "==", ratio_of_means, domain=INVERTIBLE),
        ),
        near_miss=at_points(isometry_ratio, "==", spread_only, points=UNEQUAL),
    ),
    _claim(
        "isometry-means-printed",
        "eq 4.6",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="ratio of isometries through means, as printed",
        statement="I(G~)/I(G) = (mean(a)²/(a_1 ... a_n)^(2/n)) ((1/d) Σ a_i²/mean(a)²)",
        variables=MEANINGS,
        assumptions=("n linearly independent vectors of dimension d",),
        as_printed="with 1/d in the second factor, where 1/n is meant: it fails for n ≠ d",
        checks=(attack(isometry_ratio, "==", printed_ratio_of_means, domain=INVERTIBLE),),
        near_miss=at_points(
            isometry_ratio,
            "==",
            printed_ratio_of_means,
            points=[{"x": integer_matrix((1, 0, 1), (0, 1, 1))}],
        ),
        corrected_by="thesis.isometry-ratio",
    ),
    _claim(
        "isometry-equality-printed",
        "eq 4.7",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="ratio of isometries as a variance, as printed",
        statement="I(G~)/I(G) = 1 + var(a)/mean(a)²",
        variables=MEANINGS,
        assumptions=("linearly independent vectors",),
        as_printed=(
            "an equality; dropping the ratio of arithmetic and geometric mean gives >=, with "
            "equality for equal lengths only"
        ),
        checks=(attack(isometry_ratio, "==", spread_only, domain=INVERTIBLE),),
        near_miss=at_points(isometry_ratio, "==", spread_only, points=UNEQUAL),
        corrected_by="thesis.isometry-of-normalised",
    ),
)
"""Chapter 4."""
