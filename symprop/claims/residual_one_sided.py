"""One-sided extension and Taylor expansion at an end: Lemmas C.17 to C.19 of the residual paper.

The hypotheses are attacked with oscillating functions: ``x**m sin(1/x)`` has one-sided
derivatives at 0 up to order ``m // 2``, the last of which is not continuous there.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_large_variance import first_omitted, partial_sum_gap
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

X = sympy.Symbol("x", positive=True)
FAMILY = {
    "analytic": sympy.exp(X),
    "flat": sympy.exp(-1 / X),
    "removable": sympy.sin(X) / X,
    "half-integer power": X ** sympy.Rational(7, 2),
    "logarithm": 1 + X + X**4 * sympy.log(X),
    "oscillating": X**7 * sympy.sin(1 / X) + sympy.cos(X),
    "pole outside": 1 / (1 + X),
}
TOWARDS_ZERO = [{"x": Fraction(1, 2**k)} for k in range(2, 14)]


def difference_quotient(function: str, order: int) -> sympy.Expr:
    """Return the limit of ``(f^(i)(x) - f^(i)(0)) / x`` as ``x`` falls to 0."""
    derivative = sympy.diff(FAMILY[function], X, order)
    return sympy.limit((derivative - sympy.limit(derivative, X, 0, "+")) / X, X, 0, "+")


def limit_of_derivative(function: str, order: int) -> sympy.Expr:
    """Return the limit of ``f^(i+1)`` as ``x`` falls to 0."""
    return sympy.limit(sympy.diff(FAMILY[function], X, order + 1), X, 0, "+")


def quotient(function: str, end: Fraction) -> sympy.Expr:
    """Return ``(f(x) - f(0))/x`` at ``x = end``."""
    value, place = FAMILY[function], sympy.Rational(end.numerator, end.denominator)
    return (value.subs(X, place) - value.subs(X, 0)) / place


def printed_quotient(function: str, end: Fraction) -> sympy.Expr:
    """Return ``f'(0) + (1/x) ∫_0^x (f'(y) - f(0)) dy``."""
    value, place = FAMILY[function], sympy.Rational(end.numerator, end.denominator)
    rise = value.subs(X, place) - value.subs(X, 0)
    return sympy.diff(value, X).subs(X, 0) + rise / place - value.subs(X, 0)


def averaged_quotient(function: str, end: Fraction) -> sympy.Expr:
    """Return ``f'(0) + (1/x) ∫_0^x (f'(y) - f'(0)) dy``, integrated by SymPy."""
    slope, place = sympy.diff(FAMILY[function], X), sympy.Rational(end.numerator, end.denominator)
    start = slope.subs(X, 0)
    return start + sympy.integrate(slope - start, (X, 0, place)) / place


def oscillating_remainder(x: Fraction, k: int, i: int, dps: int) -> arb:
    """Return ``|f(x) - sum_{j<i} x**j/j!|`` for ``f = e**x + x**(2k) sin(1/x)``."""
    with working_bits(2 * bits_from_dps(dps) + 60 * (k + 1)):
        point = rational_exponent(x)
        value = point.exp() + point ** (2 * k) * (1 / point).sin()
        taylor = sum((point**j / arb(j + 1).gamma() for j in range(i)), arb(0))
        return abs(value - taylor)


def allowed(x: Fraction, i: int, dps: int) -> arb:
    """Return ``4 x**i``: the exponential series leaves at most ``e x**i``, the sine ``x**i``."""
    with working_bits(bits_from_dps(dps)):
        return 4 * rational_exponent(x) ** i


