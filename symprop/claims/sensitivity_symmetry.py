"""sensitivity, appendices B and F: propagation with the opposite weights, path by path.

Signal and sensitivity of a layer with weights ``-W`` complete those of ``W``: together they have
the second moments before the activation. All is exact, for every network and every data set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    integer_matrix,
    scaled,
)
from symprop.claims.rational_networks import (
    Layer,
    Network,
    channels,
    fields,
    layers,
    mean,
    mean_square,
    networks,
    noise_square,
    positive_part,
    variance,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def line(*values: int | str, weights: Sequence[int] = (1,)) -> Network:
    """Return one-dimensional data and layers of width 1."""
    return Network(
        tuple(integer_matrix((x,)) for x in values), tuple(integer_matrix((w,)) for w in weights)
    )


IMAGE = Network((integer_matrix((1, 0, 0, 0)),), (integer_matrix((1, -1, 2)),), (4,), 3)
WIDE_KERNEL = Network((integer_matrix((1, -2)),), (integer_matrix((1, -1, 2)),), (2,), 3)
HOSTILE = (
    line(1),
    line(1, -1),
    line(0, 1),
    line(0, 1, -3, weights=(-1, 2)),
    line(-1, 0, 1),
    IMAGE,
    WIDE_KERNEL,
)
SLOPES = OneOf((Fraction(0), Fraction(1), Fraction(1, 2)))
ALL = {"network": networks(HOSTILE)}
TRIES = (60, 900)


def opposite(network: Network) -> Network:
    """Return the network whose last weights have the opposite sign."""
    *before, last = network.weights
    return network._replace(weights=(*before, scaled(last, Fraction(-1))))


def pair(network: Network, slope: Fraction = Fraction(0)) -> tuple[Layer, Layer]:
    return layers(network, slope)[-1], layers(opposite(network), slope)[-1]


def weighed(values: Sequence[Fraction]) -> Fraction:
    """Return a number that tells from each other the values of all channels."""
    return sum((value * 1000003**c for c, value in enumerate(values)), Fraction(0))


# --- signals ---


def squares_of_both(network: Network) -> Fraction:
    both = [list(map(mean_square, channels(layer.signal))) for layer in pair(network)]
    return weighed([a + b for a, b in zip(*both, strict=True)])


def squares_before(network: Network) -> Fraction:
    return weighed(list(map(mean_square, channels(layers(network)[-1].hidden))))


def variances_of_both(network: Network) -> Fraction:
    both = [list(map(variance, channels(layer.signal))) for layer in pair(network)]
    return weighed([a + b for a, b in zip(*both, strict=True)])


def _means_of_parts(hidden: Sequence[Matrix]) -> list[tuple[Fraction, Fraction]]:
    """Return for each channel the means of its positive and of its negative part."""
    negative = [scaled(y, Fraction(-1)) for y in hidden]
    parts = (
        [mean(c) for c in channels([positive_part(y) for y in ys])] for ys in (hidden, negative)
    )
    return list(zip(*parts, strict=True))


def squares_less_means(network: Network) -> Fraction:
    """Return the right side of eq 60."""
    hidden = layers(network)[-1].hidden
    squares = map(mean_square, channels(hidden))
    means = _means_of_parts(hidden)
    return weighed([s - a * a - b * b for s, (a, b) in zip(squares, means, strict=True)])


def variance_less_product(network: Network, weight: int = 2) -> Fraction:
    """Return the right side of eq 61."""
    hidden = layers(network)[-1].hidden
    spreads = map(variance, channels(hidden))
    means = _means_of_parts(hidden)
    return weighed([s - weight * a * b for s, (a, b) in zip(spreads, means, strict=True)])


def variance_less_one_product(network: Network) -> Fraction:
    return variance_less_product(network, weight=1)


# --- sensitivities ---


def noise_of_both(network: Network, slope: Fraction) -> Fraction:
    both = [noise_square(layer.noise) for layer in pair(network, slope)]
    return weighed([a + b for a, b in zip(*both, strict=True)])


def noise_before(network: Network, slope: Fraction) -> Fraction:
    return weighed(noise_square(layers(network, slope)[-1].images))


def sees_something(network: Network) -> bool:
    """Whether no receptive field of the input vanishes, nor a preactivation by chance."""
    first = layers(network)[1]
    seen = all(
        any(row[p] for row in tensor)
        for tensor in (fields(datum, network.extent, network.kernel) for datum in network.data)
        for p in range(len(tensor[0]))
    )
    return seen and not any(0 in row for y in first.hidden for row in y)


def almost_sure(network: Network) -> bool:
    """Whether a preactivation of the last layer vanishes only where its receptive field does."""
    before, last = layers(network)[-2:]
    return all(
        y or not any(row[p] for row in field)
        for datum, hidden in zip(before.signal, last.hidden, strict=True)
        for field in [fields(datum, network.extent, network.kernel)]
        for row in hidden
        for p, y in enumerate(row)
    )


def deep_and_almost_sure(network: Network) -> bool:
    return len(network.weights) > 1 and almost_sure(network)


NETWORK = {"network": "data, weights of layer after layer, extent, kernel", "slope": "φ'(0)"}

_claim = claims_of("sensitivity", HOLDS)


def _everywhere(lhs: Callable[..., Any], rhs: Callable[..., Any], **more: Any) -> Any:
    return attack(lhs, "==", rhs, domain=ALL, tries=TRIES, **more)


CLAIMS = (
    _claim(
        "opposite-squares",
        "eq 25; eq 51",
        title="second moments of opposite propagations add up",
        statement="ν_{2,c}(x) + ν_{2,c}(x~) = ν_{2,c}(y) for every channel and every network",
        variables=NETWORK,
        checks=(_everywhere(squares_of_both, squares_before),),
        near_miss=_everywhere(variances_of_both, squares_before),
    ),
    _claim(
        "opposite-noise-printed",
        "eq 26; eq 27; eq 28",
        FALSE,
        title="sensitivities of opposite propagations add up, as printed",
        statement="μ_{2,c}(s) + μ_{2,c}(s~) = μ_{2,c}(t) for every channel, almost surely",
        variables=NETWORK,
        assumptions=("weights with a density", "φ'(0) in {0, 1/2, 1}: every usual convention"),
        as_printed=(
            "the text says that a vanishing receptive field of x has no noise either. Not in the "
            "first layer: a datum 0, or an image with a blank patch, has y = 0 and t != 0, and "
            "the left side is 2 φ'(0)² t² there"
        ),
        checks=(
            attack(
                noise_of_both,
                "==",
                noise_before,
                domain=ALL | {"slope": SLOPES},
                assuming=almost_sure,
            ),
        ),
        near_miss=at_points(
            noise_of_both,
            "==",
            noise_before,
            points=[{"network": IMAGE, "slope": Fraction(1, 2)}],
        ),
        corrected_by="sensitivity.opposite-noise",
    ),
    _claim(
        "opposite-noise",
        "eq 26; eq 27; eq 28",
        title="sensitivities of opposite propagations add up",
        statement=(
            "μ_{2,c}(s) + μ_{2,c}(s~) = μ_{2,c}(t): in the first layer if no receptive field of "
            "the data vanishes, later if φ'(0) = 0"
        ),
        variables=NETWORK,
        assumptions=("y = 0 only where the receptive field vanishes: almost sure",),
        checks=(
            attack(
                noise_of_both,
                "==",
                noise_before,
                domain=ALL | {"slope": SLOPES},
                assuming=lambda network: len(network.weights) == 1 and sees_something(network),
                tries=(25, 400),
            ),
            attack(
                noise_of_both,
                "==",
                noise_before,
                domain=ALL | {"slope": OneOf((Fraction(0),))},
                assuming=deep_and_almost_sure,
                tries=(30, 900),
            ),
            attack(
                noise_of_both,
                "==",
                noise_before,
                domain=ALL | {"slope": SLOPES},
                assuming=lambda network: sees_something(network) and almost_sure(network),
                tries=(30, 900),
            ),
        ),
        near_miss=at_points(
            noise_of_both,
            "==",
            noise_before,
            points=[{"network": line(0, 1, weights=(1, 1)), "slope": Fraction(1)}],
        ),
    ),
    _claim(
        "opposite-variances",
        "eq 60; eq 61",
        title="variances of opposite propagations",
        statement=(
            "μ_{2,c}(x) + μ_{2,c}(x~) = ν_{2,c}(y) - ν_{1,c}(y+)² - ν_{1,c}(y-)² "
            "= μ_{2,c}(y) - 2 ν_{1,c}(y+) ν_{1,c}(y-)"
        ),
        variables=NETWORK,
        checks=(
            _everywhere(variances_of_both, squares_less_means),
            _everywhere(variances_of_both, variance_less_product),
        ),
        near_miss=_everywhere(variances_of_both, variance_less_one_product),
    ),
)
"""Opposite propagations."""
