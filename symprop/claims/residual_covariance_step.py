"""One step of the covariance in full residual networks: Lemmas C.22 and C.24."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.tanh_like import arcsine, defect, first_order
from symprop.ledger.algebra import identity
from symprop.ledger.boxes import on_box
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
ANGLE = sympy.Symbol("t", real=True)
SHARE = sympy.Symbol("s", real=True)
MEANS = "φ odd, |φ| <= 1, φ >= 0 on x >= 0, increasing to 1 as x -> ∞"
VARIABLES = {
    "phi": "tanh-like activation",
    "q": "variance, > 0",
    "c": "correlation λ/q",
    "branch": "σ_v²",
}
STEP = "γ_l = σ_v² Wφ(q, λ) + σ_a² + γ_{l-1}"
PARALLEL = [{"phi": "tanh", "q": 16**k, "c": Fraction(1), "branch": 1} for k in range(1, 5)]


def step_defect(phi: str, q: Fraction, c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return ``σ_v² (2/π) arcsin(λ/q) + σ_a² + γ_{l-1} - γ_l``."""
    with working_bits(bits_from_dps(dps) + 20):
        return rational_exponent(branch) * defect(phi, q, c, dps)


def scaled_defect(phi: str, q: Fraction, c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return ``q`` times the defect of the step."""
    with working_bits(bits_from_dps(dps) + 20):
        return rational_exponent(q) * step_defect(phi, q, c, branch, dps)


def first_coefficient(phi: str, c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return ``σ_v² (4 m_1/π) c/√(1-c²)``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(branch) * first_order(phi, c, dps)


def signed_defect(phi: str, q: Fraction, c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return the defect times the sign of c: ``σ_v² ((2/π) arcsin |c| - W(q, |c| q))``."""
    value = step_defect(phi, q, c, branch, dps)
    return value if c >= 0 else -value


def limiting_increment(c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return ``σ_v² (2/π) arcsin c``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(branch) * arcsine(c, dps)


def increment(phi: str, q: Fraction, c: Fraction, branch: Fraction, dps: int) -> arb:
    """Return ``γ_l - γ_{l-1} - σ_a²``."""
    with working_bits(bits_from_dps(dps) + 20):
        return limiting_increment(c, branch, dps) - step_defect(phi, q, c, branch, dps)


def along(phi: str, c: str, branch: str = "1") -> list[dict[str, object]]:
    """Return growing variances at one activation and correlation."""
    fixed = {"phi": phi, "c": Fraction(c), "branch": Fraction(branch)}
    return [{**fixed, "q": 16**k} for k in range(1, 5)]


SIGN_PRINTED = Claim(
    id="residual.covariance-step-sign-printed",
    title="Upper bound of one covariance step, as printed: negative correlation",
    statement="For φ tanh-like: γ_l <= σ_v² (2/π) arcsin(λ/q) + σ_a² + γ_{l-1}",
    variables=VARIABLES,
    assumptions=(MEANS, STEP),
    source=Source("residual", "Lemma C.22"),
    as_printed="for every λ; W is odd in λ, so the inequality turns round for λ < 0",
    checks=(
        attack(
            step_defect,
            ">=",
            0,
            domain={
                "phi": OneOf(("erf", "tanh")),
                "q": Real("1/10", 100),
                "c": Real("-9/10", "9/10"),
                "branch": Real("1/10", 4),
            },
        ),
    ),
    near_miss=attack(
        step_defect,
        ">",
        0,
        domain={
            "phi": OneOf(("erf", "tanh")),
            "q": Real("1/10", 100),
            "c": Real("-9/10", 0),
            "branch": Real("1/10", 4),
        },
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.covariance-step",
)

PARALLEL_PRINTED = Claim(
    id="residual.covariance-step-parallel-printed",
    title="Rate of one covariance step, as printed: parallel inputs",
    statement=(
        "For φ tanh-like: σ_v² (2/π) arcsin(λ/q) + σ_a² + γ_{l-1} - γ_l = Θ(1/q), here at λ = q"
    ),
    variables=VARIABLES,
    assumptions=(MEANS, STEP),
    source=Source("residual", "Lemma C.22, rate"),
    as_printed=(
        "without a condition on λ/q: for tanh it is σ_v² √(2/π) q^(-1/2) at λ = q, and 0 at λ = 0"
    ),
    checks=(limit(increment, limiting_increment, along=PARALLEL, error=1 / Q),),
    near_miss=limit(increment, limiting_increment, along=along("erf", "-1", "3"), error=1 / Q),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.covariance-step",
)

HEAVY_PRINTED = Claim(
    id="residual.covariance-step-heavy-tail-printed",
    title="Rate of one covariance step, as printed: slowly saturating activations",
    statement=(
        "For φ tanh-like: σ_v² (2/π) arcsin(λ/q) + σ_a² + γ_{l-1} - γ_l = Θ(1/q), here for "
        "softsign at λ/q = 1/2"
    ),
    variables=VARIABLES,
    assumptions=(MEANS, STEP),
    source=Source("residual", "Lemma C.22, rate"),
    as_printed="for all tanh-like φ; softsign gives q^(-1/2), the sign function 0",
    checks=(limit(increment, limiting_increment, along=along("softsign", "1/2"), error=1 / Q),),
    near_miss=limit(
        increment, limiting_increment, along=along("softsign", "1/4", "2"), error=1 / Q
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.covariance-step",
)

CORRECTED = Claim(
    id="residual.covariance-step",
    title="One step of the covariance against its saturated form",
    statement=(
        "With d = σ_v² (2/π) arcsin c + σ_a² + γ_{l-1} - γ_l, c = λ/q: c d >= 0 for every "
        "tanh-like φ, and q d -> σ_v² (4 m_1/π) c/√(1-c²) for fixed |c| < 1 if "
        "m_1 = ∫_0^∞ x (1 - φ(x)) dx < ∞; so d = Θ(1/q) if moreover c ≠ 0, m_1 > 0"
    ),
    variables=VARIABLES,
    assumptions=(MEANS, STEP, "σ_v > 0 for the rate"),
    source=Source("residual", "Lemma C.22"),
    as_printed="d >= 0 and d = Θ(1/q) without conditions",
    checks=(
        attack(
            signed_defect,
            ">=",
            0,
            domain={
                "phi": OneOf(("sign", "erf", "tanh")),
                "q": Real(0, None, open_at="lower", decades=3),
                "c": Real(-1, 1),
                "branch": Real(0, 4),
            },
            tries=(36, 450),
        ),
        *(
            limit(scaled_defect, first_coefficient, along=along(phi, c, branch), error=1 / Q)
            for phi, c, branch in (
                ("tanh", "1/2", "3/2"),
                ("tanh", "-9/10", "1"),
                ("erf", "1/3", "1/4"),
                ("hard_tanh", "1/2", "1"),
            )
        ),
    ),
    near_miss=limit(
        scaled_defect,
        lambda phi, c, branch, dps: 2 * first_coefficient(phi, c, branch, dps),
        along=along("erf", "1/3"),
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/arcsine_rate.py",
)

RATIO = (2 * ANGLE / sympy.pi) / (1 - sympy.cos(ANGLE))  # (σ_v² + σ_a²)/σ_v²
HALF_TANGENT = (1 - sympy.cos(ANGLE)) / sympy.sin(ANGLE)  # tan(t/2)
QUARTER = sympy.pi * SHARE / 4  # t/2 for t = s π/2

SLOPE = Claim(
    id="residual.fixed-point-slope-range",
    title="Range of the slope at the fixed point of the tanh network",
    statement=(
        "With e* = cos t, 0 < t <= π/2, the fixed point belongs to 1 + σ_a²/σ_v² = "
        "(2t/π)/(1 - cos t), which falls strictly in t from ∞ to 1; the slope "
        "(2/π)(1-e*²)^(-1/2) σ_v²/(σ_v²+σ_a²) is tan(t/2)/t, rises strictly in t, and lies in "
        "(1/2, 2/π], with 2/π at σ_a = 0 only"
    ),
    variables={"t": "arccos e*", "s": "2t/π in (0, 1]"},
    assumptions=("σ_v > 0",),
    source=Source("residual", "Lemma C.24; Figure C.13"),
    as_printed=(
        "'g is decreasing' in e* is read off a plot; it is proved here. The fixed point 1, with "
        "infinite slope, is the other one"
    ),
    checks=(
        # e* (σ_v² + σ_a²) = σ_v² (2/π) arcsin e* + σ_a², over σ_v²
        identity(
            sympy.cos(ANGLE) * RATIO,
            (2 / sympy.pi) * (sympy.pi / 2 - ANGLE) + RATIO - 1,
        ),
        # the slope is (1 - cos t)/(t sin t)
        identity((2 / sympy.pi) / sympy.sin(ANGLE) / RATIO * ANGLE, HALF_TANGENT),
        identity(
            (1 - sympy.cos(2 * SHARE)) * sympy.cos(SHARE), sympy.sin(2 * SHARE) * sympy.sin(SHARE)
        ),
        on_box(
            1 - sympy.cos(ANGLE) - ANGLE * sympy.sin(ANGLE),
            "<",
            0,
            box={"t": (0, "8/5")},
            zero_at={"t": 0},
            order=2,
        ),
        on_box(sympy.sin(ANGLE), "<", ANGLE, box={"t": (0, "8/5")}, zero_at={"t": 0}, order=3),
        on_box(sympy.tan(QUARTER), ">", QUARTER, box={"s": (0, 1)}, zero_at={"s": 0}, order=3),
        on_box(sympy.tan(QUARTER), "<", SHARE, box={"s": (0, "1/2")}, zero_at={"s": 0}),
        on_box(sympy.tan(QUARTER), "<", SHARE, box={"s": ("1/2", 1)}, zero_at={"s": 1}),
    ),
    near_miss=on_box(
        sympy.tan(QUARTER), ">", QUARTER * sympy.Rational(51, 50), box={"s": ("1/10", 1)}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.ENCLOSED),
)

CLAIMS = (SIGN_PRINTED, PARALLEL_PRINTED, HEAVY_PRINTED, CORRECTED, SLOPE)
"""Lemmas C.22 and C.24."""
