"""thesis, chapter 2 and appendix A: the orthogonality gap layer after layer.

Without noise, at infinite width, the squared singular values ``s`` of sum 1 become the expected
shares ``p(s)``. At finite width the least eigenvalue is concave, so its mean is at most ``p_n``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import expected_shares, share, to_sum_one
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
SIZES = (400, 4000)


def ball(number: Fraction) -> arb:
    return arb(rational(number))


# --- one step at finite width ---


def next_grams(weights: Sequence[int], d: int, size: int, seed: int) -> Any:
    """Sample ``H'H`` after one layer of width ``d``, in the basis of the singular vectors."""
    generator = np.random.default_rng(seed)
    values = np.array([float(value) for value in to_sum_one(weights)])
    rows = generator.standard_normal((size, d, len(values))) * np.sqrt(values)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    return np.einsum("sdi,sdj->sij", rows, rows) / d


def mean_and_error(values: Any) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def shares(weights: Sequence[int]) -> Any:
    return np.array([float(p) for p in expected_shares(to_sum_one(weights), 20)])


def squared_deviation(weights: Any, d: int, size: int, seed: int) -> tuple[float, float]:
    deviations = next_grams(weights, d, size, seed) - np.diag(shares(weights))
    return mean_and_error((deviations**2).sum(axis=(1, 2)))


def exact_deviation(weights: Sequence[int], d: int, dps: int) -> Any:
    """Return ``(1 - sum p_i^2)/d``."""
    with working_bits(bits_from_dps(dps)):
        found = expected_shares(to_sum_one(weights), dps)
        return (1 - sum((p * p for p in found), arb(0))) / d


def inverse_width(d: int) -> Fraction:
    return Fraction(1, d)


def fifth_of_inverse_width(d: int) -> Fraction:
    return Fraction(1, 5 * d)


def squared_lyapunov_deviation(weights: Any, d: int, size: int, seed: int) -> tuple[float, float]:
    least = np.linalg.eigvalsh(next_grams(weights, d, size, seed))[:, 0]
    return mean_and_error((least - shares(weights)[0]) ** 2)


def next_lyapunov(weights: Any, d: int, size: int, seed: int) -> tuple[float, float]:
    least = np.linalg.eigvalsh(next_grams(weights, d, size, seed))[:, 0]
    return mean_and_error(1 / len(weights) - least)


def lyapunov(weights: Sequence[int]) -> Fraction:
    return Fraction(1, len(weights)) - to_sum_one(weights)[0]


def contraction_bound(weights: Sequence[int], d: int, dps: int) -> Any:
    """Return ``(1 - (2/3) s_n) V^ + 1/sqrt d``."""
    with working_bits(bits_from_dps(dps)):
        least = to_sum_one(weights)[0]
        return ball((1 - Fraction(2, 3) * least) * lyapunov(weights)) + 1 / arb(d).sqrt()


