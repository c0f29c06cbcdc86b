"""sensitivity, appendix E: what is left of the signal given survival, and its tails.

For one input the mean square of a layer is a mixture of chi-squares, so that means, powers and
tails of one layer are known; deeper networks are sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error, vanilla_layers
from symprop.claims.power_series import rational
from symprop.claims.sensitivity_drift import drift, sampled_drift, skewed_drift, spread
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
EXACTLY_FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
SIZES = (20_000, 200_000)
EIGHTH = Fraction(1, 8)


def _ball(number: Fraction) -> arb:
    return arb(rational(number))


# --- conditioning on survival ---


def survival(width: int) -> Fraction:
    return 1 - Fraction(1, 2**width)


def death(width: int) -> Fraction:
    return Fraction(1, 2**width)


def mean_given_survival(width: int) -> Fraction:
    """Return ``E[delta | survival]`` of one input: ``chi^2_B`` has mean ``B``."""
    total = sum(math.comb(width, b) * b for b in range(1, width + 1))
    return Fraction(2 * total, width * (2**width - 1))


def excess_of_mean(width: int) -> Fraction:
    return abs(mean_given_survival(width) - 1)


def minus_drift(width: int, dps: int) -> arb:
    return -drift(width, dps).ball


# --- powers and tails ---


def mean_power(width: int, power: Fraction, dps: int) -> arb:
    """Return ``E[delta^p | survival]`` of one input, from the moments of chi-squares."""
    with working_bits(bits_from_dps(dps) + 2 * width + 40):
        p, total = _ball(power), arb(0)
        for b in range(1, width + 1):
            half = arb(b) / 2
            total += math.comb(width, b) * ((half + p).lgamma() - half.lgamma()).exp()
        return total * (arb(4) / width) ** p / (2**width - 1)


def power_bound(width: int, depth: int, level: Fraction, dps: int) -> arb:
    """Return ``level^(-1/8) E[delta^(1/8) | survival]^l``."""
    with working_bits(bits_from_dps(dps) + 40):
        return mean_power(width, EIGHTH, dps) ** depth / _ball(level) ** _ball(EIGHTH)


def noise_bound(width: int, depth: int, level: Fraction, dps: int) -> arb:
    """Return the same times ``N^(7/8)``, for the noise of all directions."""
    with working_bits(bits_from_dps(dps) + 40):
        return power_bound(width, depth, level, dps) * arb(width) ** _ball(1 - EIGHTH)


def sampled_tail(
    width: int, depth: int, level: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample ``P[nu_2 > level]`` of networks that survive."""
    square = np.mean(vanilla_layers(width, depth, size, seed).signal ** 2, axis=1)
    return mean_and_error((square[square > 0] > float(level)).astype(float))


