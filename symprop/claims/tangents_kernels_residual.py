"""tangents, Theorem 1 and its proof: the tangent kernel of residual networks."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import balls, tangent_statistic
from symprop.claims.residual_covariances import (
    LONGER,
    NET,
    PAIR,
    UNIT,
    WIDE,
    meanings,
    network,
    tangent,
    tangent_part,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import working_bits
from symprop.recurrences.ntk import tangent_kernel

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def printed_tangent(
    alpha: Fraction, m: int, depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    return tangent(alpha, m, depth, cosine, q1, q2, dps, late=1)


def true_tangent(
    alpha: Fraction, m: int, depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    """Return the tangent kernel by going through the graph of the network and back."""
    kernel = tangent_kernel(network(alpha, m), depth, variances=(q1, q2))
    return kernel.enclose(cosine, dps=dps + 5)


def part_with_own_bypass(
    alpha: Fraction, m: int, depth: int, block: int, h: int, cosine: Fraction, dps: int
) -> Any:
    return tangent_part(alpha, m, depth, block, h, cosine, dps, own=1)


def sum_of_parts(alpha: Fraction, m: int, depth: int, cosine: Fraction, dps: int) -> Any:
    with working_bits(balls(dps)):
        labels = product(range(1, depth + 1), range(1, m + 1))
        return sum(
            (tangent_part(alpha, m, depth, block, h, cosine, dps) for block, h in labels), arb(0)
        )


def true_tangent_of_unit_inputs(
    alpha: Fraction, m: int, depth: int, cosine: Fraction, dps: int
) -> Any:
    return true_tangent(alpha, m, depth, cosine, Fraction(1), Fraction(1), dps)


def sampled_tangent(
    alpha: Fraction,
    m: int,
    depth: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    size: int,
    seed: int,
) -> tuple[float, float]:
    return tangent_statistic(network(alpha, m), depth, cosine, q1, q2, size=size, seed=seed)


def sampled_part(
    alpha: Fraction, m: int, depth: int, block: int, h: int, cosine: Fraction, size: int, seed: int
) -> tuple[float, float]:
    one = Fraction(1)
    return tangent_statistic(
        network(alpha, m),
        depth,
        cosine,
        one,
        one,
        size=size,
        seed=seed,
        statistic=lambda run: float(run.recorded_kernels[run.labels.index((block, h)), 0, 1]),
    )


_claim = claims_of("tangents", HOLDS)

RUNS = (40, 400)
MEASURED = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
ONE_BRANCH: dict[str, Any] = {"alpha": 1, "m": 2, "depth": 1} | UNIT
TANGENT: list[dict[str, Any]] = [
    {"alpha": 1, "m": 1, "depth": 3, "cosine": "1/2", "q1": 1, "q2": 1},
    {"alpha": 1, "m": 2, "depth": 2} | UNIT,
    {"alpha": "1/10", "m": 2, "depth": 6} | LONGER | {"cosine": "3/5"},
    {"alpha": "1/2", "m": 3, "depth": 2, "cosine": "9/10", "q1": 1, "q2": 3},
    {"alpha": "1/2", "m": 4, "depth": 4, "cosine": "1", "q1": 1, "q2": "1/3"},
]
PARTS: list[dict[str, Any]] = [
    {"alpha": "1/2", "m": 3, "depth": 2, "block": block, "h": h, "cosine": "1/3"}
    for block, h in ((1, 1), (1, 3), (2, 2))
] + [{"alpha": 1, "m": 1, "depth": 3, "block": 1, "h": 1, "cosine": "-1"}]

CLAIMS = (
    _claim(
        "residual-tangent-printed",
        "Theorem 1; eq 19; eq 59",
        FALSE,
        title="tangent kernel of the residual network, as printed",
        statement="K_L = K_{L-1} (α^m Π_{h<m} S'^{L,h} + 1) "
        "+ α^m Σ_h S^{L,h-1} Π_{h<=h'<m} S'^{L,h'}",
        variables=meanings("alpha", "m", "depth", "cosine", "q1", "q2"),
        assumptions=WIDE,
        as_printed="with the covariances of y^L, although branch L stands on y^{L-1}; against the "
        "sum before it and its own diagonal. Equation 15 is taken as corrected here",
        checks=(
            at_points(printed_tangent, "==", true_tangent, points=[ONE_BRANCH | {"cosine": 1}]),
            at_points(printed_tangent, "==", true_tangent, points=[ONE_BRANCH]),
        ),
        near_miss=at_points(
            printed_tangent, "==", true_tangent, points=[ONE_BRANCH | {"m": 1, "cosine": 1}]
        ),
        corrected_by="tangents.residual-tangent",
    ),
    _claim(
        "residual-tangent",
        "Theorem 1; eq 19; eq 59",
        MEASURED,
        title="tangent kernel of the residual network",
        statement="K_L = K_{L-1} (α^m Π_{h<m} S'^{L-1,h} + 1) "
        "+ α^m Σ_h S^{L-1,h-1} Π_{h<=h'<m} S'^{L-1,h'}",
        variables=meanings("alpha", "m", "depth", "cosine", "q1", "q2"),
        assumptions=WIDE,
        checks=(
            attack(tangent, "==", true_tangent, domain=NET | PAIR, tries=(30, 600)),
            simulated(sampled_tangent, "==", tangent, points=TANGENT, sizes=RUNS),
        ),
        near_miss=simulated(
            sampled_tangent, "==", printed_tangent, points=TANGENT[1:2], sizes=(20, 400)
        ),
        derivation="derivations/residual_tangent_kernel.py",
    ),
    _claim(
        "residual-tangent-parts",
        "Theorem 1; eq 19",
        MEASURED,
        title="the tangent kernel, matrix by matrix",
        statement="matrix h of branch l gives α^m S^{l-1,h-1} Π_{h<=h'<m} S'^{l-1,h'} "
        "Π_{l<=l'<L} (α^m Π_{h'<m} S'^{l',h'} + 1); the sum is K_L",
        variables=meanings("alpha", "m", "depth", "h", "cosine") | {"block": "l"},
        assumptions=WIDE,
        as_printed="the product form beside equation 19, its indices as at the end of the proof",
        checks=(
            attack(
                sum_of_parts,
                "==",
                true_tangent_of_unit_inputs,
                domain=NET | {"cosine": Real(-1, 1)},
                tries=(15, 240),
            ),
            simulated(sampled_part, "==", tangent_part, points=PARTS, sizes=RUNS),
        ),
        near_miss=simulated(
            sampled_part, "==", part_with_own_bypass, points=PARTS[-1:], sizes=(20, 400)
        ),
    ),
)
"""The true kernel is that of the graph of the network, and that of sampled networks."""