EXTENSION = Claim(
    id="residual.one-sided-extension",
    title="Extension of a function and its derivatives to an end",
    statement=(
        "If f is C^k on (0, 2) and f^(i)(x) has a finite limit as x -> 0+ for 0 <= i <= k, the "
        "extended f has one-sided i-th derivatives at 0 for i <= k, equal to those limits"
    ),
    variables={"function": "one of a family, hostile ones included", "order": "i, below k = 3"},
    assumptions=("the limits of all derivatives up to order k exist and are finite",),
    source=Source("residual", "Lemma C.17"),
    as_printed="as stated; the limit of f^(k) alone implies the others",
    checks=(
        at_points(
            difference_quotient,
            "==",
            limit_of_derivative,
            points=[{"function": name, "order": i} for name in FAMILY for i in range(3)],
        ),
    ),
    # without a limit of f': the quotient of x sin(1/x) is sin(1/x)
    near_miss=limit(sympy.sin(1 / X), 0, along=TOWARDS_ZERO, error=X),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

TAYLOR = Claim(
    id="residual.one-sided-taylor",
    title="Taylor expansion from one-sided derivatives",
    statement=(
        "If f: [0, 2) -> R is C^k on (0, 2), k >= 1, with one-sided derivatives at 0 up to order "
        "k, then f(x) = Σ_{j<i} x^j f^(j)(0)/j! + O(x^i) for 1 <= i <= k"
    ),
    variables={"x": "in (0, 1]", "k": "order", "i": "number of terms, <= k"},
    assumptions=("f = e^x + x^(2k) sin(1/x), whose k-th derivative is not continuous at 0",),
    source=Source("residual", "Lemma C.18"),
    as_printed="as stated; true by Peano's form of the remainder, though not by the printed proof",
    checks=(
        attack(
            oscillating_remainder,
            "<=",
            allowed,
            domain={"x": Real(0, 1, open_at="lower"), "k": Integer(1, 6), "i": Integer(1, 6)},
            assuming=lambda k, i: i <= k,
        ),
    ),
    near_miss=attack(
        oscillating_remainder,
        "<=",
        allowed,
        domain={"x": Real(0, 1, open_at="lower"), "k": Integer(1, 3), "i": Integer(3, 9)},
        assuming=lambda k, i: i > 2 * k,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CONTINUITY_PRINTED = Claim(
    id="residual.one-sided-taylor-proof-printed",
    title="Continuity of the last derivative in the proof of the one-sided Taylor expansion",
    statement="Under the hypotheses of C.18, f^(k)(x) -> f^(k)(0) as x -> 0+",
    variables={"x": "in (0, 1); f(x) = x² sin(1/x), f(0) = 0, k = 1, f'(0) = 0"},
    source=Source("residual", "Lemma C.18, proof"),
    as_printed="'by assumption', but continuity at 0 is not assumed",
    checks=(
        limit(
            sympy.diff(X**2 * sympy.sin(1 / X), X),
            0,
            along=TOWARDS_ZERO,
            error=X,
        ),
    ),
    near_miss=limit(sympy.diff(X**2 * sympy.sin(1 / X), X), 1, along=TOWARDS_ZERO, error=X),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.one-sided-taylor",
)

SMOOTH = Claim(
    id="residual.one-sided-smooth-taylor",
    title="Smooth one-sided extension",
    statement=(
        "If f is smooth on (0, 2) and every derivative has a finite limit at 0, then "
        "f(x) = Σ_{j<i} x^j f^(j)(0)/j! + O(x^i) for every i, with a constant that depends on i"
    ),
    variables={
        "q": "1/x; f(1/q) = √q E e^(-|√q Z|), smooth at x = 0 with a divergent Taylor series",
        "terms": "i - 1",
    },
    source=Source("residual", "Lemma C.19"),
    checks=(
        attack(
            lambda q, terms, dps: partial_sum_gap("laplace", q, terms, dps),
            "<=",
            lambda q, terms, dps: first_omitted("laplace", q, terms, dps),
            domain={"q": Real("1/2", 10**6), "terms": Integer(0, 8)},
        ),
    ),
    near_miss=attack(
        lambda q, terms, dps: partial_sum_gap("laplace", q, terms, dps),
        "<=",
        lambda q, terms: 2 / Fraction(q) ** (terms + 1),
        domain={"q": Real("1/2", 10**6), "terms": Integer(0, 8)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

PLAIN = ("analytic", "half-integer power", "pole outside")
QUOTIENT_PRINTED = Claim(
    id="residual.one-sided-extension-proof-printed",
    title="Difference quotient at the end, as printed",
    statement="(f(x) - f(0))/x = f'(0) + (1/x) ∫_0^1 (f'(y) - f(0)) 1{y <= x} dy",
    variables={"function": "one of a family", "end": "x in (0, 1]"},
    source=Source("residual", "Lemma C.17, proof"),
    as_printed=(
        "f^(i)(0) is subtracted in place of f^(i+1)(0), which the line before has. Whether 1/x is "
        "printed before the integral cannot be told from the text; it is false without it as well"
    ),
    checks=(
        at_points(
            quotient, "==", printed_quotient, points=grid(function=PLAIN, end=("1/2", "1/16"))
        ),
    ),
    near_miss=at_points(
        quotient,
        "==",
        lambda function, end: averaged_quotient(function, end) + 1,
        points=grid(function=PLAIN, end=("1/2",)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.one-sided-extension-proof",
)

QUOTIENT = Claim(
    id="residual.one-sided-extension-proof",
    title="Difference quotient at the end",
    statement="(f(x) - f(0))/x = f'(0) + (1/x) ∫_0^x (f'(y) - f'(0)) dy",
    variables={"function": "one of a family", "end": "x in (0, 1]"},
    source=Source("residual", "Lemma C.17, proof"),
    as_printed="with f(0) in place of f'(0)",
    checks=(
        at_points(
            quotient, "==", averaged_quotient, points=grid(function=PLAIN, end=("1", "1/2", "1/16"))
        ),
    ),
    near_miss=at_points(
        quotient,
        "==",
        lambda function, end: averaged_quotient(function, end / 2),
        points=grid(function=PLAIN, end=("1/2",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (EXTENSION, TAYLOR, CONTINUITY_PRINTED, SMOOTH, QUOTIENT_PRINTED, QUOTIENT)
"""Lemmas C.17 to C.19."""
