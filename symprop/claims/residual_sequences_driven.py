"""Linear recurrences with a source: Lemma C.11 of the residual paper.

``ε_l = C l^-α + ε_{l-1} (1 + δ/l^β)`` is solved exactly in two families: a constant is a solution
if α = β, and a multiple of l + 1 is one if α = 0, β = 1. They show exceptional initial values.
"""

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
LOG = sympy.log(LAYER)
VARIABLES = {
    "c": "C ≠ 0",
    "alpha": "α",
    "delta": "δ ≠ 0",
    "beta": "β",
    "start": "ε_0",
    "layer": "l",
}
RECURRENCE = "ε_l = C l^(-α) + ε_{l-1} (1 + δ/l^β) for l >= 1"
EXCEPTIONAL = "C (π/sinh π - 1)"
LOST = (
    "the bullet for β = 1 is lost in the text; restored from its use in the proofs of "
    "Theorems B.4, C.25 and B.18"
)


@cache
def _run(
    c: Fraction, alpha: Fraction, delta: Fraction, beta: Fraction, start: object, bits: int
) -> dict[int, arb]:
    with working_bits(bits):
        size, decay = rational_exponent(c), -rational_exponent(alpha)
        factor, rate = rational_exponent(delta), -rational_exponent(beta)
        exceptional = size * (arb.pi() / arb.pi().sinh() - 1)
        first = rational_exponent(start) if isinstance(start, Fraction | int) else exceptional
        return milestones(
            lambda value, layer: (
                size * arb(layer) ** decay + value * (1 + factor * arb(layer) ** rate)
            ),
            first,
        )


def driven(
    c: Fraction,
    alpha: Fraction,
    delta: Fraction,
    beta: Fraction,
    start: object,
    layer: int,
    dps: int,
) -> arb:
    """Return ``ε_l``."""
    return _run(c, alpha, delta, beta, start, bits_from_dps(dps) + 60)[layer]


def over_power(
    c: Fraction,
    alpha: Fraction,
    delta: Fraction,
    beta: Fraction,
    start: object,
    power: Fraction,
    layer: int,
    dps: int,
) -> arb:
    """Return ``ε_l / l**power``."""
    value = driven(c, alpha, delta, beta, start, layer, dps)
    with working_bits(bits_from_dps(dps) + 60):
        return value * arb(layer) ** -rational_exponent(power)


def growth_over_power(
    c: Fraction,
    alpha: Fraction,
    delta: Fraction,
    beta: Fraction,
    start: object,
    power: Fraction,
    layer: int,
    dps: int,
) -> arb:
    """Return the growth of ``ε_l / l**power`` from l to 4l."""
    with working_bits(bits_from_dps(dps) + 60):
        ends = (
            over_power(c, alpha, delta, beta, start, power, at, dps) for at in (4 * layer, layer)
        )
        return next(ends) - next(ends)


def source_limit(c: Fraction, alpha: Fraction) -> Fraction:
    """Return ``C / (1 - α)``."""
    return c / (1 - alpha)


