"""thesis, chapter 4: what layer and batch normalisation do to isometry."""

from __future__ import annotations

from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    centred_rows,
    gram,
    integer_matrix,
    isometry,
    isometry_of_rows,
    matrices,
    transposed,
)
from symprop.claims.thesis_isometry import (
    ANY,
    MEANINGS,
    ONE_LONG,
    has_no_zero_row,
    improved,
    improved_twice,
    isometry_of_gram,
    normalised,
    spread_factor,
)
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def has_no_constant_row(x: Matrix) -> bool:
    return all(len(set(row)) > 1 for row in x)


def layer_normalised(x: Matrix, dps: int) -> Any:
    """Return ``I`` after layer normalisation, which takes the mean of each vector away."""
    return isometry_of_rows(centred_rows(x), dps)


def printed_batch_bound(x: Matrix, dps: int) -> Any:
    """Return the bound with ``mean = (1/n) sum of the d row lengths``."""
    with working_bits(bits_from_dps(dps)):
        return isometry(gram(x), dps) * spread_factor(x, lambda rows: len(rows[0]))


VARYING = {"x": matrices(has_no_constant_row, [integer_matrix((1, 0), (0, 1))])}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "layer-norm-isometry-printed",
        "Corollary 4.4",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="layer normalisation increases isometry, as printed",
        statement="I(G~) >= I(G) (1 + var(a)/mean(a)²) for G~ of the layer-normalised vectors",
        variables=MEANINGS,
        assumptions=("no vector is constant, so that layer normalisation is defined",),
        as_printed=(
            "with the layer normalisation of eq 5.13, which takes the mean of each vector away; "
            "that can make independent vectors dependent"
        ),
        checks=(attack(layer_normalised, ">=", improved, domain=VARYING),),
        near_miss=at_points(
            layer_normalised, ">=", improved, points=[{"x": integer_matrix((1, 0), (0, 2))}]
        ),
        corrected_by="thesis.rms-norm-isometry",
    ),
    _claim(
        "rms-norm-isometry",
        "Corollary 4.4",
        title="root-mean-square normalisation increases isometry",
        statement="I(G~) >= I(G) (1 + var(a)/mean(a)²) for G~ of the vectors z/rms(z)",
        variables=MEANINGS,
        assumptions=("no vector is 0",),
        checks=(attack(normalised, ">=", improved, domain=ANY, tries=(60, 900)),),
        near_miss=attack(layer_normalised, ">=", improved, domain=VARYING),
    ),
    _claim(
        "batch-norm-isometry-printed",
        "Corollary 4.5",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="batch normalisation increases isometry, as printed",
        statement=(
            "I(C~) >= I(C) (1 + (1/d) Σ (a_i - ā)²/ā²), a_i the d row lengths of X and "
            "ā = (1/n) Σ a_i"
        ),
        variables={"x": "X, d features of n samples"},
        assumptions=("no row of X is 0", "batch normalisation of eq 2.1, without centring"),
        as_printed="ā is divided by n instead of d: with n > d it fails already for equal rows",
        checks=(attack(normalised, ">=", printed_batch_bound, domain=ANY),),
        near_miss=at_points(
            normalised, ">=", printed_batch_bound, points=[{"x": integer_matrix((1, 1))}]
        ),
        corrected_by="thesis.batch-norm-isometry",
    ),
    _claim(
        "centred-batch-norm-isometry-printed",
        "Corollary 4.5",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="centring batch normalisation increases isometry, as said",
        statement="I(C~) >= I(C) for the batch normalisation of eq 3.1, which takes row means away",
        variables={"x": "X, d features of n samples"},
        assumptions=("no row of X is constant",),
        as_printed=(
            "chapter 4 does not say which of the two batch normalisations is meant; whatever the "
            "mean of lengths, centring n = d samples leaves a matrix of rank n - 1"
        ),
        checks=(attack(layer_normalised, ">=", isometry_of_gram, domain=VARYING),),
        near_miss=at_points(
            layer_normalised,
            ">=",
            isometry_of_gram,
            points=[{"x": integer_matrix((2, 1, 0), (1, 2, 1), (0, 1, 2))}],
        ),
        corrected_by="thesis.batch-norm-isometry",
    ),
    _claim(
        "batch-norm-isometry",
        "Corollary 4.5",
        title="batch normalisation without centring increases isometry",
        statement="I(C~) >= I(C) (1 + var(a)/mean(a)²), a the d row lengths, var and mean over d",
        variables={"x": "X, d features of n samples"},
        assumptions=("no row of X is 0", "batch normalisation of eq 2.1"),
        checks=(
            attack(
                lambda x, dps: isometry_of_rows(transposed(x), dps),
                ">=",
                lambda x, dps: improved(transposed(x), dps),
                domain={"x": matrices(lambda x: has_no_zero_row(transposed(x)))},
            ),
        ),
        near_miss=at_points(normalised, ">=", improved_twice, points=ONE_LONG),
    ),
)
"""Chapter 4, corollaries."""
