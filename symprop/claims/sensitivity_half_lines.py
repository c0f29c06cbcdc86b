"""sensitivity, section 5 and appendix F.2: from small first moments to signals on a half-line.

A few data far away may have all of the variance, and then say nothing of the others. And a drift
that lasts for ever needs a network that does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import Matrix, integer_matrix, transposed
from symprop.claims.rational_networks import Network, fields, layers, mean, networks
from symprop.claims.sensitivity_pseudo_linear import on_a_ray
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)
ENCLOSED = Verdict(Outcome.FAILS, Grade.ENCLOSED)


# --- half-lines ---


def least_part(rare: int) -> Fraction:
    """Return ``min(nu_1(y+), nu_1(y-))^2/mu_2(x)`` for a weight 1.

    Data are 2 with probability 1/2 and -1 else, but for a share ``2 k^-4`` of ``k^3`` and
    ``-k^3``, alike: with growing ``k`` these have all of the variance.
    """
    share, far = Fraction(1, rare**4), Fraction(rare**3)
    rest = (1 - 2 * share) / 2
    positive, negative = rest * 2 + share * far, rest + share * far
    square = rest * 5 + 2 * share * far**2
    return min(positive, negative) ** 2 / (square - (positive - negative) ** 2)


def share_across(rare: int) -> Fraction:
    """Return the probability of the data that are not on the half-line of the mean."""
    share = Fraction(1, rare**4)
    return (1 - 2 * share) / 2 + share


def share_across_if_small(rare: int, bound: Fraction) -> Fraction:
    """Return that probability if ``least_part`` is at most ``bound``, else 0."""
    return share_across(rare) if least_part(rare) <= bound else Fraction(0)


def farthest_of_minority(values: Sequence[int]) -> Fraction:
    """Return the largest value on the side of the smaller first moment."""
    positive = [max(Fraction(v), Fraction(0)) for v in values]
    negative = [max(-Fraction(v), Fraction(0)) for v in values]
    _, farthest = min((mean(part), max(part)) for part in (positive, negative))
    return farthest


def count_times_least(values: Sequence[int]) -> Fraction:
    """Return ``k min(nu_1(y+), nu_1(y-))``."""
    positive = mean([max(Fraction(v), Fraction(0)) for v in values])
    return len(values) * min(positive, positive - mean([Fraction(v) for v in values]))


def half_of_it(values: Sequence[int]) -> Fraction:
    return count_times_least(values) / 2


# --- half-lines in the next layer ---


def vectors(tensors: Sequence[Matrix]) -> Matrix:
    """Return the feature map vectors of all data and positions, as rows."""
    return tuple(column for tensor in tensors for column in transposed(tensor))


def starts_on_a_ray(network: Network) -> bool:
    return on_a_ray(vectors(network.data))


def stays_on_a_ray(network: Network) -> int:
    """Return 1 if the feature map vectors of the last layer are on one ray from 0."""
    return int(on_a_ray(vectors(layers(network)[-1].signal)))


def fields_on_a_ray(network: Network) -> bool:
    """Whether the receptive fields of the data are on one ray."""
    return on_a_ray(vectors([fields(x, network.extent, network.kernel) for x in network.data]))


# --- an event of lasting drift ---


# --- a drift that starts late ---


def logarithms_of_path(start: int, depth: int, slope: Fraction) -> list[Fraction]:
    """Return ``log zeta^0, ..., log zeta^l``: it falls by 1 a layer, from ``start`` on by -m."""
    return [Fraction(-k) if k <= start else slope * (k - start) - start for k in range(depth + 1)]


def chance(bad: Callable[[int], bool], latest: int) -> Fraction:
    """Return the probability of an event of T, where ``P[T = k] = 2^-k``; later T are left out."""
    return sum((Fraction(1, 2**k) for k in range(1, latest + 1) if bad(k)), Fraction(0))


def chance_behind(depth: int, slope: Fraction) -> Fraction:
    """Return ``P[log zeta^l < m l/2]``."""
    after = chance(
        lambda start: logarithms_of_path(start, depth, slope)[-1] < slope * depth / 2, depth
    )
    return after + Fraction(1, 2**depth)


def geometric_bound(depth: int, slope: Fraction) -> Fraction:
    """Return ``2^-a``, ``a`` the whole part of ``m l/(2 (1 + m))``."""
    return Fraction(1, 2 ** math.floor(slope * depth / 2 / (1 + slope)))


def faster_bound(depth: int, slope: Fraction) -> Fraction:
    return geometric_bound(2 * depth, slope)


MIXING = integer_matrix((1, 2, -1), (-1, 3, 1))
WIDE = integer_matrix((1, 2, -1, 3, 1, -2), (2, -1, 1, 1, 4, -1))
PAIRS = integer_matrix((1, 2), (3, -1))
IMAGES = (
    Network((integer_matrix((1, 2, 0, 5)),), (PAIRS,), (4,), 2),
    Network((integer_matrix((1, 0, 3)),), (MIXING,), (3,), 3),
    Network((integer_matrix((2, 2, 2)), integer_matrix((5, 5, 5))), (MIXING, WIDE), (3,), 3),
    Network((integer_matrix((1, 2, 4)),), (integer_matrix((2,), (-1,)), PAIRS), (3,), 1),
)
LINES = (
    Network(tuple(integer_matrix((x,), (3 * x,)) for x in (1, 2, 7)), (PAIRS, PAIRS)),
    Network(tuple(integer_matrix((x,)) for x in (1, 0, 4)), (integer_matrix((2,), (-3,)), PAIRS)),
)
VALUES = {
    "values": OneOf(
        ((1, -1), (5, 3, -1), (-7, -2, 0, 4, 1), (1, 2, 3), (-1, 0, 0), (100, -3, -4), (2, -9, 8))
    )
}
SLOPES: dict[str, Range] = {"slope": OneOf((Fraction(1, 10), Fraction(1), Fraction(3)))}
MEANINGS = {
    "network": "data, weights of layer after layer, extent, kernel",
    "slope": "m",
    "rare": "k",
    "bound": "η",
    "values": "equally likely values of a channel",
    "width": "N",
    "depth": "l",
    "constant": "candidate for P[D]",
}

_claim = claims_of("sensitivity", HOLDS, variables=MEANINGS)

CLAIMS = (
    _claim(
        "half-line-printed",
        "Section 5, half-line",
        FALSE,
        title="concentration on a half-line, as said",
        statement=(
            "(ii) min(ν_1(y⁺), ν_1(y⁻))²/μ_2(xˡ⁻¹) <= η, for η small enough, leaves at most a "
            "quarter of the data off the half-line of their mean"
        ),
        assumptions=(
            "one channel, one-dimensional data",
            "η is taken from 1/10 down to 10⁻¹⁰, with data for each",
        ),
        as_printed=(
            "few data very far away may have all of the variance: then (ii) holds, half of the "
            "data lie on each side, and nothing is linear. Alternative (i) takes such data too, "
            "but (ii) does not leave them out"
        ),
        checks=(
            at_points(
                share_across_if_small,
                "<=",
                "1/4",
                points=[
                    {"rare": 10**k, "bound": Fraction(1, 10 ** (2 * k - 1))} for k in (1, 3, 5)
                ],
            ),
        ),
        near_miss=at_points(
            share_across_if_small,
            "<=",
            "2/5",
            points=[{"rare": 10**k, "bound": Fraction(1, 10 ** (2 * k - 1))} for k in (2, 4)],
        ),
        corrected_by="sensitivity.half-line",
    ),
    _claim(
        "half-line",
        "Section 5, half-line",
        title="concentration on a half-line",
        statement=(
            "k equally likely data: no value on the side of the smaller first moment is beyond "
            "k min(ν_1(y⁺), ν_1(y⁻)), so that all go to the half-line if this goes to 0"
        ),
        checks=(attack(farthest_of_minority, "<=", count_times_least, domain=VALUES),),
        near_miss=attack(farthest_of_minority, "<=", half_of_it, domain=VALUES),
    ),
    _claim(
        "one-dimension",
        "Section 5, one dimension",
        title="one-dimensional signals stay one-dimensional",
        statement=(
            "if the receptive fields are on a half-line then f_m(xˡ, α) is after the layer; fully "
            "connected, and with kernels of 1, in all layers after it"
        ),
        as_printed=(
            "said of distributions of feature maps, whose next layers then have an input of one "
            "dimension. Under kernels wider than 1 such an input may spread again, as that of any "
            "grey image does: see the near miss"
        ),
        checks=(
            attack(
                stays_on_a_ray,
                "==",
                1,
                domain={"network": OneOf((*LINES, *IMAGES))},
                assuming=fields_on_a_ray,
            ),
            attack(
                stays_on_a_ray,
                "==",
                1,
                domain={"network": networks((*LINES, IMAGES[3]))},
                assuming=lambda network: network.kernel == 1 and fields_on_a_ray(network),
                tries=(40, 300),
            ),
        ),
        near_miss=attack(
            stays_on_a_ray,
            "==",
            1,
            domain={"network": OneOf((*LINES, *IMAGES))},
            assuming=starts_on_a_ray,
        ),
    ),
    _claim(
        "late-drift",
        "Appendix F.2, event",
        title="a drift that starts late",
        statement=(
            "then P[log ζˡ < m l/2 | D] -> 0 all the same; for that law it is 2^(-a), a the whole "
            "part of m l/(2 (1 + m))"
        ),
        assumptions=("increments -1 before a time T and m after it, P[T = k] = 2^(-k)",),
        checks=(
            attack(chance_behind, "==", geometric_bound, domain={"depth": Integer(0, 60)} | SLOPES),
        ),
        near_miss=attack(
            chance_behind, "<=", faster_bound, domain={"depth": Integer(0, 60)} | SLOPES
        ),
    ),
)
"""Half-lines, and drifts that last."""
