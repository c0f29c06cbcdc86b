"""Transforms at large variance: Lemmas C.2 and C.3 of the residual paper.

The constants are integrals over the line; the transforms are integrals against the Gaussian.
Both are evaluated by quadrature, and the remainder is compared with the explicit bound
that Taylor's theorem gives: the first omitted term, whose sign the remainder has too.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent, sech_moment
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
DOUBLINGS = [{"q": 4**k} for k in range(3, 14)]
DECADES = Real(0, None, open_at="lower", decades=8)


def _moment(bump: str, n: int) -> arb:
    """Return the integral of ``phi(z)**2 z**(2n)`` over the line, ``phi**2`` being the bump."""
    half = arb(1) / 2
    if bump == "gaussian":  # exp(-z**2)
        return (n + half).gamma()
    if bump == "box":  # 1 on [-1, 1]
        return arb(2) / (2 * n + 1)
    return 2 * arb(2 * n + 1).gamma()  # exp(-|z|)


def scaled_transform(bump: str, q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q) V phi(q)`` in closed form."""
    with working_bits(2 * bits_from_dps(dps) + 40):
        variance = rational_exponent(q)
        if bump == "gaussian":
            value = 1 / (1 + 2 * variance).sqrt()
        elif bump == "box":
            value = (1 / (2 * variance).sqrt()).erf()
        else:
            value = (variance / 2).exp() * (variance / 2).sqrt().erfc()
            if not value.is_finite() or value.rel_accuracy_bits() < bits_from_dps(dps):
                root = (variance / 2).sqrt()
                # exp(x^2) erfc(x) = U(1/2, 1/2, x^2) / sqrt(pi)
                value = (root**2).hypgeom_u(arb(1) / 2, arb(1) / 2) / arb.pi().sqrt()
        return value * variance.sqrt()


def coefficient(bump: str, n: int) -> arb:
    """Return ``C_n`` of Lemma C.2 for a bump."""
    return (-1) ** n * _moment(bump, n) / (2**n * arb(n + 1).gamma() * (2 * arb.pi()).sqrt())


def partial_sum_gap(bump: str, q: Fraction, terms: int, dps: int) -> arb:
    """Return ``|sqrt(q) V - sum of the terms C_0 .. C_N|``."""
    with working_bits(3 * bits_from_dps(dps) + 100):
        variance = rational_exponent(q)
        total = sum((coefficient(bump, n) / variance**n for n in range(terms + 1)), arb(0))
    scaled = scaled_transform(bump, q, 3 * dps + 30)
    with working_bits(3 * bits_from_dps(dps) + 100):
        return abs(scaled - total)


def first_omitted(bump: str, q: Fraction, terms: int, dps: int) -> arb:
    """Return ``|C_{N+1}| q**-(N+1)``."""
    with working_bits(bits_from_dps(dps)):
        return abs(coefficient(bump, terms + 1)) / rational_exponent(q) ** (terms + 1)


def heavy_transform(q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q) V phi(q)`` for ``phi(z)**2 = 1/(1+z**2)``: no moment of order 2."""
    with working_bits(bits_from_dps(dps)):
        x = 1 / (2 * rational_exponent(q)).sqrt()
        return (arb.pi() / 2).sqrt() * (x**2).exp() * x.erfc()


def sech_constant(degree: Fraction, n: int) -> arb:
    """Return ``C_n`` of Lemma C.3, from the integral of ``sech**(2d) z**(2n)``."""
    integral = sech_moment(2 * degree, n)
    return (-1) ** n * integral / (2**n * arb(n + 1).gamma() * (2 * arb.pi()).sqrt())


def sech_transform(degree: Fraction, q: Fraction) -> arb:
    """Return ``sqrt(q) V sech**d (q)`` by quadrature against the Gaussian."""
    return sech_moment(2 * degree, 0, q) / (2 * arb.pi()).sqrt()


def sech_gap(d: Fraction, q: Fraction, terms: int, dps: int) -> arb:
    """Return ``|sqrt(q) V sech**d - sum of C_0 .. C_N|``."""
    with working_bits(bits_from_dps(dps) + 60):
        variance = rational_exponent(q)
        total = sum((sech_constant(d, n) / variance**n for n in range(terms + 1)), arb(0))
        return abs(sech_transform(d, q) - total)


def sech_omitted(d: Fraction, q: Fraction, terms: int, dps: int) -> arb:
    """Return ``|C_{N+1}| q**-(N+1)`` for ``sech**d``."""
    with working_bits(bits_from_dps(dps)):
        return abs(sech_constant(d, terms + 1)) / rational_exponent(q) ** (terms + 1)


ENVELOPE = Claim(
    id="residual.large-variance-expansion",
    title="Expansion of V at large variance",
    statement=(
        "√q Vφ(q) = Σ_{n<=N} C_n q^(-n) + O(q^(-N-1)), C_n = (-1)^n ∫ φ(z)² z^(2n) dz / "
        "(2^n n! √(2π)); the error is at most |C_{N+1}| q^(-N-1) for every q > 0"
    ),
    variables={
        "bump": "φ(z)²: e^(-z²), the indicator of [-1, 1], or e^(-|z|)",
        "q": "variance, > 0",
        "terms": "N",
    },
    assumptions=("φ(z)² z^(2n) is integrable for 0 <= n <= N + 1",),
    source=Source("residual", "Lemma C.2"),
    as_printed="the constant of O is not printed; Taylor's theorem gives it",
    checks=(
        attack(
            partial_sum_gap,
            "<=",
            first_omitted,
            domain={
                "bump": OneOf(("gaussian", "box", "laplace")),
                "q": DECADES,
                "terms": Integer(0, 6),
            },
        ),
    ),
    near_miss=limit(
        heavy_transform,
        sympy.sqrt(sympy.pi / 2),
        along=DOUBLINGS,
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SECH_POWERS = Claim(
    id="residual.sech-power-expansion",
    title="Expansion of V for powers of the hyperbolic secant",
    statement=(
        "For d > 0: √q V sech^d(q) ~ Σ C_n q^(-n), C_n = (-1)^n ∫ sech^(2d)(z) z^(2n) dz / "
        "(2^n n! √(2π)); each partial sum errs by at most the next term"
    ),
    variables={"d": "power, > 0", "q": "variance, > 0", "terms": "N"},
    source=Source("residual", "Lemma C.3"),
    as_printed="the error is not printed; no C_n vanishes, so it has the order of the next term",
    checks=(
        attack(
            sech_gap,
            "<=",
            sech_omitted,
            domain={
                "d": Real("1/2", 6),
                "q": Real(0, None, open_at="lower", decades=6),
                "terms": Integer(0, 3),
            },
            tries=(15, 240),
        ),
    ),
    near_miss=limit(
        lambda q, dps: sech_gap(Fraction(1), q, 0, dps),
        0,
        along=DOUBLINGS,
        error=Q**-2,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (ENVELOPE, SECH_POWERS)
"""Lemmas C.2 and C.3."""
