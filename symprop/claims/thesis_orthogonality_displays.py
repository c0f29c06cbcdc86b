"""thesis, appendix A: displays of the proofs that fail as printed, and what they should say."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, to_sum_one
from symprop.claims.rational_matrices import Matrix, gram, integer_matrix, matrices, trace
from symprop.claims.thesis_orthogonality import MEANINGS, SPECTRA, ball, gap, is_unequal
from symprop.claims.thesis_orthogonality_depth import exact_deviation
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- the recursion over layers ---


def unrolled(q: Fraction, start: Fraction, layers: int) -> Fraction:
    """Return ``x_{l+1}`` for ``x_{k+1} = q x_k + 1``, ``x_1`` given."""
    value = start
    for _ in range(layers):
        value = q * value + 1
    return value


def printed_sum(q: Fraction, start: Fraction, layers: int) -> Fraction:
    """Return ``q^l x_1 + sum of q^k`` over ``k = 1, ..., l``."""
    return q**layers * start + sum((q**k for k in range(1, layers + 1)), Fraction(0))


def shifted_sum(q: Fraction, start: Fraction, layers: int) -> Fraction:
    """Return the same with the sum over ``k = 0, ..., l - 1``."""
    return q**layers * start + sum((q**k for k in range(layers)), Fraction(0))


def closed_sum(q: Fraction, start: Fraction, layers: int) -> Fraction:
    return q**layers * start + 1 / (1 - q)


def bound_of_gap(n: int, alpha: Fraction, d: int, part: Fraction, dps: int) -> Any:
    """Return ``2n (q v + 3/(2 alpha sqrt d))``, ``v = part/n`` and ``q`` any power, here 1."""
    with working_bits(bits_from_dps(dps)):
        return 2 * ball(part) + 3 * n / (ball(alpha) * arb(d).sqrt())


def printed_bound_of_gap(n: int, alpha: Fraction, d: int, dps: int) -> Any:
    """Return ``2 + 3n/(2 alpha sqrt d)``."""
    with working_bits(bits_from_dps(dps)):
        return 2 + 3 * n / (2 * ball(alpha) * arb(d).sqrt())


def right_bound_of_gap(n: int, alpha: Fraction, d: int, dps: int) -> Any:
    """Return ``2 + 3n/(alpha sqrt d)``."""
    with working_bits(bits_from_dps(dps)):
        return 2 + 3 * n / (ball(alpha) * arb(d).sqrt())


# --- the deviation of the next Gram matrix ---


def mean_of_squared_cross_terms(n: int) -> Fraction:
    """Return ``E A_ki^2 A_kj^2 A_k'i^2 A_k'j^2`` for rows uniform on the sphere."""
    return Fraction(1, n * (n + 2)) ** 2


def largest_last_bound(weights: Sequence[int], d: int) -> Fraction:
    """Return the most that ``(sum_i A_ii^2)^2/d^2`` can be: all n squares are at most 1."""
    return Fraction(len(weights), d) ** 2


def next_entry(weights: Sequence[int], dps: int) -> Any:
    """Return ``E C_12`` for two samples with singular vectors ``(3, 4)/5`` and ``(-4, 3)/5``."""
    with working_bits(bits_from_dps(dps)):
        small, large = expected_shares(to_sum_one(weights), dps)
        return (large - small) * 12 / 25


def is_pair(weights: Sequence[int]) -> bool:
    return len(weights) == 2 and is_unequal(weights)


# --- the square of the gap ---


def square_of_gap(x: Matrix) -> Fraction:
    """Return ``|H'H/|H|_F^2 - I/n|_F^2`` entry by entry; the rows are the samples."""
    n, total = len(x), trace(gram(x))
    entries = (
        entry / total - Fraction(i == j, n)
        for i, row in enumerate(gram(x))
        for j, entry in enumerate(row)
    )
    return sum((entry * entry for entry in entries), Fraction(0))


