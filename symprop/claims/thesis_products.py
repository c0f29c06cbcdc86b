"""thesis, appendix A: products of Gaussian matrices, the linear chain without normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.gaussian_shares import to_sum_one
from symprop.claims.power_series import rational
from symprop.claims.thesis_spectra import spectra
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
REFUTED = Verdict(Outcome.FAILS, Grade.STATISTICAL)
LAYERS = 40
SIZES = (400, 4000)


def digamma(half: int) -> arb:
    """Return the digamma function at ``half/2``, at the working precision."""
    return (arb(half) / 2).digamma()


def exponent(d: int, i: int, dps: int) -> Any:
    """Return ``log 2 + digamma((d - i + 1)/2)``."""
    with working_bits(bits_from_dps(dps)):
        return arb(2).log() + digamma(d - i + 1)


def printed_exponent(d: int, i: int, dps: int) -> Any:
    return exponent(d, i, dps) / 2


def sampled_exponent(d: int, i: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the growth of the i-th squared singular value of products, by orthogonalisation."""
    generator = np.random.default_rng(seed)
    frame = np.broadcast_to(np.eye(d), (size, d, d))
    growth = np.zeros(size)
    for _ in range(LAYERS):
        frame, upper = np.linalg.qr(generator.standard_normal((size, d, d)) @ frame)
        growth += 2 * np.log(np.abs(upper[:, i - 1, i - 1]))
    growth /= LAYERS
    return float(growth.mean()), float(growth.std(ddof=1) / np.sqrt(size))


def exponent_gap(d: int, dps: int) -> Any:
    """Return ``delta``, the first exponent minus the second."""
    with working_bits(bits_from_dps(dps)):
        return digamma(d) - digamma(d - 1)


def small_gap(d: int) -> Fraction:
    return Fraction(1, 2 * d)


def share_rate(d: int, j: int, dps: int) -> Any:
    """Return the rate of ``sigma_j^2`` over the sum of all."""
    with working_bits(bits_from_dps(dps)):
        return digamma(d - j + 1) - digamma(d)


def minus_gap(d: int, dps: int) -> Any:
    return -exponent_gap(d, dps)


def half_of_minus_gap(d: int, dps: int) -> Any:
    """Return the limit of ``log|sigma_1^2/sum - 1|/(2 l)``."""
    return -exponent_gap(d, dps) / 2


def sum_of_printed_rates(d: int, dps: int) -> Any:
    """Return the limit of ``log(2n p_2)/(4 l) + log(2 (p_1 - 1)^2)/(4 l)``, p the shares."""
    return -exponent_gap(d, dps) * 3 / 4


def digamma_step(half: int, dps: int) -> Any:
    """Return the digamma function at ``(half + 1)/2`` minus that at ``half/2``."""
    with working_bits(bits_from_dps(dps)):
        return digamma(half + 1) - digamma(half)


def gap_from_largest(weights: Sequence[int], dps: int) -> Any:
    """Return ``|V - sqrt((n-1)/n)|``."""
    values = to_sum_one(weights)
    n = len(values)
    square = sum((value * value for value in values), Fraction(0)) - Fraction(1, n)
    with working_bits(bits_from_dps(dps)):
        return abs(_ball(square).sqrt() - (arb(n - 1) / n).sqrt())


def distance_from_corner(weights: Sequence[int], dps: int) -> Any:
    """Return the distance of the shares from ``(1, 0, ..., 0)``."""
    *rest, largest = to_sum_one(weights)
    square = (1 - largest) ** 2 + sum((value * value for value in rest), Fraction(0))
    with working_bits(bits_from_dps(dps)):
        return _ball(square).sqrt()


def half_distance_from_corner(weights: Sequence[int], dps: int) -> Any:
    return distance_from_corner(weights, dps) / 2


def _ball(number: Fraction) -> arb:
    return arb(rational(number))


