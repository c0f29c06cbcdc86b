"""sensitivity, appendix E.2: how channels die, to the letter.

A channel and the one of opposite weights do not both die in one layer, but they may in two; and
weights that are not positive kill a signal that is not negative.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.rational_networks import (
    Network,
    channels,
    layers,
    mean,
    mean_square,
    networks,
    weight_matrices,
)
from symprop.claims.sensitivity_layer_means import GENERIC, LAWS, few_matrices
from symprop.claims.sensitivity_symmetry import line, opposite
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def _dead_at_depth(width: int) -> list[tuple[bool, bool]]:
    """Return whether channel 1 of layer l is dead, and of layer l + 1 with opposite weights.

    One input: its preactivations have fair signs as long as it is alive.
    """
    return [
        (signs[0] < 0, last > 0 or not any(sign > 0 for sign in signs))
        for *signs, last in itertools.product((1, -1), repeat=width + 1)
    ]


def union_of_layers(width: int) -> Fraction:
    return mean([Fraction(a or b) for a, b in _dead_at_depth(width)])


def sum_of_layers(width: int) -> Fraction:
    return mean([Fraction(a + b) for a, b in _dead_at_depth(width)])


def _dead(network: Network) -> bool:
    return not any(channels(layers(network)[-1].signal)[0])


def deaths(network: Network, law: Sequence[int], width: int) -> list[tuple[bool, bool]]:
    """Return for all weights of one layer whether channel 1 dies, and with opposite weights."""
    rows = len(network.data[0]) * network.kernel ** len(network.extent)
    every = (network._replace(weights=(weights,)) for weights in weight_matrices(width, rows, law))
    return [(_dead(each), _dead(opposite(each))) for each in every]


def union_of_deaths(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean([Fraction(a or b) for a, b in deaths(network, law, width)])


def sum_of_deaths(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean([Fraction(a + b) for a, b in deaths(network, law, width)])


def death(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean([Fraction(a) for a, _ in deaths(network, law, width)])


def negative(network: Network) -> Network:
    """Return the network whose last weights are ``-|w|``."""
    *before, last = network.weights
    return network._replace(weights=(*before, tuple(tuple(-abs(w) for w in row) for row in last)))


def largest_preactivation(network: Network) -> Fraction:
    hidden = layers(negative(network))[-1].hidden
    return max(max(values) for values in channels(hidden))


def square_after(network: Network) -> Fraction:
    signal = layers(negative(network))[-1].signal
    return mean([mean_square(values) for values in channels(signal)])


def not_negative(network: Network) -> bool:
    """Whether the signal before the last layer is >= 0 and alive, and no last weight is 0."""
    entries = [x for values in channels(layers(network)[-2].signal) for x in values]
    return min(entries) >= 0 and any(entries) and all(all(row) for row in network.weights[-1])


HOSTILE = (line(1), line(2, -1), line(1, -1, weights=(1, -1)), line(3, 0, weights=(1, 2)))
ALL = {"network": networks(HOSTILE)}
LAYER = {"network": OneOf(GENERIC), "law": LAWS, "width": OneOf((1, 2))}
MEANINGS = {
    "network": "data, weights of layer after layer, extent, kernel",
    "law": "values of a weight, equally likely",
    "width": "N_l",
}
TRIES = (24, 200)

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "disjoint-deaths-printed",
        "Appendix E.2, death of a channel",
        FALSE,
        title="deaths of a channel and of its opposite, as printed",
        statement="P[A'_{l,c} ∪ A~'_{l+1,c}] = P[A'_{l,c}] + P[A~'_{l+1,c}] <= 1",
        assumptions=("one input, fully connected, c = 1 in both layers",),
        as_printed=(
            "the second index is l: a layer after one that died is dead under both signs. At "
            "N_l = 1 the sum is 5/4"
        ),
        checks=(
            attack(union_of_layers, "==", sum_of_layers, domain={"width": Integer(1, 8)}),
            at_points(sum_of_layers, "<=", 1, points=grid(width=(1,))),
        ),
        near_miss=attack(sum_of_layers, "<=", 1, domain={"width": Integer(1, 8)}),
        corrected_by="sensitivity.disjoint-deaths",
    ),
    _claim(
        "disjoint-deaths",
        "Appendix E.2, death of a channel",
        title="deaths of a channel and of its opposite",
        statement=(
            "P[A'_{l,c} ∪ A~'_{l,c}] = P[A'_{l,c}] + P[A~'_{l,c}] <= 1, so that P[A'_{l,c}] <= 1/2"
        ),
        assumptions=("laws symmetric about 0 under which no channel vanishes before ReLU",),
        checks=(
            attack(
                union_of_deaths,
                "==",
                sum_of_deaths,
                domain=LAYER,
                assuming=few_matrices,
                tries=(20, 200),
            ),
            attack(death, "<=", "1/2", domain=LAYER, assuming=few_matrices, tries=(20, 200)),
        ),
        near_miss=attack(death, "<", "1/2", domain=LAYER, assuming=few_matrices, tries=(20, 200)),
    ),
    _claim(
        "negative-weights-printed",
        "Appendix E.2, negative weights",
        FALSE,
        title="weights that are not positive, as printed",
        statement="if all W <= 0 then y < 0 for all x, α, c",
        assumptions=("signals >= 0 and not all 0, weights < 0",),
        as_printed=(
            "not where the signal has died, for a datum or in a receptive field: there y = 0. "
            "Signed data in the first layer are another matter, see survival-printed"
        ),
        checks=(
            attack(
                largest_preactivation, "<", 0, domain=ALL, assuming=not_negative, tries=(30, 300)
            ),
        ),
        near_miss=at_points(
            lambda network: -largest_preactivation(network),
            ">",
            0,
            points=[{"network": line(1, -1, weights=(1, 1))}],
        ),
        corrected_by="sensitivity.negative-weights",
    ),
    _claim(
        "negative-weights",
        "Appendix E.2, negative weights",
        title="weights that are not positive",
        statement="if all W <= 0 and x >= 0, then y <= 0 and ν_2 = 0 after the activation",
        checks=(
            attack(
                largest_preactivation, "<=", 0, domain=ALL, assuming=not_negative, tries=(30, 300)
            ),
            attack(square_after, "==", 0, domain=ALL, assuming=not_negative, tries=(30, 300)),
        ),
        near_miss=attack(largest_preactivation, "<=", 0, domain=ALL, tries=TRIES),
    ),
)
"""Deaths of channels."""
