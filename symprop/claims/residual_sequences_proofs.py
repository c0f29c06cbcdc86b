"""Steps in the proofs of Lemmas C.12, C.13 and C.15 of the residual paper."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_sequences_power import (
    growth_of_scaled_rest,
    resonant_term,
    second_term,
)
from symprop.claims.stepwise import along_layers, milestones
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
LOG = sympy.log(LAYER)
VARIABLES = {
    "beta": "β > 0",
    "mu": "μ > 0",
    "start": "ε_1, with μ ε_1^β < 1",
    "layer": "l, from which the curves start at ε_l",
}
CURVES = "x_ν(k)^(-β) = β ν log(k/l) + ε_l^(-β), so x_ν(l) = ε_l"
SETTINGS = (("1", "1", "1/2"), ("2", "1/3", "1"), ("1/2", "3", "1/100"), ("5", "1/10", "3/2"))


@cache
def _powered(beta: Fraction, mu: Fraction, start: Fraction, bits: int) -> dict[int, arb]:
    """Return ``ε_{l+1} = ε_l - μ ε_l**(β+1) / l`` from ``ε_1``."""
    with working_bits(bits):
        power, size = rational_exponent(beta), rational_exponent(mu)

        def step(value: arb, layer: int) -> arb:
            return value * (1 - size * value**power / (layer - 1)) if layer > 1 else value

        return milestones(step, rational_exponent(start))


def late(beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return ``ε_{4l}``."""
    return _powered(beta, mu, start, bits_from_dps(dps) + 60)[4 * layer]


