"""thesis, chapter 3: what the assumption of a unique invariant law asks for.

Equal columns stay equal: weights act on every column alike, and so does batch normalisation row by
row. A batch with two different columns only, each repeated, keeps its two groups for ever, for
normalisation sets the two values of a row apart whatever they were. Every way to cut the batch into
two groups is such a class of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Group = Sequence[int]
WEIGHTS = ((1, -2, 3), (2, 1, -1), (-1, 1, 5))


def normalised_squares(row: Sequence[Fraction]) -> list[Fraction]:
    """Return the entries of ``BN(row)`` as squares with their sign, which are rational."""
    mean = sum(row, Fraction(0)) / len(row)
    centred = [entry - mean for entry in row]
    variance = sum((entry * entry for entry in centred), Fraction(0)) / len(row)
    return [(1 if entry > 0 else -1) * entry * entry / variance for entry in centred]


def after_a_layer(columns: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return ``W`` times the columns, for one integer ``W``: an activation acts on entries."""
    return [
        [sum((w * x for w, x in zip(row, column, strict=True)), Fraction(0)) for row in WEIGHTS]
        for column in columns
    ]


def keeps_its_groups(n: int, group: Group) -> bool:
    """Whether a batch with one column inside a group and another outside keeps the two apart."""
    inside = [Fraction(2), Fraction(0), Fraction(1)]
    outside = [Fraction(0), Fraction(3), Fraction(4)]
    columns = [inside if i in group else outside for i in range(n)]
    rows = [normalised_squares(row) for row in zip(*columns, strict=True)]
    normalised = [list(column) for column in zip(*rows, strict=True)]
    later = after_a_layer(normalised)
    within = all(
        later[i] == later[j] for i in range(n) for j in range(n) if (i in group) == (j in group)
    )
    across = all(later[i] != later[j] for i in group for j in range(n) if j not in group)
    return within and across


@lru_cache(maxsize=8)
def classes(n: int) -> int:
    """Return how many ways of cutting the batch into two groups are kept for ever."""
    cuts = [
        (0, *rest) for size in range(n - 1) for rest in itertools.combinations(range(1, n), size)
    ]
    return sum(keeps_its_groups(n, cut) for cut in cuts)


def has_one_invariant_law(n: int) -> bool:
    return classes(n) <= 1


def first_entry(n: int) -> Fraction:
    """Return ``G_12`` of the identity network for groups {1, 2} and the rest.

    All rows are plus or minus one vector: ``sqrt(n_2/n_1)`` inside, ``-sqrt(n_1/n_2)`` outside.
    """
    return Fraction(n - 2, 2)


def entry_apart() -> int:
    """Return ``G_12`` for groups {1} and the rest: the product of both values."""
    return -1


def tail_of_two(d: int, t: Fraction) -> Fraction:
    """Return ``P(|G_*^(-1) G - I|_F >= t)`` for ``n = 2`` and ReLU: ``sqrt 2 |2k/d - 1|``."""
    ways = sum(comb(d, k) for k in range(d + 1) if 2 * Fraction(2 * k - d, d) ** 2 >= t * t)
    return Fraction(ways, 2**d)


def chebyshev(d: int, t: Fraction) -> Fraction:
    return 2 / (d * t * t)


def small_chebyshev(d: int, t: Fraction) -> Fraction:
    return 1 / (10 * d * t * t)


def printed_rows(d: int) -> int:
    """Return the number of rows of ``Phi Phi'``, with ``Phi`` of shape ``(d, n)``."""
    return d


def samples(n: int) -> int:
    return n


def _claim(name: str, number: str, expected: Verdict, **data: Any) -> Claim:
    return Claim(id=f"thesis.{name}", source=Source("thesis", number), expected=expected, **data)


BATCHES = {"n": Integer(3, 6)}

CLAIMS = (
    _claim(
        "ergodic-concentration-printed",
        "Theorem 3.2; Lemma B.5",
        Verdict(Outcome.VACUOUS),
        title="concentration around the fixed point under geometric ergodicity, as printed",
        statement=(
            "if from every input the laws of the layers tend to one invariant law, the Gram "
            "matrices concentrate around one G_*, whatever the input: G_12 is the same from "
            "{1, 2 | 3, ...} and from {1 | 2, 3, ...}"
        ),
        variables={"n": "batch size, at least 3"},
        assumptions=("Assumption 3.1: a unique invariant law", "identity activation"),
        as_printed=(
            "no network with a batch of 3 or more satisfies the assumption: every cut of the "
            "batch into two groups of equal samples is kept for ever and has an invariant law of "
            "its own. It has to be asked of distinct samples, and then no rate is uniform"
        ),
        checks=(
            attack(first_entry, "==", entry_apart, domain=BATCHES, assuming=has_one_invariant_law),
        ),
        near_miss=attack(first_entry, "==", entry_apart, domain=BATCHES),
    ),
    _claim(
        "batch-of-two-concentration",
        "eq B.26",
        Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="tail of the relative Gram deviation for a batch of two",
        statement="P(|G_*^(-1) G - I|_F >= t) <= 2/(d t²) for n = 2 and ReLU, at every layer",
        variables={"d": "width", "t": "deviation"},
        assumptions=("the two samples differ in every row of the first layer",),
        as_printed="for any n, with a hidden constant, from Lemmas B.5 and B.7",
        checks=(
            attack(
                tail_of_two,
                "<=",
                chebyshev,
                domain={"d": Integer(1, 40), "t": Real("1/10", 2)},
            ),
        ),
        near_miss=attack(
            tail_of_two,
            "<=",
            small_chebyshev,
            domain={"d": Integer(1, 40), "t": Real("1/10", 1)},
        ),
    ),
    _claim(
        "gram-shape-printed",
        "eq 3.2",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="Gram matrix of a layer, as printed",
        statement="G = Φ Φ'/d, Φ of shape (d, n), holds the inner products of n samples",
        variables={"n": "batch size", "d": "width"},
        as_printed="the product of the other order, Φ'Φ/d, has size n, as appendix B writes it",
        checks=(
            attack(
                printed_rows,
                "==",
                samples,
                domain={"n": Integer(2, 9), "d": Integer(2, reach=100)},
            ),
        ),
        near_miss=at_points(printed_rows, "==", samples, points=[{"n": 3, "d": 5}]),
    ),
)
"""Chapter 3, the assumption."""
