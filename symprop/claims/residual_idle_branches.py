"""Angles where a variance vanishes: edges of Theorems B.11 and B.18 of the residual paper.

With ``σ_v = 0`` or ``σ_w = 0`` both inputs gain the same in every layer, so ``p - γ`` stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, same_order
from symprop.claims.residual_paths import PAR, distance, gap, variance
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(1, 8))
VARIABLES = {
    "phi": "activation",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}


def fixed_point_defect(sv2: Fraction, sa2: Fraction, e: Fraction) -> sympy.Expr:
    """Return ``σ_v² (2/π) arcsin e + σ_a² - e (σ_v² + σ_a²)``."""
    v, a, c = (sympy.Rational(x.numerator, x.denominator) for x in (sv2, sa2, e))
    return 2 * v * sympy.asin(c) / sympy.pi + a - c * (v + a)


def gain(phi: str, sv2: Fraction, sa2: Fraction, sb2: Fraction, dps: int) -> arb:
    """Return ``σ_v² Vφ(σ_b²) + σ_a²``, what a layer adds if ``σ_w = 0``."""
    from symprop.gaussian.transforms import v_transform

    named = {"sv2": sv2, "sa2": sa2}
    with working_bits(bits_from_dps(dps)):
        v, a = (variance(name, named, dps) for name in named)
        moment = v_transform(phi).enclose(sb2, dps=dps).ball if sb2 and sv2 else arb(0)
        return v * moment + a


def closed_gap(
    phi: str,
    sv2: Fraction,
    sa2: Fraction,
    sb2: Fraction,
    p0: Fraction,
    e0: Fraction,
    depth: int,
    dps: int,
) -> arb:
    """Return ``(1 - e_0) p_0 / (p_0 + l gain)``."""
    named = {"p0": p0, "e0": e0}
    with working_bits(bits_from_dps(dps)):
        start, cosine = (variance(name, named, dps) for name in named)
        return (1 - cosine) * start / (start + depth * gain(phi, sv2, sa2, sb2, dps))


def at(phi: str, **changed: Any) -> list[dict[str, Any]]:
    """Return growing layers at the paper's variances, some of them changed."""
    return along(LAYERS, phi=phi, e0="1/2", **PAR | changed)


UNIQUE_PRINTED = Claim(
    id="residual.tanh-fixed-angle-unique-printed",
    title="Fixed angle of tanh networks, as printed: the only one besides 1",
    statement=(
        "For all σ_v > 0 and σ_a, e* (σ_v² + σ_a²) = σ_v² (2/π) arcsin e* + σ_a² has one solution "
        "other than 1; in particular e* = -1 is none, as e* = 0 or a positive one is"
    ),
    variables={"sv2, sa2": "variances σ_v², σ_a²", "e": "candidate"},
    source=Source("residual", "Theorem B.11, fixed point"),
    as_printed=(
        "'the unique fixed point e* ≠ 1', σ_a = 0 included, where -1, 0 and 1 solve the equation, "
        "and -1 is kept by opposite inputs if σ_b = 0 too"
    ),
    checks=(
        at_points(fixed_point_defect, "!=", 0, points=grid(sv2=(1,), sa2=("1/2", "0"), e=("-1",))),
    ),
    near_miss=at_points(fixed_point_defect, "!=", 0, points=grid(sv2=(2,), sa2=("0",), e=("0",))),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.tanh-fixed-angle",
)

NO_BRANCH_PRINTED = Claim(
    id="residual.tanh-cosine-no-branch-printed",
    title="Settling of the angle in tanh networks, as printed: no branch weights",
    statement="If σ_w > 0 and e_0 < 1, e tends to a fixed point e* ≠ 1 and s = Θ(l); here σ_v = 0",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.11"),
    as_printed=(
        "for all σ_v; with σ_v = 0 < σ_a the equation has the solution 1 only, e → 1 and s stays"
    ),
    checks=(same_order(distance, DEPTH, points=at("tanh", sv2=0)),),
    near_miss=same_order(distance, DEPTH, points=at("tanh", sv2=0, sa2=0)),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.idle-branch-cosine",
)

NO_WEIGHTS_PRINTED = Claim(
    id="residual.power-relu-cosine-no-weights-printed",
    title="Rate of the angle in alpha-ReLU networks, as printed: no inner weights",
    statement="For 0 < α < 1 and all variances e tends to the fixed point of J_α other than 1",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.18"),
    as_printed=(
        "no condition on the variances; if σ_w = 0 or σ_v = 0, e → 1 like 1/l (or stays, if nothing"
        " is gained)"
    ),
    checks=(same_order(gap, 1, points=at("alpha_relu:1/2", sw2=0)),),
    near_miss=same_order(gap, 1, points=at("alpha_relu:1/2", sv2=0)),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.idle-branch-cosine",
)

IDLE = Claim(
    id="residual.idle-branch-cosine",
    title="Angles without inner or without branch weights",
    statement=(
        "If σ_w = 0 or σ_v = 0: s_l = s_0 and 1 - e_l = (1 - e_0) p_0/(p_0 + g l) at every layer, "
        "g = σ_v² Vφ(σ_b²) + σ_a²; so e → 1 like 1/l if g > 0, and e stays if g = 0"
    ),
    variables=VARIABLES,
    assumptions=("p_0 > 0",),
    source=Source("residual", "Theorem B.11; Theorem B.18"),
    as_printed="σ_w = 0 in B.11 only",
    checks=tuple(
        attack(
            gap,
            "==",
            closed_gap,
            domain={
                "phi": OneOf(("tanh", "relu", "alpha_relu:1/2", "alpha_relu:4/5")),
                "sv2": OneOf((0,)) if idle == "sv2" else Real(0, 4),
                "sa2": Real(0, 4),
                "sw2": OneOf((0,)) if idle == "sw2" else Real(0, 4),
                "sb2": Real(0, 4),
                "p0": Real("1/100", 10),
                "e0": Real(-1, 1),
                "depth": Integer(0, 5),
            },
            tries=(15, 150),
        )
        for idle in ("sv2", "sw2")
    ),
    near_miss=limit(
        lambda depth, dps, **setting: depth * gap(depth=depth, dps=dps, **setting),
        lambda sa2: 1 / (2 * sa2),
        along=at("tanh", sw2=0),
        error=1 / DEPTH,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (UNIQUE_PRINTED, NO_BRANCH_PRINTED, NO_WEIGHTS_PRINTED, IDLE)
"""Angles at the edges of the variances."""
