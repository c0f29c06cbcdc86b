"""sensitivity, appendix D: the sensitivity as a gradient, and its rescaling.

Gradients are difference quotients: a ReLU network is linear around data at which no preactivation
vanishes, so that small steps give them exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.rational_matrices import Matrix, integer_matrix
from symprop.claims.rational_networks import (
    Network,
    channels,
    data_variance,
    layers,
    mean,
    mean_square,
    networks,
    noise_square,
)
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
_STEP = Fraction(1, 10**9)  # small against the preactivations of networks of small rationals
DEEP = Network(
    tuple(integer_matrix((x,), (y,)) for x, y in ((1, 2), (-3, 1), (2, -5), ("1/3", 4))),
    (
        integer_matrix((1, 3), (-2, 1), (1, 1)),
        integer_matrix((1, -1, 2), (3, 1, -1)),
        integer_matrix((2, 1), (1, -4)),
    ),
)
IMAGES = Network(
    tuple(integer_matrix(row) for row in ((1, 5, -2), (3, -1, 4))),
    (integer_matrix((1, 2), (-1, 3)), integer_matrix((1, 1, -1, 2))),
    (3,),
    2,
)
KINKED = Network((integer_matrix((0,)), integer_matrix((1,))), (integer_matrix((1,)),))
ALL = {"network": networks((DEEP, IMAGES))}
TRIES = (24, 300)


def smooth(network: Network) -> bool:
    """Whether no preactivation vanishes."""
    return not any(0 in row for layer in layers(network)[1:] for y in layer.hidden for row in y)


def smooth_and_varied(network: Network) -> bool:
    """Whether, besides, the data differ, and the signals of the last layer."""
    ends = network.data, layers(network)[-1].signal
    return smooth(network) and all(data_variance(data) > 0 for data in ends)


def _moved(datum: Matrix, channel: int, position: int, step: Fraction) -> Matrix:
    return tuple(
        tuple(x + step * ((i, j) == (channel, position)) for j, x in enumerate(row))
        for i, row in enumerate(datum)
    )


def squared_gradients(network: Network, step: Fraction = _STEP) -> list[Fraction]:
    """Return for each channel the squared gradient, averaged over data and positions."""
    before = layers(network)[-1].signal
    count, places = len(network.data[0]), len(network.data[0][0])
    totals = [Fraction(0)] * len(before[0])
    for channel in range(count):
        for position in range(places):
            data = tuple(_moved(datum, channel, position, step) for datum in network.data)
            after = layers(network._replace(data=data))[-1].signal
            pairs = zip(channels(after), channels(before), strict=True)
            for c, (moved, kept) in enumerate(pairs):
                quotients = [(a - b) / step for a, b in zip(moved, kept, strict=True)]
                totals[c] += mean_square(quotients)
    return totals


def weighed(values: list[Fraction]) -> Fraction:
    """Return a number that tells from each other the values of all channels."""
    return sum((value * 1000003**c for c, value in enumerate(values)), Fraction(0))


def gradient_of_channels(network: Network) -> Fraction:
    return weighed(squared_gradients(network))


def noise_of_channels(network: Network) -> Fraction:
    return weighed(noise_square(layers(network)[-1].noise))


def squared_sensitivity(network: Network) -> Fraction:
    """Return ``zeta^2`` from the propagated noise."""
    last = layers(network)[-1]
    noise = mean(noise_square(last.noise))
    return noise * data_variance(network.data) / data_variance(last.signal)


def rescaled_gradient(network: Network, centred: bool = True) -> Fraction:
    """Return ``E |grad_v v^l|^2`` of the map between the rescaled data and signals.

    ``v`` moves by ``step/a`` if ``x`` does by ``step``, and the image by its change over ``b``,
    with ``a^2, b^2`` the variances; so all squares are rational.
    """
    last = layers(network)[-1].signal
    if centred:
        start, end = data_variance(network.data), data_variance(last)
    else:
        start, end = (
            mean([mean_square(values) for values in channels(data)])
            for data in (network.data, last)
        )
    squared_step = _STEP**2 / start
    changes = [gradient * _STEP**2 / end for gradient in squared_gradients(network)]
    return mean(changes) / squared_step


def rescaled_without_centre(network: Network) -> Fraction:
    return rescaled_gradient(network, centred=False)


def sensitivity_of_rescaled(network: Network, start: int = 4, end: int = 9) -> Fraction:
    """Return ``zeta^2`` of the same map with data four times and signals nine times as large."""
    data = tuple(tuple(tuple(start * x for x in row) for row in datum) for datum in network.data)
    *before, last = network.weights
    weights = (*before, tuple(tuple(Fraction(end, start) * w for w in row) for row in last))
    return squared_sensitivity(Network(data, weights, network.extent, network.kernel))


NETWORK = {"network": "data, weights of layer after layer, extent, kernel"}


def _claim(name: str, number: str, **data: Any) -> Claim:
    return Claim(
        id=f"sensitivity.{name}",
        source=Source("sensitivity", number),
        expected=HOLDS,
        variables=NETWORK,
        **data,
    )


CLAIMS = (
    _claim(
        "squared-gradient",
        "Proposition 8; eq 40; eq 41",
        title="the sensitivity is the squared gradient",
        statement="E_s (s_{α,c})² = |∇_x x_{α,c}|², averaged over data and positions",
        assumptions=("no preactivation vanishes at the data: at a kink there is no gradient",),
        checks=(
            attack(
                noise_of_channels,
                "==",
                gradient_of_channels,
                domain=ALL,
                assuming=smooth,
                tries=TRIES,
            ),
        ),
        near_miss=at_points(
            noise_of_channels, "==", gradient_of_channels, points=[{"network": KINKED}]
        ),
    ),
    _claim(
        "rescaled-gradient",
        "Proposition 9; eq 42; eq 43",
        title="the normalised sensitivity as a gradient",
        statement="ζ² = E |∇_v v̂ˡ_c|², v and vˡ data and signals rescaled to variance 1",
        assumptions=(
            "no preactivation vanishes at the data",
            "data and signals of the layer have variance, else there is no rescaling",
        ),
        checks=(
            attack(
                squared_sensitivity,
                "==",
                rescaled_gradient,
                domain=ALL,
                assuming=smooth_and_varied,
                tries=TRIES,
            ),
            attack(
                squared_sensitivity,
                "==",
                sensitivity_of_rescaled,
                domain=ALL,
                assuming=smooth_and_varied,
                tries=TRIES,
            ),
        ),
        near_miss=attack(
            squared_sensitivity,
            "==",
            rescaled_without_centre,
            domain=ALL,
            assuming=smooth_and_varied,
            tries=TRIES,
        ),
    ),
)
"""Appendix D."""
