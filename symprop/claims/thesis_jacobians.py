"""thesis, appendix C: Jacobians of batch normalisation without centring."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import (
    Matrix,
    eigenvalues,
    gram,
    identity_matrix,
    integer_matrix,
    isometry,
    multiplied,
    scaled,
    square_matrices,
    trace,
)
from symprop.claims.thesis_rotations import (
    LARGER,
    MEANINGS,
    MIRRORS,
    SQUARE,
    rotated,
    rotation,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def projector(row: Sequence[Fraction]) -> Matrix:
    """Return ``I - x x'/|x|^2``, which is ``|x|`` times the Jacobian of ``x/|x|``."""
    length = sum((entry * entry for entry in row), Fraction(0))
    return tuple(
        tuple(Fraction(i == j) - a * b / length for j, b in enumerate(row))
        for i, a in enumerate(row)
    )


def squared_jacobian(x: Matrix, weights: Matrix) -> Matrix:
    """Return ``J J'`` of ``X -> BN(W X)`` for an orthogonal ``W``, row by row of the output.

    Blocks of different rows hold ``w_i . w_j = 0``; the others are rational.
    """
    hidden, inner = multiplied(weights, x), gram(weights)
    d = len(x)
    rows = [[Fraction(0)] * (d * d) for _ in range(d * d)]
    for i in range(d):
        assert not any(inner[i][j] for j in range(d) if j != i)
        length = sum((entry * entry for entry in hidden[i]), Fraction(0))
        for a, line in enumerate(multiplied(projector(hidden[i]), projector(hidden[i]))):
            for b, entry in enumerate(line):
                rows[i * d + a][i * d + b] = inner[i][i] * entry / length
    return tuple(map(tuple, rows))


def squared_norm_of_layer(x: Matrix, mirrors: Sequence[int], dps: int) -> Any:
    return eigenvalues(squared_jacobian(x, rotation(x, mirrors)), dps)[-1]


def squared_norm_of_layer_doubled(x: Matrix, mirrors: Sequence[int], dps: int) -> Any:
    """Return the same with weights ``2 W``, seen against the normalisation at ``W X``."""
    return 4 * squared_norm_of_layer(x, mirrors, dps)


def squared_norm_at_hidden(x: Matrix, mirrors: Sequence[int], dps: int) -> Any:
    hidden = rotated(x, mirrors)
    return eigenvalues(squared_jacobian(hidden, identity_matrix(len(x))), dps)[-1]


def squared_norm(x: Matrix, dps: int) -> Any:
    return eigenvalues(squared_jacobian(x, identity_matrix(len(x))), dps)[-1]


