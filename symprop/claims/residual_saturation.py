"""W tanh as a function of 1/q: Lemma C.20 of the residual paper."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.tanh_like import (
    FIRST_MOMENT,
    THIRD_MOMENT,
    arcsine,
    defect,
    first_order,
    kernel,
    second_moment,
)
from symprop.ledger.algebra import identity
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
U, N = sympy.symbols("u n", positive=True)
DOUBLINGS = tuple(4**k for k in range(3, 12))
SMOOTH = ("tanh", "erf")


def along(phi: str, c: str) -> list[dict[str, object]]:
    """Return growing variances at one activation and correlation."""
    return [{"phi": phi, "q": q, "c": Fraction(c)} for q in DOUBLINGS]


def scaled_defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``q ((2/pi) arcsin c - W)``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(q) * defect(phi, q, c, dps)


def second_difference(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``q² (first order / q - defect)``, the coefficient of 1/q² in W in the limit."""
    digits = dps + 30
    with working_bits(bits_from_dps(digits)):
        return q * (first_order(phi, c, digits) - scaled_defect(phi, q, c, digits))


def second_order(phi: str, c: Fraction, dps: int) -> arb:
    r"""Return ``(2c/(πs)) [m_3 (1 + c²/(3s²)) + m_1²/s²]``, ``s = sin τ``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        cosine = rational_exponent(c)
        sine = 1 - cosine**2
        first, third = (as_ball(table[phi], bits) for table in (FIRST_MOMENT, THIRD_MOMENT))
        bracket = third * (1 + cosine**2 / (3 * sine)) + first**2 / sine
        return 2 * cosine / (arb.pi() * sine.sqrt()) * bracket


def absolute_defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``|(2/pi) arcsin c - W|``."""
    return abs(defect(phi, q, c, dps))


