r"""How the angle settles in full tanh networks: Theorems B.11, C.25 of the residual paper, D3.

Near its fixed point ``d = e - e*`` obeys ``d' = d - (δ*/l) d + F l^(-3/2) + ...``, where the
forcing ``F = e* σ_v² C/(σ_w b_0^(3/2))`` comes from ``1 - V``. Hence
``d = K' l^(-δ*) + P l^(-1/2) + ...`` with ``P = -F/(1/2 - δ*)`` and K' set by the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, local_exponent, measured, same_order
from symprop.claims.residual_fixed_angle import e_star, minus_delta_star
from symprop.claims.residual_paths import PAR, distance, gap, residual_path, variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(2, 10))
DEEPER = tuple(2**k for k in range(3, 12))
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SMALL_RATIO = {"sv2": 1, "sa2": "1/50", "sw2": 1, "sb2": "1/10", "p0": 1}
MIXED = {"sv2": 2, "sa2": "1/5", "sw2": "1/2", "sb2": 1, "p0": 3}
UNBIASED = {"sv2": 1, "sa2": 0, "sw2": 1, "sb2": "1/2", "p0": 1}
# a root of K', fitted to d at layers 256 to 2048 of SMALL_RATIO with two terms below l^(-1/2)
EXCEPTIONAL = "-234658274495/1000000000000"
VARIABLES = {
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}
CONSTANTS = (
    "e* and δ* as in section 5",
    "P = -e* σ_v² √(2/π)/(σ_w b_0^(3/2) (1/2 - δ*)), b_0 = σ_v² + σ_a²",
)


def deviation(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``e - e*`` at a layer."""
    path = residual_path(phi="tanh", depth=depth, dps=dps, **setting)
    with working_bits(bits_from_dps(dps)):
        return path.e[depth] - e_star(setting["sv2"], setting["sa2"], dps)


def forced(sv2: Fraction, sa2: Fraction, sw2: Fraction, dps: int) -> arb:
    """Return ``P``, the coefficient of ``l^(-1/2)`` in ``e - e*``."""
    with working_bits(bits_from_dps(dps)):
        named = {"sv2": sv2, "sa2": sa2, "sw2": sw2}
        v, a, w = (variance(name, named, dps) for name in named)
        rest = arb(1) / 2 + minus_delta_star(sv2, sa2, dps)
        pull = v * (2 / arb.pi()).sqrt() / (w.sqrt() * (v + a) ** (arb(3) / 2))
        return -e_star(sv2, sa2, dps) * pull / rest


