"""How fast W of a tanh-like activation reaches the arcsine: Lemma C.21, second bullet.

With ``g = 1 - φ`` on x > 0, extended as an odd function, the defect is
``2 E sign(z) g(z') - E g(z) g(z')``, and the first term is an integral of ``g`` against a known
weight: so the tail of ``1 - φ`` decides.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import integrate, rational_exponent
from symprop.claims.tanh_like import (
    FIRST_MOMENT,
    arcsine,
    defect,
    first_order,
    kernel,
)
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, current_bits, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
X = sympy.Symbol("x", positive=True)
HEAVY = {"softsign": sympy.S.One, "2/pi*atan(pi*x/2)": 4 / sympy.pi**2}
ALGEBRAIC = "x/sqrt(1+x**2)"
INTEGRABLE = tuple(FIRST_MOMENT)
VARIABLES = {"phi": "tanh-like activation", "q": "variance", "c": "correlation, in (0, 1)"}
TANH_LIKE_MEANS = "φ odd, |φ| <= 1, φ >= 0 on x >= 0, increasing to 1 as x -> ∞"


def along(phi: str, c: str = "1/2", last: int = 5) -> list[dict[str, object]]:
    """Return growing variances at one activation and correlation."""
    return [{"phi": phi, "q": 16**k, "c": Fraction(c)} for k in range(1, last + 1)]


def scaled_defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``q ((2/pi) arcsin c - W)``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(q) * defect(phi, q, c, dps)


def relative_defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``q`` times the defect over the coefficient ``(4 m_1/π) c/√(1-c²)``."""
    with working_bits(bits_from_dps(dps)):
        return scaled_defect(phi, q, c, dps) / first_order(phi, c, dps)


