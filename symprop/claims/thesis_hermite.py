"""thesis, section 5.3: Hermite expansions and the kernel map as a power series."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Context
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Evidence, Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid

__all__ = ["CLAIMS"]

EXACT = Verdict(Outcome.HOLDS, Grade.EXACT)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
x = sympy.Symbol("x", real=True)
rho = sympy.Symbol("rho", real=True)

PRINTED_POLYNOMIALS = (
    sympy.Integer(1),
    x,
    x**2 - 1,
    x**3 - 3 * x,
    x**4 - 6 * x**2 + 3,
)
ORDERS = {"m": "order, from 0", "n": "order, from 0"}
GAUSSIAN_PAIR = "u, v jointly Gaussian, unit variances, correlation ρ"


def rodrigues(n: int) -> sympy.Expr:
    """Return He_n from its definition by derivatives of the Gaussian."""
    gaussian = sympy.exp(-(x**2) / 2)
    return sympy.expand(sympy.simplify((-1) ** n * sympy.diff(gaussian, x, n) / gaussian))


def double_moment(i: int, j: int, r: Fraction) -> Fraction:
    """Return ``E u^i v^j`` by Isserlis' recursion ``E u f = E f_u + r E f_v``."""
    table: dict[tuple[int, int], Fraction] = {}

    def moment(a: int, b: int) -> Fraction:
        if (a, b) == (0, 0):
            return Fraction(1)
        if (a, b) not in table:
            if a:
                value = (a - 1) * moment(a - 2, b) if a > 1 else Fraction(0)
                value += r * b * moment(a - 1, b - 1) if b else 0
            else:
                value = (b - 1) * moment(0, b - 2) if b > 1 else Fraction(0)
            table[a, b] = value
        return table[a, b]

    return moment(i, j)


def polynomial_coefficients(n: int) -> list[int]:
    """Return the coefficients of He_n, from the three-term recurrence."""
    before, current = [0], [1]
    for k in range(n):
        shifted = [0, *current]
        for degree, value in enumerate(before):
            shifted[degree] -= k * value
        before, current = current, shifted
    return current


def hermite_correlation(m: int, n: int, rho: Fraction) -> sympy.Expr:
    """Return ``E he_m(u) he_n(v)`` exactly, monomial by monomial."""
    total = sum(
        a * b * double_moment(i, j, rho)
        for i, a in enumerate(polynomial_coefficients(m))
        for j, b in enumerate(polynomial_coefficients(n))
        if a and b
    )
    value = sympy.Rational(Fraction(total).numerator, Fraction(total).denominator)
    return value / sympy.sqrt(sympy.factorial(m) * sympy.factorial(n))


def power_or_zero(m: int, n: int, rho: Fraction) -> sympy.Expr:
    ratio = sympy.Rational(rho.numerator, rho.denominator)
    return ratio**n if m == n else sympy.Integer(0)


def next_power_or_zero(m: int, n: int, rho: Fraction) -> sympy.Expr:
    return power_or_zero(m, n, rho) * sympy.Rational(rho.numerator, rho.denominator)


def mixture_correlation(n: int, rho: Fraction) -> sympy.Expr:
    """Return ``E he_n(u) he_n(v)`` for a pair with normal marginals that is not jointly normal.

    ``v = s u`` with an independent sign s, +1 with probability (1+rho)/2: both marginals
    are standard normal, the covariance is rho, and even functions of v are those of u.
    """
    r = sympy.Rational(rho.numerator, rho.denominator)
    polynomial = sum(a * x**i for i, a in enumerate(polynomial_coefficients(n)))
    density = sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi)

    def mean(function: sympy.Expr) -> sympy.Expr:
        return sympy.integrate(sympy.expand(function) * density, (x, -sympy.oo, sympy.oo))

    same = mean(polynomial * polynomial)
    flipped = mean(polynomial * polynomial.subs(x, -x))
    return sympy.simplify(((1 + r) * same + (1 - r) * flipped) / (2 * sympy.factorial(n)))


def equal_power(n: int, rho: Fraction) -> sympy.Expr:
    return power_or_zero(n, n, rho)


def next_equal_power(n: int, rho: Fraction) -> sympy.Expr:
    return next_power_or_zero(n, n, rho)


def density_ratio(rho: Fraction, x: Fraction, y: Fraction, dps: int) -> Any:
    """Return the joint density over the product of the marginals."""
    from symprop.numerics.evaluation import enclose

    r, a, b = (sympy.Rational(v.numerator, v.denominator) for v in map(Fraction, (rho, x, y)))
    exponent = -(r**2 * (a**2 + b**2) - 2 * a * b * r) / (2 * (1 - r**2))
    return enclose(sympy.exp(exponent) / sympy.sqrt(1 - r**2), dps=dps)


