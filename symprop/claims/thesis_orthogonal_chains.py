"""thesis, chapter 6 and appendix C: chains of random rotations and batch normalisation."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.thesis_random_rotations import (
    gaps,
    mean_and_error,
    normalised,
    rotations,
)
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]


FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)


STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)


def start(d: int, skew: int) -> Any:
    """Return an input with singular values from 1 to ``skew``, not normalised."""
    frame = rotations(1, d, np.random.default_rng(7))[0]
    return frame @ np.diag(np.geomspace(1, float(skew), d)) @ frame.T


def first_gap(d: int, skew: int) -> float:
    return float(gaps(start(d, skew)))


def chain(d: int, skew: int, size: int, seed: int) -> Any:
    """Yield the layers ``X_1, X_2, ...`` with their hidden ``H = W X`` of many runs."""
    generator = np.random.default_rng(seed)
    x = np.broadcast_to(start(d, skew), (size, d, d))
    while True:
        hidden = rotations(size, d, generator) @ x
        x = normalised(hidden)
        yield hidden, x


def later_gap(d: int, skew: int, layers: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``psi(X_{l+1})``."""
    walk = itertools.islice(chain(d, skew, size, seed), layers, None)
    return mean_and_error(gaps(next(walk)[1]))


def gap_bound(d: int, skew: int, layers: int, dps: int) -> Any:
    """Return ``psi(X_0) exp(-l/k)`` with ``k = 2 d^2 (1 + 16 d psi(X_0))``."""
    with working_bits(bits_from_dps(dps)):
        gap = arb(first_gap(d, skew))
        return gap * (-layers / (2 * d * d * (1 + 16 * d * gap))).exp()