def curve(share: str, beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return ``x_ν(4l)`` for ``ν = share μ``."""
    bits = bits_from_dps(dps) + 60
    with working_bits(bits):
        power, rate = rational_exponent(beta), rational_exponent(Fraction(share) * mu)
        begun = _powered(beta, mu, start, bits)[layer] ** -power
        return (power * rate * arb(4).log() + begun) ** (-1 / power)


def slower(beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return the curve of ``9μ/10``."""
    return curve("9/10", beta, mu, start, layer, dps)


def equal(beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return the curve of ``μ``."""
    return curve("1", beta, mu, start, layer, dps)


def faster(beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return the curve of ``11μ/10``."""
    return curve("11/10", beta, mu, start, layer, dps)


def points(layers: tuple[int, ...]) -> list[dict[str, object]]:
    """Return all settings at some layers."""
    return [
        point
        for beta, mu, start in SETTINGS
        for point in grid(beta=(beta,), mu=(mu,), start=(start,), layer=layers)
    ]


def turned(alpha: Fraction, layer: Fraction) -> bool:
    """Whether ``log l > (2s-1)/(s(1-s))``, with a margin for the logarithm in floats."""
    s = float(alpha / (1 - alpha))
    return math.log(layer) > (2 * s - 1) / (s * (1 - s)) + 1e-9


def minus_second_term(a: Fraction, alpha: Fraction, dps: int) -> arb:
    """Return ``K_2 log 4``."""
    return -second_term(a, alpha, dps)


def minus_resonant_term(a: Fraction, alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(K_2 - C) log 4``."""
    return -resonant_term(a, alpha, c, dps)


CURVES_PRINTED = Claim(
    id="residual.power-recurrence-proof-printed",
    title="Curves around the recurrence with weight μ/l, as printed",
    statement=(
        "For ε_{l+1} = ε_l - μ ε_l^(β+1)/l, every small a > 0 and late k: x_{μ-a}(k) <= ε_k <= "
        "x_μ(k); here a = μ/10, k = 4l"
    ),
    variables=VARIABLES,
    assumptions=(CURVES,),
    source=Source("residual", "Lemma C.12, proof"),
    as_printed=(
        "μ - a below, with another letter for a: that curve falls more slowly than x_μ, lies above "
        "it, and obeys the inequality of an upper bound as well. The relative error o(1/t) of the "
        "slope from t to t + 1 is of order 1/t"
    ),
    checks=(at_points(slower, "<=", late, points=points((64,))),),
    near_miss=at_points(slower, "<=", equal, points=points((64,))),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-recurrence-proof",
)

CURVES_AROUND = Claim(
    id="residual.power-recurrence-proof",
    title="Curves around the recurrence with weight μ/l",
    statement=(
        "For ε_{l+1} = ε_l - μ ε_l^(β+1)/l, every a > 0 and late l: x_{μ+a}(k) <= ε_k <= x_μ(k) "
        "for k >= l; here a = μ/10, k = 4l"
    ),
    variables=VARIABLES,
    assumptions=(CURVES,),
    source=Source("residual", "Lemma C.12, proof"),
    as_printed="with μ - a in place of μ + a",
    checks=(
        at_points(faster, "<=", late, points=points((16, 256, 4096))),
        at_points(late, "<=", equal, points=points((16, 256, 4096))),
    ),
    near_miss=at_points(equal, "<=", late, points=points((256,))),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ALPHA = sympy.Symbol("alpha", positive=True)
EXPONENT = ALPHA / (1 - ALPHA)
CURVATURE = sympy.diff(-(LAYER**EXPONENT) * LOG, LAYER, 2)  # of v / J
CURVE = "v(l) = -J l^s log l, s = α/(1-α), J > 0, with v' = s v/l - J l^(s-1)"

SLOPE_PRINTED = Claim(
    id="residual.power-difference-equation-proof-printed",
    title="Slope of the second term, as printed",
    statement="For 0 <= α < 1 the derivative v' decreases for late l",
    variables={"alpha": "α", "layer": "l"},
    assumptions=(CURVE,),
    source=Source("residual", "Lemma C.13, proof"),
    as_printed=(
        "for every α; below 1/2 the derivative rises to 0. The bounds drawn from it then change "
        "places, which the ε of the proof makes up for"
    ),
    checks=(
        at_points(
            CURVATURE, "<", 0, points=grid(alpha=("3/4", "1/2", "1/4"), layer=(10**6, 10**12))
        ),
    ),
    near_miss=at_points(CURVATURE, "<", 0, points=grid(alpha=("2/5",), layer=(10**6,))),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-difference-equation-proof",
)

SLOPE = Claim(
    id="residual.power-difference-equation-proof",
    title="Slope of the second term",
    statement=(
        "v' decreases on l >= 1 if 1/2 <= α < 1; if 0 < α < 1/2 it increases where "
        "log l > (2s-1)/(s(1-s))"
    ),
    variables={"alpha": "α", "layer": "l"},
    assumptions=(CURVE,),
    source=Source("residual", "Lemma C.13, proof"),
    as_printed="decreasing for every α",
    checks=(
        attack(
            CURVATURE,
            "<",
            0,
            domain={"alpha": Real("1/2", "99/100"), "layer": Real(1, None, decades=9)},
            tries=(60, 600),
        ),
        attack(
            CURVATURE,
            ">",
            0,
            domain={"alpha": Real("1/100", "49/100"), "layer": Real(1, None, decades=60)},
            assuming=turned,
            tries=(60, 600),
        ),
    ),
    near_miss=attack(
        CURVATURE,
        "<",
        0,
        domain={"alpha": Real("2/5", "99/100"), "layer": Real(1, None, decades=9)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SOURCE_PRINTED = Claim(
    id="residual.power-difference-equation-source-proof-printed",
    title="Power difference equation with a source: signs as the proof prints them",
    statement=(
        "For u_l - u_{l-1} = A (u_{l-1} + B)^α + C, w = u + B: w_l - K_1 l^(1/(1-α)) ~ "
        "K_2 l^(α/(1-α)) log l if α > 1/2, and ~ (K_2 - C) l log l if α = 1/2"
    ),
    variables={"a": "A > 0", "alpha": "α", "c": "C", "start": "w_0", "layer": "l"},
    assumptions=("w_0 > 0, C >= 0, C ≠ K_2",),
    source=Source("residual", "Lemma C.15, proof"),
    as_printed=(
        "both without a minus sign, against the equation solved just before, v' = s v/l - J "
        "l^(s-1), and against Theorem C.29, whose signs are right"
    ),
    checks=(
        limit(
            growth_of_scaled_rest,
            minus_second_term,
            along=along_layers(a=Fraction(1, 2), alpha=Fraction(2, 3), c=Fraction(3), start=1),
            error=LOG**2 / LAYER,
        ),
        limit(
            growth_of_scaled_rest,
            minus_resonant_term,
            along=along_layers(a=Fraction(1), alpha=Fraction(1, 2), c=Fraction(1), start=1),
            error=LOG**2 / LAYER,
        ),
    ),
    near_miss=limit(
        growth_of_scaled_rest,
        minus_resonant_term,
        along=along_layers(a=Fraction(2), alpha=Fraction(1, 2), c=Fraction(5), start=1),
        error=LOG**2 / LAYER,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-difference-equation-source-resonant",
)

CLAIMS = (CURVES_PRINTED, CURVES_AROUND, SLOPE_PRINTED, SLOPE, SOURCE_PRINTED)
"""Steps of proofs that are false as printed, and as they have to be."""
