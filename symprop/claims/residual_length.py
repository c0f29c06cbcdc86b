"""Second moments of powers of the ReLU: Lemmas B.15, C.26, C.27 of the residual paper."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import gaussian_moment, rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

ALPHA = sympy.Symbol("alpha", real=True)
Q = sympy.Symbol("q", positive=True)
HALF = sympy.Rational(1, 2)


def c_alpha(alpha: sympy.Expr) -> sympy.Expr:
    """Return the printed constant of Lemma B.15."""
    return 2 ** (alpha - 1) * sympy.gamma(alpha + HALF) / sympy.sqrt(sympy.pi)


def second_moment(alpha: Fraction, q: Fraction, dps: int) -> arb | int:
    """Return ``V psi_alpha(q)`` by quadrature of the density; 0 for the constant variable 0."""
    if q == 0:
        return 0
    with working_bits(bits_from_dps(dps)):
        return gaussian_moment(alpha, q)


def derivative_second_moment(alpha: Fraction, q: Fraction, dps: int) -> arb:
    """Return ``E (alpha x**(alpha-1))**2`` over ``x > 0``, by quadrature."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(alpha) ** 2 * gaussian_moment(alpha - 1, q)


def moment_ratio(alpha: Fraction, dps: int) -> arb:
    """Return ``V psi_{alpha+1}(1) / V psi_alpha(1)`` by quadrature."""
    with working_bits(bits_from_dps(dps)):
        return gaussian_moment(alpha + 1, Fraction(1)) / gaussian_moment(alpha, Fraction(1))


def truncated_moment(alpha: Fraction, cut: Fraction, dps: int) -> arb:
    """Return the integral of ``x**(2 alpha) exp(-x**2/2)`` over ``cut <= x <= 1``."""
    with working_bits(bits_from_dps(dps)):
        order, lower = rational_exponent(alpha) + arb(1) / 2, rational_exponent(cut)
        # 2**(order-1) times the difference of upper incomplete gamma functions
        reach = (lower**2 / 2).gamma_upper(order) - (arb(1) / 2).gamma_upper(order)
        return arb(2) ** (order - 1) * reach


def diverging_bound(cut: Fraction, dps: int) -> arb:
    """Return ``exp(-1/2) log(1/cut)``, which has no bound as ``cut -> 0``."""
    with working_bits(bits_from_dps(dps)):
        return (-arb(1) / 2).exp() * -rational_exponent(cut).log()


