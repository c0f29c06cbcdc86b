"""sensitivity, sections 3 and 5: statements that the text makes between its theorems.

Among them are what weights do to a point mass, and the signal-to-noise ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    determinant,
    gram,
    integer_matrix,
    scaled,
    transposed,
)
from symprop.claims.rational_networks import (
    Network,
    channels,
    data_variance,
    fields,
    layers,
    mean,
    mean_square,
    networks,
    noise_square,
    weight_matrices,
)
from symprop.claims.sensitivity_layer_means import GENERIC, LAWS, few_matrices
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


# --- a point mass under random weights ---


def chance_of_zero(network: Network, law: Sequence[int], width: int) -> Fraction:
    """Return ``P[x_c = 0]`` at the first position of the first datum, averaged over channels."""
    point = network._replace(data=network.data[:1])
    rows = len(point.data[0]) * point.kernel ** len(point.extent)
    found = [
        [row[0] == 0 for row in layers(point._replace(weights=(weights,)))[1].signal[0]]
        for weights in weight_matrices(width, rows, law)
    ]
    return mean([Fraction(zero) for each in found for zero in each])


def chance_of_death(network: Network, law: Sequence[int], width: int) -> Fraction:
    """Return ``P[x = 0]`` of the whole signal of that datum."""
    point = network._replace(data=network.data[:1])
    rows = len(point.data[0]) * point.kernel ** len(point.extent)
    found = [
        not any(any(row) for row in layers(point._replace(weights=(weights,)))[1].signal[0])
        for weights in weight_matrices(width, rows, law)
    ]
    return mean([Fraction(dead) for dead in found])


def volume_of_fields(extent: int, kernel: int) -> Fraction:
    """Return the determinant of the covariance of ``y`` over all positions, up to a factor."""
    row = integer_matrix(tuple((3 * i * i + i + 1) % 11 for i in range(extent)))
    return determinant(gram(transposed(fields(row, (extent,), kernel))))


# --- signal and noise ---


def noise_factor(network: Network, level: Fraction) -> Fraction:
    """Return ``SNR^0/SNR^l`` for noise ``level`` times the sensitivity."""
    last = layers(network)[-1]
    tensors = [[scaled(s, level) for s in each] for each in last.noise]
    first = [[scaled(s, level) for s in each] for each in layers(network)[0].noise]
    before = data_variance(network.data) / mean(noise_square(first))
    return before / (data_variance(last.signal) / mean(noise_square(tensors)))


def squared_sensitivity(network: Network) -> Fraction:
    last = layers(network)[-1]
    noise = mean(noise_square(last.noise))
    return noise * data_variance(network.data) / data_variance(last.signal)


def uncentred_sensitivity(network: Network) -> Fraction:
    last = layers(network)[-1]
    first, end = (
        mean([mean_square(values) for values in channels(data)])
        for data in (network.data, last.signal)
    )
    return mean(noise_square(last.noise)) * first / end


def keeps_signal(network: Network) -> bool:
    ends = network.data, layers(network)[-1].signal
    return all(data_variance(data) > 0 for data in ends) and any(
        noise_square(layers(network)[-1].noise)
    )


# --- second moments as lengths ---


def second_moment(network: Network) -> Fraction:
    return mean([mean_square(values) for values in channels(layers(network)[-1].signal)])


def length_of_feature_maps(network: Network) -> Fraction:
    """Return ``E |x_(a,:)|^2/N``, lengths over channels alone."""
    signal = layers(network)[-1].signal
    vectors = [column for x in signal for column in transposed(x)]
    return mean([sum((x * x for x in v), Fraction(0)) for v in vectors]) / len(signal[0])


IMAGE = Network((integer_matrix((1, -2, 3)),), (integer_matrix((1, 1)),), (3,), 2)
VECTORS = Network(tuple(integer_matrix((x,), (2,)) for x in (1, 3)), (integer_matrix((1, 1)),))
ALL = {"network": networks((VECTORS, IMAGE))}
LAYER = {"network": OneOf(GENERIC), "law": LAWS, "width": OneOf((1, 2))}
SNR, FACTOR = sympy.symbols("snr zeta", positive=True)
MEANINGS = {
    "network": "data, weights of layer after layer, extent, kernel",
    "law": "values of a weight, equally likely",
    "width": "N",
    "extent": "n",
    "kernel": "K",
    "level": "σ_ε",
}


def decibels(value: sympy.Expr) -> sympy.Expr:
    return 10 * sympy.log(value) / sympy.log(10)


_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "spread-over-weights-printed",
        "Section 3.1, spread over the weights",
        FALSE,
        title="law of a signal over the weights, as said",
        statement="the signal of a point mass has a density, over the weights: P[x_{α,c} = 0] = 0",
        as_printed=(
            "true of y, if at all: ReLU puts half of each entry at 0, and nothing below; the whole "
            "signal is 0 with positive probability"
        ),
        checks=(
            attack(chance_of_zero, "==", 0, domain=LAYER, assuming=few_matrices, tries=(20, 200)),
        ),
        near_miss=attack(
            chance_of_death, "==", 0, domain=LAYER, assuming=few_matrices, tries=(20, 200)
        ),
        corrected_by="sensitivity.spread-over-weights",
    ),
    _claim(
        "spread-over-weights",
        "Section 3.1, spread over the weights",
        title="law of a signal over the weights",
        statement=(
            "P[x_{α,c} = 0] = 1/2 where the receptive field is not 0; y has a density if and only "
            "if the fields of all positions are independent: n^d <= R is needed, n = 1 is enough"
        ),
        assumptions=("Gaussian weights; for the first part any symmetric law without ties",),
        checks=(
            attack(
                chance_of_zero, "==", "1/2", domain=LAYER, assuming=few_matrices, tries=(20, 200)
            ),
            at_points(volume_of_fields, ">", 0, points=grid(extent=(3,), kernel=(3, 4, 5))),
            at_points(volume_of_fields, "==", 0, points=grid(extent=(4, 7), kernel=(1, 2, 3))),
            at_points(volume_of_fields, ">", 0, points=grid(extent=(1,), kernel=(1, 2))),
        ),
        near_miss=at_points(volume_of_fields, ">", 0, points=grid(extent=(5,), kernel=(3,))),
    ),
    _claim(
        "noise-factor",
        "Section 3.3, noise factor",
        title="noise factor and decibels",
        statement="SNR⁰/SNRˡ = (ζˡ)², and SNRˡ in dB is SNR⁰ in dB less 20 log₁₀ ζˡ",
        assumptions=("data and signals of the layer have variance, and noise is left",),
        checks=(
            attack(
                noise_factor,
                "==",
                squared_sensitivity,
                domain=ALL | {"level": OneOf((Fraction(1), Fraction(1, 1000)))},
                assuming=keeps_signal,
                tries=(24, 200),
            ),
            identity(decibels(SNR / FACTOR**2), decibels(SNR) - 2 * decibels(FACTOR)),
        ),
        near_miss=attack(
            noise_factor,
            "==",
            uncentred_sensitivity,
            domain=ALL | {"level": OneOf((Fraction(1),))},
            assuming=keeps_signal,
            tries=(24, 200),
        ),
    ),
    _claim(
        "mean-length",
        "Section 5, mean length",
        title="the second moment as a mean squared length",
        statement="ν_2(xˡ) = E_{x,α} |f_m(xˡ, α)|²/N_l",
        checks=(attack(second_moment, "==", length_of_feature_maps, domain=ALL, tries=(24, 200)),),
        near_miss=attack(
            lambda network: data_variance(layers(network)[-1].signal),
            "==",
            length_of_feature_maps,
            domain=ALL,
            tries=(24, 200),
        ),
    ),
)
"""Between the theorems."""
