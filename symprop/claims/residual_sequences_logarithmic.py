"""A recurrence with a power and weight μ/l: Lemma C.12 of the residual paper."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.stepwise import along_layers, milestones
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
POWER_VARIABLES = {"beta": "β > 0", "mu": "μ > 0", "start": "ε_0", "layer": "l"}


@cache
def _powered(beta: Fraction, mu: Fraction, start: Fraction, bits: int) -> dict[int, arb]:
    with working_bits(bits):
        power, size = rational_exponent(beta), rational_exponent(mu)
        return milestones(
            lambda value, layer: value * (1 - size * value**power / layer),
            rational_exponent(start),
        )


def growth_of_inverse(beta: Fraction, mu: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return the growth of ``ε_l**-β`` from l to 4l."""
    bits = bits_from_dps(dps) + 40
    with working_bits(bits):
        values, power = _powered(beta, mu, start, bits), -rational_exponent(beta)
        return values[4 * layer] ** power - values[layer] ** power


def inverse_limit(beta: Fraction, mu: Fraction, dps: int) -> arb:
    """Return ``βμ log 4``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(beta) * rational_exponent(mu) * arb(4).log()


POWER = Claim(
    id="residual.power-recurrence",
    title="Recurrence with a power nonlinearity and weight μ/l",
    statement=(
        "ε_l = ε_{l-1} (1 - μ ε_{l-1}^β / l) with β, μ > 0 and 0 < μ ε_0^β < 1: ε_{4l}^(-β) - "
        "ε_l^(-β) -> βμ log 4, hence ε_l ~ (βμ log l)^(-1/β)"
    ),
    variables=POWER_VARIABLES,
    source=Source("residual", "Lemma C.12"),
    as_printed=(
        "the statement is lost in the text; restored from its proof. The proof needs a small "
        "ε_0: μ ε_0^β = 1 gives ε_1 = 0"
    ),
    checks=tuple(
        limit(
            growth_of_inverse,
            inverse_limit,
            along=along_layers(beta=Fraction(beta), mu=Fraction(mu), start=Fraction(start)),
            error=1 / LAYER,
        )
        for beta, mu, start in (
            ("1", "1", "1/2"),
            ("2", "1/3", "1"),
            ("1/2", "3", "1/100"),
            ("5", "1/10", "3/2"),
        )
    ),
    near_miss=limit(
        growth_of_inverse,
        lambda mu, dps: inverse_limit(Fraction(1), mu, dps),
        along=along_layers(beta=Fraction(2), mu=Fraction(1, 3), start=Fraction(1)),
        error=1 / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (POWER,)
"""Lemma C.12."""
