"""shrinkage, section 2: the correlation map of one layer and its power series."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS", "map_from_covariances", "map_without_linear_term"]


def map_from_covariances(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return P(rho) of eq 2.3 from two double integrals."""
    from symprop.claims import quadrature_witness as witness

    top = witness.covariance(phi, rho, dps)
    return (sb2 + sw2 * top) / (sb2 + sw2 * witness.mean_square(phi, dps))


def map_from_series(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return P(rho) of eq 2.4: the power series, its remainder bounded by Parseval."""
    return _series(phi, rho, sw2, sb2, dps, first=1)


def map_without_linear_term(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return the series of eq 2.4 without its linear term."""
    return _series(phi, rho, sw2, sb2, dps, first=2)


def _series(phi: str, rho: Fraction, sw2: Fraction, sb2: Fraction, dps: int, first: int) -> Any:
    from flint import arb

    from symprop.gaussian.hermite import hermite_balls
    from symprop.gaussian.integrand import integrand_of
    from symprop.numerics.enclosure import Enclosure
    from symprop.numerics.evaluation import as_ball
    from symprop.numerics.precision import bits_from_dps, working_bits
    from symprop.specs.activations import activation

    bits = bits_from_dps(dps)
    order = 120
    c, power, tail = hermite_balls(integrand_of(activation(phi)), 1, order, bits)
    with working_bits(bits + 20):
        r, w, b = (as_ball(value, bits + 20) for value in (rho, sw2, sb2))
        total = b + w * c[0] * c[0]
        total += w * sum((c[k] * c[k] * r**k for k in range(first, order + 1)), arb(0))
        rest = w * tail * abs(r) ** (order + 1)
        return Enclosure((total + arb(0, 1) * rest.upper()) / (b + w * power))


MAP_POINTS = (
    *grid(phi=("tanh",), rho=("-3/5",), sw2=("17/10",), sb2=("0", "1/3")),
    *grid(phi=("x**2 + x", "softsign", "relu"), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
)

CLAIMS = (
    Claim(
        id="shrinkage.correlation-map-series",
        source=Source("shrinkage", "eq 2.4"),
        expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="P is a power series with the squared Hermite coefficients",
        statement="P(ρ) = [σ_b² + σ_w² Σ c_k² ρ^k] / [σ_b² + σ_w² ‖φ‖²]",
        variables={
            "phi": "square-integrable activation",
            "rho": "correlation, in [-1, 1]",
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
            points=MAP_POINTS[:1],
            digits=15,
        ),
    ),
)
"""Equation 2.4."""