def sampled_noise_tail(
    width: int, depth: int, level: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Sample ``P[mu_2(s) > level]`` of networks that survive."""
    found = vanilla_layers(width, depth, size, seed)
    alive = (found.signal > 0).any(axis=1)
    square = np.sum(found.jacobian[alive] ** 2, axis=(1, 2)) / width
    return mean_and_error((square > float(level)).astype(float))


def tail(width: int, level: Fraction, dps: int) -> arb:
    """Return ``P[delta > level | survival]`` of one layer."""
    with working_bits(bits_from_dps(dps) + 2 * width + 40):
        scaled, total = width * _ball(level) / 4, arb(0)
        for b in range(1, width + 1):
            total += math.comb(width, b) * scaled.gamma_upper(arb(b) / 2, regularized=1)
        return total / (2**width - 1)


def chebyshev_bound(width: int, level: Fraction, dps: int) -> arb:
    """Return ``v/(m + log level)^2``."""
    with working_bits(bits_from_dps(dps) + 40):
        excess = drift(width, dps).ball + _ball(level).log()
        return spread(width, dps).ball / excess**2


def deep_chebyshev_bound(width: int, depth: int, level: Fraction, dps: int) -> arb:
    """Return ``l v/(l m + log level)^2``."""
    with working_bits(bits_from_dps(dps) + 40):
        excess = depth * drift(width, dps).ball + _ball(level).log()
        return depth * spread(width, dps).ball / excess**2


def above_drift(width: int, level: Fraction) -> bool:
    """Whether ``m + log level > 0``."""
    return bool(math.log(level) + float(drift(width, 15).ball.mid()) > 1e-9)


# --- growing widths ---


def mass_in_the_limit(dps: int) -> arb:
    """Return ``1/(4 prod_k (1 + 5/k^2))``, a lower bound of ``P[nu_2 > 1/2]`` at every depth."""
    with working_bits(bits_from_dps(dps) + 20):
        argument = arb.pi() * arb(5).sqrt()
        return argument / (4 * argument.sinh())


def mass_of(widths: Sequence[int]) -> Fraction:
    """Return the bound for given widths, from the second moments of the layers."""
    from symprop.moments.log_lengths import length_moment

    product = Fraction(4)
    for width in widths:
        product *= length_moment(width, 2)
    return 1 / product


def mass_at_depth(depth: int) -> Fraction:
    return mass_of([k * k for k in range(1, depth + 1)])


def alive_mass(widths: Sequence[int], size: int, seed: int) -> tuple[float, float]:
    """Sample ``P[nu_2 > 1/2]`` for one input, dead networks included."""
    rng = np.random.default_rng(seed)
    signal = np.ones((size, 1))
    for width in widths:
        weights = rng.standard_normal((size, width, signal.shape[1]))
        weights *= math.sqrt(2 / signal.shape[1])
        signal = np.maximum(np.einsum("rij,rj->ri", weights, signal), 0.0)
    return mean_and_error((np.mean(signal**2, axis=1) > 0.5).astype(float))


WIDTHS = tuple({"width": n} for n in (1, 2, 3, 5, 10, 30, 100))
MEANINGS = {
    "width": "N",
    "depth": "l",
    "level": "ε",
    "share": "probability of the datum -1, else +1",
    "data": "rows: data, equally likely",
}
ONE = "one input with ν_2(x⁰) = 1, so that m_min = m and v_max = v of its exact law serve"

_claim = claims_of("sensitivity")

CLAIMS = (
    _claim(
        "rare-survival-printed",
        "eq 53",
        EXACTLY_FALSE,
        title="probability of survival, as said before eq 53",
        statement="P[A_l] <= 2^(-N), so that |E[δν_2 | A_l] - 1| is small",
        variables=MEANINGS,
        as_printed="it is the complement that is rare; for N = 1 neither is, and the mean is 2",
        checks=(
            attack(survival, "<=", death, domain={"width": Integer(2, reach=50)}),
            at_points(excess_of_mean, "<=", "1/2", points=grid(width=(1,))),
        ),
        near_miss=at_points(survival, "<=", death, points=grid(width=(2, 10))),
        corrected_by="sensitivity.drift-given-survival",
    ),
    _claim(
        "drift-given-survival",
        "eq 53",
        STATISTICAL,
        title="mean and logarithm of a layer given survival",
        statement=(
            "given survival of the layer, E δν_2 = 1/(1 - 2^(-N)) for one input, and "
            "E log δν_2 < 0; the latter also for the other data tried"
        ),
        variables=MEANINGS,
        assumptions=(
            "concavity alone gives only E log δν_2 <= -log(1 - 2^(-N)), a positive number",
        ),
        checks=(
            at_points(mean_given_survival, "==", lambda width: 1 / survival(width), points=WIDTHS),
            at_points(
                minus_drift, "<", 0, points=[{"width": n} for n in (*range(1, 30), 10**3, 10**5)]
            ),
            attack(
                skewed_drift,
                ">",
                0,
                domain={"width": Integer(1, 2), "share": Real(0, "1/2", open_at="lower")},
            ),
            simulated(
                sampled_drift,
                ">=",
                "1/4",
                points=grid(data=(((1, 0), (0, 1)), ((1, 0), (1, 1), (0, 1))), width=(1, 2)),
                sizes=(60_000, 400_000),
            ),
        ),
        near_miss=at_points(excess_of_mean, "==", death, points=grid(width=(2, 3))),
    ),
    _claim(
        "convergence-printed",
        "Corollary 11",
        FALSE,
        title="convergence to zero given survival, as printed",
        statement="P[ν_2(xˡ) > 1/2 | A_l] -> 0 for all widths",
        assumptions=(
            "one input, widths N_k = k²",
            "P >= (1/4)(E ν_2)²/E ν_2² and E ν_2² = Π (1 + 5/N_k), dead networks included",
        ),
        as_printed=(
            "the drifts 5/(2 N_k) have a finite sum: P stays above π√5/(4 sinh(π√5)). There is no "
            "m_min > 0 for all layers, so Theorem 1 (ii) does not hold either"
        ),
        checks=(at_points(mass_in_the_limit, "<=", 0),),
        near_miss=at_points(mass_in_the_limit, "<=", "1/1000"),
        corrected_by="sensitivity.convergence",
    ),
    _claim(
        "growing-widths",
        "Corollary 11",
        STATISTICAL,
        title="mass that growing widths keep",
        statement="N_k = k²: P[ν_2(xˡ) > 1/2] >= 1/(4 Π_{k<=l} (1 + 5/k²)) > π√5/(4 sinh(π√5))",
        variables={"depth": "l", "widths": "N_1, ..., N_l"},
        checks=(
            at_points(
                mass_at_depth,
                ">",
                mass_in_the_limit,
                points=[{"depth": n} for n in (1, 2, 5, 20, 100)],
            ),
            simulated(
                alive_mass,
                ">=",
                mass_of,
                points=grid(widths=((16, 25), (9, 16, 25))),
                sizes=(10_000, 40_000),
            ),
        ),
        near_miss=at_points(
            mass_at_depth, ">", lambda dps: 2 * mass_in_the_limit(dps), points=grid(depth=(20,))
        ),
    ),
    _claim(
        "convergence",
        "Corollary 11",
        STATISTICAL,
        title="convergence to zero given survival",
        statement=(
            "constant width N, one input: P[ν_2(xˡ) > ε | A_l] <= ε^(-1/8) ρˡ with "
            "ρ = E[δ^(1/8) | survival] < 1; for μ_2(sˡ) times N^(7/8)"
        ),
        variables=MEANINGS,
        checks=(
            at_points(lambda width, dps: mean_power(width, EIGHTH, dps), "<", 1, points=WIDTHS),
            simulated(
                sampled_tail,
                "<=",
                power_bound,
                points=grid(width=(2, 5), depth=(1, 6), level=("1/10",)),
                sizes=SIZES,
            ),
            simulated(
                sampled_noise_tail,
                "<=",
                noise_bound,
                points=grid(width=(2, 5), depth=(1, 6), level=("1/10",)),
                sizes=SIZES,
            ),
        ),
        near_miss=at_points(
            lambda width, dps: mean_power(width, Fraction(1, 2), dps), "<", 1, points=WIDTHS
        ),
    ),
    _claim(
        "tail-printed",
        "Corollary 11, rate",
        FALSE,
        title="Chebyshev's bound of the tail, as printed",
        statement="P[ν_2(xˡ) > ε | A_l] <= l v_max/(l m_min + log ε - log ν_2(x⁰))²",
        variables=MEANINGS,
        assumptions=(ONE, "l = 1"),
        as_printed=(
            "the number in the square has to be positive, l > -log(ε/ν_2(x⁰))/m_min: for smaller "
            "ε the left side tends to 1 and the right side to 0"
        ),
        checks=(
            attack(
                tail,
                "<=",
                chebyshev_bound,
                domain={
                    "width": Integer(1, 20),
                    "level": Real("1/10000000000", "1/10"),
                },
            ),
        ),
        near_miss=at_points(
            tail, "<=", chebyshev_bound, points=grid(width=(1,), level=("1/1000",))
        ),
        corrected_by="sensitivity.tail",
    ),
    _claim(
        "tail",
        "Corollary 11, rate",
        STATISTICAL,
        title="Chebyshev's bound of the tail",
        statement=(
            "P[ν_2(xˡ) > ε | A_l] <= l v/(l m + log ε - log ν_2(x⁰))² if l m + log(ε/ν_2(x⁰)) > 0"
        ),
        variables=MEANINGS,
        assumptions=(ONE,),
        checks=(
            attack(
                tail,
                "<=",
                chebyshev_bound,
                domain={"width": Integer(1, 20), "level": Real("1/2", 10**4)},
                assuming=above_drift,
            ),
            simulated(
                sampled_tail,
                "<=",
                deep_chebyshev_bound,
                points=grid(width=(3, 5), depth=(20,), level=("1/10", "1")),
                sizes=SIZES,
            ),
        ),
        near_miss=at_points(
            tail,
            "<=",
            lambda width, level, dps: chebyshev_bound(width, level, dps) / 50,
            points=grid(width=(2,), level=("3",)),
        ),
    ),
)
"""Given survival, and in the tails."""