def logarithm_limit(c: Fraction, dps: int) -> arb:
    """Return ``C log 4``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(c) * arb(4).log()


def constant_family_limit(c: Fraction, start: object, dps: int) -> arb:
    """Return ``(ε_0 + C) sinh(π)/π - C``, the limit for ``α = β = 2``, ``δ = 1``."""
    with working_bits(bits_from_dps(dps)):
        size = rational_exponent(c)
        return (rational_exponent(start) + size) * arb.pi().sinh() / arb.pi() - size


def linear_family(c: Fraction, delta: Fraction, start: Fraction, steps: int) -> Fraction:
    """Return ``ε_l`` for ``α = 0``, ``β = 1``, step by step."""
    value = Fraction(start)
    for layer in range(1, steps + 1):
        value = c + value * (1 + delta / layer)
    return value


def linear_family_solution(c: Fraction, delta: Fraction, start: Fraction, steps: int) -> Fraction:
    """Return ``a (l+1) + (ε_0 - a) (1+δ)_l / l!``, ``a = C/(1-δ)``."""
    slope = Fraction(c) / (1 - delta)
    homogeneous = Fraction(1)
    for layer in range(1, steps + 1):
        homogeneous *= 1 + delta / layer
    return slope * (steps + 1) + (start - slope) * homogeneous


def _setting(
    c: str, alpha: str, delta: str, beta: str, start: str, **more: str
) -> dict[str, object]:
    values = {"c": c, "alpha": alpha, "delta": delta, "beta": beta, "start": start, **more}
    return {
        name: value if value == EXCEPTIONAL else Fraction(value) for name, value in values.items()
    }


GROWING = Claim(
    id="residual.driven-recurrence-growing",
    title="Driven recurrence with summable perturbation: slow source",
    statement="For β > 1 and 0 < α < 1: ε_l / l^(1-α) -> C/(1-α), whatever ε_0 and δ are",
    variables=VARIABLES,
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.11, β > 1, 0 < α < 1"),
    as_printed="Θ(l^(1-α)) without the constant",
    checks=tuple(
        limit(
            over_power,
            source_limit,
            along=along_layers(**setting),
            error=1 / sympy.sqrt(LAYER),
        )
        for setting in (
            _setting("1", "1/2", "1", "2", "0", power="1/2"),
            _setting("-2", "1/4", "-1", "2", "5", power="3/4"),
            _setting("1", "1/3", "3", "3/2", "-100", power="2/3"),
        )
    ),
    near_miss=limit(
        over_power,
        lambda c, alpha: c / (2 - alpha),
        along=along_layers(**_setting("1", "1/2", "1", "2", "0", power="1/2")),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

LOGARITHMIC = Claim(
    id="residual.driven-recurrence-logarithm",
    title="Driven recurrence with summable perturbation: source 1/l",
    statement="For β > 1 and α = 1: ε_{4l} - ε_l -> C log 4, so ε_l = C log l + O(1)",
    variables=VARIABLES,
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.11, β > 1, α = 1"),
    as_printed="Θ(log l) without the constant",
    checks=tuple(
        limit(
            growth_over_power,
            logarithm_limit,
            along=along_layers(**setting),
            error=LOG / sympy.sqrt(LAYER),
        )
        for setting in (
            _setting("1", "1", "1", "2", "0", power="0"),
            _setting("-3", "1", "-1", "3/2", "7", power="0"),
        )
    ),
    near_miss=limit(
        growth_over_power,
        lambda c, dps: logarithm_limit(c, dps) / 2,
        along=along_layers(**_setting("1", "1", "1", "2", "0", power="0")),
        error=LOG / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

BOUNDED_PRINTED = Claim(
    id="residual.driven-recurrence-bounded-printed",
    title="Driven recurrence with summable perturbation and source, as printed",
    statement=(
        "For β > 1 and α > 1: ε_l = Θ(1); here that |ε_l| stays above 1/1000 |ε_0| for "
        "α = β = 2, C = δ = 1"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.11, β > 1, α > 1"),
    as_printed=(
        "for every ε_0. The limit is an increasing affine function of ε_0 and vanishes for one "
        "value; with α = β = 2, C = δ = 1 it is π/sinh π - 1, and then ε_l = "
        "(π/sinh π) Π(1 + 1/k²) - 1 ~ -1/l"
    ),
    checks=(
        at_points(
            lambda c, alpha, delta, beta, start, layer, dps: abs(
                driven(c, alpha, delta, beta, start, layer, dps)
            ),
            ">",
            "1/1000",
            points=[{**_setting("1", "2", "1", "2", EXCEPTIONAL), "layer": 4**k} for k in (4, 8)],
        ),
    ),
    near_miss=at_points(
        lambda c, alpha, delta, beta, start, layer, dps: abs(
            driven(c, alpha, delta, beta, start, layer, dps)
        ),
        ">",
        "1/1000",
        points=[{**_setting("-3", "2", "1", "2", EXCEPTIONAL), "layer": 4**8}],
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.driven-recurrence-bounded",
)

BOUNDED = Claim(
    id="residual.driven-recurrence-bounded",
    title="Driven recurrence with summable perturbation and source",
    statement=(
        "For β > 1, α > 1 and no vanishing factor: ε_l converges, with a non-zero limit for every "
        "ε_0 but one. For α = β = 2, δ = 1 the limit is (ε_0 + C) sinh(π)/π - C, and at the "
        "exceptional ε_0 = C (π/sinh π - 1): l ε_l -> -C"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.11, β > 1, α > 1"),
    as_printed="Θ(1) for every ε_0",
    checks=(
        *(
            limit(
                driven,
                constant_family_limit,
                along=along_layers(**_setting(c, "2", "1", "2", start)),
                error=1 / LAYER,
            )
            for c, start in (("1", "0"), ("-2", "1/3"), ("1", "-5"))
        ),
        *(
            limit(
                over_power,
                lambda c: -c,
                along=along_layers(**_setting(c, "2", "1", "2", EXCEPTIONAL, power="-1")),
                error=1 / LAYER,
            )
            for c in ("1", "-3")
        ),
    ),
    near_miss=limit(
        over_power,
        lambda c: c,
        along=along_layers(**_setting("1", "2", "1", "2", EXCEPTIONAL, power="-1")),
        error=1 / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CRITICAL_EXACT = Claim(
    id="residual.driven-recurrence-critical-exact",
    title="Driven recurrence with perturbation δ/l and constant source, exactly",
    statement=(
        "For β = 1, α = 0, δ ≠ 1: ε_l = a (l+1) + (ε_0 - a) (1+δ)_l/l! with a = C/(1-δ). For "
        "δ > 1 the size is l^δ unless ε_0 = a, where it is l"
    ),
    variables={**VARIABLES, "steps": "l"},
    assumptions=(RECURRENCE,),
    source=Source("residual", "Lemma C.11, β = 1"),
    as_printed=LOST,
    checks=(
        attack(
            linear_family,
            "==",
            linear_family_solution,
            domain={
                "c": Real(-3, 3),
                "delta": Real(-3, 3),
                "start": Real(-5, 5),
                "steps": Integer(0, 25),
            },
            assuming=lambda delta: delta != 1,
        ),
    ),
    near_miss=at_points(
        linear_family,
        "==",
        lambda c, delta, start, steps: linear_family_solution(c, delta, start + 1, steps),
        points=grid(c=(1,), delta=(Fraction(1, 2),), start=(0,), steps=(10,)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CRITICAL = Claim(
    id="residual.driven-recurrence-critical",
    title="Driven recurrence with perturbation δ/l: three cases",
    statement=(
        "For β = 1: if δ < 1-α, ε_l / l^(1-α) -> C/(1-α-δ); if δ = 1-α, ε_l / l^δ grows like "
        "C log l; if δ > 1-α, ε_l / l^δ converges, with a non-zero limit for every ε_0 but one"
    ),
    variables={**VARIABLES, "power": "max(δ, 1-α)"},
    assumptions=(RECURRENCE, "δ is not a negative integer"),
    source=Source("residual", "Lemma C.11, β = 1"),
    as_printed=LOST + ". The exceptional ε_0 of the third case is needed there too",
    checks=(
        *(
            limit(
                over_power,
                lambda c, alpha, delta: c / (1 - alpha - delta),
                along=along_layers(**setting),
                error=1 / sympy.sqrt(LAYER),
            )
            for setting in (
                _setting("1", "1/2", "-1/2", "1", "3", power="1/2"),
                _setting("-1", "3/2", "-5/4", "1", "1", power="-1/2"),
            )
        ),
        *(
            limit(
                growth_over_power,
                logarithm_limit,
                along=along_layers(**setting),
                error=1 / sympy.sqrt(LAYER),
            )
            for setting in (
                _setting("1", "1/2", "1/2", "1", "3", power="1/2"),
                _setting("2", "4/3", "-1/3", "1", "-1", power="-1/3"),
            )
        ),
        *(
            limit(
                growth_over_power,
                0,
                along=along_layers(**setting),
                error=1 / sympy.sqrt(LAYER),
            )
            for setting in (
                _setting("1", "1/2", "3/2", "1", "3", power="3/2"),
                _setting("1", "3", "-1/2", "1", "1", power="-1/2"),
            )
        ),
    ),
    near_miss=limit(
        over_power,
        lambda c, alpha: c / (1 - alpha),
        along=along_layers(**_setting("1", "1/2", "-1/2", "1", "3", power="1/2")),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    GROWING,
    LOGARITHMIC,
    BOUNDED_PRINTED,
    BOUNDED,
    CRITICAL_EXACT,
    CRITICAL,
)
"""Lemma C.11."""
