"""tangents, Theorem 1 for one input: mean squares, derivatives and the diagonal of the kernel."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symprop.claims.citations import claims_of
from symprop.claims.relu_covariances import balls, input_covariance, slope
from symprop.claims.residual_covariances import NET, layers, meanings, network, stages
from symprop.gaussian.duality import dual_kernel
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.moments.diagonal import output_moments, tangent_moments
from symprop.moments.enumeration import gate_enumeration
from symprop.numerics.precision import working_bits
from symprop.recurrences.ntk import tangent_kernel

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)


def inner_square(alpha: Fraction, m: int, block: int, h: int, q: Fraction, dps: int) -> Any:
    """Return ``S^{l,h}(x, x)`` by the recursion."""
    with working_bits(balls(dps)):
        start = input_covariance(Fraction(1), q, q)
        return stages(layers(start, alpha, m, block, m - 1)[-1], h)[-1].cross


def grown_square(alpha: Fraction, m: int, block: int, q: Fraction) -> Fraction:
    return q * (1 + alpha**m) ** block


def grown_by_scale(alpha: Fraction, block: int, q: Fraction) -> Fraction:
    return q * (1 + alpha) ** block


def inner_slope(alpha: Fraction, m: int, block: int, h: int, dps: int) -> Any:
    with working_bits(balls(dps)):
        one = Fraction(1)
        start = input_covariance(one, one, one)
        return slope(stages(layers(start, alpha, m, block, m - 1)[-1], h)[-1])


def gate_square(dps: int) -> Any:
    """Return ``2 E φ'(u)^2`` by the general theory of dual activations."""
    return 2 * dual_kernel("heaviside").enclose(1, dps=dps + 5)


def gate_product(cosine: Fraction, dps: int) -> Any:
    return 2 * dual_kernel("heaviside").enclose(cosine, dps=dps + 5)


def mean_square(alpha: Fraction, m: int, block: int, n: int) -> Any:
    """Return ``E f^2`` of ``l`` branches at width ``n``, exactly."""
    return output_moments(network(alpha, m), n, block).second


def unit_growth(alpha: Fraction, m: int, block: int) -> Fraction:
    return grown_square(alpha, m, block, Fraction(1))


def unit_growth_by_scale(alpha: Fraction, block: int) -> Fraction:
    return grown_by_scale(alpha, block, Fraction(1))


def printed_diagonal(alpha: Fraction, m: int, depth: int) -> Fraction:
    return m * depth * alpha**m * (1 + alpha**m) ** (depth - 1)


def steeper_diagonal(alpha: Fraction, m: int, depth: int) -> Fraction:
    return m * depth * alpha**m * (1 + alpha**m) ** depth


def diagonal_of_unit_vector(alpha: Fraction, m: int, depth: int, d: int) -> Any:
    """Return ``K(x, x)`` where ``|x| = 1`` in dimension ``d``, so that ``S^0(x, x) = 1/d``."""
    square = Fraction(1, d)
    return tangent_kernel(network(alpha, m), depth, variances=(square, square)).diagonal


def finite_diagonal(alpha: Fraction, m: int, depth: int, n: int) -> Any:
    return tangent_moments(network(alpha, m), n, depth).mean


def enumerated_diagonal(alpha: Fraction, m: int, depth: int, n: int) -> Any:
    return gate_enumeration(network(alpha, m).graph(depth), n).kernel[0]


_claim = claims_of("tangents", HOLDS)

CLAIMS = (
    _claim(
        "diagonal-branch-covariance",
        "eq 60",
        title="ReLUs keep mean squares inside a branch",
        statement="S^{l,h}(x, x) = S^l(x, x) for all h",
        variables=meanings("alpha", "m", "block", "h") | {"q": "x·x/d"},
        checks=(
            attack(
                inner_square,
                "==",
                grown_square,
                domain={
                    "alpha": Real("1/100", 2),
                    "m": Integer(1, 4, reach=4),
                    "block": Integer(0, 5, reach=5),
                    "h": Integer(0, 4, reach=4),
                    "q": Real("1/10", 10),
                },
                tries=(40, 400),
            ),
        ),
        near_miss=at_points(
            inner_square,
            "==",
            grown_by_scale,
            points=grid(alpha=("1/2",), m=(2,), block=(1,), h=(1,), q=(1,)),
        ),
    ),
    _claim(
        "diagonal-derivative-covariance",
        "eq 61",
        title="derivatives of ReLUs of one input",
        statement="2E φ'(u)² = 1 at every stage",
        variables=meanings("alpha", "m", "block", "h"),
        checks=(
            at_points(
                inner_slope,
                "==",
                1,
                points=grid(alpha=("1/10", 1), m=(2, 3), block=(0, 2), h=(0, 2)),
            ),
            at_points(gate_square, "==", 1),
        ),
        near_miss=at_points(gate_product, "==", 1, points=grid(cosine=("99/100",))),
    ),
    _claim(
        "diagonal-growth",
        "eq 62",
        title="mean squares from branch to branch",
        statement="S^l(x, x) = (1 + α^m) S^{l-1}(x, x), at every finite width on average",
        variables=meanings("alpha", "m", "block", "n"),
        as_printed="through equation 15, whose error the diagonal does not see",
        checks=(
            attack(
                mean_square,
                "==",
                unit_growth,
                domain={
                    "alpha": Real(0, 3),
                    "m": Integer(1, 4, reach=4),
                    "block": Integer(0, 6, reach=6),
                    "n": Integer(1, reach=50),
                },
                tries=(40, 400),
            ),
        ),
        near_miss=at_points(
            mean_square,
            "==",
            unit_growth_by_scale,
            points=grid(alpha=("1/2",), m=(2,), block=(1,), n=(3,)),
        ),
    ),
    _claim(
        "residual-diagonal-printed",
        "eq 21",
        FALSE,
        title="diagonal of the residual tangent kernel, with inputs as said",
        statement="K(x, x) = m L α^m (1 + α^m)^{L-1} for |x| = 1",
        variables=meanings("alpha", "m", "depth") | {"d": "dimension of the input"},
        as_printed="with |x| = 1 and y⁰ = W x/√d, so that S⁰(x, x) = 1/d; the proof takes it as 1",
        checks=(
            at_points(
                diagonal_of_unit_vector,
                "==",
                printed_diagonal,
                points=grid(alpha=(1,), m=(2,), depth=(1,), d=(2,)),
            ),
        ),
        near_miss=at_points(
            diagonal_of_unit_vector,
            "==",
            steeper_diagonal,
            points=grid(alpha=(1,), m=(2,), depth=(1,), d=(1,)),
        ),
        corrected_by="tangents.residual-diagonal",
    ),
    _claim(
        "residual-diagonal",
        "eq 21",
        title="diagonal of the residual tangent kernel",
        statement="K(x, x) = m L α^m (1 + α^m)^{L-1} for |x|² = d, on average at every width",
        variables=meanings("alpha", "m", "depth", "n"),
        checks=(
            attack(
                finite_diagonal,
                "==",
                printed_diagonal,
                domain=NET | {"n": Integer(1, reach=50)},
                tries=(40, 400),
            ),
            at_points(
                enumerated_diagonal,
                "==",
                printed_diagonal,
                points=grid(alpha=("1/2",), m=(2,), depth=(1,), n=(1, 2)),
            ),
        ),
        near_miss=at_points(
            enumerated_diagonal,
            "==",
            steeper_diagonal,
            points=grid(alpha=("1/2",), m=(2,), depth=(1,), n=(1,)),
        ),
    ),
)
"""Moments at finite width are those of the recursion of states, and of enumerated gates."""
