"""sensitivity, appendices E and F: means over the weights of one layer.

All that is used of the law of the weights is its second moments and its symmetry. So means are
taken over finite symmetric laws, exactly, by going through all weight matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    integer_matrix,
    multiplied,
    orthogonal_matrices,
    scaled,
)
from symprop.claims.rational_networks import (
    Layer,
    Network,
    channels,
    data_variance,
    fields,
    layers,
    mean,
    mean_square,
    noise_square,
    positive_part,
    variance,
    weight_matrices,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
_MOST = 64  # weight matrices


def data(*columns: Sequence[int], extent: tuple[int, ...] = (), kernel: int = 1) -> Network:
    """Return data of one channel over space, or of many channels without space."""
    if extent:
        return Network(tuple(integer_matrix(tuple(x)) for x in columns), (), extent, kernel)
    return Network(tuple(integer_matrix(*((entry,) for entry in x)) for x in columns), ())


GENERIC = (
    data((1,)),
    data((1,), (-1,)),
    data((1,), (-5,), (9,)),
    data((1, 4)),
    data((1, 4), (-9, 3), (20, -1)),
    data((1, 4), extent=(2,), kernel=2),
    data((1, 9), (3, 11), extent=(2,), kernel=3),
)
"""No sum of entries with small weights vanishes, so that every preactivation has a sign."""

BLANK = (data((0,), (1,)), data((0, 0, 0, 1), extent=(4,), kernel=2), data((0, 0), (1, 4)))
WITH_SPREAD = (*GENERIC[1:3], *GENERIC[4:], *BLANK)
LAWS = OneOf(((1, -1), (2, -2, 1, -1)))


def mean_after(
    inputs: Network,
    law: Sequence[int],
    width: int,
    quantity: Callable[[Layer], Fraction],
    variance_of_weights: int = 2,
) -> Fraction:
    """Return the mean of a quadratic quantity after one layer, ``E w^2 = 2/R``."""
    rows = len(fields(inputs.data[0], inputs.extent, inputs.kernel))
    size = mean_square([Fraction(value) for value in law])
    found = [
        quantity(layers(inputs._replace(weights=(weights,)))[1])
        for weights in weight_matrices(width, rows, law)
    ]
    return mean(found) * variance_of_weights / (rows * size)


def few_matrices(network: Network, law: Sequence[int], width: int) -> bool:
    """Whether all weight matrices can be gone through at once."""
    rows = len(fields(network.data[0], network.extent, network.kernel))
    return bool(len(law) ** (rows * width) <= _MOST)


def square_of_signal(layer: Layer) -> Fraction:
    return mean([mean_square(values) for values in channels(layer.signal)])


def square_of_noise(layer: Layer) -> Fraction:
    return mean(noise_square(layer.noise))


def spread_before(layer: Layer) -> Fraction:
    return data_variance(layer.hidden)


def spread_after(layer: Layer) -> Fraction:
    return data_variance(layer.signal)


def product_of_parts(layer: Layer) -> Fraction:
    """Return ``nu_1(y+) nu_1(y-)``, averaged over the channels."""
    found = []
    for values in channels(layer.hidden):
        positive = mean([max(value, Fraction(0)) for value in values])
        found.append(positive * (positive - mean(values)))
    return mean(found)


def next_square(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean_after(network, law, width, square_of_signal)


def square(network: Network) -> Fraction:
    return mean([mean_square(values) for values in channels(network.data)])


def next_square_of_glorot(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean_after(network, law, width, square_of_signal, variance_of_weights=1)


def next_noise(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean_after(network, law, width, square_of_noise)


def next_spread_before(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean_after(network, law, width, spread_before)


def twice_spread(network: Network) -> Fraction:
    return 2 * data_variance(network.data)


def twice_square(network: Network) -> Fraction:
    return 2 * square(network)


def next_spread(network: Network, law: Sequence[int], width: int) -> Fraction:
    return mean_after(network, law, width, spread_after)


def spread_less_product(network: Network, law: Sequence[int], width: int) -> Fraction:
    return data_variance(network.data) - mean_after(network, law, width, product_of_parts)


def unscaled_spread(network: Network) -> Fraction:
    return data_variance(network.data)


# --- eigenvectors ---


def projections(
    lengths: Sequence[int],
    mirrors: Sequence[int],
    w: Sequence[int],
    shift: Sequence[int] = (0, 0),
    signs: Sequence[int] = (1,),
) -> list[Matrix]:
    """Return ``w x`` for ``x = shift + sign a u`` over the axes ``u`` of a rotated frame."""
    row = integer_matrix(tuple(w))
    return [
        multiplied(
            row, integer_matrix(*([s + sign * a * u] for s, u in zip(shift, axis, strict=True)))
        )
        for a, axis in zip(lengths, orthogonal_matrices(len(w), mirrors), strict=True)
        for sign in signs
    ]


def second_moment_by_data(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    return mean_square(channels(projections(lengths, mirrors, w))[0])


def variance_by_data(
    lengths: Sequence[int], shift: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    return variance(channels(projections(lengths, mirrors, w, shift, signs=(1, -1)))[0])


def by_eigenvalues(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int], power: int = 2
) -> Fraction:
    """Return ``sum_i (w e_i)^2 lambda_i`` with ``lambda_i = a_i^2/R``."""
    rotation = orthogonal_matrices(len(w), mirrors)
    inner = [sum(Fraction(a) * b for a, b in zip(w, axis, strict=True)) for axis in rotation]
    return mean([p * p * Fraction(a) ** power for p, a in zip(inner, lengths, strict=True)])


def by_lengths(lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]) -> Fraction:
    return by_eigenvalues(lengths, mirrors, w, power=1)


def second_moment_after(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    return mean_square(channels([positive_part(y) for y in projections(lengths, mirrors, w)])[0])


def full_of_eigenvalues(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    """Return ``R nu_2(x) sum_i (w e_i)^2 lambda_i/tr``, with ``nu_2`` from the data."""
    eigenvalues = [Fraction(a * a, len(lengths)) for a in lengths]
    axes = orthogonal_matrices(len(w), mirrors)
    points = [scaled((axis,), Fraction(a)) for a, axis in zip(lengths, axes, strict=True)]
    total = len(w) * mean([mean_square(point[0]) for point in points])
    return total * by_eigenvalues(lengths, mirrors, w) / sum(eigenvalues, Fraction(0))


def share_of_eigenvalues(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    """Return the same times ``u``, the share of ``w`` against ``-w``."""
    here = second_moment_after(lengths, mirrors, w)
    both = moments_of_both(lengths, mirrors, w)
    return full_of_eigenvalues(lengths, mirrors, w) * here / both


def moments_of_both(lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]) -> Fraction:
    there = second_moment_after(lengths, mirrors, [-value for value in w])
    return second_moment_after(lengths, mirrors, w) + there


def half_of_eigenvalues(
    lengths: Sequence[int], mirrors: Sequence[int], w: Sequence[int]
) -> Fraction:
    return by_eigenvalues(lengths, mirrors, w) / 2


FRAME = {
    "lengths": OneOf(((1, 2), (0, 3), (2, 2))),
    "mirrors": OneOf(((), (1, 2), (3, -1, 1, 5))),
    "w": OneOf(((2, -1), (1, 5), (3, 7))),
}
LAYER = {
    "network": "data, extent and kernel",
    "law": "values of a weight, equally likely, scaled to E w² = 2/R",
    "width": "N_l",
}


def _everywhere(lhs: Callable[..., Any], rhs: Any, networks: Sequence[Network]) -> Any:
    domain = {"network": OneOf(networks), "law": LAWS, "width": OneOf((1, 2))}
    return attack(lhs, "==", rhs, domain=domain, assuming=few_matrices)


_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "eigenvector-moments",
        "eq 47; eq 58",
        title="moments of a channel through eigenvalues",
        statement=(
            "the mean square of a channel is Σ (w e_i)² λ_i, with the second moments of the "
            "receptive fields; its variance likewise, with their covariance"
        ),
        variables={
            "lengths": "square roots of the eigenvalues, times √R",
            "shift": "mean of the data",
            "mirrors": "reflections whose product has the eigenvectors as rows",
            "w": "weights of the channel",
        },
        checks=(
            attack(second_moment_by_data, "==", by_eigenvalues, domain=FRAME),
            attack(
                variance_by_data,
                "==",
                by_eigenvalues,
                domain=FRAME | {"shift": OneOf(((0, 0), (5, 1)))},
            ),
        ),
        near_miss=attack(second_moment_by_data, "==", by_lengths, domain=FRAME),
    ),
    _claim(
        "share-of-eigenvalues",
        "eq 50; eq 51",
        title="second moment after the activation",
        statement=(
            "ν_{2,c}(x) + ν_{2,c}(x~) = R ν_2(xˡ⁻¹) Σ (w e_i)² λ_i/Σλ, and ν_{2,c}(x) is u_c times "
            "as much, u_c the share of W against -W"
        ),
        variables={
            "lengths": "square roots of the eigenvalues, times √R",
            "mirrors": "reflections whose product has the eigenvectors as rows",
            "w": "weights of the channel",
        },
        checks=(
            attack(moments_of_both, "==", full_of_eigenvalues, domain=FRAME),
            attack(second_moment_after, "==", share_of_eigenvalues, domain=FRAME),
        ),
        near_miss=attack(second_moment_after, "==", half_of_eigenvalues, domain=FRAME),
    ),
    _claim(
        "mean-square-kept",
        "eq 52",
        title="the mean square is kept in expectation",
        statement="E ν_2(xˡ) = ν_2(xˡ⁻¹), death included, for every symmetric law with E w² = 2/R",
        variables=LAYER,
        checks=(_everywhere(next_square, square, (*GENERIC, *BLANK)),),
        near_miss=_everywhere(next_square_of_glorot, square, GENERIC),
    ),
    _claim(
        "mean-noise-kept-printed",
        "eq 55",
        FALSE,
        title="the sensitivity is kept in expectation, as printed",
        statement="E μ_2(sˡ) = μ_2(sˡ⁻¹), with φ'(0) = 0",
        variables=LAYER,
        as_printed=(
            "follows from eq 28, and fails with it in the first layer: a datum 0, or a blank "
            "patch, passes no noise on, whatever the weights"
        ),
        checks=(
            at_points(
                next_noise,
                "==",
                1,
                points=grid(network=BLANK[:2], law=((1, -1),), width=(1,)),
            ),
        ),
        near_miss=at_points(
            next_noise, "==", 1, points=grid(network=BLANK[2:], law=((1, -1),), width=(1,))
        ),
        corrected_by="sensitivity.mean-noise-kept",
    ),
    _claim(
        "mean-noise-kept",
        "eq 55",
        title="the sensitivity is kept in expectation",
        statement="E μ_2(s¹) = μ_2(s⁰) = 1 if no receptive field of the data vanishes",
        variables=LAYER,
        checks=(_everywhere(next_noise, 1, GENERIC),),
        near_miss=at_points(
            next_noise, "==", 1, points=grid(network=BLANK, law=((1, -1),), width=(1,))
        ),
    ),
    _claim(
        "mean-variance-before",
        "eq 59",
        title="variance before the activation, in expectation",
        statement="E μ_{2,c}(yˡ) = 2 μ_2(xˡ⁻¹)",
        variables=LAYER,
        checks=(_everywhere(next_spread_before, twice_spread, (*GENERIC, *BLANK)),),
        near_miss=_everywhere(next_spread_before, twice_square, GENERIC),
    ),
    _claim(
        "mean-variance-after",
        "eq 62",
        title="variance after the activation, in expectation",
        statement="E μ_2(xˡ) = μ_2(xˡ⁻¹) - E ν_{1,c}(y+) ν_{1,c}(y-), at every width",
        variables=LAYER,
        assumptions=("in the form without a quotient: μ_2(xˡ⁻¹) may vanish",),
        checks=(_everywhere(next_spread, spread_less_product, (*GENERIC, *BLANK)),),
        near_miss=_everywhere(next_spread, unscaled_spread, WITH_SPREAD),
    ),
)
"""Means over the weights of one layer."""
