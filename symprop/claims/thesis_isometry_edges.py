"""thesis, chapter 4: isometry where it has no value or another one, and what the proof writes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import (
    Matrix,
    determinant,
    gram,
    isometry,
    isometry_of_rows,
    trace,
)
from symprop.claims.thesis_isometry import INVERTIBLE, MEANINGS
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def trace_of_gram(x: Matrix) -> Fraction:
    return trace(gram(x))


def spread(last: Fraction) -> Fraction:
    """Return ``var/mean^2`` of the lengths 1, 1 and ``last``."""
    lengths = (Fraction(1), Fraction(1), last)
    mean = sum(lengths, Fraction(0)) / 3
    return sum(((each - mean) ** 2 for each in lengths), Fraction(0)) / 3 / mean**2


def cubed_improvement(last: Fraction) -> Fraction:
    """Return the cube of ``I(G~)/I(G)`` for the same lengths."""
    return ((2 + last**2) / 3) ** 3 / last**2


def improvement_of_short(short: Fraction) -> Fraction:
    return cubed_improvement(short)


def improvement_of_long(long: Fraction) -> Fraction:
    return cubed_improvement(long)


def improvement_of_last(last: Fraction) -> Fraction:
    return cubed_improvement(last)


def least_improvement(last: Fraction) -> Fraction:
    return (1 + spread(last)) ** 3


def larger_improvement(last: Fraction) -> Fraction:
    return (1 + 2 * spread(last)) ** 3


def is_more_diverse(short: Fraction, long: Fraction) -> bool:
    return spread(long) > spread(short)


def printed_trace(x: Matrix) -> Fraction:
    """Return ``tr D G~ D`` with ``D = diag(a_i/sqrt d)`` and ``G~`` of vectors of length 1."""
    return trace(gram(x)) / len(x[0])


def determinant_from_factors(x: Matrix, dps: int) -> Any:
    """Return ``det(G~) det(D)^2``, ``D = diag(a_i)``."""
    with working_bits(bits_from_dps(dps) + 20 * len(x)):
        isometry_of_units = arb(isometry_of_rows(x, dps)) ** len(x)  # the mean of the diagonal is 1
        squares = arb(1)
        for i, row in enumerate(gram(x)):
            squares *= rational(row[i])
        return isometry_of_units * squares


def determinant_of_gram(x: Matrix) -> Fraction:
    return determinant(gram(x))


def isometry_of_two(a: Fraction, b: Fraction, c: Fraction, dps: int) -> Any:
    """Return ``I`` of the Gram matrix of two vectors of lengths a and b, ``cos = (1-c^2)/(1+c^2)``.

    Then the sine is rational too.
    """
    cosine = (1 - c * c) / (1 + c * c)
    x = ((a, Fraction(0)), (b * cosine, b * 2 * c / (1 + c * c)))
    return isometry(gram(x), dps)


def twice_area(a: Fraction, b: Fraction, c: Fraction) -> Fraction:
    """Return ``2 a b sin/(a^2 + b^2)``."""
    return Fraction(4 * a * b * c, (1 + c * c) * (a * a + b * b))


def area(a: Fraction, b: Fraction, c: Fraction) -> Fraction:
    return twice_area(a, b, c) / 2


_claim = claims_of("thesis")

TWO = {"a": Real("1/100", 100), "b": Real("1/100", 100), "c": Real("1/100", 100)}
LENGTHS = {"last": Real("1/1000", 1000)}
PAIR = {"short": Real("1/1000", "1/10"), "long": Real(6, 30)}

CLAIMS = (
    _claim(
        "isometry-of-two-vectors",
        "Section 4.1, two vectors",
        HOLDS,
        title="isometry of two vectors",
        statement="I = 2ab sin θ/(a² + b²) <= 1, and 1 for a = b at a right angle",
        variables={"a": "length", "b": "length", "c": "tan(θ/2)"},
        as_printed="ab sin θ/(a² + b²), half of the isometry of Definition 4.1",
        checks=(
            attack(isometry_of_two, "==", twice_area, domain=TWO, tries=(30, 300)),
            attack(twice_area, "<=", 1, domain=TWO, tries=(30, 300)),
            at_points(twice_area, "==", 1, points=grid(a=("5/2",), b=("5/2",), c=("1",))),
        ),
        near_miss=attack(isometry_of_two, "==", area, domain=TWO, tries=(30, 300)),
    ),
    _claim(
        "diversity-of-lengths-printed",
        "Theorem 4.3, discussion",
        EXACTLY_FALSE,
        title="more diverse lengths, larger improvement, as said",
        statement="of two triples of lengths that with the larger var/mean² has the larger "
        "I(G~)/I(G), cubed",
        variables={"short": "lengths 1, 1, short", "long": "lengths 1, 1, long"},
        as_printed=(
            "in words, with diversity measured as in the theorem. That is a lower bound; "
            "short vectors count for more than the variance shows, since the improvement is"
            " the mean of squares over the geometric mean, squared"
        ),
        checks=(
            attack(
                improvement_of_long,
                ">=",
                improvement_of_short,
                domain=PAIR,
                assuming=is_more_diverse,
            ),
        ),
        near_miss=at_points(
            improvement_of_long,
            ">=",
            improvement_of_short,
            points=grid(short=("1/100",), long=("21/2",)),
        ),
        corrected_by="thesis.diversity-of-lengths",
    ),
    _claim(
        "diversity-of-lengths",
        "Theorem 4.3, discussion",
        HOLDS,
        title="diverse lengths, an improvement at least as large",
        statement="I(G~)/I(G) >= 1 + var/mean² for lengths 1, 1, a, compared as cubes",
        variables={"last": "a"},
        checks=(attack(improvement_of_last, ">=", least_improvement, domain=LENGTHS),),
        near_miss=attack(improvement_of_last, ">=", larger_improvement, domain=LENGTHS),
    ),
    _claim(
        "factors-of-gram",
        "Theorem 4.3, proof",
        HOLDS,
        title="factors of the Gram matrix",
        statement="G = D G~ D with D = diag(a_i) and x~_i = x_i/|x_i|: det G = det G~ det D²",
        variables=MEANINGS,
        as_printed=(
            "in the proof D = diag(a_i/√d) and x~_i has length √d, to the same effect; the "
            "theorem has length 1"
        ),
        checks=(attack(determinant_from_factors, "==", determinant_of_gram, domain=INVERTIBLE),),
        near_miss=attack(printed_trace, "==", trace_of_gram, domain=INVERTIBLE),
    ),
)
"""Chapter 4, edges."""
