"""tangents, sections 4.1 and 4.3: covariances and tangent kernel of residual networks.

``S^l`` is the covariance of ``y^l`` and ``S^{l,h}`` what ``h`` normalised ReLUs make of it.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import (
    ball,
    balls,
    branch_statistic,
    input_covariance,
    slope,
    tangent_statistic,
)
from symprop.claims.residual_covariances import (
    LONGER,
    NET,
    PAIR,
    SHAPES,
    UNIT,
    WIDE,
    layers,
    meanings,
    network,
    stages,
)
from symprop.gaussian.duality import dual_kernel
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import working_bits
from symprop.recurrences.nngp import nngp_kernel

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
MEASURED = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SIZES = (150, 1500)
RUNS = (40, 400)


# --- the first layer, exactly ---


def first_layer_product(d: int, i: int, j: int, shift: int) -> Fraction:
    """Return ``E y_i(x) y_j(x')`` over all signs as weights, times nothing left out.

    Both entries are linear in the weights, so that every law of unit variance gives the same.
    """
    x, other = _inputs(d, shift)
    total = Fraction(0)
    for signs in product((-1, 1), repeat=2 * d):
        rows = signs[:d], signs[d:]
        one, two = (
            sum(w * v for w, v in zip(rows[k], u, strict=True)) for k, u in ((i, x), (j, other))
        )
        total += Fraction(one * two) / d
    return total / Fraction(2 ** (2 * d))


def _inputs(d: int, shift: int) -> tuple[list[Fraction], list[Fraction]]:
    x = [Fraction(k + 1, 2) for k in range(d)]
    return x, [Fraction((k + shift) % d - 1, 3) for k in range(d)]


def printed_first_layer(d: int, i: int, j: int, shift: int) -> Fraction:
    pairs = zip(*_inputs(d, shift), strict=True)
    return sum((a * b for a, b in pairs), Fraction(0)) / d if i == j else Fraction(0)


def first_layer_without_dimension(d: int, i: int, j: int, shift: int) -> Fraction:
    return d * printed_first_layer(d, i, j, shift)


# --- recursions ---


def branch_covariance(
    kind: str,
    alpha: Fraction,
    block: int,
    h: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    dps: int,
) -> Any:
    """Return ``α^h S^{l,h-1}`` for ``y^{l,h}``, ``α^h S^{l,h}`` for its ReLUs; ``m = 2`` before."""
    with working_bits(balls(dps)):
        reached = layers(input_covariance(cosine, q1, q2), alpha, 2, block, 1)[-1]
        if kind == "gate":
            return slope(stages(reached, h - 1)[-1])
        return ball(alpha) ** h * stages(reached, h - (kind == "y"))[-1].cross


def one_relu_more(
    kind: str,
    alpha: Fraction,
    block: int,
    h: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    dps: int,
) -> Any:
    with working_bits(balls(dps)):
        return branch_covariance(kind, alpha, block, h + 1, cosine, q1, q2, dps) / ball(alpha)


def kernel_of_normals(alpha: Fraction, cosine: Fraction, dps: int) -> Any:
    """Return ``α 2 E φ(u)φ(v)`` by the general theory of dual activations, unit variances."""
    with working_bits(balls(dps)):
        return 2 * ball(alpha) * dual_kernel("relu").enclose(cosine, dps=dps + 5).ball


def slope_of_normals(cosine: Fraction, dps: int) -> Any:
    with working_bits(balls(dps)):
        return 2 * dual_kernel("heaviside").enclose(cosine, dps=dps + 5).ball


def first_kernel(alpha: Fraction, cosine: Fraction, dps: int) -> Any:
    one = Fraction(1)
    return branch_covariance("q", alpha, 0, 1, cosine, one, one, dps)


def first_slope(cosine: Fraction, dps: int) -> Any:
    one = Fraction(1)
    return branch_covariance("gate", one, 0, 1, cosine, one, one, dps)


def covariance(
    alpha: Fraction,
    m: int,
    depth: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    dps: int,
    more: int = 0,
) -> Any:
    """Return ``S^L`` by the recursion, with ``m - 1 + more`` ReLUs in a branch."""
    with working_bits(balls(dps)):
        start = input_covariance(cosine, q1, q2)
        return layers(start, alpha, m, depth, m - 1 + more)[-1].cross


def printed_covariance(
    alpha: Fraction, m: int, depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    return covariance(alpha, m, depth, cosine, q1, q2, dps, more=1)


def true_covariance(
    alpha: Fraction, m: int, depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    """Return the covariance of the output along the graph of the network."""
    kernel = nngp_kernel(network(alpha, m), depth, variances=(q1, q2))
    return kernel.enclose(cosine, dps=dps + 5)


# --- samples ---


def sampled_branch(
    kind: str,
    alpha: Fraction,
    block: int,
    h: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    size: int,
    seed: int,
) -> tuple[float, float]:
    return branch_statistic(kind, alpha, block, h, cosine, q1, q2, size=size, seed=seed)


def sampled_covariance(
    alpha: Fraction,
    m: int,
    depth: int,
    cosine: Fraction,
    q1: Fraction,
    q2: Fraction,
    size: int,
    seed: int,
) -> tuple[float, float]:
    net = network(alpha, m)
    return tangent_statistic(
        net,
        depth,
        cosine,
        q1,
        q2,
        size=size,
        seed=seed,
        statistic=lambda run: float(run.output_kernel[0, 1]),
    )


_claim = claims_of("tangents", HOLDS)

INSIDE: list[dict[str, Any]] = [
    {"alpha": alpha, "block": block, "h": h} | pair
    for alpha, block, h, pair in (
        (1, 1, 1, UNIT | {"cosine": "1/3"}),
        (1, 1, 2, UNIT),
        ("1/2", 2, 2, LONGER | {"cosine": "3/5"}),
        ("1/4", 3, 3, {"cosine": "-1", "q1": 1, "q2": 4}),
        (2, 2, 4, {"cosine": "1", "q1": "1/2", "q2": 2}),
    )
]
FIRST: list[dict[str, Any]] = [
    point | {"block": 0, "h": 1} for point in INSIDE if point["cosine"] not in (0, "-1")
]


CLAIMS = (
    _claim(
        "first-layer-covariance",
        "eq 9",
        title="covariance of the first layer",
        statement="E y⁰_i(x) y⁰_j(x') = x·x'/d for i = j, else 0",
        variables={
            "d": "dimension of x = (1, ..., d)/2",
            "i": "neuron",
            "j": "neuron",
            "shift": "x' is (0, ..., d - 1)/3 turned by this, less 1/3",
        },
        checks=(
            at_points(
                first_layer_product,
                "==",
                printed_first_layer,
                points=grid(d=(1, 2, 4), i=(0,), j=(0, 1), shift=(0, 1)),
            ),
        ),
        near_miss=at_points(
            first_layer_product,
            "==",
            first_layer_without_dimension,
            points=grid(d=(2,), i=(0,), j=(0,), shift=(1,)),
        ),
    ),
    _claim(
        "first-branch-covariance",
        "eq 10; eq 11",
        MEASURED,
        title="covariances of the first layer of a branch",
        statement="y^{0,1} has the covariance α S⁰; √2 φ(y^{0,1}) has α S^{0,1}, S^{0,1} = 2E φφ",
        variables=meanings("alpha", "cosine", "q1", "q2"),
        assumptions=WIDE,
        checks=(
            simulated(
                sampled_branch,
                "==",
                branch_covariance,
                points=[p | {"kind": kind} for p in FIRST for kind in ("y", "q")],
                sizes=SIZES,
            ),
            attack(
                first_kernel,
                "==",
                kernel_of_normals,
                domain={"alpha": Real("1/100", 2), "cosine": Real(-1, 1)},
                tries=(40, 400),
            ),
        ),
        near_miss=simulated(
            sampled_branch,
            "==",
            one_relu_more,
            points=[FIRST[0] | {"kind": "y"}],
            sizes=SIZES,
        ),
    ),
    _claim(
        "branch-covariances",
        "eq 12; eq 13; eq 14",
        MEASURED,
        title="covariances inside a branch",
        statement="y^{l,h} has the covariance α^h S^{l,h-1}, √2 φ(y^{l,h}) has α^h S^{l,h}, with "
        "S^{l,0} = S^l and S^{l,h} = 2E φφ under S^{l,h-1}",
        variables=meanings("alpha", "block", "h", "cosine", "q1", "q2"),
        assumptions=WIDE,
        as_printed="the upper index of layers inside the branch from y^l to y^{l+1} is l",
        checks=(
            simulated(
                sampled_branch,
                "==",
                branch_covariance,
                points=[p | {"kind": kind} for p in INSIDE[1:] for kind in ("y", "q")],
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sampled_branch,
            "==",
            one_relu_more,
            points=[INSIDE[1] | {"kind": "y"}],
            sizes=SIZES,
        ),
    ),
    _claim(
        "derivative-covariance",
        "eq 20",
        MEASURED,
        title="derivatives of ReLUs inside a branch",
        statement="2φ'(y^{l,h}(x)) φ'(y^{l,h}(x')) has the mean 1 - arccos(c)/π, c the correlation "
        "of S^{l,h-1}",
        variables=meanings("alpha", "block", "h", "cosine", "q1", "q2"),
        assumptions=WIDE,
        checks=(
            simulated(
                sampled_branch,
                "==",
                branch_covariance,
                points=[p | {"kind": "gate"} for p in INSIDE],
                sizes=SIZES,
            ),
            attack(
                first_slope,
                "==",
                slope_of_normals,
                domain={"cosine": Real(-1, 1)},
                tries=(40, 400),
            ),
        ),
        near_miss=simulated(
            sampled_branch,
            "==",
            one_relu_more,
            points=[INSIDE[1] | {"kind": "gate"}],
            sizes=SIZES,
        ),
    ),
    _claim(
        "residual-covariance-printed",
        "eq 15",
        FALSE,
        title="covariance after a residual branch, as printed",
        statement="y^L has the covariance S^L = S^{L-1} + α^m S^{L-1,m}",
        variables=meanings("alpha", "m", "depth", "cosine", "q1", "q2"),
        assumptions=WIDE,
        as_printed="against equation 12, for a branch of m matrices has m - 1 ReLUs; the diagonal "
        "does not tell",
        checks=(
            at_points(printed_covariance, "==", true_covariance, points=SHAPES[1:2]),
            attack(printed_covariance, "==", true_covariance, domain=NET | PAIR, tries=(40, 400)),
        ),
        near_miss=at_points(
            printed_covariance,
            "==",
            true_covariance,
            points=[{"alpha": 1, "m": 2, "depth": 1} | UNIT],
        ),
        corrected_by="tangents.residual-covariance",
    ),
    _claim(
        "residual-covariance",
        "eq 15",
        MEASURED,
        title="covariance after a residual branch",
        statement="y^L has the covariance S^L = S^{L-1} + α^m S^{L-1,m-1}",
        variables=meanings("alpha", "m", "depth", "cosine", "q1", "q2"),
        assumptions=WIDE,
        checks=(
            attack(covariance, "==", true_covariance, domain=NET | PAIR, tries=(60, 600)),
            simulated(sampled_covariance, "==", covariance, points=SHAPES, sizes=RUNS),
        ),
        near_miss=simulated(
            sampled_covariance, "==", printed_covariance, points=SHAPES[1:2], sizes=RUNS
        ),
        derivation="derivations/residual_tangent_kernel.py",
    ),
)
