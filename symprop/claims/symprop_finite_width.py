"""symprop F1, F2, F8: second moments of the tangent kernel's diagonal at finite width."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy

from symprop.claims.citations import claims_of
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.moments.diagonal import tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.moments.limits import (
    closed_form,
)
from symprop.specs.branched import DenseNet, ResNet, Vanilla

if TYPE_CHECKING:
    from symprop.specs.branched import Branched

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
n, alpha = sympy.symbols("n alpha", positive=True)


def residual_square(width: int, depth: int, m: int, alpha: Fraction, between: int = 2) -> Fraction:
    """Return ``3 ll xi^L r`` of F1; ``between`` is the 2 in ``ll = 1 + 2/n``."""
    a, size = alpha**m, Fraction(width)
    gate, line, decay = 1 + 5 / size, 1 + between / size, 1 - 1 / size
    inner = line * gate ** (m - 1)
    xi = 1 + 2 * a * line + a * a * inner
    eta = 1 + 2 * a * decay + a * a * decay**m
    kappa = sum(decay ** (m - h + 1) * gate ** (h - 1) for h in range(1, m + 1))
    u = w = r = Fraction(0)
    for _ in range(depth):
        at, total = w, Fraction(0)
        for h in range(m):
            total += 1 + 2 * (u + Fraction(h, 3)) + 4 * at
            at = decay / gate * (at + Fraction(1, 3))
        r += (2 * m * a * line / 3 * (u + 2 * w) + a * a * inner * total / 3) / xi
        w = (eta * w + (m * a * decay + a * a * kappa) / 3) / xi
        u += m * (a * line + a * a * inner) / (3 * xi)
    return 3 * line * xi**depth * r


def nearly_residual_square(width: int, depth: int, m: int, alpha: Fraction) -> Fraction:
    return residual_square(width, depth, m, alpha, between=3)


def dense_square(width: int, depth: int, between: int = 2) -> Fraction:
    """Return ``E G^2`` of F2."""
    size = Fraction(width)
    gate, line, decay = 1 + 5 / size, 1 + between / size, 1 - 1 / size
    u = w = r = Fraction(0)
    product = gate
    for layer in range(1, depth):
        inverse = Fraction(1, layer)
        z = 1 + 2 * inverse + gate * inverse**2
        c = u + 2 * w
        r += (2 * c * inverse / 3 + gate * (2 * c + 1) * inverse**2 / 3) / z
        kept = 1 + 2 * inverse + decay * inverse**2
        w = (w * kept + (inverse + decay * inverse**2) / 3) / z
        u += (inverse + gate * inverse**2) / (3 * z)
        product *= 1 + 5 / (size * (layer + 1) ** 2)
    return 3 * line * product * (r + (2 * (u + 2 * w) + 1) / 3)


def nearly_dense_square(width: int, depth: int) -> Fraction:
    return dense_square(width, depth, between=3)


def residual_mean(depth: int, m: int, alpha: Fraction) -> Fraction:
    """Return ``m L A (1 + A)^(L - 1)``."""
    return m * depth * alpha**m * (1 + alpha**m) ** (depth - 1)


def residual_mean_late(depth: int, m: int, alpha: Fraction) -> Fraction:
    return residual_mean(depth, m, alpha) * (1 + alpha**m)


def enumerated(network: Branched, width: int, depth: int) -> tuple[Fraction, Fraction]:
    """Return ``E G`` and ``E G^2`` by multiplying out all paths and gates."""
    return gate_enumeration(network.graph(depth), width).kernel


def residual_by_paths(width: int, depth: int, m: int, alpha: Fraction) -> Fraction:
    return enumerated(ResNet(m, alpha), width, depth)[1]


def residual_mean_by_paths(width: int, depth: int, m: int, alpha: Fraction) -> Fraction:
    return enumerated(ResNet(m, alpha), width, depth)[0]


def dense_by_paths(width: int, depth: int) -> Fraction:
    return enumerated(DenseNet(), width, depth)[1]


def plain_by_paths(width: int, depth: int) -> Fraction:
    return enumerated(Vanilla(), width, depth)[1]


def residual_by_states(width: int, depth: int, m: int, alpha: Fraction) -> Any:
    return tangent_moments(ResNet(m, alpha), width, depth).second_moment


def dense_by_states(width: int, depth: int) -> Any:
    return tangent_moments(DenseNet(), width, depth).second_moment


def plain_by_states(width: int, depth: int) -> Any:
    return tangent_moments(Vanilla(), width, depth).second_moment


def plain_square(width: int, depth: int) -> Any:
    return closed_form(Vanilla(), width, depth)


def plain_square_off(width: int, depth: int) -> Any:
    return closed_form(Vanilla(), width, depth) + sympy.Rational(1, width**2)


def one_block() -> sympy.Expr:
    return sympy.sympify(tangent_moments(ResNet(2, alpha), n, 1).second_moment)


def two_layers() -> sympy.Expr:
    return sympy.sympify(tangent_moments(DenseNet(), n, 2).second_moment)


_claim = claims_of("symprop", HOLDS, derivation="derivations/finite_width_moments.py")

HALF = Fraction(1, 2)
TINY = [
    {"width": width, "depth": depth, "m": m, "alpha": value}
    for width, depth, m in ((1, 1, 1), (1, 2, 1), (1, 1, 2), (1, 2, 2), (1, 2, 3), (2, 1, 2))
    for value in (HALF, Fraction(1))
]
TINY_DENSE = [{"width": w, "depth": d} for w, d in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1))]
TINY_PLAIN = [{"width": w, "depth": d} for w, d in ((1, 1), (1, 2), (1, 4), (2, 1), (2, 2))]
RESIDUAL = {
    "width": Integer(1, reach=30),
    "depth": Integer(1, reach=12),
    "m": Integer(1, 5),
    "alpha": Real(0, 3),
}
LAYERED = {"width": Integer(1, reach=50), "depth": Integer(1, reach=20)}
MEANING = {
    "width": "n",
    "depth": "L",
    "m": "matrices in a branch",
    "alpha": "scale of each, A = α^m",
}
GAUSSIAN = ("Gaussian weights, constant width n, input of mean square 1",)
COINS = "gates are exact as independent fair coins: weights are symmetric and without atoms"

CLAIMS = (
    _claim(
        "residual-tangent-square",
        "F1",
        title="mean square of the residual tangent kernel's diagonal",
        statement="E G² = 3 (1 + 2/n) ξ^L r with the recursion of u, w and r",
        variables=MEANING,
        assumptions=(*GAUSSIAN, COINS),
        checks=(
            at_points(residual_by_paths, "==", residual_square, points=TINY),
            attack(residual_by_states, "==", residual_square, domain=RESIDUAL, tries=(60, 600)),
        ),
        near_miss=at_points(residual_by_paths, "==", nearly_residual_square, points=TINY),
    ),
    _claim(
        "residual-tangent-mean",
        "F1",
        title="mean of the residual tangent kernel's diagonal",
        statement="E G = m L A (1 + A)^(L-1) at every width",
        variables=MEANING,
        assumptions=(*GAUSSIAN, COINS),
        checks=(at_points(residual_mean_by_paths, "==", residual_mean, points=TINY),),
        near_miss=at_points(residual_mean_by_paths, "==", residual_mean_late, points=TINY),
    ),
    _claim(
        "residual-one-block",
        "F1",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="one residual block of two matrices",
        statement="E G² = 4 A² (n+2)² (n+3)/n³",
        variables=MEANING,
        assumptions=GAUSSIAN,
        checks=(identity(one_block, 4 * alpha**4 * (n + 2) ** 2 * (n + 3) / n**3),),
        near_miss=identity(one_block, 4 * alpha**4 * (n + 2) * (n + 3) ** 2 / n**3),
    ),
    _claim(
        "dense-tangent-square",
        "F2",
        title="mean square of the dense tangent kernel's diagonal",
        statement="E G² = 3 (1 + 2/n) Π (r + (2(u + 2w) + 1)/3) with the recursion over layers",
        variables=MEANING,
        assumptions=(*GAUSSIAN, COINS),
        checks=(
            at_points(dense_by_paths, "==", dense_square, points=TINY_DENSE),
            attack(dense_by_states, "==", dense_square, domain=LAYERED, tries=(60, 600)),
        ),
        near_miss=at_points(dense_by_paths, "==", nearly_dense_square, points=TINY_DENSE),
    ),
    _claim(
        "dense-two-layers",
        "F2",
        Verdict(Outcome.HOLDS, Grade.EXACT),
        title="two densely connected layers",
        statement="E G² = 3 (n+2)(n+5)(3n+4)/(4n³)",
        assumptions=GAUSSIAN,
        checks=(identity(two_layers, 3 * (n + 2) * (n + 5) * (3 * n + 4) / (4 * n**3)),),
        near_miss=identity(two_layers, 3 * (n + 2) * (n + 5) * (3 * n + 5) / (4 * n**3)),
    ),
    _claim(
        "plain-tangent-square",
        "F8",
        title="mean square of the plain tangent kernel's diagonal",
        statement=(
            "E G² = (1+2/n) [(1+5/n)^L (L²/3 + 2(n+2)L/9 - c) + c (1-1/n)^L], c = (n-1)(n+5)/27"
        ),
        variables=MEANING,
        assumptions=(*GAUSSIAN, COINS),
        checks=(
            at_points(plain_by_paths, "==", plain_square, points=TINY_PLAIN),
            attack(plain_by_states, "==", plain_square, domain=LAYERED, tries=(60, 600)),
        ),
        near_miss=at_points(plain_by_paths, "==", plain_square_off, points=TINY_PLAIN),
    ),
)
"""Gaussian weights; other symmetric laws are in the claims on the tangents paper."""
