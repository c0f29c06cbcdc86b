"""Errors of approximation in the proofs of Lemmas C.10, C.12 and C.13 of the residual paper."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_sequences import remainder
from symprop.claims.residual_sequences_power import first_constant, rest, shifted
from symprop.claims.stepwise import along_layers
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
LOG = sympy.log(LAYER)


def slope_change(beta: Fraction, time: int, dps: int) -> arb:
    """Return ``t (1 - r)``, r the slope of ``log(t)**(-1/β)`` at t + 1 over that at t."""
    with working_bits(bits_from_dps(dps) + 60):
        power, here = rational_exponent(beta), arb(time)
        shrunk = (here.log() / (here + 1).log()) ** ((power + 1) / power)
        return here * (1 - shrunk * here / (here + 1))


def change_of_curve(beta: Fraction, time: int, dps: int) -> arb:
    """Return ``1 + (β+1)/(β log t)``."""
    with working_bits(bits_from_dps(dps)):
        power = rational_exponent(beta)
        return 1 + (power + 1) / (power * arb(time).log())


def left_out(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``l**(2-s) g(l)``, g as in the recurrence of the second term, ``s = α/(1-α)``."""
    with working_bits(bits_from_dps(dps) + 200):
        power, lift = rational_exponent(alpha), 1 / rational_exponent(1 - alpha)
        scale, here = first_constant(a, alpha), arb(layer)
        w, v = (f(a, alpha, c, start, layer, dps + 20) for f in (shifted, rest))
        step = rational_exponent(a) * w**power - scale * ((here + 1) ** lift - here**lift)
        curved = scale * lift * (lift - 1) / 2 * here ** (lift - 2)
        return (step - (lift - 1) * v / here + curved) * here ** (3 - lift)


