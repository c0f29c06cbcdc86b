r"""Lengths in networks with tanh-like activations: Theorems B.2, B.9 of the residual paper, D2.

With ``1 - V(q) = C_φ q^(-1/2) + o(q^(-1))``, ``C_φ = √(2/π) ∫_0^∞ (1 - φ²)``, summation gives
``p = b_0 l + b_1 √l + b_2 log l + O(1)``. The printed constants are those of tanh, ``C = √(2/π)``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import sympy
from flint import arb

from symprop.claims.orders import along, doubling_difference, same_order
from symprop.claims.residual_paths import PAR, hidden_length, length, variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS", "coefficients"]

DEPTH = sympy.Symbol("depth", positive=True)
ROOT = DEPTH ** -sympy.Rational(1, 2)
LAYERS = tuple(2**k for k in range(3, 11))
LATE = tuple(2**k for k in range(6, 13))
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
TANH = sympy.sqrt(2 / sympy.pi)
MIXED = (1 + sympy.sqrt(2)) / (2 * sympy.pi)
SATURATION = {
    "tanh": TANH,
    "tanh(2*x)": TANH / 2,
    "erf": 2 / sympy.pi,
    "erf(x)/2+sign(x)/2": MIXED,
    "sign": sympy.S.Zero,
}
"""``C_φ`` of activations that saturate faster than any power."""

REDUCED: dict[str, Any] = {"sv2": 1, "sa2": 0, "sw2": "169/100", "sb2": "49/100", "p0": 1}
NOTHING: dict[str, Any] = {"sa2": 0, "sb2": 0, "p0": 0}
VARIABLES = {
    "phi": "tanh-like activation",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the input over the width",
    "depth": "layer l",
}


def coefficients(saturation: Any, dps: int, **setting: Any) -> tuple[arb, arb, arb, arb]:
    """Return ``b_0, b_1, b_2`` for a given ``C_φ``, and ``k = σ_v² C_φ/(σ_w b_0)``."""
    with working_bits(bits_from_dps(dps)):
        v, a, w = (variance(name, setting, dps) for name in ("sv2", "sa2", "sw2"))
        base = v + a
        k = v * as_ball(saturation, bits_from_dps(dps)) / (w.sqrt() * base)
        return base, -2 * k * base.sqrt(), -(k**2), k


def detrended(saturation: Any, phi: str, depth: int, dps: int, **setting: Any) -> arb:
    """Return p less the three terms, and less ``k³ log(b_0 l) (b_0 l)^(-1/2)``, which falls."""
    c = SATURATION[phi] if saturation is None else saturation
    p = length(phi=phi, depth=depth, dps=dps, **setting)
    b0, b1, b2, k = coefficients(c, dps, **setting)
    with working_bits(bits_from_dps(dps)):
        depth_ball = arb(depth)
        small = k**3 * (b0 * depth).log() / (b0 * depth).sqrt()
        return p - b0 * depth - b1 * depth_ball.sqrt() - b2 * depth_ball.log() - small


def hidden_detrended(saturation: Any, phi: str, depth: int, dps: int, **setting: Any) -> arb:
    """Return q less ``σ_w²`` times the same terms."""
    q = hidden_length(phi=phi, depth=depth, dps=dps, **setting)
    p = length(phi=phi, depth=depth, dps=dps, **setting)
    with working_bits(bits_from_dps(dps)):
        w = variance("sw2", setting, dps)
        return q + w * (detrended(saturation, phi, depth, dps, **setting) - p)


def turned(phi: str, depth: int, dps: int, **setting: Any) -> arb:
    """Return p less the terms of tanh with the sign of the logarithm turned."""
    value = detrended(TANH, phi, depth, dps, **setting)
    with working_bits(bits_from_dps(dps)):
        return value + 2 * coefficients(TANH, dps, **setting)[2] * arb(depth).log()


def mean_growth(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p / l``."""
    with working_bits(bits_from_dps(dps)):
        return length(depth=depth, dps=dps, **setting) / depth


