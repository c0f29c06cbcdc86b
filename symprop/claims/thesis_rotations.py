"""thesis, chapter 6: isometry after an orthogonal matrix and batch normalisation.

The chain is ``X -> BN(W X)`` with orthogonal ``W`` and batch normalisation without centring,
``BN(X) = diag(X X')^(-1/2) X``; batch and width are equal. Here is what holds for every matrix and
every rotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    eigenvalues,
    gram,
    integer_matrix,
    isometry,
    isometry_of_rows,
    multiplied,
    orthogonal_matrices,
    row_lengths,
    square_matrices,
    transposed,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
MIRRORS = OneOf(((), (1, 2, 3, 4), (1, 1, 0, 0, 1, 0, 2, 0), (3, -1, 1, 2, 0, 1, -1, 5)))
"""Integer vectors, one after another, at which is reflected."""
MEANINGS = {
    "x": "invertible square matrix X",
    "mirrors": "integer vectors, one after another; W is the product of the reflections at them",
}


def rotation(x: Matrix, mirrors: Sequence[int]) -> Matrix:
    return orthogonal_matrices(len(x), mirrors)


def rotated(x: Matrix, mirrors: Sequence[int]) -> Matrix:
    return multiplied(rotation(x, mirrors), x)


def isometry_after(x: Matrix, mirrors: Sequence[int], dps: int) -> Any:
    return isometry_of_rows(rotated(x, mirrors), dps)


def isometry_bound(x: Matrix, mirrors: Sequence[int], dps: int, weight: int = 1) -> Any:
    """Return ``I(X) (1 + weight var/mean^2)`` of the row lengths of ``W X``."""
    with working_bits(bits_from_dps(dps)):
        lengths = row_lengths(rotated(x, mirrors))
        mean = sum(lengths, arb(0)) / len(lengths)
        deviations = [length - mean for length in lengths]
        variance = sum((each * each for each in deviations), arb(0)) / len(lengths)
        return isometry(gram(x), dps) * (1 + weight * variance / (mean * mean))


def isometry_bound_twice(x: Matrix, mirrors: Sequence[int], dps: int) -> Any:
    return isometry_bound(x, mirrors, dps, weight=2)


def decomposed(
    values: Sequence[Fraction], left: Sequence[int], right: Sequence[int]
) -> tuple[Matrix, Matrix]:
    """Return ``U S V'`` and ``U``."""
    size = len(values)
    u, v = orthogonal_matrices(size, left), orthogonal_matrices(size, right)
    diagonal = tuple(
        tuple(value if i == j else Fraction(0) for j in range(size))
        for i, value in enumerate(values)
    )
    return multiplied(multiplied(u, diagonal), transposed(v)), u


def isometry_undone(
    values: Sequence[Fraction], left: Sequence[int], right: Sequence[int], dps: int
) -> Any:
    """Return ``I(BN(U' X))``."""
    x, u = decomposed(values, left, right)
    return isometry_of_rows(multiplied(transposed(u), x), dps)


def isometry_redone(
    values: Sequence[Fraction], left: Sequence[int], right: Sequence[int], dps: int
) -> Any:
    """Return ``I(BN(U X))``."""
    x, u = decomposed(values, left, right)
    return isometry_of_rows(multiplied(u, x), dps)


def largest_eigenvalue(x: Matrix, dps: int) -> Any:
    """Return the largest eigenvalue of ``BN(X) BN(X)'``, from rows of length 1 up to a factor.

    The Gram matrix of the normalised rows is similar to ``diag(X X')^(-1) X X'``, whose
    characteristic polynomial is rational.
    """
    m = gram(x)
    similar = tuple(tuple(entry / m[i][i] for entry in row) for i, row in enumerate(m))
    return eigenvalues(similar, dps)[-1]


SQUARE = {"x": square_matrices()}
ROTATED = SQUARE | {"mirrors": MIRRORS}
LARGER = {"x": square_matrices(lambda x: len(x) > 1)}


def size_of(x: Matrix) -> int:
    return len(x)


def one_less_than_size(x: Matrix) -> int:
    return len(x) - 1


FACTORS = {
    "values": OneOf(
        tuple(
            tuple(Fraction(x) for x in row) for row in ((1, 2), (1, "1/1000"), (3, 1, 2), (1, 1, 5))
        )
    ),
    "left": MIRRORS,
    "right": MIRRORS,
}
ONE_LONG = {
    "x": tuple(
        tuple(Fraction(5 if i == 0 else 1) * (i == j) for j in range(10)) for i in range(10)
    ),
    "mirrors": (),
}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "isometry-after-rotation",
        "Lemma 6.2; Lemma C.1",
        title="isometry after rotation and batch normalisation",
        statement="I(BN(WX)) >= I(X) (1 + var/mean²) of the row lengths of WX; W = I is Lemma C.1",
        variables=MEANINGS,
        assumptions=("X invertible", "W orthogonal"),
        checks=(attack(isometry_after, ">=", isometry_bound, domain=ROTATED, tries=(150, 1500)),),
        near_miss=at_points(isometry_after, ">=", isometry_bound_twice, points=[ONE_LONG]),
    ),
    _claim(
        "isometric-rotation",
        "Corollary C.3",
        title="a rotation that makes the output isometric",
        statement="I(BN(U'X)) = 1 for X = U S V'",
        variables={
            "values": "diagonal of S, positive",
            "left": "reflections that make U",
            "right": "reflections that make V",
        },
        assumptions=("X invertible, else a row of U'X is 0 and BN has no value",),
        as_printed="for any X, and with H for X",
        checks=(attack(isometry_undone, "==", 1, domain=FACTORS),),
        near_miss=attack(isometry_redone, "==", 1, domain=FACTORS),
    ),
    _claim(
        "normalised-eigenvalues-printed",
        "Theorem 6.3",
        FALSE,
        title="eigenvalues after batch normalisation, as said",
        statement="the eigenvalues of X X' lie in (0, 1] for X = BN(·)",
        variables={"x": "invertible matrix, X = BN(x)"},
        as_printed="said after the theorem; they add up to d, so only the identity obeys",
        checks=(attack(largest_eigenvalue, "<=", 1, domain=SQUARE),),
        near_miss=at_points(
            largest_eigenvalue, "<=", 1, points=[{"x": integer_matrix((1, 2), (0, 1))}]
        ),
        corrected_by="thesis.normalised-eigenvalues",
    ),
    _claim(
        "normalised-eigenvalues",
        "Theorem 6.3",
        title="eigenvalues after batch normalisation",
        statement="1 <= the largest eigenvalue of X X' < d for X = BN(·) of size d >= 2",
        variables={"x": "invertible matrix, X = BN(x)"},
        checks=(
            attack(largest_eigenvalue, "<", size_of, domain=LARGER),
            attack(largest_eigenvalue, ">=", 1, domain=LARGER),
        ),
        near_miss=attack(largest_eigenvalue, "<", one_less_than_size, domain=LARGER),
    ),
)
"""Chapter 6: isometry after an orthogonal matrix and batch normalisation."""
