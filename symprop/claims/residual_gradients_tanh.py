"""Growth of the gradient in residual networks with tanh: Theorems B.6 and B.13, section 5.

Trajectories are run with balls and compared with the law at fourfold depths. The next term of
the law, ``-(2/3) C³ σ_v⁶ / (σ_w b_0^(7/2)) log(l)/√l``, is taken off first, so that what is left
has to fall like ``l^(-1/2)``.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.gradient_paths import along_depths, fall, gradient, network
from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS", "VARIABLES", "full_variances", "law"]

LAYER = sympy.Symbol("layer", positive=True)
ROOT_ERROR = 1 / sympy.sqrt(LAYER)
VARIABLES = {
    "phi": "activation",
    "variances": "(σ_v², σ_a², σ_w², σ_b²), of a reduced network (σ_w², σ_b²)",
    "start": "p_0, mean square of the input",
    "layer": "m",
}
"""Variables of the claims on gradients."""

LAW = (
    "log(χ_m/χ_l) = A (√l - √m) + B (log l - log m) + O(1), A = (4/3) C σ_v² σ_w / √b_0, "
    "B = (4/(9π)) (σ_v⁴/b_0) (3/b_0 - σ_w²), b_0 = σ_v² + σ_a², C = √(2/π)"
)
REDUCED_LAW = (
    "log(χ_m/χ_l) = A (√l - √m) + B (log l - log m) + O(1), A = (4/3) √(2/π) σ_w, "
    "B = 4/(3π) - 4σ_w²/(9π)"
)
NOT_AT_REST = "σ_w > 0, and p_0 > 0 or σ_b > 0 or σ_a > 0"
FULL = (
    network(),
    network(("1", "0", "1/2", "0"), "1/10"),
    network(("1/2", "1", "4", "1"), "20"),
    network(("1/4", "0", "9", "1/2"), "0"),
)
REDUCED = (network(("1", "1/2")), network(("1/4", "0")), network(("4", "1"), "9"))


def full_variances(variances: tuple[Fraction, ...]) -> tuple[arb, arb, arb]:
    """Return σ_v², b_0 and σ_w² as balls; σ_v² = b_0 = 1 for a reduced network."""
    if len(variances) == 2:
        return arb(1), arb(1), rational_exponent(variances[0])
    branch, outer, weights = (rational_exponent(value) for value in variances[:3])
    return branch, branch + outer, weights


def coefficients(variances: tuple[Fraction, ...]) -> tuple[arb, arb, arb]:
    """Return A, B and the coefficient of ``log(l)/√l`` at the precision in force."""
    branch, total, weights = full_variances(variances)
    root = (2 / arb.pi()).sqrt()
    first = 4 * root * branch * weights.sqrt() / (3 * total.sqrt())
    second = 4 * branch**2 / (9 * arb.pi() * total) * (3 / total - weights)
    third = -2 * root**3 * branch**3 / (3 * weights.sqrt() * total**3 * total.sqrt())
    return first, second, third


def law(
    variances: tuple[Fraction, ...], layer: int, dps: int, *, shift: Fraction = Fraction(0)
) -> arb:
    """Return the law for ``log(χ_m/χ_4m)``, with B + shift in place of B."""
    with working_bits(bits_from_dps(dps) + 20):
        first, second, third = coefficients(variances)
        root, logarithm = arb(layer).sqrt(), arb(4).log()
        change = (4 * arb(layer)).log() / (2 * root) - arb(layer).log() / root
        return first * root + (second + rational_exponent(shift)) * logarithm + third * change


def fall_of_gradient(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``log(χ_m/χ_4m)``."""
    return fall("chi", phi, variances, start, layer, dps)


