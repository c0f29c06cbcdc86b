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

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.power_series import rational
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

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


def scaled_tail_of_two(d: int, t: Fraction) -> Fraction:
    """Return the same at ``t eps``, ``eps = B |G_*^(-1)| n/sqrt d = 4/sqrt d``."""
    ways = sum(comb(d, k) for k in range(d + 1) if (2 * k - d) ** 2 >= 8 * t * t * d)
    return Fraction(ways, 2**d)


def gaussian_tail(t: Fraction, dps: int) -> Any:
    with working_bits(bits_from_dps(dps)):
        return (-arb(rational(t * t))).exp()


def twice_gaussian_tail(t: Fraction, dps: int) -> Any:
    """Return ``2 exp(-4 t^2)``, Hoeffding's bound."""
    with working_bits(bits_from_dps(dps)):
        return 2 * (-arb(rational(4 * t * t))).exp()


def printed_rows(d: int) -> int:
    """Return the number of rows of ``Phi Phi'``, with ``Phi`` of shape ``(d, n)``."""
    return d


def samples(n: int) -> int:
    return n


def width_for(constant: int) -> int:
    """Return the width at which ``c/(d t^2)`` is 1/2, ``t^2 = 1/2`` the most there is."""
    return 4 * constant


def chance_in_depth(constant: int, dps: int) -> Any:
    """Return a lower bound of ``P(|G_l - G_*|_F >= t for some l <= 4^d)``.

    In each layer all rows have the same sign with probability ``2^(1 - d)``, independently.
    """
    with working_bits(bits_from_dps(dps)):
        return 1 - (-(arb(2) ** (width_for(constant) + 1))).exp()


def bound_of_one_layer(constant: int) -> Fraction:
    return Fraction(2 * constant, width_for(constant))


def deviation_of_alternating(layers: int) -> Fraction:
    """Return ``|E f(H_l) - pi f|`` of two states that swap, ``f`` the indicator of the first."""
    return abs(Fraction(1 - layers % 2) - Fraction(1, 2))


def geometric_decay(layers: int, alpha: Fraction, constant: int) -> Fraction:
    return constant * alpha**layers / 2


def squared_row_sum(x: Sequence[Fraction]) -> Fraction:
    """Return ``1' BN(x)' BN(x) 1/n``, whose mean would be 1 for the identity."""
    mean = sum(x, Fraction(0)) / len(x)
    centred = [entry - mean for entry in x]
    variance = sum((entry * entry for entry in centred), Fraction(0)) / len(x)
    return sum(centred, Fraction(0)) ** 2 / variance / len(x)


def normalised_products(n: int, i: int, j: int, size: int, seed: int) -> tuple[float, float]:
    """Sample ``BN(h)_i BN(h)_j`` for ``h`` of covariance ``n/(n-1) (I - 11'/n)``."""
    rows = np.random.default_rng(seed).standard_normal((size, n))
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= rows.std(axis=1, keepdims=True)
    products = rows[:, i] * rows[:, j]
    return float(products.mean()), float(products.std(ddof=1) / np.sqrt(size))


def flat_fixed_point(n: int, i: int, j: int) -> Fraction:
    """Return an entry of ``n/(n-1) (I - 11'/n)``."""
    return Fraction(n * (i == j) - 1, n - 1)


def projection_entry(n: int, i: int, j: int) -> Fraction:
    """Return an entry of ``I - 11'/n``."""
    return (i == j) - Fraction(1, n)


_claim = claims_of("thesis")