def growth_of_left_out(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return its growth from l to 4l."""
    with working_bits(bits_from_dps(dps) + 60):
        near, far = (left_out(a, alpha, c, start, at, dps) for at in (layer, 4 * layer))
        return far - near


def growth_of_square(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return that of ``-(α (1-α)/2) A K_1**(α-2) (v l**-s)**2``."""
    with working_bits(bits_from_dps(dps) + 60):
        power = rational_exponent(alpha)
        scale = first_constant(a, alpha) ** (power - 2) * rational_exponent(a)
        near, far = (
            (
                rest(a, alpha, c, start, at, dps + 20)
                * arb(at) ** -rational_exponent(alpha / (1 - alpha))
            )
            ** 2
            for at in (layer, 4 * layer)
        )
        return -power * (1 - power) / 2 * scale * (far - near)


PRODUCT_PRINTED = Claim(
    id="residual.product-recurrence-proof-printed",
    title="Remainder of the product recurrence, as the proof prints it",
    statement=(
        "For ε_l = ε_{l-1} (1 + δ/l^β), β < 1: log ε_l = log ε_0 + δ l^(1-β)/(1-β) + Θ(l^(1-2β)); "
        "for β > 1/2 this says that the remainder tends to 0"
    ),
    variables={"delta": "δ", "beta": "β", "layer": "l"},
    source=Source("residual", "Lemma C.10, proof"),
    as_printed=(
        "as stated; for β > 1/2 the remainder tends to a constant, which is not 0 in general: the "
        "sum of l^(-β) leaves ζ(β) behind. The lemma has max(0, 1-2β)"
    ),
    checks=(
        limit(
            remainder,
            0,
            along=along_layers(delta=Fraction(1, 2), beta=Fraction(3, 4)),
            error=1 / sympy.sqrt(LAYER),
        ),
    ),
    near_miss=limit(
        remainder,
        0,
        along=along_layers(delta=Fraction(1, 2), beta=Fraction(9, 10)),
        error=LAYER ** -sympy.Rational(4, 5),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.product-recurrence-subcritical",
)

SLOPE_ERROR_PRINTED = Claim(
    id="residual.power-recurrence-slope-printed",
    title="Change of the slope of the curves in a step, as printed",
    statement=("For x(t) = (βμ log t)^(-1/β): x(t+1)^(β+1)/(t+1) = (1 - o(1/t)) x(t)^(β+1)/t"),
    variables={"beta": "β > 0", "time": "t"},
    source=Source("residual", "Lemma C.12, proof"),
    as_printed="as stated; already the factor t/(t+1) is 1 - 1/t + ...",
    checks=(
        limit(
            slope_change,
            0,
            along=[{"beta": Fraction(1), "time": 16**k} for k in range(1, 9)],
            error=1 / sympy.Symbol("time", positive=True),
        ),
    ),
    near_miss=limit(
        slope_change,
        sympy.Rational(1, 2),
        along=[{"beta": Fraction(2), "time": 16**k} for k in range(1, 9)],
        error=1 / sympy.Symbol("time", positive=True),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-recurrence-slope",
)

SLOPE_ERROR = Claim(
    id="residual.power-recurrence-slope",
    title="Change of the slope of the curves in a step",
    statement=(
        "For x(t) = (βμ log t)^(-1/β): x(t+1)^(β+1)/(t+1) = (1 - r/t) x(t)^(β+1)/t with "
        "r = 1 + (β+1)/(β log t) + O(1/t)"
    ),
    variables={"beta": "β > 0", "time": "t"},
    source=Source("residual", "Lemma C.12, proof"),
    as_printed="o(1/t) in place of r/t; that it is o(1) is all that the proof needs",
    checks=tuple(
        limit(
            slope_change,
            change_of_curve,
            along=[{"beta": Fraction(beta), "time": 16**k} for k in range(1, 9)],
            error=1 / sympy.Symbol("time", positive=True),
        )
        for beta in ("1/3", "1", "4")
    ),
    near_miss=limit(
        slope_change,
        1,
        along=[{"beta": Fraction(1), "time": 16**k} for k in range(1, 9)],
        error=1 / sympy.Symbol("time", positive=True),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

LEFT_OUT = {"a": Fraction(1, 2), "alpha": Fraction(2, 3), "c": Fraction(0), "start": Fraction(1)}
MEANING = {"a": "A > 0", "alpha": "α", "c": "C = 0", "start": "w_0 = u_0 + B", "layer": "l"}
SECOND_TERM = (
    "v = w - K_1 l^(1/(1-α)), v_{l+1} - v_l = s v_l/l - (K_1/2) s l^(s-1)/(1-α) + g(l), s = α/(1-α)"
)
LEFT_OUT_PRINTED = Claim(
    id="residual.power-difference-equation-remainder-printed",
    title="What the recurrence of the second term leaves out, as printed",
    statement="g(l) = O(l^(s-2) + l^(-1)); here α = 2/3, s = 2",
    variables=MEANING,
    assumptions=(SECOND_TERM,),
    source=Source("residual", "Lemma C.13, proof"),
    as_printed=(
        "the third term of the expansion is printed as Θ((v + B) l^(-1-1/(1-α))), without the "
        "square of v + B; as v is of order l^s log l, the square makes g of order l^(s-2) log² l "
        "for α > 1/2"
    ),
    checks=(limit(growth_of_left_out, 0, along=along_layers(**LEFT_OUT), error=LOG**2 / LAYER),),
    near_miss=limit(growth_of_left_out, 1, along=along_layers(**LEFT_OUT), error=LOG**2 / LAYER),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-difference-equation-remainder",
)

LEFT_OUT_CLAIM = Claim(
    id="residual.power-difference-equation-remainder",
    title="What the recurrence of the second term leaves out",
    statement=(
        "For 1/2 < α < 1, B = C = 0: g(l) = -(α (1-α)/2) A K_1^(α-2) v² l^(-1-1/(1-α)) + "
        "O(l^(s-2)), of order l^(s-2) log² l"
    ),
    variables=MEANING,
    assumptions=(SECOND_TERM,),
    source=Source("residual", "Lemma C.13, proof"),
    as_printed="without the square; harmless, as g = o(l^(s-1)) is what is used",
    checks=(
        limit(
            growth_of_left_out,
            growth_of_square,
            along=along_layers(**LEFT_OUT),
            error=LOG**3 / LAYER,
        ),
    ),
    near_miss=limit(
        growth_of_left_out,
        lambda a, alpha, c, start, layer, dps: 2 * growth_of_square(a, alpha, c, start, layer, dps),
        along=along_layers(**LEFT_OUT),
        error=LOG**3 / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (PRODUCT_PRINTED, SLOPE_ERROR_PRINTED, SLOPE_ERROR, LEFT_OUT_PRINTED, LEFT_OUT_CLAIM)
"""Orders of errors that are false as printed, and as they have to be."""
