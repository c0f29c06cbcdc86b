"""Gradients of residual networks with powers of ReLU: Theorems B.20 and B.21 for α below 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

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

__all__ = ["CLAIMS", "gradient_exponent"]

LAYER = sympy.Symbol("layer", positive=True)
ALPHA = sympy.Symbol("alpha", positive=True)
EXPONENT = ALPHA**2 / ((1 - ALPHA) * (2 * ALPHA - 1))
SLOW = sympy.log(LAYER) / LAYER
VARIABLES = {
    "alpha": "α, 1/2 < α < 1",
    "variances": "(σ_v², σ_a², σ_w², σ_b²)",
    "start": "p_0, mean square of the input",
    "wanted": "gradient: chi, chi_b, chi_w, chi_v, chi_a",
    "layer": "n = l - m >= 1, compared with layer 4n",
}
POSITIVE = "σ_v, σ_w > 0, and p_0 > 0 or σ_b > 0 (else the first slope has no mean square)"
LAW = "χ_{l-m} = Θ(1) χ_l (l/(l-m))^R, R = α²/((1-α)(2α-1))"
OTHER = ("1/2", "0", "4", "1")


def gradient_exponent(alpha: Fraction) -> Fraction:
    """Return ``R = α²/((1-α)(2α-1))``."""
    return alpha**2 / ((1 - alpha) * (2 * alpha - 1))


def powers(
    alpha: str, variances: tuple[str, ...] | None = None, start: str = "1"
) -> dict[str, Any]:
    """Return the variables of a network with the alpha-ReLU."""
    net = network(start=start) if variances is None else network(variances, start)
    del net["phi"]
    return {"alpha": Fraction(alpha), **net}


def fall_of(
    alpha: Fraction,
    variances: tuple[Fraction, ...],
    start: Fraction,
    wanted: str,
    layer: int,
    dps: int,
) -> arb:
    """Return ``log(x_n/x_4n)`` for a gradient x."""
    return fall(wanted, f"alpha_relu:{alpha}", variances, start, layer, dps)


def exponent_of(alpha: Fraction, wanted: str) -> Fraction:
    """Return the exponent s with which a gradient falls like ``n**-s``."""
    rate = gradient_exponent(alpha)
    gain = alpha / (1 - alpha)
    exponents = {"chi": rate, "chi_b": rate + 1, "chi_w": rate - gain, "chi_v": rate - gain}
    return exponents.get(wanted, rate)


def law_of(alpha: Fraction, wanted: str, dps: int) -> arb:
    """Return ``s log 4``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(exponent_of(alpha, wanted)) * arb(4).log()


