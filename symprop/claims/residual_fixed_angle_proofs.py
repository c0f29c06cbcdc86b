"""The fixed angle of tanh networks in proofs: Lemma C.24, the range of δ* in Theorem B.11."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from flint import arb

from symprop.claims.residual_fixed_angle import e_star, minus_delta_star
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

E = sympy.Symbol("e", real=True)
ARC = 2 * sympy.asin(E) / sympy.pi
SLOPE = 2 / sympy.pi * sympy.sqrt((1 - E) / (1 + E)) / (1 - ARC)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
BRANCH = {"sv2, sa2": "variances σ_v², σ_a²"}
BELOW_ONE = Real(0, 1, open_at="upper")
FIXED_POINT = "e* in [0, 1) with e* (σ_v² + σ_a²) = σ_v² (2/π) arcsin e* + σ_a²"


def share(sv2: Fraction, sa2: Fraction) -> Fraction:
    """Return ``σ_v²/(σ_v² + σ_a²)``."""
    return sv2 / (sv2 + sa2)


def share_of_angle(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``(1 - e*)/(1 - (2/π) arcsin e*)``."""
    with working_bits(bits_from_dps(dps)):
        star = e_star(sv2, sa2, dps + 10)
        return (1 - star) / (1 - 2 * star.asin() / arb.pi())


def slope_below_start(e: Fraction) -> sympy.Expr:
    """Return ``g(e) - g(0)``, exactly 0 at 0."""
    return SLOPE.subs(E, sympy.Rational(e.numerator, e.denominator)) - SLOPE.subs(E, 0)


def delta_star(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``δ*``."""
    return -minus_delta_star(sv2, sa2, dps)


SHARE_PRINTED = Claim(
    id="residual.fixed-point-share-printed",
    title="Share of the branch bias at the fixed point, as printed",
    statement=(
        "With ρ from e* = (1 - ρ) (2/π) arcsin e* + ρ: (1 + ρ)^(-1) = (1 - e*)/(1 - (2/π) arcsin "
        "e*)"
    ),
    variables={"e": "e* in [0, 1)"},
    source=Source("residual", "Lemma C.24, proof"),
    as_printed=(
        "1 - ρ in the equation of ρ and (1 + ρ)^(-1) in what is substituted; the equation makes ρ "
        "= σ_a²/(σ_v² + σ_a²), the other line needs ρ = σ_a²/σ_v². Doubtful: these lines are out "
        "of order in the text, and what defines ρ is lost. The result is right"
    ),
    checks=(
        attack(1 / (1 + (E - ARC) / (1 - ARC)), "==", (1 - E) / (1 - ARC), domain={"e": BELOW_ONE}),
    ),
    near_miss=attack(1 - (E - ARC) / (1 - E), "==", (1 - E) / (1 - ARC), domain={"e": BELOW_ONE}),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.fixed-point-share",
)

SHARE = Claim(
    id="residual.fixed-point-share",
    title="Share of the branch bias at the fixed point",
    statement=(
        "σ_v²/(σ_v² + σ_a²) = (1 - e*)/(1 - (2/π) arcsin e*), which is 1 - ρ with ρ = σ_a²/(σ_v² + "
        "σ_a²) and e* = (1 - ρ) (2/π) arcsin e* + ρ, and (1 + ρ)^(-1) with ρ = σ_a²/σ_v²"
    ),
    variables=BRANCH,
    assumptions=("σ_v > 0", FIXED_POINT),
    source=Source("residual", "Lemma C.24, proof"),
    as_printed="the two meanings of ρ are mixed",
    checks=(
        attack(
            share_of_angle,
            "==",
            share,
            domain={
                "sv2": Real(0, None, open_at="lower", decades=4),
                "sa2": Real(0, None, decades=4),
            },
            tries=(60, 600),
        ),
    ),
    near_miss=attack(
        share_of_angle,
        "==",
        lambda sv2, sa2: 1 - sa2 / sv2,
        domain={
            "sv2": Real(0, None, open_at="lower", decades=4),
            "sa2": Real(0, None, decades=4),
        },
    ),
    expected=SAMPLED,
)

INTERVAL_PRINTED = Claim(
    id="residual.fixed-point-slope-interval-printed",
    title="Range of the slope at the fixed point, as the proof prints it",
    statement=(
        "g(e*) = (2/π) ((1-e*)/(1+e*))^(1/2) (1 - (2/π) arcsin e*)^(-1) lies in [lim_{e → 1} g, "
        "g(0)) for e* in [0, 1); in particular g(e*) < g(0) = 2/π"
    ),
    variables={"e": "e* in [0, 1)"},
    source=Source("residual", "Lemma C.24, proof"),
    as_printed=(
        "the brackets are exchanged: g(0) is taken, at e* = 0, and the limit 1/2 is not; the lemma "
        "itself has (1/2, 2/π]"
    ),
    checks=(at_points(slope_below_start, "<", 0, points=grid(e=("1/2", "0"))),),
    near_miss=attack(SLOPE, "<", sympy.Rational(3, 5), domain={"e": BELOW_ONE}),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.fixed-point-slope-range",
)

RANGE = Claim(
    id="residual.tanh-exponent-range",
    title="Range of the exponent of the angle",
    statement="1 - 2/π <= δ* < 1/2 for σ_v > 0, with equality at σ_a = 0, and δ* → 1/2 as σ_a → ∞",
    variables=BRANCH,
    assumptions=(FIXED_POINT,),
    source=Source("residual", "Theorem B.11, range of δ*"),
    as_printed=(
        "B.11 has [2/π - 1, 1/2), true as an inclusion but with a negative lower end; section 5 "
        "and C.25 have 1 - 2/π, tested here"
    ),
    checks=(
        at_points(delta_star, "==", 1 - 2 / sympy.pi, points=grid(sv2=("1", "3/2"), sa2=("0",))),
        attack(
            delta_star,
            ">",
            1 - 2 / sympy.pi,
            domain={"sv2": Real("1/1000", 1000), "sa2": Real("1/1000", 1000)},
            tries=(60, 600),
        ),
        attack(
            delta_star,
            "<",
            sympy.Rational(1, 2),
            domain={"sv2": Real("1/1000", 1000), "sa2": Real("1/1000", 1000)},
            tries=(60, 600),
        ),
        limit(
            delta_star,
            sympy.Rational(1, 2),
            along=[{"sv2": sympy.Integer(1), "sa2": sympy.Integer(4**k)} for k in range(1, 9)],
            error=1 / sympy.Symbol("sa2", positive=True),
        ),
    ),
    near_miss=attack(
        delta_star,
        "<",
        sympy.Rational(49, 100),
        domain={"sv2": Real("1/1000", 1000), "sa2": Real("1/1000", 1000)},
    ),
    expected=SAMPLED,
)

CLAIMS = (SHARE_PRINTED, SHARE, INTERVAL_PRINTED, RANGE)
"""What is false as printed about the fixed angle, and as it has to be."""
