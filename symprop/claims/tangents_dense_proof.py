"""tangents, proof of Theorem 6: moments of the reduced dense network layer by layer."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.jacobians import jacobian_moments
from symprop.specs.branched import DenseNet

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def gate(width: int, layer: int = 1) -> Fraction:
    return 1 + Fraction(5, width * layer**2)


@lru_cache(maxsize=1024)
def lengths(
    width: int, k: int, depth: int, *, whole: bool = False
) -> tuple[tuple[Fraction, ...], ...]:
    """Return ``E |q^a|^2 |q^b|^2`` of the network reduced to the matrix from k - 1 to k.

    Or to all the matrices that lead to layer k, which then reads every layer before it.
    A ReLU layer multiplies the mean of the squared lengths that it reads by an independent
    factor of mean 1 and mean square (n+5)/n. Two values of it are enough for these moments.
    The first layer has ``|q^0| = 1``.
    """
    top = gate(width)
    table = [[Fraction(0)] * (depth + 1) for _ in range(depth + 1)]
    for factors in product((Fraction(0), top), repeat=depth):
        weight = prod((1 / top if x else 1 - 1 / top for x in factors), start=Fraction(1))
        norms = [Fraction(1)]
        for layer, x in enumerate(factors, start=1):
            alone = layer == k and not whole
            read = norms[k:] if layer > k else norms[-1:] if alone else norms
            norms.append(x * sum(read, Fraction(0)) / layer)
        for a, first in enumerate(norms):
            for b, second in enumerate(norms):
                table[a][b] += weight * first * second
    return tuple(map(tuple, table))


def fourth(width: int, k: int, depth: int) -> Fraction:
    """Return ``C_LL = E |q^L|^4``."""
    return lengths(width, k, depth)[depth][depth]


def pairs(width: int, k: int, depth: int, last: int) -> Fraction:
    """Return the sum of ``C_ab`` for a and b from k to ``last``."""
    table = lengths(width, k, depth)
    return sum((table[a][b] for a in range(k, last + 1) for b in range(k, last + 1)), Fraction(0))


def by_paths(k: int, depth: int, *, whole: bool = False) -> tuple[Fraction, Fraction]:
    """Return ``E (y^L)^2`` and ``E (y^L)^4`` of a single neuron by multiplying out the paths.

    The output adds a factor 3 to the fourth moment, and ``E (q^0)^4`` is 6.
    """
    graph = DenseNet().graph(depth).through(k if whole else (k, k - 1))
    second, fourth_moment = gate_enumeration(graph, 1, trained=()).output
    return second, fourth_moment / 18


def second_by_paths(k: int, depth: int) -> Fraction:
    return by_paths(k, depth)[0]


def mean_of_seconds(k: int, depth: int) -> Fraction:
    return sum((second_by_paths(k, layer) for layer in range(k, depth)), Fraction(0)) / depth


def late_mean_of_seconds(k: int, depth: int) -> Fraction:
    return mean_of_seconds(k, depth) * depth / (depth + 1)


def gated_fourth_by_paths(k: int, depth: int) -> Fraction:
    """Return ``E (q^L)^4`` of a single neuron: the gate doubles ``E (y^L)^4``."""
    return 2 * by_paths(k, depth)[1]


def fourth_by_pairs(k: int, depth: int) -> Fraction:
    return gate(1) / depth**2 * pairs(1, k, depth, depth - 1)


def fourth_by_linear_pairs(k: int, depth: int) -> Fraction:
    return Fraction(3, depth**2) * pairs(1, k, depth, depth - 1)


def fourth_by_recursion(width: int, k: int, more: int) -> Fraction:
    """Return the right side of eq 173 at ``L = k + more``."""
    depth = k + more
    before = fourth(width, k, depth - 1)
    older = Fraction(2, max(depth - 1, 1)) * pairs(width, k, depth, depth - 2)
    middle = (depth - 1) ** 2 / gate(width) * before
    return gate(width) / depth**2 * (before + middle + older)


def fourth_at(width: int, k: int, more: int) -> Fraction:
    return fourth(width, k, k + more)


def fourth_by_one_factor(width: int, k: int, more: int) -> Fraction:
    depth = k + more
    return fourth(width, k, depth - 1) * gate(width, depth)


def fourth_by_product(width: int, k: int, more: int) -> Fraction:
    layers = range(k + 2, k + more + 1)
    return prod((gate(width, layer) for layer in layers), start=fourth(width, k, k + 1))


def printed_fourth(width: int, k: int, more: int) -> Fraction:
    layers = (layer for layer in range(1, k + more + 1) if layer != k + 1)
    start = gate(width) / (k + 1) ** 2
    return prod((gate(width, layer) for layer in layers), start=start)


def exact_fourth(width: int, k: int, more: int) -> Fraction:
    layers = (layer for layer in range(1, k + more + 1) if layer not in (k, k + 1))
    start = gate(width) ** 2 / (k * (k + 1)) ** 2
    return prod((gate(width, layer) for layer in layers), start=start)


def whole_fourth(width: int, k: int, more: int) -> Fraction:
    """Return ``C_LL`` of the network reduced to layer k as a whole."""
    return lengths(width, k, k + more, whole=True)[k + more][k + more]


def whole_fourth_by_paths(k: int, more: int) -> Fraction:
    return 2 * by_paths(k, k + more, whole=True)[1]


def printed_fourth_of_one(k: int, more: int) -> Fraction:
    return printed_fourth(1, k, more)


def exact_fourth_of_one(k: int, more: int) -> Fraction:
    return exact_fourth(1, k, more)


def whole_second(k: int, more: int) -> Fraction:
    return by_paths(k, k + more, whole=True)[0]


def second_of(k: int, more: int) -> Fraction:
    return second_by_paths(k, k + more)


def printed_second(k: int) -> Fraction:
    return Fraction(1, k + 1)


def exact_second(k: int, more: int) -> Fraction:
    return Fraction(1, k * (k + 1)) if more else Fraction(1, k)


def length_variance(width: int, k: int, more: int) -> Any:
    """Return ``Var(|y^L|^2 | q^0)/|q^0|^4``."""
    found = jacobian_moments(DenseNet(), width, k + more, (k, k - 1))
    return found.output_fourth / (3 * gate(width)) - found.output_second**2


def printed_variance(width: int, k: int, more: int) -> Fraction:
    return printed_fourth(width, k, more) - Fraction(1, (k + 1) ** 2)


def exact_variance(width: int, k: int, more: int) -> Fraction:
    share = Fraction(width + 2, width + 5)
    return share * exact_fourth(width, k, more) - Fraction(1, (k * (k + 1)) ** 2)


def gated_variance(width: int, k: int, more: int) -> Fraction:
    return exact_fourth(width, k, more) - Fraction(1, (k * (k + 1)) ** 2)


def _claim(
    name: str,
    number: str,
    expected: Verdict = HOLDS,
    *,
    reduced_to: str = "the matrix from k-1 to k",
    **data: Any,
) -> Claim:
    return Claim(
        id=f"tangents.{name}",
        source=Source("tangents", number),
        expected=expected,
        variables=MEANING,
        assumptions=(f"Gaussian weights, constant width n; the network reduced to {reduced_to}",),
        **data,
    )


WHOLE = "all the matrices that lead to layer k"
MEANING = {"width": "n", "depth": "L", "k": "reduced layer", "more": "L - k", "ratio": "n/L"}
SMALL = [{"k": k, "depth": depth} for k, depth in ((1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4))]
ENDS = [{"k": k, "more": more} for k, more in ((1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 1))]
LAYERS: dict[str, Range] = {"width": Integer(1, reach=200), "k": Integer(1, 3)}
LATER: dict[str, Range] = LAYERS | {"more": Integer(2, 4)}
NEXT: dict[str, Range] = LAYERS | {"more": Integer(1, 4)}
LATE = [point for point in ENDS if point["more"] > 0]

CLAIMS = (
    _claim(
        "dense-mean-square",
        "eq 167",
        title="mean square of a densely connected layer",
        statement="E ‖y^L‖² = (1/L) Σ_(k <= l < L) E ‖q^l‖²",
        checks=(at_points(second_by_paths, "==", mean_of_seconds, points=SMALL),),
        near_miss=at_points(second_by_paths, "==", late_mean_of_seconds, points=SMALL),
    ),
    _claim(
        "dense-fourth-moment",
        "eq 169",
        title="fourth moment of a densely connected layer",
        statement="C_LL = (n+5)/(n L²) Σ C_ab over k <= a, b < L, with C_ab = E ‖q^a‖² ‖q^b‖²",
        checks=(at_points(gated_fourth_by_paths, "==", fourth_by_pairs, points=SMALL),),
        near_miss=at_points(gated_fourth_by_paths, "==", fourth_by_linear_pairs, points=SMALL),
    ),
    _claim(
        "dense-fourth-recursion",
        "eq 173",
        title="fourth moment through the two layers before",
        statement=(
            "C_LL = (n+5)/(n L²) [C + (L-1)² n/(n+5) C + 2/(L-1) Σ C_ab], C = C_(L-1)(L-1), "
            "k <= a, b <= L-2, for L >= k+2"
        ),
        checks=(attack(fourth_at, "==", fourth_by_recursion, domain=LATER, tries=(40, 200)),),
        near_miss=attack(
            fourth_at,
            "==",
            fourth_by_recursion,
            domain=NEXT,
            tries=(40, 200),
        ),
    ),
    _claim(
        "dense-fourth-factor",
        "eq 177",
        title="growth of the fourth moment from layer to layer",
        statement="C_LL = C_(L-1)(L-1) (1 + 5/(n L²)) for L >= k+2",
        checks=(attack(fourth_at, "==", fourth_by_one_factor, domain=LATER, tries=(40, 200)),),
        near_miss=attack(fourth_at, "==", fourth_by_one_factor, domain=NEXT, tries=(40, 200)),
    ),
    _claim(
        "dense-fourth-product",
        "eq 178",
        title="fourth moment of the last layer",
        statement="C_LL = C_(k+1)(k+1) Π_(k+2 <= l <= L) (1 + 5/(n l²))",
        checks=(attack(fourth_at, "==", fourth_by_product, domain=NEXT, tries=(40, 200)),),
        near_miss=attack(
            fourth_at,
            "==",
            fourth_by_product,
            domain=LAYERS | {"more": Integer(0, 4)},
            tries=(40, 200),
        ),
    ),
    _claim(
        "dense-fourth-reduced",
        "eq 179",
        FAILS,
        title="fourth moment of the reduced network through one plain layer",
        statement="C_LL = C_00 (n+5)/(n (k+1)²) Π_(l ≠ k+1) (1 + 5/(n l²))",
        as_printed=(
            "by the third line of eq 166 two layers read a single one before them, the k-th and "
            "the next; one of them is counted as densely connected. It is right if layer k as a "
            "whole is kept"
        ),
        checks=(attack(fourth_at, "==", printed_fourth, domain=NEXT, tries=(40, 200)),),
        near_miss=attack(fourth_at, "==", printed_fourth, domain=NEXT, tries=(40, 200)),
        corrected_by="tangents.dense-fourth-reduced-exact",
    ),
    _claim(
        "dense-fourth-reduced-exact",
        "eq 179",
        title="fourth moment of the reduced network",
        statement=(
            "C_LL = C_00 (n+5)²/(n k (k+1))² Π_(l ≠ k, k+1) (1 + 5/(n l²)) for L > k; "
            "for k = 1 this is what is printed"
        ),
        checks=(
            attack(fourth_at, "==", exact_fourth, domain=NEXT, tries=(40, 200)),
            attack(
                printed_fourth,
                "==",
                exact_fourth,
                domain=NEXT | {"k": Integer(1, 1)},
                tries=(40, 200),
            ),
        ),
        near_miss=attack(printed_fourth, "==", exact_fourth, domain=NEXT | {"k": Integer(1, 2)}),
    ),
    _claim(
        "dense-fourth-reduced-layer",
        "eq 179",
        title="fourth moment of the network reduced to a whole layer",
        statement="C_LL = C_00 (n+5)/(n (k+1)²) Π_(l ≠ k+1) (1 + 5/(n l²)) for L > k",
        as_printed="the same, but layer k is reduced to a single matrix in eq 166",
        reduced_to=WHOLE,
        checks=(
            at_points(whole_fourth_by_paths, "==", printed_fourth_of_one, points=LATE),
            attack(whole_fourth, "==", printed_fourth, domain=NEXT, tries=(40, 200)),
        ),
        near_miss=at_points(whole_fourth_by_paths, "==", exact_fourth_of_one, points=LATE),
    ),
    _claim(
        "dense-mean-reduced",
        "eq 180",
        FAILS,
        title="mean square of the reduced network through one factor",
        statement="E ‖y^L‖² = ‖q⁰‖²/(k+1)",
        as_printed=(
            "by the third line of eq 166 the k-th layer has a factor 1/k of its own; it has none "
            "if layer k as a whole is kept"
        ),
        checks=(at_points(second_of, "==", printed_second, points=LATE),),
        near_miss=at_points(second_of, "==", printed_second, points=LATE),
        corrected_by="tangents.dense-mean-reduced-exact",
    ),
    _claim(
        "dense-mean-reduced-exact",
        "eq 180",
        title="mean square of the reduced network",
        statement="E ‖y^L‖² = ‖q⁰‖²/(k(k+1)) for k < L, and ‖q⁰‖²/L for k = L",
        checks=(at_points(second_of, "==", exact_second, points=ENDS),),
        near_miss=at_points(second_of, "==", printed_second, points=ENDS),
    ),
    _claim(
        "dense-mean-reduced-layer",
        "eq 180",
        title="mean square of the network reduced to a whole layer",
        statement="E ‖y^L‖² = ‖q⁰‖²/(k+1) for k < L",
        as_printed="the same, but layer k is reduced to a single matrix in eq 166",
        reduced_to=WHOLE,
        checks=(at_points(whole_second, "==", printed_second, points=LATE),),
        near_miss=at_points(whole_second, "==", printed_second, points=ENDS),
    ),
    _claim(
        "dense-length-variance-printed",
        "eq 182",
        FAILS,
        title="variance of the output's length through one plain layer",
        statement=("Var(‖y^L‖² | q⁰) = ‖q⁰‖⁴/(k+1)² [(1+5/n) Π_(l ≠ k+1) (1 + 5/(n l²)) - 1]"),
        as_printed="of q^L in place of y^L, which has no gate, besides the factors of eqs 179, 180",
        checks=(attack(length_variance, "==", printed_variance, domain=NEXT, tries=(40, 200)),),
        near_miss=attack(length_variance, "==", gated_variance, domain=NEXT, tries=(40, 200)),
        corrected_by="tangents.dense-length-variance",
    ),
    _claim(
        "dense-length-variance",
        "eq 182",
        title="variance of the output's length",
        statement=(
            "Var(‖y^L‖² | q⁰) = ‖q⁰‖⁴/(k(k+1))² [(1+2/n)(1+5/n) Π_(l ≠ k, k+1) (1 + 5/(n l²)) - 1]"
        ),
        checks=(
            attack(length_variance, "==", exact_variance, domain=NEXT, tries=(40, 200)),
            attack(exact_variance, "<=", printed_variance, domain=NEXT, tries=(40, 200)),
        ),
        near_miss=attack(length_variance, "==", gated_variance, domain=NEXT, tries=(40, 200)),
    ),
)
"""Layer k is the one that W^k leads to, as in eq 166, whose third line has one matrix of it."""
