"""shrinkage, section 2: the correlation map of one layer and its power series."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim, Context
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Evidence, Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
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


def next_with_sign_biases(share: Fraction, rho: Fraction) -> Fraction:
    """Return the correlation two layers up, where the first layer has biases of two values.

    The first layer is linear, its preactivations normalised to mean square 1: Gaussian ones of
    variance ``1 - share`` with correlation ``rho`` plus a bias ``±√share``, the same for both
    inputs. The second one squares and has no bias.
    """
    gaussian, mixed = (1 - share) ** 2, 4 * share * (1 - share)
    top = 1 + 2 * gaussian * rho**2 + mixed * rho
    return top / (1 + 2 * gaussian + mixed)


def next_by_map(share: Fraction, rho: Fraction) -> Fraction:
    """Return eq 2.3 twice: ``share + (1 - share) rho``, then ``(1 + 2 ρ²)/3``."""
    return (1 + 2 * (share + (1 - share) * rho) ** 2) / 3


def next_by_gaussian_part(share: Fraction, rho: Fraction) -> Fraction:
    return (1 + 2 * ((1 - share) * rho) ** 2) / 3


QUICK_POINTS = (
    *grid(phi=("cos(x) + x",), rho=("-3/5",), sw2=("17/10",), sb2=("0", "1/3")),
    *grid(phi=("x**2 + x", "exp(x/2)", "relu"), rho=("1/2",), sw2=("1",), sb2=("1/3",)),
)
FULL_POINTS = (
    *QUICK_POINTS,
    *grid(phi=("tanh", "softsign", "gelu", "relu"), rho=("-3/5",), sw2=("17/10",), sb2=("1/3",)),
)


def series_of_covariances(context: Context) -> Evidence:
    """Compare the double integrals with the series; those of tanh and the like take a second."""
    points = context.pick((QUICK_POINTS, FULL_POINTS))
    return at_points(map_from_covariances, "==", map_from_series, points=points, digits=15)(context)


CLAIMS = (
    Claim(
        id="shrinkage.correlation-map-any-biases-printed",
        source=Source("shrinkage", "eq 2.3"),
        expected=Verdict(Outcome.FAILS, Grade.EXACT),
        title="layers map correlations by P whatever the law of the biases, as printed",
        statement="ρ_2 = P_2(P_1(ρ_0)) for independent biases ±σ_b, φ_1(x) = x, φ_2(x) = x²",
        variables={
            "share": "σ_b²/(σ_b² + σ_w²) of the first layer, in [0, 1]; σ_b = 0 in the second",
            "rho": "ρ_0, in [-1, 1]",
        },
        assumptions=("Gaussian weights, infinite width",),
        as_printed=(
            "weights and biases need independent entries with finite fourth moments, for the "
            "central limit theorem; that makes sums over weights Gaussian, but a unit has one bias"
        ),
        checks=(
            attack(
                next_with_sign_biases,
                "==",
                next_by_map,
                domain={"share": Real(0, 1), "rho": Real(-1, 1)},
            ),
        ),
        near_miss=attack(
            next_with_sign_biases,
            "==",
            next_by_gaussian_part,
            domain={"share": Real(0, 1), "rho": Real(-1, 1)},
        ),
        corrected_by="shrinkage.correlation-map",
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
        checks=(series_of_covariances,),
        near_miss=at_points(
            map_from_covariances,
            "==",
            map_without_linear_term,
            points=QUICK_POINTS[:1],
            digits=15,
        ),
    ),
)
"""Equation 2.4, and a hypothesis of equation 2.3."""
