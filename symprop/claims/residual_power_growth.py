"""Lengths in alpha-ReLU networks: Theorems B.16 and C.28 of the residual paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, same_order
from symprop.claims.residual_paths import PAR, length, variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS", "grown", "leading", "path_length", "steepness"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
DEPTH = sympy.Symbol("depth", positive=True)
ALPHA = sympy.Symbol("alpha", real=True)
KAPPA = ALPHA / (1 - ALPHA)
LAYERS = tuple(2**k for k in range(3, 13))
VARIABLES = {
    "alpha": "exponent of the activation",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b², >= 0",
    "p0": "squared length of the input over the width, >= 0",
    "depth": "layer l",
}


def steepness(alpha: Fraction, sv2: Any, sw2: Any, dps: int) -> arb:
    """Return ``A = sv^2 sw^(2 alpha) c_alpha`` of ``p' = p + A (p + B)^alpha + C``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        power, half = as_ball(alpha, bits), arb(1) / 2
        c_alpha = 2 ** (power - 1) * (power + half).gamma() / arb.pi().sqrt()
        return as_ball(sv2, bits) * as_ball(sw2, bits) ** power * c_alpha


def leading(alpha: Fraction, sv2: Any, sw2: Any, dps: int) -> arb:
    """Return ``K_1 = [A (1 - alpha)]^(1/(1 - alpha))``."""
    with working_bits(bits_from_dps(dps)):
        rest = 1 - as_ball(alpha, bits_from_dps(dps))
        return (steepness(alpha, sv2, sw2, dps) * rest) ** (1 / rest)


