"""tangents, sections 4.2 and 4.3: covariances and tangent kernel of densely connected networks.

``S^h`` is the covariance of the rectified layer ``h``; that of ``y^0`` is not ``S^0``.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import (
    Covariance,
    averaged,
    balls,
    dense_statistic,
    input_covariance,
    relu,
    slope,
    tangent_statistic,
)
from symprop.claims.residual_covariances import LONGER, PAIR, UNIT, WIDE, meanings
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import working_bits
from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.specs.branched import DenseNet

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
MEASURED = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
SIZES = (200, 2000)
RUNS = (40, 400)
WIDTH = 1000


# --- recursions ---


def layers(start: Covariance, depth: int, *, linear: bool = False) -> list[Covariance]:
    """Return the covariances of ``y^0, ..., y^L``; ``linear`` takes ``S^0`` for that of ``y^0``."""
    found, rectified = [start], [start if linear else relu(start)]
    for _ in range(depth):
        found.append(averaged(rectified))
        rectified.append(relu(found[-1]))
    return found


def covariance(
    depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int, linear: bool = False
) -> Any:
    with working_bits(balls(dps)):
        return layers(input_covariance(cosine, q1, q2), depth, linear=linear)[-1].cross


def printed_covariance(depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    return covariance(depth, cosine, q1, q2, dps, linear=True)


def rectified_covariance(depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    """Return ``S^L``, of the rectified layer."""
    with working_bits(balls(dps)):
        return relu(layers(input_covariance(cosine, q1, q2), depth)[-1]).cross


def true_covariance(depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    """Return the covariance of the output along the graph of the network."""
    return nngp_kernel(DenseNet(), depth, variances=(q1, q2)).enclose(cosine, dps=dps + 5)


def derivative(
    layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int, linear: bool = False
) -> Any:
    """Return ``S'^h``."""
    with working_bits(balls(dps)):
        return slope(layers(input_covariance(cosine, q1, q2), layer, linear=linear)[-1])


