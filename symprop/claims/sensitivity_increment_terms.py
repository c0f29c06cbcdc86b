"""sensitivity, section 4 and appendix E: a logarithm as a sum of increments.

Laws are finite, so that conditional means are sums: trees of increments whose law depends on
those before, and networks with fair signs as weights.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import NamedTuple

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import integer_matrix
from symprop.claims.rational_networks import (
    Network,
    data_variance,
    layers,
    mean,
    variance,
    weight_matrices,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- trees of increments ---


class Path(NamedTuple):
    """One history: its probability, the increments, and the conditional mean of each."""

    probability: Fraction
    increments: tuple[Fraction, ...]
    means: tuple[Fraction, ...]


@lru_cache(maxsize=64)
def paths(seed: int, depth: int) -> tuple[Path, ...]:
    """Return all histories of a tree with two or three branches everywhere."""
    dice = random.Random(seed)  # noqa: S311  (reproducible, not secret)

    def grow(so_far: Path, left: int) -> Iterator[Path]:
        if not left:
            yield so_far
            return
        count = dice.choice((2, 3))
        shares = [Fraction(dice.randint(1, 5)) for _ in range(count)]
        values = [Fraction(dice.randint(-6, 6), dice.choice((1, 2))) for _ in range(count)]
        total = sum(shares, Fraction(0))
        centre = sum((p * x for p, x in zip(shares, values, strict=True)), Fraction(0)) / total
        for share, value in zip(shares, values, strict=True):
            longer = Path(
                so_far.probability * share / total,
                (*so_far.increments, value),
                (*so_far.means, centre),
            )
            yield from grow(longer, left - 1)

    return tuple(grow(Path(Fraction(1), (), ()), depth))


def expectation(seed: int, depth: int, value: Callable[[Path], Fraction]) -> Fraction:
    return sum((path.probability * value(path) for path in paths(seed, depth)), Fraction(0))


def residues(path: Path) -> list[Fraction]:
    """Return the increments less their conditional means."""
    return [x - y for x, y in zip(path.increments, path.means, strict=True)]


def residue_moment(seed: int, depth: int, *which: int) -> Fraction:
    """Return the mean of the product of the residues of some layers."""

    def value(path: Path) -> Fraction:
        found = residues(path)
        return prod((found[k] for k in which), start=Fraction(1))

    return expectation(seed, depth, value)


def increment_moment(seed: int, depth: int, *which: int) -> Fraction:
    """Return the mean of the product of increments of some layers."""

    def value(path: Path) -> Fraction:
        return prod((path.increments[k] for k in which), start=Fraction(1))

    return expectation(seed, depth, value)


def covariances(seed: int, depth: int) -> Fraction:
    """Return the sum of squares of all means and covariances of the residues."""
    found = [residue_moment(seed, depth, k) for k in range(depth)]
    pairs = itertools.combinations(range(depth), 2)
    found += [residue_moment(seed, depth, j, k) for j, k in pairs]
    return sum((value * value for value in found), Fraction(0))


def plain_covariances(seed: int, depth: int) -> Fraction:
    """Return that of the covariances of the increments themselves."""
    centres = [increment_moment(seed, depth, k) for k in range(depth)]
    found = [
        increment_moment(seed, depth, j, k) - centres[j] * centres[k]
        for j, k in itertools.combinations(range(depth), 2)
    ]
    return sum((value * value for value in found), Fraction(0))


def variance_of_sum(seed: int, depth: int) -> Fraction:
    square = expectation(seed, depth, lambda path: sum(residues(path), Fraction(0)) ** 2)
    return square - expectation(seed, depth, lambda path: sum(residues(path), Fraction(0))) ** 2


def variances(seed: int, depth: int) -> list[Fraction]:
    return [residue_moment(seed, depth, k, k) for k in range(depth)]


def sum_of_variances(seed: int, depth: int) -> Fraction:
    return sum(variances(seed, depth), Fraction(0))


def scaled_variance(seed: int, depth: int) -> Fraction:
    """Return ``Var s_l``."""
    return variance_of_sum(seed, depth) / depth


def largest_variance(seed: int, depth: int) -> Fraction:
    return max(variances(seed, depth))


def least_variance(seed: int, depth: int) -> Fraction:
    return min(variances(seed, depth))


# --- networks of fair signs ---


def line(*values: int) -> Network:
    return Network(tuple(integer_matrix((x,)) for x in values), ())


def chance_of_no_variance(inputs: Network, width: int) -> Fraction:
    """Return ``P[mu_2(x^1) = 0]``; in one dimension it depends on the signs alone."""
    found = [
        data_variance(layers(inputs._replace(weights=(w,)))[1].signal)
        for w in weight_matrices(width, 1, (1, -1))
    ]
    return mean([Fraction(value == 0) for value in found])


@lru_cache(maxsize=16)
def histories(inputs: Network, first: int, second: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return ``mu_2`` of layers 0, 1, 2 for all fair signs, width after width."""
    return tuple(
        tuple(
            data_variance(layer.signal)
            for layer in layers(inputs._replace(weights=(before, after)))
        )
        for before in weight_matrices(first, len(inputs.data[0]), (1, -1))
        for after in weight_matrices(second, first, (1, -1))
    )