def inverse_least_eigenvalue(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 1 / eigenvalues(gram(x), dps)[0]


def inverse_second_eigenvalue(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 1 / eigenvalues(gram(x), dps)[min(1, len(x) - 1)]


def least_squared_row(x: Matrix) -> Fraction:
    return min(gram(x)[i][i] for i in range(len(x)))


def least_eigenvalue(x: Matrix, dps: int) -> Any:
    return eigenvalues(gram(x), dps)[0]


def largest_eigenvalue_of_gram(x: Matrix, dps: int) -> Any:
    return eigenvalues(gram(x), dps)[-1]


def multiplicity(x: Matrix) -> int:
    """Return how often ``1/|x|`` is an eigenvalue of the Jacobian of ``x/|x|``, x the first row."""
    row = x[0]
    with working_bits(200):
        found = eigenvalues(projector(row), 40)
    return sum(bool(abs(value - 1) < arb("1e-20")) for value in found)


def one_less_than_square(x: Matrix) -> int:
    return len(x) ** 2 - 1


def one_less_than_size(x: Matrix) -> int:
    return len(x) - 1


def size_of(x: Matrix) -> int:
    return len(x)


def difference_quotients_trace(x: Matrix, dps: int) -> Any:
    """Return ``|x|`` times the trace of the Jacobian of ``x/|x|``, from symmetric differences."""
    row = x[0]
    with working_bits(4 * bits_from_dps(dps)):
        step = arb(10) ** (-dps - 5)
        total = arb(0)
        for i in range(len(row)):
            ends = []
            for sign in (1, -1):
                moved = [
                    arb(rational(entry)) + sign * step * (i == j) for j, entry in enumerate(row)
                ]
                ends.append(moved[i] / sum((m * m for m in moved), arb(0)).sqrt())
            total += (ends[0] - ends[1]) / (2 * step)
        length = sum((arb(rational(entry)) * rational(entry) for entry in row), arb(0)).sqrt()
        return total * length + arb(0, arb(10) ** (-dps + 5))


def log_norm(x: Matrix, scale: Fraction, dps: int) -> Any:
    """Return ``log |J_BN(scale X)|``; the logarithm of 0 counts as below any bound."""
    if len(x) == 1:
        return -(10**6)
    with working_bits(bits_from_dps(dps)):
        return squared_norm(scaled(x, scale), dps).log() / 2


def log_norm_at_trace_d(x: Matrix, dps: int) -> Any:
    """Return ``log |J_BN|`` of ``X`` scaled so that ``tr X X' = d``."""
    if len(x) == 1:
        return -(10**6)
    with working_bits(bits_from_dps(dps)):
        mean = trace(gram(x)) / len(x)
        return (squared_norm(x, dps) * rational(mean)).log() / 2


def gap_times_size(x: Matrix, dps: int) -> Any:
    """Return ``d psi(X)``."""
    with working_bits(bits_from_dps(dps)):
        return -arb(isometry(gram(x), dps)).log() * len(x)


def printed_log_bound(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return gap_times_size(x, dps) + 1


def root_log_bound(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 2 * abs(gap_times_size(x, dps)).sqrt()


def small_root_log_bound(x: Matrix, dps: int) -> Any:
    return root_log_bound(x, dps) / 8


def has_small_gap(x: Matrix) -> bool:
    with working_bits(80):
        return bool(16 * gap_times_size(x, 20) <= 1)


SMALL = {"x": square_matrices(lambda x: 2 <= len(x) <= 3), "mirrors": MIRRORS}

_claim = claims_of("thesis", HOLDS)

CLAIMS = (
    _claim(
        "normalisation-log-norm-printed",
        "Lemma C.13",
        FALSE,
        title="log-norm of one normalisation Jacobian, as printed",
        statement="log |J_BN(X)| <= dψ(X) + 1 for every input X of a normalisation layer",
        variables={"x": "invertible matrix", "scale": "factor of x: X = scale x"},
        as_printed=(
            "ψ does not see the scale of X and the Jacobian does; what the proof uses, and what "
            "the layers after the first provide, is tr X X' = d"
        ),
        checks=(
            attack(
                log_norm,
                "<=",
                printed_log_bound,
                domain=LARGER | {"scale": Real(0, None, open_at="lower", decades=3)},
            ),
        ),
        near_miss=at_points(
            log_norm,
            "<=",
            printed_log_bound,
            points=[{"x": identity_matrix(3), "scale": "1/100"}],
        ),
        corrected_by="thesis.normalisation-log-norm",
    ),
    _claim(
        "normalisation-log-norm",
        "Lemma C.13",
        title="log-norm of one normalisation Jacobian",
        statement=(
            "log |J_BN(X)| <= dψ(X) + 1 if tr X X' = d; <= 2 sqrt(dψ) if besides ψ <= 1/(16 d)"
        ),
        variables={"x": "invertible matrix, scaled to tr X X' = d"},
        checks=(
            attack(log_norm_at_trace_d, "<=", printed_log_bound, domain=SQUARE),
            attack(
                log_norm_at_trace_d, "<=", root_log_bound, domain=SQUARE, assuming=has_small_gap
            ),
        ),
        near_miss=at_points(
            log_norm_at_trace_d,
            "<=",
            small_root_log_bound,
            points=[{"x": integer_matrix((1, 0), (0, "9/10"))}],
        ),
    ),
    _claim(
        "normalisation-jacobian-norm",
        "Lemma C.16",
        title="Jacobian norm through the smallest eigenvalue",
        statement="|J_BN(X)|² <= 1/λ_min(X X')",
        variables={"x": "invertible matrix X"},
        checks=(attack(squared_norm, "<=", inverse_least_eigenvalue, domain=SQUARE),),
        near_miss=attack(squared_norm, "<=", inverse_second_eigenvalue, domain=LARGER),
    ),
    _claim(
        "unit-vector-jacobian-printed",
        "Lemma C.18",
        FALSE,
        title="Jacobian of vector normalisation, as printed",
        statement="the Jacobian of x/|x| is I/|x| - x x'/|x|³ with I of size d²: |x| tr J = d² - 1",
        variables={"x": "matrix of size d whose first row is x"},
        as_printed="the identity has size d² where the outer product has size d",
        checks=(attack(difference_quotients_trace, "==", one_less_than_square, domain=SQUARE),),
        near_miss=at_points(
            difference_quotients_trace,
            "==",
            one_less_than_square,
            points=[{"x": integer_matrix((1, 2), (0, 1))}],
        ),
        corrected_by="thesis.unit-vector-jacobian",
    ),
    _claim(
        "unit-vector-jacobian",
        "Lemma C.18",
        title="Jacobian of vector normalisation",
        statement="the Jacobian of x/|x| is I/|x| - x x'/|x|³ with I of size d: |x| tr J = d - 1",
        variables={"x": "matrix of size d whose first row is x"},
        checks=(attack(difference_quotients_trace, "==", one_less_than_size, domain=SQUARE),),
        near_miss=attack(difference_quotients_trace, "==", size_of, domain=SQUARE),
    ),
    _claim(
        "unit-vector-eigenvalues-printed",
        "Corollary C.19",
        EXACTLY_FALSE,
        title="eigenvalues of the Jacobian of vector normalisation, as printed",
        statement="1/|x| has multiplicity d² - 1",
        variables={"x": "matrix of size d whose first row is x"},
        as_printed="the Jacobian has d eigenvalues",
        checks=(attack(multiplicity, "==", one_less_than_square, domain=SQUARE),),
        near_miss=at_points(
            multiplicity, "==", one_less_than_square, points=[{"x": identity_matrix(2)}]
        ),
        corrected_by="thesis.unit-vector-eigenvalues",
    ),
    _claim(
        "unit-vector-eigenvalues",
        "Corollary C.19",
        title="eigenvalues of the Jacobian of vector normalisation",
        statement="1/|x| with multiplicity d - 1, and 0 once",
        variables={"x": "matrix of size d whose first row is x"},
        checks=(attack(multiplicity, "==", one_less_than_size, domain=SQUARE),),
        near_miss=attack(multiplicity, "==", size_of, domain=SQUARE),
    ),
    _claim(
        "least-row",
        "Lemma C.20",
        title="smallest row norm and smallest eigenvalue",
        statement="min_j |X_j|² >= λ_min(X X')",
        variables={"x": "invertible matrix X"},
        checks=(attack(least_squared_row, ">=", least_eigenvalue, domain=SQUARE),),
        near_miss=attack(least_squared_row, ">=", largest_eigenvalue_of_gram, domain=SQUARE),
    ),
    _claim(
        "layer-jacobian",
        "Lemma C.21",
        title="one layer's Jacobian and that of its normalisation",
        statement="|∂BN(WX)/∂X|² <= |J_BN(WX)|², with equality",
        variables=MEANINGS,
        assumptions=("W orthogonal",),
        checks=(
            attack(
                squared_norm_of_layer, "==", squared_norm_at_hidden, domain=SMALL, tries=(24, 300)
            ),
        ),
        near_miss=attack(
            squared_norm_of_layer_doubled,
            "<=",
            squared_norm_at_hidden,
            domain=SMALL,
            tries=(12, 60),
        ),
    ),
)
"""Appendix C: Jacobians of batch normalisation without centring."""
