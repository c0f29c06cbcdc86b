"""sensitivity, Theorem 2: increments of the normalised sensitivity in vanilla networks.

The printed formula is a ratio of expectations. Network by network, and in the mean of logarithms,
other things are true; data on a line and one unit are enough to see it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import Matrix, integer_matrix
from symprop.claims.rational_networks import (
    Network,
    data_variance,
    layers,
    mean,
    networks,
    noise_square,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
STATISTICAL = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
ENCLOSED = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SIZES = (20_000, 200_000)
Data = Sequence[Sequence[int]]


# --- the ratio of expectations ---


def inner_products(data: Data) -> list[list[Fraction]]:
    width = len(data[0])
    return [
        [Fraction(sum(a * b for a, b in zip(x, y, strict=True)), width) for y in data] for x in data
    ]


def increment(data: Data, dps: int) -> Enclosure:
    """Return ``zeta^1`` from the kernels of the activation."""
    from symprop.recurrences.sensitivity import vanilla_sensitivity

    return vanilla_sensitivity(inner_products(data), 1, dps=dps)[1]


def printed_increment(data: Data, dps: int, weight: int = 1) -> arb:
    """Return eq 8: the mean of the product of parts is a sum over pairs ``E (y_i)+ (y_j)-``.

    For unit Gaussians of angle ``t`` that mean is ``(sin t - t cos t)/(2 pi)``.
    """
    products = inner_products(data)
    count = len(data)
    with working_bits(bits_from_dps(dps) + 30):
        total, diagonal, everything = arb(0), arb(0), arb(0)
        for i, j in itertools.product(range(count), repeat=2):
            cross = arb(rational(products[i][j]))
            everything += cross
            if i == j:
                diagonal += cross
                continue
            # by exact squares, so that nothing is lost where data are parallel
            square = products[i][i] * products[j][j] - products[i][j] ** 2
            sine = arb(rational(square)).sqrt()
            total += (sine - arb.atan2(sine, cross) * cross) / arb.pi()
        spread = diagonal / count - everything / count**2
        return 1 / (1 - weight * total / count**2 / spread).sqrt()


def doubled_increment(data: Data, dps: int) -> arb:
    return printed_increment(data, dps, weight=2)


def _layer(data: Data, width: int, size: int, seed: int) -> tuple[Any, Any, Any]:
    points = np.array([[float(x) for x in row] for row in data])
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((size, width, points.shape[1]))
    weights *= math.sqrt(2 / points.shape[1])
    return points, weights, weights @ points.T


def sampled_variance(data: Data, width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``mu_2(x^1)/mu_2(x^0)`` at a small width."""
    points, _, hidden = _layer(data, width, size, seed)
    spread = np.maximum(hidden, 0.0).var(axis=2).mean(axis=1)
    return mean_and_error(spread / points.var(axis=0).mean())