def scaled_increment(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``l (log(χ_{l-1}/χ_l) - A (√l - √(l-1)))`` less its term in ``log(l)/√l``."""
    before, after = (gradient("chi", phi, variances, start, at, dps) for at in (layer - 1, layer))
    with working_bits(bits_from_dps(dps) + 20):
        first, _, third = coefficients(variances)
        depth = arb(layer)
        rise = (before / after).log() - first * (depth.sqrt() - (depth - 1).sqrt())
        return depth * rise + third * depth.log() / (2 * depth.sqrt())


def second_coefficient(variances: tuple[Fraction, ...], dps: int) -> arb:
    """Return B."""
    with working_bits(bits_from_dps(dps)):
        return coefficients(variances)[1]


def gradient_at(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``χ_m`` relative to the last of 16 layers."""
    return gradient("chi", phi, variances, start, layer, dps, depth=16)


def weighted_gradient(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``m**B χ_m``, which the printed law bounds from below by a positive number."""
    value = gradient("chi", phi, variances, start, layer, dps, depth=64)
    with working_bits(bits_from_dps(dps)):
        power = coefficients(variances)[1]
        return value * (arb(layer) ** power if layer else arb(0))


CONSTANT = Claim(
    id="residual.gradient-without-weights",
    title="Gradient without inner weights",
    statement="If σ_w = 0, then χ_m = χ_l for all l, m",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.6, σ_w = 0; Theorem B.13, σ_w = 0"),
    checks=(
        at_points(
            gradient_at,
            "==",
            1,
            points=[
                {**net, "layer": layer}
                for net in (
                    network(("0", "1")),
                    network(("0", "0"), "0"),
                    network(("3/2", "1/2", "0", "1")),
                    network(("3/2", "0", "0", "0"), "0"),
                )
                for layer in (0, 1, 10)
            ],
        ),
    ),
    near_miss=at_points(gradient_at, "==", 1, points=[{**network(("1/1000", "1")), "layer": 0}]),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

FIRST_LAYER_PRINTED = Claim(
    id="residual.tanh-gradient-law-first-layer-printed",
    title="Gradient law of tanh, as printed: from the input on",
    statement=(f"For l >= m >= 0: {LAW}; with B > 0 this says that m^B χ_m is bounded away from 0"),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.13; Theorem B.6"),
    as_printed=(
        "'for l >= m >= 0' (in B.6 no range); at m = 0 the term log m is infinite although χ_0/χ_l "
        "is not. It has to be m >= 1, or m + 1 in place of m"
    ),
    checks=(
        at_points(
            weighted_gradient,
            ">",
            0,
            points=[{**network(("1/2", "0", "1", "1")), "layer": layer} for layer in (2, 1, 0)],
        ),
    ),
    near_miss=at_points(
        weighted_gradient, ">", 10**9, points=[{**network(("1/2", "1/2")), "layer": 64}]
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-gradient-law",
)

ZERO_INPUT_PRINTED = Claim(
    id="residual.tanh-gradient-law-zero-input-printed",
    title="Gradient law of tanh, as printed: zero input without biases",
    statement=f"For σ_w > 0: {LAW}, whatever p_0, σ_a, σ_b are",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.13; Theorem B.6"),
    as_printed=(
        "for all σ_w > 0. If p_0 = σ_a = σ_b = 0 the network stays at 0, where tanh has slope 1, "
        "and χ_m/χ_l = (1 + σ_v² σ_w²)^(l-m)"
    ),
    checks=(
        limit(
            fall_of_gradient,
            law,
            along=along_depths(**network(("1", "0", "1", "0"), "0")),
            error=ROOT_ERROR,
        ),
    ),
    near_miss=limit(
        fall_of_gradient,
        law,
        along=along_depths(**network(("1/2", "0"), "0")),
        error=ROOT_ERROR,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-gradient-law",
)

GROWTH = Claim(
    id="residual.tanh-gradient-law",
    title="Gradient law of tanh, full network",
    statement=(
        f"For l >= m >= 1: {LAW}. Checked at l = 4m with the next term, "
        "-(2/3) C³ σ_v⁶/(σ_w b_0^(7/2)) log(l)/√l"
    ),
    variables=VARIABLES,
    assumptions=(NOT_AT_REST, "σ_v > 0"),
    source=Source("residual", "Theorem B.13; Figure B.4"),
    as_printed="for l >= m >= 0 and all p_0, σ_a, σ_b",
    checks=tuple(
        limit(fall_of_gradient, law, along=along_depths(4, **net), error=ROOT_ERROR) for net in FULL
    ),
    near_miss=limit(
        fall_of_gradient,
        lambda variances, layer, dps: law(variances, layer, dps, shift=Fraction(1, 2)),
        along=along_depths(**network()),
        error=ROOT_ERROR,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_gradient_law.py",
)

REDUCED_GROWTH = Claim(
    id="residual.tanh-gradient-law-reduced",
    title="Gradient law of tanh, reduced network",
    statement=f"For l >= m >= 1: {REDUCED_LAW}",
    variables=VARIABLES,
    assumptions=("σ_w > 0, and p_0 > 0 or σ_b > 0",),
    source=Source("residual", "Theorem B.6"),
    as_printed="no range of m, all p_0 and σ_b; the formulas of A and B are garbled in the text",
    checks=tuple(
        limit(fall_of_gradient, law, along=along_depths(4, **net), error=ROOT_ERROR)
        for net in REDUCED
    ),
    near_miss=limit(
        fall_of_gradient,
        lambda variances, layer, dps: law(variances, layer, dps, shift=Fraction(1, 2)),
        along=along_depths(**network(("1", "1/2"))),
        error=ROOT_ERROR,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_gradient_law.py",
)

SV, SW, RHO = sympy.symbols("sigma_v sigma_w rho", positive=True)
FACTOR = sympy.Rational(4, 3) * sympy.sqrt(2 / sympy.pi)

SECTION = Claim(
    id="residual.tanh-gradient-law-increments",
    title="Gradient law of tanh with an error that is small for near layers",
    statement=(
        "For l >= m >= 1: χ_m = exp(A (√l - √m) + O(log l - log m)) χ_l, because "
        "l (log(χ_{l-1}/χ_l) - A (√l - √(l-1))) -> B; and A = (4/3) √(2/π) σ_v σ_w / √(1 + ρ²), "
        "ρ = σ_a/σ_v"
    ),
    variables=VARIABLES,
    assumptions=(NOT_AT_REST, "σ_v > 0"),
    source=Source("residual", "Section 5, gradient law; Figure 2"),
    as_printed="the values of A are garbled in the text; m >= 1 is needed",
    checks=(
        identity(
            FACTOR * SV**2 * SW / sympy.sqrt(SV**2 + (RHO * SV) ** 2),
            FACTOR * SV * SW / sympy.sqrt(1 + RHO**2),
        ),
        *(
            limit(
                scaled_increment,
                second_coefficient,
                along=along_depths(4, 1024, **net),
                error=ROOT_ERROR,
            )
            for net in (*FULL[:2], REDUCED[0])
        ),
    ),
    near_miss=limit(
        scaled_increment,
        0,
        along=along_depths(4, 1024, **network(("1", "1/2"))),
        error=ROOT_ERROR,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_gradient_law.py",
)

CLAIMS = (
    CONSTANT,
    FIRST_LAYER_PRINTED,
    ZERO_INPUT_PRINTED,
    GROWTH,
    REDUCED_GROWTH,
    SECTION,
)
"""Theorems B.6 and B.13."""
