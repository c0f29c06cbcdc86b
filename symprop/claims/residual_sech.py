"""The secant and V of tanh and its derivative: Lemmas C.4 to C.7 of the residual paper."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import rational_exponent, sech_moment
from symprop.ledger.algebra import identity
from symprop.ledger.boxes import on_box
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

T = sympy.Symbol("t", real=True)
Z = sympy.Symbol("z", real=True)
Q = sympy.Symbol("q", positive=True)
PI, SQRT = sympy.pi, sympy.sqrt
LEADING = SQRT(2 / PI)
REMAINDER = -2 * T**4 / (1 - T**2)
DOUBLINGS = [{"q": 4**k} for k in range(3, 14)]


def sech_transform(degree: int, q: Fraction) -> arb:
    """Return ``sqrt(q) E sech**degree`` by quadrature against the Gaussian of variance q."""
    return sech_moment(Fraction(degree), 0, q) / (2 * arb.pi()).sqrt()


def derivative_transform(q: Fraction, dps: int) -> arb | int:
    """Return ``V tanh'(q) = E sech^4``."""
    if q == 0:
        return 1
    with working_bits(bits_from_dps(dps)):
        return sech_transform(4, q) / rational_exponent(q).sqrt()


def scaled_derivative(q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q) V tanh'(q)``."""
    with working_bits(bits_from_dps(dps)):
        return sech_transform(4, q)


def scaled_defect(q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q) (1 - V tanh(q))``."""
    with working_bits(bits_from_dps(dps)):
        return sech_transform(2, q)


def second_term(
    scaled: Callable[[Fraction, int], arb], leading: sympy.Expr
) -> Callable[[Fraction, int], arb]:
    """Return ``q (scaled - leading)`` as a quantity in ``q``."""

    def quantity(q: Fraction, dps: int) -> arb:
        bits = bits_from_dps(dps + 20)
        with working_bits(bits):
            value = scaled(q, dps + 20)
            return (value - as_ball(leading, bits)) * rational_exponent(q)

    return quantity


def derivative_over_root(q: Fraction, dps: int) -> arb:
    """Return ``V tanh'(q) / sqrt(q)``."""
    with working_bits(bits_from_dps(dps)):
        return derivative_transform(q, dps) / rational_exponent(q).sqrt()


def doubled_derivative(q: Fraction, dps: int) -> arb:
    """Return ``2 sqrt(q) V tanh'(q)``."""
    with working_bits(bits_from_dps(dps)):
        return 2 * scaled_derivative(q, dps)


