"""Products of 1 + δ/l^β: Lemma C.10 of the residual paper."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.stepwise import along_layers, milestones
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
HALF = Fraction(1, 2)
VARIABLES = {"delta": "δ ≠ 0", "beta": "β", "layer": "l, counted from 1", "steps": "layers passed"}
RECURRENCE = "ε_l = ε_{l-1} (1 + δ/l^β) for l >= 1"
NO_ZERO = "ε_0 ≠ 0, and δ ≠ -k^β for k = 1, 2, ...: no factor vanishes"


@cache
def _product_logarithm(delta: Fraction, beta: Fraction, bits: int) -> dict[int, arb]:
    with working_bits(bits):
        size, rate = rational_exponent(delta), -rational_exponent(beta)
        return milestones(
            lambda total, layer: total + abs(1 + size * arb(layer) ** rate).log(), arb(0)
        )


def logarithm(delta: Fraction, beta: Fraction, layer: int, dps: int) -> arb:
    """Return ``log |ε_l / ε_0|``."""
    return _product_logarithm(delta, beta, bits_from_dps(dps) + 30)[layer]


def product(delta: Fraction, beta: Fraction, first: int, last: int, dps: int) -> arb:
    """Return the product of ``1 + δ/k**β`` over ``first < k <= last``."""
    with working_bits(bits_from_dps(dps) + 12):
        size, rate = rational_exponent(delta), -rational_exponent(beta)
        value = arb(1)
        for layer in range(first + 1, last + 1):
            value *= 1 + size * arb(layer) ** rate
        return value


def relative_value(delta: Fraction, beta: Fraction, steps: int, dps: int) -> arb:
    """Return ``|ε_l / ε_0|`` at ``l = steps``."""
    return abs(product(delta, beta, 0, steps, dps))


def quiet_layer(delta: Fraction) -> int:
    """Return a layer after which every factor is within 1/2 of 1, for ``β >= 1``."""
    return max(1, -(-2 * abs(Fraction(delta)) // 1))


def change_of_logarithm(delta: Fraction, beta: Fraction, steps: int, dps: int) -> arb:
    """Return ``|log(ε_{m+steps}/ε_m)|``, m the quiet layer."""
    first = quiet_layer(delta)
    return abs(product(delta, beta, first, first + steps, dps).log())


def convergent_bound(delta: Fraction, beta: Fraction, dps: int) -> arb:
    """Return ``2 |δ| m**(1-β) / (β-1)``."""
    with working_bits(bits_from_dps(dps)):
        rate = rational_exponent(beta) - 1
        return 2 * abs(rational_exponent(delta)) * arb(quiet_layer(delta)) ** -rate / rate


def square_limit(delta: Fraction, dps: int) -> arb:
    """Return ``log |sin(π √-δ) / (π √-δ)|``, the logarithm of the product for ``β = 2``."""
    with working_bits(bits_from_dps(dps) + 20):
        root = arb.pi() * abs(rational_exponent(delta)).sqrt()
        return abs((root.sinh() if delta > 0 else root.sin()) / root).log()


def gamma_quotient(delta: Fraction, steps: int, dps: int) -> arb:
    """Return ``Γ(l+1+δ) / (Γ(1+δ) Γ(l+1))``."""
    with working_bits(bits_from_dps(dps) + 60):
        shift = 1 + rational_exponent(delta)
        if shift.is_integer() and shift <= 0:  # both gamma functions have poles
            return shift.rising(steps) * arb(steps + 1).rgamma()
        return (shift + steps).gamma() * shift.rgamma() * arb(steps + 1).rgamma()


def scaled_product(delta: Fraction, layer: int, dps: int) -> arb:
    """Return ``|ε_l / ε_0| l**-δ`` for ``β = 1``."""
    with working_bits(bits_from_dps(dps) + 30):
        value = logarithm(delta, Fraction(1), layer, dps)
        return (value - rational_exponent(delta) * arb(layer).log()).exp()


def inverse_gamma(delta: Fraction, dps: int) -> arb:
    """Return ``1/|Γ(1+δ)|``."""
    with working_bits(bits_from_dps(dps) + 20):
        return abs((1 + rational_exponent(delta)).rgamma())


def remainder(delta: Fraction, beta: Fraction, layer: int, dps: int) -> arb:
    """Return ``log |ε_l/ε_0| - δ l**(1-β)/(1-β)``."""
    with working_bits(bits_from_dps(dps) + 30):
        rate = 1 - rational_exponent(beta)
        leading = rational_exponent(delta) * arb(layer) ** rate / rate
        return logarithm(delta, beta, layer, dps) - leading


def growth_of_remainder(delta: Fraction, beta: Fraction, layer: int, dps: int) -> arb:
    """Return the growth of the remainder from layer l to layer 4l."""
    with working_bits(bits_from_dps(dps) + 30):
        return remainder(delta, beta, 4 * layer, dps) - remainder(delta, beta, layer, dps)


def growth_of_terms(delta: Fraction, beta: Fraction, layer: int, dps: int) -> arb:
    """Return the growth of ``-δ² S_2/2 + δ³ S_3/3 + δ l**-β/2``; S_k integrates ``l**(-kβ)``."""
    with working_bits(bits_from_dps(dps) + 30):
        size, rate = rational_exponent(delta), rational_exponent(beta)
        near, far = arb(layer), 4 * arb(layer)

        def integral(k: int) -> arb:
            power = 1 - k * rate
            return far.log() - near.log() if power == 0 else (far**power - near**power) / power

        ends = size * (far**-rate - near**-rate) / 2
        return -(size**2) * integral(2) / 2 + size**3 * integral(3) / 3 + ends


def half_growth(delta: Fraction, dps: int) -> arb:
    """Return ``-(δ²/2) log 4``."""
    with working_bits(bits_from_dps(dps)):
        return -(rational_exponent(delta) ** 2) * arb(2).log()


ZERO_PRINTED = Claim(
    id="residual.product-recurrence-zero-printed",
    title="Product recurrence, as printed: vanishing factors",
    statement=(
        "For δ ≠ 0, β > 0 and ε_0 ≠ 0 the sequence has the sizes Θ(1), Θ(l^δ), exp(...), according "
        "to β; in particular ε_l ≠ 0"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.10"),
    as_printed="for every non-zero δ; δ = -1 gives ε_1 = ε_2 = ... = 0 whatever β is",
    checks=(
        attack(
            relative_value,
            ">",
            0,
            domain={
                "delta": Real(-3, 3),
                "beta": Real(0, 4, open_at="lower"),
                "steps": Integer(1, reach=50),
            },
            assuming=lambda delta: delta != 0,
        ),
    ),
    near_miss=at_points(relative_value, ">", 0, points=grid(delta=(-4,), beta=(2,), steps=(2,))),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.product-recurrence-critical",
)

CONVERGENT = Claim(
    id="residual.product-recurrence-convergent",
    title="Product recurrence with summable perturbation",
    statement=(
        "For β > 1: |log(ε_{m+n}/ε_m)| <= 2 |δ| m^(1-β)/(β-1) for all n once m >= 2|δ|, so ε_l "
        "converges to a non-zero limit; for β = 2 it is ε_0 sin(π√-δ)/(π√-δ)"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, NO_ZERO),
    source=Source("residual", "Lemma C.10, β > 1"),
    as_printed="Θ(1), without the condition on the factors",
    checks=(
        attack(
            change_of_logarithm,
            "<=",
            convergent_bound,
            domain={
                "delta": Real(-3, 3),
                "beta": Real(1, 5, open_at="lower"),
                "steps": Integer(0, reach=1000),
            },
            tries=(45, 450),
        ),
        *(
            limit(
                lambda delta, layer, dps: logarithm(delta, Fraction(2), layer, dps),
                square_limit,
                along=along_layers(delta=Fraction(delta)),
                error=1 / LAYER,
            )
            for delta in ("3", "-1/3", "-5/2")
        ),
    ),
    near_miss=attack(
        change_of_logarithm,
        "<=",
        lambda delta, beta, dps: convergent_bound(delta, beta, dps) / 4,
        domain={
            "delta": Real(-3, 3),
            "beta": Real(1, 5, open_at="lower"),
            "steps": Integer(0, reach=1000),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CRITICAL = Claim(
    id="residual.product-recurrence-critical",
    title="Product recurrence with perturbation of order 1/l",
    statement=(
        "For β = 1: ε_l = ε_0 Γ(l+1+δ)/(Γ(1+δ) Γ(l+1)) and ε_l l^(-δ) -> ε_0/Γ(1+δ), which is not "
        "0 unless δ is a negative integer; then ε_l = 0 for l >= -δ"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, "ε_0 ≠ 0"),
    source=Source("residual", "Lemma C.10, β = 1"),
    as_printed="Θ(l^δ) for every δ ≠ 0",
    checks=(
        attack(
            lambda delta, steps, dps: product(delta, Fraction(1), 0, steps, dps),
            "==",
            gamma_quotient,
            domain={"delta": Real(-4, 4), "steps": Integer(0, reach=500)},
            tries=(60, 300),
        ),
        *(
            limit(
                scaled_product,
                inverse_gamma,
                along=along_layers(delta=Fraction(delta)),
                error=1 / LAYER,
            )
            for delta in ("3/2", "-1/2", "-5/2")
        ),
    ),
    near_miss=limit(
        scaled_product,
        lambda delta, dps: 2 * inverse_gamma(delta, dps),
        along=along_layers(delta=HALF),
        error=1 / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

HALF_PRINTED = Claim(
    id="residual.product-recurrence-half-printed",
    title="Product recurrence with perturbation of order l^(-1/2), as printed",
    statement=(
        "For 0 < β < 1: ε_l = exp(δ l^(1-β)/(1-β) + Θ(l^max(0, 1-2β))); at β = 1/2 the remainder "
        "of the logarithm stays bounded, and its growth from l to 4l tends to 0"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, NO_ZERO),
    source=Source("residual", "Lemma C.10, 0 < β < 1"),
    as_printed=(
        "for all 0 < β < 1, ψ_1(1-2β) being max(0, 1-2β). At β = 1/2 the sum of the l^(-2β) is a "
        "logarithm: the remainder is -(δ²/2) log l"
    ),
    checks=(
        limit(
            growth_of_remainder,
            0,
            along=along_layers(delta=Fraction(1), beta=HALF),
            error=1 / sympy.sqrt(LAYER),
        ),
    ),
    near_miss=limit(
        growth_of_remainder,
        0,
        along=along_layers(delta=Fraction(1), beta=Fraction(1, 4)),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.product-recurrence-subcritical",
)

SUBCRITICAL = Claim(
    id="residual.product-recurrence-subcritical",
    title="Product recurrence with perturbation that is not summable",
    statement=(
        "For 0 < β < 1: log |ε_l| = δ l^(1-β)/(1-β) + r_l with r_l ~ -δ² l^(1-2β)/(2(1-2β)) for "
        "β < 1/2, r_l = -(δ²/2) log l + O(1) for β = 1/2, and r_l convergent for β > 1/2; for "
        "β > 1/3 the next terms are a constant, δ³ l^(1-3β)/(3(1-3β)) and δ l^(-β)/2"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, NO_ZERO),
    source=Source("residual", "Lemma C.10, 0 < β < 1"),
    as_printed=(
        "Θ(l^max(0, 1-2β)) for r_l, false at β = 1/2; for β > 1/2 read O(1), since r_l may also "
        "tend to 0, for one |ε_0|"
    ),
    checks=(
        *(
            limit(
                growth_of_remainder,
                half_growth,
                along=along_layers(delta=Fraction(delta), beta=HALF),
                error=1 / sympy.sqrt(LAYER),
            )
            for delta in ("1", "-2/3")
        ),
        *(
            limit(
                growth_of_remainder,
                growth_of_terms,
                along=along_layers(delta=Fraction(delta), beta=Fraction(beta)),
                error=LAYER ** sympy.Rational(power),
            )
            for delta, beta, power in (
                ("1/2", "2/5", "-3/5"),
                ("-1/2", "2/5", "-3/5"),
                ("1", "9/20", "-4/5"),
                ("1", "3/4", "-3/2"),
            )
        ),
    ),
    near_miss=limit(
        growth_of_remainder,
        lambda delta, dps: half_growth(delta, dps) / 2,
        along=along_layers(delta=Fraction(1), beta=HALF),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (ZERO_PRINTED, CONVERGENT, CRITICAL, HALF_PRINTED, SUBCRITICAL)
"""Lemma C.10."""
