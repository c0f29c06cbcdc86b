"""shrinkage, appendix B: Hermite expansions of leaky ReLU and erf."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
a, rho = sympy.symbols("a rho", real=True)
pi, sqrt = sympy.pi, sympy.sqrt

RELU_KERNEL = (sqrt(1 - rho**2) + rho * (pi - sympy.acos(rho))) / (2 * pi)
LEAKY_COVARIANCE = a * rho + (1 - a) ** 2 * RELU_KERNEL
ERF_COVARIANCE = 2 / pi * sympy.atan(2 * rho / sqrt(9 - 4 * rho**2))
CRITICAL_RATIO = 2 / pi * (2 / sqrt(5) - sympy.atan(2 / sqrt(5)))
A_RANGE = {"a": "negative slope, any real number"}
RHO_RANGE = {"rho": "correlation, in [-1, 1]"}


def leaky(a: Fraction) -> str:
    """Return the specification of a leaky ReLU as the pieces themselves."""
    return f"Max(x, 0) + ({a})*Min(x, 0)"


def leaky_covariance(a: Fraction, rho: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance(leaky(a), rho, dps)


def leaky_mean(a: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.coefficient(leaky(a), 0, dps)


def leaky_linear(a: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.coefficient(leaky(a), 1, dps)


def leaky_error(a: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.linearisation_error(leaky(a), dps)


def leaky_slope(a: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.slope(leaky(a), dps)


def leaky_map_slope(a: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return P'(1) of a leaky ReLU layer, from integrals."""
    from symprop.claims import quadrature_witness as witness

    power = witness.mean_square(leaky(a), dps)
    return sw2 * witness.slope(leaky(a), dps) / (sb2 + sw2 * power)