def sampled_gap_rate(scale: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the rate at which ``V`` of products of 2x2 matrices nears ``sqrt(1/2)``.

    The smaller share is ``det^2/|S|^4`` up to a relative error of its own size. Its logarithm after
    twice as many layers minus that after once as many has no bias from the start.
    """
    generator = np.random.default_rng(seed)
    product = np.broadcast_to(np.eye(2), (size, 2, 2))
    determinant, length = np.zeros(size), np.zeros(size)
    found = []
    for layer in range(1, 2 * LAYERS + 1):
        weights = scale * generator.standard_normal((size, 2, 2))
        determinant += np.log(np.abs(np.linalg.det(weights)))
        product = weights @ product
        norm = np.linalg.norm(product, axis=(1, 2))
        product /= norm[:, None, None]
        length += np.log(norm)
        if layer in (LAYERS, 2 * LAYERS):
            found.append(2 * determinant - 4 * length)
    rates = (found[1] - found[0]) / LAYERS
    return float(rates.mean()), float(rates.std(ddof=1) / np.sqrt(size))


def minus_gap_of_two(dps: int) -> Any:
    return minus_gap(2, dps)


def twice_minus_gap_of_two(dps: int) -> Any:
    return 2 * minus_gap(2, dps)


_claim = claims_of("thesis")

WIDTHS = {"d": Integer(2, reach=10**6)}
MEANINGS = {"d": "size of the matrices", "i": "which singular value, the largest first"}

CLAIMS = (
    _claim(
        "lyapunov-exponents-printed",
        "eq A.13",
        REFUTED,
        title="Lyapunov exponents of Gaussian products, as printed",
        statement="lim log σ_i²/l = (log 2 + Ψ((d-i+1)/2))/2 for entries of variance 1",
        variables=MEANINGS,
        as_printed="that is the exponent of σ_i; besides, Ψ is called decreasing, and it increases",
        checks=(
            simulated(
                sampled_exponent,
                "==",
                printed_exponent,
                points=grid(d=(4, 5), i=(1, 2)),
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sampled_exponent, "==", printed_exponent, points=grid(d=(3,), i=(1,)), sizes=SIZES
        ),
        corrected_by="thesis.lyapunov-exponents",
    ),
    _claim(
        "lyapunov-exponents",
        "eq A.13",
        STATISTICAL,
        title="Lyapunov exponents of Gaussian products",
        statement="lim log σ_i²/l = log 2 + Ψ((d-i+1)/2) for entries of variance 1",
        variables=MEANINGS,
        assumptions=("entries of variance v add log v",),
        checks=(
            simulated(
                sampled_exponent, "==", exponent, points=grid(d=(4, 5), i=(1, 2)), sizes=SIZES
            ),
        ),
        near_miss=simulated(
            sampled_exponent, "==", printed_exponent, points=grid(d=(3,), i=(1,)), sizes=SIZES
        ),
    ),
    _claim(
        "digamma-decreasing-printed",
        "eq A.13",
        FALSE,
        title="the digamma function, as described",
        statement="Ψ decreases: Ψ((k+1)/2) <= Ψ(k/2)",
        variables={"half": "k >= 1"},
        as_printed="said after the equation, which then needs the contrary",
        checks=(attack(digamma_step, "<=", 0, domain={"half": Integer(1)}),),
        near_miss=at_points(digamma_step, "<=", 0, points=grid(half=(7,))),
        corrected_by="thesis.exponent-gap",
    ),
    _claim(
        "exponent-gap",
        "eq A.14",
        SAMPLED,
        title="gap between the first two exponents",
        statement="lim (log σ_2² - log σ_1²)/l = Ψ((d-1)/2) - Ψ(d/2) = -δ < 0; δ > 1/d",
        variables=MEANINGS,
        checks=(
            attack(exponent_gap, ">", lambda d: Fraction(1, d), domain=WIDTHS),
            attack(digamma_step, ">", 0, domain={"half": Integer(1)}),
        ),
        near_miss=attack(exponent_gap, ">", lambda d: Fraction(2, d), domain=WIDTHS),
    ),
    _claim(
        "share-rates",
        "eq A.15",
        SAMPLED,
        title="rate of the other singular values",
        statement="lim log(σ_j²/Σ σ_i²)/l = Ψ((d-j+1)/2) - Ψ(d/2) <= -δ for j >= 2",
        variables={"d": "size", "j": "index from 2 to d"},
        checks=(
            at_points(share_rate, "<=", minus_gap, points=grid(d=(5, 50, 10**4), j=(2, 3, 5))),
        ),
        near_miss=at_points(share_rate, "<=", minus_gap, points=grid(d=(5,), j=(1,))),
    ),
    _claim(
        "share-of-largest-printed",
        "eq A.16",
        FALSE,
        title="rate of the sum of the other singular values, as printed",
        statement="lim log|σ_1²/Σ σ_i² - 1|/(2 l) <= -δ",
        variables=MEANINGS,
        as_printed="divided by 2 l on the left and by l on the right; the left limit is -δ/2",
        checks=(attack(half_of_minus_gap, "<=", minus_gap, domain=WIDTHS),),
        near_miss=at_points(half_of_minus_gap, "<=", minus_gap, points=grid(d=(3,))),
        corrected_by="thesis.gap-rate-without-normalisation",
    ),
    _claim(
        "corner-distance",
        "eq A.17",
        SAMPLED,
        title="triangle inequality for normalised spectra",
        statement="|V - √((n-1)/n)| <= |σ²/Σσ² - e_1|",
        variables={"weights": "proportions of the squared singular values"},
        checks=(
            attack(gap_from_largest, "<=", distance_from_corner, domain={"weights": spectra()}),
        ),
        near_miss=attack(
            gap_from_largest, "<=", half_distance_from_corner, domain={"weights": spectra()}
        ),
    ),
    _claim(
        "gap-rate-step-printed",
        "eq A.18",
        FALSE,
        title="conclusion of the proof, as printed",
        statement="lim log(2n p_2)/(4l) + log(2 (p_1 - 1)²)/(4l) <= -δ, p = σ²/Σσ²",
        variables=MEANINGS,
        as_printed=(
            "the logarithm of a sum became the mean of two logarithms, one without its square: the "
            "limit is -(3/4) δ"
        ),
        checks=(attack(sum_of_printed_rates, "<=", minus_gap, domain=WIDTHS),),
        near_miss=at_points(sum_of_printed_rates, "<=", minus_gap, points=grid(d=(3,))),
        corrected_by="thesis.gap-rate-without-normalisation",
    ),
    _claim(
        "gap-rate-without-normalisation",
        "Lemma A.8",
        STATISTICAL,
        title="without normalisation the gap converges to its maximum",
        statement="log|V(S_l) - √((n-1)/n)|/l -> -δ, δ = Ψ(d/2) - Ψ((d-1)/2); 2 log 2 for d = 2",
        variables={"scale": "standard deviation of the weights"},
        assumptions=("square Gaussian matrices", "n = d"),
        as_printed="some δ > 0 exists for 1/(2l) in place of 1/l: δ/2 does",
        checks=(
            simulated(
                sampled_gap_rate, "==", minus_gap_of_two, points=grid(scale=(1, 3)), sizes=SIZES
            ),
        ),
        near_miss=simulated(
            sampled_gap_rate,
            "==",
            twice_minus_gap_of_two,
            points=grid(scale=(1,)),
            sizes=SIZES,
        ),
    ),
)
"""Products of Gaussian matrices."""
