"""The power difference equation: Lemmas C.13 and C.15 of the residual paper.

``u_l - u_{l-1} = A (u_{l-1} + B)^α + C`` depends on B through ``w = u + B`` only. The variable
``y = w^(1-α) / (A (1-α))`` is ``l + O(log l)``, and the printed second term of u is equivalent to
the coefficient of its logarithm; at moderate exponents the printed form is tested as well.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.stepwise import along_layers, milestones
from symprop.ledger.algebra import identity
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
A, ALPHA = sympy.symbols("A alpha", positive=True)
K1 = (A * (1 - ALPHA)) ** (1 / (1 - ALPHA))
K2 = A ** (1 / (1 - ALPHA)) * (1 - ALPHA) ** (ALPHA / (1 - ALPHA) - 1) * ALPHA / 2
VARIABLES = {
    "a": "A > 0",
    "alpha": "α",
    "c": "C",
    "start": "w_0 = u_0 + B",
    "layer": "l",
}
RECURRENCE = "u_l - u_{l-1} = A (u_{l-1} + B)^α + C, w = u + B"
LOST = "the statement is lost in the text; restored from its proof and from Theorem C.29"


@cache
def _run(a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, bits: int) -> dict[int, arb]:
    with working_bits(bits):
        rate, power, source = map(rational_exponent, (a, alpha, c))
        return milestones(lambda w, _layer: w + rate * w**power + source, rational_exponent(start))


def shifted(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``w_l``."""
    return _run(a, alpha, c, start, bits_from_dps(dps) + 120)[layer]


def first_constant(a: Fraction, alpha: Fraction) -> arb:
    """Return ``K_1 = (A (1-α))**(1/(1-α))`` at the precision in force."""
    rest = rational_exponent(1 - alpha)
    return (rational_exponent(a) * rest) ** (1 / rest)


def second_constant(a: Fraction, alpha: Fraction) -> arb:
    """Return ``K_2 = A**(1/(1-α)) (1-α)**(α/(1-α)-1) α / 2`` at the precision in force."""
    rest, power = rational_exponent(1 - alpha), rational_exponent(alpha)
    return rational_exponent(a) ** (1 / rest) * rest ** (power / rest - 1) * power / 2