def erf_covariance(rho: Fraction, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.covariance("erf", rho, dps)


def erf_coefficient(k: int, dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.coefficient("erf", k, dps)


def erf_error(dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.linearisation_error("erf", dps)


def erf_slope(dps: int) -> Any:
    from symprop.claims import quadrature_witness as witness

    return witness.slope("erf", dps)


def erf_critical_ratio(dps: int) -> Any:
    """Return the ratio of variances at which P'(1) = 1: mean squared slope less mean square."""
    from symprop.claims import quadrature_witness as witness

    return witness.slope("erf", dps) - witness.mean_square("erf", dps)


def _claim(name: str, number: str, **data: Any) -> Claim:
    return Claim(id=f"shrinkage.{name}", source=Source("shrinkage", number), expected=HOLDS, **data)


CLAIMS = (
    _claim(
        "leaky-covariance",
        "Appendix B, leaky ReLU covariance",
        title="covariance of leaky ReLU",
        statement="C(ρ) = aρ + (1-a)² [√(1-ρ²) + ρ(π - arccos ρ)] / (2π)",
        variables={**A_RANGE, **RHO_RANGE},
        as_printed="the radical's extent is garbled in the text; read as √(1-ρ²)",
        checks=(
            attack(
                leaky_covariance,
                "==",
                LEAKY_COVARIANCE,
                domain={"a": Real(-3, 3), "rho": Real(-1, 1)},
                tries=(4, 40),
                digits=15,
            ),
        ),
        near_miss=at_points(
            leaky_covariance,
            "==",
            LEAKY_COVARIANCE + (a**2 - a) * rho,
            points=grid(a=("1/5",), rho=("1/2",)),
        ),
    ),
    _claim(
        "leaky-linearisation",
        "Appendix B, leaky ReLU linearisation",
        title="linear part of leaky ReLU",
        statement="c₀ = (1-a)/√(2π) and c₁ = (1+a)/2",
        variables=A_RANGE,
        checks=(
            attack(
                leaky_mean, "==", (1 - a) / sqrt(2 * pi), domain={"a": Real(-3, 3)}, tries=(10, 60)
            ),
            attack(leaky_linear, "==", (1 + a) / 2, domain={"a": Real(-3, 3)}, tries=(10, 60)),
        ),
        near_miss=at_points(leaky_linear, "==", (1 - a) / 2, points=grid(a=("1/5",))),
    ),
    _claim(
        "leaky-nonlinearity",
        "Appendix B, leaky ReLU nonlinearity",
        title="squared linearisation error of leaky ReLU",
        statement="‖φ - φ̄‖² = (π-2)(1-a)² / (4π)",
        variables=A_RANGE,
        checks=(
            attack(
                leaky_error,
                "==",
                (pi - 2) / (4 * pi) * (1 - a) ** 2,
                domain={"a": Real(-3, 3)},
                tries=(10, 60),
            ),
        ),
        near_miss=at_points(
            leaky_error, "==", (pi - 2) / (2 * pi) * (1 - a) ** 2, points=grid(a=("1/5",))
        ),
    ),
    _claim(
        "leaky-slope",
        "Appendix B, leaky ReLU slope",
        title="mean squared slope of leaky ReLU",
        statement="‖φ'‖² = (1 + a²)/2",
        variables=A_RANGE,
        checks=(
            attack(leaky_slope, "==", (1 + a**2) / 2, domain={"a": Real(-3, 3)}, tries=(10, 60)),
        ),
        near_miss=at_points(leaky_slope, "==", (1 + a) ** 2 / 2, points=grid(a=("1/5",))),
    ),
    _claim(
        "leaky-critical",
        "Appendix B, critical leaky ReLU",
        title="a critical leaky ReLU layer has no bias",
        statement="P'(1) = 1 when σ_b = 0 and P'(1) < 1 when σ_b > 0, for every slope a",
        variables={**A_RANGE, "sw2": "weight variance, > 0", "sb2": "bias variance, >= 0"},
        checks=(
            attack(
                leaky_map_slope,
                "==",
                sympy.Integer(1),
                domain={"a": Real(-3, 3), "sw2": Real(0, 9, open_at="lower"), "sb2": OneOf((0,))},
                tries=(8, 40),
            ),
            attack(
                leaky_map_slope,
                "<",
                sympy.Integer(1),
                domain={
                    "a": Real(-3, 3),
                    "sw2": Real(0, 9, open_at="lower"),
                    "sb2": Real(0, 9, open_at="lower"),
                },
                tries=(8, 40),
            ),
        ),
        near_miss=at_points(
            leaky_map_slope,
            "==",
            sympy.Integer(1),
            points=grid(a=("1/5",), sw2=("1",), sb2=("1/9",)),
        ),
    ),
    _claim(
        "erf-covariance",
        "Appendix B, erf covariance",
        title="covariance of erf",
        statement="C(ρ) = (2/π) arctan[2ρ / √(9 - 4ρ²)]",
        variables=RHO_RANGE,
        checks=(
            attack(
                erf_covariance,
                "==",
                ERF_COVARIANCE,
                domain={"rho": Real(-1, 1)},
                tries=(4, 40),
                digits=15,
            ),
        ),
        near_miss=at_points(
            erf_covariance,
            "==",
            2 / pi * sympy.atan(rho / sqrt(9 - 4 * rho**2)),
            points=grid(rho=("1/2",)),
        ),
    ),
    _claim(
        "erf-linearisation",
        "Appendix B, erf linearisation",
        title="linear part of erf",
        statement="c₀ = 0 and c₁ = 2/√(3π)",
        checks=(
            at_points(erf_coefficient, "==", sympy.Integer(0), points=grid(k=(0,))),
            at_points(erf_coefficient, "==", 2 / sqrt(3 * pi), points=grid(k=(1,))),
        ),
        near_miss=at_points(erf_coefficient, "==", 2 / sqrt(5 * pi), points=grid(k=(1,))),
    ),
    _claim(
        "erf-nonlinearity",
        "Appendix B, erf nonlinearity",
        title="squared linearisation error of erf",
        statement="‖φ - φ̄‖² = (2/π)(arctan(2/√5) - 2/3)",
        checks=(
            at_points(erf_error, "==", 2 / pi * (sympy.atan(2 / sqrt(5)) - sympy.Rational(2, 3))),
        ),
        near_miss=at_points(
            erf_error, "==", 2 / pi * (sympy.atan(2 / sqrt(5)) - sympy.Rational(3, 5))
        ),
    ),
    _claim(
        "erf-slope",
        "Appendix B, erf slope",
        title="mean squared slope of erf",
        statement="‖φ'‖² = 4/(π√5)",
        checks=(at_points(erf_slope, "==", 4 / (pi * sqrt(5))),),
        near_miss=at_points(erf_slope, "==", 4 / (pi * sqrt(3))),
    ),
    _claim(
        "erf-critical",
        "Appendix B, critical erf",
        title="critical ratio of variances for erf",
        statement="P'(1) = 1 exactly when (σ_b/σ_w)² = (2/π)(2/√5 - arctan(2/√5))",
        checks=(at_points(erf_critical_ratio, "==", CRITICAL_RATIO),),
        near_miss=at_points(
            erf_critical_ratio, "==", 2 / pi * (2 / sqrt(5) - sympy.atan(2 / sqrt(3)))
        ),
    ),
)
"""Every formula of appendix B."""
