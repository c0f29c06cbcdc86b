"""thesis, appendix C.3 and C.4: bounds of gradients, and the table of ranks.

Why the bound of log-gradients needs its mean over the weights: take two samples at an angle, and in
each of ``L`` layers the rotation by the angle ``t`` with ``cos 2t = 2^(-1/L)``. The cotangent of
the angle between the rows is multiplied by ``cos 2t``, so the angle moves by a bounded amount, but
the mean direction moves by ``atan(tan 2t sin delta)/2`` a layer, of order ``sqrt L`` in all, and so
does its derivative by the first angle.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_mat

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    eigenvalues,
    gram,
    identity_matrix,
    matrices,
)
from symprop.claims.thesis_jacobians import inverse_least_eigenvalue, squared_norm
from symprop.claims.thesis_orthogonal_chains import (
    CHAIN,
    first_gap,
    second_phase_bound,
    sum_of_log_norms,
)
from symprop.claims.thesis_rotations import LARGER, SQUARE
from symprop.claims.thesis_total_variation import ball
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- the mean over the weights ---


def log_number_of_layers(constant: int) -> int:
    return 72 * constant + 8


def log_gradient(constant: int, dps: int) -> Any:
    """Return a lower bound of the largest ``log |dL/dW_0|`` over losses ``<A, X_L>``, ``|A| = 1``.

    From 45 degrees on the sum over the layers of (derivative of the mean direction by the angle)
    times (derivative of the angle by the first) is at least ``L c sqrt(1 - c^2)/(4 sqrt 5)``,
    ``c = cos 2t``: cosines of the angles are at least ``1/sqrt 5``, derivatives of angles 1/2. Both
    rows follow the mean direction, a factor ``sqrt 2``; a change of ``W_0`` by 1 turns one row by
    ``sqrt(1/2)``.
    """
    exponent = log_number_of_layers(constant)
    with working_bits(bits_from_dps(dps) + 4 * exponent):
        layers = arb(exponent).exp().floor()
        c = (-arb(2).log() / layers).exp()
        return (layers * c * (1 - c * c).sqrt() / (4 * arb(5).sqrt())).log()


def printed_gradient_bound(constant: int, dps: int) -> Any:
    """Return ``C d^5 (psi(X_0)^3 + 1)``, ``d = 2``: the depth only makes it less."""
    with working_bits(bits_from_dps(dps)):
        gap = arb(2).log() / 2
        return constant * 32 * (gap**3 + 1)


# --- the two phases ---


def tenth_of_second_phase(d: int, skew: Any, layers: int, dps: int) -> Any:
    return second_phase_bound(d, skew, layers, dps) / 10


def bound_with_depth(d: int, skew: int, layers: int, dps: int, weight: int = 32) -> Any:
    """Return ``32 d^5 (psi(X_0)^3 + 1 - exp(-L/(32 d^4)))``."""
    with working_bits(bits_from_dps(dps)):
        depth = 1 - (-arb(layers) / (32 * d**4)).exp()
        return weight * arb(d) ** 5 * (arb(first_gap(d, skew)) ** 3 + depth)


def small_bound_with_depth(d: int, skew: int, layers: int, dps: int) -> Any:
    return bound_with_depth(d, skew, layers, dps, weight=1)


# --- one layer ---


def log_norm(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return squared_norm(x, dps).log() / 2


def minus_log_least(x: Matrix, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return inverse_least_eigenvalue(x, dps).log()


def squared_norm_of_input(x: Matrix, dps: int) -> Any:
    """Return ``|dH/dW|^2`` of ``H = W X``, the largest eigenvalue of ``X X'``."""
    return eigenvalues(gram(x), dps)[-1]


def squared_size(x: Matrix) -> int:
    return len(x) ** 2