def hermite_sum(rho: Fraction, x: Fraction, y: Fraction, dps: int) -> Any:
    """Return ``sum rho^m he_m(x) he_m(y)`` with a proved remainder.

    Cramer: ``|he_m(x)| <= exp(x^2/4)`` for real x (with a constant below 1.09).
    """
    from math import ceil, log

    from flint import arb

    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.evaluation import as_ball
    from symprop.numerics.precision import bits_from_dps, working_bits

    bits = bits_from_dps(dps) + 40
    size = abs(float(rho))
    terms = 2 if size == 0 else ceil(bits * log(2) / -log(size)) + 8
    with working_bits(bits + 4 * terms):
        r, a, b = (as_ball(value, bits + 4 * terms) for value in (rho, x, y))
        left, right = (arb(0), arb(1)), (arb(0), arb(1))
        power, total = arb(1), arb(0)
        for m in range(terms):
            total += power * left[1] * right[1]
            power *= r
            root, next_root = arb(m).sqrt(), arb(m + 1).sqrt()
            left = left[1], (a * left[1] - root * left[0]) / next_root
            right = right[1], (b * right[1] - root * right[0]) / next_root
        rest = abs(power) * arb("1.2") * ((a * a + b * b) / 4).exp() / (1 - abs(r))
        return Enclosure(total + arb(0, 1) * rest.upper())


def hermite_sum_shifted(rho: Fraction, x: Fraction, y: Fraction, dps: int) -> Any:
    """Return the sum with one power of rho too many."""
    return hermite_sum(rho, x, y, dps) * Fraction(rho)


def density_ratio_at_zero(x: Fraction, y: Fraction, dps: int) -> Any:
    """Return the left side at rho = 0: by the printed formula it is the same for every rho."""
    return density_ratio(Fraction(0), x, y, dps)