def first_order_bound(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(4 m_1/π) |c| / √(1 - c²) / q``."""
    return abs(first_order(phi, c, dps)) / rational_exponent(q)


def parallel_defect(q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q) (1 - V tanh(q))``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(q).sqrt() * (1 - second_moment("tanh", q, dps).ball)


def parallel_second_term(q: Fraction, dps: int) -> arb:
    """Return ``q (sqrt(q) (1 - V tanh(q)) - sqrt(2/pi))``."""
    with working_bits(bits_from_dps(dps + 30)):
        return rational_exponent(q) * (parallel_defect(q, dps + 30) - (2 / arb.pi()).sqrt())


def covariance_change(c: Fraction, inverse: Fraction, step: Fraction, dps: int) -> arb:
    """Return ``|W(1/(Q+d)) - W(1/Q)|`` for tanh."""
    near, far = (kernel("tanh", 1 / x, c, dps) for x in (inverse, inverse + step))
    with working_bits(bits_from_dps(dps)):
        return abs(near.ball - far.ball)


def derivative_bound(inverse: Fraction, step: Fraction, dps: int) -> arb:
    """Return ``2 d/(e Q)``."""
    with working_bits(bits_from_dps(dps)):
        return 2 * rational_exponent(step / inverse) / arb(1).exp()


ANY_CORRELATION_PRINTED = Claim(
    id="residual.tanh-smooth-in-inverse-variance-printed",
    title="Smooth extension of W tanh to infinite variance, as printed",
    statement=(
        "For any fixed c, W tanh(q, cq) as a function of 1/q extends smoothly to 0; in particular "
        "W tanh(q, cq) = (2/π) arcsin c + O(1/q)"
    ),
    variables={"q": "variance", "c": "correlation, fixed: here c = 1"},
    source=Source("residual", "Lemma C.20"),
    as_printed=(
        "'for any fixed c'; at c = ±1 W is ±V and by C.5 the deviation is √(2/π) q^(-1/2), so "
        "not even one derivative in 1/q exists"
    ),
    checks=(limit(kernel, arcsine, along=along("tanh", "1"), error=1 / Q),),
    near_miss=limit(kernel, arcsine, along=along("tanh", "-1"), error=1 / Q),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-smooth-in-inverse-variance",
)

EXPANSION = Claim(
    id="residual.tanh-smooth-in-inverse-variance",
    title="Expansion of W tanh at infinite variance",
    statement=(
        "For fixed |c| < 1, with s = √(1-c²) and m_k = ∫_0^∞ x^k (1 - φ(x)) dx: Wφ(q, cq) = "
        "(2/π) arcsin c - (4 m_1 c/(πs))/q + (2c/(πs)) [m_3 (1 + c²/(3s²)) + m_1²/s²]/q² "
        "+ O(q^-3); for tanh m_1 = π²/24, m_3 = 7π⁴/960"
    ),
    variables={"phi": "tanh or erf", "q": "variance", "c": "correlation, in (-1, 1)"},
    assumptions=("φ odd, smooth, with 1 - φ falling exponentially",),
    source=Source("residual", "Lemma C.20; Figure C.11"),
    as_printed="no coefficients are printed; negative c are included, |c| = 1 is not",
    checks=tuple(
        limit(quantity, value, along=along(phi, c), error=1 / Q)
        for phi in SMOOTH
        for c in ("1/2", "-4/5")
        for quantity, value in ((scaled_defect, first_order), (second_difference, second_order))
    ),
    near_miss=limit(
        second_difference,
        lambda phi, c, dps: second_order(phi, c, dps) / 2,
        along=along("tanh", "1/2"),
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/arcsine_rate.py",
)

PARALLEL = Claim(
    id="residual.tanh-parallel-in-inverse-variance",
    title="W tanh at parallel inputs is not smooth in 1/q, but is in its square root",
    statement=(
        "√q (1 - V tanh(q)) = √(2/π) - π²/(12 √(2π)) / q + O(q^-2); for every q > 0, "
        "1 - V tanh(q) > (2q + 1)^(-1/2), so q (1 - V tanh(q)) has no bound"
    ),
    variables={"q": "variance"},
    source=Source("residual", "Lemma C.20"),
    as_printed="c = ±1 is included in the printed statement; this replaces it there",
    checks=(
        # sech²(x) >= exp(-x²), Lemma C.6
        attack(
            lambda q, dps: second_moment("tanh", q, dps),
            "<",
            1 - 1 / sympy.sqrt(2 * Q + 1),
            domain={"q": Real(0, None, open_at="lower", decades=8)},
            tries=(45, 450),
        ),
        limit(
            parallel_defect,
            sympy.sqrt(2 / sympy.pi),
            along=[{"q": q} for q in DOUBLINGS],
            error=1 / Q,
        ),
        limit(
            parallel_second_term,
            -(sympy.pi**2) / (12 * sympy.sqrt(2 * sympy.pi)),
            along=[{"q": q} for q in DOUBLINGS],
            error=1 / Q,
        ),
    ),
    near_miss=limit(
        parallel_second_term,
        -(sympy.pi**2) / (24 * sympy.sqrt(2 * sympy.pi)),
        along=[{"q": q} for q in DOUBLINGS],
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)


UNIFORM_PRINTED = Claim(
    id="residual.tanh-smooth-uniformly-printed",
    title="Constants of the expansion of W tanh independent of c, as printed",
    statement=(
        "The constants in O can be taken independent of c as long as c is bounded away from 1: "
        "W tanh(q, cq) = (2/π) arcsin c + O(1/q) uniformly over -1 <= c <= 1/2"
    ),
    variables={"q": "variance", "c": "correlation; here c = -1"},
    source=Source("residual", "Lemma C.20"),
    as_printed="'bounded away from 1'; W is odd in c, so c must keep away from -1 as well",
    checks=(limit(kernel, arcsine, along=along("tanh", "-1"), error=1 / Q),),
    near_miss=limit(kernel, arcsine, along=along("erf", "-1"), error=1 / Q),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-smooth-uniformly",
)

UNIFORM = Claim(
    id="residual.tanh-smooth-uniformly",
    title="An explicit uniform bound on the distance of W tanh to its limit",
    statement=(
        "For all q > 0 and |c| < 1: |(2/π) arcsin c - Wφ(q, cq)| <= (4 m_1/π) |c|/√(1-c²) / q, "
        "which is (π/6) |c|/√(1-c²) / q for tanh"
    ),
    variables={"phi": "tanh or erf", "q": "variance, > 0", "c": "correlation, in (-1, 1)"},
    source=Source("residual", "Lemma C.20; Lemma C.21, upper constant"),
    as_printed="only that a constant exists away from c = 1",
    checks=(
        attack(
            absolute_defect,
            "<=",
            first_order_bound,
            domain={
                "phi": OneOf(SMOOTH),
                "q": Real(0, None, open_at="lower", decades=7),
                "c": Real(-1, 1, open_at="both"),
            },
            assuming=lambda c: abs(c) < 1 - Fraction(1, 10**6),
            tries=(36, 450),
        ),
    ),
    near_miss=attack(
        absolute_defect,
        "<=",
        lambda phi, q, c, dps: first_order_bound(phi, q, c, dps) * 9 / 10,
        domain={
            "phi": OneOf(SMOOTH),
            "q": Real(1, None, decades=5),
            "c": Real("-9/10", "9/10"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

BOUND = Claim(
    id="residual.tanh-smooth-proof",
    title="Bound of the derivatives in 1/q",
    statement=(
        "∫ s |∂^n[Q e^(-s²Q/2)]/∂Q^n| ds = 2 (n/e)^n Q^(-n) bounds the n-th derivative of W in Q; "
        "for n = 1: |W(1/(Q+d)) - W(1/Q)| <= 2d/(eQ) for Q, d > 0"
    ),
    variables={"inverse": "Q = 1/q", "step": "d", "c": "correlation"},
    source=Source("residual", "Lemma C.20, proof"),
    as_printed=(
        "without absolute values around the derivative, which the text may have lost: its integral "
        "without them is 0. The integrals are added"
    ),
    checks=(
        # the derivative is positive for u = s²Q/2 < n, and its whole integral is 0
        identity(sympy.diff(U**N * sympy.exp(-U), U), U ** (N - 1) * (N - U) * sympy.exp(-U)),
        attack(
            covariance_change,
            "<=",
            derivative_bound,
            domain={
                "c": Real(-1, 1),
                "inverse": Real("1/100", 100),
                "step": Real("1/100", 10),
            },
            tries=(24, 240),
        ),
    ),
    near_miss=attack(
        covariance_change,
        "<=",
        lambda inverse, step, dps: derivative_bound(inverse, step, dps) / 20,
        domain={"c": Real(-1, 1), "inverse": Real("1/100", 100), "step": Real("1/100", 10)},
        tries=(24, 240),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    BOUND,
    ANY_CORRELATION_PRINTED,
    EXPANSION,
    PARALLEL,
    UNIFORM_PRINTED,
    UNIFORM,
)
"""Lemma C.20."""