def logarithm(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return -ball(1 - x).log()


def root_two_times(x: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(2).sqrt() * ball(x)


def itself(x: Fraction) -> Fraction:
    return x


# --- ranks of batches ---

"""Average ranks as printed."""


def rank(x: Matrix) -> int:
    entries = [fmpq(entry.numerator, entry.denominator) for row in x for entry in row]
    return int(fmpq_mat(len(x), len(x[0]), entries).rank())


def rank_of_batch(x: Matrix) -> int:
    return rank(gram(x))


def rank_without_last(x: Matrix) -> int:
    return rank(gram(x[:-1]))


_claim = claims_of("thesis")

ONE_LAYER = {"x": "invertible matrix X"}
SLIGHT = grid(d=(2, 4), skew=("21/20", "11/10"), layers=(1, 20))

CLAIMS = (
    _claim(
        "log-gradients-bounded-printed",
        "Theorem C.10",
        FALSE,
        title="log-gradients bounded in depth, as printed",
        statement="log |∂L/∂W_l| <= C d⁵ (ψ(X_0)³ + 1 - exp(-L/(32d⁴))) for all orthogonal weights",
        variables={"constant": "C; the layers number exp(72 C + 8), rounded down"},
        assumptions=("d = 2, two samples of length 1 at 45 degrees", "W_0 = I, L = <A, X_L>"),
        as_printed="without the mean over the weights that Theorem 6.5 has. Small rotations, of "
        "order 1/√L, let the gradient grow like √L: the left side is a lower bound",
        checks=(
            attack(
                log_gradient,
                "<=",
                printed_gradient_bound,
                domain={"constant": Integer(1, 20)},
                tries=(6, 20),
            ),
        ),
        near_miss=at_points(log_gradient, "<=", printed_gradient_bound, points=grid(constant=(5,))),
        corrected_by="thesis.log-gradients-bounded",
    ),
    _claim(
        "weight-jacobian-printed",
        "Theorem C.10, proof",
        FALSE,
        title="Jacobian by the weights, as printed",
        statement="|∂H_l/∂W_l| <= d for every l, l = 0 included",
        variables={"x": "X_l"},
        assumptions=("both sides squared",),
        as_printed=(
            "since X_l = BN(H_{l-1}), which X_0 is not, though the theorem includes l = 0; "
            "from l = 1 on even √d is a bound"
        ),
        checks=(attack(squared_norm_of_input, "<=", squared_size, domain=SQUARE),),
        near_miss=at_points(
            squared_norm_of_input, "<=", squared_size, points=[{"x": identity_matrix(2, 3)}]
        ),
        corrected_by="thesis.normalised-eigenvalues",
    ),
    _claim(
        "second-phase-bound",
        "eq C.92",
        STATISTICAL,
        title="sum of log-norms from a small gap on",
        statement="E Σ_{k<=L} log |J_BN(H^k)| <= 32 d^4.5 ψ(X_0)^0.5 (1 - exp(-L/(32d⁴)))",
        variables=CHAIN,
        assumptions=("ψ(X_0) <= 1/(16d)",),
        as_printed=(
            "from eq C.91 by dropping its factor 2; Lemma C.16, which bounds the square of "
            "the norm, gives it back"
        ),
        checks=(
            simulated(sum_of_log_norms, "<=", second_phase_bound, points=SLIGHT, sizes=(400, 4000)),
        ),
        near_miss=simulated(
            sum_of_log_norms,
            "<=",
            tenth_of_second_phase,
            points=grid(d=(2,), skew=("11/10",), layers=(1,)),
            sizes=(4000, 40_000),
        ),
    ),
    _claim(
        "sum-of-log-norms-with-depth",
        "Lemma C.12",
        STATISTICAL,
        title="expected sum of log-norms, with its dependence on depth",
        statement="E Σ_{k<=L} log |J_BN(H^k)| <= 32 d⁵ (ψ(X_0)³ + 1 - exp(-L/(32d⁴)))",
        variables=CHAIN,
        assumptions=("the mean over the weights",),
        as_printed="with a hidden constant; 1 does not serve",
        checks=(
            simulated(
                sum_of_log_norms,
                "<=",
                bound_with_depth,
                points=grid(d=(2, 4), skew=("11/10", 2, 1000), layers=(1, 20)),
                sizes=(400, 4000),
            ),
        ),
        near_miss=simulated(
            sum_of_log_norms,
            "<=",
            small_bound_with_depth,
            points=grid(d=(2,), skew=("8/5",), layers=(1,)),
            sizes=(4000, 40_000),
        ),
    ),
    _claim(
        "log-norm-by-least-eigenvalue-printed",
        "eq C.121",
        FALSE,
        title="log-norm through the smallest eigenvalue, as printed",
        statement="log |J_BN(X)| <= -log λ_min(X X') for every invertible X",
        variables=ONE_LAYER,
        assumptions=("d >= 2",),
        as_printed=(
            'in the text between eq C.120 and C.121, "using the above lemma", which is for '
            "every X and gives half of the right side; the whole is larger for λ_min <= 1 "
            "only. True where the trace is d, as it is from the second layer on"
        ),
        checks=(attack(log_norm, "<=", minus_log_least, domain=LARGER),),
        near_miss=at_points(log_norm, "<=", minus_log_least, points=[{"x": identity_matrix(3, 2)}]),
        corrected_by="thesis.normalisation-jacobian-norm",
    ),
    _claim(
        "root-of-deviation",
        "eq C.129",
        HOLDS,
        title="bound of the logarithm for small gaps",
        statement="-log(1 - x) <= √2 x for 0 <= x <= 1/2",
        variables={"x": "real"},
        as_printed=("√(2x), perhaps √2 x under too long a bar: only √2 x leads to eq C.130"),
        checks=(attack(logarithm, "<=", root_two_times, domain={"x": Real(0, "1/2")}),),
        near_miss=attack(logarithm, "<=", itself, domain={"x": Real(0, "1/2")}),
    ),
    _claim(
        "rank-of-batches",
        "Table C.1",
        HOLDS,
        title="ranks of batches and of their parts",
        statement="the Gram matrix of a batch has at least the rank of that of a part of it",
        variables={"x": "samples in rows"},
        as_printed=(
            "numerical ranks, with a tolerance: those of CIFAR10 and CIFAR100 fall from 256"
            " to 512 samples, which exact ones could not"
        ),
        checks=(
            attack(
                rank_of_batch,
                ">=",
                rank_without_last,
                domain={"x": matrices(lambda x: len(x) > 1)},
            ),
        ),
        near_miss=attack(
            rank_of_batch,
            ">",
            rank_without_last,
            domain={"x": matrices(lambda x: len(x) > 1)},
        ),
    ),
)
"""Appendix C.3 and C.4."""
