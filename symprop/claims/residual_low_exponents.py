r"""Angles of alpha-ReLU networks for α <= 0, below the range of Theorem B.18 of the residual paper.

For ``α = 0`` the branch adds ``σ_v²/2`` and the bias ``σ_a²`` in every layer, so the bias keeps
its share; for ``α < 0`` the branch fades and the bias alone decides.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along
from symprop.claims.residual_paths import PAR, gap
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(1, 11))
STEP = "alpha_relu:0"
ERROR = DEPTH ** -sympy.Rational(2, 5)
VARIABLES = {
    "phi": "alpha-ReLU",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}


@cache
def _fixed_angle(share: Fraction, bits: int) -> arb:
    """Return ``t`` in (0, π) with ``share t/π = 1 - cos t``, by bisection."""
    with working_bits(bits + 20):
        weight = as_ball(share, bits + 20)
        low, high = arb(1) / 100, arb.pi().mid()
        for _ in range(bits + 10):
            middle = ((low + high) / 2).mid()
            if weight * middle / arb.pi() > 1 - middle.cos():
                low = middle
            else:
                high = middle
        return low.union(high)


def limiting_gap(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``1 - e*``, ``e*`` the fixed point of ``[σ_v² J_0(e)/2 + σ_a²]/(σ_v²/2 + σ_a²)``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return 1 - _fixed_angle(sv2 / (sv2 + 2 * sa2), bits).cos()


def kernel_gap(sv2: Fraction, dps: int) -> arb:
    """Return ``1 - e*`` for the fixed point of ``J_0`` itself."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return 1 - _fixed_angle(sv2 / sv2, bits).cos()


def at(phi: str, **changed: Any) -> list[dict[str, Any]]:
    """Return growing layers at the paper's variances, some of them changed."""
    return along(LAYERS, phi=phi, **PAR | {"e0": "1/2"} | changed)


LOW = Claim(
    id="residual.power-relu-cosine-low-exponents",
    title="Limit of the angle in alpha-ReLU networks with α = 0 and below",
    statement=(
        "σ_v, σ_w > 0, e_0 < 1. α = 0: e tends to the solution below 1 of e (σ_v²/2 + σ_a²) = "
        "σ_v² J_0(e)/2 + σ_a², J_0(cos t) = 1 - t/π, which is the fixed point of J_0 only if σ_a = "
        "0. -1/2 < α < 0 and σ_a > 0: e → 1"
    ),
    variables=VARIABLES,
    source=Source("residual", "Section 5, exponent mu"),
    as_printed=(
        "the fixed point of J_α 'for α < 1', with reference to Theorem B.18, which has 0 < α < 1; "
        "what is tested here is outside it"
    ),
    checks=(
        *(
            limit(gap, limiting_gap, along=at(STEP, **changed), error=ERROR)
            for changed in ({}, {"sa2": 0}, {"sv2": 4, "sa2": "1/10", "e0": "-1"})
        ),
        limit(
            gap,
            0,
            along=at("alpha_relu:-1/4", sv2="1/4", sa2=20),
            error=DEPTH ** -sympy.Rational(1, 3),
        ),
    ),
    near_miss=limit(gap, kernel_gap, along=at(STEP), error=ERROR),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (LOW,)
"""Angles for α <= 0."""
