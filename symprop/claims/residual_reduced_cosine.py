r"""How the angle opens in reduced networks: Theorem B.4 of the residual paper.

Where ``λ = σ_w² γ + σ_b²`` vanishes so does W, and γ stays where it is. Otherwise λ keeps its sign
and ``dγ/dp ~ (2/π) λ/q`` makes γ of the order ``p^(2/π)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, measured, same_order
from symprop.claims.residual_paths import covariance, gap, residual_path, variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
POWER = 2 / sympy.pi
HALF = sympy.Rational(1, 2)
LAYERS = tuple(2**k for k in range(2, 10))
DEEP = tuple(2**k for k in range(2, 13))
REDUCED = {"sw2": "169/100", "sb2": "49/100", "p0": 1}
DYADIC = {"sw2": 1, "sb2": "1/2", "p0": 1}
VARIABLES = {
    "phi": "tanh-like activation",
    "sw2, sb2": "variances σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}


def cosine(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``e`` at a layer."""
    return residual_path(depth=depth, dps=dps, **setting).e[depth]


def hidden_covariance(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``λ`` at a layer, from γ of the layer below."""
    gamma = covariance(depth=depth - 1, dps=dps, **setting)
    with working_bits(bits_from_dps(dps)):
        return variance("sw2", setting, dps) * gamma + variance("sb2", setting, dps)


def relative_exponent(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``log |γ(2 depth)/γ(depth)| / log (p(2 depth)/p(depth))``."""
    path = residual_path(depth=2 * depth, dps=dps, **setting)
    with working_bits(bits_from_dps(dps)):
        growth = abs(path.gamma[2 * depth] / path.gamma[depth]).log()
        return growth / (path.p[2 * depth] / path.p[depth]).log()


def at(
    phi: str, e0: str, variances: dict[str, Any], layers: tuple[int, ...] = LAYERS, **changed: Any
) -> list[dict[str, Any]]:
    """Return points of growing depth, some of the variances changed."""
    return along(layers, phi=phi, e0=e0, **variances | changed)


def opening(phi: str, e0: str, layers: tuple[int, ...] = LAYERS, **changed: Any) -> Any:
    """Return the check that γ grows like ``p^(2/π)``."""
    return limit(
        relative_exponent, POWER, along=at(phi, e0, REDUCED, layers, **changed), error=DEPTH**-HALF
    )


def correlation(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``|λ|/q`` at a layer."""
    return abs(residual_path(depth=depth, dps=dps, **setting).c[depth])


def next_correlation(depth: int, dps: int, **setting: Any) -> arb:
    """Return the same at the next layer."""
    return correlation(depth + 1, dps, **setting)


def growth_of_covariance(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``log |λ_{l+1}/λ_l|``."""
    here, there = (hidden_covariance(layer, dps, **setting) for layer in (depth, depth + 1))
    with working_bits(bits_from_dps(dps)):
        return abs(there / here).log()


def growth_of_length(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(2/π) log(q_{l+1}/q_l)``."""
    q = residual_path(depth=depth + 1, dps=dps, **setting).q
    with working_bits(bits_from_dps(dps)):
        return 2 * (q[depth + 1] / q[depth]).log() / arb.pi()


def moving(sw2: Fraction, sb2: Fraction, p0: Fraction, e0: Fraction) -> bool:
    """Whether ``λ`` of the first layer is not 0."""
    return sw2 * p0 * e0 + sb2 != 0


PRINTED = Claim(
    id="residual.reduced-cosine-decay-printed",
    title="Opening of the angle in reduced networks, as printed",
    statement=(
        "φ tanh-like, e_0 < 1. If σ_w = 0: e → 1, 1 - e = Θ(1/l). If σ_w > 0: γ = Θ(l^(2/π)) "
        "and e → 0 like Θ(l^(2/π - 1))"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.4"),
    as_printed=(
        "false at e_0 = -σ_b²/(σ_w² p_0), where λ = 0 and γ never moves, so e = Θ(1/l); with "
        "σ_b = 0 false at e_0 = 0 (γ = 0) and -1 (e = -1); with σ_w = σ_b = 0 nothing moves"
    ),
    checks=(
        same_order(covariance, DEPTH**POWER, points=at("tanh", "1/2", REDUCED)),
        measured(covariance, POWER, points=at("tanh", "-1/2", DYADIC), resolution="1/20"),
        same_order(covariance, DEPTH**POWER, points=at("erf", "0", REDUCED, sb2=0)),
        measured(cosine, POWER - 1, points=at("erf", "-1", REDUCED, sb2=0), resolution="1/20"),
        same_order(gap, 1 / DEPTH, points=at("erf", "1/2", REDUCED, sw2=0)),
        same_order(gap, 1 / DEPTH, points=at("erf", "1/2", REDUCED, sw2=0, sb2=0)),
    ),
    near_miss=same_order(covariance, DEPTH, points=at("sign", "1/2", REDUCED, DEEP)),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.reduced-cosine-decay",
)

DECAY = Claim(
    id="residual.reduced-cosine-decay",
    title="Opening of the angle in reduced networks",
    statement=(
        "φ tanh-like, e_0 < 1. If σ_w = 0 < σ_b: 1 - e = Θ(1/l). If σ_w > 0, "
        "e_0 ≠ -σ_b²/(σ_w² p_0) and not σ_b = 0 with e_0 = -1: λ keeps the sign it has first, γ "
        "takes it sooner or later, |γ| = Θ(p^(2/π)) and |e| = Θ(l^(2/π - 1)). If "
        "e_0 = -σ_b²/(σ_w² p_0), γ is constant"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.4"),
    as_printed="without the exceptions; slow saturation of φ does not matter",
    checks=(
        opening("tanh", "1/2"),
        opening("tanh", "-1"),
        opening("erf", "-1/3", sb2=0),
        opening("sign", "999/1000", DEEP[2:-1]),
        opening("sign", "-2/3", DEEP[2:-1]),
        opening("erf(x)/2+erf(x/8)/2", "0", DEEP[2:-1]),
        at_points(covariance, "==", -HALF, points=at("tanh", "-1/2", DYADIC, (1, 10, 100))),
        at_points(covariance, "<", 0, points=at("erf", "-1/3", REDUCED)),
        # a start between -σ_b²/(σ_w² p_0) and 0: λ > 0 at once, γ > 0 later
        at_points(covariance, "<", 0, points=at("erf", "-1/4", REDUCED, (0, 1, 4))),
        at_points(hidden_covariance, ">", 0, points=at("erf", "-1/4", REDUCED, (1, 4, 512))),
        at_points(covariance, ">", 0, points=at("erf", "-1/4", REDUCED, (256, 512))),
        same_order(gap, 1 / DEPTH, points=at("tanh", "-1", REDUCED, sw2=0)),
    ),
    near_miss=limit(
        relative_exponent,
        sympy.Rational(13, 20),
        along=at("sign", "1/2", REDUCED, DEEP[:-1]),
        error=DEPTH ** -sympy.Rational(7, 10),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SETTINGS = {
    "sw2": Real("1/100", 10),
    "sb2": Real(0, 5),
    "p0": Real("1/100", 100),
    "e0": Real(-1, 1),
    "depth": Integer(1, 12),
}
CONCAVE = OneOf(("sign", "erf", "tanh"))
MONOTONE = Claim(
    id="residual.reduced-cosine-monotone",
    title="The angle opens at every layer of a reduced network",
    statement=(
        "φ tanh-like, σ_w > 0: |λ|/q never rises with depth; if moreover φ is concave on x > 0, "
        "|λ| q^(-2/π) never falls: with c = |λ|/q, c (E |z φ(√q z)|)² <= W <= c V, and (E |z φ|)² "
        ">= (2/π) V for concave φ, so |λ_l| >= |λ_1| (q_l/q_1)^(2/π) at every layer"
    ),
    variables=VARIABLES,
    assumptions=("λ_1 ≠ 0",),
    source=Source("residual", "Theorem B.4, proof"),
    as_printed=(
        "'c drops monotonically until some threshold': at every layer; the lower bound makes the "
        "half Ω(l^(2/π - ε)) of the proof explicit and free of ε"
    ),
    checks=(
        attack(
            next_correlation,
            "<=",
            correlation,
            domain={"phi": CONCAVE, **SETTINGS},
            assuming=moving,
            tries=(20, 200),
        ),
        attack(
            growth_of_covariance,
            ">=",
            growth_of_length,
            domain={"phi": CONCAVE, **SETTINGS},
            assuming=moving,
            tries=(25, 250),
        ),
    ),
    near_miss=attack(
        growth_of_covariance,
        ">=",
        lambda depth, dps, **setting: growth_of_length(depth, dps, **setting) * 26 / 25,
        domain={"phi": CONCAVE, **SETTINGS},
        assuming=moving,
        tries=(25, 250),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (PRINTED, DECAY, MONOTONE)
"""Theorem B.4."""