def idle_length(phi: str, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(σ_v² Vφ(σ_b²) + σ_a²) l + p_0``."""
    from symprop.gaussian.transforms import v_transform

    with working_bits(bits_from_dps(dps)):
        v, a, p0 = (variance(name, setting, dps) for name in ("sv2", "sa2", "p0"))
        second = (
            0 if setting["sb2"] == 0 else v_transform(phi).enclose(setting["sb2"], dps=dps).ball
        )
        return (v * second + a) * depth + p0


def expanding(phi: str, saturation: Any, variances: dict[str, Any]) -> Any:
    """Return the check that p less the three terms stays bounded: its doublings differ less."""
    return limit(
        doubling_difference(partial(detrended, saturation)),
        0,
        along=along(LAYERS, phi=phi, **variances),
        error=ROOT,
    )


def growing(phi: str, variances: dict[str, Any], layers: tuple[int, ...] = LAYERS) -> Any:
    """Return the check that ``p/l`` tends to ``σ_v² + σ_a²``."""
    return limit(
        mean_growth,
        lambda sv2, sa2: sv2 + sa2,
        along=along(layers, phi=phi, **variances),
        error=ROOT,
    )


IDLE = at_points(
    length,
    "==",
    idle_length,
    points=grid(
        phi=("tanh", "erf"),
        sv2=("3/2",),
        sa2=("0", "1/2"),
        sw2=("0",),
        sb2=("0", "49/100"),
        p0=("0", "1"),
        depth=(1, 7),
    ),
)
EMPTY = same_order(mean_growth, 1, points=along(LAYERS, phi="tanh", **PAR | NOTHING))

REDUCED_PRINTED = Claim(
    id="residual.reduced-length-growth-printed",
    title="Growth of lengths in reduced networks, as printed",
    statement=(
        "φ tanh-like. If σ_w = 0: p = l Vφ(σ_b²) + p_0. If σ_w > 0: p/l → 1 and q/(σ_w² l) → 1; "
        "for tanh p = l - 2C √l/σ_w - C² log l/σ_w² + O(1), C = √(2/π)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.2"),
    as_printed="a zero input without biases, p = 0 at every layer, is not excluded",
    checks=(
        expanding("tanh", TANH, REDUCED),
        same_order(mean_growth, 1, points=along(LAYERS, phi="tanh", **REDUCED | NOTHING)),
    ),
    near_miss=expanding("erf", TANH, REDUCED),
    expected=FALSE,
    corrected_by="residual.reduced-length-growth",
)

REDUCED_GROWTH = Claim(
    id="residual.reduced-length-growth",
    title="Growth of lengths in reduced networks",
    statement=(
        "φ tanh-like. If σ_w = 0: p = l Vφ(σ_b²) + p_0. If σ_w > 0 and not p_0 = σ_b = 0: p/l → 1 "
        "and q/(σ_w² l) → 1; for tanh p = l - 2C √l/σ_w - C² log l/σ_w² + O(1) and q = σ_w² l - "
        "2C σ_w √l - C² log l + O(1), C = √(2/π)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.2"),
    as_printed="a zero input without biases is not excluded",
    checks=(
        IDLE,
        growing("sign", REDUCED),
        growing("erf", REDUCED | {"p0": 0}),
        growing("erf(x)/2+erf(x/8)/2", REDUCED | {"sb2": 0}, LATE),
        expanding("tanh", TANH, REDUCED),
        expanding("tanh", TANH, REDUCED | {"sw2": "1/4", "sb2": 0}),
        limit(
            doubling_difference(partial(hidden_detrended, TANH)),
            0,
            along=along(LAYERS, phi="tanh", **REDUCED),
            error=ROOT,
        ),
    ),
    near_miss=limit(
        doubling_difference(turned),
        0,
        along=along(LAYERS, phi="tanh", **REDUCED | {"sw2": "1/4"}),
        error=ROOT,
    ),
    expected=SAMPLED,
)

LOGARITHM_PRINTED = Claim(
    id="residual.reduced-length-growth-proof-printed",
    title="Logarithm in the growth of lengths, as the proof of the gradient law prints it",
    statement=(
        "For tanh in a reduced network, σ_w > 0: p = l + b_1 √l + b_2 log l + O(1) with b_1 = "
        "-2C/σ_w, b_2 = C²/σ_w², C = √(2/π)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.6, proof"),
    as_printed=(
        "b_2 without the minus sign of Theorem B.2; A and B do not depend on it. Doubtful: the "
        "text has the sign of b_1 in the same line, but loses some elsewhere"
    ),
    checks=(
        limit(
            doubling_difference(turned),
            0,
            along=along(LAYERS, phi="tanh", **REDUCED),
            error=ROOT,
        ),
    ),
    near_miss=limit(
        doubling_difference(turned),
        1,
        along=along(LAYERS, phi="tanh", **REDUCED),
        error=ROOT,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.reduced-length-growth",
)

FULL_PRINTED = Claim(
    id="residual.full-length-growth-printed",
    title="Growth of lengths in full networks, as printed",
    statement=(
        "φ tanh-like, σ_w > 0: p = b_0 l + b_1 √l + b_2 log l + O(1) with b_0 = σ_v² + σ_a², "
        "b_1 = -2C σ_v²/(σ_w √b_0), b_2 = -C² σ_v⁴/(σ_w² b_0²), C = √(2/π)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.9"),
    as_printed=(
        "every tanh-like activation gets the constant C of tanh: already p = b_0 l + p_0 for sign; "
        "a zero input without biases is not excluded"
    ),
    checks=(
        expanding("tanh", TANH, PAR),
        expanding("erf", TANH, PAR),
        expanding("sign", TANH, PAR),
        EMPTY,
    ),
    near_miss=expanding("tanh(2*x)", TANH, PAR),
    expected=FALSE,
    corrected_by="residual.full-length-growth",
)

FULL_GROWTH = Claim(
    id="residual.full-length-growth",
    title="Growth of lengths in full networks",
    statement=(
        "φ tanh-like with ∫_0^∞ x² (1 - φ²) finite, σ_w > 0, σ_v² + σ_a² > 0, not p_0 = σ_a = "
        "σ_b = 0: p = b_0 l + b_1 √l + b_2 log l + O(1), b_0 = σ_v² + σ_a², "
        "b_1 = -2C_φ σ_v²/(σ_w √b_0), b_2 = -C_φ² σ_v⁴/(σ_w² b_0²), C_φ = √(2/π) ∫_0^∞ (1 - φ²); "
        "q the same times σ_w². If σ_w = 0: p = (σ_v² Vφ(σ_b²) + σ_a²) l + p_0"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.9; Figure B.3"),
    as_printed="with the constant of tanh for every φ",
    checks=(
        IDLE,
        *(expanding(phi, None, PAR) for phi in SATURATION),
        expanding("tanh", None, PAR | {"sv2": 0}),
        expanding("erf", None, PAR | NOTHING | {"p0": "1/100"}),
        limit(
            doubling_difference(partial(hidden_detrended, TANH)),
            0,
            along=along(LAYERS, phi="tanh", **PAR),
            error=ROOT,
        ),
    ),
    near_miss=expanding("tanh", 11 * TANH / 10, PAR),
    expected=SAMPLED,
)

LEADING = Claim(
    id="residual.length-growth",
    title="Linear growth of lengths in tanh networks",
    statement=(
        "For tanh and all variances > 0: p/l → 1 in reduced and p/l → σ_v² + σ_a² in full networks"
    ),
    variables=VARIABLES,
    source=Source("residual", "Section 5, length growth"),
    checks=(
        growing("tanh", REDUCED),
        growing("tanh", PAR),
        growing("tanh", PAR | {"sv2": 4, "sa2": "1/10", "p0": 0}),
    ),
    near_miss=limit(
        mean_growth, lambda sv2: sv2, along=along(LAYERS, phi="tanh", **PAR), error=ROOT
    ),
    expected=SAMPLED,
)

CLAIMS = (REDUCED_PRINTED, REDUCED_GROWTH, LOGARITHM_PRINTED, FULL_PRINTED, FULL_GROWTH, LEADING)
"""Theorems B.2 and B.9, and the growth of section 5."""
