"""Batch-normalised ReLU networks on two data, in exact rationals.

Two data are ``m + a`` and ``m - a``, and batch normalisation makes the signs of ``a`` of them. So
branches of a residual network are independent of what is before them: with weights of variance
2/N each is Gaussian of mean square 1/2. White noise is taken as all unit vectors of the input, and
sums over them are means over the noise.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from symprop.claims.rational_matrices import Matrix, integer_matrix, multiplied, transposed

__all__ = [
    "Pair",
    "added",
    "branch",
    "feedforward",
    "inner",
    "noise_inner",
    "sign_matrices",
    "signed_permutations",
    "start",
]


class Pair(NamedTuple):
    """Half the difference of two signals, and the sensitivity of each, channels by directions."""

    half: tuple[Fraction, ...]
    noise: tuple[Matrix, Matrix]


def start(half: Sequence[Fraction]) -> Pair:
    """Return two data with white noise.

    Examples
    --------
    >>> inner(start((Fraction(1), Fraction(2))), start((Fraction(3), Fraction(1))))
    Fraction(5, 2)
    """
    size = len(half)
    white = integer_matrix(*([int(i == j) for j in range(size)] for i in range(size)))
    return Pair(tuple(half), (white, white))


def inner(left: Pair, right: Pair) -> Fraction:
    """Return the mean over data and channels of the product of the centred signals."""
    products = (a * b for a, b in zip(left.half, right.half, strict=True))
    return sum(products, Fraction(0)) / len(left.half)


def noise_inner(left: Pair, right: Pair) -> Fraction:
    """Return the same of the sensitivities."""
    total = sum(
        (
            s * t
            for one, other in zip(left.noise, right.noise, strict=True)
            for row, column in zip(one, other, strict=True)
            for s, t in zip(row, column, strict=True)
        ),
        Fraction(0),
    )
    return total / (2 * len(left.half))


def added(left: Pair, right: Pair) -> Pair:
    """Return the sum of two signals with their sensitivities."""
    half = tuple(a + b for a, b in zip(left.half, right.half, strict=True))
    first, second = (
        tuple(
            tuple(s + t for s, t in zip(row, other, strict=True))
            for row, other in zip(one, two, strict=True)
        )
        for one, two in zip(left.noise, right.noise, strict=True)
    )
    return Pair(half, (first, second))


def _active(pair: Pair) -> Pair:
    """Normalise and activate; no channel may be constant."""
    signs = [1 if a > 0 else -1 for a in pair.half]
    first, second = (
        tuple(
            tuple(t / abs(a) if side * sign > 0 else Fraction(0) for t in row)
            for row, a, sign in zip(noise, pair.half, signs, strict=True)
        )
        for noise, side in zip(pair.noise, (1, -1), strict=True)
    )
    return Pair(tuple(Fraction(sign, 2) for sign in signs), (first, second))


def _mapped(weights: Matrix, pair: Pair) -> Pair:
    (half,) = transposed(multiplied(weights, transposed((pair.half,))))
    first, second = (multiplied(weights, noise) for noise in pair.noise)
    return Pair(half, (first, second))


def feedforward(pair: Pair, weights: Matrix) -> Pair:
    """Return what a layer makes of two signals: linear map, normalisation, activation."""
    return _active(_mapped(weights, pair))


def branch(pair: Pair, weights: Matrix) -> Pair:
    """Return what a layer in a residual unit makes: normalisation, activation, linear map."""
    return _mapped(weights, _active(pair))


def sign_matrices(size: int) -> Iterator[Matrix]:
    """Return all matrices of signs: uncorrelated entries, and those of -W are as likely.

    Examples
    --------
    >>> len(list(sign_matrices(2)))
    16
    """
    for entries in itertools.product((1, -1), repeat=size * size):
        rows = (entries[size * row : size * (row + 1)] for row in range(size))
        yield integer_matrix(*rows)


def signed_permutations(size: int) -> Iterator[Matrix]:
    """Return all orthogonal matrices of integers, whose second moments are those of the group.

    Examples
    --------
    >>> len(list(signed_permutations(2)))
    8
    """
    for order in itertools.permutations(range(size)):
        for signs in itertools.product((1, -1), repeat=size):
            yield integer_matrix(
                *(
                    [sign * (j == k) for j in range(size)]
                    for k, sign in zip(order, signs, strict=True)
                )
            )
