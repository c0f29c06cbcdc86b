"""Remarks of sections 5 and 6 and a display of Lemma B.1 of the residual paper, taken literally."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.gradient_paths import gradient
from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

DEPTH = 16
POSITIVE = {
    "sv2": Real("1/10", 4),
    "sa2": Real("1/10", 4),
    "sw2": Real("1/10", 4),
    "sb2": Real("1/10", 4),
    "start": Real("1/10", 10),
    "layer": Integer(1, DEPTH - 1),
}
NAMES = {
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "start": "p_0, mean square of the input",
    "layer": f"n = l - m; the last of the layers is {DEPTH}",
}
W11, W12, W21, W22, X1, X2, B = sympy.symbols("w11 w12 w21 w22 x1 x2 b", real=True)
SQUARE_OF_ENTRY = (W11 * X1 + W12 * X2 + B) ** 2
PLAIN = B**2 + (W11 * X1) ** 2 + (W12 * X2) ** 2 + 2 * B * (W11 * X1 + W12 * X2)
ENTRIES = {
    "w11, w12, w21, w22": "weights of two hidden entries",
    "x1, x2": "input",
    "b": "bias of the first",
}


def weight_gradient_change(
    wanted: str,
    sv2: Fraction,
    sa2: Fraction,
    sw2: Fraction,
    sb2: Fraction,
    start: Fraction,
    layer: int,
    dps: int,
) -> arb:
    """Return a weight gradient at the next layer over that at a layer, for ReLU."""
    variances = (sv2, sa2, sw2, sb2)
    near, far = (
        gradient(wanted, "relu", variances, start, at, dps, depth=DEPTH)
        for at in (layer, layer + 1)
    )
    with working_bits(bits_from_dps(dps)):
        return far / near


def first_coefficient(sv2: Fraction, sa2: Fraction, sw2: Fraction, dps: int) -> arb:
    """Return ``A = (4/3) √(2/π) σ_v² σ_w/√(σ_v² + σ_a²)``."""
    with working_bits(bits_from_dps(dps)):
        v, a, w = (rational_exponent(value) for value in (sv2, sa2, sw2))
        return 4 * (2 / arb.pi()).sqrt() * v * (w / (v + a)).sqrt() / 3


def weight_deviation(sw2: Fraction, dps: int) -> arb:
    """Return ``σ_w``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(sw2).sqrt()


CONSTANT_PRINTED = Claim(
    id="residual.relu-weight-gradients-constant-printed",
    title="Weight gradients of ReLU, as printed: the same in all layers",
    statement="For ReLU and all variances > 0, χ_w and χ_v at layer l - m do not depend on m",
    variables=NAMES | {"wanted": "gradient: chi_w, chi_v"},
    source=Source("residual", "Section 5, weight gradients"),
    as_printed=(
        "'independent of how far', 'completely preserved across layers'; true up to a factor "
        "between 1 and 1 + a/p_0, and exactly only without biases"
    ),
    checks=(
        attack(
            lambda sv2, sa2, sw2, sb2, start, layer, dps: weight_gradient_change(
                "chi_w", sv2, sa2, sw2, sb2, start, layer, dps
            ),
            "==",
            1,
            domain=POSITIVE,
            tries=(10, 100),
        ),
    ),
    near_miss=attack(
        lambda sv2, sa2, sw2, sb2, start, layer, dps: weight_gradient_change(
            "chi_v", sv2, sa2, sw2, sb2, start, layer, dps
        ),
        "==",
        1,
        domain=POSITIVE,
        tries=(10, 100),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.relu-weight-gradients-keep-size",
)

RATIO_PRINTED = Claim(
    id="residual.tanh-gradient-ratio-printed",
    title="Gradient ratio of tanh networks in section 6, as printed",
    statement="log(χ_0/χ_L) ≈ σ_w √L: the coefficient A of √L is σ_w; here in reduced networks",
    variables={"sv2, sa2, sw2": "σ_v², σ_a², σ_w²"},
    source=Source("residual", "Section 6, tanh level curves"),
    as_printed=(
        "'log R ≈ σ_w √L'; from section 5 it is A √L with A/σ_w = (4/3) √(2/π) = 1.064 in reduced "
        "networks, and 0.869 in the full ones of Figure 3. The level curves only need the "
        "proportionality"
    ),
    checks=(
        at_points(
            first_coefficient,
            "==",
            weight_deviation,
            points=grid(sv2=(1,), sa2=(0,), sw2=("1/4", "1", "169/100")),
        ),
    ),
    near_miss=at_points(
        first_coefficient,
        "==",
        weight_deviation,
        points=grid(sv2=(1,), sa2=("1/2",), sw2=("1",)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.tanh-gradient-law-increments",
)

SQUARE_PRINTED = Claim(
    id="residual.reduced-length-recurrence-proof-printed",
    title="Square of a hidden entry, as printed",
    statement="h_1² = b_1² + Σ w_1i² x_i² + 2 Σ w_1i x_i b_1 + 2 Σ_{l≠1} w_1i w_li x_i²",
    variables=ENTRIES,
    source=Source("residual", "Lemma B.1, proof"),
    as_printed=(
        "as stated: the cross terms join rows of w in place of entries of one row. Their means "
        "vanish either way, so q = σ_w² p + σ_b² follows"
    ),
    checks=(identity(SQUARE_OF_ENTRY, PLAIN + 2 * (W11 * W21 * X1**2 + W12 * W22 * X2**2)),),
    near_miss=identity(SQUARE_OF_ENTRY, PLAIN),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.reduced-length-recurrence-proof",
)

SQUARE = Claim(
    id="residual.reduced-length-recurrence-proof",
    title="Square of a hidden entry",
    statement="h_1² = b_1² + Σ w_1i² x_i² + 2 Σ w_1i x_i b_1 + 2 Σ_{i<k} w_1i w_1k x_i x_k",
    variables=ENTRIES,
    source=Source("residual", "Lemma B.1, proof"),
    as_printed="cross terms 2 Σ_{j≠l} w_ji w_li x_i²",
    checks=(identity(SQUARE_OF_ENTRY, PLAIN + 2 * W11 * W12 * X1 * X2),),
    near_miss=identity(SQUARE_OF_ENTRY, PLAIN + W11 * W12 * X1 * X2),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

CLAIMS = (CONSTANT_PRINTED, RATIO_PRINTED, SQUARE_PRINTED, SQUARE)
"""Remarks that are false to the letter."""