def growth_of_depth(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return the growth of ``y - l`` from l to 4l."""
    with working_bits(bits_from_dps(dps) + 120):
        rest = rational_exponent(1 - alpha)
        near, far = (shifted(a, alpha, c, start, at, dps) ** rest for at in (layer, 4 * layer))
        return (far - near) / (rational_exponent(a) * rest) - 3 * layer


def logarithm_of_depth(a: Fraction, alpha: Fraction, dps: int) -> arb:
    """Return ``-(1-α) (K_2/K_1) log 4``, what the printed expansion says about it."""
    with working_bits(bits_from_dps(dps) + 30):
        ratio = second_constant(a, alpha) / first_constant(a, alpha)
        return -rational_exponent(1 - alpha) * ratio * arb(4).log()


def rest(a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int) -> arb:
    """Return ``w_l - K_1 l**(1/(1-α))``."""
    with working_bits(bits_from_dps(dps) + 120):
        leading = first_constant(a, alpha) * arb(layer) ** (1 / rational_exponent(1 - alpha))
        return shifted(a, alpha, c, start, layer, dps) - leading


def growth_of_scaled_rest(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return the growth of ``(w_l - K_1 l**(1/(1-α))) / l**(α/(1-α))`` from l to 4l."""
    with working_bits(bits_from_dps(dps) + 120):
        power = -rational_exponent(alpha / (1 - alpha))
        near, far = (
            rest(a, alpha, c, start, at, dps) * arb(at) ** power for at in (layer, 4 * layer)
        )
        return far - near


def rest_over_depth(
    a: Fraction, alpha: Fraction, c: Fraction, start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``(w_l - K_1 l**(1/(1-α))) / l``."""
    with working_bits(bits_from_dps(dps) + 120):
        return rest(a, alpha, c, start, layer, dps) / layer


def second_term(a: Fraction, alpha: Fraction, dps: int) -> arb:
    """Return ``-K_2 log 4``."""
    with working_bits(bits_from_dps(dps) + 30):
        return -second_constant(a, alpha) * arb(4).log()


def resonant_term(a: Fraction, alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(C - K_2) log 4``."""
    with working_bits(bits_from_dps(dps) + 30):
        return (rational_exponent(c) - second_constant(a, alpha)) * arb(4).log()


def source_terms(a: Fraction, alpha: Fraction, c: Fraction, layer: int, dps: int) -> arb:
    """Return ``C (1-α)/(1-2α)`` and the next two terms of the rest over l.

    They are ``-K_1 D² s l**-s / (2 (1-α) (1-2s))``, ``s = α/(1-α)``, where the first term is
    ``K_1 D / (1-α)``, and ``-K_2 l**(s-1) log l``.
    """
    with working_bits(bits_from_dps(dps) + 30):
        first = rational_exponent(c * (1 - alpha) / (1 - 2 * alpha))
        power, depth = alpha / (1 - alpha), arb(layer)
        doubled = rational_exponent((1 - alpha) * power / (2 - 4 * power))
        square = doubled * first**2 / first_constant(a, alpha)
        tail = second_constant(a, alpha) * depth ** rational_exponent(power - 1) * depth.log()
        return first - square * depth ** -rational_exponent(power) - tail


def _at(a: str, alpha: str, c: str, start: str) -> list[dict[str, object]]:
    names = ("a", "alpha", "c", "start")
    values = (Fraction(value) for value in (a, alpha, c, start))
    return along_layers(**dict(zip(names, values, strict=True)))


def settled(a: Fraction, alpha: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``w_l`` without source, from any start ``w_0 >= 0``."""
    with working_bits(bits_from_dps(dps)):
        w, rate, power = (rational_exponent(x) for x in (start, a, alpha))
        for _ in range(steps):
            w += rate * w**power if not w.is_zero() else 0
        return w


def square_root_law(a: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``(sqrt(w_0) + A l/2)**2``."""
    with working_bits(bits_from_dps(dps)):
        return (rational_exponent(start).sqrt() + rational_exponent(a) * steps / 2) ** 2


def square_root_run(a: Fraction, start: Fraction, steps: int, dps: int) -> arb:
    """Return ``w_l`` for ``α = 1/2``, ``C = A²/4``, step by step."""
    with working_bits(bits_from_dps(dps) + 20):
        w, rate = rational_exponent(start), rational_exponent(a)
        for _ in range(steps):
            w += rate * w.sqrt() + rate**2 / 4
        return w


AT_REST_PRINTED = Claim(
    id="residual.power-difference-equation-printed",
    title="Two terms of the power difference equation, as printed: a sequence at rest",
    statement=(
        "u_l - u_{l-1} = A (u_{l-1} + B)^α, α in [0, 1), A > 0, implies u_l ~ K_1 l^(1/(1-α)); in "
        "particular u_l > u_0"
    ),
    variables={**VARIABLES, "steps": "l"},
    source=Source("residual", "Lemma C.13"),
    as_printed=(
        "for every initial value; u_0 = -B is a solution at rest if α > 0, and below it the power "
        "is not defined"
    ),
    checks=(
        attack(
            settled,
            ">",
            lambda start: start,
            domain={
                "a": Real(0, 10, open_at="lower"),
                "alpha": Real(0, 1, open_at="both"),
                "start": Real(0, 10),
                "steps": Integer(1, 50),
            },
        ),
    ),
    near_miss=at_points(
        settled,
        ">",
        lambda start: start + 100,
        points=grid(a=(1,), alpha=(Fraction(1, 2),), start=(1,), steps=(5,)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-difference-equation",
)

TWO_TERMS = Claim(
    id="residual.power-difference-equation",
    title="Two terms of the power difference equation",
    statement=(
        "u_l - u_{l-1} = A (u_{l-1} + B)^α, α in [0, 1), A > 0, u_0 + B > 0: u_l = "
        "K_1 l^(1/(1-α)) - K_2 l^(α/(1-α)) log l + O(l^(α/(1-α))), K_1 = (A(1-α))^(1/(1-α)), "
        "K_2 = A^(1/(1-α)) (1-α)^(α/(1-α)-1) α/2 = K_1 α/(2(1-α)²)"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, "C = 0", "u_0 + B > 0 (for α = 0 any u_0)"),
    source=Source("residual", "Lemma C.13"),
    as_printed="without u_0 + B > 0; the remainder is printed as o(l^(α/(1-α)) log l)",
    checks=(
        identity(
            lambda: sympy.powsimp(sympy.expand_power_base(K1, force=True)) * ALPHA / 2,
            lambda: sympy.powsimp(K2 * (1 - ALPHA) ** 2),
        ),
        *(
            limit(
                growth_of_depth,
                logarithm_of_depth,
                along=_at(a, alpha, "0", start),
                error=LOG / LAYER,
            )
            for a, alpha, start in (
                ("1", "1/10", "1"),
                ("2", "1/2", "1/1000"),
                ("1/3", "3/4", "5"),
                ("1", "19/20", "1"),
            )
        ),
        *(
            limit(
                growth_of_scaled_rest,
                second_term,
                along=_at(a, alpha, "0", "1"),
                error=LOG**2 / LAYER,
            )
            for a, alpha in (("1", "1/4"), ("3", "1/2"), ("1/2", "2/3"))
        ),
        attack(
            lambda a, start, steps: start + a * steps,
            "==",
            lambda a, start, steps, dps: settled(a, Fraction(0), start, steps, dps),
            domain={
                "a": Real(0, 10, open_at="lower"),
                "start": Real(0, 10, open_at="lower"),
                "steps": Integer(1, 50),
            },
        ),
    ),
    near_miss=limit(
        growth_of_depth,
        lambda a, alpha, dps: 2 * logarithm_of_depth(a, alpha, dps),
        along=_at("1", "1/2", "0", "1"),
        error=LOG / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_growth.py",
)

SOURCE_SMALL = Claim(
    id="residual.power-difference-equation-source-small",
    title="Power difference equation with a source: α above 1/2",
    statement="For 1/2 < α < 1, C >= 0: w_l - K_1 l^(1/(1-α)) ~ -K_2 l^(α/(1-α)) log l",
    variables=VARIABLES,
    assumptions=(RECURRENCE, "w_0 > 0, C >= 0"),
    source=Source("residual", "Lemma C.15, α > 1/2"),
    as_printed=LOST,
    checks=(
        *(
            limit(
                growth_of_scaled_rest,
                second_term,
                along=_at(a, alpha, c, "1"),
                error=error,
            )
            for a, alpha, c, error in (
                ("1", "3/5", "1", 1 / sympy.sqrt(LAYER)),
                ("1/2", "2/3", "3", LOG**2 / LAYER),
            )
        ),
        limit(
            growth_of_depth,
            logarithm_of_depth,
            along=_at("1", "9/10", "2", "1"),
            error=LOG / LAYER,
        ),
    ),
    near_miss=limit(
        growth_of_scaled_rest,
        resonant_term,
        along=_at("1", "3/5", "1", "1"),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SOURCE_RESONANT = Claim(
    id="residual.power-difference-equation-source-resonant",
    title="Power difference equation with a source: α = 1/2",
    statement=(
        "For α = 1/2: w_l - K_1 l² grows like (C - K_2) l log l if C ≠ K_2, K_1 = K_2 = A²/4; if "
        "C = K_2, √w is exactly linear, w_l = (√w_0 + A l/2)², and the difference is of order l"
    ),
    variables={**VARIABLES, "steps": "l"},
    assumptions=(RECURRENCE, "w_0 > 0, C >= 0"),
    source=Source("residual", "Lemma C.15, α = 1/2"),
    as_printed=LOST + "; the proof does not except C = K_2",
    checks=(
        *(
            limit(
                growth_of_scaled_rest,
                resonant_term,
                along=_at(a, "1/2", c, "1"),
                error=LOG**2 / LAYER,
            )
            for a, c in (("1", "1"), ("2", "5"))
        ),
        attack(
            square_root_run,
            "==",
            square_root_law,
            domain={
                "a": Real(0, 10, open_at="lower"),
                "start": Real(0, 10),
                "steps": Integer(0, 100),
            },
        ),
    ),
    near_miss=limit(
        growth_of_scaled_rest,
        second_term,
        along=_at("1", "1/2", "1", "1"),
        error=LOG**2 / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SOURCE_LARGE = Claim(
    id="residual.power-difference-equation-source-large",
    title="Power difference equation with a source: α below 1/2",
    statement=(
        "For 0 <= α < 1/2 and C > 0: (w_l - K_1 l^(1/(1-α))) / l -> d = C (1-α)/(1-2α); for "
        "α ≠ 1/3, 1/4 and s = α/(1-α) it is d - (1-α) s d² l^(-s)/(2 (1-2s) K_1) "
        "- K_2 l^(s-1) log l + O(l^(-2s) + l^(s-1))"
    ),
    variables=VARIABLES,
    assumptions=(RECURRENCE, "w_0 > 0, C > 0 (with C = 0 Lemma C.13 applies)"),
    source=Source("residual", "Lemma C.15, α < 1/2"),
    as_printed=LOST + "; the limit only",
    checks=tuple(
        limit(
            rest_over_depth,
            source_terms,
            along=_at(a, alpha, c, start),
            error=LAYER ** -sympy.Rational(power),
        )
        for a, alpha, c, start, power in (
            ("1", "0", "1", "1", "1"),
            ("1", "3/10", "2", "1", "4/7"),
            ("2", "1/5", "1/2", "3", "1/2"),
            ("1", "2/5", "1", "1", "1/3"),
        )
    ),
    near_miss=limit(
        rest_over_depth,
        lambda c: c,
        along=_at("1", "1/4", "2", "1"),
        error=LAYER ** -sympy.Rational(1, 3),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    AT_REST_PRINTED,
    TWO_TERMS,
    SOURCE_SMALL,
    SOURCE_RESONANT,
    SOURCE_LARGE,
)
"""Lemmas C.13 and C.15."""
