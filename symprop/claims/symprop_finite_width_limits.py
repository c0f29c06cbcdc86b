"""symprop F2, F3, F8: tangent kernels of finite width at great depth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.algebra import identity
from symprop.ledger.checks import limit
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.moments.diagonal import tangent_moments
from symprop.moments.kernel_regime import first_order
from symprop.moments.limits import (
    closed_form,
    dense_depth_limit,
    proportional_limit,
    residual_depth_limit,
)
from symprop.numerics.evaluation import as_ball, enclose
from symprop.specs.branched import DenseNet, ResNet, Vanilla

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)


def extrapolated_variance(width: int, depth: int) -> Any:
    """Return ``Var G/(E G)^2`` at L, 3L, 9L as a quadratic in 1/(E G), continued to 0.

    What is left is of the order of ``1/L``, times logarithms.
    """
    points = []
    for layers in (depth, 3 * depth, 9 * depth):
        found = tangent_moments(DenseNet(), width, layers)
        points.append((as_ball(1 / found.mean, 256), as_ball(found.second_moment, 256)))
    total: Any = 0
    for i, (x, square) in enumerate(points):
        others = [y for j, (y, _) in enumerate(points) if j != i]
        total += square * x * x * others[0] * others[1] / ((x - others[0]) * (x - others[1]))
    return total - 1


def dense_limit(width: int, dps: int) -> Any:
    return enclose(dense_depth_limit(width), dps=dps)


def dense_limit_with_gates(width: int, dps: int) -> Any:
    return enclose((dense_depth_limit(width) + 1) * (1 + sympy.Rational(5, width)) - 1, dps=dps)


def nearly_inverse(depth: int) -> Fraction:
    """Return ``(log L)^2/L``, with the harmonic sum for the logarithm."""
    return sum((Fraction(1, k) for k in range(1, depth + 1)), Fraction(0)) ** 2 / depth


def scaled_variance(width: int, depth: int, strength: int, m: int) -> Any:
    """Return ``Var G/(E G)^2`` at ``A = strength/L``."""
    a = Fraction(strength, depth)
    root = sympy.Rational(a.numerator, a.denominator) ** sympy.Rational(1, m)
    return tangent_moments(ResNet(m, root), width, depth).relative_variance


def scaled_limit(width: int, strength: int, dps: int) -> Any:
    return enclose(residual_depth_limit(strength, width), dps=dps)


def scaled_limit_off(width: int, strength: int, dps: int) -> Any:
    return enclose(residual_depth_limit(strength, width + 1), dps=dps)


def scaled_first_order(depth: int, strength: int, m: int) -> Any:
    a = Fraction(strength, depth)
    root = sympy.Rational(a.numerator, a.denominator) ** sympy.Rational(1, m)
    return first_order(ResNet(m, root), depth)


def expected_first_order(strength: int) -> Fraction:
    return 4 + Fraction(8 * strength, 3)


def wide_limit() -> sympy.Expr:
    """Return the coefficient of ``1/n`` in the limit of infinite depth.

    The limit divides an exponential by ``1/n**2`` at most, so six terms of it are enough.
    """
    s, e = sympy.symbols("s e", positive=True)

    def polynomial(power: sympy.Expr) -> sympy.Expr:
        return sum((power**k / sympy.factorial(k) for k in range(6)), sympy.S.Zero)

    return sympy.expand(residual_depth_limit(s, 1 / e).replace(sympy.exp, polynomial) / e).subs(
        e, 0
    )


def plain_proportional(depth: int, factor: int) -> Any:
    return closed_form(Vanilla(), factor * depth, depth) / depth**2 - 1


def plain_limit(factor: int, dps: int) -> Any:
    return enclose(proportional_limit(Fraction(1, factor)), dps=dps)


def plain_limit_off(factor: int, dps: int) -> Any:
    return enclose(proportional_limit(Fraction(1, factor + 1)), dps=dps)


_claim = claims_of("symprop", HOLDS, derivation="derivations/finite_width_moments.py")

DEPTHS = (8, 16, 32, 64, 128, 256, 400)
MEANING = {
    "width": "n",
    "depth": "L",
    "m": "matrices in a branch",
    "alpha": "scale of each, A = α^m",
}
GAUSSIAN = ("Gaussian weights, constant width n, input of mean square 1",)

CLAIMS = (
    _claim(
        "dense-depth-limit",
        "F2",
        title="dense networks of infinite depth keep a finite relative variance",
        statement=(
            "Var G/(E G)² → (1 + 2/n) sinh(s)/s - 1, s = π sqrt(5/n), as a quadratic in 1/E G "
            "up to terms of the order of (log L)²/L"
        ),
        variables=MEANING,
        assumptions=GAUSSIAN,
        checks=(
            limit(
                extrapolated_variance,
                dense_limit,
                along=[{"width": 10, "depth": k} for k in DEPTHS],
                error=nearly_inverse,
            ),
        ),
        near_miss=limit(
            extrapolated_variance,
            dense_limit_with_gates,
            along=[{"width": 10, "depth": k} for k in DEPTHS],
            error=nearly_inverse,
        ),
    ),
    _claim(
        "residual-scaling-limit",
        "F3",
        title="residual networks of infinite depth with A = s/L",
        statement=(
            "Var G/(E G)² → 2λ² e^(4s/n) [λ/6 + (n-1)/(9s²) (s - n(1 - e^(-6s/n))/6)] - 1, "
            "λ = 1 + 2/n, whatever m; to first order in 1/n this is (4 + 8s/3)/n"
        ),
        variables=MEANING | {"strength": "s", "A": "s/L"},
        assumptions=GAUSSIAN,
        checks=(
            *(
                limit(
                    scaled_variance,
                    scaled_limit,
                    along=[
                        {"width": width, "depth": 2**k, "strength": s, "m": m} for k in range(6, 13)
                    ],
                    error=lambda depth: Fraction(1, depth),
                )
                for width, s, m in ((1, 1, 1), (10, 2, 2), (3, 1, 3))
            ),
            limit(
                scaled_first_order,
                expected_first_order,
                along=[{"depth": 2**k, "strength": 2, "m": 2} for k in range(4, 9)],
                error=lambda depth: Fraction(1, depth),
            ),
            identity(wide_limit, 4 + 8 * sympy.Symbol("s", positive=True) / 3),
        ),
        near_miss=limit(
            scaled_variance,
            scaled_limit_off,
            along=[{"width": 10, "depth": 2**k, "strength": 2, "m": 2} for k in range(6, 13)],
            error=lambda depth: Fraction(1, depth),
        ),
    ),
    _claim(
        "plain-proportional-limit",
        "F8",
        title="plain networks whose depth grows with the width",
        statement=("L = b n: Var G/(E G)² → e^(5b) (1/3 + 2/(9b) - 1/(27b²)) + e^(-b)/(27b²) - 1"),
        variables=MEANING | {"factor": "1/b"},
        assumptions=GAUSSIAN,
        checks=tuple(
            limit(
                plain_proportional,
                plain_limit,
                along=[{"depth": 2**k, "factor": factor} for k in range(3, 11)],
                error=lambda depth: Fraction(1, depth),
            )
            for factor in (1, 10)
        ),
        near_miss=limit(
            plain_proportional,
            plain_limit_off,
            along=[{"depth": 2**k, "factor": 1} for k in range(3, 11)],
            error=lambda depth: Fraction(1, depth),
        ),
    ),
)
"""Gaussian weights; the exact moments themselves are in a module of their own."""
