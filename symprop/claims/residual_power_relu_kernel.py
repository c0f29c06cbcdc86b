"""Recurrences, derivative and fixed points of J: Lemmas C.33 to C.36 of the residual paper.

Their statements are lost in the text. What follows are the relations that the surviving
recurrence of the Bessel integrals implies and that the later theorems use. The kernel
is taken from the library, its derivative from polar coordinates and from difference quotients.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.claims.residual_integrals import bessel_moment, polar_moment, rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.boxes import on_box
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
THETA = sympy.Symbol("theta", real=True)
EXPONENT = {"alpha": "exponent", "c": "cos θ"}
BESSEL_POINTS = grid(alpha=("-1/4", 1), c=("-1/2",), step=("1/1000",))
LOST = "statement lost in the text; this is what its place and the surviving proofs suggest"


def kernel(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``J_alpha(c)``."""
    from symprop.gaussian.power_relu import alpha_relu_kernel

    return alpha_relu_kernel(alpha).enclose(c, dps=dps).ball


def three_terms(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``c J_{α-1} + (α-1)² (1-c²) J_{α-2} / ((2α-1)(2α-3))``."""
    with working_bits(bits_from_dps(dps)):
        order, cosine = rational_exponent(alpha), rational_exponent(c)
        factor = (order - 1) ** 2 / ((2 * order - 1) * (2 * order - 3))
        second = factor * (1 - cosine**2) * kernel(alpha - 2, c, dps)
        return cosine * kernel(alpha - 1, c, dps) + second


def quotient(alpha: Fraction, c: Fraction, step: Fraction, dps: int) -> arb:
    """Return ``(J_α(c + h) - J_α(c)) / h``."""
    digits = dps + 20
    with working_bits(bits_from_dps(digits)):
        difference = kernel(alpha, c + step, digits) - kernel(alpha, c, digits)
        return difference / rational_exponent(step)


def slope(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``α² J_{α-1}(c) / (2α - 1)``."""
    with working_bits(bits_from_dps(dps)):
        order = rational_exponent(alpha)
        return order**2 / (2 * order - 1) * kernel(alpha - 1, c, dps)


def slope_beyond(alpha: Fraction, c: Fraction, step: Fraction, dps: int) -> arb:
    """Return the slope at ``c + h``."""
    return slope(alpha, c + step, dps)


def angular_slope(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``(2α+1) csc θ (cos θ J_α - J_{α+1})``, the derivative in θ."""
    digits = dps + 15
    with working_bits(bits_from_dps(digits)):
        order, cosine = rational_exponent(alpha), rational_exponent(c)
        bracket = cosine * kernel(alpha, c, digits) - kernel(alpha + 1, c, digits)
        return (2 * order + 1) * bracket / (1 - cosine**2).sqrt()


def angular_slope_by_polar(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``-sin θ`` times the derivative in c, from ``∂/∂c ∫ (c + cos t)**α dt``."""
    with working_bits(bits_from_dps(dps)):
        order, cosine = rational_exponent(alpha), rational_exponent(c)
        constant = arb(2) ** (order - 1) * (order + arb(1) / 2).gamma() / arb.pi().sqrt()
        rate = order**2 * polar_moment(alpha - 1, c) / constant
        return -rate * (1 - cosine**2).sqrt()


def midpoint_excess(alpha: Fraction, lower: Fraction, upper: Fraction, dps: int) -> arb:
    """Return ``J(a) + J(b) - 2 J((a+b)/2)``."""
    digits = dps + 30
    with working_bits(bits_from_dps(digits)):
        middle = kernel(alpha, (lower + upper) / 2, digits)
        return kernel(alpha, lower, digits) + kernel(alpha, upper, digits) - 2 * middle


def crosses(alpha: Fraction) -> int:
    """Return 1 if ``J_α(1 - δ) < 1 - δ`` is proved for some ``δ = 2**-m``, m up to 200, else 0."""
    from symprop.gaussian.power_relu import alpha_relu_kernel

    function = alpha_relu_kernel(alpha)
    for m in (1, 2, 4, 8, 16, 32, 64, 128, 200):
        gap = Fraction(1, 2**m)
        if function.deficit(angle_gap=gap, dps=30).lower > gap:
            return 1
    return 0


def bessel_slope(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``L_{α+1}(c)``."""
    with working_bits(bits_from_dps(dps)):
        return bessel_moment(alpha + 1, c)


def bessel_slope_beyond(alpha: Fraction, c: Fraction, step: Fraction, dps: int) -> arb:
    """Return ``L_{α+1}(c + h)``."""
    return bessel_slope(alpha, c + step, dps)


def bessel_quotient(alpha: Fraction, c: Fraction, step: Fraction, dps: int) -> arb:
    """Return ``(L_α(c + h) - L_α(c)) / h``."""
    with working_bits(bits_from_dps(dps)):
        difference = bessel_moment(alpha, c + step) - bessel_moment(alpha, c)
        return difference / rational_exponent(step)


THREE_TERMS = Claim(
    id="residual.power-relu-recurrence",
    title="Three-term recurrence of the kernels of the alpha-ReLU",
    statement=(
        "For α > 3/2, 0 <= θ <= π: "
        "J_α(θ) = cos θ J_{α-1}(θ) + (α-1)² sin²θ J_{α-2}(θ) / ((2α-1)(2α-3))"
    ),
    variables=EXPONENT,
    source=Source("residual", "Lemma C.33"),
    as_printed=LOST
    + "; α > 1, the range of C.32, is not enough, as J_{α-2} needs α - 2 > -1/2 to exist",
    checks=(
        attack(
            kernel,
            "==",
            three_terms,
            domain={"alpha": Real("3/2", 20, open_at="lower"), "c": Real(-1, 1)},
            assuming=lambda c, alpha: c > -1 and alpha > Fraction(1501, 1000),
            tries=(60, 600),
        ),
    ),
    near_miss=attack(
        lambda alpha, c, dps: three_terms(alpha, c, dps) * 2,
        "==",
        kernel,
        domain={"alpha": Real(2, 20), "c": Real("-1/2", 1)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ANGULAR_DERIVATIVE = Claim(
    id="residual.power-relu-angular-derivative",
    title="Derivatives of L and J in the angle",
    statement=(
        "dL_α/dθ = -sin θ L_{α+1}, hence dJ_α/dθ = (2α+1) csc θ (cos θ J_α - J_{α+1}), 0 < θ < π"
    ),
    variables=EXPONENT,
    assumptions=("α > 0; the right side makes sense for all α > -1/2",),
    source=Source("residual", "Lemma C.34"),
    as_printed=LOST,
    checks=(
        attack(
            angular_slope,
            "==",
            angular_slope_by_polar,
            domain={"alpha": Real(0, 8, open_at="lower"), "c": Real("-99/100", "99/100")},
            assuming=lambda alpha: alpha > Fraction(1, 1000),
            tries=(36, 360),
        ),
        # the limits of α -> 0, which polar coordinates do not reach: J_0 = 1 - θ/π
        at_points(
            angular_slope,
            "==",
            lambda: -1 / sympy.pi,
            points=grid(alpha=(0,), c=("-3/4", 0, "1/2")),
        ),
    ),
    near_miss=at_points(
        lambda alpha, c, dps: -angular_slope(alpha, c, dps),
        "==",
        angular_slope_by_polar,
        points=grid(alpha=(1,), c=("1/2",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

DERIVATIVE = Claim(
    id="residual.power-relu-derivative",
    title="Derivative of the kernel of the alpha-ReLU in the correlation",
    statement="For α > 1/2: dJ_α/dc = α²/(2α-1) J_{α-1}(c), -1 <= c <= 1; at c = 1 it is α²/(2α-1)",
    variables={**EXPONENT, "step": "h, of difference quotients"},
    assumptions=("J_α is convex on [-1, 1] for α >= 1/2",),
    source=Source("residual", "Lemma C.35"),
    as_printed=LOST + ". By convexity difference quotients lie between the slopes at both ends",
    checks=(
        attack(
            quotient,
            ">=",
            slope,
            domain={
                "alpha": Real("11/20", 8),
                "c": Real(-1, "99/100"),
                "step": Real("1/1000000", "1/100"),
            },
            tries=(45, 450),
        ),
        attack(
            quotient,
            "<=",
            slope_beyond,
            domain={
                "alpha": Real("11/20", 8),
                "c": Real(-1, "99/100"),
                "step": Real("1/1000000", "1/100"),
            },
            tries=(45, 450),
        ),
    ),
    near_miss=attack(
        quotient,
        ">=",
        lambda alpha, c, dps: slope(alpha, c, dps) * 101 / 100,
        domain={
            "alpha": Real("11/20", 8),
            "c": Real(-1, "99/100"),
            "step": Real("1/1000000", "1/100"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SLOPE_AT_ONE = Claim(
    id="residual.power-relu-slope-at-one",
    title="Slope of the kernel at 1 is at least 1",
    statement="For α > 1/2: J_α'(1) - 1 = α²/(2α-1) - 1 = (α-1)²/(2α-1) >= 0, zero for ReLU only",
    variables={"alpha": "exponent, > 1/2"},
    source=Source("residual", "Lemma C.36"),
    as_printed=LOST,
    checks=(
        identity(
            ALPHA**2 / (2 * ALPHA - 1) - 1,
            (ALPHA - 1) ** 2 / (2 * ALPHA - 1),
            points=grid(alpha=(1, 2, "3/4")),
        ),
    ),
    near_miss=identity(ALPHA**2 / (2 * ALPHA - 1) - 1, (ALPHA - 1) / (2 * ALPHA - 1)),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
)

FIXED_POINT = Claim(
    id="residual.power-relu-fixed-point",
    title="The fixed point of the kernel of the alpha-ReLU",
    statement=(
        "For α > -1/2, α != 1, J_α has exactly one fixed point in [-1, 1): J_α(0) > 0, J_α is "
        "strictly convex on [0, 1], and J_α(c) < c for some c < 1"
    ),
    variables={"alpha": "exponent", "lower": "a in [0, 1)", "upper": "b in (a, 1]"},
    source=Source("residual", "Lemma C.36; Figure C.17; Figure B.6"),
    as_printed=LOST + "; the theorems need 0 < α < 1 only. J_α >= 0 excludes negative fixed points",
    checks=(
        attack(
            midpoint_excess,
            ">",
            0,
            domain={
                "alpha": Real("-1/2", 12, open_at="lower"),
                "lower": Real(0, 1, open_at="upper"),
                "upper": Real(0, 1),
            },
            assuming=lambda lower, upper: lower + Fraction(1, 100) < upper,
            tries=(60, 600),
        ),
        attack(
            crosses,
            "==",
            1,
            domain={"alpha": Real("-1/2", 12, open_at="lower")},
            assuming=lambda alpha: abs(alpha - 1) > Fraction(1, 10**6),
            tries=(60, 600),
        ),
        attack(
            lambda alpha, dps: kernel(alpha, Fraction(0), dps),
            ">",
            0,
            domain={"alpha": Real("-1/2", 12, open_at="lower")},
            tries=(45, 300),
        ),
    ),
    near_miss=attack(crosses, "==", 1, domain={"alpha": Real("1/2", 2)}),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

RELU_HAS_NONE = Claim(
    id="residual.relu-kernel-above-diagonal",
    title="ReLU has no fixed point besides 1",
    statement="J_1(cos θ) - cos θ = (sin θ - θ cos θ)/π > 0 for 0 < θ <= π",
    variables={"theta": "angle, in (0, π]"},
    source=Source("residual", "Lemma C.36"),
    as_printed=LOST,
    checks=(
        on_box(
            sympy.sin(THETA) - THETA * sympy.cos(THETA),
            ">",
            0,
            box={"theta": (0, "22/7")},
            zero_at={"theta": 0},
            order=3,
        ),
        at_points(
            lambda c, dps: kernel(Fraction(1), c, dps),
            "==",
            lambda c: (
                sympy.Rational(c)
                + (sympy.sqrt(1 - sympy.Rational(c) ** 2) - sympy.acos(c) * sympy.Rational(c))
                / sympy.pi
            ),
            points=grid(c=("-4/5", "0", "3/5")),
        ),
    ),
    near_miss=on_box(
        sympy.sin(THETA) - 2 * THETA * sympy.cos(THETA), ">", 0, box={"theta": ("1/8", 3)}
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

BESSEL_DERIVATIVE = Claim(
    id="residual.power-relu-bessel-derivative",
    title="Difference quotients of the Bessel integrals",
    statement="dL_α/dc = L_{α+1}: (L_α(c+h) - L_α(c))/h lies between L_{α+1}(c) and L_{α+1}(c+h)",
    variables={**EXPONENT, "step": "h"},
    source=Source("residual", "Lemma C.34"),
    as_printed=LOST,
    checks=(
        at_points(bessel_quotient, ">", bessel_slope, points=BESSEL_POINTS),
        at_points(bessel_quotient, "<", bessel_slope_beyond, points=BESSEL_POINTS),
    ),
    near_miss=at_points(bessel_quotient, "<", bessel_slope, points=BESSEL_POINTS),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    THREE_TERMS,
    ANGULAR_DERIVATIVE,
    BESSEL_DERIVATIVE,
    DERIVATIVE,
    SLOPE_AT_ONE,
    FIXED_POINT,
    RELU_HAS_NONE,
)
"""Lemmas C.33 to C.36."""
