"""The second term of lengths in alpha-ReLU networks: Theorem C.29 of the residual paper, D6."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import doubling_difference, same_order
from symprop.claims.residual_paths import length
from symprop.claims.residual_power_growth import grown, leading, path_length, steepness
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
DEPTH = sympy.Symbol("depth", positive=True)
ALPHA = sympy.Symbol("alpha", real=True)
KAPPA = ALPHA / (1 - ALPHA)
FLAT = {"sv2": "1/100", "sa2": 1}
LATE = tuple(2**k for k in range(6, 14))
SPARSE = tuple(4**k for k in range(2, 8))
VARIABLES = {
    "alpha": "exponent of the activation",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b², >= 0",
    "p0": "squared length of the input over the width, >= 0",
    "depth": "layer l",
}


def second(alpha: Fraction, sv2: Any, sw2: Any, dps: int) -> arb:
    """Return the printed ``K_2 = A^(1/(1-α)) (1-α)^(α/(1-α) - 1) α / 2``."""
    with working_bits(bits_from_dps(dps)):
        power = as_ball(alpha, bits_from_dps(dps))
        rest = 1 - power
        raised = steepness(alpha, sv2, sw2, dps) ** (1 / rest)
        return raised * rest ** (power / rest - 1) * power / 2


def remainder(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``R = p - K_1 depth^(1/(1 - alpha))``."""
    digits = dps + 20
    with working_bits(bits_from_dps(digits)):
        power = 1 / (1 - as_ball(alpha, bits_from_dps(digits)))
        k1 = leading(alpha, setting["sv2"], setting["sw2"], digits)
        return path_length(alpha, depth, digits, **setting) - k1 * arb(depth) ** power


