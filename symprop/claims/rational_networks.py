"""Small ReLU networks in exact rationals: signals, sensitivities and their moments.

A datum is a matrix of channels and positions, periodic in space. White noise is taken as all unit
vectors of the input, one after another, so that means over it are sums.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from symprop.claims.rational_matrices import Matrix, integer_matrix, multiplied
from symprop.ledger.domain import Drawn

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "Layer",
    "Network",
    "channels",
    "data_variance",
    "fields",
    "layers",
    "mean",
    "mean_square",
    "networks",
    "noise_square",
    "positive_part",
    "variance",
    "weight_matrices",
]

_BITS = 20
_ENTRIES = (1, -1, 2, -2, 3, Fraction(1, 2), Fraction(-3, 2), 0)


class Network(NamedTuple):
    """Data, and the weights of all layers on receptive fields."""

    data: tuple[Matrix, ...]
    weights: tuple[Matrix, ...]
    extent: tuple[int, ...] = ()
    kernel: int = 1


class Layer(NamedTuple):
    """What a layer holds: for each datum a signal, and a sensitivity for each unit vector."""

    hidden: tuple[Matrix, ...]
    signal: tuple[Matrix, ...]
    images: tuple[tuple[Matrix, ...], ...]
    noise: tuple[tuple[Matrix, ...], ...]


def fields(datum: Matrix, extent: Sequence[int], kernel: int) -> Matrix:
    """Return the receptive fields of all positions, as columns.

    Examples
    --------
    >>> [[int(entry) for entry in row] for row in fields(integer_matrix((1, 2, 3)), (3,), 2)]
    [[1, 2, 3], [2, 3, 1]]
    """
    places = list(itertools.product(*map(range, extent)))
    index = {place: number for number, place in enumerate(places)}
    start = (kernel - 1) // 2
    rows = []
    for offset in itertools.product(range(-start, kernel - start), repeat=len(extent)):
        moved = [
            index[tuple((a + b) % n for a, b, n in zip(place, offset, extent, strict=True))]
            for place in places
        ]
        rows += [tuple(channel[k] for k in moved) for channel in datum]
    return tuple(rows)


def positive_part(matrix: Matrix) -> Matrix:
    """Return ``max(x, 0)`` entry by entry."""
    return tuple(tuple(max(entry, Fraction(0)) for entry in row) for row in matrix)


def _gated(hidden: Matrix, image: Matrix, slope: Fraction) -> Matrix:
    return tuple(
        tuple((slope if not y else Fraction(y > 0)) * t for y, t in zip(*rows, strict=True))
        for rows in zip(hidden, image, strict=True)
    )


def _unit_vectors(datum: Matrix) -> tuple[Matrix, ...]:
    width, places = len(datum), len(datum[0])
    return tuple(
        tuple(tuple(Fraction((i, j) == (c, p)) for j in range(places)) for i in range(width))
        for c in range(width)
        for p in range(places)
    )


def layers(network: Network, slope: Fraction = Fraction(0)) -> list[Layer]:
    """Return layers 0, 1, ...; ``slope`` is the derivative of the activation at 0."""
    data = network.data
    around = tuple(_unit_vectors(datum) for datum in data)
    found = [Layer(data, data, around, around)]
    for weights in network.weights:

        def image(tensor: Matrix, weights: Matrix = weights) -> Matrix:
            return multiplied(weights, fields(tensor, network.extent, network.kernel))

        last = found[-1]
        hidden = tuple(image(x) for x in last.signal)
        images = tuple(tuple(image(s) for s in each) for each in last.noise)
        signal = tuple(positive_part(y) for y in hidden)
        noise = tuple(
            tuple(_gated(y, t, slope) for t in each) for y, each in zip(hidden, images, strict=True)
        )
        found.append(Layer(hidden, signal, images, noise))
    return found


def channels(data: Sequence[Matrix]) -> list[list[Fraction]]:
    """Return for each channel its values over all data and positions."""
    return [
        [entry for datum in data for entry in datum[channel]] for channel in range(len(data[0]))
    ]


def mean(values: Sequence[Fraction]) -> Fraction:
    """Return the mean."""
    return sum(values, Fraction(0)) / len(values)


def mean_square(values: Sequence[Fraction]) -> Fraction:
    """Return the mean of the squares."""
    return mean([value * value for value in values])


def variance(values: Sequence[Fraction]) -> Fraction:
    """Return the mean squared distance from the mean."""
    return mean_square(values) - mean(values) ** 2


def data_variance(data: Sequence[Matrix]) -> Fraction:
    """Return the variance of each channel, averaged: ``mu_2``."""
    return mean([variance(values) for values in channels(data)])


def noise_square(noise: Sequence[Sequence[Matrix]]) -> list[Fraction]:
    """Return for each channel ``mu_2`` of the sensitivity, over data, positions and noise."""
    directions = len(noise[0])
    flat = [tensor for each in noise for tensor in each]
    return [directions * mean_square(values) for values in channels(flat)]


def weight_matrices(rows: int, columns: int, values: Sequence[int]) -> Iterator[Matrix]:
    """Yield all matrices with entries from a set."""
    for entries in itertools.product(values, repeat=rows * columns):
        yield integer_matrix(*(entries[row * columns : (row + 1) * columns] for row in range(rows)))


def _drawn(number: int) -> Network:
    dice = random.Random(number)  # noqa: S311  (reproducible, not secret)
    extent = dice.choice(((), (1,), (2,), (3,), (2, 2)))
    kernel = dice.choice((1, 2, 3)) if extent else 1
    sizes = [dice.choice((1, 2)) for _ in range(3)]
    places = 1
    for points in extent:
        places *= points

    def matrix(rows: int, columns: int) -> Matrix:
        return integer_matrix(*(dice.choices(_ENTRIES, k=columns) for _ in range(rows)))

    data = tuple(matrix(sizes[0], places) for _ in range(dice.choice((1, 2, 3))))
    size = kernel ** len(extent)
    weights = tuple(matrix(after, size * before) for before, after in itertools.pairwise(sizes))
    return Network(data, weights, extent, kernel)


def networks(hostile: Sequence[Network]) -> Drawn:
    """Return networks of two layers, up to two channels and two dimensions of space."""

    def build() -> SearchStrategy[Network]:
        from hypothesis import strategies

        bits = strategies.tuples(*[strategies.booleans()] * _BITS)
        return bits.map(lambda drawn: _drawn(int("".join("01"[bit] for bit in drawn), 2)))

    return Drawn(build, hostile)