def free_part(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``e - e* - P l^(-1/2)``."""
    with working_bits(bits_from_dps(dps)):
        forcing = forced(setting["sv2"], setting["sa2"], setting["sw2"], dps)
        return deviation(depth, dps, **setting) - forcing / arb(depth).sqrt()


def scaled(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``(e - e*) l^(1/2)``."""
    with working_bits(bits_from_dps(dps)):
        return deviation(depth, dps, **setting) * arb(depth).sqrt()


def printed_rate(sv2: Fraction, sa2: Fraction, depth: int, dps: int) -> arb:
    """Return ``l^(-δ*)``."""
    with working_bits(bits_from_dps(dps)):
        return arb(depth) ** minus_delta_star(sv2, sa2, dps)


def tanh_gap(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``1 - e`` at a layer."""
    return gap(phi="tanh", depth=depth, dps=dps, **setting)


def tanh_distance(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``s`` at a layer."""
    return distance(phi="tanh", depth=depth, dps=dps, **setting)


def at(
    variances: dict[str, Any], e0: str, layers: tuple[int, ...] = LAYERS, **changed: Any
) -> list[dict[str, Any]]:
    """Return points of growing depth, some of the variances changed."""
    return along(layers, e0=e0, **variances | changed)


def deeper(
    quantity: Any, value: Any, variances: dict[str, Any], e0: str, *, error: sympy.Expr
) -> Any:
    """Return the check of a limit, to half the depth in the quick tier."""
    shorter, longer = (
        limit(quantity, value, along=at(variances, e0, layers), error=error)
        for layers in (DEEPER[:-2], DEEPER[:-1])
    )
    return lambda context: context.pick((shorter, longer))(context)


def settling(variances: dict[str, Any], e0: str) -> Any:
    """Return the check of the exponent of ``e - e* - P l^(-1/2)``."""
    return deeper(local_exponent(free_part), minus_delta_star, variances, e0, error=DEPTH**-HALF)


HALF = sympy.Rational(1, 2)
POWERS_OF_LENGTH = ("1/2", "1", "1", "3/2")  # of p; the second 1 stands for the logarithm
EXPLODED = measured(
    deviation,
    minus_delta_star,
    points=at(UNBIASED, "-1/2", DEEPER),
    corrections=POWERS_OF_LENGTH,
    resolution="1/20",
)
SLOWER = measured(
    deviation,
    minus_delta_star,
    points=at(SMALL_RATIO, EXCEPTIONAL, DEEPER),
    corrections=POWERS_OF_LENGTH[:3],
    resolution="1/20",
)

PRINTED = Claim(
    id="residual.tanh-cosine-rate-printed",
    title="Settling of the angle in tanh networks, as printed",
    statement=(
        "If e_0 < 1: for σ_w = 0, 1 - e = Θ(1/l); for σ_w > 0, e → e*, the unique fixed point "
        "other than 1, and |e - e*| = Θ(l^(-δ*))"
    ),
    variables=VARIABLES,
    assumptions=CONSTANTS[:1],
    source=Source("residual", "Theorem B.11; Section 5, fixed point of tanh"),
    as_printed=(
        "false at the starts where the coefficient of l^(-δ*) vanishes: with σ_a = 0 this is "
        "e_0 = -σ_b²/(σ_w² p_0), where γ never moves and e = Θ(1/l); with σ_a > 0 it leaves "
        "l^(-1/2); with σ_a = σ_b = 0 the starts 0 and -1 stay; and with σ_w = 0 nothing moves "
        "if σ_a = 0 and σ_b = 0 or σ_v = 0. The printed range [2/π - 1, 1/2) of δ* is not "
        "false, but a sign is lost: it is [1 - 2/π, 1/2)"
    ),
    checks=(
        same_order(free_part, printed_rate, points=at(SMALL_RATIO, "1/2")),
        EXPLODED,
        SLOWER,
        same_order(deviation, printed_rate, points=at(UNBIASED, "0", sb2=0)),
        measured(deviation, minus_delta_star, points=at(UNBIASED, "-1", sb2=0), resolution="1/20"),
        same_order(tanh_gap, 1 / DEPTH, points=at(UNBIASED, "1/2", sw2=0)),
        same_order(tanh_gap, 1 / DEPTH, points=at(UNBIASED, "1/2", sw2=0, sb2=0)),
    ),
    near_miss=same_order(free_part, 1 / DEPTH, points=at(SMALL_RATIO, "1/2")),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-cosine-rate",
)

ALMOST_PRINTED = Claim(
    id="residual.tanh-cosine-rate-almost-printed",
    title="Settling of the angle in tanh networks up to small powers, as printed",
    statement="If e_0 < 1, |e - e*| is Ω(l^(-δ* - ε)) and O(l^(-δ* + ε)) for every ε > 0",
    variables=VARIABLES,
    assumptions=(*CONSTANTS[:1], "σ_v, σ_w > 0, as in the proof"),
    source=Source("residual", "Theorem C.25"),
    as_printed=(
        "the lower half fails at the exceptional starts: the exponent is then -1/2 or, with "
        "σ_a = 0, -1, and 1/2 - δ* > 0 leaves room for ε"
    ),
    checks=(EXPLODED, SLOWER),
    near_miss=measured(
        deviation,
        lambda sv2, sa2, dps: minus_delta_star(sv2, sa2, dps) / 2,
        points=at(SMALL_RATIO, EXCEPTIONAL, DEEPER),
        corrections=POWERS_OF_LENGTH[:3],
        resolution="1/20",
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-cosine-rate",
)

RATE = Claim(
    id="residual.tanh-cosine-rate",
    title="Settling of the angle in tanh networks",
    statement=(
        "If e_0 < 1 and σ_v, σ_w > 0, not σ_a = σ_b = 0 with e_0 = -1: e - e* = K' l^(-δ*) + "
        "P l^(-1/2) + ..., so |e - e*| = Θ(l^(-δ*)) unless K' = 0, and s = Θ(l). K' rises with e_0 "
        "and changes sign in [-1, 1) for some variances; where it vanishes the rate is "
        "l^(-1/2), and l^(-1) if σ_a = 0 < σ_b"
    ),
    variables=VARIABLES,
    assumptions=CONSTANTS,
    source=Source("residual", "Theorem B.11; Theorem C.25; Section 5, fixed point of tanh"),
    as_printed="without the exceptional starts",
    checks=(
        settling(SMALL_RATIO, "-1"),
        settling(UNBIASED, "9/10"),
        limit(
            scaled,
            forced,
            along=at(SMALL_RATIO, EXCEPTIONAL, DEEPER),
            error=DEPTH ** -sympy.Rational(2, 5),
        ),
        same_order(deviation, 1 / DEPTH, points=at(UNBIASED, "-1/2")),
        at_points(free_part, "<", 0, points=at(SMALL_RATIO, "-1")),
        at_points(free_part, ">", 0, points=at(SMALL_RATIO, "1/2")),
        same_order(tanh_distance, DEPTH, points=at(PAR, "1/2")),
    ),
    near_miss=limit(
        local_exponent(free_part),
        lambda sv2, sa2, dps: minus_delta_star(sv2, sa2, dps) * 3,
        along=at(UNBIASED, "9/10"),
        error=DEPTH**-HALF,
    ),
    expected=SAMPLED,
)

FORCED = Claim(
    id="symprop.tanh-cosine-second-term",
    title="Second term of the settling angle in tanh networks",
    statement=(
        "For σ_v, σ_w > 0: e - e* = K' l^(-δ*) + P l^(-1/2) + ..., P = -e* σ_v² √(2/π)/(σ_w "
        "b_0^(3/2) (1/2 - δ*)); at (σ_v², σ_a², σ_w², σ_b²) = (3/2, 1/2, 169/100, 49/100), "
        "P = -3.17067012482534481..."
    ),
    variables=VARIABLES,
    assumptions=CONSTANTS[:1],
    source=Source("symprop", "D3"),
    checks=(
        settling(PAR, "9/10"),
        settling(MIXED, "-1"),
        limit(
            scaled,
            forced,
            along=at(SMALL_RATIO, EXCEPTIONAL, DEEPER),
            error=DEPTH ** -sympy.Rational(2, 5),
        ),
        at_points(
            lambda sv2, sa2, sw2, dps: abs(
                forced(sv2, sa2, sw2, dps) + arb("3.170670124825344815")
            ),
            "<",
            sympy.Rational(1, 10**17),
            points=grid(sv2=("3/2",), sa2=("1/2",), sw2=("169/100",)),
        ),
    ),
    near_miss=limit(
        scaled,
        lambda sv2, sa2, sw2, dps: 2 * forced(sv2, sa2, sw2, dps),
        along=at(SMALL_RATIO, EXCEPTIONAL, DEEPER),
        error=DEPTH ** -sympy.Rational(2, 5),
    ),
    expected=SAMPLED,
    derivation="derivations/tanh_cosine_second_term.py",
)

CLAIMS = (PRINTED, ALMOST_PRINTED, RATE, FORCED)
"""Theorems B.11 and C.25, symprop D3."""