def path_length(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p`` at a layer of an alpha-ReLU network."""
    return length(phi=f"alpha_relu:{alpha}", depth=depth, dps=dps, **setting)


def scaled_length(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p / depth^(1/(1 - alpha))``."""
    with working_bits(bits_from_dps(dps)):
        power = 1 / (1 - as_ball(alpha, bits_from_dps(dps)))
        return path_length(alpha, depth, dps, **setting) / arb(depth) ** power


def base_power(sv2: Any, sw2: Any, depth: int, dps: int) -> arb:
    """Return ``(1 + sv^2 sw^2 / 2)^depth``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return (1 + as_ball(sv2, bits) * as_ball(sw2, bits) / 2) ** depth


def exponential(doubled: int, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``A + (p_0 - A) B^depth``, ``-A = (doubled σ_a² + σ_b² σ_v²) / (σ_v² σ_w²)``."""
    with working_bits(bits_from_dps(dps)):
        sv2, sa2, sw2, sb2, p0 = (variance(name, setting, dps) for name in PAR)
        fixed = -(doubled * sa2 + sb2 * sv2) / (sv2 * sw2)
        return fixed + (p0 - fixed) * base_power(setting["sv2"], setting["sw2"], depth, dps)


def relu_length(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p`` at a layer of a ReLU network."""
    return length(phi="relu", depth=depth, dps=dps, **setting)


def grown(alpha: str, layers: tuple[int, ...] = LAYERS, **changed: Any) -> list[dict[str, Any]]:
    """Return points of growing depth at the paper's variances, some of them changed."""
    return along(layers, alpha=alpha, **PAR | changed)


ZERO = {"p0": 0, "sa2": 0, "sb2": 0}

RELU_PRINTED = Claim(
    id="residual.relu-length-growth-printed",
    title="Exponential growth of lengths in ReLU networks, as printed",
    statement="For α = 1: p = Θ((1 + σ_v² σ_w²/2)^l)",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.16; Theorem C.28"),
    as_printed=(
        "no hypothesis on the variances: with σ_v = 0 or σ_w = 0 the base is 1 but p grows "
        "linearly, and a zero input without biases keeps p = 0"
    ),
    checks=tuple(
        same_order(
            relu_length,
            base_power,
            points=along((4, 8, 16, 32, 64, 128), **PAR | changed),
        )
        for changed in ({}, {"sv2": 0}, {"sw2": 0}, ZERO)
    ),
    near_miss=same_order(
        relu_length,
        lambda sv2, sw2, depth, dps: base_power(sv2, sw2 / 2, depth, dps),
        points=along((4, 8, 16, 32, 64, 128), **PAR),
    ),
    expected=FALSE,
    corrected_by="residual.relu-length-growth",
)

EXPONENTIAL_PRINTED = Claim(
    id="residual.relu-length-solution-printed",
    title="Exact lengths in ReLU networks, as printed",
    statement=(
        "For α = 1 and σ_v, σ_w > 0: p = A + C B^l with A = -(σ_a² + σ_b² σ_v²)/(σ_v² σ_w²), "
        "B = 1 + σ_v² σ_w²/2"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem C.28, proof"),
    as_printed="the fraction is reconstructed; in it σ_a² lacks the factor 2 unless σ_a = 0",
    checks=(at_points(relu_length, "==", partial(exponential, 1), points=along((1, 2, 3), **PAR)),),
    near_miss=at_points(relu_length, "==", partial(exponential, 3), points=along((1, 2, 3), **PAR)),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.relu-length-growth",
)

RELU = Claim(
    id="residual.relu-length-growth",
    title="Exact lengths in ReLU networks",
    statement=(
        "For α = 1 and σ_v, σ_w > 0: p = A + (p_0 - A) B^l with A = -(2σ_a² + σ_b² σ_v²)/"
        "(σ_v² σ_w²) and B = 1 + σ_v² σ_w²/2; so p = Θ(B^l) unless p_0 = σ_a = σ_b = 0"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.16; Theorem C.28; Figure B.5"),
    as_printed=(
        "only the order; the hypotheses and the factor 2 are added. Section 5 gives the growth as "
        "that of the differential equation, exp(σ_v² σ_w² l/2), which is faster"
    ),
    checks=(
        attack(
            relu_length,
            "==",
            partial(exponential, 2),
            domain={
                "sv2": Real("1/100", 10),
                "sa2": Real(0, 10),
                "sw2": Real("1/100", 10),
                "sb2": Real(0, 10),
                "p0": Real(0, 100),
                "depth": Integer(0, 60),
            },
            assuming=lambda sb2, p0: p0 > 0 or sb2 > 0,
            tries=(20, 300),
        ),
        at_points(
            relu_length,
            "==",
            partial(exponential, 2),
            points=along((1, 10, 400), **PAR | {"sb2": 0, "p0": 0}),
        ),
    ),
    near_miss=at_points(relu_length, "==", partial(exponential, 1), points=along((1, 10), **PAR)),
    expected=SAMPLED,
)

POWER_PRINTED = Claim(
    id="residual.power-relu-length-growth-printed",
    title="Power law of lengths in alpha-ReLU networks, as printed",
    statement=(
        "For 0 < α < 1: p = Θ(l^(1/(1-α))), and p / l^(1/(1-α)) → "
        "[σ_v² σ_w^(2α) c_α (1-α)]^(1/(1-α))"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.16"),
    as_printed=(
        "no hypothesis on the variances: with σ_v = 0 or σ_w = 0, p is linear; a zero input "
        "without biases keeps p = 0"
    ),
    checks=tuple(
        same_order(
            path_length,
            DEPTH ** (1 / (1 - ALPHA)),
            points=grown("3/4", (64, 128, 256, 512, 1024, 2048), **changed),
        )
        for changed in ({}, {"sv2": 0}, {"sw2": 0}, ZERO)
    ),
    near_miss=same_order(path_length, DEPTH, points=grown("3/4", (64, 128, 256, 512, 1024, 2048))),
    expected=FALSE,
    corrected_by="residual.power-relu-length-growth",
)

POWER = Claim(
    id="residual.power-relu-length-growth",
    title="Power law of lengths in alpha-ReLU networks",
    statement=(
        "For 0 < α < 1, σ_v, σ_w > 0 and not p_0 = σ_a = σ_b = 0: p / l^(1/(1-α)) → "
        "[σ_v² σ_w^(2α) c_α (1-α)]^(1/(1-α))"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.16; Figure C.14"),
    as_printed="without the hypotheses",
    checks=(
        *(
            limit(scaled_length, leading, along=points, error=sympy.log(DEPTH) / DEPTH)
            for points in (
                grown("1/10", sa2=0),
                grown("1/2"),
                grown("1/2", p0=0, sa2=0),
                grown("11/20"),
                grown("9/10", tuple(2**k for k in range(10, 15))),
            )
        ),
        limit(scaled_length, leading, along=grown("2/5"), error=DEPTH**-KAPPA),
    ),
    near_miss=limit(
        scaled_length,
        lambda alpha, sv2, sw2, dps: leading(alpha, 2 * sv2, sw2, dps),
        along=grown("1/2"),
        error=sympy.log(DEPTH) / DEPTH,
    ),
    expected=SAMPLED,
)

CLAIMS = (RELU_PRINTED, EXPONENTIAL_PRINTED, RELU, POWER_PRINTED, POWER)
"""Theorems B.16 and C.28."""