SECOND_MOMENT = Claim(
    id="residual.power-relu-second-moment",
    title="Second moment of the alpha-ReLU",
    statement="For α > -1/2 and q > 0: Vψ_α(q) = c_α q^α with c_α = 2^(α-1) Γ(α + 1/2) / √π",
    formula=sympy.Eq(sympy.Function("V")(Q), c_alpha(ALPHA) * Q**ALPHA),
    variables={"alpha": "exponent, > -1/2", "q": "variance, > 0"},
    assumptions=("ψ_α(x) = x^α for x > 0 and 0 otherwise",),
    source=Source("residual", "Lemma B.15"),
    as_printed="the range of q is not printed; see the claim on q = 0",
    checks=(
        attack(
            second_moment,
            "==",
            c_alpha(ALPHA) * Q**ALPHA,
            domain={
                "alpha": Real("-1/2", 12, open_at="lower"),
                "q": Real(0, None, open_at="lower"),
            },
        ),
    ),
    near_miss=attack(
        second_moment,
        "==",
        2**ALPHA * sympy.gamma(ALPHA + HALF) / sympy.sqrt(sympy.pi) * Q**ALPHA,
        domain={"alpha": Real("-1/2", 12, open_at="lower"), "q": Real("1/9", 9)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

DEGENERATE_PRINTED = Claim(
    id="residual.power-relu-second-moment-at-zero-printed",
    title="Second moment of the alpha-ReLU of a Gaussian without variance, as printed",
    statement="For α >= 0: Vψ_α(q) = c_α q^α also at q = 0 (with 0^0 = 1)",
    variables={"alpha": "exponent, >= 0", "q": "variance, >= 0"},
    assumptions=("ψ_α(x) = x^α for x > 0 and 0 otherwise, so ψ_0(0) = 0",),
    source=Source("residual", "Lemma B.15"),
    as_printed="no restriction on q; q = 0 does occur, for a zero input and no biases",
    checks=(
        at_points(
            second_moment,
            "==",
            lambda alpha: Fraction(1, 2) if alpha == 0 else Fraction(0),
            points=grid(alpha=(2, 1, "1/2", 0), q=(0,)),
        ),
    ),
    near_miss=at_points(second_moment, "==", 1, points=grid(alpha=(1,), q=(0,))),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.power-relu-second-moment",
)

DIVERGENCE = Claim(
    id="residual.power-relu-second-moment-diverges",
    title="Where the second moment of the alpha-ReLU does not exist",
    statement=(
        "For α <= -1/2 the integral of Vψ_α diverges at 0: over (ε, 1) it exceeds "
        "e^(-1/2) log(1/ε) / √(2π)"
    ),
    variables={"alpha": "exponent, <= -1/2", "cut": "ε, in (0, 1)"},
    source=Source("residual", "Lemma B.15, note"),
    as_printed="not defined for α <= -1/2; the rate of divergence is added here",
    checks=(
        attack(
            truncated_moment,
            ">=",
            diverging_bound,
            domain={
                "alpha": Real(-20, "-1/2"),
                "cut": Real(0, 1, open_at="both"),
            },
        ),
    ),
    near_miss=attack(
        truncated_moment,
        ">=",
        diverging_bound,
        domain={
            "alpha": Real("-1/2", "1/2", open_at="lower"),
            "cut": Real(0, 1, open_at="both"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SPECIAL_CASES = Claim(
    id="residual.power-relu-constants",
    title="Special values of the constant of the alpha-ReLU",
    statement="c_1 = 1/2; also c_0 = 1/2, c_{1/2} = 1/√(2π), c_2 = 3/2",
    source=Source("residual", "Lemma B.15, special case"),
    as_printed="c_1 = 1/2 only",
    checks=tuple(
        identity(c_alpha(sympy.sympify(alpha)), value)
        for alpha, value in (
            (1, HALF),
            (0, HALF),
            (HALF, 1 / sympy.sqrt(2 * sympy.pi)),
            (2, 3 * HALF),
        )
    ),
    near_miss=identity(c_alpha(sympy.S.One), sympy.S.One),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

DERIVATIVE = Claim(
    id="residual.power-relu-derivative-second-moment",
    title="Second moment of the derivative of the alpha-ReLU",
    statement="For α > 1/2 and q > 0: V(dψ_α/dx)(q) = α² c_{α-1} q^(α-1)",
    formula=sympy.Eq(sympy.Function("V")(Q), ALPHA**2 * c_alpha(ALPHA - 1) * Q ** (ALPHA - 1)),
    variables={"alpha": "exponent, > 1/2", "q": "variance, > 0"},
    assumptions=("the derivative is taken almost everywhere",),
    source=Source("residual", "Lemma C.26"),
    as_printed=(
        "as stated, for any q; at q = 0 the power is 0^0 for α = 1 and infinite for α < 1. The "
        "range is sharp: for 0 < α <= 1/2 the moment is infinite, while the "
        "formula gives a negative number for α < 1/2"
    ),
    checks=(
        attack(
            derivative_second_moment,
            "==",
            ALPHA**2 * c_alpha(ALPHA - 1) * Q ** (ALPHA - 1),
            domain={
                "alpha": Real("1/2", 12, open_at="lower"),
                "q": Real(0, None, open_at="lower"),
            },
        ),
    ),
    near_miss=attack(
        derivative_second_moment,
        "==",
        ALPHA**2 * c_alpha(ALPHA) * Q ** (ALPHA - 1),
        domain={"alpha": Real("1/2", 12, open_at="lower"), "q": Real("1/9", 9)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

DERIVATIVE_RANGE = Claim(
    id="residual.power-relu-derivative-formula-is-negative",
    title="The formula for the derivative's second moment ends at 1/2",
    statement="For 0 < α < 1/2: α² c_{α-1} q^(α-1) < 0, so it is no second moment",
    variables={"alpha": "exponent, in (0, 1/2)"},
    source=Source("residual", "Lemma C.26"),
    as_printed="only α > 1/2 is printed; this shows that the hypothesis cannot be dropped",
    checks=(
        attack(
            ALPHA**2 * c_alpha(ALPHA - 1),
            "<",
            0,
            domain={"alpha": Real(0, "1/2", open_at="both")},
        ),
    ),
    near_miss=attack(
        ALPHA**2 * c_alpha(ALPHA - 1), "<", 0, domain={"alpha": Real("1/2", 1, open_at="lower")}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

RATIO = Claim(
    id="residual.power-relu-constant-ratio",
    title="Ratio of neighbouring constants of the alpha-ReLU",
    statement="c_{α+1} / c_α = 2α + 1",
    formula=sympy.Eq(
        sympy.Symbol("c_{alpha+1}") / sympy.Symbol("c_alpha"), 2 * ALPHA + 1, evaluate=False
    ),
    variables={"alpha": "exponent, > -1/2"},
    source=Source("residual", "Lemma C.27"),
    checks=(
        identity(c_alpha(ALPHA + 1) / c_alpha(ALPHA), 2 * ALPHA + 1),
        attack(
            moment_ratio,
            "==",
            2 * ALPHA + 1,
            domain={"alpha": Real("-1/2", 12, open_at="lower")},
            tries=(45, 300),
        ),
    ),
    near_miss=identity(c_alpha(ALPHA + 1) / c_alpha(ALPHA), 2 * ALPHA - 1),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    SECOND_MOMENT,
    DEGENERATE_PRINTED,
    DIVERGENCE,
    SPECIAL_CASES,
    DERIVATIVE,
    DERIVATIVE_RANGE,
    RATIO,
)
"""Lemmas B.15, C.26 and C.27."""
