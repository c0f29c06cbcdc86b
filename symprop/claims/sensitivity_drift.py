"""sensitivity, Theorem 1 (ii): drift and variance of the logarithm of a layer's mean square.

Hostile data are +1 and -1, with unequal weights: the network survives for certain, and of each
channel one of both shares is left, according to the sign of its weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb, arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SIZES = (40_000, 400_000)


# --- one input ---


def drift(width: int, dps: int) -> Enclosure:
    """Return ``m`` of one input: the printed ``m_max``."""
    from symprop.moments.log_lengths import log_length_law

    return log_length_law(width, dps=dps).drift


def spread(width: int, dps: int) -> Enclosure:
    """Return ``v`` of one input: the printed ``v_max``."""
    from symprop.moments.log_lengths import log_length_law

    return log_length_law(width, dps=dps).variance


def least_drift(width: int, size: int, dps: int) -> arb:
    """Return the printed ``m_min = log(NR/2) - psi(NR/2)``."""
    with working_bits(bits_from_dps(dps) + 20):
        half = arb(width * size) / 2
        return half.log() - half.digamma()


def least_spread(width: int, size: int, dps: int) -> arb:
    """Return the printed ``v_min = psi'(NR/2)``."""
    with working_bits(bits_from_dps(dps) + 20):
        value: arb = acb(arb(width * size) / 2).polygamma(1).real
        return value


def printed_mean_of_logarithm(width: int, size: int) -> int:
    """Return the mean of ``chi^2(NR)``."""
    return width * size


def mean_of_logarithm(width: int, size: int, dps: int) -> arb:
    """Return ``E log(chi^2(NR)/(NR))``."""
    return -least_drift(width, size, dps)


# --- one-dimensional data of both signs ---


def _ball(number: Fraction) -> arb:
    return arb(rational(number))


def skewed_drift(width: int, share: Fraction, dps: int) -> arb:
    """Return the drift for data -1 with probability ``share``, else +1, and width 1 or 2.

    ``delta = (2/N) sum u_c g_c^2`` with ``u_c`` equal to either share. For two channels, the mean
    of ``log(a cos^2 + b sin^2)`` over angles is ``2 log((sqrt a + sqrt b)/2)``.
    """
    with working_bits(bits_from_dps(dps) + 20):
        small, large = _ball(share), _ball(1 - share)
        one_channel = (small.log() + large.log()) / 2
        if width == 1:
            return -(2 * arb.const_log2() + one_channel + arb("0.5").digamma())
        mixed = 2 * ((small.sqrt() + large.sqrt()) / 2).log()
        return -((one_channel + mixed) / 2 + arb.const_log2() + arb(1).digamma())


def skewed_spread(share: Fraction, dps: int) -> arb:
    """Return the variance at width 1."""
    with working_bits(bits_from_dps(dps) + 20):
        ratio = (_ball(1 - share) / _ball(share)).log()
        return ratio * ratio / 4 + arb.pi() ** 2 / 2


def logarithms(data: Sequence[Sequence[int]], width: int, size: int, seed: int) -> Any:
    """Sample ``log delta`` of one layer, of networks that survive; data are equally likely."""
    points = np.array([[float(x) for x in row] for row in data])
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, width, points.shape[1]))
    weights *= math.sqrt(2 / points.shape[1])
    square = np.mean(np.maximum(weights @ points.T, 0.0) ** 2, axis=(1, 2))
    return np.log(square[square > 0] / np.mean(points**2))


def sampled_drift(
    data: Sequence[Sequence[int]], width: int, size: int, seed: int
) -> tuple[float, float]:
    mean, error = mean_and_error(logarithms(data, width, size, seed))
    return -mean, error


def sampled_spread(
    data: Sequence[Sequence[int]], width: int, size: int, seed: int
) -> tuple[float, float]:
    found = logarithms(data, width, size, seed)
    return mean_and_error((found - found.mean()) ** 2)


def least_drift_of(data: Sequence[Sequence[int]], width: int, dps: int) -> arb:
    return least_drift(width, len(data[0]), dps)


def least_spread_of(data: Sequence[Sequence[int]], width: int, dps: int) -> arb:
    return least_spread(width, len(data[0]), dps)


def largest_drift_of(width: int, dps: int) -> Enclosure:
    return drift(width, dps)