def sum_of_fourth_powers(x: Matrix) -> Fraction:
    """Return ``sum sigma_i^4 - 1/n`` for singular values of square sum 1."""
    product = gram(x)
    squares = sum((entry * entry for row in product for entry in row), Fraction(0))
    return squares / trace(product) ** 2 - Fraction(1, len(x))


def without_last_term(x: Matrix) -> Fraction:
    return sum_of_fourth_powers(x) + Fraction(1, len(x))


def fourth_powers(weights: Sequence[int]) -> Fraction:
    values = to_sum_one(weights)
    return sum((value * value for value in values), Fraction(0)) - Fraction(1, len(values))


# --- means of ratios, and the tangent of g ---


def positive_part(constant: Fraction, dps: int) -> Any:
    """Return ``E X_2^+/X_1`` over ``X_1 >= e^2``, ``e = 1/(10 c)``: a fair sign by a chi-square.

    It is the integral of ``exp(-x^2/2)/(sqrt(2 pi) x^2)`` from ``e`` on.
    """
    with working_bits(bits_from_dps(dps)):
        e = 1 / (10 * ball(constant))
        density = (-e * e / 2).exp() / (2 * arb.pi()).sqrt()
        return density / e - (e / arb(2).sqrt()).erfc() / 2


def itself(constant: Fraction) -> Fraction:
    return constant


def smallest_factor(weights: Sequence[int], dps: int) -> Any:
    """Return ``f_n = p_n/s_n``."""
    with working_bits(bits_from_dps(dps)):
        values = to_sum_one(weights)
        return expected_shares(values, dps)[0] / ball(values[0])


def printed_tangent(weights: Sequence[int], end: Fraction) -> Fraction:
    """Return ``g(0) end + delta g'(0)``, ``g(0) = 1`` being integrated from 0 to ``end``."""
    return end - 1 + tangent(weights)


def tangent(weights: Sequence[int]) -> Fraction:
    """Return ``1 + 2 delta n/(n + 2)``."""
    n = len(weights)
    return 1 + 2 * (Fraction(1, n) - to_sum_one(weights)[0]) * Fraction(n, n + 2)


def steep_tangent(weights: Sequence[int]) -> Fraction:
    return 1 + 4 * (tangent(weights) - 1)


_claim = claims_of("thesis")

RECURSION = {
    "q": Real("1/3", 1, open_at="upper"),
    "start": Real(0, 10),
    "layers": Integer(0, 30),
}
STEPS = {"q": "1 - (2/3) α", "start": "x_1, in units of 1/√d", "layers": "l"}
BOUNDS = {
    "n": Integer(1, reach=100),
    "alpha": Real("1/1000", 1),
    "d": Integer(1, reach=10**6),
}
GAP = {"n": "batch size", "alpha": "α", "d": "width", "part": "n E V^(H_1), at most 1"}