def printed_derivative(layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    return derivative(layer, cosine, q1, q2, dps, linear=True)


def arriving(slopes: list[arb], depth: int, layer: int, h: int) -> arb:
    """Return ``m^{l,h}`` by its recursion."""
    if layer == depth + 1:
        return arb(1)
    through = slopes[h] / layer
    if layer == depth:
        return through
    return through * arriving(slopes, depth, layer + 1, layer) + arriving(
        slopes, depth, layer + 1, h
    )


def tangent(
    depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int, linear: bool = False
) -> Any:
    """Return ``K = Σ_l (1/l) Σ_{h<l} S^h m^{l+1,l}``."""
    with working_bits(balls(dps)):
        found = layers(input_covariance(cosine, q1, q2), depth, linear=linear)
        slopes = [slope(each) for each in found]
        parts = (
            found[layer].cross * arriving(slopes, depth, layer + 1, layer)
            for layer in range(1, depth + 1)
        )
        return sum(parts, arb(0))


def printed_tangent(depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    return tangent(depth, cosine, q1, q2, dps, linear=True)


def true_tangent(depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    """Return the tangent kernel by going through the graph of the network and back."""
    return tangent_kernel(DenseNet(), depth, variances=(q1, q2)).enclose(cosine, dps=dps + 5)


def tangent_part(
    depth: int, layer: int, h: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    """Return ``(1/l) S^h m^{l+1,l}``, the part of ``W^{l,h}``."""
    with working_bits(balls(dps)):
        found = layers(input_covariance(cosine, q1, q2), depth)
        slopes = [slope(each) for each in found]
        return relu(found[h]).cross * arriving(slopes, depth, layer + 1, layer) / layer


def part_of_reader(
    depth: int, layer: int, h: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    """Return the same with ``m^{l+1,h}``."""
    with working_bits(balls(dps)):
        found = layers(input_covariance(cosine, q1, q2), depth)
        slopes = [slope(each) for each in found]
        return relu(found[h]).cross * arriving(slopes, depth, layer + 1, h) / layer


def backward(depth: int, layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int) -> Any:
    """Return ``m^{l+1,l}``."""
    with working_bits(balls(dps)):
        slopes = [slope(each) for each in layers(input_covariance(cosine, q1, q2), depth)]
        return arriving(slopes, depth, layer + 1, layer)


def backward_without_bypass(
    depth: int, layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, dps: int
) -> Any:
    """Return the same without the term ``m^{l+1,h}`` of its recursion."""
    with working_bits(balls(dps)):
        slopes = [slope(each) for each in layers(input_covariance(cosine, q1, q2), depth)]
        steps = (slopes[k] / (k + 1) for k in range(layer, depth))
        return prod(steps, start=arb(1))


# --- samples ---


def _sampled(kind: str, layer: int, *pair: Fraction, size: int, seed: int) -> tuple[float, float]:
    return dense_statistic(kind, layer, *pair, size=size, seed=seed)


def sampled_covariance(
    depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    return _sampled("y", depth, cosine, q1, q2, size=size, seed=seed)


def sampled_rectified(
    depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    return _sampled("q", depth, cosine, q1, q2, size=size, seed=seed)


def sampled_derivative(
    layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    return _sampled("gate", layer, cosine, q1, q2, size=size, seed=seed)


def sampled_tangent(
    depth: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    return tangent_statistic(DenseNet(), depth, cosine, q1, q2, size=size, seed=seed, width=WIDTH)


def sampled_part(
    depth: int, layer: int, h: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int,
    seed: int,
) -> tuple[float, float]:  # fmt: skip
    return tangent_statistic(
        DenseNet(), depth, cosine, q1, q2, size=size, seed=seed, width=WIDTH,
        statistic=lambda run: float(run.recorded_kernels[run.labels.index((layer, h)), 0, 1]),
    )  # fmt: skip


def sampled_backward(
    depth: int, layer: int, cosine: Fraction, q1: Fraction, q2: Fraction, size: int, seed: int
) -> tuple[float, float]:
    """Return the product of the gradients by ``y^l``, before its activation."""

    def statistic(run: Any) -> float:
        return float(run.gradient_gram[layer, 0, 1])

    return tangent_statistic(
        DenseNet(), depth, cosine, q1, q2, size=size, seed=seed, width=WIDTH, statistic=statistic
    )


_claim = claims_of("tangents", HOLDS)

DEEP: dict[str, Range] = {"depth": Integer(1, 6, reach=6)}
ANGLES: list[dict[str, Any]] = [
    UNIT,
    LONGER | {"cosine": "3/5"},
    {"cosine": "-1", "q1": 1, "q2": 3},
    {"cosine": "1", "q1": 1, "q2": "1/3"},
]
DEPTHS: list[dict[str, Any]] = [
    {"depth": depth} | pair for depth, pair in zip((1, 2, 3, 4), ANGLES, strict=True)
]
DEEPER = [point for point in DEPTHS if point["depth"] > 1]
LAYERS: list[dict[str, Any]] = [
    {"layer": layer} | pair for layer, pair in ((0, ANGLES[0]), (1, ANGLES[0]), (2, ANGLES[2]))
]
PARTS: list[dict[str, Any]] = [
    {"depth": 4, "layer": layer, "h": h} | ANGLES[1] for layer, h in ((1, 0), (3, 1), (4, 2))
]
RIGHT = {"depth": 1} | UNIT
NAMES = ("depth", "cosine", "q1", "q2")
LAYER = {"layer": "the layer l"}

CLAIMS = (
    _claim(
        "dense-covariance-printed",
        "eq 17; eq 18",
        FALSE,
        title="covariance of densely connected layers, as printed",
        statement="y^l has the covariance (1/l) Σ_{h<l} S^h, with S⁰ = x·x'/d and S^l = 2E φφ "
        "under it",
        variables=meanings(*NAMES),
        assumptions=WIDE,
        as_printed="S⁰ is named the covariance of y⁰, and S^h that of the rectified layer: the "
        "sums need 2E φφ under x·x'/d in its place",
        checks=(at_points(printed_covariance, "==", true_covariance, points=[RIGHT]),),
        near_miss=at_points(
            printed_covariance, "==", true_covariance, points=[RIGHT | {"depth": 2}]
        ),
        corrected_by="tangents.dense-covariance",
    ),
    _claim(
        "dense-covariance",
        "eq 17; eq 18",
        MEASURED,
        title="covariance of densely connected layers",
        statement="y^l has the covariance (1/l) Σ_{h<l} S^h, its ReLUs S^l = 2E φφ under it, and "
        "S⁰ = 2E φφ under x·x'/d",
        variables=meanings(*NAMES),
        assumptions=WIDE,
        checks=(
            attack(covariance, "==", true_covariance, domain=DEEP | PAIR, tries=(60, 600)),
            simulated(sampled_covariance, "==", covariance, points=DEPTHS, sizes=SIZES),
            simulated(sampled_rectified, "==", rectified_covariance, points=DEPTHS, sizes=SIZES),
        ),
        near_miss=simulated(
            sampled_covariance,
            "==",
            rectified_covariance,
            points=[RIGHT],
            sizes=SIZES,
        ),
        derivation="derivations/dense_tangent_kernel.py",
    ),
    _claim(
        "dense-derivative-printed",
        "eq 24",
        FALSE,
        title="derivatives of ReLUs of densely connected layers, as printed",
        statement="S'^h = 2E φ'φ' under (1/h) Σ_{k<h} S^k, with S⁰ = x·x'/d",
        variables=meanings("cosine", "q1", "q2") | {"layer": "h >= 1; for h = 0 it is 0/0"},
        assumptions=WIDE,
        as_printed="with the S⁰ that section 4.2 names",
        checks=(at_points(printed_derivative, "==", derivative, points=[{"layer": 1} | UNIT]),),
        near_miss=at_points(printed_derivative, "==", derivative, points=[{"layer": 2} | UNIT]),
        corrected_by="tangents.dense-derivative",
    ),
    _claim(
        "dense-derivative",
        "eq 24",
        MEASURED,
        title="derivatives of ReLUs of densely connected layers",
        statement="S'^h = 2E φ'φ' under the covariance of y^h, which is x·x'/d for h = 0",
        variables=meanings("cosine", "q1", "q2") | {"layer": "h"},
        assumptions=WIDE,
        checks=(
            simulated(
                sampled_derivative,
                "==",
                derivative,
                points=[*LAYERS[:2], {"layer": 3} | ANGLES[1], {"layer": 2} | ANGLES[2]],
                sizes=SIZES,
            ),
        ),
        near_miss=simulated(
            sampled_derivative, "==", printed_derivative, points=LAYERS[1:2], sizes=SIZES
        ),
    ),
    _claim(
        "dense-tangent-printed",
        "Theorem 2; eq 22; eq 79",
        FALSE,
        title="tangent kernel of the densely connected network, as printed",
        statement="K = Σ_l (1/l) Σ_{h<l} S^h m^{l+1,l}, with S⁰ = x·x'/d",
        variables=meanings(*NAMES),
        assumptions=WIDE,
        as_printed="with the S⁰ that section 4.2 names",
        checks=(at_points(printed_tangent, "==", true_tangent, points=[RIGHT]),),
        near_miss=at_points(printed_tangent, "==", true_tangent, points=[RIGHT | {"depth": 2}]),
        corrected_by="tangents.dense-tangent",
    ),
    _claim(
        "dense-tangent",
        "Theorem 2; eq 22; eq 79",
        MEASURED,
        title="tangent kernel of the densely connected network",
        statement="K = Σ_l (1/l) Σ_{h<l} S^h m^{l+1,l}, with S⁰ = 2E φφ under x·x'/d",
        variables=meanings(*NAMES),
        assumptions=WIDE,
        checks=(
            attack(tangent, "==", true_tangent, domain=DEEP | PAIR, tries=(60, 600)),
            simulated(sampled_tangent, "==", tangent, points=DEPTHS, sizes=RUNS),
        ),
        near_miss=simulated(sampled_tangent, "==", printed_tangent, points=DEPTHS[1:2], sizes=RUNS),
        derivation="derivations/dense_tangent_kernel.py",
    ),
    _claim(
        "dense-tangent-parts",
        "eq 66",
        MEASURED,
        title="the dense tangent kernel, matrix by matrix",
        statement="the gradients by W^{l,h} have the product (1/l) S^h m^{l+1,l}",
        variables=meanings(*NAMES) | LAYER | {"h": "the layer that is read"},
        assumptions=WIDE,
        checks=(simulated(sampled_part, "==", tangent_part, points=PARTS, sizes=RUNS),),
        near_miss=simulated(
            sampled_part,
            "==",
            part_of_reader,
            points=[RIGHT | {"depth": 2, "layer": 1, "h": 0}],
            sizes=RUNS,
        ),
    ),
    _claim(
        "dense-backward-factors",
        "eq 23; eq 75",
        MEASURED,
        title="backward factors of the densely connected network",
        statement="m^{l,h} = (1/l) S'^h m^{l+1,l} + m^{l+1,h} for l < L, (1/L) S'^h for l = L, and "
        "m^{L+1,L} = 1; the gradients by y^l have the product m^{l+1,l}",
        variables=meanings(*NAMES) | LAYER,
        assumptions=WIDE,
        checks=(
            simulated(
                sampled_backward,
                "==",
                backward,
                points=[
                    {"depth": depth, "layer": layer} | ANGLES[1]
                    for depth, layer in ((3, 1), (4, 2), (3, 0))
                ],
                sizes=RUNS,
            ),
        ),
        near_miss=simulated(
            sampled_backward,
            "==",
            backward_without_bypass,
            points=[{"depth": 2, "layer": 0} | ANGLES[3]],
            sizes=RUNS,
        ),
    ),
)
"""The true kernel is that of the graph of the network, and that of sampled networks."""