def skewed_drift_of(data: Sequence[Sequence[int]], width: int, dps: int) -> arb:
    count = sum(row[0] < 0 for row in data)
    return skewed_drift(width, Fraction(count, len(data)), dps)


# --- numbers printed for N = R = 100 ---


def off_by(value: Any, printed: str) -> Any:
    """Return a function for the distance from a printed number."""

    def distance(dps: int) -> arb:
        found = value(dps)
        ball = found.ball if isinstance(found, Enclosure) else found
        with working_bits(bits_from_dps(dps) + 20):
            return abs(ball - _ball(Fraction(printed)))

    return distance


SKEWED = {"width": Integer(1, 2), "share": Real(0, "1/2", open_at="lower")}
MEANINGS = {
    "width": "N",
    "size": "R, entries of a receptive field",
    "share": "probability of the datum -1, else +1",
    "data": "rows: data, equally likely",
}
BOTH_SIGNS = (
    ((1,), (-1,)),
    ((1, 0), (-1, 0), (0, 1), (0, -1)),
    ((3, 1), (-1, 0), (-2, -1)),
)
DYING = (((1,),), ((1, 1), (2, 1)))
SKEW_POINTS = grid(data=(((1,), (-1,)), ((1,), (1,), (1,), (-1,))), width=(1, 2))

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "largest-drift-printed",
        "Theorem 1 (ii)",
        FALSE,
        title="largest drift, as printed",
        statement="-E log δν_2 <= m_max(N), the drift of a single input, for all data",
        variables=MEANINGS,
        assumptions=("first layer, N_0 = 1, weights Gaussian", "every network survives"),
        as_printed=(
            "shares u_c of 0 and 1 are said to be the extreme case; but a channel that dies does "
            "not count, and one that keeps a share ε does, with log ε: the drift is unbounded as "
            "ε -> 0. Equal shares exceed m_max too at N = 1: 1.2704 against 0.5772. In this case "
            "μ_2(s¹) = δν_2, so that the bound for the sensitivity is false as well"
        ),
        checks=(attack(skewed_drift, "<=", largest_drift_of, domain=SKEWED),),
        near_miss=at_points(
            skewed_drift, "<=", largest_drift_of, points=grid(width=(1,), share=("1/2",))
        ),
        corrected_by="sensitivity.drift-bounds",
    ),
    _claim(
        "largest-variance-printed",
        "Theorem 1 (ii)",
        FALSE,
        title="largest variance, as printed",
        statement="Var log δν_2 <= v_max(N), the variance of a single input, for all data",
        variables=MEANINGS,
        assumptions=("first layer, N_0 = N = 1, weights Gaussian",),
        as_printed="the variance is π²/2 + log²((1-ε)/ε)/4, against v_max = π²/2",
        checks=(
            attack(
                skewed_spread,
                "<=",
                lambda dps: spread(1, dps),
                domain={"share": Real(0, "49/100", open_at="lower")},
            ),
        ),
        near_miss=at_points(
            skewed_spread, "<=", lambda dps: spread(1, dps), points=grid(share=("1/3",))
        ),
        corrected_by="sensitivity.drift-bounds",
    ),
    _claim(
        "least-drift-printed",
        "Theorem 1 (ii)",
        FALSE,
        title="least drift, as printed",
        statement="-E[log δν_2 | A_l] >= m_min = log(NR/2) - ψ(NR/2); in particular for one input",
        variables=MEANINGS,
        as_printed=(
            "survival is neglected: given it, a layer of one unit keeps 2χ²_1, of drift 0.5772, "
            "below m_min = 1.2704"
        ),
        checks=(
            attack(
                drift,
                ">=",
                least_drift,
                domain={"width": Integer(1, reach=100), "size": Integer(1, reach=100)},
                tries=(40, 300),
            ),
        ),
        near_miss=at_points(
            drift, ">=", lambda width, dps: 2 * least_drift(width, 1, dps), points=grid(width=(2,))
        ),
        corrected_by="sensitivity.drift-bounds",
    ),
    _claim(
        "drift-bounds",
        "Theorem 1 (ii)",
        STATISTICAL,
        title="least drift and variance",
        statement=(
            "-E log δν_2 >= log(NR/2) - ψ(NR/2) whenever the network survives for certain, and "
            "for one input if NR >= 2; the variance given survival is >= ψ'(NR/2) for all data"
        ),
        variables=MEANINGS,
        assumptions=(
            "weights Gaussian; no bound from above holds for all data",
            "the mean over signs of whole channels is at most that of half of each square",
            "|W|² is independent of the directions in W, which decide survival",
        ),
        checks=(
            attack(
                skewed_drift, ">=", lambda width, dps: least_drift(width, 1, dps), domain=SKEWED
            ),
            attack(
                drift,
                ">=",
                least_drift,
                domain={"width": Integer(1, reach=100), "size": Integer(2, reach=100)},
                tries=(40, 300),
            ),
            simulated(sampled_drift, "==", skewed_drift_of, points=SKEW_POINTS, sizes=SIZES),
            simulated(
                sampled_drift,
                ">=",
                least_drift_of,
                points=grid(data=BOTH_SIGNS, width=(1, 2)),
                sizes=SIZES,
            ),
            simulated(
                sampled_spread,
                ">=",
                least_spread_of,
                points=grid(data=BOTH_SIGNS, width=(1, 2)),
                sizes=SIZES,
            ),
            simulated(
                sampled_spread,
                ">=",
                least_spread_of,
                points=grid(data=DYING, width=(1, 2)),
                sizes=SIZES,
                resolution=0.2,
            ),
        ),
        near_miss=simulated(
            sampled_drift,
            ">=",
            lambda data, width, dps: 2 * least_drift_of(data, width, dps),
            points=grid(data=BOTH_SIGNS[:1], width=(1,)),
            sizes=SIZES,
        ),
    ),
    _claim(
        "least-drift-number-printed",
        "Theorem 1 (ii)",
        FALSE,
        title="the number given for the least drift",
        statement="m_min = 9.7·10⁻⁵ to two digits at N = R = 100",
        as_printed="log 5000 - ψ(5000) = 1.00003·10⁻⁴",
        checks=(
            at_points(
                off_by(lambda dps: least_drift(100, 100, dps), "97/1000000"), "<=", "1/2000000"
            ),
        ),
        near_miss=at_points(
            off_by(lambda dps: least_drift(100, 100, dps), "98/1000000"), "<=", "1/2000000"
        ),
        corrected_by="sensitivity.drift-numbers",
    ),
    _claim(
        "drift-numbers",
        "Theorem 1 (ii)",
        Verdict(Outcome.HOLDS, Grade.ENCLOSED),
        title="the numbers at N = R = 100",
        statement=(
            "m_min = 1.0·10⁻⁴, v_min = 2.0·10⁻⁴ and, for one input, 2.5·10⁻² and 5.2·10⁻², to two "
            "digits; the length 1/m = 39.3, or 40 to one digit"
        ),
        checks=(
            at_points(off_by(lambda dps: least_drift(100, 100, dps), "1/10000"), "<=", "1/200000"),
            at_points(off_by(lambda dps: least_spread(100, 100, dps), "2/10000"), "<=", "1/200000"),
            at_points(off_by(lambda dps: drift(100, dps), "25/1000"), "<=", "1/2000"),
            at_points(off_by(lambda dps: spread(100, dps), "52/1000"), "<=", "1/2000"),
            at_points(off_by(lambda dps: 1 / drift(100, dps).ball, "393/10"), "<=", "1/20"),
        ),
        near_miss=at_points(off_by(lambda dps: drift(101, dps), "26/1000"), "<=", "1/2000"),
    ),
    _claim(
        "logarithm-of-chi-square-printed",
        "Theorem 1 (ii)",
        FALSE,
        title="law of the logarithm in the least case, as printed",
        statement="log δν_2 ~ χ²(NR), so that its mean is NR",
        variables=MEANINGS,
        as_printed="the logarithm is missing on the right: δν_2 ~ χ²(NR)/(NR)",
        checks=(
            attack(
                mean_of_logarithm,
                "==",
                printed_mean_of_logarithm,
                domain={"width": Integer(1, reach=100), "size": Integer(1, reach=100)},
            ),
        ),
        near_miss=at_points(
            mean_of_logarithm, "==", printed_mean_of_logarithm, points=grid(width=(3,), size=(2,))
        ),
        corrected_by="sensitivity.drift-numbers",
    ),
)
"""Theorem 1 (ii)."""
