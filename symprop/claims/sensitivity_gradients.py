"""sensitivity, appendix D: the sensitivity as a gradient, and its rescaling.

Gradients are difference quotients: a ReLU network is linear around data at which no preactivation
vanishes, so that small steps give them exactly.
"""

from __future__ import annotations

from fractions import Fraction

from symprop.claims.citations import claims_of
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
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

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
BLANK = Network((integer_matrix((0, 0, 3, 1)),), (integer_matrix((1, 2), (-1, 3)),), (4,), 2)
ALL = {"network": networks((DEEP, IMAGES))}
TRIES = (14, 120)


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


def size_of_mean_noise(network: Network, level: Fraction = _STEP) -> Fraction:
    """Return the largest ``|E Phi(x + e) - Phi(x)|`` over noise of both signs in one entry each."""
    before, largest = layers(network)[-1].signal, Fraction(0)
    places = [(c, p) for c in range(len(network.data[0])) for p in range(len(network.data[0][0]))]
    for channel, position in places:
        both = [
            layers(
                network._replace(
                    data=tuple(_moved(datum, channel, position, step) for datum in network.data)
                )
            )[-1].signal
            for step in (level, -level)
        ]
        for kept, up, down in zip(before, *both, strict=True):
            rows = zip(kept, up, down, strict=True)
            entries = [e for row in rows for e in zip(*row, strict=True)]
            largest = max(largest, *(abs((b + c) / 2 - a) for a, b, c in entries))
    return largest


def mean_noise_of_large(network: Network) -> Fraction:
    return size_of_mean_noise(network, Fraction(10))


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

_claim = claims_of("sensitivity", HOLDS, variables=NETWORK)

CLAIMS = (
    _claim(
        "centred-noise-printed",
        "Section 2, centred noise",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="noise stays centred, as said",
        statement="E_ε εˡ = 0 for εˡ = Φˡ(x + ε) - Φˡ(x), at all x and for small σ_ε",
        assumptions=("σ_ε = 10⁻⁹, noise of both signs in one entry after the other",),
        as_printed=(
            "equation 2 is the derivative of εˡ; where a datum is at a kink, as 0 is or a blank "
            "patch, εˡ is not linear in ε however small: ReLU keeps half of it, of mean E|wε|/2"
        ),
        checks=(
            at_points(
                size_of_mean_noise, "==", 0, points=[{"network": KINKED}, {"network": BLANK}]
            ),
        ),
        near_miss=at_points(mean_noise_of_large, "==", 0, points=[{"network": IMAGES}]),
        corrected_by="sensitivity.centred-noise",
    ),
    _claim(
        "centred-noise",
        "Section 2, centred noise",
        title="noise stays centred",
        statement="E_ε εˡ = 0 for noise so small that no preactivation changes its sign",
        assumptions=("no preactivation vanishes at the data, σ_ε = 10⁻⁹",),
        checks=(attack(size_of_mean_noise, "==", 0, domain=ALL, assuming=smooth, tries=TRIES),),
        near_miss=at_points(mean_noise_of_large, "==", 0, points=[{"network": DEEP}]),
    ),
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
        near_miss=at_points(
            squared_sensitivity, "==", rescaled_without_centre, points=[{"network": IMAGES}]
        ),
    ),
)
"""Appendix D."""