def _log(value: Fraction) -> arb:
    return arb(rational(value)).log()


def _two_terms(increments: Sequence[Fraction]) -> arb:
    """Return ``log E d + E log(d/E d)``."""
    centre = mean(increments)
    relative = sum((_log(d / centre) for d in increments), arb(0)) / len(increments)
    return _log(centre) + relative


def mean_logarithm(inputs: Network, first: int, second: int, dps: int) -> arb:
    """Return ``E[log mu_2(x^2)/mu_2(x^0)]`` given that it is not 0."""
    alive = [h for h in histories(inputs, first, second) if h[2]]
    with working_bits(bits_from_dps(dps) + 20):
        return sum((_log(h[2] / h[0]) for h in alive), arb(0)) / len(alive)


def sum_of_terms(inputs: Network, first: int, second: int, dps: int, last: bool = True) -> arb:
    """Return the mean of the sum of both terms of both layers, the third being centred.

    Means are conditional on variance in the last layer, or in the layer itself.
    """
    count = 2 ** (first * second)
    every = histories(inputs, first, second)
    groups = [
        [h for h in every[start : start + count] if h[2]] for start in range(0, len(every), count)
    ]
    alive = [h for group in groups for h in group]
    of_first = alive if last else [h for h in every if h[1]]
    with working_bits(bits_from_dps(dps) + 20):
        total = len(alive) * _two_terms([h[1] / h[0] for h in of_first])
        for group in groups:
            if group:
                total += len(group) * _two_terms([h[2] / h[1] for h in group])
        return total / len(alive)


def sum_of_own_terms(inputs: Network, first: int, second: int, dps: int) -> arb:
    return sum_of_terms(inputs, first, second, dps, last=False)


# --- Jensen's inequality under batch normalisation ---


def normalised_variances(batch: Sequence[int], width: int) -> list[Fraction]:
    """Return ``mu_2(x)`` after normalisation and activation, for all signs of the weights."""
    values = [Fraction(x) for x in batch]
    centre, spread = mean(values), variance(values)
    kept = {
        sign: variance([max(sign * (v - centre), Fraction(0)) for v in values]) / spread
        for sign in (1, -1)
    }
    return [
        mean([kept[sign] for sign in signs]) for signs in itertools.product((1, -1), repeat=width)
    ]


def product_of_increments(batch: Sequence[int], width: int) -> Fraction:
    """Return ``exp`` of the mean logarithm, to the power of the number of cases."""
    return prod(normalised_variances(batch, width), start=Fraction(1))


def power_of_mean(batch: Sequence[int], width: int) -> Fraction:
    found = normalised_variances(batch, width)
    return mean(found) ** len(found)


def varied(batch: Sequence[int]) -> bool:
    """Whether the increment takes two values."""
    return len(set(normalised_variances(batch, 1))) > 1


