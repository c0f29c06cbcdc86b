"""thesis, chapter 2: whitening in place of batch normalisation, and the shape of the weights."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_mat

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    determinant,
    gram,
    identity_matrix,
    integer_matrix,
    matrices,
    multiplied,
    square_matrices,
    transposed,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def is_invertible(x: Matrix) -> int:
    return int(determinant(gram(x)) != 0)


def weighted_product(x: Matrix, *, whole: bool) -> Matrix:
    """Return ``M' D^(-1) M`` with ``D = M M'`` or its diagonal."""
    product = gram(x)
    kept = [
        fmpq(entry.numerator, entry.denominator) if whole or i == j else fmpq(0)
        for i, row in enumerate(product)
        for j, entry in enumerate(row)
    ]
    inverse = fmpq_mat(len(x), len(x), kept).inv()
    entries = tuple(
        tuple(Fraction(int(inverse[i, j].p), int(inverse[i, j].q)) for j in range(len(x)))
        for i in range(len(x))
    )
    return multiplied(transposed(x), multiplied(entries, x))


def is_whitened(x: Matrix) -> int:
    return int(weighted_product(x, whole=True) == identity_matrix(len(x)))


def is_whitened_by_diagonal(x: Matrix) -> int:
    return int(weighted_product(x, whole=False) == identity_matrix(len(x)))


def is_tall(x: Matrix) -> bool:
    return len(x) > len(x[0])


def columns_of_weights(n: int, d: int) -> int:  # noqa: ARG001
    return n


def rows_of_hidden(n: int, d: int) -> int:  # noqa: ARG001
    return d


_claim = claims_of("thesis")

TALL = {"x": matrices(is_tall, [integer_matrix((1,), (1,))])}

CLAIMS = (
    _claim(
        "whitening-printed",
        "Section 2.2.2, full whitening",
        EXACTLY_FALSE,
        title="full whitening, as said",
        statement="M M' is invertible, so that diag(M M')^(-1/2) can be replaced by (M M')^(-1/2)",
        variables={"x": "M, d rows of n < d samples"},
        as_printed="of representations of shape (d, n) with d >= n; the product has rank n at most",
        checks=(attack(is_invertible, "==", 1, domain=TALL),),
        near_miss=at_points(
            is_invertible, "==", 1, points=[{"x": integer_matrix((1, 2), (0, 1), (3, 1))}]
        ),
        corrected_by="thesis.whitening",
    ),
    _claim(
        "whitening",
        "Section 2.2.2, full whitening",
        HOLDS,
        title="full whitening",
        statement="H = (M M')^(-1/2) M has H'H = M'(M M')^(-1) M = I for square invertible M",
        variables={"x": "M"},
        assumptions=("for n < d the pseudo-inverse does the same, if the samples are independent",),
        checks=(attack(is_whitened, "==", 1, domain={"x": square_matrices()}),),
        near_miss=attack(is_whitened_by_diagonal, "==", 1, domain={"x": square_matrices()}),
    ),
    _claim(
        "shape-of-weights-printed",
        "eq A.3",
        EXACTLY_FALSE,
        title="shape of the weights, as printed",
        statement="W_l of shape (d, n) can multiply H_l of shape (d, n)",
        variables={"n": "batch size", "d": "width, at least n"},
        as_printed="W_l has shape (d, d), as in eq 2.1",
        checks=(
            attack(
                columns_of_weights,
                "==",
                rows_of_hidden,
                domain={"n": Integer(1, 9), "d": Integer(1, reach=100)},
                assuming=lambda n, d: n <= d,
            ),
        ),
        near_miss=at_points(columns_of_weights, "==", rows_of_hidden, points=[{"n": 3, "d": 5}]),
    ),
)
"""Chapter 2, whitening."""
