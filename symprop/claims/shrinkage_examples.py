"""shrinkage, section 4.1: the bounds for leaky ReLU and erf networks, eqs. 4.1 to 4.3."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb, fmpq

from symprop.claims.citations import claims_of
from symprop.claims.critical_maps import erf_map, gap_after, leaky_map, least_map_value
from symprop.ledger.algebra import identity
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
a = sympy.Symbol("a", real=True)
L, rho = sympy.symbols("L rho", positive=True)
pi, sqrt = sympy.pi, sympy.sqrt

LEAKY_BOUND = sqrt(16 * pi / (pi - 2)) / sqrt(L) * sqrt(1 + a**2) / (1 - a)
SIGNLESS_BOUND = sqrt(16 * pi / (pi - 2)) / sqrt(L) * sqrt(1 + a**2) / sympy.Abs(1 - a)
LEAKY_NONLINEARITY = ((pi - 2) * (1 - a) ** 2 / (4 * pi)) / ((1 + a**2) / 2)
ERF_BRACKET = sympy.atan(2 / sqrt(5)) - sympy.Rational(2, 3)
ERF_BOUND = 4 / sqrt(ERF_BRACKET * sqrt(5)) / sqrt(L)
ERF_NONLINEARITY = (2 / pi * ERF_BRACKET) / (4 / (pi * sqrt(5)))


def leaky_spread(a: Fraction, L: int, dps: int) -> arb:
    """Return ``1 - rho_max`` after an embedding and ``L - 1`` leaky layers.

    Slopes a and 1/a give the same map, so ``|a| <= 1``. For ``a >= 0`` maps increase and the pair
    from -1 is the least; for ``a < 0`` the first layer has its least value where its slope is 0,
    and later ones increase from there. Correlations grow with depth: the last layer has most.
    """
    if abs(a) > 1:
        return leaky_spread(1 / a, L, dps)
    with working_bits(bits_from_dps(2 * dps + 20) + 8 * L):
        start = arb(-1)
        if a < 0 and L > 1:
            start = -(2 * arb.pi() * fmpq(a.numerator, a.denominator) / _squared_bend(a)).cos()
        return 1 - least_map_value(leaky_map(a), L - 1, start=start)


def spread_of_one_layer_less(a: Fraction, L: int, dps: int) -> arb:
    return leaky_spread(a, L - 1, dps)


def spread_of_smaller_slope(less: Fraction, L: int, dps: int) -> arb:
    return leaky_spread(less, L, dps)


def _squared_bend(a: Fraction) -> fmpq:
    """Return ``(1 - a)²``."""
    return fmpq(a.denominator - a.numerator, a.denominator) ** 2


def erf_spread(L: int, dps: int) -> arb:
    """Return ``1 - rho_max`` after an embedding and ``L - 1`` critical erf layers.

    From the pair that starts at -1; that the embedding has a bias can only bring it closer.
    """
    with working_bits(bits_from_dps(dps) + 4 * L):
        root = 2 / arb(5).sqrt()
        step = erf_map(2 / arb.pi() * (root - root.atan()))
        return 1 - least_map_value(step, L - 1)


def fixed_bias(rho: Fraction) -> arb:
    """Return the ratio of variances at which ``rho`` is the fixed point of an erf network."""
    at = arb(fmpq(rho.numerator, rho.denominator))
    covariance = 2 / arb.pi() * (2 * at / 3).asin()
    whole = 2 / arb.pi() * (arb(2) / 3).asin()
    return (at * whole - covariance) / (1 - at)


def chaotic_jacobian(rho: Fraction, L: int, dps: int) -> arb:
    """Return the root mean square of singular values at the bias whose fixed point is ``rho``.

    After an embedding with that bias, whose squared slope is ``1/(1 + bias)``, and ``L - 1`` layers
    of erf. The operator norm is not less.
    """
    with working_bits(bits_from_dps(2 * dps + 20)):
        whole = 2 / arb.pi() * (arb(2) / 3).asin()
        slope = 4 / (arb.pi() * arb(5).sqrt()) / (fixed_bias(rho) + whole)
        return ((slope.log() * (L - 1) - (1 + fixed_bias(rho)).log()) / 2).exp()


def chaotic_bound(rho: Fraction, L: int, dps: int) -> arb:
    with working_bits(bits_from_dps(2 * dps + 20)):
        bracket = ((2 / arb(5).sqrt()).atan() - arb(2) / 3) * arb(5).sqrt()
        return bracket.sqrt() / 4 * (1 - arb(fmpq(rho.numerator, rho.denominator))) * arb(L).sqrt()


def chaotic_least_correlation(rho: Fraction, L: int, dps: int) -> arb:
    """Return the correlation after ``L`` layers of the pair that starts at -1."""
    with working_bits(bits_from_dps(2 * dps + 20) + 4 * L):
        return least_map_value(erf_map(fixed_bias(rho)), L)


def itself(rho: Fraction) -> Fraction:
    return rho


def large_chaotic_bound(rho: Fraction, L: int, dps: int) -> arb:
    return chaotic_bound(rho, L, dps) * 8


def late_gap(L: int, dps: int) -> Any:
    """Return the squared gap after ``2**L`` critical erf layers, from ``rho_0 = 0``."""
    return gap_after("erf", Fraction(1), 2**L, dps)


def late_bound(L: int, dps: int) -> Any:
    from symprop.numerics.evaluation import enclose

    return enclose(ERF_BOUND.subs({sympy.Symbol("L", positive=True): 2**L}), dps=dps)


SLOPES = Real(-1, 1, open_at="upper")

_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "leaky-shrinkage",
        "eq 4.1; Figure 2",
        title="shrinkage of leaky ReLU networks",
        statement="σ_b = 0: 1 - ρ_max <= √(16π/(π-2)) √(1+a²)/|1-a| / √L, for every a but 1",
        variables={"a": "negative slope", "L": "depth, the embedding φ_1(x) = x included"},
        assumptions=("infinite width",),
        as_printed=(
            "without the modulus, which a < 1, as in the text below it, makes superfluous. An "
            "embedding adds nothing to the sum of Theorem 1, so √(L-1) is what that gives; the "
            "bound is loose enough to hold with √L"
        ),
        checks=(
            identity(8 / (LEAKY_NONLINEARITY * L) - LEAKY_BOUND**2, sympy.Integer(0)),
            attack(
                leaky_spread,
                "<=",
                SIGNLESS_BOUND,
                domain={"a": Real(-20, 20), "L": Integer(1, reach=99)},
                assuming=lambda a: a != 1,
                tries=(60, 400),
            ),
        ),
        near_miss=attack(
            leaky_spread,
            "<=",
            SIGNLESS_BOUND / 8,
            domain={"a": Real(-20, 20), "L": Integer(1, reach=99)},
            assuming=lambda a: a != 1,
        ),
    ),
    _claim(
        "leaky-shrinkage-trend",
        "Figure 2",
        title="depth and smaller slopes bring representations together",
        statement=(
            "1 - ρ_max does not grow when layers are added or when a falls, for -1 <= a < 1 and "
            "σ_b = 0"
        ),
        variables={
            "a": "negative slope",
            "less": "a smaller one",
            "L": "depth, the embedding included",
        },
        assumptions=("infinite width",),
        as_printed="without the lower end: slopes a and 1/a have the same map",
        checks=(
            attack(
                leaky_spread,
                "<=",
                spread_of_one_layer_less,
                domain={"a": SLOPES, "L": Integer(2, reach=60)},
                tries=(30, 300),
            ),
            attack(
                spread_of_smaller_slope,
                "<=",
                leaky_spread,
                domain={"a": SLOPES, "less": SLOPES, "L": Integer(1, reach=60)},
                assuming=lambda a, less: less < a - Fraction(1, 10**6),
                tries=(30, 300),
            ),
        ),
        near_miss=attack(
            spread_of_smaller_slope,
            "<=",
            leaky_spread,
            domain={"a": Real(-4, -2), "less": Real(-9, -4), "L": Integer(2, reach=9)},
            assuming=lambda a, less: less < a,
            tries=(30, 300),
        ),
    ),
    _claim(
        "erf-shrinkage",
        "eq 4.2; Figure 3",
        title="shrinkage of critical erf networks",
        statement="1 - ρ_max <= 4 / √((arctan(2/√5) - 2/3) √5) / √L",
        variables={"L": "depth, the embedding included"},
        assumptions=("infinite width", "critical variances"),
        checks=(
            identity(8 / (ERF_NONLINEARITY * L) - ERF_BOUND**2, sympy.Integer(0)),
            attack(
                erf_spread, "<=", ERF_BOUND, domain={"L": Integer(1, reach=300)}, tries=(60, 200)
            ),
            attack(late_gap, "<=", late_bound, domain={"L": Integer(1, 12)}, tries=(12, 12)),
        ),
        near_miss=attack(
            erf_spread, "<=", ERF_BOUND / 8, domain={"L": Integer(1, reach=300)}, tries=(60, 200)
        ),
    ),
    _claim(
        "chaotic-erf",
        "eq 4.3; Figure 3",
        title="Jacobian of chaotic erf networks",
        statement="‖∂z^L/∂z^0‖ >= √((arctan(2/√5) - 2/3) √5)/4 · (1 - ρ_fp) √L",
        variables={"rho": "ρ_fp, in [0, 1)", "L": "depth, the embedding included"},
        assumptions=("infinite width", "σ_b²/σ_w² is chosen so that ρ_fp is the fixed point"),
        as_printed="with ρ_max ≈ ρ_fp as an approximation; as ρ_max < ρ_fp, it holds as it is",
        checks=(
            attack(
                chaotic_jacobian,
                ">=",
                chaotic_bound,
                domain={"rho": Real(0, 1, open_at="upper"), "L": Integer(1, reach=10_000)},
                tries=(120, 1500),
            ),
            attack(
                chaotic_least_correlation,
                "<",
                itself,
                domain={"rho": Real("1/100", "99/100"), "L": Integer(1, reach=60)},
                tries=(60, 400),
            ),
        ),
        near_miss=attack(
            chaotic_jacobian,
            ">=",
            large_chaotic_bound,
            domain={"rho": Real(0, 1, open_at="upper"), "L": Integer(1, reach=10_000)},
        ),
    ),
)
"""Equations 4.1, 4.2 and 4.3."""
