"""A power difference equation with a constant source: Lemma C.14 of the residual paper.

Nothing of the lemma is left in the text but its number, between the equation without source
(C.13) and its expansion with one (C.15). What the second needs of the first is the leading term,
which a source leaves as it is; that is the statement restored here.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_sequences_power import first_constant, shifted
from symprop.claims.stepwise import along_layers
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
ALPHA = sympy.Symbol("alpha", positive=True)
LOGARITHM = sympy.log(LAYER) / LAYER
SETTINGS = (
    ("1", "3/4", "2", "1", LOGARITHM),
    ("1/2", "9/10", "5", "3", LOGARITHM),
    ("3", "1/2", "1", "1/10", LOGARITHM),
    ("1", "1/3", "2", "1", LAYER ** (-ALPHA / (1 - ALPHA))),
    ("2", "2/5", "1/10", "7", LAYER ** (-ALPHA / (1 - ALPHA))),
)


def over_power(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``w_l / l**(1/(1-α))``."""
    with working_bits(bits_from_dps(dps) + 120):
        scale = arb(layer) ** (1 / rational_exponent(1 - alpha))
        return shifted(a, alpha, c, start, layer, dps) / scale


def leading_constant(a: Fraction, alpha: Fraction, dps: int) -> arb:
    """Return ``(A (1-α))**(1/(1-α))``."""
    with working_bits(bits_from_dps(dps) + 30):
        return first_constant(a, alpha)


def without_rest(a: Fraction, alpha: Fraction, dps: int) -> arb:
    """Return ``A**(1/(1-α))``: the differential equation's constant without its factor."""
    with working_bits(bits_from_dps(dps) + 30):
        return rational_exponent(a) ** (1 / rational_exponent(1 - alpha))


LEADING = Claim(
    id="residual.power-difference-equation-source-leading",
    title="Leading term of the power difference equation with a source",
    statement="u_l - u_{l-1} = A (u_{l-1} + B)^α + C, 0 < α < 1: u_l ~ [A (1-α) l]^(1/(1-α))",
    variables={"a": "A > 0", "alpha": "α", "c": "C >= 0", "start": "u_0 + B", "layer": "l"},
    assumptions=("A > 0, C >= 0, u_0 + B > 0",),
    source=Source("residual", "Lemma C.14"),
    as_printed=(
        "the statement and its proof are lost in the text; restored from its place between Lemmas "
        "C.13 and C.15"
    ),
    checks=tuple(
        limit(
            over_power,
            leading_constant,
            along=along_layers(a=a, alpha=alpha, c=c, start=start),
            error=error,
        )
        for a, alpha, c, start, error in SETTINGS
    ),
    near_miss=limit(
        over_power,
        without_rest,
        along=along_layers(a="1", alpha="3/4", c="2", start="1"),
        error=LOGARITHM,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (LEADING,)
"""Claims on the equation with a source."""
