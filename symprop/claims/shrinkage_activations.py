"""shrinkage, appendix B: Hermite expansions of leaky ReLU and erf, proved from integrals.

Covariances follow from their value at 0 and their slope, by Price's theorem: ``C(0) = (E φ)²``
and ``C'(ρ) = E φ'(u) φ'(v)``. For leaky ReLU that is a probability of signs, for erf a Gaussian
integral.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy

from symprop.ledger.algebra import identity
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source

__all__ = ["CLAIMS", "ERF_COVARIANCE", "LEAKY_COVARIANCE"]

EXACT = Verdict(Outcome.HOLDS, Grade.EXACT)
a, rho, x = sympy.symbols("a rho x", real=True)
sw2, sb2 = sympy.symbols("sw2 sb2", positive=True)
pi, sqrt, oo = sympy.pi, sympy.sqrt, sympy.oo
DENSITY = sympy.exp(-(x**2) / 2) / sqrt(2 * pi)

RELU_KERNEL = (sqrt(1 - rho**2) + rho * (pi - sympy.acos(rho))) / (2 * pi)
LEAKY_COVARIANCE = a * rho + (1 - a) ** 2 * RELU_KERNEL
"""Printed covariance of leaky ReLU with slope ``a``."""
ERF_COVARIANCE = 2 / pi * sympy.atan(2 * rho / sqrt(9 - 4 * rho**2))
"""Printed covariance of erf."""
CRITICAL_RATIO = 2 / pi * (2 / sqrt(5) - sympy.atan(2 / sqrt(5)))
A_RANGE = {"a": "negative slope, any real number"}
RHO_RANGE = {"rho": "correlation, in [-1, 1]"}
PRICE = "C'(ρ) = E φ'(u)φ'(v) for an absolutely continuous φ (Price)"

# leaky ReLU


def leaky_mean(of: Callable[[Any], Any]) -> sympy.Expr:
    """Return ``E of(slope)`` for the slope of the piece that a standard normal x is on."""
    below = sympy.integrate(sympy.expand(of(a)) * DENSITY, (x, -oo, 0))
    return below + sympy.integrate(sympy.expand(of(sympy.Integer(1))) * DENSITY, (x, 0, oo))


@cache
def leaky_constant() -> sympy.Expr:
    return leaky_mean(lambda slope: slope * x)


@cache
def leaky_linear() -> sympy.Expr:
    return leaky_mean(lambda slope: slope * x * x)


@cache
def leaky_square() -> sympy.Expr:
    return leaky_mean(lambda slope: (slope * x) ** 2)


@cache
def leaky_slope() -> sympy.Expr:
    return leaky_mean(lambda slope: slope**2)


def leaky_error() -> sympy.Expr:
    """Return ``E φ² - c_0² - c_1²``."""
    return leaky_square() - leaky_constant() ** 2 - leaky_linear() ** 2


def leaky_covariance_at_zero() -> sympy.Expr:
    return leaky_constant() ** 2


def leaky_covariance_slope() -> sympy.Expr:
    """Return ``E φ'(u) φ'(v)``: 1 or a² where signs agree, a where they differ.

    Both are positive with probability ``1/4 + arcsin(ρ)/(2π)`` (Sheppard).
    """
    agree = sympy.Rational(1, 4) + sympy.asin(rho) / (2 * pi)
    return (1 + a**2) * agree + 2 * a * (sympy.Rational(1, 2) - agree)


def distance_from_critical() -> sympy.Expr:
    """Return ``1 - P'(1)``."""
    return 1 - sw2 * leaky_slope() / (sb2 + sw2 * leaky_square())


# erf


@cache
def erf_constant() -> sympy.Expr:
    return sympy.integrate(sympy.erf(x) * DENSITY, (x, -oo, oo))


@cache
def erf_linear() -> sympy.Expr:
    return sympy.integrate(x * sympy.erf(x) * DENSITY, (x, -oo, oo))


@cache
def erf_slope() -> sympy.Expr:
    return sympy.integrate(sympy.diff(sympy.erf(x), x) ** 2 * DENSITY, (x, -oo, oo))


def erf_covariance_slope() -> sympy.Expr:
    """Return ``E φ'(u) φ'(v) = (4/π) E exp(-u² - v²) = (4/π) det(1 + 2Σ)^(-1/2)``."""
    covariance = sympy.Matrix([[1, rho], [rho, 1]])
    return 4 / (pi * sqrt((sympy.eye(2) + 2 * covariance).det()))


def erf_square() -> sympy.Expr:
    """Return ``E φ² = C(1)``."""
    return ERF_COVARIANCE.subs(rho, 1)


def erf_error() -> sympy.Expr:
    return erf_square() - erf_constant() ** 2 - erf_linear() ** 2


def erf_critical_ratio() -> sympy.Expr:
    """Return the ratio of variances at which P'(1) = 1: mean squared slope less mean square."""
    return erf_slope() - erf_square()


def _claim(name: str, number: str, **data: Any) -> Claim:
    return Claim(id=f"shrinkage.{name}", source=Source("shrinkage", number), expected=EXACT, **data)


