"""How the angle closes in ReLU networks: Theorem B.17 of the residual paper and symprop D4."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, doubling_difference, same_order
from symprop.claims.residual_paths import PAR, distance, gap, variance
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(4, 12))
SMALL: dict[str, Any] = {"sv2": "1/4", "sa2": 0, "sw2": "1/2", "sb2": 0, "p0": 1}
LARGE: dict[str, Any] = {"sv2": 4, "sa2": 1, "sw2": 3, "sb2": "1/10", "p0": 2}
DEGENERATE: tuple[dict[str, Any], ...] = ({"sv2": 0}, {"sw2": 0}, {"sv2": 0, "sa2": 0})
VARIABLES = {
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}


def half_slope(dps: int, **setting: Any) -> arb:
    """Return ``k/2 = σ_v² σ_w² U/(4B)``, ``U = 2√2/(3π)``, ``B = 1 + σ_v² σ_w²/2``."""
    with working_bits(bits_from_dps(dps)):
        product = variance("sv2", setting, dps) * variance("sw2", setting, dps)
        return product * arb(2).sqrt() / (6 * arb.pi() * (1 + product / 2))


def inverse_root(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(1 - e)^(-1/2)`` at a layer."""
    with working_bits(bits_from_dps(dps)):
        return gap(phi="relu", depth=depth, dps=dps, **setting).rsqrt()


def per_layer(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(1 - e)^(-1/2) / depth``."""
    with working_bits(bits_from_dps(dps)):
        return inverse_root(depth, dps, **setting) / depth


def detrended(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(1 - e)^(-1/2) - (k/2) depth``."""
    with working_bits(bits_from_dps(dps)):
        return inverse_root(depth, dps, **setting) - depth * half_slope(dps, **setting)


def logarithm(factor: Fraction, dps: int, **setting: Any) -> arb:
    """Return ``factor k log 2``."""
    with working_bits(bits_from_dps(dps)):
        numerator, denominator = factor.numerator, factor.denominator
        return 2 * half_slope(dps, **setting) * arb(2).log() * numerator / denominator


def printed_gap(depth: int, dps: int, **setting: Any) -> arb:
    """Return the printed law of ``1 - e``."""
    with working_bits(bits_from_dps(dps)):
        return (half_slope(dps, **setting) * depth) ** -2


def relu_gap(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``1 - e`` at a layer."""
    return gap(phi="relu", depth=depth, dps=dps, **setting)


def cosine_gap_rate(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``log s / depth``."""
    with working_bits(bits_from_dps(dps)):
        return distance(phi="relu", depth=depth, dps=dps, **setting).log() / depth


def log_base(dps: int, **setting: Any) -> arb:
    """Return ``log(1 + σ_v² σ_w²/2)``."""
    with working_bits(bits_from_dps(dps)):
        product = variance("sv2", setting, dps) * variance("sw2", setting, dps)
        return (1 + product / 2).log()


def at(e0: str, layers: tuple[int, ...] = LAYERS, **changed: Any) -> list[dict[str, Any]]:
    """Return points of growing depth at the paper's variances, some of them changed."""
    return along(layers, e0=e0, **PAR | changed)


PRINTED = Claim(
    id="residual.relu-cosine-rate-printed",
    title="Closing of the angle in ReLU networks, as printed",
    statement=(
        "For α = 1: e → 1 and 1 - e ~ [σ_v² σ_w² U l/(4B)]^(-2), U = 2√2/(3π), B = 1 + σ_v² σ_w²/2"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.17"),
    as_printed=(
        "no hypothesis: parallel inputs have e = 1 at every layer; with σ_v = 0 or σ_w = 0 the "
        "law is 1/l instead, and with σ_a = 0 besides e does not move"
    ),
    checks=(
        same_order(relu_gap, printed_gap, points=at("1/2")),
        same_order(relu_gap, printed_gap, points=at("1")),
        *(same_order(relu_gap, DEPTH**-2, points=at("1/2", **changed)) for changed in DEGENERATE),
    ),
    near_miss=same_order(relu_gap, 1 / DEPTH, points=at("1/2")),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.relu-cosine-rate",
)

RATE = Claim(
    id="residual.relu-cosine-rate",
    title="Closing of the angle in ReLU networks",
    statement=(
        "For α = 1, σ_v, σ_w > 0 and e_0 < 1: 1 - e ~ [σ_v² σ_w² U l/(4B)]^(-2), U = 2√2/(3π), "
        "B = 1 + σ_v² σ_w²/2; and s = Θ(l^(-2) B^l)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.17"),
    as_printed="without the hypotheses",
    checks=(
        *(
            limit(per_layer, half_slope, along=points, error=sympy.log(DEPTH) / DEPTH)
            for points in (at("1/2"), at("-1"), at("999999/1000000"), at("0", **LARGE))
        ),
        limit(
            per_layer,
            half_slope,
            along=at("1/2", tuple(2**k for k in range(6, 13)), **SMALL),
            error=sympy.log(DEPTH) / DEPTH,
        ),
        same_order(
            lambda depth, dps, **setting: distance(phi="relu", depth=depth, dps=dps, **setting),
            lambda depth, dps, **setting: (
                log_base(dps, **setting) * depth - 2 * arb(depth).log()
            ).exp(),
            points=at("1/2"),
        ),
    ),
    near_miss=limit(
        per_layer,
        lambda dps, **setting: half_slope(dps, **setting) * 3 / 2,
        along=at("1/2"),
        error=sympy.log(DEPTH) / DEPTH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/relu_residual_angle.py",
)

LOGARITHM = Claim(
    id="symprop.relu-cosine-logarithm",
    title="The angle in ReLU networks to logarithmic order",
    statement=(
        "For σ_v, σ_w > 0 and e_0 < 1: (1 - e)^(-1/2) = (k/2) l + (3k/4) log l + O(1), with "
        "k = σ_v² σ_w² U/(2B), U = 2√2/(3π), B = 1 + σ_v² σ_w²/2"
    ),
    variables=VARIABLES,
    source=Source("symprop", "D4"),
    checks=tuple(
        limit(
            doubling_difference(detrended),
            partial(logarithm, sympy.Rational(3, 4)),
            along=points,
            error=sympy.log(DEPTH) / DEPTH,
        )
        for points in (at("1/2"), at("-1"), at("9/10", LAYERS[2:]), at("0", **LARGE))
    ),
    near_miss=limit(
        doubling_difference(detrended),
        partial(logarithm, sympy.Rational(1, 2)),
        along=at("1/2"),
        error=sympy.log(DEPTH) / DEPTH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/relu_residual_angle.py",
)

CLAIMS = (PRINTED, RATE, LOGARITHM)
"""Theorem B.17 and symprop D4."""
