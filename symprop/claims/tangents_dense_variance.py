"""tangents, Theorem 6 and Corollary 2: variance of the dense tangent kernel."""

from __future__ import annotations

from typing import Any

from flint import arb

from symprop.claims.citations import claims_of
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.moments.diagonal import tangent_moments
from symprop.moments.jacobians import jacobian_moments
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.branched import DenseNet

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)
LARGE = 1000
"""Stands for the constant of an order: where it does not suffice, no constant does."""


def kernel_variance(width: int, depth: int) -> Any:
    return tangent_moments(DenseNet(), width, depth).variance


def order(width: int, depth: int, constant: int, dps: int) -> Any:
    """Return ``(e^(5/n) - 1) (log L)^2`` times a constant."""
    with working_bits(bits_from_dps(dps + 10)):
        return constant * (arb(5) / width).expm1() * arb(depth).log() ** 2


def bound(width: int, depth: int, dps: int) -> Any:
    return order(width, depth, 8, dps)


def small_bound(width: int, depth: int, dps: int) -> Any:
    return order(width, depth, 7, dps)


def large_order(width: int, depth: int, dps: int) -> Any:
    return order(width, depth, LARGE, dps)


def squared_sum(width: int, depth: int, dps: int) -> Any:
    """Return ``(sum_k sqrt Var f_(k)^2)^2``."""
    with working_bits(bits_from_dps(dps + 10)):
        total = arb(0)
        for matrix in DenseNet().graph(depth).matrices:
            if matrix.label != (0, 0):
                found = jacobian_moments(DenseNet(), width, depth, matrix.label)
                variance = found.output_fourth - found.output_second**2
                total += (arb(variance.numerator) / variance.denominator).sqrt()
        return total**2


def proportional_mean(constant: int) -> Any:
    """Return ``E G`` at width and depth ``4^c``, not less than ``log L = c log 4``."""
    depth = 4**constant
    return tangent_moments(DenseNet(), depth, depth).mean


def itself(constant: int) -> int:
    return constant


def proportional_variance(depth: int, ratio: int) -> Any:
    return kernel_variance(ratio * depth, depth)


def proportional_order(depth: int, ratio: int, constant: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 10)):
        return constant * arb(depth).log() ** 2 / (ratio * depth)


def proportional_bound(depth: int, ratio: int, dps: int) -> Any:
    return proportional_order(depth, ratio, 101, dps)


def proportional_small_bound(depth: int, ratio: int, dps: int) -> Any:
    return proportional_order(depth, ratio, 90, dps)


MEANING = {"width": "n", "depth": "L", "ratio": "n/L", "constant": "c"}
_claim = claims_of(
    "tangents", HOLDS, variables=MEANING, assumptions=("Gaussian weights, constant width n",)
)
KERNEL: dict[str, Range] = {"width": Integer(1, reach=5000), "depth": Integer(2, reach=60)}
PROPORTIONAL: dict[str, Range] = {"depth": Integer(2, reach=60), "ratio": Integer(1, reach=20)}
VERY_WIDE = [{"width": 10**6, "depth": depth} for depth in (2, 3)]

CLAIMS = (
    _claim(
        "dense-kernel-by-outputs",
        "eq 183",
        FAILS,
        title="order of the sum of deviations of reduced outputs",
        statement="(Σ_k sqrt Var f_(k)²)² = O((e^(5/n) - 1) (log L)²), with the constant 1000",
        as_printed=(
            "f_(k)⁴ has the factor 3 of the output weights, so the left side does not vanish as n "
            "grows"
        ),
        checks=(at_points(squared_sum, "<=", large_order, points=VERY_WIDE),),
        near_miss=at_points(squared_sum, "<=", large_order, points=VERY_WIDE[:1]),
        corrected_by="tangents.dense-kernel-variance",
    ),
    _claim(
        "dense-kernel-variance",
        "Theorem 6; eq 183",
        title="variance of the dense tangent kernel",
        statement="Var G <= 8 (e^(5/n) - 1) (log L)² for L >= 2",
        as_printed="O((exp[5/n] - 1) (log L)²); at L = 1 the right side is 0 and the left is not",
        checks=(attack(kernel_variance, "<=", bound, domain=KERNEL, tries=(60, 600)),),
        near_miss=attack(kernel_variance, "<=", small_bound, domain=KERNEL, tries=(60, 600)),
    ),
    _claim(
        "dense-kernel-mean-printed",
        "Section 5, dense networks",
        Verdict(Outcome.FAILS, Grade.EXACT),
        title="mean of the dense tangent kernel at width proportional to depth, as said",
        statement="E G tends to a constant as n, L -> ∞ at the same rate: E G <= c at n = L = 4^c",
        as_printed='"convergence to constant mean and zero variance is guaranteed", before '
        "Corollary 2; the paragraph after it has the right mean, Σ 1/l, of order log L",
        checks=(
            at_points(proportional_mean, "<=", itself, points=[{"constant": c} for c in (2, 4)]),
        ),
        near_miss=at_points(proportional_mean, "<=", itself, points=[{"constant": 3}]),
        corrected_by="tangents.dense-diagonal",
    ),
    _claim(
        "dense-kernel-variance-proportional",
        "Corollary 2",
        title="variance of the dense tangent kernel at width proportional to depth",
        statement="Var G <= 101 (log L)²/(a L) at n = a L, a >= 1, L >= 2",
        as_printed="O((log L)²/L)",
        checks=(
            attack(
                proportional_variance,
                "<=",
                proportional_bound,
                domain=PROPORTIONAL,
                tries=(60, 600),
            ),
        ),
        near_miss=attack(
            proportional_variance,
            "<=",
            proportional_small_bound,
            domain=PROPORTIONAL,
            tries=(60, 600),
        ),
    ),
)
"""Exact variances against orders with explicit constants."""
