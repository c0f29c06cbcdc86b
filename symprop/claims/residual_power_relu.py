"""The kernel J of the alpha-ReLU and its Bessel form: Lemmas C.30 to C.32 of the residual paper.

The statements of C.30 and C.31 are lost in the text; they are rebuilt from the surviving lines
of their proofs. Three integrals that share no step are compared: polar coordinates, the
Bessel integral and the formula of Cho and Saul.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import (
    bessel_moment,
    cho_saul,
    integrate,
    polar_moment,
    rational_exponent,
)
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, current_bits, working_bits

__all__ = ["CLAIMS"]

ALPHA = sympy.Symbol("alpha", real=True)
C = sympy.Symbol("c", real=True)
X = sympy.Symbol("x", positive=True)
HALF = sympy.Rational(1, 2)
CORRELATION = Real("-99/100", "99/100")
EXPONENT = {"alpha": "exponent", "c": "cos θ"}


def covariance(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``2π E ψ_α(u) ψ_α(v)`` at correlation c, by polar coordinates."""
    with working_bits(bits_from_dps(dps)):
        return 2 * arb.pi() * polar_moment(alpha, c)


def angular_formula(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return the formula of Cho and Saul."""
    with working_bits(bits_from_dps(dps)):
        return cho_saul(alpha, c)


def bessel_formula(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``sin**(2α+1) θ ∫ K_0(x) e**(x cos θ) x**α dx``."""
    with working_bits(bits_from_dps(dps)):
        sine = (1 - rational_exponent(c) ** 2) ** (rational_exponent(alpha) + arb(1) / 2)
        return sine * bessel_moment(alpha, c)


def printed_double_integral(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return the double integral over p and q as printed, with ``exp(-q² csc² θ)``.

    Its inner integral is ``exp(-2p csc² θ) K_0(2p csc² θ) / 2``; with ``x = 2p csc² θ`` a Bessel
    integral at ``-(1 - cos θ)/2`` remains.
    """
    with working_bits(bits_from_dps(dps)):
        order = rational_exponent(alpha)
        sine = (1 - rational_exponent(c) ** 2) ** (order + arb(1) / 2)
        return sine * arb(2) ** (-order - 1) * bessel_moment(alpha, -(1 - c) / Fraction(2))


def inner_integral(p: Fraction, a: Fraction, dps: int) -> arb:
    """Return ``∫ exp(-a q²) (q² - 4p)**(-1/2) dq`` over ``q > 2 √p``, with ``q = 2 √p cosh t``."""
    with working_bits(bits_from_dps(dps)):
        rate = 4 * rational_exponent(p * a)
        cut = (((current_bits() + 20) / rate).sqrt() + 2).acosh().upper()
        body = integrate(lambda t, _analytic: (-rate * t.cosh() ** 2).exp(), 0, cut)
        # beyond, cosh² t grows faster than t
        tail = (-rate * cut.cosh() ** 2).exp() / (rate * (2 * cut).sinh())
        return body + arb(0, 1) * tail.upper()


def inner_bessel(p: Fraction, a: Fraction, dps: int) -> arb:
    """Return ``exp(-2ap) K_0(2ap) / 2``."""
    with working_bits(bits_from_dps(dps)):
        x = 2 * rational_exponent(p * a)
        return (-x).exp() * x.bessel_k(arb(0)) / 2


def bessel_side(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``sin² θ L_α(θ)``, by Bessel integrals."""
    with working_bits(bits_from_dps(dps)):
        return (1 - rational_exponent(c) ** 2) * bessel_moment(alpha, c)


def recurrence_side(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(2α-1) cos θ L_{α-1} + (α-1)² L_{α-2}``, by Bessel integrals."""
    with working_bits(bits_from_dps(dps) + 20):
        order = rational_exponent(alpha)
        first = (2 * order - 1) * rational_exponent(c) * bessel_moment(alpha - 1, c)
        return first + (order - 1) ** 2 * bessel_moment(alpha - 2, c)


def polar_side(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``sin**(2α+1) θ L_α``, by polar coordinates."""
    return covariance(alpha, c, dps)


def polar_recurrence_side(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``sin**(2α-1) θ`` times the other side of the recurrence, by polar coordinates."""
    with working_bits(bits_from_dps(dps) + 20):
        order, cosine = rational_exponent(alpha), rational_exponent(c)
        first = (2 * order - 1) * cosine * polar_moment(alpha - 1, c)
        second = (order - 1) ** 2 * (1 - cosine**2) * polar_moment(alpha - 2, c)
        return 2 * arb.pi() * (first + second)


def value_at_zero(alpha: Fraction, dps: int) -> arb:
    """Return ``2 c_α J_α(0) = 2 (E ψ_α)²`` by the integral in polar coordinates."""
    with working_bits(bits_from_dps(dps)):
        return 2 * polar_moment(alpha, Fraction(0))


KERNEL = Claim(
    id="residual.power-relu-kernel",
    title="Covariance of the alpha-ReLU",
    statement=(
        "E ψ_α(u) ψ_α(v) = c_α J_α(cos θ) with 2π c_α J_α = Γ(α+1) sin^(2α+1)θ "
        "∫_0^{π/2} cos^α η (1 - cos θ cos η)^(-α-1) dη, 0 < θ < π"
    ),
    variables=EXPONENT,
    assumptions=("α > -1; c_α, hence J_α normalised to J_α(1) = 1, needs α > -1/2",),
    source=Source("residual", "Lemma C.30"),
    as_printed=(
        "lost in the text; rebuilt from the work of Cho and Saul that it cites, for real α, and "
        "from the surviving 2π c_α J_α(θ)"
    ),
    checks=(
        attack(
            covariance,
            "==",
            angular_formula,
            domain={"alpha": Real(-1, 8, open_at="lower"), "c": CORRELATION},
            assuming=lambda alpha: alpha > Fraction(-999, 1000),
            tries=(24, 300),
        ),
        attack(
            value_at_zero,
            "==",
            2 * (2 ** (ALPHA / 2 - 1) * sympy.gamma((ALPHA + 1) / 2)) ** 2 / sympy.pi,
            domain={"alpha": Real("-1/2", 8, open_at="lower")},
            tries=(15, 150),
        ),
    ),
    near_miss=attack(
        lambda alpha, c, dps: 2 * covariance(alpha, c, dps),
        "==",
        angular_formula,
        domain={"alpha": Real("-1/2", 8), "c": CORRELATION},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

BESSEL = Claim(
    id="residual.power-relu-bessel-form",
    title="Covariance of the alpha-ReLU as a Bessel integral",
    statement="2π c_α J_α(θ) = sin^(2α+1)θ ∫_0^∞ K_0(x) e^(x cos θ) x^α dx for 0 < θ <= π",
    variables=EXPONENT,
    assumptions=("α > -1/2, or α > -1 with c_α J_α read as E ψ_α(u) ψ_α(v)",),
    source=Source("residual", "Lemma C.31"),
    as_printed=(
        "statement lost; rebuilt from its proof. At θ = 0 the integral diverges and the formula "
        "holds as a limit only"
    ),
    checks=(
        attack(
            bessel_formula,
            "==",
            covariance,
            domain={"alpha": Real("-9/10", 8), "c": CORRELATION},
            tries=(6, 120),
        ),
    ),
    near_miss=attack(
        lambda alpha, c, dps: 2 * bessel_formula(alpha, c, dps),
        "==",
        covariance,
        domain={"alpha": Real("-1/4", 8), "c": CORRELATION},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

INNER_PRINTED = Claim(
    id="residual.power-relu-bessel-form-proof-printed",
    title="Double integral in the proof of the Bessel form, as printed",
    statement=(
        "2π c_α J_α(θ) = 2 csc θ ∫_0^∞ e^(p(1+cos θ)csc²θ) p^α "
        "∫_{2√p}^∞ e^(-q² csc²θ) (q² - 4p)^(-1/2) dq dp"
    ),
    variables=EXPONENT,
    source=Source("residual", "Lemma C.31, proof"),
    as_printed="as stated; u² + v² = q² - 2p with the factor 1/2 of the density gives q² csc²θ / 2",
    checks=(
        at_points(printed_double_integral, "==", covariance, points=grid(alpha=(1,), c=(0, "1/2"))),
    ),
    near_miss=at_points(
        printed_double_integral,
        "==",
        lambda alpha, c, dps: 2 * covariance(alpha, c, dps),
        points=grid(alpha=(1,), c=("1/2",)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-relu-bessel-form-proof",
)

INNER = Claim(
    id="residual.power-relu-bessel-form-proof",
    title="Inner integral in the proof of the Bessel form",
    statement="∫_{2√p}^∞ e^(-a q²) (q² - 4p)^(-1/2) dq = e^(-2ap) K_0(2ap) / 2, at a = csc²θ / 2",
    variables={"p": "product of the two inputs, > 0", "a": "> 0"},
    source=Source("residual", "Lemma C.31, proof"),
    as_printed="exponent without 1/2; substitution printed as x = q²/(2√p), q = 2√p cosh t works",
    checks=(
        attack(
            inner_integral,
            "==",
            inner_bessel,
            domain={"p": Real("1/1000", 10), "a": Real("1/2", 10)},
            tries=(45, 450),
        ),
    ),
    near_miss=attack(
        inner_integral,
        "==",
        lambda p, a, dps: inner_bessel(p, a / Fraction(2), dps),
        domain={"p": Real("1/1000", 10), "a": Real("1/2", 10)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

RECURRENCE = Claim(
    id="residual.power-relu-bessel-recurrence",
    title="Three-term recurrence of the Bessel integrals",
    statement="For α > 1: sin²θ L_α(θ) = (2α-1) cos θ L_{α-1}(θ) + (α-1)² L_{α-2}(θ), 0 < θ <= π",
    variables=EXPONENT,
    assumptions=("L_α(θ) = ∫_0^∞ K_0(x) e^(x cos θ) x^α dx",),
    source=Source("residual", "Lemma C.32"),
    as_printed=(
        "as stated. α > 1 is exactly the range where L_{α-2} exists; the limit α -> 1 is "
        "sin²θ L_1 = cos θ L_0 + 1, not the formula without its last term"
    ),
    checks=(
        attack(
            polar_side,
            "==",
            polar_recurrence_side,
            domain={"alpha": Real(1, 8, open_at="lower"), "c": CORRELATION},
            assuming=lambda alpha: alpha > Fraction(1001, 1000),
            tries=(30, 450),
        ),
        at_points(bessel_side, "==", recurrence_side, points=grid(alpha=("3/2",), c=("-2/3",))),
        # at θ = π the left side vanishes
        at_points(recurrence_side, "==", 0, points=grid(alpha=(2,), c=(-1,))),
        # α = 1: L_0 = arccos(-c)/√(1-c²), L_1 is its derivative in c
        identity(
            (1 - C**2) * sympy.diff(sympy.acos(-C) / sympy.sqrt(1 - C**2), C),
            C * sympy.acos(-C) / sympy.sqrt(1 - C**2) + 1,
        ),
    ),
    near_miss=identity(
        (1 - C**2) * sympy.diff(sympy.acos(-C) / sympy.sqrt(1 - C**2), C),
        C * sympy.acos(-C) / sympy.sqrt(1 - C**2),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

BOUNDARY_PRINTED = Claim(
    id="residual.power-relu-bessel-recurrence-proof-printed",
    title="Boundary term at infinity in the proof of the recurrence, as printed",
    statement="K_0'(x) e^(x cos θ) x^α ~ -√(π/2) e^(-x(1-cos θ)) x^(α-1) as x -> ∞",
    variables={"x": "real, tends to infinity"},
    source=Source("residual", "Lemma C.32, proof"),
    as_printed="power α - 1, and α - 2 for the second term; both tend to 0 all the same",
    checks=(
        limit(
            -sympy.besselk(1, X) * sympy.exp(X) * X / sympy.sqrt(sympy.pi / 2),
            -1,
            along=[{"x": 4**k} for k in range(1, 9)],
            error=1 / X,
        ),
    ),
    near_miss=limit(
        -sympy.besselk(1, X) * sympy.exp(X) * X**2 / sympy.sqrt(sympy.pi / 2),
        -1,
        along=[{"x": 4**k} for k in range(1, 9)],
        error=1 / X,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-relu-bessel-recurrence-proof",
)

BOUNDARY = Claim(
    id="residual.power-relu-bessel-recurrence-proof",
    title="Boundary term at infinity in the proof of the recurrence",
    statement="K_0'(x) e^(x cos θ) x^α ~ -√(π/2) e^(-x(1-cos θ)) x^(α-1/2) as x -> ∞",
    variables={"x": "real, tends to infinity"},
    source=Source("residual", "Lemma C.32, proof"),
    as_printed="power α - 1",
    checks=(
        limit(
            -sympy.besselk(1, X) * sympy.exp(X) * sympy.sqrt(X) / sympy.sqrt(sympy.pi / 2),
            -1,
            along=[{"x": 4**k} for k in range(1, 9)],
            error=1 / X,
        ),
    ),
    near_miss=limit(
        -sympy.besselk(1, X) * sympy.exp(X) * sympy.sqrt(X) / sympy.sqrt(sympy.pi),
        -1,
        along=[{"x": 4**k} for k in range(1, 9)],
        error=1 / X,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    KERNEL,
    BESSEL,
    INNER_PRINTED,
    INNER,
    RECURRENCE,
    BOUNDARY_PRINTED,
    BOUNDARY,
)
"""Lemmas C.30 to C.32."""