def fast_gap_bound(d: int, skew: int, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(first_gap(d, skew)) * (-arb(8 * layers) / d).exp()


def hitting_time(d: int, skew: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the first layer with ``psi <= 1/(16 d)``."""
    walk = chain(d, skew, size, seed)
    found = np.zeros(size)
    waiting = np.full(size, first_gap(d, skew) > 1 / (16 * d))
    while waiting.any():
        found += waiting
        _, x = next(walk)
        waiting &= gaps(x) > 1 / (16 * d)
    return mean_and_error(found)


def hitting_bound(d: int, skew: int, dps: int) -> Any:
    """Return ``512 d^4 psi(X_0)^2``."""
    with working_bits(bits_from_dps(dps)):
        return 512 * d**4 * arb(first_gap(d, skew)) ** 2


def small_hitting_bound(d: int, skew: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return arb(first_gap(d, skew)) * d


def second_phase(d: int, skew: int, layers: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the sum of ``sqrt(d psi(X_l))`` over ``S < l <= L``."""
    walk, total = chain(d, skew, size, seed), np.zeros(size)
    reached = np.full(size, first_gap(d, skew) <= 1 / (16 * d))
    for _ in range(layers):
        _, x = next(walk)
        found = np.maximum(gaps(x), 0.0)  # rounding
        total += np.where(reached, np.sqrt(d * found), 0.0)
        reached |= found <= 1 / (16 * d)
    return mean_and_error(total)


def second_phase_bound(d: int, skew: int, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        rate = 1 - (-arb(layers) / (32 * d**4)).exp()
        return 32 * arb(d) ** 4 * (d * arb(first_gap(d, skew))).sqrt() * rate


def small_second_phase_bound(d: int, skew: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return (d * arb(first_gap(d, skew))).sqrt() / 4


def geometric_sum(d: int, layers: int) -> Fraction:
    """Return ``1 - (1 - x)^(L+1)`` with ``x = 1/(32 d^4)``."""
    return 1 - (1 - Fraction(1, 32 * d**4)) ** (layers + 1)


def printed_geometric_bound(d: int, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 1 - (-arb(layers) / (32 * d**4)).exp()


def longer_geometric_bound(d: int, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 1 - (-2 * arb(layers + 1) / (32 * d**4)).exp()


def sum_of_log_norms(d: int, skew: int, layers: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``sum log |J_BN(H^k)|`` over layers 1 to ``layers``."""
    walk, total = chain(d, skew, size, seed), np.zeros(size)
    next(walk)
    for _ in range(layers):
        hidden, _ = next(walk)
        total -= np.log(np.linalg.norm(hidden, axis=2).min(axis=1))
    return mean_and_error(total)


def log_gradient(
    d: int, skew: int, layers: int, law: str, size: int, seed: int
) -> tuple[float, float]:
    """Sample ``log |dL/dW_0|`` of the loss ``<A, X_L>``, ``|A|_F = 1``, by backpropagation."""
    generator = np.random.default_rng(seed)
    x = np.broadcast_to(start(d, skew), (size, d, d))
    passed = []
    for _ in range(layers):
        weights = (
            rotations(size, d, generator)
            if law == "haar"
            else generator.standard_normal((size, d, d)) / np.sqrt(d)
        )
        hidden = weights @ x
        passed.append((weights, x, np.linalg.norm(hidden, axis=2, keepdims=True)))
        x = hidden / passed[-1][2]
    gradient = generator.standard_normal((size, d, d))
    gradient /= np.linalg.norm(gradient, axis=(1, 2), keepdims=True)
    logarithm = np.zeros(size)
    for weights, before, lengths in reversed(passed):
        gradient = (gradient - x * (gradient * x).sum(axis=2, keepdims=True)) / lengths
        last = gradient @ np.swapaxes(before, 1, 2)
        gradient = np.swapaxes(weights, 1, 2) @ gradient
        norm = np.linalg.norm(gradient, axis=(1, 2), keepdims=True)
        gradient, x = gradient / norm, before
        if before is passed[0][1]:
            logarithm += np.log(np.linalg.norm(last, axis=(1, 2)))
        else:
            logarithm += np.log(norm[:, 0, 0])
    return mean_and_error(logarithm)


def gradient_bound(d: int, skew: int, dps: int) -> Any:
    """Return ``d^5 (psi(X_0)^3 + 1)``: the constant 1 serves."""
    with working_bits(bits_from_dps(dps)):
        return arb(d) ** 5 * (arb(first_gap(d, skew)) ** 3 + 1)


def one() -> int:
    return 1


def minus_one() -> int:
    return -1


_claim = claims_of("thesis")

CHAIN = {
    "d": "width and batch size",
    "skew": "ratio of the extreme singular values of X_0, the others in geometric progression",
    "layers": "number of layers",
}


SIZES = (400, 4000)


CHAINS = grid(d=(2, 4), skew=(3, 1000), layers=(1, 20))


COUNTS = {"d": Integer(1, 20), "layers": Integer(0, reach=1000)}


CLAIMS = (
    _claim(
        "isometry-gap-decay",
        "Theorem 6.1",
        STATISTICAL,
        title="exponential decay of the isometry gap",
        statement="E ψ(X_{l+1}) <= ψ(X_0) exp(-l/k), k = 2d²(1 + 16 d ψ(X_0))",
        variables=CHAIN,
        assumptions=("square invertible X_0", "orthogonal weights of uniform law"),
        as_printed="k = C d²(1 + dψ(X_0)) with some C; 32 serves",
        checks=(simulated(later_gap, "<=", gap_bound, points=CHAINS, sizes=SIZES),),
        near_miss=simulated(
            later_gap,
            "<=",
            fast_gap_bound,
            points=grid(d=(4,), skew=(3,), layers=(1,)),
            sizes=(4000, 40_000),
        ),
    ),
    _claim(
        "first-phase",
        "Lemma C.14",
        STATISTICAL,
        title="expected stopping time of the first phase",
        statement="S = min{l: ψ(X_l) <= 1/(16d)} has E S <= 512 d⁴ ψ(X_0)²",
        variables=CHAIN,
        assumptions=("ψ(X_0) > 1/(16d); else S = 0",),
        checks=(
            simulated(
                hitting_time,
                "<=",
                hitting_bound,
                points=grid(d=(2, 4), skew=(3, 1000)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            hitting_time,
            "<=",
            small_hitting_bound,
            points=grid(d=(4,), skew=(3,)),
            sizes=(4000, 40_000),
        ),
    ),
    _claim(
        "second-phase",
        "Lemma C.15",
        STATISTICAL,
        title="sum over the second phase",
        statement="E Σ_{S<l<=L} √(dψ(X_l)) <= 32 d^4.5 ψ(X_0)^0.5 (1 - exp(-L/(32d⁴)))",
        variables=CHAIN,
        checks=(
            simulated(
                second_phase,
                "<=",
                second_phase_bound,
                points=grid(d=(2, 4), skew=("11/10", "5/4"), layers=(1, 20)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            second_phase,
            "<=",
            small_second_phase_bound,
            points=grid(d=(4,), skew=("11/10",), layers=(20,)),
            sizes=(200, 4_000),
            resolution=1,
        ),
    ),
    _claim(
        "second-phase-step-printed",
        "Lemma C.15",
        FALSE,
        title="geometric sum of the second phase, as printed",
        statement="1 - (1 - x)^(L+1) <= 1 - exp(-L x), x = 1/(32 d⁴)",
        variables={"d": "width", "layers": "L"},
        as_printed="last step of the proof; (1 - x)^(L+1) is smaller than exp(-L x), not larger",
        checks=(attack(geometric_sum, "<=", printed_geometric_bound, domain=COUNTS),),
        near_miss=attack(
            geometric_sum,
            "<=",
            printed_geometric_bound,
            domain={"d": Integer(2, 5), "layers": Integer(1, 9)},
        ),
        corrected_by="thesis.second-phase-step",
    ),
    _claim(
        "second-phase-step",
        "Lemma C.15",
        SAMPLED,
        title="geometric sum of the second phase",
        statement="1 - (1 - x)^(L+1) <= 1 - exp(-2(L+1) x), x = 1/(32 d⁴)",
        variables={"d": "width", "layers": "L"},
        checks=(attack(geometric_sum, "<=", longer_geometric_bound, domain=COUNTS),),
        near_miss=attack(geometric_sum, "<=", printed_geometric_bound, domain=COUNTS),
    ),
    _claim(
        "sum-of-log-norms",
        "Lemma C.12",
        STATISTICAL,
        title="expected sum of log-norms of normalisation Jacobians",
        statement="E Σ_{k<=L} log |J_BN(H^k)| <= d⁵ (ψ(X_0)³ + 1), whatever the depth",
        variables=CHAIN,
        assumptions=("the mean over the weights",),
        checks=(
            simulated(
                sum_of_log_norms,
                "<=",
                gradient_bound,
                points=grid(d=(2, 4), skew=(3, 1000), layers=(20, 60)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sum_of_log_norms,
            "<=",
            one,
            points=grid(d=(4,), skew=(3,), layers=(20,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "log-gradients-bounded",
        "Theorem 6.5",
        STATISTICAL,
        title="log-gradients bounded in depth",
        statement="E log |∂L/∂W_0| <= d⁵ (ψ(X_0)³ + 1) for L = <A, X_L>, |A| = 1, at any depth",
        variables=CHAIN | {"law": "law of the weights"},
        assumptions=("square invertible X_0", "orthogonal weights of uniform law"),
        as_printed="some constant, here 1, for losses of Lipschitz constant 1",
        checks=(
            simulated(
                log_gradient,
                "<=",
                gradient_bound,
                points=grid(d=(2, 4), skew=(3, 1000), layers=(2, 60), law=("haar",)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            log_gradient,
            "<=",
            minus_one,
            points=grid(d=(4,), skew=(2,), layers=(60,), law=("haar",)),
            sizes=SIZES,
        ),
    ),
)
"""Chapter 6 in depth."""