def contraction_alone(weights: Sequence[int], d: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return contraction_bound(weights, d, dps) - 1 / arb(d).sqrt()


# --- the assumption: least singular value at least alpha ---


def one_small_value(count: int, alpha: Fraction, dps: int) -> Any:
    """Return ``1/n - p_n`` for ``s_n = alpha^2`` and all other values equal.

    By concavity of the least eigenvalue it is a lower bound of the mean of the next ``V^``.
    """
    least = alpha * alpha
    rest = (1 - least) / (count - 1)
    with working_bits(bits_from_dps(dps)):
        return ball(Fraction(1, count)) - share([(ball(least), 1), (ball(rest), count - 1)], 0, dps)


def step_bound(count: int, alpha: Fraction, d: int, dps: int) -> Any:
    """Return ``(1 - (2/3) alpha) V^ + 1/sqrt d``."""
    with working_bits(bits_from_dps(dps)):
        before = Fraction(1, count) - alpha * alpha
        return ball((1 - Fraction(2, 3) * alpha) * before) + 1 / arb(d).sqrt()


def squared_step_bound(count: int, alpha: Fraction, d: int, dps: int) -> Any:
    """Return the same with ``alpha^2``, which is what the assumption gives."""
    with working_bits(bits_from_dps(dps)):
        before = Fraction(1, count) - alpha * alpha
        return ball((1 - Fraction(2, 3) * alpha * alpha) * before) + 1 / arb(d).sqrt()


@lru_cache(maxsize=8)
def infinitely_wide(count: int, layers: int, dps: int) -> tuple[arb, ...]:
    """Return the smaller singular value, squared, of layers 1, ..., from ``1/(4n)`` on.

    Half of the ``n`` values equal it, the other half make the sum 1; so it stays at every layer.
    Both halves of the squares together are a beta variable, so that the share is hypergeometric.
    The share rises with the value, so the ends of a ball bound it layer after layer.
    """
    half = count // 2

    def following(least: arb) -> arb:
        ratio = least / (ball(Fraction(1, half)) - least)
        return ratio / (2 * half) * (1 - ratio).hypgeom_2f1(1, arb(half) / 2 + 1, half + 1)

    with working_bits(bits_from_dps(dps) + 60):
        found = [ball(Fraction(1, 4 * count))]
        for _ in range(layers):
            ends = found[-1].lower(), found[-1].upper()
            found.append(following(ends[0]).union(following(ends[1])))
    return tuple(found)


def gap_in_depth(count: int, layers: int, dps: int) -> Any:
    """Return ``V`` after ``layers`` layers beyond the first, at infinite width."""
    with working_bits(bits_from_dps(dps) + 30):
        deviation = ball(Fraction(1, count)) - infinitely_wide(count, layers, dps)[-1]
        return deviation * arb(count).sqrt()


def printed_rate(count: int, layers: int, dps: int) -> Any:
    """Return ``2 (1 - (2/3) alpha)^l`` with ``alpha^2 = 1/(4n)``."""
    with working_bits(bits_from_dps(dps)):
        alpha = 1 / (2 * arb(count).sqrt())
        return 2 * (1 - 2 * alpha / 3) ** layers


def squared_rate(count: int, layers: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return 2 * (1 - arb(2) / 3 / (4 * count)) ** layers


def distance_in_depth(count: int, layers: int, dps: int) -> Any:
    """Return ``W_2(W H, G/sqrt n)^2`` after as many layers."""
    with working_bits(bits_from_dps(dps) + 30):
        least = infinitely_wide(count, layers, dps)[-1]
        rest = ball(Fraction(2, count)) - least
        target = 1 / arb(count).sqrt()
        total = arb(0)
        for value in (least, rest):
            root = value.sqrt() - target
            total += root * root
        return total * count / 2


def printed_distance(count: int, layers: int, dps: int) -> Any:
    return 2 * count * printed_rate(count, layers, dps)


def squared_distance_bound(count: int, layers: int, dps: int) -> Any:
    return 2 * count * squared_rate(count, layers, dps)


NARROW = grid(weights=((1, 3), (1, 2, 3), (10, 10, 10), (1, 100, 100, 100)), d=(4, 30))
UNEQUAL = grid(weights=((1, 2, 3),), d=(4,))

_claim = claims_of("thesis")

STEP = {"weights": "proportions of the squared singular values of H_l", "d": "width"}
DEEP = {"count": "n, even", "layers": "l"}
WIDE = "d -> ∞: half of the n squared singular values of H_1 are 1/(4n)"

CLAIMS = (
    _claim(
        "next-gram-deviation",
        "Lemma A.3",
        STATISTICAL,
        title="concentration of the next covariance",
        statement="E |C - E C|² = (1 - Σ p_i²)/d <= 1/d in the Frobenius norm",
        variables=STEP,
        checks=(
            simulated(squared_deviation, "==", exact_deviation, points=NARROW, sizes=SIZES),
            at_points(exact_deviation, "<=", inverse_width, points=NARROW),
        ),
        near_miss=simulated(squared_deviation, "==", inverse_width, points=NARROW[:1], sizes=SIZES),
    ),
    _claim(
        "next-lyapunov-deviation",
        "Lemma A.4",
        STATISTICAL,
        title="concentration of the next Lyapunov value",
        statement="E (V^(H_{l+1}) - (1/n - p_n))² <= 1/d",
        variables=STEP,
        checks=(
            simulated(squared_lyapunov_deviation, "<=", inverse_width, points=NARROW, sizes=SIZES),
        ),
        near_miss=simulated(
            squared_lyapunov_deviation,
            "<=",
            fifth_of_inverse_width,
            points=grid(weights=((10, 10, 10),), d=(30,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "lyapunov-step",
        "Theorem A.2",
        STATISTICAL,
        title="one-layer contraction of the Lyapunov function",
        statement="E[V^(H_{l+1}) | H_l] <= (1 - (2/3)(1/n - V^)) V^ + 1/√d",
        variables=STEP,
        assumptions=("|H_l|_F = 1, which the text has for all l",),
        checks=(simulated(next_lyapunov, "<=", contraction_bound, points=NARROW, sizes=SIZES),),
        near_miss=simulated(next_lyapunov, "<=", contraction_alone, points=UNEQUAL, sizes=SIZES),
    ),
    _claim(
        "lyapunov-step-printed",
        "eq A.6",
        FALSE,
        title="contraction under the assumption, as printed",
        statement="σ_n(H_l) >= α gives E V^(H_{l+1}) <= (1 - (2/3) α) V^(H_l) + 1/√d",
        variables={"count": "n", "alpha": "σ_n(H_l) = α, all others equal", "d": "width"},
        assumptions=("squared singular values add up to 1",),
        as_printed=(
            "α where the theorem before has 1/n - V^ = σ_n² >= α². The left side is bounded below "
            "by 1/n - p_n, for any width, since the least eigenvalue is concave"
        ),
        checks=(
            at_points(
                one_small_value,
                "<=",
                step_bound,
                points=grid(count=(10, 20), alpha=("1/10", "1/20"), d=(10**6, 10**9)),
            ),
        ),
        near_miss=at_points(
            one_small_value,
            "<=",
            step_bound,
            points=grid(count=(15,), alpha=("1/10",), d=(10**7,)),
        ),
        corrected_by="thesis.lyapunov-step-squared",
    ),
    _claim(
        "lyapunov-step-squared",
        "eq A.6",
        SAMPLED,
        title="contraction under the assumption",
        statement="σ_n(H_l) >= α gives 1/n - p_n <= (1 - (2/3) α²) V^(H_l)",
        variables={"count": "n", "alpha": "σ_n(H_l) = α, all others equal", "d": "width"},
        checks=(
            at_points(
                one_small_value,
                "<=",
                squared_step_bound,
                points=grid(count=(2, 3, 10, 100), alpha=("1/10", "1/20", "1/1000"), d=(10**30,)),
            ),
        ),
        near_miss=at_points(
            one_small_value,
            "<=",
            step_bound,
            points=grid(count=(15,), alpha=("1/10",), d=(10**7,)),
        ),
    ),
    _claim(
        "orthogonality-rate-printed",
        "Theorem 2.1",
        FALSE,
        title="decay of the orthogonality gap, as printed",
        statement="σ_n(H_k) >= α for k <= l gives E V(H_{l+1}) <= 2 (1 - (2/3) α)^l + 3n/(α √d)",
        variables=DEEP,
        assumptions=(WIDE, "so that α = 1/(2 √n) serves at every layer"),
        as_printed=(
            "the power of α is lost in eq A.6; near orthogonality the gap shrinks by n/(n+2) a "
            "layer, slower than 1 - (2/3) α for α of order 1/√n. At finite width the assumption "
            "can hold only on an event, since Gaussian weights bring σ_n near 0"
        ),
        checks=(
            at_points(
                gap_in_depth, "<=", printed_rate, points=grid(count=(100,), layers=(60, 300))
            ),
        ),
        near_miss=at_points(
            gap_in_depth, "<=", printed_rate, points=grid(count=(144,), layers=(400,))
        ),
        corrected_by="thesis.orthogonality-rate",
    ),
    _claim(
        "orthogonality-rate",
        "Theorem 2.1",
        SAMPLED,
        title="decay of the orthogonality gap",
        statement="V(H_{l+1}) <= 2 (1 - (2/3) α²)^l at infinite width, if σ_n(H_k) >= α for k <= l",
        variables=DEEP,
        assumptions=(WIDE,),
        checks=(
            at_points(
                gap_in_depth,
                "<=",
                squared_rate,
                points=grid(count=(4, 20, 100), layers=(1, 60, 300)),
            ),
        ),
        near_miss=at_points(
            gap_in_depth, "<=", printed_rate, points=grid(count=(144,), layers=(400,))
        ),
    ),
    _claim(
        "gaussian-distance-rate-printed",
        "Corollary 2.3",
        FALSE,
        title="distance to a Gaussian matrix in depth, as printed",
        statement="W_2(W H_{l+1}, G/√n)² <= 4n (1 - (2/3) α)^l + 6n²/(α √d)",
        variables=DEEP,
        assumptions=(WIDE, "so that α = 1/(2 √n) serves at every layer"),
        as_printed="for W H_l with the same power l, where Theorem 2.1 gives l - 1. Inherited from "
        "that theorem; the squared distance shrinks by (n/(n+2))² a layer",
        checks=(
            at_points(
                distance_in_depth,
                "<=",
                printed_distance,
                points=grid(count=(400,), layers=(60, 2000)),
            ),
        ),
        near_miss=at_points(
            distance_in_depth, "<=", printed_distance, points=grid(count=(400,), layers=(2100,))
        ),
        corrected_by="thesis.gaussian-distance-rate",
    ),
    _claim(
        "gaussian-distance-rate",
        "Corollary 2.3",
        SAMPLED,
        title="distance to a Gaussian matrix in depth",
        statement="W_2(W H_{l+1}, G/√n)² <= 4n (1 - (2/3) α²)^l at infinite width",
        variables=DEEP,
        assumptions=(WIDE,),
        checks=(
            at_points(
                distance_in_depth,
                "<=",
                squared_distance_bound,
                points=grid(count=(4, 20, 100), layers=(1, 60, 300)),
            ),
        ),
        near_miss=at_points(
            distance_in_depth, "<=", printed_distance, points=grid(count=(400,), layers=(2100,))
        ),
    ),
)
"""Chapter 2 in depth."""
