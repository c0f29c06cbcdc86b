"""tangents, Theorem 5 and Corollary 1: variance of the residual tangent kernel."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.tangents_residual_proof import (
    MEANING,
    NETWORK,
    branch_exact,
    gate,
    growth,
    length_variance,
    length_variance_formula,
    line,
    made,
    root,
)
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.moments.diagonal import tangent_moments
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.specs.branched import ResNet

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FAILS = Verdict(Outcome.FAILS, Grade.ENCLOSED)
LARGE = 1000
"""Stands for the constant of an order: where it does not suffice, no constant does."""


def order(width: int, m: int, alpha: Fraction, rate: int, dps: int) -> Any:
    """Return ``A^2 (p^2 - 1) exp(rate A p)`` with the constant `LARGE`."""
    bits = bits_from_dps(dps + 10)
    with working_bits(bits):
        factor = as_ball(LARGE * alpha ** (2 * m) * (gate(width) ** m - 1), bits)
        return factor * (rate * as_ball(alpha**m, bits) * root(width, m, dps)).exp()


def output_variance(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    """Return ``Var f_(k)^2``."""
    found = made(width, m, alpha, depth)
    return found.output_fourth - found.output_second**2


def printed_output_order(width: int, m: int, alpha: Fraction, depth: int, dps: int) -> Any:
    return order(width, m, alpha, 2 * (depth - 1), dps)


def exponential_lower(width: int, m: int, alpha: Fraction, depth: int, dps: int) -> Any:
    """Return ``A^2 (p^2 - 1) exp[(L-1) A]``."""
    bits = bits_from_dps(dps + 10)
    with working_bits(bits):
        rate = as_ball((depth - 1) * alpha**m, bits)
        return as_ball(alpha ** (2 * m) * (gate(width) ** m - 1), bits) * rate.exp()


def exponential_upper(width: int, m: int, alpha: Fraction, depth: int, dps: int) -> Any:
    """Return ``A^2 (p^2 - 1) exp[2(L-1) A p]``."""
    return order(width, m, alpha, 2 * (depth - 1), dps) / LARGE


def kernel_variance(width: int, m: int, alpha: Fraction, depth: int) -> Any:
    return tangent_moments(ResNet(m, alpha), width, depth).variance


def printed_kernel_order(width: int, m: int, alpha: Fraction, depth: int, dps: int) -> Any:
    return order(width, m, alpha, depth, dps) * (m * depth) ** 2


def kernel_bound(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    """Return ``(mL)^2 Var |J|^2`` in closed form."""
    a = alpha**m
    grown = line(width) * branch_exact(width, m, alpha) * growth(width, m, alpha) ** (depth - 1)
    return (m * depth) ** 2 * (grown - a * a * (1 + a) ** (2 * (depth - 1)))


def kernel_bound_without_input(width: int, m: int, alpha: Fraction, depth: int) -> Fraction:
    return (m * depth) ** 2 * length_variance_formula(width, m, alpha, depth)


def scaled(m: int, strength: int, depth: int) -> ResNet:
    return ResNet(m, sympy.Rational(strength, depth) ** sympy.Rational(1, m))


def scaled_variance(width: int, m: int, strength: int) -> Any:
    """Return ``n Var G`` at ``A = s/L`` and depth ``L = n``."""
    return width * tangent_moments(scaled(m, strength, width), width, width).variance


def scaled_limit(m: int, strength: int, dps: int) -> Any:
    """Return ``m^2 s^2 e^(2s) (4 + 8s/3)``."""
    with working_bits(bits_from_dps(dps + 10)):
        return (m * strength) ** 2 * arb(2 * strength).exp() * (4 + arb(8 * strength) / 3)


def scaled_limit_off(m: int, strength: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 10)):
        return (m * strength) ** 2 * arb(2 * strength).exp() * (4 + arb(2 * strength))


def prefactor(width: int, m: int, strength: int, depth: int, dps: int) -> Any:
    """Return ``exp[2(L-1) A p] (mLA)^2`` at ``A = s/L``."""
    with working_bits(bits_from_dps(dps + 10)):
        share = arb(2 * (depth - 1) * strength) / depth
        return (share * root(width, m, dps)).exp() * (m * strength) ** 2


def prefactor_limit(width: int, m: int, strength: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 10)):
        return (2 * strength * root(width, m, dps)).exp() * (m * strength) ** 2


def prefactor_off(m: int, strength: int, dps: int) -> Any:
    with working_bits(bits_from_dps(dps + 10)):
        return arb(2 * strength).exp() * (m * strength) ** 2


def inverse_width(width: int) -> Fraction:
    return Fraction(1, width)


def inverse_depth(depth: int) -> Fraction:
    return Fraction(1, depth)


_claim = claims_of(
    "tangents",
    HOLDS,
    variables=MEANING,
    assumptions=("Gaussian weights, constant width n, A = α^m",),
)

WIDER = [{"width": 2**k, "m": m, "strength": 1} for m in (1, 2) for k in range(4, 10)]
DEEPER = [{"width": 10, "m": 2, "strength": 1, "depth": 2**k} for k in range(3, 10)]
VERY_WIDE = [
    {"width": 10**6, "m": m, "alpha": Fraction(1, 2), "depth": depth}
    for m, depth in ((1, 1), (2, 3))
]
DEEP = [
    {"width": 100, "m": m, "alpha": Fraction(9, 10), "depth": depth}
    for m, depth in ((1, 1), (2, 4), (1, 40))
]

FIRST_BLOCK = [{"width": 10, "m": m, "alpha": Fraction(1, 2), "depth": 1} for m in (1, 2)]
MANY_WEAK_BLOCKS = [
    {"width": 10**6, "m": m, "alpha": Fraction(1, 100), "depth": depth}
    for m, depth in ((1, 1), (1, 1000))
]

CLAIMS = (
    _claim(
        "residual-length-variance-exponential",
        "eq 163",
        FAILS,
        title="two-sided exponential bound of the variance of the output's length",
        statement=("A² exp[(L-1) A] (p²-1) <= Var(‖y^L‖² | y⁰)/‖y⁰‖⁴ <= A² exp[2(L-1) A p] (p²-1)"),
        as_printed="the first is false at L = 1, the second for many weak blocks of wide networks",
        checks=(
            at_points(exponential_lower, "<=", length_variance, points=FIRST_BLOCK),
            at_points(length_variance, "<=", exponential_upper, points=MANY_WEAK_BLOCKS),
        ),
        near_miss=at_points(length_variance, "<=", exponential_upper, points=MANY_WEAK_BLOCKS[1:]),
        corrected_by="tangents.residual-length-variance",
    ),
    _claim(
        "residual-kernel-by-outputs",
        "eq 164",
        FAILS,
        title="order of the deviations of reduced outputs",
        statement="Var f_(k)² = O(A² (p²-1) exp[2(L-1) A p]), with the constant 1000",
        as_printed=(
            "(mL sqrt Var f_(k)²)² is of this order; but f_(k)⁴ has the factor 3 of the output "
            "weights, so Var f_(k)² does not vanish as n grows, and p² - 1 does"
        ),
        checks=(at_points(output_variance, "<=", printed_output_order, points=VERY_WIDE),),
        near_miss=at_points(output_variance, "<=", printed_output_order, points=VERY_WIDE),
        corrected_by="tangents.residual-kernel-variance-bound",
    ),
    _claim(
        "residual-kernel-variance",
        "Theorem 5",
        FAILS,
        title="order of the variance of the residual tangent kernel",
        statement="Var G = O((mL)² A² (p²-1) exp[L A p]) for 0 < α < 1, with the constant 1000",
        as_printed=(
            "the rate of (1+A)^(2L) is not that of exp(L A); the proof has exp[2(L-1) A p], "
            "which still misses a factor of the order of L A where A is of the order of L^(-1/2)"
        ),
        checks=(at_points(kernel_variance, "<=", printed_kernel_order, points=DEEP),),
        near_miss=at_points(kernel_variance, "<=", printed_kernel_order, points=DEEP[-1:]),
        corrected_by="tangents.residual-kernel-variance-bound",
    ),
    _claim(
        "residual-kernel-variance-bound",
        "Theorem 5; eq 164",
        title="bound of the variance of the residual tangent kernel",
        statement=(
            "Var G <= (mL)² A² [(1+2/n)² (1+5/n)^(m-1) ξ^(L-1) - (1+A)^(2(L-1))] for all A >= 0, "
            "with equality for one matrix"
        ),
        checks=(
            attack(kernel_variance, "<=", kernel_bound, domain=NETWORK, tries=(60, 600)),
            attack(
                lambda width, alpha: kernel_variance(width, 1, alpha, 1),
                "==",
                lambda width, alpha: kernel_bound(width, 1, alpha, 1),
                domain={"width": NETWORK["width"], "alpha": Real(0, 5)},
                tries=(40, 300),
            ),
        ),
        near_miss=attack(
            kernel_variance, "<=", kernel_bound_without_input, domain=NETWORK, tries=(60, 600)
        ),
    ),
    _claim(
        "residual-kernel-variance-scaled",
        "Corollary 1",
        title="variance of the kernel with α of order L^(-1/m)",
        statement="A = s/L: n Var G → m² s² e^(2s) (4 + 8s/3) as n = L grows",
        checks=tuple(
            limit(
                scaled_variance,
                scaled_limit,
                along=[point for point in WIDER if point["m"] == m],
                error=inverse_width,
            )
            for m in (1, 2)
        ),
        near_miss=limit(
            scaled_variance,
            scaled_limit_off,
            along=[point for point in WIDER if point["m"] == 1],
            error=inverse_width,
        ),
    ),
    _claim(
        "residual-prefactor-limit",
        "eq 165",
        title="the bound's factors in the scaling limit",
        statement="A = s/L: exp[2(L-1) A p] (m L A)² → m² s² exp(2 s p)",
        checks=(limit(prefactor, prefactor_limit, along=DEEPER, error=inverse_depth),),
        near_miss=limit(prefactor, prefactor_off, along=DEEPER, error=inverse_depth),
    ),
)
"""Exact moments on the left, orders with a large constant on the right."""
