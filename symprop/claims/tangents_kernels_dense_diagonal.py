"""tangents, Theorem 2 for one input: the diagonal of the dense tangent kernel."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.moments.diagonal import tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def harmonic(depth: int) -> Fraction:
    return sum((Fraction(1, layer) for layer in range(1, depth + 1)), Fraction(0))


def harmonic_beyond(depth: int) -> Fraction:
    return harmonic(depth + 1) - 1


def finite_diagonal(depth: int, n: int) -> Any:
    return tangent_moments(DenseNet(), n, depth).mean


def enumerated_diagonal(depth: int, n: int) -> Any:
    return gate_enumeration(DenseNet().graph(depth), n).kernel[0]


def diagonal_of_unit_vector(depth: int, d: int) -> Any:
    """Return ``K(x, x)`` where ``|x| = 1`` in dimension ``d``."""
    square = Fraction(1, d)
    return tangent_kernel(DenseNet(), depth, variances=(square, square)).diagonal


def backward_diagonal(depth: int, layer: int, h: int) -> Fraction:
    """Return ``m^{l,h}(x, x)`` by its recursion, with all ``S'^h = 1``."""
    if layer == depth:
        return Fraction(1, depth)
    through = backward_diagonal(depth, layer + 1, layer) / layer
    return through + backward_diagonal(depth, layer + 1, h)


def telescoped(depth: int, layer: int) -> Fraction:
    return prod((1 + Fraction(1, k) for k in range(layer, depth)), start=Fraction(1, depth))


def inverse_layer(layer: int) -> Fraction:
    return Fraction(1, layer)


def inverse_next_layer(layer: int) -> Fraction:
    return Fraction(1, layer + 1)


def enumerated_part(depth: int, layer: int, h: int, n: int) -> Fraction:
    """Return the mean squared gradient by ``W^{l,h}``, all gates counted."""
    return gate_enumeration(DenseNet().graph(depth), n).jacobians[layer, h][0]


def printed_part(layer: int) -> Fraction:
    return Fraction(1, layer * (layer + 1))


def part_of_last(depth: int, layer: int) -> Fraction:
    return Fraction(1, layer) if layer == depth else printed_part(layer)


_claim = claims_of("tangents", HOLDS)

MEANING = {
    "depth": "number of layers L",
    "n": "width",
    "layer": "the layer l",
    "h": "the layer that is read",
}
TINY = grid(depth=(1, 2), n=(1, 2)) + grid(depth=(3,), n=(1,))
MATRICES = [
    {"depth": depth, "layer": layer, "h": h, "n": 1}
    for depth in (1, 2, 3)
    for layer in range(1, depth + 1)
    for h in range(layer)
]
DEEP = {"depth": Integer(1, 8, reach=8)}
READ = DEEP | {"layer": Integer(1, 8, reach=8), "h": Integer(0, 7, reach=7)}


def reads(depth: int, layer: int, h: int) -> bool:
    return h < layer <= depth


CLAIMS = (
    _claim(
        "dense-diagonal-printed",
        "eq 25",
        FALSE,
        title="diagonal of the dense tangent kernel, with inputs as said",
        statement="K(x, x) = Σ_{l<=L} 1/l for |x| = 1",
        variables={"depth": "number of layers L", "d": "dimension of the input"},
        as_printed="with |x| = 1 and y⁰ = W x/√d, so that all is divided by d; the proof takes "
        "S⁰(x, x) = 1",
        checks=(
            at_points(diagonal_of_unit_vector, "==", harmonic, points=grid(depth=(2,), d=(2,))),
        ),
        near_miss=at_points(
            diagonal_of_unit_vector, "==", harmonic_beyond, points=grid(depth=(2,), d=(1,))
        ),
        corrected_by="tangents.dense-diagonal",
    ),
    _claim(
        "dense-diagonal",
        "eq 25",
        title="diagonal of the dense tangent kernel",
        statement="K(x, x) = Σ_{l<=L} 1/l for |x|² = d, on average at every width",
        variables=MEANING,
        checks=(
            attack(
                finite_diagonal,
                "==",
                harmonic,
                domain={"depth": Integer(1, reach=40), "n": Integer(1, reach=50)},
                tries=(40, 400),
            ),
            at_points(enumerated_diagonal, "==", harmonic, points=TINY),
        ),
        near_miss=at_points(enumerated_diagonal, "==", harmonic_beyond, points=TINY),
    ),
    _claim(
        "dense-backward-diagonal",
        "eq 85",
        title="backward factors of one input",
        statement="m^{l,h}(x, x) = (1/L) Π_{l<=k<L} (1 + 1/k) = 1/l for h < l <= L",
        variables=MEANING,
        as_printed="for h = l - 1, by recursion from l = L down",
        checks=(
            attack(
                backward_diagonal, "==", telescoped, domain=READ, assuming=reads, tries=(60, 300)
            ),
            attack(
                backward_diagonal, "==", inverse_layer, domain=READ, assuming=reads, tries=(60, 300)
            ),
        ),
        near_miss=attack(
            backward_diagonal,
            "==",
            inverse_next_layer,
            domain=READ,
            assuming=reads,
            tries=(60, 300),
        ),
    ),
    _claim(
        "dense-gradient-diagonal-printed",
        "eq 85",
        FALSE,
        title="gradients by one matrix of the dense network, as printed",
        statement="the gradient by W^{l,h} has the mean square 1/(l (l + 1)) for h < l <= L",
        variables=MEANING,
        as_printed="the line after the telescoping, for all l <= L, though m^{L+1,L} = 1; the sum "
        "over l in the text has 1/L for the last layer",
        checks=(at_points(enumerated_part, "==", printed_part, points=MATRICES),),
        near_miss=at_points(
            enumerated_part, "==", printed_part, points=grid(depth=(2,), layer=(2,), h=(1,), n=(2,))
        ),
        corrected_by="tangents.dense-gradient-diagonal",
    ),
    _claim(
        "dense-gradient-diagonal",
        "eq 85",
        title="gradients by one matrix of the dense network",
        statement="the gradient by W^{l,h} has the mean square 1/(l (l + 1)) for h < l < L, and "
        "1/L for l = L, at every width",
        variables=MEANING,
        checks=(
            at_points(
                enumerated_part,
                "==",
                part_of_last,
                points=[*MATRICES, {"depth": 2, "layer": 1, "h": 0, "n": 2}],
            ),
        ),
        near_miss=at_points(enumerated_part, "==", printed_part, points=MATRICES),
    ),
)
"""Means at finite width are those of the recursion of states, and of enumerated gates."""
