"""sensitivity, appendix C: receptive fields of periodic convolutions.

Laws are finite: a random tensor is a list of equally likely tensors, and two laws are the same if
the sorted values are. Numbers are only compared, so that all is exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import (
    Matrix,
    gram,
    integer_matrix,
    multiplied,
    trace,
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
    positive_part,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)

WIDER = Network((integer_matrix((1, -2)),), (integer_matrix((1, -1, 2)),), (2,), 3)
SQUARE_IMAGE = Network((integer_matrix((1, 2, 3, 4)),), (integer_matrix((1,) * 9),), (2, 2), 3)
POINT = Network((integer_matrix((5,), (1,)),), (integer_matrix((1, 2, 3, 4, 5, 6)),), (1,), 3)
ALL = {"network": networks((WIDER, SQUARE_IMAGE, POINT))}


# --- every tensor, constant extent ---


def padded_fields(datum: Matrix, extent: Sequence[int], kernel: int) -> Matrix:
    """Return receptive fields in one dimension with zeros outside, instead of periodic ones."""
    start, points = (kernel - 1) // 2, extent[0]
    return tuple(
        tuple(
            channel[p + offset] if 0 <= p + offset < points else Fraction(0) for p in range(points)
        )
        for offset in range(-start, kernel - start)
        for channel in datum
    )


def _same_values(data: Sequence[Matrix], seen: Sequence[Matrix]) -> int:
    """Return 1 if entry ``i`` of all fields has the values of its channel, for every ``i``."""
    count = len(data[0])
    known = [sorted(values) for values in channels(data)]
    found = [sorted(values) for values in channels(seen)]
    return int(all(values == known[i % count] for i, values in enumerate(found)))


def preserved(network: Network) -> int:
    """Return 1 if all receptive fields of signals and noise have the values of their channels."""
    for layer in layers(network)[:-1]:
        noise = [tensor for each in layer.noise for tensor in each]
        for tensors in (layer.signal, noise):
            seen = [fields(tensor, network.extent, network.kernel) for tensor in tensors]
            if not _same_values(tensors, seen):
                return 0
    return 1


def preserved_when_padded(network: Network) -> int:
    seen = [padded_fields(x, network.extent, network.kernel) for x in network.data]
    return _same_values(network.data, seen)


def last_fields(network: Network) -> tuple[list[Matrix], tuple[Matrix, ...]]:
    """Return the receptive fields of the last layer, one matrix of columns a datum, and x."""
    before = layers(network)[-2].signal
    return [fields(x, network.extent, network.kernel) for x in before], before


def trace_of_gramian(network: Network) -> Fraction:
    """Return ``tr G[r]/R``, from the inner products of the columns."""
    seen, _ = last_fields(network)
    return mean([trace(gram(transposed(x))) for x in seen]) / (len(seen[0]) * len(seen[0][0]))


def signal_square(network: Network) -> Fraction:
    return mean([mean_square(values) for values in channels(last_fields(network)[1])])


def trace_of_covariance(network: Network) -> Fraction:
    """Return ``tr C[r]/R``, from the distances of all pairs of columns."""
    seen, _ = last_fields(network)
    columns = [column for x in seen for column in transposed(x)]
    pairs = [
        sum(((a - b) ** 2 for a, b in zip(*both, strict=True)), Fraction(0))
        for both in itertools.product(columns, repeat=2)
    ]
    return mean(pairs) / 2 / len(seen[0])


def signal_variance(network: Network) -> Fraction:
    return data_variance(last_fields(network)[1])


# --- stationary tensors, strides ---


class Shape(NamedTuple):
    """Strided layers on a cyclic input: strides and kernels, one a layer."""

    extent: int
    strides: tuple[int, ...]
    kernels: tuple[int, ...]


def cyclic_law(extent: int, seed: int) -> list[Matrix]:
    """Return all shifts of one row: a stationary law."""
    row = [Fraction((seed + 3) * (i + 1) ** 2 % 17 + i) for i in range(extent)]
    return [integer_matrix(tuple(row[k:] + row[:k])) for k in range(extent)]


def strided_fields(row: Matrix, kernel: int, stride: int) -> Matrix:
    """Return the receptive fields at every ``stride``-th position, with periodic boundaries."""
    every = fields(row, (len(row[0]),), kernel)
    return tuple(channel[::stride] for channel in every)


def strided_layers(shape: Shape, seed: int) -> list[list[Matrix]]:
    """Return the laws of the input and of the signals after all layers of width 1."""
    laws = [cyclic_law(shape.extent, seed)]
    for stride, kernel in zip(shape.strides, shape.kernels, strict=True):
        weights = integer_matrix(tuple((-1) ** i * (i + 2) * (-1) for i in range(kernel)))
        if kernel == 1:
            weights = integer_matrix((1,))
        laws.append(
            [
                positive_part(multiplied(weights, strided_fields(row, kernel, stride)))
                for row in laws[-1]
            ]
        )
    return laws


def stationary(law: Sequence[Matrix]) -> bool:
    """Whether the law is that of its shifts."""
    shifted = sorted((*row[0][1:], row[0][0]) for row in law)
    return shifted == sorted(row[0] for row in law)


def stays_stationary(shape: Shape, seed: int) -> int:
    return int(all(map(stationary, strided_layers(shape, seed))))


def fields_keep_the_law(shape: Shape, seed: int) -> int:
    """Return 1 if the fields of the last layer have, entry by entry, the law before it."""
    *_, before, _ = strided_layers(shape, seed)
    seen = [strided_fields(row, shape.kernels[-1], shape.strides[-1]) for row in before]
    places, kept = len(before[0][0]), len(seen[0][0])
    # laws, not counts: the fields have fewer positions
    known = sorted(kept * [x for row in before for x in row[0]])
    entries = ([x for field in seen for x in field[i]] for i in range(len(seen[0])))
    return int(all(sorted(values * places) == known for values in entries))


def fields_keep_any_law(shape: Shape, seed: int) -> int:
    """Return the same for a single row, which is not stationary."""
    row = cyclic_law(shape.extent, seed)[0]
    field = strided_fields(row, shape.kernels[0], shape.strides[0])
    share = shape.extent // len(field[0])
    return int(all(sorted(values * share) == sorted(row[0]) for values in field))


DIVIDING = OneOf(
    (
        Shape(4, (1, 2), (2, 3)),
        Shape(6, (1, 3, 2), (2, 1, 2)),
        Shape(6, (2, 1, 3), (3, 3, 2)),
        Shape(8, (2, 2, 2), (3, 2, 1)),
        Shape(3, (1, 1), (5, 2)),
        Shape(5, (1, 5), (2, 2)),
    )
)
"""Every stride divides the extent before it."""
UNEVEN = (Shape(3, (2,), (1,)), Shape(5, (2, 1), (2, 3)))
UNEVEN_DEEP = (Shape(3, (2, 1, 2), (1, 2, 1)), Shape(3, (2, 1, 2), (1, 2, 2)))
SEEDS = {"seed": Integer(0, reach=40)}
NETWORK = {"network": "data, weights of layer after layer, extent, kernel"}
SHAPE = {
    "shape": "extent of the input; strides; kernels",
    "seed": "which row: the input is it, shifted cyclically, every shift as likely",
}
ROW = "one dimension, width 1, exact weights"

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "periodic-fields",
        "Lemma 1; Proposition 2",
        title="periodic receptive fields have the values of their channels",
        statement=(
            "each entry of the receptive fields, over all positions, takes the values of its "
            "channel as often: for data, signals and noise, also if the kernel is wider than space"
        ),
        variables=NETWORK,
        assumptions=("stride 1",),
        checks=(attack(preserved, "==", 1, domain=ALL, tries=(60, 900)),),
        near_miss=at_points(preserved_when_padded, "==", 1, points=[{"network": WIDER}]),
    ),
    _claim(
        "field-moments",
        "Corollary 3",
        title="moments of receptive fields",
        statement="ν_2(x) = tr G[r]/R, μ_2(x) = tr C[r]/R, also for kernels wider than space",
        variables=NETWORK,
        checks=(
            attack(trace_of_gramian, "==", signal_square, domain=ALL, tries=(50, 600)),
            attack(trace_of_covariance, "==", signal_variance, domain=ALL, tries=(50, 600)),
        ),
        near_miss=attack(trace_of_gramian, "==", signal_variance, domain=ALL),
    ),
    _claim(
        "stationarity-printed",
        "Lemma 4",
        FALSE,
        title="stationarity is kept, as printed",
        statement="layers with periodic boundaries keep a stationary input stationary",
        variables=SHAPE,
        assumptions=(ROW, "the extent may change from layer to layer, as Appendix C.2 allows"),
        as_printed=(
            "with a stride, positions wrap around after another distance than in the layer before; "
            "if the stride does not divide the extent, shifts no longer correspond. Extent 3, "
            "stride 2: the neighbours 0 and 2 of the input become both neighbours of each other"
        ),
        checks=(
            at_points(stays_stationary, "==", 1, points=grid(shape=UNEVEN[:1], seed=(0, 1, 2))),
        ),
        near_miss=at_points(stays_stationary, "==", 1, points=grid(shape=UNEVEN[1:], seed=(0, 1))),
        corrected_by="sensitivity.stationarity",
    ),
    _claim(
        "stationarity",
        "Lemma 4",
        title="stationarity is kept",
        statement="layers with periodic boundaries keep it if each stride divides the extent",
        variables=SHAPE,
        assumptions=(ROW,),
        checks=(
            attack(stays_stationary, "==", 1, domain=SEEDS | {"shape": DIVIDING}, tries=(40, 400)),
        ),
        near_miss=at_points(stays_stationary, "==", 1, points=grid(shape=UNEVEN, seed=(0,))),
    ),
    _claim(
        "fields-of-stationary-tensors",
        "Lemma 5",
        title="receptive fields of stationary tensors",
        statement="each entry of the fields of a stationary tensor has the law of its channel",
        variables=SHAPE,
        assumptions=("at any stride, even one that does not divide the extent",),
        checks=(
            attack(
                fields_keep_the_law,
                "==",
                1,
                domain=SEEDS
                | {
                    "shape": OneOf(
                        tuple(
                            Shape(n, (s,), (k,))
                            for n in (5, 6)
                            for s in (1, 2, 3, 4, 6)
                            for k in (1, 4, 7)
                        )
                    )
                },
            ),
        ),
        near_miss=at_points(
            fields_keep_any_law, "==", 1, points=grid(shape=(Shape(6, (2,), (3,)),), seed=(0,))
        ),
    ),
    _claim(
        "stationary-fields-printed",
        "Proposition 6",
        FALSE,
        title="fields of stationary inputs, as printed",
        statement="for a stationary input fields have the laws of their channels at every layer",
        variables=SHAPE,
        assumptions=(ROW, "any global extents n_l"),
        as_printed=(
            "inherited from Lemma 4: extents 3, 2, 2, 1. After the stride that does not divide 3, "
            "the two positions of layer 2 have different laws, and the next stride looks at one"
        ),
        checks=(
            at_points(
                fields_keep_the_law, "==", 1, points=grid(shape=UNEVEN_DEEP[:1], seed=(0, 1, 2))
            ),
        ),
        near_miss=at_points(
            fields_keep_the_law, "==", 1, points=grid(shape=UNEVEN_DEEP[1:], seed=(0, 1, 2))
        ),
        corrected_by="sensitivity.stationary-fields",
    ),
    _claim(
        "stationary-fields",
        "Proposition 6",
        title="fields of stationary inputs",
        statement=(
            "for a stationary input the fields have the laws of their channels at every layer, if "
            "each stride divides the extent before it"
        ),
        variables=SHAPE,
        assumptions=(ROW,),
        checks=(
            attack(
                fields_keep_the_law, "==", 1, domain=SEEDS | {"shape": DIVIDING}, tries=(40, 400)
            ),
        ),
        near_miss=at_points(
            fields_keep_the_law, "==", 1, points=grid(shape=UNEVEN_DEEP, seed=(0, 1, 2))
        ),
    ),
)
"""Appendix C."""