def weighted_gradient(
    alpha: Fraction, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``n**R χ_n``, which the printed law bounds from below by a positive number."""
    value = gradient("chi", f"alpha_relu:{alpha}", variances, start, layer, dps, depth=16)
    with working_bits(bits_from_dps(dps)):
        return value * arb(layer) ** rational_exponent(gradient_exponent(alpha))


def weight_gradient(
    alpha: Fraction, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``χ_w`` in a network of 16 layers, χ being 1 at the last."""
    return gradient("chi_w", f"alpha_relu:{alpha}", variances, start, layer, dps, depth=16)


def _laws(wanted: str, nets: tuple[dict[str, Any], ...]) -> tuple[Any, ...]:
    return tuple(
        limit(fall_of, law_of, along=along_depths(4, **net, wanted=wanted), error=SLOW)
        for net in nets
    )


FIRST_LAYER_PRINTED = Claim(
    id="residual.power-gradient-law-first-layer-printed",
    title="Gradient law of alpha-ReLU, as printed: down to the input",
    statement=f"For 3/4 < α < 1 and l >= m >= 0: {LAW}; hence (l-m)^R χ_{{l-m}} > 0",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.20"),
    as_printed=(
        "one pair of constants in Θ for all l and m; at m = l the right side is infinite, and "
        "χ_0/χ_l is not"
    ),
    checks=(
        at_points(
            weighted_gradient,
            ">",
            0,
            points=[{**powers("4/5"), "layer": layer} for layer in (5, 1, 0)],
        ),
    ),
    near_miss=at_points(weighted_gradient, ">", 0, points=[{**powers("9/10"), "layer": 0}]),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-gradient-law",
)

NO_WEIGHTS_PRINTED = Claim(
    id="residual.power-gradient-law-no-weights-printed",
    title="Gradient law of alpha-ReLU, as printed: no inner weights",
    statement=f"For 3/4 < α < 1 and all variances: {LAW}",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.20"),
    as_printed="no condition on the variances; if σ_v = 0 or σ_w = 0, χ is the same in all layers",
    checks=(
        limit(
            fall_of,
            law_of,
            along=along_depths(4, **powers("4/5", ("1", "1", "0", "1")), wanted="chi"),
            error=SLOW,
        ),
    ),
    near_miss=limit(
        fall_of,
        law_of,
        along=along_depths(4, **powers("4/5", ("0", "1", "1", "1")), wanted="chi"),
        error=SLOW,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-gradient-law",
)

GROWTH = Claim(
    id="residual.power-gradient-law",
    title="Gradient law of alpha-ReLU",
    statement=(
        f"For 1/2 < α < 1 and l > m >= 0: {LAW}, with constants independent of l and m: "
        "log(χ_n/χ_{4n}) - R log 4 = O(log(n)/n)"
    ),
    variables=VARIABLES,
    assumptions=(POSITIVE,),
    source=Source("residual", "Theorem B.20; Figure A.2"),
    as_printed="for 3/4 < α < 1, m = l and σ_v σ_w = 0 included",
    checks=_laws(
        "chi",
        (
            powers("19/25"),
            powers("4/5", OTHER),
            powers("9/10", ("1", "3", "1", "0"), "1/100"),
            powers("19/20"),
        ),
    ),
    near_miss=limit(
        fall_of,
        lambda alpha, dps: law_of(alpha, "chi_b", dps),
        along=along_depths(4, **powers("19/25"), wanted="chi"),
        error=SLOW,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_growth.py",
)

RANGE = Claim(
    id="residual.power-gradient-law-without-variance",
    title="Gradient law of alpha-ReLU where its terms have no variance",
    statement=f"For 1/2 < α <= 3/4 and l > m >= 0: {LAW}, as for larger α",
    variables=VARIABLES,
    assumptions=(POSITIVE,),
    source=Source("residual", "Footnote 5"),
    checks=_laws("chi", (powers("3/5"), powers("2/3", OTHER), powers("3/4"))),
    near_miss=limit(
        fall_of,
        lambda alpha, dps: law_of(alpha, "chi_b", dps),
        along=along_depths(4, **powers("3/4"), wanted="chi"),
        error=SLOW,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ZERO_INPUT_PRINTED = Claim(
    id="residual.power-parameter-gradients-zero-input-printed",
    title="Parameter gradients of alpha-ReLU, as printed: zero input",
    statement="χ_w at n = l - m is Θ(1) χ_l l^R n^(α/(1-α)-R); in particular χ_w > 0 at n = 1",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.21"),
    as_printed=(
        "for every input; χ_w at layer 1 has the factor p_0. If p_0 = σ_b = 0, then q_1 = 0, where "
        "the slope has no mean square at all"
    ),
    checks=(
        at_points(
            weight_gradient,
            ">",
            0,
            points=[{**powers("4/5", None, start), "layer": 1} for start in ("1", "1/100", "0")],
        ),
    ),
    near_miss=at_points(
        weight_gradient, ">", 0, points=[{**powers("9/10", OTHER, "0"), "layer": 1}]
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-parameter-gradients",
)

PARAMETERS = Claim(
    id="residual.power-parameter-gradients",
    title="Parameter gradients of alpha-ReLU",
    statement=(
        "For 1/2 < α < 1 and n = l - m >= 1: χ_b = Θ(1) χ_l l^R n^(-R-1), χ_w and χ_v = Θ(1) χ_l "
        "l^R n^(α/(1-α)-R), χ_a = Θ(1) χ_l (l/n)^R"
    ),
    variables=VARIABLES,
    assumptions=("σ_v, σ_w > 0, p_0 > 0",),
    source=Source("residual", "Theorem B.21, α < 1; Figure A.2"),
    as_printed="for α < 1 and l >= m >= 0; layer 0 has no parameters",
    checks=(
        *_laws("chi_b", (powers("3/5"), powers("4/5", OTHER), powers("9/10"))),
        *_laws("chi_w", (powers("3/5"), powers("4/5", OTHER), powers("9/10", OTHER, "20"))),
        *_laws("chi_v", (powers("3/5"), powers("4/5", ("1", "3", "1", "0")), powers("9/10"))),
        *_laws("chi_a", (powers("4/5", OTHER),)),
    ),
    near_miss=limit(
        fall_of,
        lambda alpha, wanted, dps: law_of(alpha, wanted, dps) * 6 / 5,
        along=along_depths(4, **powers("3/5"), wanted="chi_w"),
        error=SLOW,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_growth.py",
)

EXPONENTS = Claim(
    id="residual.gradient-exponent-minimum",
    title="Where the gradient exponent of alpha-ReLU is smallest",
    statement=(
        "R - 4 = (3α-2)²/((1-α)(2α-1)) and R - 9/2 = (4α-3)(5α-3)/(2(1-α)(2α-1)): on (1/2, 1) R "
        "is smallest at α = 2/3, R = 4; on [3/4, 1) at α = 3/4, R = 9/2 (its value at 3/5 too)"
    ),
    variables={"alpha": "α in (1/2, 1)"},
    source=Source("residual", "Section 5, exponent R; Figure B.8"),
    as_printed="as stated, without the value at 3/5",
    checks=(
        identity(EXPONENT - 4, (3 * ALPHA - 2) ** 2 / ((1 - ALPHA) * (2 * ALPHA - 1))),
        identity(
            EXPONENT - sympy.Rational(9, 2),
            (4 * ALPHA - 3) * (5 * ALPHA - 3) / (2 * (1 - ALPHA) * (2 * ALPHA - 1)),
        ),
    ),
    near_miss=identity(EXPONENT - 4, (4 * ALPHA - 3) ** 2 / ((1 - ALPHA) * (2 * ALPHA - 1))),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
    derivation="derivations/power_relu_growth.py",
)

WEIGHT_EXPONENT = Claim(
    id="residual.weight-gradient-exponent",
    title="Exponent of the weight gradients of alpha-ReLU",
    statement=(
        "α/(1-α) - R = -α/(2α-1), with derivative 1/(2α-1)² > 0 on (1/2, 1): it rises to its "
        "supremum -1 as α -> 1, where it jumps to 0, the exponent of ReLU"
    ),
    variables={"alpha": "α in (1/2, 1)"},
    source=Source("residual", "Theorem B.21, exponent; Figure B.8"),
    as_printed=(
        "the largest value on [1/2, 1] is put at α = 1: as a limit only, since R is infinite at "
        "α = 1 and at α = 1/2"
    ),
    checks=(
        identity(ALPHA / (1 - ALPHA) - EXPONENT, -ALPHA / (2 * ALPHA - 1)),
        identity(lambda: sympy.diff(-ALPHA / (2 * ALPHA - 1), ALPHA), (2 * ALPHA - 1) ** (-2)),
        identity(
            lambda: sympy.limit(ALPHA / (1 - ALPHA) - EXPONENT, ALPHA, 1, "-"), sympy.Integer(-1)
        ),
    ),
    near_miss=identity(ALPHA / (1 - ALPHA) - EXPONENT, -ALPHA / (1 - ALPHA)),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
    derivation="derivations/power_relu_growth.py",
)

CLAIMS = (
    FIRST_LAYER_PRINTED,
    NO_WEIGHTS_PRINTED,
    GROWTH,
    RANGE,
    ZERO_INPUT_PRINTED,
    PARAMETERS,
    EXPONENTS,
    WEIGHT_EXPONENT,
)
"""Theorems B.20 and B.21 for α below 1."""