def root_defect(phi: str, q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``sqrt(q)`` times the defect."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(q).sqrt() * defect(phi, q, c, dps)


def heavy_constant(phi: str, c: Fraction, dps: int) -> arb:
    """Return ``4A artanh(c) / √(2π)`` for ``1 - φ(x) ~ A/x``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        tail = as_ball(HEAVY[phi], bits)
        return 4 * tail * rational_exponent(c).atanh() / (2 * arb.pi()).sqrt()


def logarithmic_growth(q: Fraction, c: Fraction, dps: int) -> arb:
    """Return the growth of ``q`` times the defect from q to 4q, over ``log 4``."""
    with working_bits(bits_from_dps(dps)):
        growth = scaled_defect(ALGEBRAIC, 4 * q, c, dps) - scaled_defect(ALGEBRAIC, q, c, dps)
        return growth / arb(4).log()


def logarithmic_constant(c: Fraction, dps: int) -> arb:
    """Return ``c / (π √(1-c²))``."""
    with working_bits(bits_from_dps(dps)):
        cosine = rational_exponent(c)
        return cosine / (arb.pi() * (1 - cosine**2).sqrt())


def sign_kernel(c: Fraction) -> sympy.Expr:
    """Return the exact kernel of the sign function at any variance."""
    from symprop.gaussian.duality import dual_kernel

    form = dual_kernel("sign").closed_form
    return form.subs({symbol: sympy.Rational(c) for symbol in form.free_symbols})


def tanh_first_moment(dps: int) -> arb:
    """Return the integral of ``x (1 - tanh x)`` over ``x > 0`` by quadrature."""
    with working_bits(bits_from_dps(dps)):
        cut = arb(current_bits())
        body = integrate(lambda x, _analytic: 2 * x / ((2 * x).exp() + 1), 0, cut)
        return body + arb(0, 1) * ((cut + 1) * (-2 * cut).exp()).upper()


HEAVY_PRINTED = Claim(
    id="residual.arcsine-rate-heavy-tail-printed",
    title="Rate 1/q for every tanh-like activation, as printed: heavy tails",
    statement="For φ tanh-like and fixed 0 < c < 1: (2/π) arcsin c - Wφ(q, cq) = O(1/q)",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, second bullet"),
    as_printed=(
        "for all tanh-like φ, though the proof uses Lemma C.20, which is about tanh. Softsign and "
        "(2/π) arctan(πx/2) give q^(-1/2), x/√(1+x²) gives log(q)/q"
    ),
    checks=(limit(kernel, arcsine, along=along("softsign", last=5), error=1 / Q),),
    near_miss=limit(kernel, arcsine, along=along("2/pi*atan(pi*x/2)", last=5), error=1 / Q),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.arcsine-rate",
)

SIGN_PRINTED = Claim(
    id="residual.arcsine-rate-sign-printed",
    title="Rate 1/q for every tanh-like activation, as printed: the sign function",
    statement="For φ tanh-like and fixed 0 < c < 1: Wφ(q, cq) < (2/π) arcsin c, as Θ(1/q) requires",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, second bullet"),
    as_printed="the sign function is tanh-like and reaches the bound: the defect is 0, not Θ(1/q)",
    checks=(
        at_points(
            sign_kernel,
            "<",
            lambda c: 2 * sympy.asin(sympy.Rational(c)) / sympy.pi,
            points=[{"c": Fraction(1, 2)}],
        ),
    ),
    near_miss=at_points(
        sign_kernel,
        "<",
        lambda c: sympy.asin(sympy.Rational(c)) / sympy.pi,
        points=[{"c": Fraction(1, 2)}],
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.arcsine-rate",
)

RATE = Claim(
    id="residual.arcsine-rate",
    title="When the rate is 1/q, and its constant",
    statement=(
        "For φ tanh-like with m_1 = ∫_0^∞ x (1 - φ(x)) dx and fixed 0 < c < 1: q [(2/π) arcsin c - "
        "Wφ(q, cq)] -> (4 m_1/π) c/√(1-c²). The rate is Θ(1/q) if and only if 0 < m_1 < ∞"
    ),
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS, "0 < m_1 < ∞"),
    source=Source("residual", "Lemma C.21, second bullet; Figure C.11"),
    as_printed="Θ(1/q) for all tanh-like φ, no constant",
    checks=(
        *(
            limit(scaled_defect, first_order, along=along(phi, c), error=1 / Q)
            for phi, c in (
                ("tanh", "1/2"),
                ("erf", "1/2"),
                ("hard_tanh", "1/2"),
                ("tanh", "63/64"),
                ("erf", "1/64"),
            )
        ),
        at_points(tanh_first_moment, "==", FIRST_MOMENT["tanh"]),
        identity(lambda: sympy.integrate(X * sympy.erfc(X), (X, 0, sympy.oo)), FIRST_MOMENT["erf"]),
        identity(lambda: sympy.integrate(X * (1 - X), (X, 0, 1)), FIRST_MOMENT["hard_tanh"]),
    ),
    near_miss=limit(
        scaled_defect,
        lambda phi, c, dps: first_order(phi, c, dps) / 2,
        along=along("erf"),
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/arcsine_rate.py",
)

UNIFORM = Claim(
    id="residual.arcsine-rate-uniform",
    title="Constants of the rate independent of the correlation",
    statement=(
        "For 1/10 <= c <= 9/10, q >= 10: 1/2 <= q [(2/π) arcsin c - Wφ(q, cq)] / "
        "((4 m_1/π) c/√(1-c²)) <= 1; the upper bound for all q > 0 and 0 < c < 1"
    ),
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS, "φ one of tanh, erf"),
    source=Source("residual", "Lemma C.21, second bullet, uniformity"),
    as_printed="constants independent of c on [ε, 1-ε]; true where 0 < m_1 < ∞",
    checks=(
        attack(
            relative_defect,
            ">=",
            "1/2",
            domain={
                "phi": OneOf(("tanh", "erf")),
                "q": Real(10, None, decades=6),
                "c": Real("1/10", "9/10"),
            },
            tries=(45, 450),
        ),
        attack(
            relative_defect,
            "<=",
            1,
            domain={
                "phi": OneOf(("tanh", "erf")),
                "q": Real(0, None, open_at="lower", decades=6),
                "c": Real("1/1000", "999/1000"),
            },
            tries=(45, 450),
        ),
    ),
    # not uniform up to c = 1
    near_miss=attack(
        relative_defect,
        ">=",
        "1/2",
        domain={
            "phi": OneOf(("tanh", "erf")),
            "q": Real(10, None, decades=6),
            "c": Real("1/10", 1, open_at="upper"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

HEAVY_RATE = Claim(
    id="residual.arcsine-rate-heavy-tail",
    title="Rate for activations that saturate like 1/x",
    statement=(
        "If 1 - φ(x) ~ A/x, then √q [(2/π) arcsin c - Wφ(q, cq)] -> 4A artanh(c)/√(2π), 0 < c < 1; "
        "A = 1 for softsign, 4/π² for (2/π) arctan(πx/2)"
    ),
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, second bullet"),
    as_printed="Θ(1/q)",
    checks=tuple(
        limit(root_defect, heavy_constant, along=along(phi), error=sympy.log(Q) / sympy.sqrt(Q))
        for phi in HEAVY
    ),
    near_miss=limit(
        root_defect,
        lambda phi, c, dps: heavy_constant(phi, c, dps) / 2,
        along=along("softsign"),
        error=sympy.log(Q) / sympy.sqrt(Q),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

LOGARITHMIC_RATE = Claim(
    id="residual.arcsine-rate-logarithm",
    title="Rate for activations that saturate like 1/x²",
    statement=(
        "For φ(x) = x/√(1+x²): q [(2/π) arcsin c - Wφ(q, cq)] grows by c/(π√(1-c²)) log 4 from q "
        "to 4q in the limit, so the defect is of the order log(q)/q"
    ),
    variables=VARIABLES,
    assumptions=("φ(x) = x/√(1+x²), for which m_1 = ∞",),
    source=Source("residual", "Lemma C.21, second bullet"),
    as_printed="Θ(1/q)",
    checks=(
        limit(
            logarithmic_growth,
            logarithmic_constant,
            along=[{"q": 4**k, "c": Fraction(1, 2)} for k in range(4, 8)],
            error=sympy.log(Q) ** 2 / Q,
        ),
    ),
    near_miss=limit(
        logarithmic_growth,
        0,
        along=[{"q": 4**k, "c": Fraction(1, 2)} for k in range(4, 8)],
        error=sympy.log(Q) ** 2 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (HEAVY_PRINTED, SIGN_PRINTED, RATE, UNIFORM, HEAVY_RATE, LOGARITHMIC_RATE)
"""Lemma C.21, second bullet."""
