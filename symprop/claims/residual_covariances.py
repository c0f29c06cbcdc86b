"""The recursions of residual ReLU networks, each network seen by two inputs, in balls.

``S^l`` is the covariance of ``y^l`` and ``S^{l,h}`` what ``h`` normalised ReLUs make of it.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from flint import arb

from symprop.claims.relu_covariances import (
    Covariance,
    added,
    ball,
    balls,
    input_covariance,
    relu,
    slope,
)
from symprop.ledger.domain import Integer, Real
from symprop.numerics.precision import working_bits
from symprop.specs.branched import ResNet

if TYPE_CHECKING:
    from symprop.ledger.domain import Range

__all__ = [
    "LONGER",
    "MEANING",
    "NET",
    "PAIR",
    "SHAPES",
    "UNIT",
    "WIDE",
    "layers",
    "meanings",
    "network",
    "stages",
    "tangent",
    "tangent_part",
]


def network(alpha: Fraction, m: int) -> ResNet:
    """Return the network with branches of ``m`` matrices."""
    return ResNet(m, alpha)


PAIR: dict[str, Range] = {
    "cosine": Real(-1, 1),
    "q1": Real("1/10", 10),
    "q2": Real("1/10", 10),
}
"""Cosine and mean squares of two inputs."""
NET: dict[str, Range] = {
    "alpha": Real("1/100", 2),
    "m": Integer(1, 5, reach=5),
    "depth": Integer(1, 6, reach=6),
}
"""Scale, matrices in a branch, number of branches."""
UNIT: dict[str, Any] = {"cosine": 0, "q1": 1, "q2": 1}
"""Two inputs of mean square 1 at a right angle."""
LONGER: dict[str, Any] = {"cosine": "-3/5", "q1": 2, "q2": "1/2"}
"""Two inputs of unequal length."""
SHAPES: list[dict[str, Any]] = [  # alpha, m, L and inputs
    {"alpha": 1, "m": 1, "depth": 2, "cosine": "1/2", "q1": 1, "q2": 1},
    {"alpha": 1, "m": 2, "depth": 3} | UNIT,
    {"alpha": "1/10", "m": 2, "depth": 6} | LONGER,
    {"alpha": "1/2", "m": 3, "depth": 2, "cosine": "-1", "q1": 1, "q2": 3},
    {"alpha": "1/2", "m": 4, "depth": 4, "cosine": "9/10", "q1": 1, "q2": "1/3"},
]
"""Networks with inputs."""
WIDE = ("all widths infinite",)
"""What limits assume."""
MEANING = {
    "alpha": "scale α of the matrices of branches",
    "m": "matrices in a branch",
    "depth": "number of branches L, or of layers",
    "block": "the branch begins at y^l, this is l",
    "h": "stage in the branch",
    "cosine": "of the two inputs",
    "q1": "x·x/d",
    "q2": "x'·x'/d",
    "n": "width",
}
"""What variables stand for."""


def meanings(*names: str) -> dict[str, str]:
    """Return what variables of these names stand for."""
    return {name: MEANING[name] for name in names}


def stages(given: Covariance, count: int) -> list[Covariance]:
    """Return ``S^{l,0}, ..., S^{l,count}``."""
    found = [given]
    for _ in range(count):
        found.append(relu(found[-1]))
    return found


def layers(start: Covariance, alpha: Fraction, m: int, count: int, passes: int) -> list[Covariance]:
    """Return ``S^0, ..., S^count`` by ``S^l = S^{l-1} + α^m S^{l-1,passes}``."""
    found = [start]
    for _ in range(count):
        found.append(added(found[-1], stages(found[-1], passes)[-1], ball(alpha) ** m))
    return found


def tangent(
    alpha: Fraction,
    m: int,
    depth: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    dps: int,
    late: int = 0,
) -> Any:
    """Return ``K_L`` by its recursion; ``late = 1`` puts ``S^{L,.}`` where ``S^{L-1,.}`` stands."""
    with working_bits(balls(dps)):
        strength, total = ball(alpha) ** m, arb(0)
        signals = layers(input_covariance(cosine, q1, q2), alpha, m, depth, m - 1)
        for read in signals[late : depth + late]:
            inside = stages(read, m - 1)
            slopes = [slope(each) for each in inside[:-1]]  # of layers 1, ..., m - 1
            later = [prod(slopes[h:], start=arb(1)) for h in range(m)]
            gained = sum((s.cross * p for s, p in zip(inside, later, strict=True)), arb(0))
            total = total * (strength * later[0] + 1) + strength * gained
        return total


def tangent_part(
    alpha: Fraction,
    m: int,
    depth: int,
    block: int,
    h: int,
    cosine: Fraction,
    dps: int,
    own: int = 0,
) -> Any:
    """Return the part of ``W^{l,h}``; ``own = 1`` lets the bypass of branch ``l`` count."""
    with working_bits(balls(dps)):
        one, strength = Fraction(1), ball(alpha) ** m
        signals = layers(input_covariance(cosine, one, one), alpha, m, depth, m - 1)
        slopes = [[slope(s) for s in stages(read, m - 1)[:-1]] for read in signals]
        part = strength * stages(signals[block - 1], h - 1)[-1].cross
        part *= prod(slopes[block - 1][h - 1 :], start=arb(1))
        later = (strength * prod(slopes[k], start=arb(1)) + 1 for k in range(block - own, depth))
        return prod(later, start=part)
