"""Residual ReLU networks of width 2 with rational weights, run in balls, and their derivatives.

Each weight enters the output linearly as long as no gate turns, so that difference quotients with
a tiny step are derivatives. Square roots are balls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

from flint import arb, arb_mat

from symprop.claims.relu_covariances import ball

__all__ = [
    "BITS",
    "INPUTS",
    "TARGETS",
    "WIDTH",
    "Label",
    "Network",
    "Passed",
    "column",
    "drawn",
    "factor",
    "matrix",
    "output",
    "passed",
    "quotient",
]

WIDTH = 2
"""Neurons of every layer."""
ALPHA = Fraction(1, 2)
STEP = Fraction(1, 2**200)
BITS = 700
"""Precision that difference quotients need beyond the digits asked for."""
INPUTS = ((Fraction(1), Fraction(0)), (Fraction(-1, 3), Fraction(1, 2)), (Fraction(2), Fraction(1)))
"""Three inputs of dimension 2."""
TARGETS = (Fraction(1, 2), Fraction(0), Fraction(1))
"""What the outputs should become."""

Rows = tuple[tuple[Fraction, ...], ...]
Label = tuple[int, int]
"""Branch and matrix there."""


@dataclass(frozen=True)
class Network:
    """Weights of a residual network of width 2, matrix ``(l, h)`` by rows of what it makes."""

    depth: int
    m: int
    first: Rows
    hidden: tuple[tuple[Label, Rows], ...]
    last: tuple[Fraction, ...]

    def matrix(self, label: Label) -> Rows:
        """Return the rows of one matrix."""
        return dict(self.hidden)[label]

    def moved(self, label: Label, i: int, j: int, by: Fraction) -> Network:
        """Return the network with one weight changed."""

        def change(rows: Rows) -> Rows:
            return tuple(
                tuple(w + by * (a == i and b == j) for b, w in enumerate(row))
                for a, row in enumerate(rows)
            )

        hidden = tuple((key, change(r) if key == label else r) for key, r in self.hidden)
        return replace(self, hidden=hidden)


@lru_cache(maxsize=64)
def drawn(depth: int, m: int, seed: int) -> Network:
    """Draw weights that are not 0."""
    random = Random(seed)  # noqa: S311  # no secrets here

    def rows() -> Rows:
        return tuple(
            tuple(Fraction(random.choice((-1, 1)) * random.randint(1, 30), 10) for _ in range(2))
            for _ in range(WIDTH)
        )

    first = rows()
    labels = product(range(1, depth + 1), range(1, m + 1))
    return Network(depth, m, first, tuple((label, rows()) for label in labels), rows()[0])


def column(values: Any) -> arb_mat:
    """Return numbers as a column of balls."""
    return arb_mat([[ball(v) if isinstance(v, Fraction) else v] for v in values])


def matrix(rows: Rows) -> arb_mat:
    """Return rows of rationals as a matrix of balls."""
    return arb_mat([[ball(v) for v in row] for row in rows])


def factor(h: int) -> arb:
    """Return what stands before matrix ``h`` of a branch, with the factor of the ReLU before."""
    return (ball(ALPHA) / WIDTH * (2 if h > 1 else 1)).sqrt()


@dataclass(frozen=True)
class Passed:
    """Signals of one input: what matrix ``(l, h)`` reads, gates behind it, and the output."""

    read: dict[Label, arb_mat]
    gates: dict[Label, list[bool]]
    output: arb


def passed(network: Network, x: tuple[Fraction, ...]) -> Passed:
    """Run the network forward; ``read`` has no factors of ReLUs, they are with the matrices."""
    signal = matrix(network.first) * column(x) * (1 / arb(len(x)).sqrt())
    read: dict[Label, arb_mat] = {}
    gates: dict[Label, list[bool]] = {}
    for block in range(1, network.depth + 1):
        inside = signal
        for h in range(1, network.m + 1):
            read[block, h] = inside
            inside = matrix(network.matrix((block, h))) * inside * factor(h)
            if h < network.m:
                gates[block, h] = [bool(inside[i, 0] > 0) for i in range(WIDTH)]
                inside = column(
                    [inside[i, 0] if gates[block, h][i] else arb(0) for i in range(WIDTH)]
                )
        signal = signal + inside
    output = sum((ball(w) * signal[i, 0] for i, w in enumerate(network.last)), arb(0))
    return Passed(read, gates, output / arb(WIDTH).sqrt())


def output(network: Network, sample: int) -> arb:
    """Return the output for one of `INPUTS`."""
    return passed(network, INPUTS[sample]).output


def quotient(
    function: Callable[[Network], arb], network: Network, label: Label, i: int, j: int
) -> arb:
    """Return the symmetric difference quotient by one weight."""
    above = function(network.moved(label, i, j, STEP))
    return (above - function(network.moved(label, i, j, -STEP))) / (2 * ball(STEP))