def kernel(phi: str, rho: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance(phi, rho, dps)


def squared_series(phi: str, rho: Fraction, dps: int) -> Any:
    return _coefficient_series(phi, rho, dps, power=2)


def plain_series(phi: str, rho: Fraction, dps: int) -> Any:
    """Return ``sum c_k rho^k`` with the coefficients not squared."""
    return _coefficient_series(phi, rho, dps, power=1)


def second_moment(phi: str, dps: int) -> Any:
    """Return ``E phi(X) phi(X)``: what Corollary 5.7 prints on its left."""
    from symprop.claims import quadrature_witness as witness

    return witness.mean_square(phi, dps)


def _coefficient_series(phi: str, rho: Fraction, dps: int, *, power: int) -> Any:
    from flint import arb

    from symprop.gaussian.hermite import hermite_balls
    from symprop.gaussian.integrand import integrand_of
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.evaluation import as_ball
    from symprop.numerics.precision import bits_from_dps, working_bits
    from symprop.specs.activations import activation

    bits = bits_from_dps(dps)
    order = 120
    c, _, tail = hermite_balls(integrand_of(activation(phi)), 1, order, bits)
    with working_bits(bits + 20):
        r = as_ball(rho, bits + 20)
        terms = ((a * a if power == 2 else a) * r**k for k, a in enumerate(c))
        size = tail if power == 2 else tail.sqrt() / (1 - abs(r))
        rest = size * abs(r) ** (order + 1)
        return Enclosure(sum(terms, arb(0)) + arb(0, 1) * rest.upper())


QUICK_POINTS = grid(phi=("cos(x) + x", "relu", "exp(x/2)"), rho=("-1/2",))
FULL_POINTS = (*QUICK_POINTS, *grid(phi=("tanh", "relu"), rho=("0", "-1/2")))


def series_of_kernels(context: Context) -> Evidence:
    """Compare the double integrals with the series."""
    points = context.pick((QUICK_POINTS, FULL_POINTS))
    return at_points(kernel, "==", squared_series, points=points, digits=15)(context)


_claim = claims_of("thesis", SAMPLED)

CLAIMS = (
    _claim(
        "hermite-polynomials",
        "Table 5.1",
        EXACT,
        title="the first Hermite polynomials",
        statement="He_0..He_4 are 1, x, x²-1, x³-3x, x⁴-6x²+3",
        checks=tuple(
            identity(rodrigues(n), printed) for n, printed in enumerate(PRINTED_POLYNOMIALS)
        ),
        near_miss=at_points(rodrigues(4), "==", x**4 - 6 * x**2 + 6, points=grid(x=("0", "1"))),
    ),
    _claim(
        "hermite-orthogonality",
        "eq 5.5",
        EXACT,
        title="orthogonality of Hermite polynomials",
        statement="E he_m(u) he_n(u) = 1 if m = n, else 0",
        as_printed="the symbol called a Dirac delta is Kronecker's",
        variables=ORDERS,
        checks=(
            at_points(
                hermite_correlation,
                "==",
                power_or_zero,
                points=grid(m=tuple(range(9)), n=tuple(range(9)), rho=("1",)),
                exhaustive=True,
            ),
        ),
        near_miss=at_points(
            hermite_correlation, "==", sympy.Integer(1), points=grid(m=(2,), n=(4,), rho=("1",))
        ),
    ),
    _claim(
        "hermite-correlation",
        "Lemma 5.6",
        title="Hermite polynomials of correlated Gaussians",
        statement="E he_m(u) he_n(v) = ρⁿ δ_mn",
        variables={**ORDERS, "rho": "correlation, in [-1, 1]"},
        assumptions=(GAUSSIAN_PAIR,),
        as_printed="only the marginals are said to be normal; joint normality is supplied here",
        checks=(
            attack(
                hermite_correlation,
                "==",
                power_or_zero,
                domain={
                    "m": Integer(0, reach=12),
                    "n": Integer(0, reach=12),
                    "rho": Real(-1, 1),
                },
                tries=(60, 400),
            ),
        ),
        near_miss=at_points(
            hermite_correlation, "==", next_power_or_zero, points=grid(m=(3,), n=(3,), rho=("1/2",))
        ),
        derivation="derivations/mehler.py",
    ),
    _claim(
        "hermite-correlation-marginal",
        "Lemma 5.6",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="the same from normal marginals alone",
        statement="E he_n(u) he_n(v) = ρⁿ for standard normal u and v with covariance ρ",
        variables={"n": "order, from 0", "rho": "covariance, in [-1, 1]"},
        assumptions=("u and v each standard normal, covariance ρ",),
        as_printed="the hypothesis as printed, without joint normality; tested on v = ±u with an"
        " independent sign, where n = 0 and 1 agree and n = 2 does not",
        checks=(
            at_points(
                mixture_correlation, "==", equal_power, points=grid(n=(0, 1, 2), rho=("1/2",))
            ),
        ),
        near_miss=at_points(
            mixture_correlation, "==", next_equal_power, points=grid(n=(1,), rho=("1/2",))
        ),
        corrected_by="thesis.hermite-correlation",
    ),
    _claim(
        "mehler-printed",
        "Mehler's formula",
        FALSE,
        title="Mehler's formula as printed",
        statement="(1-ρ²)^(-1/2) exp[-(ρ²(x²+y²) - 2xyρ)/(2(1-ρ²))] = Σ he_m(x) he_m(y)",
        variables={"rho": "in (-1, 1)", "x": "real", "y": "real"},
        as_printed="the sum carries no power of ρ, so the right side cannot depend on ρ;"
        " tested by its consequence that the left side is the same as at ρ = 0",
        checks=(
            at_points(
                density_ratio,
                "==",
                density_ratio_at_zero,
                points=grid(rho=("1/2", "-1/2"), x=("1",), y=("1/2",)),
                digits=15,
            ),
        ),
        near_miss=at_points(
            density_ratio,
            "==",
            density_ratio_at_zero,
            points=grid(rho=("1/10",), x=("0",), y=("0",)),
            digits=15,
        ),
        corrected_by="thesis.mehler",
    ),
    _claim(
        "mehler",
        "Mehler's formula",
        title="Mehler's formula",
        statement="(1-ρ²)^(-1/2) exp[-(ρ²(x²+y²) - 2xyρ)/(2(1-ρ²))] = Σ ρᵐ he_m(x) he_m(y)",
        variables={"rho": "in (-1, 1)", "x": "real", "y": "real"},
        as_printed="with the factor ρᵐ restored",
        checks=(
            attack(
                density_ratio,
                "==",
                hermite_sum,
                domain={
                    "rho": Real(Fraction(-9, 10), Fraction(9, 10)),
                    "x": Real(-3, 3),
                    "y": Real(-3, 3),
                },
                digits=15,
                tries=(20, 120),
            ),
        ),
        near_miss=at_points(
            density_ratio,
            "==",
            hermite_sum_shifted,
            points=grid(rho=("1/2",), x=("1",), y=("1/2",)),
            digits=15,
        ),
        derivation="derivations/mehler.py",
    ),
    _claim(
        "kernel-series-printed",
        "Corollary 5.7",
        FALSE,
        title="the kernel map as a series, left side as printed",
        statement="E φ(X) φ(X) = Σ c_k² ρ^k",
        variables={"phi": "activation", "rho": "correlation, in [-1, 1]"},
        as_printed="the middle of the displayed equation takes both factors at the same X,"
        " so it does not depend on ρ",
        checks=(
            at_points(
                second_moment,
                "==",
                squared_series,
                points=grid(phi=("tanh",), rho=("1/2",)),
                digits=15,
            ),
        ),
        near_miss=at_points(
            second_moment, "==", plain_series, points=grid(phi=("tanh",), rho=("1/2",)), digits=15
        ),
        corrected_by="thesis.kernel-series",
    ),
    _claim(
        "kernel-series",
        "Corollary 5.7",
        title="the kernel map is a power series with squared coefficients",
        statement="κ(ρ) = E φ(u) φ(v) = Σ c_k² ρ^k",
        variables={"phi": "activation", "rho": "correlation, in [-1, 1]"},
        assumptions=(GAUSSIAN_PAIR, "φ square-integrable"),
        as_printed="with the second factor at Y instead of X",
        checks=(series_of_kernels,),
        near_miss=at_points(kernel, "==", plain_series, points=QUICK_POINTS[:1], digits=15),
        derivation="derivations/mehler.py",
    ),
)
"""Tables, lemmas and corollaries of section 5.3."""
