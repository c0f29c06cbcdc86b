"""shrinkage, section 2 and appendix B: correlation maps of leaky ReLU and erf networks."""

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
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
a, rho = sympy.symbols("a rho", real=True)
sw2, sb2 = sympy.symbols("sw2 sb2", nonnegative=True)
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


def map_from_covariances(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return P(rho) of eq 2.3 from two double integrals."""
    from symprop.claims import quadrature_witness as witness

    top = witness.covariance(phi, rho, dps)
    return (sb2 + sw2 * top) / (sb2 + sw2 * witness.mean_square(phi, dps))


def map_from_series(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return P(rho) of eq 2.4: the power series, its remainder bounded by Parseval."""
    return _series(phi, rho, sw2, sb2, dps, first=1)


def map_without_linear_term(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    return _series(phi, rho, sw2, sb2, dps, first=2)


def _series(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int, first: int) -> Any:
    from flint import arb

    from symprop.gaussian.hermite import hermite_balls
    from symprop.gaussian.integrand import integrand_of
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.evaluation import as_ball
    from symprop.numerics.precision import bits_from_dps, working_bits
    from symprop.specs.activation import activation

    bits = bits_from_dps(dps)
    order = 120
    c, power, tail = hermite_balls(integrand_of(activation(phi)), 1, order, bits)
    with working_bits(bits + 20):
        r, w, b = (as_ball(value, bits + 20) for value in (rho, sw2, sb2))
        total = b + w * c[0] * c[0]
        total += w * sum((c[k] * c[k] * r**k for k in range(first, order + 1)), arb(0))
        rest = w * tail * abs(r) ** (order + 1)
        return Enclosure((total + arb(0, 1) * rest.upper()) / (b + w * power))


def next_correlation(phi: str, rho: Any, sw2: Any, sb2: Any, size: int, seed: int) -> Any:
    """Sample one wide layer: ``size`` units below, exact Gaussian law above, given them.

    Given the units below, every output has the covariances ``sb2 + sw2 mean(phi phi)``,
    so the correlation of infinitely many outputs is a ratio of sample means; its
    standard error is that of the linearised ratio.
    """
    import numpy as np

    from symprop.specs.activation import activation

    generator = np.random.default_rng(seed)
    function = activation(phi)
    r = float(rho)
    u = generator.standard_normal(size)
    v = r * u + np.sqrt(1 - r * r) * generator.standard_normal(size)
    x, y = function(u), function(v)
    w, b = float(sw2), float(sb2)
    samples = np.stack([b + w * x * y, b + w * x * x, b + w * y * y])
    top, left, right = samples.mean(axis=1)
    value = top / np.sqrt(left * right)
    influence = value * (samples[0] / top - samples[1] / (2 * left) - samples[2] / (2 * right))
    return float(value), float(influence.std(ddof=1) / np.sqrt(size))


MAP_POINTS = (
    *grid(phi=("erf", "tanh"), rho=("0", "-3/5"), sw2=("17/10",), sb2=("0", "1/3")),
    *grid(phi=("x**2 + x", "softsign"), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
)


def _claim(name: str, number: str, **data: Any) -> Claim:
    return Claim(id=f"shrinkage.{name}", source=Source("shrinkage", number), expected=HOLDS, **data)


CLAIMS = (
    Claim(
        id="shrinkage.correlation-map",
        title="one layer maps correlations by P",
        statement="ρ' = [σ_b² + σ_w² C(ρ)] / [σ_b² + σ_w² C(1)], C(ρ) = E φ(u)φ(v), as widths grow",
        variables={
            "phi": "activation",
            **RHO_RANGE,
            "sw2": "weight variance, > 0",
            "sb2": "bias variance, >= 0",
        },
        assumptions=(
            "preactivations below are jointly Gaussian with unit variances and correlation ρ",
            "outputs are normalised to mean square 1, without centring",
        ),
        source=Source("shrinkage", "eq 2.3"),
        checks=(
            simulated(
                next_correlation,
                "==",
                map_from_covariances,
                points=grid(
                    phi=("erf", "relu", "x**2 + x"),
                    rho=("1/2", "-3/5"),
                    sw2=("17/10",),
                    sb2=("0", "1/3"),
                ),
                sizes=(20_000, 400_000),
            ),
        ),
        near_miss=simulated(
            next_correlation,
            "==",
            map_without_linear_term,
            points=grid(phi=("erf",), rho=("1/2",), sw2=("17/10",), sb2=("1/3",)),
            sizes=(20_000, 400_000),
        ),
        expected=Verdict(Outcome.HOLDS, Grade.STATISTICAL),
    ),
    _claim(
        "correlation-map-series",
        "eq 2.4",
        title="P is a power series with the squared Hermite coefficients",
        statement="P(ρ) = [σ_b² + σ_w² Σ c_k² ρ^k] / [σ_b² + σ_w² ‖φ‖²]",
        variables={
            "phi": "square-integrable activation",
            **RHO_RANGE,
            "sw2": "weight variance, > 0",
            "sb2": "bias variance, >= 0",
        },
        checks=(
            at_points(map_from_covariances, "==", map_from_series, points=MAP_POINTS, digits=15),
        ),
        near_miss=at_points(
            map_from_covariances,
            "==",
            map_without_linear_term,
            points=grid(phi=("erf",), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
            digits=15,
        ),
    ),
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
                tries=(6, 40),
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
                tries=(6, 40),
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
"""Equations 2.3 and 2.4 and every formula of appendix B."""
