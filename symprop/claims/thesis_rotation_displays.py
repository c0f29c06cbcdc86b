"""thesis, chapter 6 and appendix C: sentences and displays about rotations that fail as printed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    determinant,
    gram,
    integer_matrix,
    isometry,
    isometry_of_rows,
    matrices,
    square_matrices,
)
from symprop.claims.thesis_random_rotations import SPECTRA, log_gain, variance_gain
from symprop.claims.thesis_rotations import MIRRORS, isometry_after, rotated
from symprop.claims.thesis_spectra import (
    FRACTIONS,
    gap_of_spectrum,
    is_nearly_isometric,
    to_mean_one,
)
from symprop.gaussian.orthogonal_moments import D, orthogonal_moment, pairings, weingarten
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- isometry ---


def isometry_of_normalised(x: Matrix, dps: int) -> Any:
    return isometry_of_rows(x, dps)


def isometry_before(x: Matrix, dps: int) -> Any:
    return isometry(gram(x), dps)


def is_singular(x: Matrix) -> bool:
    return len(x) == len(x[0]) and determinant(x) == 0


def has_no_zero_row(x: Matrix, mirrors: Sequence[int]) -> bool:
    return all(any(row) for row in rotated(x, mirrors))


# --- moments of rotations ---


def printed_moment(d: int) -> Fraction:
    """Return ``E W_11^2 W_22^2`` by eq C.25 with the pairing of the rows for that of the columns.

    Rows and columns read (1, 1, 2, 2): one pairing agrees, and the other one is free.
    """
    kept = ((0, 1), (2, 3))
    total = sum(
        weingarten((1, 1) if other == kept else (2,), d) for other in pairings([0, 1, 2, 3])
    )
    return Fraction(int(sympy.numer(total)), int(sympy.denom(total)))


def moment_from_length(d: int) -> Fraction:
    """Return the same from rows of length 1.

    ``E W_1k^4 = 3/(d(d+2))`` as on the sphere, so ``E_2 = 1/(d(d+2))``, and the row sum of
    ``E W_1k^2 W_2q^2`` over ``q`` is ``1/d``.
    """
    second = (Fraction(1, d) - Fraction(3, d * (d + 2))) / (d - 1)
    return (Fraction(1, d) - second) / (d - 1)


def separate_columns() -> Any:
    return orthogonal_moment((0, 0, 1, 1), (0, 0, 1, 1))


def same_column() -> Any:
    return orthogonal_moment((0, 0, 1, 1), (0, 0, 0, 0))


def separate_value() -> Any:
    return (D + 1) / (D * (D + 2) * (D - 1))


def same_value() -> Any:
    return (D - 1) / (D * (D + 2) * (D - 1))


def second_row_sum() -> Any:
    """Return ``E_2 + (d - 1) E_1``, the mean of ``W_ik^2 sum_q W_jq^2``."""
    return same_column() + (D - 1) * separate_columns()


def separate_moment(d: int) -> Fraction:
    value = separate_columns().subs(D, d)
    return Fraction(int(sympy.numer(value)), int(sympy.denom(value)))


# --- appendix C.2 ---


def smaller_gain(weights: Sequence[int]) -> Fraction:
    """Return ``-sigma/(2 d (d + 2))``, ``sigma`` the variance of the eigenvalues."""
    d = len(weights)
    return variance_gain(weights) * d / (d + 2)


def double_gain(weights: Sequence[int]) -> Fraction:
    return 2 * smaller_gain(weights)


def quadratic_at_root(radicand: int, sign: int, dps: int) -> Any:
    """Return ``3 x^2 - (6 + 4 x)/16`` at ``x = (1 +- sqrt radicand)/24``."""
    with working_bits(bits_from_dps(dps)):
        x = (1 + sign * arb(radicand).sqrt()) / 24
        return 3 * x * x - (6 + 4 * x) / 16


def exact_quadratic(sign: int) -> Any:
    x = (1 + sign * sympy.sqrt(73)) / 24
    return 3 * x**2 - (6 + 4 * x) / 16


def upper_quadratic() -> Any:
    return exact_quadratic(1)


def lower_quadratic() -> Any:
    return exact_quadratic(-1)


def gap(weights: Sequence[int], dps: int) -> Any:
    """Return ``d psi``."""
    with working_bits(bits_from_dps(dps)):
        return gap_of_spectrum(to_mean_one(weights))


def variance(weights: Sequence[int]) -> Fraction:
    """Return ``d sigma``."""
    return sum(((value - 1) ** 2 for value in to_mean_one(weights)), Fraction(0))


def third_of_variance(weights: Sequence[int]) -> Fraction:
    return variance(weights) / 3


def has_small_variance(weights: Sequence[int]) -> bool:
    return 16 * variance(weights) <= 1


_claim = claims_of("thesis")

SQUARE = {"x": square_matrices()}
SINGULAR = {
    "x": matrices(is_singular, [integer_matrix((1, 1), (1, 1))]),
    "mirrors": MIRRORS,
}

CLAIMS = (
    _claim(
        "gap-under-normalisation-printed",
        "Section 6.2.1, proof idea",
        FALSE,
        title="the isometry gap under batch normalisation, as said",
        statement="the isometry gap does not decrease with batch normalisation: I(BN(X)) <= I(X)",
        variables={"x": "invertible matrix X"},
        as_printed="the isometry does not decrease, so the gap does not increase",
        checks=(attack(isometry_of_normalised, "<=", isometry_before, domain=SQUARE),),
        near_miss=at_points(
            isometry_of_normalised,
            "<=",
            isometry_before,
            points=[{"x": integer_matrix((2, 0), (0, 1))}],
        ),
        corrected_by="thesis.isometry-after-rotation",
    ),
    _claim(
        "isometric-rotation-printed",
        "Corollary C.3",
        EXACTLY_FALSE,
        title="a rotation that makes the output isometric, as printed",
        statement="for every square X some orthogonal W has I(BN(WX)) = 1",
        variables={"x": "singular matrix X", "mirrors": "reflections whose product is W"},
        assumptions=("no row of WX is 0, else BN has no value, as for the W of the proof",),
        as_printed="for any X, without the non-degenerate of Lemma C.1 before it: no rotation "
        "and no normalisation of rows mends its rank. Nor does "
        "isometry strictly increase for every X that is not orthogonal, as said before",
        checks=(attack(isometry_after, "==", 1, domain=SINGULAR, assuming=has_no_zero_row),),
        near_miss=at_points(
            isometry_after,
            "==",
            1,
            points=[{"x": integer_matrix((1, 2), (2, 4)), "mirrors": ()}],
        ),
        corrected_by="thesis.isometric-rotation",
    ),
    _claim(
        "weingarten-formula",
        "eq C.25",
        HOLDS,
        title="moments of rotations by Weingarten's formula",
        statement="E_1 = (d+1)/(d(d+2)(d-1)), E_2 = 1/(d(d+2)); E_2 + (d-1) E_1 = 1/d",
        variables={"d": "size"},
        as_printed=(
            "eq C.25 with Δ_σ at both index sequences, perhaps a slip of the copy at hand: "
            "the text below has Δ_τ at the columns"
        ),
        checks=(
            identity(separate_columns, separate_value),
            identity(same_column, same_value),
            identity(second_row_sum, lambda: 1 / D),
            attack(separate_moment, "==", moment_from_length, domain={"d": Integer(2, reach=100)}),
        ),
        near_miss=attack(
            printed_moment, "==", moment_from_length, domain={"d": Integer(2, reach=100)}
        ),
    ),
    _claim(
        "gain-step",
        "eq C.48",
        HOLDS,
        title="from the expected gap to the variance of the eigenvalues",
        statement="log(1 - Σ(λ_k - 1)²/(2d²(d+2))) <= -σ/(2d(d+2)), σ = Σ(λ_k - 1)²/d",
        variables=FRACTIONS,
        as_printed=(
            "with d² for d(d+2), announced as an approximation; it makes the upper bound "
            "smaller than Corollary C.6 gives"
        ),
        checks=(attack(log_gain, "<=", smaller_gain, domain=SPECTRA),),
        near_miss=attack(log_gain, "<=", double_gain, domain=SPECTRA),
    ),
    _claim(
        "roots-of-quadratic",
        "Lemma C.9, quadratic equation",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="roots of the quadratic equation",
        statement="3ε² = (6 + 4ε)/16 at ε = (1 ± √73)/24, -0.315 and 0.398",
        as_printed=("√74 for √73: a slightly wider interval, which holds too"),
        checks=(identity(upper_quadratic, 0), identity(lower_quadratic, 0)),
        near_miss=at_points(quadratic_at_root, "==", 0, points=grid(radicand=(74,), sign=(-1,))),
    ),
    _claim(
        "gap-below-variance",
        "eq C.56; eq C.59",
        HOLDS,
        title="a small gap or variance, and the gap below the variance",
        statement="ψ <= 1/(16d) or σ <= 1/(16d) implies ψ <= σ",
        variables=FRACTIONS,
        checks=(
            attack(gap, "<=", variance, domain=SPECTRA, assuming=is_nearly_isometric),
            attack(gap, "<=", variance, domain=SPECTRA, assuming=has_small_variance),
        ),
        near_miss=attack(
            gap, "<=", third_of_variance, domain=SPECTRA, assuming=is_nearly_isometric
        ),
    ),
)
"""Chapter 6, sentences and displays."""