ENTRIES = tuple({"n": n, "i": 0, "j": j} for n in (2, 3, 5) for j in (0, 1))
ROWS = OneOf(
    tuple(tuple(map(Fraction, row)) for row in ((0, 1), (1, 2, 9), (1, -1, 1, -1), (5, 5, 5, 6)))
)
TAILS = {"d": Integer(1, 60), "t": Real("1/100", 1)}
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
        statement="P(|G_*^(-1) G_l - I|_F >= t) <= 2/(d t²) for n = 2, ReLU, and each l >= 1",
        variables={"d": "width", "t": "deviation"},
        assumptions=("the two samples differ in every row of the input",),
        as_printed="for any n, with a hidden constant, from Lemmas B.5 and B.7; G_0 is not random",
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
        "drift-of-alternating-states-printed",
        "Section 2.2, drift condition",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="what a drift condition is for, as printed",
        statement="E[L(H_{l+1}) | H_l] <= γ L(H_l) + K with 0 <= L <= 1 gives "
        "|E f(H_l) - π f| <= c α^l |E f(H_0) - π f|, for some c and α < 1",
        variables={"layers": "l", "alpha": "α", "constant": "c"},
        assumptions=("two states that swap, L = 0",),
        as_printed=(
            "with c = 1, of the chain of chapter 2, as a theorem quoted from elsewhere; "
            "read here as an implication for chains. A bounded L obeys such a condition "
            "whatever the chain; the theorem quoted also asks that laws from different "
            "starts overlap, which a period rules out and which Gaussian weights may well "
            "give"
        ),
        checks=(
            attack(
                deviation_of_alternating,
                "<=",
                geometric_decay,
                domain={
                    "layers": Integer(1, reach=10**4),
                    "alpha": Real(0, "99/100"),
                    "constant": Integer(1, reach=100),
                },
            ),
        ),
        near_miss=at_points(
            deviation_of_alternating,
            "<=",
            geometric_decay,
            points=[{"layers": 100, "alpha": Fraction(9, 10), "constant": 10}],
        ),
        corrected_by="thesis.geometric-contraction",
    ),
    _claim(
        "joint-concentration-printed",
        "Theorem 3.2, all layers at once",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="concentration of all layers at once, as said",
        statement="P(|G_l - G_*|_F >= t for some l) <= c/(d t²), for some c and every width",
        variables={"constant": "c; the width is 4 c"},
        assumptions=("n = 2, ReLU", "t² = 1/2, which a layer with rows of one sign attains"),
        as_printed='said after the theorem: "holds jointly for all l", no union bound being '
        "needed. It holds for each layer by itself; the layers of a batch of two are independent, "
        "and among 4^d of them the left side is a lower bound of the chance",
        checks=(
            attack(
                chance_in_depth,
                "<=",
                bound_of_one_layer,
                domain={"constant": Integer(1, reach=1000)},
            ),
        ),
        near_miss=at_points(chance_in_depth, "<=", bound_of_one_layer, points=[{"constant": 1000}]),
        corrected_by="thesis.batch-of-two-concentration",
    ),
    _claim(
        "linear-fixed-point-printed",
        "Section 3.3.4, linear networks",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="fixed point of linear networks, as said",
        statement="G_* = I for the identity activation: 1'G_* 1/n = 1",
        variables={"x": "row of h"},
        as_printed=(
            "of the normalisation of this chapter, eq 3.1, which takes row means away: "
            "every row and G_* are orthogonal to 1, G_* is singular, and its condition "
            "number, the factor of Theorem 3.2, infinite. Without means taken away, as in "
            "chapter 2 and in the work referred to, G_* = I is right"
        ),
        checks=(attack(squared_row_sum, "==", 1, domain={"x": ROWS}),),
        near_miss=at_points(
            squared_row_sum, "==", 1, points=[{"x": (Fraction(1), Fraction(2), Fraction(9))}]
        ),
        corrected_by="thesis.linear-fixed-point",
    ),
    _claim(
        "linear-fixed-point",
        "Section 3.3.4, linear networks",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="fixed point of linear networks",
        statement="G_* = n/(n-1) (I - 11'/n) for the identity activation",
        variables={"n": "batch size", "i": "row", "j": "column"},
        checks=(
            simulated(
                normalised_products,
                "==",
                flat_fixed_point,
                points=ENTRIES,
                sizes=(10_000, 100_000),
            ),
        ),
        near_miss=simulated(
            normalised_products,
            "==",
            projection_entry,
            points=ENTRIES[2:3],
            sizes=(10_000, 100_000),
        ),
    ),
    _claim(
        "relative-tail-printed",
        "eq B.40",
        Verdict(Outcome.FAILS, Grade.ENCLOSED),
        title="tail of the relative Gram deviation, as printed",
        statement="P(|G_*^(-1) G - I|_F >= t ε) <= exp(-t²), ε = B |G_*^(-1)| n/√d",
        variables={"d": "width", "t": "t"},
        assumptions=("n = 2, ReLU",),
        as_printed="without the hidden constant of Lemma B.2; at small t no constant would do, as "
        "the deviation is not 0 with a probability near 1",
        checks=(attack(scaled_tail_of_two, "<=", gaussian_tail, domain=TAILS),),
        near_miss=at_points(
            scaled_tail_of_two, "<=", gaussian_tail, points=[{"d": 3, "t": Fraction(1, 5)}]
        ),
        corrected_by="thesis.relative-tail",
    ),
    _claim(
        "relative-tail",
        "eq B.40",
        Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="tail of the relative Gram deviation",
        statement="P(|G_*^(-1) G - I|_F >= t ε) <= 2 exp(-4t²) for n = 2 and ReLU",
        variables={"d": "width", "t": "t"},
        checks=(attack(scaled_tail_of_two, "<=", twice_gaussian_tail, domain=TAILS),),
        near_miss=attack(scaled_tail_of_two, "<=", gaussian_tail, domain=TAILS),
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