DERIVATIVE_LEADING = Claim(
    id="residual.tanh-derivative-large-variance",
    title="V of the derivative of tanh at large variance",
    statement="V tanh'(q) = (2/3) √(2/π) q^(-1/2) + Θ(q^(-3/2)), the second term being negative",
    variables={"q": "variance"},
    source=Source("residual", "Lemma C.4"),
    checks=(
        limit(scaled_derivative, 2 * LEADING / 3, along=DOUBLINGS, error=1 / Q),
        limit(
            second_term(scaled_derivative, 2 * LEADING / 3),
            -(PI**2 - 6) / (18 * SQRT(2 * PI)),
            along=DOUBLINGS,
            error=1 / Q,
        ),
    ),
    near_miss=limit(scaled_derivative, LEADING, along=DOUBLINGS, error=1 / Q),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ANTIDERIVATIVE_PRINTED = Claim(
    id="residual.sech-fourth-power-antiderivative-printed",
    title="Antiderivative of the fourth power of sech, as printed",
    statement="∫ sech⁴ z dz = (2/3) tanh z + (1/2) sech² z tanh z",
    variables={"z": "real"},
    source=Source("residual", "Lemma C.4, proof"),
    as_printed="as stated; it does not differentiate back, though its total over the line is right",
    checks=(
        identity(
            sympy.diff(2 * sympy.tanh(Z) / 3 + sympy.sech(Z) ** 2 * sympy.tanh(Z) / 2, Z),
            sympy.sech(Z) ** 4,
        ),
    ),
    near_miss=identity(sympy.diff(sympy.tanh(Z), Z), sympy.sech(Z) ** 4),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.sech-fourth-power-antiderivative",
)

ANTIDERIVATIVE = Claim(
    id="residual.sech-fourth-power-antiderivative",
    title="Antiderivative of the fourth power of sech",
    statement="d/dz [(2/3) tanh z + (1/3) sech² z tanh z] = sech⁴ z",
    variables={"z": "real"},
    source=Source("residual", "Lemma C.4, proof"),
    as_printed="the coefficient of the second term is printed as 1/2",
    checks=(
        identity(
            lambda: sympy.diff(
                2 * sympy.tanh(Z) / 3 + (1 - sympy.tanh(Z) ** 2) * sympy.tanh(Z) / 3, Z
            ),
            (1 - sympy.tanh(Z) ** 2) ** 2,
        ),
    ),
    near_miss=identity(
        sympy.diff(2 * sympy.tanh(Z) / 3 + sympy.sech(Z) ** 2 * sympy.tanh(Z) / 4, Z),
        sympy.sech(Z) ** 4,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

DEFECT = Claim(
    id="residual.tanh-large-variance",
    title="1 - V tanh at large variance",
    statement="1 - V tanh(q) = √(2/π) q^(-1/2) + Θ(q^(-3/2)), the second term being negative",
    variables={"q": "variance"},
    source=Source("residual", "Lemma C.5"),
    checks=(
        limit(scaled_defect, LEADING, along=DOUBLINGS, error=1 / Q),
        limit(
            second_term(scaled_defect, LEADING),
            -(PI**2) / (12 * SQRT(2 * PI)),
            along=DOUBLINGS,
            error=1 / Q,
        ),
    ),
    near_miss=limit(scaled_defect, LEADING / 2, along=DOUBLINGS, error=1 / Q),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SECH_BOUND = Claim(
    id="residual.sech-above-gaussian",
    title="The hyperbolic secant lies above a Gaussian",
    statement="sech²(t) >= e^(-t²) for all real t, with equality only at t = 0",
    formula=sympy.Ge(sympy.sech(T) ** 2, sympy.exp(-(T**2)), evaluate=False),
    variables={"t": "real"},
    source=Source("residual", "Lemma C.6"),
    as_printed=(
        "as stated. On [0, 2] t² - 2 log cosh t, whose first derivative that does not vanish at 0 "
        "is the fourth, is proved positive; beyond, log cosh t <= t - log 2 + e^(-2t) is used"
    ),
    checks=(
        on_box(
            T**2,
            ">",
            2 * sympy.log(sympy.cosh(T)),
            box={"t": (0, 2)},
            zero_at={"t": 0},
            order=4,
        ),
        # log cosh t = t - log 2 + log(1 + e^(-2t)), and t = 2/s maps t >= 2 to 0 < s <= 1
        on_box(
            sympy.Integer(2),
            ">=",
            2 * T - T**2 * (sympy.log(2) - sympy.exp(-4)),
            box={"t": (0, 1)},
        ),
        at_points(sympy.sech(T) ** 2, "==", sympy.exp(-(T**2)), points=grid(t=(0,))),
        attack(
            sympy.sech(T) ** 2,
            ">",
            sympy.exp(-(T**2)),
            domain={"t": Real(None, None, decades=3)},
            assuming=lambda t: t != 0,
        ),
    ),
    near_miss=on_box(
        T**2 * sympy.Rational(9, 10), ">", 2 * sympy.log(sympy.cosh(T)), box={"t": ("1/8", 2)}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SECH_SERIES_PRINTED = Claim(
    id="residual.sech-above-gaussian-proof-series-printed",
    title="Logarithmic series in the proof of the bound on sech, as printed",
    statement="log((1 - t)/(1 + t)) = -2t - 2t³ - ...: the coefficient of t³ is -2",
    variables={"t": "in (-1, 1)"},
    source=Source("residual", "Lemma C.6, proof"),
    as_printed="'-2t - 2t³ - ...'; the argument only needs the signs, which are right",
    checks=(
        at_points(
            lambda: sympy.diff(sympy.log((1 - T) / (1 + T)), T, 3).subs(T, 0) / 6,
            "==",
            -2,
        ),
    ),
    near_miss=at_points(
        lambda: sympy.diff(sympy.log((1 - T) / (1 + T)), T, 3).subs(T, 0) / 6, "==", -1
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.sech-above-gaussian-proof-series",
)

SECH_SERIES = Claim(
    id="residual.sech-above-gaussian-proof-series",
    title="Logarithmic series in the proof of the bound on sech",
    statement=(
        "f(t) = log((1 - t)/(1 + t)) + 2t + (2/3) t³ has f(0) = 0 and f'(t) = -2t⁴/(1 - t²): "
        "it is negative on (0, 1), so t = 0 is the only critical point"
    ),
    variables={"t": "in (-1, 1)"},
    source=Source("residual", "Lemma C.6, proof"),
    as_printed="coefficient -2 of t³ instead of -2/3",
    checks=(
        identity(sympy.diff(sympy.log(1 - T) - sympy.log(1 + T), T) + 2 + 2 * T**2, REMAINDER),
        at_points(
            sympy.log(1 - T) - sympy.log(1 + T) + 2 * T,
            "==",
            0,
            points=[{"t": 0}],
            exhaustive=True,
        ),
        on_box(REMAINDER, "<", 0, box={"t": ("1/1000", "999/1000")}),
    ),
    near_miss=identity(
        sympy.diff(sympy.log(1 - T) - sympy.log(1 + T), T) + 2 + 6 * T**2, REMAINDER
    ),
    expected=Verdict(Outcome.HOLDS, Grade.ENCLOSED),
)

LOWER_BOUND = Claim(
    id="residual.tanh-derivative-lower-bound",
    title="Lower bound of V of the derivative of tanh",
    statement="V tanh'(q) >= 1/√(4q + 1) for q >= 0, with equality only at q = 0",
    variables={"q": "variance, >= 0"},
    source=Source("residual", "Lemma C.7; Figure C.9"),
    checks=(
        attack(
            derivative_transform,
            ">=",
            1 / SQRT(4 * Q + 1),
            domain={"q": Real(0, None)},
        ),
    ),
    near_miss=attack(
        derivative_transform, ">=", 1 / SQRT(3 * Q + 1), domain={"q": Real(0, None, decades=4)}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SANITY_PRINTED = Claim(
    id="residual.tanh-derivative-sanity-check-printed",
    title="Sanity check on the growth of V of the derivative of tanh, as printed",
    statement="V tanh'(q) / q^(1/2) tends to a constant C_0 ≈ .5319",
    variables={"q": "variance"},
    source=Source("residual", "Lemma C.7, sanity check"),
    as_printed="'~ C_0 q^(1/2)' in the text at hand, where a minus sign may have been lost",
    checks=(
        limit(
            derivative_over_root,
            "5319/10000",
            along=DOUBLINGS,
            error=1 / SQRT(Q),
        ),
    ),
    near_miss=limit(
        derivative_over_root,
        "1/2",
        along=DOUBLINGS,
        error=1 / SQRT(Q),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-derivative-sanity-check",
)


SANITY = Claim(
    id="residual.tanh-derivative-sanity-check",
    title="Sanity check on the decay of V of the derivative of tanh",
    statement="√q V tanh'(q) -> C_0 = (2/3) √(2/π), which rounds to .5319 and exceeds 1/2",
    variables={"q": "variance"},
    source=Source("residual", "Lemma C.7, sanity check"),
    as_printed="C_0 ≈ .5319",
    checks=(
        at_points(2 * LEADING / 3, ">", "53185/100000"),
        at_points(2 * LEADING / 3, "<", "53195/100000"),
        limit(scaled_derivative, 2 * LEADING / 3, along=DOUBLINGS, error=1 / Q),
    ),
    near_miss=at_points(2 * LEADING / 3, ">", "53195/100000"),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

TIGHTNESS = Claim(
    id="residual.tanh-derivative-bound-tightness",
    title="How tight the lower bound of V of the derivative of tanh is",
    statement="V tanh'(q) √(4q + 1) < (4/3) √(2/π) = 1.0638... for all q >= 0, and tends to it",
    variables={"q": "variance, >= 0"},
    source=Source("residual", "Lemma C.7, remark; Figure C.9"),
    as_printed="'very tight': at most 6.4 % below, but not asymptotically equal",
    checks=(
        attack(
            derivative_transform,
            "<",
            4 * LEADING / 3 / SQRT(4 * Q + 1),
            domain={"q": Real(0, None)},
        ),
        limit(
            doubled_derivative,
            4 * LEADING / 3,
            along=DOUBLINGS,
            error=1 / Q,
        ),
    ),
    near_miss=limit(doubled_derivative, 1, along=DOUBLINGS, error=1 / Q),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    DERIVATIVE_LEADING,
    ANTIDERIVATIVE_PRINTED,
    ANTIDERIVATIVE,
    DEFECT,
    SECH_BOUND,
    SECH_SERIES_PRINTED,
    SECH_SERIES,
    LOWER_BOUND,
    SANITY_PRINTED,
    SANITY,
    TIGHTNESS,
)
"""Lemmas C.4 to C.7."""
