"""sensitivity, appendices E.2 and F.1: displays of the proofs, to the letter.

Several differ from what the proofs use by an index or a logarithm. All is shown on small networks
with exact weights.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
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
from symprop.claims.sensitivity_layer_means import mean_after, product_of_parts
from symprop.claims.sensitivity_symmetry import line, opposite, sees_something, weighed
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
ENCLOSED = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- the logarithm of the second moment ---


def squares(network: Network) -> list[Fraction]:
    """Return ``nu_2`` of layers 0, 1, ..."""
    return [mean([mean_square(c) for c in channels(x.signal)]) for x in layers(network)]


def alive(network: Network) -> bool:
    return all(squares(network))


def _log(value: Fraction) -> arb:
    return arb(rational(value)).log()


def sum_of_logarithms(network: Network, dps: int, first: int = 0) -> arb:
    """Return the sum of ``log delta nu_2``, over layers after ``first``."""
    with working_bits(bits_from_dps(dps) + 20):
        pairs = itertools.pairwise(squares(network)[first:])
        return sum((_log(after / before) for before, after in pairs), arb(0))


def sum_without_first(network: Network, dps: int) -> arb:
    return sum_of_logarithms(network, dps, first=1)


def printed_difference(network: Network, dps: int) -> arb:
    """Return ``log nu_2(x^l) - nu_2(x^0)``."""
    with working_bits(bits_from_dps(dps) + 20):
        first, *_, last = squares(network)
        return _log(last) - arb(rational(first))


def difference_of_logarithms(network: Network, dps: int) -> arb:
    with working_bits(bits_from_dps(dps) + 20):
        first, *_, last = squares(network)
        return _log(last) - _log(first)


# --- noise in all layers ---


def noise_after_first(network: Network) -> Fraction:
    """Return ``mu_2(s^1) + mu_2(s~^1)``."""
    first = network._replace(weights=network.weights[:1])
    both = [noise_square(layers(each)[-1].noise) for each in (first, opposite(first))]
    return weighed([a + b for a, b in zip(*both, strict=True)])


def noise_before_last(network: Network) -> Fraction:
    """Return ``mu_2(t^2)``."""
    return weighed(noise_square(layers(network)[-1].images))


def two_like_layers(network: Network) -> bool:
    """Whether there are two layers, of as many channels, and no field of the data vanishes."""
    sizes = {len(weights) for weights in network.weights}
    return len(network.weights) == 2 and len(sizes) == 1 and sees_something(network)


# --- the last display of F.1 ---


def increment_before(network: Network) -> Fraction:
    """Return ``delta mu_2(x^(l-1))``: the weights of layer l are still to be drawn."""
    return data_variance(layers(network)[-1].signal) / data_variance(network.data)


def _next_layer(network: Network) -> Network:
    return Network(layers(network)[-1].signal, (), network.extent, network.kernel)


def less_product(network: Network) -> Fraction:
    """Return ``1 - E nu_1(y+) nu_1(y-)/mu_2(x^(l-1))`` over fair signs, width 1."""
    inputs = _next_layer(network)
    return 1 - mean_after(inputs, (1, -1), 1, product_of_parts) / data_variance(inputs.data)


def increment_after(network: Network) -> Fraction:
    """Return ``E delta mu_2(x^l)``."""
    inputs = _next_layer(network)
    after = mean_after(inputs, (1, -1), 1, lambda layer: data_variance(layer.signal))
    return after / data_variance(inputs.data)


def two_varied_layers(network: Network) -> bool:
    """Whether data and signal have variance, and receptive fields are small."""
    small = len(layers(network)[-1].signal[0]) * network.kernel ** len(network.extent) <= 6
    return small and data_variance(network.data) > 0 and increment_before(network) > 0


HOSTILE = (line(1), line(2, -1), line(1, -1, weights=(1, -1)), line(3, 0, weights=(1, 2)))
ALL = {"network": networks(HOSTILE)}
MEANINGS = {"network": "data, weights of layer after layer, extent, kernel"}
TRIES = (24, 200)

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "sum-of-logarithms-printed",
        "Appendix E.2, sum of increments",
        ENCLOSED,
        title="logarithm of the second moment, as printed",
        statement="log ν_2(xˡ) - ν_2(x⁰) = Σ_k log δν_2(xᵏ)",
        as_printed=(
            "the second logarithm on the left is missing. False for every network: log a < a for "
            "all a > 0"
        ),
        checks=(
            attack(
                printed_difference,
                "==",
                sum_of_logarithms,
                domain=ALL,
                assuming=alive,
                tries=TRIES,
            ),
        ),
        near_miss=attack(
            printed_difference, ">=", sum_of_logarithms, domain=ALL, assuming=alive, tries=TRIES
        ),
        corrected_by="sensitivity.sum-of-logarithms",
    ),
    _claim(
        "sum-of-logarithms",
        "Appendix E.2, sum of increments",
        title="logarithm of the second moment",
        statement="log ν_2(xˡ) - log ν_2(x⁰) = Σ_{k=1..l} log δν_2(xᵏ)",
        assumptions=("all layers are alive",),
        checks=(
            attack(
                difference_of_logarithms,
                "==",
                sum_of_logarithms,
                domain=ALL,
                assuming=alive,
                tries=TRIES,
            ),
        ),
        near_miss=attack(
            difference_of_logarithms,
            "==",
            sum_without_first,
            domain=ALL,
            assuming=alive,
            tries=TRIES,
        ),
    ),
    _claim(
        "noise-of-all-layers-printed",
        "Appendix E.2, opposite noise",
        FALSE,
        title="sensitivities of opposite propagations in all layers, as printed",
        statement="P[B_l] = 1, B_l: μ_{2,c}(sᵏ) + μ_{2,c}(s~ᵏ) = μ_{2,c}(tˡ) for all k <= l and c",
        assumptions=("l = 2, k = 1",),
        as_printed=(
            "the sensitivity before the activation is of layer k, as in the union of complements "
            "that follows; that of layer l is another number"
        ),
        checks=(
            attack(
                noise_after_first,
                "==",
                noise_before_last,
                domain=ALL,
                assuming=two_like_layers,
                tries=(200, 900),
            ),
        ),
        near_miss=attack(
            noise_after_first,
            "<=",
            noise_before_last,
            domain=ALL,
            assuming=two_like_layers,
            tries=(200, 900),
        ),
        corrected_by="sensitivity.opposite-noise",
    ),
    _claim(
        "last-increment-printed",
        "Appendix F.1, last increment",
        FALSE,
        title="expected increment of the variance, as printed",
        statement="E_{θˡ} δμ_2(xˡ⁻¹) = 1 - E ν_{1,c}(y+) ν_{1,c}(y-)/μ_2(xˡ⁻¹)",
        assumptions=("weights of layer l are fair signs, of the layers before any",),
        as_printed="the increment on the left is that of layer l; of l - 1 it is given",
        checks=(
            attack(
                increment_before,
                "==",
                less_product,
                domain=ALL,
                assuming=two_varied_layers,
                tries=TRIES,
            ),
        ),
        near_miss=attack(
            increment_before,
            "<=",
            less_product,
            domain=ALL,
            assuming=two_varied_layers,
            tries=TRIES,
        ),
        corrected_by="sensitivity.last-increment",
    ),
    _claim(
        "last-increment",
        "Appendix F.1, last increment",
        title="expected increment of the variance",
        statement="E_{θˡ} δμ_2(xˡ) = 1 - E ν_{1,c}(y+) ν_{1,c}(y-)/μ_2(xˡ⁻¹) >= 1/2",
        assumptions=("weights of layer l are fair signs, of the layers before any",),
        checks=(
            attack(
                increment_after,
                "==",
                less_product,
                domain=ALL,
                assuming=two_varied_layers,
                tries=TRIES,
            ),
            attack(
                increment_after, ">=", "1/2", domain=ALL, assuming=two_varied_layers, tries=TRIES
            ),
        ),
        near_miss=attack(
            increment_after, ">=", "3/4", domain=ALL, assuming=two_varied_layers, tries=TRIES
        ),
    ),
)
"""Displays of proofs."""