CLAIMS = (
    _claim(
        "unrolled-recursion-printed",
        "Appendix A.2, induction",
        EXACTLY_FALSE,
        title="induction over the layers, as printed",
        statement="x_{k+1} <= q x_k + c gives x_{l+1} <= q^l x_1 + c (q + ... + q^l)",
        variables=STEPS,
        as_printed="the sum begins at k = 1 where it begins at 0: the noise of the last layer is "
        "not contracted. The bound 3/(2α√d) after it is that of the right sum",
        checks=(attack(unrolled, "<=", printed_sum, domain=RECURSION),),
        near_miss=at_points(
            unrolled, "<=", printed_sum, points=grid(q=("1/3",), start=(1,), layers=(3,))
        ),
        corrected_by="thesis.unrolled-recursion",
    ),
    _claim(
        "unrolled-recursion",
        "Appendix A.2, induction",
        HOLDS,
        title="induction over the layers",
        statement="x_{l+1} = q^l x_1 + c (1 + ... + q^(l-1)) <= q^l x_1 + c/(1 - q)",
        variables=STEPS,
        checks=(
            attack(unrolled, "==", shifted_sum, domain=RECURSION),
            attack(unrolled, "<=", closed_sum, domain=RECURSION),
        ),
        near_miss=attack(unrolled, "<=", printed_sum, domain=RECURSION),
    ),
    _claim(
        "gap-from-lyapunov-printed",
        "Appendix A.2, last display",
        FALSE,
        title="conclusion of the proof of Theorem 2.1, as printed",
        statement="2n (q^l v + 3/(2α√d)) <= 2 q^l + 3n/(2α√d) for 0 <= v <= 1/n",
        variables=GAP,
        assumptions=("the power of q, between 0 and 1, is 1",),
        as_printed="the factor 2 is lost in the second term; Theorem 2.1 has it",
        checks=(
            attack(bound_of_gap, "<=", printed_bound_of_gap, domain=BOUNDS | {"part": Real(0, 1)}),
        ),
        near_miss=at_points(
            bound_of_gap,
            "<=",
            printed_bound_of_gap,
            points=grid(n=(2,), alpha=("1/10",), d=(100,), part=("1/2",)),
        ),
        corrected_by="thesis.gap-from-lyapunov",
    ),
    _claim(
        "gap-from-lyapunov",
        "Appendix A.2, last display",
        HOLDS,
        title="conclusion of the proof of Theorem 2.1",
        statement="2n (q^l v + 3/(2α√d)) <= 2 q^l + 3n/(α√d) for 0 <= v <= 1/n",
        variables=GAP,
        assumptions=("the power of q, between 0 and 1, is 1",),
        checks=(
            attack(
                bound_of_gap,
                "<=",
                right_bound_of_gap,
                domain=BOUNDS | {"part": Real(0, "999/1000")},
            ),
        ),
        near_miss=attack(
            bound_of_gap, "<=", printed_bound_of_gap, domain=BOUNDS | {"part": Real(0, 1)}
        ),
    ),
    _claim(
        "cross-terms-printed",
        "Lemma A.3, proof",
        EXACTLY_FALSE,
        title="cross terms of the next Gram matrix, as printed",
        statement="E A_ki² A_kj² A_k'i² A_k'j² = 0 for k ≠ k', i ≠ j",
        variables={"n": "number of samples, all singular values equal"},
        as_printed="the factors carry no squares: (E A_ki A_kj)² is 0 by symmetry, and "
        "(E A_ki² A_kj²)² is not",
        checks=(attack(mean_of_squared_cross_terms, "==", 0, domain={"n": Integer(2, reach=100)}),),
        near_miss=at_points(mean_of_squared_cross_terms, "==", 0, points=grid(n=(5,))),
        corrected_by="thesis.next-gram-deviation",
    ),
    _claim(
        "sum-of-variances-printed",
        "Lemma A.3, proof",
        FALSE,
        title="last display of the proof, as printed",
        statement="E |C - E C|_F² <= (Σ_i A_ii²)²/d²",
        variables=MEANINGS | {"d": "width"},
        assumptions=("the right side is at most n²/d²",),
        as_printed="and = 1/d. Meant is (1/d²) Σ_k (Σ_i A_ki²)², of d terms that are 1",
        checks=(
            attack(
                exact_deviation,
                "<=",
                largest_last_bound,
                domain=SPECTRA | {"d": Integer(1, reach=1000)},
                tries=(30, 300),
            ),
        ),
        near_miss=at_points(
            exact_deviation, "<=", largest_last_bound, points=grid(weights=((1, 1),), d=(9,))
        ),
        corrected_by="thesis.next-gram-deviation",
    ),
    _claim(
        "next-gram-mean-printed",
        "Lemma A.3",
        FALSE,
        title="mean of the next Gram matrix, as printed",
        statement="E H_{l+1}'H_{l+1} = diag(p_1, ..., p_n), whose entry 12 is 0",
        variables=MEANINGS,
        assumptions=("two samples, singular vectors (3, 4)/5 and (-4, 3)/5",),
        as_printed="true in the basis of the singular vectors V of H_l only: it is V diag(p) V'. "
        "Norms and eigenvalues do not see the difference",
        checks=(attack(next_entry, "==", 0, domain=SPECTRA, assuming=is_pair),),
        near_miss=at_points(next_entry, "==", 0, points=[{"weights": (1, 3)}]),
        corrected_by="thesis.expected-shares",
    ),
    _claim(
        "square-of-gap-printed",
        "eq A.20",
        FALSE,
        title="the gap through singular values, as printed",
        statement="V(H) = Σ (σ_i² - 1/n)² = Σ σ_i⁴ - 1/n",
        variables=MEANINGS,
        as_printed="V is the root of that sum, as in the proof of Lemma A.1; so is it in the next "
        "display, and the difference after that is one of squares",
        checks=(attack(gap, "==", fourth_powers, domain=SPECTRA),),
        near_miss=at_points(gap, "==", fourth_powers, points=[{"weights": (1, 2, 3)}]),
        corrected_by="thesis.square-of-gap",
    ),
    _claim(
        "square-of-gap",
        "eq A.20",
        HOLDS,
        title="the square of the gap through singular values",
        statement="V(H)² = Σ (σ_i² - 1/n)² = Σ σ_i⁴ - 1/n for Σ σ_i² = 1",
        variables={"x": "H', a sample in each row, before it is scaled to Σ σ_i² = 1"},
        checks=(
            attack(
                square_of_gap,
                "==",
                sum_of_fourth_powers,
                domain={"x": matrices(lambda x: any(any(row) for row in x))},
            ),
        ),
        near_miss=at_points(
            square_of_gap,
            "==",
            without_last_term,
            points=[{"x": integer_matrix((1, 0), (0, 2))}],
        ),
    ),
    _claim(
        "ratio-without-mean-printed",
        "Lemma A.6",
        FALSE,
        title="mean of a ratio by a generating function, as printed",
        statement="E X_2/X_1 = ∫ ∂φ/∂t_2 at t_2 = 0 over t_1 < 0, 0 by symmetry: E X_2⁺/X_1 <= c "
        "for some c",
        variables={"constant": "c; mean over X_1 >= 1/(10 c)²"},
        assumptions=("X_2 a fair sign, X_1 the square of a standard normal variable",),
        as_printed="asks for the joint generating function only, which exists here, while the "
        "means of both parts of X_2/X_1 are infinite",
        checks=(attack(positive_part, "<=", itself, domain={"constant": Real(1, None)}),),
        near_miss=at_points(positive_part, "<=", itself, points=grid(constant=(1000,))),
        corrected_by="thesis.ratio-by-generating-function",
    ),
    _claim(
        "tangent-of-factor-printed",
        "Lemma A.5, proof",
        FALSE,
        title="tangent of the smallest factor, as printed",
        statement="f_n >= ∫_0^T g(0) dθ + 2δn/(n+2) for every T",
        variables=MEANINGS | {"end": "T"},
        as_printed="over all θ > 0, though g(0) = 1 is an integral already: infinite",
        checks=(
            attack(
                smallest_factor,
                ">=",
                printed_tangent,
                domain=SPECTRA | {"end": Real(1, None)},
                tries=(30, 300),
            ),
        ),
        near_miss=at_points(
            smallest_factor, ">=", printed_tangent, points=grid(weights=((1, 1),), end=(2,))
        ),
        corrected_by="thesis.tangent-of-factor",
    ),
    _claim(
        "tangent-of-factor",
        "Lemma A.5, proof",
        HOLDS,
        title="tangent of the smallest factor",
        statement="f_n = p_n/s_n >= g(0) + δ g'(0) = 1 + 2δn/(n+2), δ = 1/n - s_n",
        variables=MEANINGS,
        checks=(
            attack(smallest_factor, ">=", tangent, domain=SPECTRA, digits=12, tries=(30, 300)),
        ),
        near_miss=attack(smallest_factor, ">=", steep_tangent, domain=SPECTRA, assuming=is_unequal),
    ),
)
"""Appendix A, displays of proofs."""