TREES = {"seed": Integer(0, reach=500), "depth": Integer(1, 4)}
BATCHES = {
    "batch": OneOf(((0, 1), (0, 0, 1), (-1, 0, 1), (1, 2, 4), (0, 0, 0, 7), (5, 2, -3, 7))),
    "width": Integer(1, 4),
}
LINES = OneOf((line(1, 2), line(1, -1), line(0, 1), line(3, -1, 2)))
TWO = Network(tuple(integer_matrix((x,), (y,)) for x, y in ((1, 4), (-9, 3), (2, 11))), ())
MEANINGS = {
    "seed": "which tree",
    "depth": "l",
    "inputs": "data",
    "batch": "one-dimensional data",
    "width": "N",
    "first": "N_1",
    "second": "N_2",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "log-decomposition-printed",
        "eq 4",
        FALSE,
        title="sum of logarithmic increments, as printed",
        statement="P[μ_2(xᵏ) = 0] = 0, as the means of log δμ_2(xᵏ) over all weights need",
        assumptions=("vanilla network, N_0 = 1",),
        as_printed=(
            "with probability 2^(-N) or so a layer dies: log δμ_2 is -∞, and so is its mean; the "
            "second term is -∞ and the third +∞ at every width"
        ),
        checks=(
            attack(
                chance_of_no_variance, "==", 0, domain={"inputs": LINES, "width": Integer(1, 4)}
            ),
        ),
        near_miss=at_points(
            chance_of_no_variance, "==", 0, points=grid(inputs=(line(2, 3, 5),), width=(3,))
        ),
        corrected_by="sensitivity.log-decomposition",
    ),
    _claim(
        "log-decomposition",
        "eq 4",
        title="sum of logarithmic increments",
        statement=(
            "E log μ_2(xˡ)/μ_2(x⁰) = E Σ_k (log E δ_k + E log(δ_k/E δ_k)), all means given "
            "μ_2(xˡ) > 0 and the layers before: the third term has mean 0"
        ),
        assumptions=("two layers, fair signs as weights",),
        checks=(
            at_points(
                mean_logarithm,
                "==",
                sum_of_terms,
                points=grid(inputs=(TWO, line(1, 2, -5)), first=(1, 2), second=(1, 2)),
            ),
        ),
        near_miss=at_points(
            mean_logarithm,
            "==",
            sum_of_own_terms,
            points=grid(inputs=(TWO,), first=(2,), second=(1, 2)),
        ),
    ),
    _claim(
        "log-increment-printed",
        "eq 6",
        FALSE,
        title="second term of an increment, as printed",
        statement="E log δ_r μ_2(xᵏ) < 0",
        assumptions=("batch normalisation before the activation; compared without logarithms",),
        as_printed=(
            "strict only if the increment is random. A batch of two is +1 and -1 after the "
            "normalisation: μ_2(xᵏ) = 1/4 for all weights, and the term is 0"
        ),
        checks=(attack(product_of_increments, "<", power_of_mean, domain=BATCHES),),
        near_miss=at_points(
            product_of_increments, "<", power_of_mean, points=grid(batch=((-3, 5),), width=(2,))
        ),
        corrected_by="sensitivity.log-increment",
    ),
    _claim(
        "log-increment",
        "eq 6",
        title="second term of an increment",
        statement="E log δ_r μ_2(xᵏ) <= 0, and < 0 if the increment is not constant",
        assumptions=("batch normalisation before the activation; compared without logarithms",),
        checks=(
            attack(product_of_increments, "<=", power_of_mean, domain=BATCHES),
            attack(product_of_increments, "<", power_of_mean, domain=BATCHES, assuming=varied),
        ),
        near_miss=attack(product_of_increments, "<", power_of_mean, domain=BATCHES),
    ),
    _claim(
        "centred-increments",
        "Lemma 10; eq 44; eq 45; eq 46",
        title="sums of increments less their conditional means",
        statement=(
            "Z_k = X_k - E[X_k | before] are centred and uncorrelated; Var Σ Z_k = Σ Var Z_k, and "
            "Var s_l lies between the least and the largest Var Z_k"
        ),
        assumptions=("finite laws", "with finite second moments, which logarithms need not have"),
        checks=(
            attack(covariances, "==", 0, domain=TREES, tries=(60, 900)),
            attack(variance_of_sum, "==", sum_of_variances, domain=TREES, tries=(60, 900)),
            attack(scaled_variance, "<=", largest_variance, domain=TREES, tries=(60, 900)),
            attack(scaled_variance, ">=", least_variance, domain=TREES, tries=(60, 900)),
        ),
        near_miss=attack(plain_covariances, "==", 0, domain=TREES),
    ),
)
"""Increments of logarithms."""
