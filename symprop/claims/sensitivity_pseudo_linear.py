"""sensitivity, section 5 and appendix F: growth is limited by pseudo-linearity.

At infinite width the signals become parallel and the increments tend to 1. A channel of one sign
for all data is linear on them; weights with a density give only such channels on a ray.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    integer_matrix,
    matrices,
    multiplied,
    transposed,
)
from symprop.claims.rational_networks import (
    Network,
    channels,
    layers,
    mean,
    mean_square,
    networks,
    variance,
)
from symprop.claims.sensitivity_increment_terms import Path, expectation, paths, residues
from symprop.claims.sensitivity_vanilla import inner_products
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
Data = Sequence[Sequence[int]]


# --- deep networks ---


def deep_path(data: Data, depth: int, dps: int) -> tuple[Enclosure, ...]:
    from symprop.recurrences.sensitivity import vanilla_sensitivity

    return vanilla_sensitivity(inner_products(data), depth, dps=dps)


def late_increment(data: Data, depth: int, dps: int) -> arb:
    """Return ``zeta^l/zeta^(l-1)`` at infinite width."""
    path = deep_path(data, depth, dps + 10)
    with working_bits(bits_from_dps(dps) + 20):
        return path[-1].ball / path[-2].ball


def left_variance(data: Data, depth: int, dps: int) -> arb:
    """Return ``mu_2(x^l)/mu_2(x^0)``; the mean square does not change."""
    with working_bits(bits_from_dps(dps) + 20):
        return 1 / deep_path(data, depth, dps + 10)[-1].ball ** 2


# --- given an event ---


def _above(path: Path) -> bool:
    """Whether the increments add up to more than their conditional means do."""
    return sum(residues(path), Fraction(0)) > 0


def chance(seed: int, depth: int) -> Fraction:
    return expectation(seed, depth, lambda path: Fraction(_above(path)))


def mean_given_event(seed: int, depth: int) -> Fraction:
    """Return the mean of the sum of residues, given that it is positive."""
    total = expectation(seed, depth, lambda path: _above(path) * sum(residues(path), Fraction(0)))
    return total / chance(seed, depth)


def square_given_event(seed: int, depth: int) -> Fraction:
    square = expectation(
        seed, depth, lambda path: _above(path) * sum(residues(path), Fraction(0)) ** 2
    )
    return square / chance(seed, depth)


def square_over_chance(seed: int, depth: int) -> Fraction:
    """Return ``E S^2/P(D)``."""
    return square_of_sum(seed, depth) / chance(seed, depth)


def square_of_sum(seed: int, depth: int) -> Fraction:
    return expectation(seed, depth, lambda path: sum(residues(path), Fraction(0)) ** 2)


def random_sum(seed: int, depth: int) -> bool:
    return any(any(residues(path)) for path in paths(seed, depth)) and chance(seed, depth) > 0


# --- channels of one sign ---


def _mean_row(data: Matrix) -> Matrix:
    return (tuple(mean(column) for column in transposed(data)),)


def on_a_ray(data: Matrix) -> bool:
    """Whether all rows are multiples of one vector by numbers >= 0."""
    first = next((row for row in data if any(row)), data[0])
    return all(
        sum(a * b for a, b in zip(first, row, strict=True)) >= 0
        and all(
            first[i] * row[j] == first[j] * row[i]
            for i, j in itertools.combinations(range(len(row)), 2)
        )
        for row in data
    )


def revealing_weights(data: Matrix) -> Matrix:
    """Return weights whose channel has both signs, if the data are not on a ray.

    They are a datum less its part along the mean, or the mean itself if all are along it.
    """
    centre = _mean_row(data)
    square = multiplied(centre, transposed(centre))[0][0]
    for row in data:
        along = multiplied((row,), transposed(centre))[0][0]
        part = along / square if square else Fraction(0)
        rest = tuple(x - part * c for x, c in zip(row, centre[0], strict=True))
        if any(rest):
            return (rest,)
    return centre


def _least_part(data: Matrix, weights: Matrix) -> Fraction:
    values = multiplied(weights, transposed(data))[0]
    positive = mean([max(value, Fraction(0)) for value in values])
    return min(positive, positive - mean(values))


def revealed(data: Matrix) -> Fraction:
    """Return ``min(nu_1(y+), nu_1(y-))`` for those weights; around them it is positive too."""
    return _least_part(data, revealing_weights(data))


def revealed_by_signs(data: Matrix) -> Fraction:
    """Return the largest of these over weights that are signs."""
    return max(
        _least_part(data, (tuple(map(Fraction, signs)),))
        for signs in itertools.product((1, -1), repeat=len(data[0]))
    )


def off_a_ray(data: Matrix) -> bool:
    return not on_a_ray(data)


def mean_absolute_square(network: Network) -> Fraction:
    """Return the least over channels of ``k nu_1(|y|)^2 - mu_2(y)``, ``k`` values a channel."""
    return min(
        len(values) * mean([abs(value) for value in values]) ** 2 - variance(values)
        for values in channels(layers(network)[-1].hidden)
    )


def mean_absolute_excess(network: Network) -> Fraction:
    """Return the least of ``nu_1(|y|)^2 - mu_2(y)/k``, with half of the factor ``k``."""
    return min(
        len(values) * mean([abs(value) for value in values]) ** 2 / 2 - mean_square(values)
        for values in channels(layers(network)[-1].hidden)
    )


DEEP = tuple({"data": ((1, 0, 0), (0, 1, 0), (0, 0, 1)), "depth": 2**k} for k in range(5, 10))
OPPOSITE = tuple({"data": ((1, 1), (-1, -1)), "depth": 2**k} for k in range(5, 10))
NARROW = Network(
    tuple(integer_matrix((x,)) for x in (5, 0, 0, 0, 0, 0, 0)), (integer_matrix((1,)),)
)
ALL = {"network": networks((NARROW,))}
TREES = {"seed": Integer(0, reach=500), "depth": Integer(1, 4)}
MEANINGS = {
    "seed": "which tree of increments",
    "data": "rows: data, equally likely",
    "network": "data, weights of layer after layer, extent, kernel",
    "depth": "l",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "pseudo-linearity",
        "Section 5, discussion of Theorem 2",
        title="growth is limited by pseudo-linearity",
        statement=(
            "at infinite width δζˡ -> 1 with δζˡ - 1 = O(1/l), and μ_2(xˡ)/ν_2(xˡ) -> 0 like 1/l²"
        ),
        checks=(
            limit(late_increment, 1, along=DEEP, error=lambda depth: Fraction(1, depth)),
            limit(late_increment, 1, along=OPPOSITE, error=lambda depth: Fraction(1, depth)),
            limit(left_variance, 0, along=DEEP, error=lambda depth: Fraction(1, depth**2)),
            limit(left_variance, 0, along=OPPOSITE, error=lambda depth: Fraction(1, depth**2)),
        ),
        near_miss=limit(
            late_increment,
            Fraction(101, 100),
            along=DEEP,
            error=lambda depth: Fraction(1, 4 * depth**2),
        ),
    ),
    _claim(
        "first-moments",
        "Section 5, discussion of Theorem 2",
        title="first moments do not vanish before the variance",
        statement="ν_{1,c}(|y|)² >= μ_{2,c}(y)/k for k equally likely values of a channel",
        assumptions=("so that case (i) of the discussion cannot occur with finitely many data",),
        checks=(attack(mean_absolute_square, ">=", 0, domain=ALL, tries=(60, 900)),),
        near_miss=at_points(mean_absolute_excess, ">=", 0, points=[{"network": NARROW}]),
    ),
    _claim(
        "centred-given-event-printed",
        "Section 5, discussion of Theorem 2",
        FALSE,
        title="centred given an event, as said",
        statement="E[Σ Z_k | D] = 0 for the event D of a drift larger than the diffusion",
        assumptions=("trees of increments; D: the increments exceed their conditional means",),
        as_printed=(
            "the proof in Appendix F.2 uses Chebyshev's inequality for s_l given D, as if it were "
            "centred there; D looks at the same weights"
        ),
        checks=(attack(mean_given_event, "==", 0, domain=TREES, assuming=random_sum),),
        near_miss=at_points(mean_given_event, "==", 0, points=[{"seed": 3, "depth": 2}]),
        corrected_by="sensitivity.square-given-event",
    ),
    _claim(
        "square-given-event",
        "Section 5, discussion of Theorem 2",
        title="second moment given an event",
        statement="E[S² | D] <= E S²/P(D), S = Σ Z_k: Markov's inequality for S² is enough",
        assumptions=("trees of increments; D: the increments exceed their conditional means",),
        checks=(
            attack(square_given_event, "<=", square_over_chance, domain=TREES, assuming=random_sum),
        ),
        near_miss=attack(
            square_given_event, "<=", square_of_sum, domain=TREES, assuming=random_sum
        ),
    ),
    _claim(
        "channels-of-one-sign",
        "Proposition 12",
        title="channels of one sign: the data are on a ray",
        statement=(
            "if the data are not on one ray from 0, an open set of weights gives a channel with "
            "min(ν_1(y+), ν_1(y-)) > 0, so the hypothesis fails; on a ray no weights do"
        ),
        assumptions=("weights with a positive density: for signs it is false, see the near miss",),
        checks=(
            attack(revealed, ">", 0, domain={"data": matrices()}, assuming=off_a_ray),
            attack(revealed_by_signs, "==", 0, domain={"data": matrices()}, assuming=on_a_ray),
        ),
        near_miss=at_points(
            revealed_by_signs, ">", 0, points=[{"data": integer_matrix((2, 1), (3, 1))}]
        ),
    ),
)
"""Pseudo-linearity."""
