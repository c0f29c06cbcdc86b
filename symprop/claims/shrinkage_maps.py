"""shrinkage, section 2: the correlation map of one layer and its power series."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]


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


def next_correlation(phi: str, rho: Any, sw2: Any, sb2: Any, size: int, seed: int) -> Any:
    """Sample one wide layer: ``size`` units below, exact Gaussian law above, given them.

    Given the units below, every output has the covariances ``sb2 + sw2 mean(phi phi)``,
    so the correlation of infinitely many outputs is a ratio of sample means; its
    standard error is that of the linearised ratio.
    """
    import numpy as np

    from symprop.specs.activations import activation

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
    *grid(phi=("tanh",), rho=("-3/5",), sw2=("17/10",), sb2=("0", "1/3")),
    *grid(phi=("x**2 + x", "softsign", "relu"), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
)

CLAIMS = (
    Claim(
        id="shrinkage.correlation-map",
        title="one layer maps correlations by P",
        statement="ρ' = [σ_b² + σ_w² C(ρ)] / [σ_b² + σ_w² C(1)], C(ρ) = E φ(u)φ(v), as widths grow",
        variables={
            "phi": "activation",
            "rho": "correlation, in [-1, 1]",
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
            points=grid(phi=("erf",), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
            digits=15,
        ),
    ),
)
"""Equations 2.3 and 2.4."""