def sampled_noise(data: Data, width: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``mu_2(s^1)``, over white noise."""
    _, weights, hidden = _layer(data, width, size, seed)
    lengths = np.sum(weights**2, axis=2)
    return mean_and_error(np.mean((hidden > 0).mean(axis=2) * lengths, axis=1))


def inverse_square(data: Data, dps: int) -> arb:
    with working_bits(bits_from_dps(dps) + 10):
        return 1 / increment(data, dps).ball ** 2


def increment_of_plane(ax: int, ay: int, bx: int, by: int, dps: int) -> Enclosure:
    return increment(((ax, ay), (bx, by), (1, 0)), dps)


def not_on_a_ray(ax: int, ay: int, bx: int, by: int) -> bool:
    """Whether a datum is not on the ray of (1, 0), the third one."""
    return any(y or x < 0 for x, y in ((ax, ay), (bx, by)))


# --- network by network ---


def line(share: int, others: int) -> tuple[Matrix, ...]:
    return tuple(integer_matrix((x,)) for x in (1,) * share + (-1,) * others)


def one_unit(share: int, others: int, sign: int = 1) -> Network:
    """Return one unit on data +1 and -1 so many times."""
    return Network(line(share, others), (integer_matrix((sign,)),))


def squared_sensitivity(network: Network) -> Fraction:
    last = layers(network)[-1]
    noise = mean(noise_square(last.noise))
    return noise * data_variance(network.data) / data_variance(last.signal)


def with_variance(network: Network) -> bool:
    ends = network.data, layers(network)[-1].signal
    return all(data_variance(data) > 0 for data in ends)


def signal_variance(network: Network) -> Fraction:
    return data_variance(layers(network)[-1].signal)


def alive(network: Network) -> bool:
    return any(any(row) for x in layers(network)[-1].signal for row in x)


def mean_log(others: int, dps: int) -> arb:
    """Return ``E log zeta^1`` of one unit, data +1 once; the size of the weight cancels."""
    squares = [squared_sensitivity(one_unit(1, others, sign)) for sign in (1, -1)]
    with working_bits(bits_from_dps(dps) + 20):
        return sum((arb(rational(z)).log() for z in squares), arb(0)) / 4


PLANE = {name: Integer(-3, 3) for name in ("ax", "ay", "bx", "by")}
SETS = (
    ((1, 0), (0, 1)),
    ((1,), (-1,), (2,)),
    ((1, 2), (-3, 1), (2, -5), (0, 4)),
    ((0, 0), (1, 3)),
)
ONE_DATUM = Network((integer_matrix((1,)),), (integer_matrix((1,)),))
ON_A_LINE = (ONE_DATUM, one_unit(1, 1), one_unit(1, 4), one_unit(2, 9))
ALL = {"network": networks(ON_A_LINE)}
MEANINGS = {
    "data": "rows: data, equally likely",
    "network": "data, weights of layer after layer, extent, kernel",
    "width": "N",
    "others": "how often the datum -1, against +1 once",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "vanilla-increment-printed",
        "Theorem 2",
        FALSE,
        title="condition of the increment, as printed",
        statement="A_{l-1}, that is ν_2(xˡ⁻¹) > 0, makes eq 8 a number: μ_2(xˡ⁻¹) > 0",
        as_printed=(
            "one datum, equal data, or data collapsed to one point divide 0 by 0: the condition is "
            "μ_2(xˡ⁻¹) > 0"
        ),
        checks=(attack(signal_variance, ">", 0, domain=ALL, assuming=alive),),
        near_miss=at_points(
            signal_variance,
            ">",
            0,
            points=[{"network": Network((integer_matrix((3,)),) * 2, (integer_matrix((1,)),))}],
        ),
        corrected_by="sensitivity.vanilla-increment",
    ),
    _claim(
        "vanilla-increment",
        "Theorem 2",
        STATISTICAL,
        title="increment of the normalised sensitivity, vanilla networks",
        statement=(
            "(E δμ_2(sˡ)/E δμ_2(xˡ))^(1/2) = (1 - E ν_{1,c}(y+) ν_{1,c}(y-)/μ_2(xˡ⁻¹))^(-1/2) at "
            "every width, if μ_2(xˡ⁻¹) > 0; it is > 1 unless all data are on one ray"
        ),
        assumptions=("weights Gaussian", "no datum is 0 where the noise is sampled"),
        checks=(
            at_points(increment, "==", printed_increment, points=[{"data": s} for s in SETS]),
            simulated(
                sampled_variance,
                "==",
                inverse_square,
                points=grid(data=SETS, width=(1, 3)),
                sizes=SIZES,
            ),
            simulated(
                sampled_noise,
                "==",
                lambda: 1,
                points=grid(data=SETS[:3], width=(1, 3)),
                sizes=SIZES,
            ),
            attack(increment_of_plane, ">", 1, domain=PLANE, assuming=not_on_a_ray),
        ),
        near_miss=at_points(
            increment, "==", doubled_increment, points=[{"data": s} for s in SETS[:2]]
        ),
    ),
    _claim(
        "growing-sensitivity-printed",
        "Section 5, discussion of Theorem 2",
        FALSE,
        title="growth in every network, as said",
        statement="δζ >= 1: the normalised sensitivity of a vanilla ReLU network increases",
        assumptions=("data and signals have variance",),
        as_printed=(
            "true of the ratio of expectations only. One unit, data +1 once and -1 four times: "
            "ζ² is 4/5 if the weight is positive, which it is with probability 1/2"
        ),
        checks=(attack(squared_sensitivity, ">=", 1, domain=ALL, assuming=with_variance),),
        near_miss=at_points(squared_sensitivity, ">=", 1, points=[{"network": one_unit(1, 5)}]),
        corrected_by="sensitivity.vanilla-increment",
    ),
    _claim(
        "growing-logarithm-printed",
        "Section 5, discussion of Theorem 2",
        ENCLOSED,
        title="growth of the mean logarithm, as said",
        statement="E log δζ >= 0, the drift of log ζ",
        assumptions=("one unit, data +1 once and -1 so many times: E log δζ = log(16 p (1-p))/4",),
        as_printed=(
            "negative if the datum +1 has a share below (2 - √3)/4: 14 data -1 are enough. Only "
            "the first of the three terms of the drift is non-negative"
        ),
        checks=(attack(mean_log, ">=", 0, domain={"others": Integer(1, 30)}),),
        near_miss=at_points(mean_log, ">=", 0, points=grid(others=(14, 20))),
        corrected_by="sensitivity.vanilla-increment",
    ),
)
"""Theorem 2 and its discussion."""
