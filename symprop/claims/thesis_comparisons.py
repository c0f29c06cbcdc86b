"""thesis, chapters 2 and 6 and appendices: comparisons made in words, and one in a display."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import Matrix, gram, integer_matrix
from symprop.claims.thesis_jacobians import squared_norm, squared_norm_of_layer
from symprop.claims.thesis_orthogonal_chains import log_gradient
from symprop.claims.thesis_rotations import LARGER, MEANINGS
from symprop.claims.thesis_total_variation import ball
from symprop.gaussian.duality import dual_kernel
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.recurrences.linear_batch_norm import stationary_orthogonality_gap

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- the gap without and with normalisation ---


def scaled_gap(n: int) -> Fraction:
    """Return the limit of ``d E V^2`` at infinite depth, then width."""
    found = stationary_orthogonality_gap(n)
    return Fraction(int(found.p), int(found.q))


def same_number(n: int) -> int:
    """Return ``n^2/c`` at ``c = n``."""
    return n


# --- plain ReLU networks ---


def next_cosine(rho: Fraction, dps: int) -> Any:
    """Return the cosine of two inputs after a ReLU layer of infinite width."""
    with working_bits(bits_from_dps(dps)):
        kernel = dual_kernel("relu")
        return 2 * kernel.enclose(rho, dps=dps).ball


def cosine(rho: Fraction) -> Fraction:
    return rho


def size_of_cosine(rho: Fraction) -> Fraction:
    return abs(rho)


# --- sums of rates ---


def sum_of_powers(k: Fraction, count: int, dps: int) -> Any:
    """Return the sum of ``l^(-k)`` over ``l <= count``."""
    with working_bits(bits_from_dps(dps)):
        return sum((arb(step) ** (-ball(k)) for step in range(1, count + 1)), arb(0))


def bound_of_powers(k: Fraction) -> Fraction:
    return k / (k - 1)


def integral_of_powers(k: Fraction) -> Fraction:
    return 1 / (k - 1)


def slope_of_tanh(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 1 / ball(x).cosh() ** 2


def slope_of_sine(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return ball(x).cos()


def sum_of_squared_eigenvalues(x: Matrix) -> Fraction:
    """Return ``tr (X X')^2`` after batch normalisation: squared cosines of the rows."""
    m = gram(x)
    cosines = (m[i][j] ** 2 / (m[i][i] * m[j][j]) for i in range(len(m)) for j in range(len(m)))
    return sum(cosines, Fraction(0))


def squared_size(x: Matrix) -> int:
    return len(x) ** 2


def less_than_squared_size(x: Matrix) -> int:
    return len(x) ** 2 - 1


# --- gradients and products of Jacobians ---


def deep_log_gradient(skew: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``log |dL/dW_0|`` after 100 layers of width 6."""
    return log_gradient(6, skew, 100, "haar", size, seed)


def two() -> int:
    return 2


def three() -> int:
    return 3


def squared_norm_at_layer(x: Matrix, dps: int) -> Any:
    """Return ``|J_BN(X)|^2``, which is 1 for rows of length 1."""
    return squared_norm(x, dps)


_claim = claims_of("thesis")

ROWS = {
    "x": OneOf((integer_matrix((1, 0), ("3/5", "4/5")), integer_matrix((1, 0), ("5/13", "12/13")))),
    "mirrors": OneOf(((1, 0), (2, 1), (1, -3))),
}
SLOPES = {"x": Real(-10, 10)}

CLAIMS = (
    _claim(
        "gap-limit-printed",
        "Lemma A.8, comparison",
        EXACTLY_FALSE,
        title="limit of the gap with normalisation, as said",
        statement="the gap tends to the order n/√d: lim d E V² >= n²/c for some c and all n >= 2, "
        "taken at n = c",
        variables={"n": "batch size, and c"},
        as_printed='"Theorem 2.1 proves the gap ... converges to n/√d", which is of the order of a '
        "bound. In depth and then width d E V² tends to (n-1)(n+2)²/(4n(n+1)): the gap is of order "
        "√(n/d), whatever the constant",
        checks=(attack(scaled_gap, ">=", same_number, domain={"n": Integer(2, reach=1000)}),),
        near_miss=at_points(scaled_gap, ">=", same_number, points=grid(n=(10**6,))),
        corrected_by="thesis.figure-gap-level",
    ),
    _claim(
        "entangled",
        "Section 2.4.1, effect of depth",
        HOLDS,
        title="depth and orthogonality without normalisation",
        statement="a plain ReLU layer makes cosines larger: cos' > cos unless cos = 1",
        variables={"rho": "cosine of two inputs"},
        assumptions=("infinite width",),
        as_printed=(
            '"more entangled, i.e., orthogonal" with depth, beside a gap that grows: a word'
            " short, less orthogonal is meant"
        ),
        checks=(attack(next_cosine, ">", cosine, domain={"rho": Real(-1, "999/1000")}),),
        near_miss=attack(next_cosine, ">", size_of_cosine, domain={"rho": Real(-1, "999/1000")}),
    ),
    _claim(
        "sum-of-rates",
        "Section 6.4, sum of rates",
        HOLDS,
        title="rates that decay like a power",
        statement="Σ_{l<=L} l^(-k) <= k/(k-1) for every L, if k > 1",
        variables={"k": "exponent", "count": "L"},
        as_printed=(
            '"faster decay than a harmonic series": 1/(l log l), whose sum is infinite, '
            "would not do; the powers of appendix C.5 do"
        ),
        checks=(
            attack(
                sum_of_powers,
                "<=",
                bound_of_powers,
                domain={"k": Real("21/20", 5), "count": Integer(1, 200)},
                tries=(45, 450),
            ),
        ),
        near_miss=attack(
            sum_of_powers,
            "<=",
            integral_of_powers,
            domain={"k": Real("21/20", 5), "count": Integer(1, 200)},
        ),
    ),
    _claim(
        "slopes-of-shaped-activations",
        "Section 6.4, tanh and sin",
        HOLDS,
        title="slopes of tanh and sin",
        statement="φ(0) = 0, φ'(0) = 1 and φ' <= 1 for tanh and sin",
        variables={"x": "real"},
        checks=(
            attack(slope_of_tanh, "<=", 1, domain=SLOPES),
            attack(slope_of_sine, "<=", 1, domain=SLOPES),
            at_points(slope_of_tanh, "==", 1, points=grid(x=(0,))),
            at_points(slope_of_sine, "==", 1, points=grid(x=(0,))),
        ),
        near_miss=attack(slope_of_tanh, "<=", "99/100", domain=SLOPES),
    ),
    _claim(
        "squared-eigenvalues",
        "Remark C.5",
        HOLDS,
        title="squares of the eigenvalues after batch normalisation",
        statement="Σ λ_i² < d² for X = BN(·) of full rank, d >= 2",
        variables={"x": "invertible matrix, X = BN(x)"},
        checks=(attack(sum_of_squared_eigenvalues, "<", squared_size, domain=LARGER),),
        near_miss=attack(sum_of_squared_eigenvalues, "<", less_than_squared_size, domain=LARGER),
    ),
    _claim(
        "gradients-by-width-printed",
        "eq 6.2",
        Verdict(Outcome.FAILS, Grade.STATISTICAL),
        title="log-gradients bounded by a constant of the width, as said",
        statement="E log |∂L/∂W_0| is at most 2 at d = 6 whatever the input, for L = <A, X_L>, "
        "|A| = 1, L = 100",
        variables={"skew": "ratio of the extreme singular values of X_0"},
        assumptions=("square invertible X_0", "orthogonal weights of uniform law"),
        as_printed='"a constant that only depends on the network width". It is below 0 for skew 3 '
        "and grows with the logarithm of the skew, as the layers that pull near duplicates apart "
        "are many: near 3, 7 and 10 at 10⁶, 10¹² and 10²⁴, at depths enough for each. Any constant "
        "in place of 2 is passed further on; Theorem 6.5 has ψ(X_0), and needs it",
        checks=(
            simulated(
                deep_log_gradient,
                "<=",
                two,
                points=grid(skew=(3, 10**12)),
                sizes=(60, 400),
                resolution=1,
            ),
        ),
        near_miss=simulated(
            deep_log_gradient,
            "<=",
            three,
            points=grid(skew=(10**12,)),
            sizes=(60, 400),
            resolution=1,
        ),
        corrected_by="thesis.log-gradients-bounded",
    ),
    _claim(
        "sum-at-normalised-layers-printed",
        "eq C.87",
        FALSE,
        title="log-norm of a network through Jacobians at its layers, as printed",
        statement="log |∂X_{l+1}/∂X_l| <= log |J_BN(X_l)|, which is 0 for l >= 1",
        variables=MEANINGS | {"x": "X_l, rows of length 1"},
        assumptions=("compared as squared norms",),
        as_printed="J_BN is to be taken at H_l = W X_l, as in eq C.80: rows of X_l have length 1, "
        "so that the printed sum vanishes",
        checks=(attack(squared_norm_of_layer, "<=", squared_norm_at_layer, domain=ROWS),),
        near_miss=at_points(
            squared_norm_of_layer,
            "<=",
            squared_norm_at_layer,
            points=[{"x": integer_matrix((1, 0), ("3/5", "4/5")), "mirrors": (2, 1)}],
        ),
        corrected_by="thesis.layer-jacobian",
    ),
)
"""Chapters 2 and 6, comparisons."""