CLAIMS = (
    _claim(
        "leaky-covariance",
        "Appendix B, leaky ReLU covariance",
        title="covariance of leaky ReLU",
        statement="C(ρ) = aρ + (1-a)² [√(1-ρ²) + ρ(π - arccos ρ)] / (2π)",
        variables={**A_RANGE, **RHO_RANGE},
        assumptions=(PRICE,),
        as_printed="the radical's extent is garbled in the text; read as √(1-ρ²)",
        checks=(
            identity(LEAKY_COVARIANCE.subs(rho, 0), leaky_covariance_at_zero),
            identity(
                lambda: sympy.diff(LEAKY_COVARIANCE, rho).rewrite(sympy.asin),
                leaky_covariance_slope,
            ),
            identity(LEAKY_COVARIANCE.subs(rho, 1), leaky_square),
        ),
        near_miss=identity(
            lambda: sympy.diff(LEAKY_COVARIANCE + (a**2 - a) * rho, rho), leaky_covariance_slope
        ),
    ),
    _claim(
        "leaky-linearisation",
        "Appendix B, leaky ReLU linearisation",
        title="linear part of leaky ReLU",
        statement="c₀ = (1-a)/√(2π) and c₁ = (1+a)/2",
        variables=A_RANGE,
        checks=(
            identity(leaky_constant, (1 - a) / sqrt(2 * pi)),
            identity(leaky_linear, (1 + a) / 2),
        ),
        near_miss=identity(leaky_linear, (1 - a) / 2),
    ),
    _claim(
        "leaky-nonlinearity",
        "Appendix B, leaky ReLU nonlinearity",
        title="squared linearisation error of leaky ReLU",
        statement="‖φ - φ̄‖² = (π-2)(1-a)² / (4π)",
        variables=A_RANGE,
        checks=(identity(leaky_error, (pi - 2) / (4 * pi) * (1 - a) ** 2),),
        near_miss=identity(leaky_error, (pi - 2) / (2 * pi) * (1 - a) ** 2),
    ),
    _claim(
        "leaky-slope",
        "Appendix B, leaky ReLU slope",
        title="mean squared slope of leaky ReLU",
        statement="‖φ'‖² = (1 + a²)/2",
        variables=A_RANGE,
        checks=(identity(leaky_slope, (1 + a**2) / 2),),
        near_miss=identity(leaky_slope, (1 + a) ** 2 / 2),
    ),
    _claim(
        "leaky-critical",
        "Appendix B, critical leaky ReLU",
        title="a critical leaky ReLU layer has no bias",
        statement=(
            "1 - P'(1) = σ_b²/(σ_b² + σ_w² (1+a²)/2): 0 when σ_b = 0 and positive when σ_b > 0, "
            "for every slope a"
        ),
        variables={**A_RANGE, "sw2": "weight variance, > 0", "sb2": "bias variance, >= 0"},
        as_printed="without the value of P'(1)",
        checks=(identity(distance_from_critical, sb2 / (sb2 + sw2 * (1 + a**2) / 2)),),
        near_miss=identity(distance_from_critical, sympy.Integer(0)),
    ),
    _claim(
        "erf-covariance",
        "Appendix B, erf covariance",
        title="covariance of erf",
        statement="C(ρ) = (2/π) arctan[2ρ / √(9 - 4ρ²)]",
        variables=RHO_RANGE,
        assumptions=(PRICE,),
        checks=(
            identity(ERF_COVARIANCE.subs(rho, 0), lambda: erf_constant() ** 2),
            identity(lambda: sympy.diff(ERF_COVARIANCE, rho), erf_covariance_slope),
        ),
        near_miss=identity(
            lambda: sympy.diff(2 / pi * sympy.atan(rho / sqrt(9 - 4 * rho**2)), rho),
            erf_covariance_slope,
        ),
    ),
    _claim(
        "erf-linearisation",
        "Appendix B, erf linearisation",
        title="linear part of erf",
        statement="c₀ = 0 and c₁ = 2/√(3π)",
        checks=(
            identity(erf_constant, sympy.Integer(0)),
            identity(erf_linear, 2 / sqrt(3 * pi)),
        ),
        near_miss=identity(erf_linear, 2 / sqrt(5 * pi)),
    ),
    _claim(
        "erf-nonlinearity",
        "Appendix B, erf nonlinearity",
        title="squared linearisation error of erf",
        statement="‖φ - φ̄‖² = (2/π)(arctan(2/√5) - 2/3)",
        assumptions=("E φ² = C(1), of erf-covariance",),
        checks=(identity(erf_error, 2 / pi * (sympy.atan(2 / sqrt(5)) - sympy.Rational(2, 3))),),
        near_miss=identity(erf_error, 2 / pi * (sympy.atan(2 / sqrt(5)) - sympy.Rational(3, 5))),
    ),
    _claim(
        "erf-slope",
        "Appendix B, erf slope",
        title="mean squared slope of erf",
        statement="‖φ'‖² = 4/(π√5)",
        checks=(identity(erf_slope, 4 / (pi * sqrt(5))),),
        near_miss=identity(erf_slope, 4 / (pi * sqrt(3))),
    ),
    _claim(
        "erf-critical",
        "Appendix B, critical erf",
        title="critical ratio of variances for erf",
        statement="P'(1) = 1 exactly when (σ_b/σ_w)² = (2/π)(2/√5 - arctan(2/√5))",
        assumptions=("E φ² = C(1), of erf-covariance",),
        checks=(identity(erf_critical_ratio, CRITICAL_RATIO),),
        near_miss=identity(erf_critical_ratio, 2 / pi * (2 / sqrt(5) - sympy.atan(2 / sqrt(3)))),
    ),
)
"""Every formula of appendix B."""