def scaled_remainder(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``R / depth^(alpha/(1 - alpha))``."""
    with working_bits(bits_from_dps(dps)):
        power = as_ball(alpha, bits_from_dps(dps))
        return remainder(alpha, depth, dps, **setting) / arb(depth) ** (power / (1 - power))


def linear_remainder(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``R / depth``."""
    with working_bits(bits_from_dps(dps)):
        return remainder(alpha, depth, dps, **setting) / depth


def mean_growth(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return ``p / depth``."""
    with working_bits(bits_from_dps(dps)):
        return path_length(alpha, depth, dps, **setting) / depth


def minus_k2_log2(alpha: Fraction, sv2: Any, sw2: Any, dps: int) -> arb:
    """Return ``-K_2 log 2``."""
    with working_bits(bits_from_dps(dps)):
        return -second(alpha, sv2, sw2, dps) * arb(2).log()


def shifted_log2(alpha: Fraction, sv2: Any, sa2: Any, sw2: Any, dps: int) -> arb:
    """Return ``(C - K_2) log 2``, ``C = sa^2``."""
    with working_bits(bits_from_dps(dps)):
        drift = as_ball(sa2, bits_from_dps(dps))
        return (drift - second(alpha, sv2, sw2, dps)) * arb(2).log()


def drift_share(alpha: Fraction, sa2: Fraction) -> Fraction:
    """Return ``C (1 - alpha)/(1 - 2 alpha)``."""
    return sa2 * (1 - alpha) / (1 - 2 * alpha)


@cache
def critical_drift(sv2: Fraction, sw2: Fraction) -> sympy.Expr:
    """Return ``σ_a² = σ_v⁴ σ_w² / (8π)``, where ``C = K_2`` at ``alpha = 1/2``."""
    return sympy.Rational(sv2) ** 2 * sympy.Rational(sw2) / (8 * sympy.pi)


def shifted_root(factor: Any, sv2: Any, sw2: Any, sb2: Any, p0: Any, depth: int, dps: int) -> arb:
    """Return ``sqrt(p + σ_b²/σ_w²)`` at a layer for ``σ_a² = factor σ_v⁴ σ_w²/(8π)``."""
    bits = bits_from_dps(dps)
    sa2 = factor * critical_drift(sv2, sw2)
    p = length(
        phi="alpha_relu:1/2", sv2=sv2, sa2=sa2, sw2=sw2, sb2=sb2, p0=p0, depth=depth, dps=dps
    )
    with working_bits(bits):
        return (p + as_ball(sb2, bits) / as_ball(sw2, bits)).sqrt()


def linear_root(sv2: Any, sw2: Any, sb2: Any, p0: Any, depth: int, dps: int) -> arb:
    """Return ``sqrt(p_0 + σ_b²/σ_w²) + depth σ_v² σ_w / sqrt(8π)``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        v, w, b, start = (as_ball(value, bits) for value in (sv2, sw2, sb2, p0))
        return (start + b / w).sqrt() + depth * v * w.sqrt() / (8 * arb.pi()).sqrt()


REMAINDER_PRINTED = Claim(
    id="residual.power-relu-length-remainder-printed",
    title="Second term of lengths in alpha-ReLU networks, as printed",
    statement=(
        "For α < 1: p = K_1 l^(1/(1-α)) + R, with R ~ -K_2 l^(α/(1-α)) log l if α > 1/2, "
        "(C - K_2) l log l if α = 1/2, C (1-α)/(1-2α) l if α < 1/2; C = σ_a²"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem C.29"),
    as_printed=(
        "'K_2 = C' stands beside α = 1/2, read as 'K_2 ≠ C'; σ_a = 0 with α < 1/2 would make "
        "R ~ 0, and for α in (-1/2, 0) the term σ_a² l is the leading one, without the factor"
    ),
    checks=(
        same_order(remainder, DEPTH, points=grown("1/4")),
        same_order(remainder, DEPTH, points=grown("2/5", sa2=0)),
        limit(
            linear_remainder,
            drift_share,
            along=grown("-9/20", SPARSE, **FLAT),
            error=DEPTH ** (-sympy.Rational(9, 29)),
        ),
    ),
    near_miss=same_order(remainder, DEPTH**2, points=grown("1/4")),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-relu-length-remainder",
)

REMAINDER = Claim(
    id="residual.power-relu-length-remainder",
    title="Second term of lengths in alpha-ReLU networks",
    statement=(
        "For 0 < α < 1, σ_v, σ_w > 0, not p_0 = σ_a = σ_b = 0: p = K_1 l^(1/(1-α)) + R with "
        "R ~ -K_2 l^(α/(1-α)) log l if α > 1/2 or σ_a = 0, (σ_a² - K_2) l log l if α = 1/2 "
        "and σ_a² ≠ K_2, σ_a² (1-α)/(1-2α) l if α < 1/2 and σ_a > 0"
    ),
    variables=VARIABLES,
    assumptions=(
        "K_1 = [A (1-α)]^(1/(1-α)), K_2 = A^(1/(1-α)) (1-α)^(α/(1-α)-1) α/2, A = σ_v² σ_w^(2α) c_α",
    ),
    source=Source("residual", "Theorem C.29"),
    as_printed="σ_a = 0 and α <= 0 are not excluded",
    checks=(
        *(
            limit(doubling_difference(scaled_remainder), value, along=points, error=error)
            for points, value, error in (
                (grown("3/4"), minus_k2_log2, sympy.log(DEPTH) ** 2 / DEPTH),
                (grown("3/5", LATE), minus_k2_log2, DEPTH ** (1 - KAPPA)),
                (grown("1/4", sa2=0), minus_k2_log2, DEPTH**-KAPPA),
                (grown("1/2"), shifted_log2, sympy.log(DEPTH) ** 2 / DEPTH),
            )
        ),
        limit(
            linear_remainder,
            drift_share,
            along=grown("1/3", SPARSE),
            error=sympy.log(DEPTH) * DEPTH ** (-KAPPA),
        ),
    ),
    near_miss=limit(
        doubling_difference(scaled_remainder),
        lambda alpha, sv2, sw2, dps: 2 * minus_k2_log2(alpha, sv2, sw2, dps),
        along=grown("3/4"),
        error=sympy.log(DEPTH) ** 2 / DEPTH,
    ),
    expected=SAMPLED,
)

NEGATIVE = Claim(
    id="residual.power-relu-length-negative-exponent",
    title="Lengths under negative powers grow by the bias of the branch",
    statement="For -1/2 < α < 0, σ_v, σ_w, σ_a > 0: p / l → σ_a²",
    variables=VARIABLES,
    source=Source("residual", "Theorem C.29"),
    as_printed="α < 0 is included there, with K_1 l^(1/(1-α)) called the leading term",
    checks=(
        limit(
            mean_growth,
            lambda sa2: sa2,
            along=grown("-9/20", SPARSE, **FLAT),
            error=DEPTH**ALPHA,
        ),
        limit(
            mean_growth,
            lambda sa2: sa2,
            along=grown("-9/20", SPARSE),
            error=DEPTH**ALPHA,
        ),
    ),
    near_miss=limit(
        linear_remainder,
        drift_share,
        along=grown("-9/20", SPARSE, **FLAT),
        error=DEPTH**ALPHA,
    ),
    expected=SAMPLED,
)

ROOT_LINEAR = Claim(
    id="symprop.square-root-growth",
    title="Exactly quadratic lengths of the square-root ReLU",
    statement=(
        "For α = 1/2, σ_w > 0 and σ_a² = σ_v⁴ σ_w²/(8π), where the second term of C.29 "
        "vanishes: √(p + σ_b²/σ_w²) = √(p_0 + σ_b²/σ_w²) + l σ_v² σ_w/√(8π) at every layer"
    ),
    variables=VARIABLES,
    source=Source("symprop", "D6"),
    checks=(
        attack(
            partial(shifted_root, 1),
            "==",
            linear_root,
            domain={
                "sv2": Real("1/100", 10),
                "sw2": Real("1/100", 10),
                "sb2": Real(0, 10),
                "p0": Real(0, 100),
                "depth": Integer(0, 40),
            },
            assuming=lambda sb2, p0: p0 > 0 or sb2 > 0,
            tries=(30, 200),
        ),
    ),
    near_miss=at_points(
        partial(shifted_root, sympy.Rational(11, 10)),
        "==",
        linear_root,
        points=grid(sv2=("3/2",), sw2=("169/100",), sb2=("49/100",), p0=(1,), depth=(10,)),
    ),
    expected=SAMPLED,
    derivation="derivations/square_root_relu.py",
)

CLAIMS = (REMAINDER_PRINTED, REMAINDER, NEGATIVE, ROOT_LINEAR)
"""Theorem C.29 and symprop D6."""
