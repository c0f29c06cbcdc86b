"""The alpha-ReLU kernel in closed form and near 1, and tanh at large variance: K1, K2, K5."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import acb, arb

from symprop.claims.residual_integrals import bessel_moment, polar_moment, rational_exponent
from symprop.claims.tanh_like import arcsine, kernel
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
GAP = sympy.Symbol("gap", positive=True)
PI, SQRT, HALF = sympy.pi, sympy.sqrt, sympy.Rational(1, 2)
LEADING = SQRT(2 / PI)
DOUBLINGS = tuple(4**k for k in range(3, 12))
WIDE_GAPS = [{"gap": Fraction(1, 2 ** (2**k))} for k in range(1, 7)]
GAPS = [{"gap": Fraction(1, 2 ** (2**k))} for k in range(4, 9)]


def second_moment(alpha: Fraction) -> arb:
    """Return ``c_alpha`` at the precision in force."""
    order = rational_exponent(alpha)
    return arb(2) ** (order - 1) * (order + arb(1) / 2).gamma() / arb.pi().sqrt()


def hypergeometric(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``x**(α+1/2) 2F1(1/2, 1/2; α+3/2; x)`` over the gamma quotient of K1."""
    with working_bits(bits_from_dps(dps) + 20):
        order, half = rational_exponent(alpha), arb(1) / 2
        x = (1 + rational_exponent(c)) / 2
        top = x ** (order + half) * x.hypgeom_2f1(half, half, order + 3 * half)
        quotient = (order + 3 * half).gamma() * (order + half).gamma() / (order + 1).gamma() ** 2
        return top / quotient


def by_polar(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``J_alpha(c)`` from the Gaussian integral in polar coordinates."""
    with working_bits(bits_from_dps(dps)):
        return polar_moment(alpha, c) / second_moment(alpha)


def by_bessel(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``J_alpha(c)`` from the Bessel integral."""
    with working_bits(bits_from_dps(dps)):
        sine = (1 - rational_exponent(c) ** 2) ** (rational_exponent(alpha) + arb(1) / 2)
        return sine * bessel_moment(alpha, c) / (2 * arb.pi() * second_moment(alpha))


def elliptic(c: Fraction, dps: int) -> arb:
    """Return ``E(m) - (1-m) K(m)`` at ``m = (1+c)/2``."""
    with working_bits(bits_from_dps(dps)):
        m = (1 + rational_exponent(c)) / 2
        return acb(m).elliptic_e().real - (1 - m) * acb(m).elliptic_k().real


def jump_coefficient(alpha: Fraction) -> arb:
    """Return U of K2 at the precision in force."""
    order, half = rational_exponent(alpha), arb(1) / 2
    top = (order + 1).gamma() ** 2 * (-order - half).gamma()
    return arb(2) ** (-order - half) * top / (arb.pi() * (order + half).gamma())


def relu_coefficient(dps: int) -> arb:
    """Return U at ``alpha = 1``."""
    with working_bits(bits_from_dps(dps)):
        return jump_coefficient(Fraction(1))


def linear_remainder(alpha: Fraction, gap: Fraction, dps: int) -> arb:
    """Return ``J_α(1-ε) - 1 + α² ε/(2α-1)``."""
    from symprop.gaussian.power_relu import alpha_relu_kernel

    digits = 2 * dps + 10 * len(str(gap.denominator))
    deficit = alpha_relu_kernel(alpha).deficit(angle_gap=gap, dps=digits).ball
    with working_bits(bits_from_dps(digits)):
        order, epsilon = rational_exponent(alpha), rational_exponent(gap)
        return order**2 / (2 * order - 1) * epsilon - deficit


def remainder(alpha: Fraction, gap: Fraction, dps: int) -> arb:
    """Return ``J_α(1-ε) - 1 + α² ε/(2α-1) - U ε**(α+1/2)``."""
    digits = 2 * dps + 10 * len(str(gap.denominator))
    linear = linear_remainder(alpha, gap, dps)
    with working_bits(bits_from_dps(digits)):
        power = rational_exponent(gap) ** (rational_exponent(alpha) + arb(1) / 2)
        return linear - jump_coefficient(alpha) * power


def logarithmic_remainder(gap: Fraction, dps: int) -> arb:
    """Return ``(J_{3/2}(1-ε) - 1 + 9ε/8) / (ε² log(1/ε))``."""
    linear = linear_remainder(Fraction(3, 2), gap, dps)
    with working_bits(bits_from_dps(2 * dps) + 8 * len(str(gap.denominator))):
        epsilon = rational_exponent(gap)
        return linear / (epsilon**2 * -epsilon.log())


def differentiated_integral(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``dJ/dc`` by differentiating under the integral in polar coordinates."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(alpha) ** 2 * polar_moment(alpha - 1, c) / second_moment(alpha)


def multiple_of_kernel(alpha: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``α²/(2α-1) J_{α-1}(c)``, the kernel as a hypergeometric function."""
    with working_bits(bits_from_dps(dps)):
        order = rational_exponent(alpha)
        return order**2 / (2 * order - 1) * hypergeometric(alpha - 1, c, dps)


def scaled_defect(q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``q ((2/pi) arcsin c - W tanh(q, cq))``."""
    with working_bits(bits_from_dps(dps)):
        return rational_exponent(q) * (arcsine(c, dps) - kernel("tanh", q, c, dps).ball)


def root_multiple(transform: str, q: Fraction, dps: int) -> arb:
    """Return ``sqrt(q)`` times ``V tanh'`` or ``1 - V tanh``."""
    from symprop.gaussian.transforms import v_transform

    with working_bits(bits_from_dps(dps)):
        root = rational_exponent(q).sqrt()
        if transform == "derivative":
            return root * v_transform("1 - tanh(x)**2").enclose(q, dps=dps).ball
        return root * (1 - v_transform("tanh").enclose(q, dps=dps).ball)


def second_term(transform: str, q: Fraction, dps: int) -> arb:
    """Return ``q (root_multiple - its limit)``."""
    digits = dps + 30
    with working_bits(bits_from_dps(digits)):
        leading = (2 / arb.pi()).sqrt() * (arb(2) / 3 if transform == "derivative" else 1)
        return rational_exponent(q) * (root_multiple(transform, q, digits) - leading)


def bounded_ratio(q: Fraction, dps: int) -> arb:
    """Return ``V tanh'(q) sqrt(4q + 1)``."""
    from symprop.gaussian.transforms import v_transform

    with working_bits(bits_from_dps(dps)):
        value = v_transform("1 - tanh(x)**2").enclose(q, dps=dps).ball
        return value * (4 * rational_exponent(q) + 1).sqrt()


def along(alpha: str, gaps: list[dict[str, Fraction]] = GAPS) -> list[dict[str, Fraction]]:
    """Return gaps that fall to 0, at one exponent."""
    return [{"alpha": Fraction(alpha), **point} for point in gaps]


HYPERGEOMETRIC = Claim(
    id="symprop.power-relu-hypergeometric",
    title="The alpha-ReLU kernel as one hypergeometric function",
    statement=(
        "For α > -1/2 and x = (1+c)/2: J_α(c) = x^(α+1/2) 2F1(1/2, 1/2; α+3/2; x) / "
        "2F1(1/2, 1/2; α+3/2; 1), with 2F1(..; 1) = Γ(α+3/2) Γ(α+1/2) / Γ(α+1)²"
    ),
    variables={"alpha": "exponent, > -1/2", "c": "correlation, in [-1, 1]"},
    source=Source("symprop", "K1"),
    checks=(
        attack(
            hypergeometric,
            "==",
            by_polar,
            domain={
                "alpha": Real("-1/2", 8, open_at="lower"),
                "c": Real(-1, 1, open_at="both"),
            },
            tries=(45, 450),
        ),
        at_points(
            hypergeometric,
            "==",
            by_bessel,
            points=grid(alpha=("-1/4", "7/10", 2), c=("-1/2", "3/10")),
        ),
        at_points(
            lambda alpha, dps: hypergeometric(alpha, Fraction(1), dps),
            "==",
            1,
            points=grid(alpha=("-2/5", "0", "1/2", 3)),
        ),
    ),
    near_miss=attack(
        lambda alpha, c, dps: hypergeometric(alpha + Fraction(1, 100), c, dps),
        "==",
        by_polar,
        domain={"alpha": Real("-1/4", 8), "c": Real("-9/10", "9/10")},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_kernel.py",
)

ELLIPTIC = Claim(
    id="symprop.power-relu-elliptic",
    title="The square-root ReLU kernel in complete elliptic integrals",
    statement="J_{1/2}(c) = E(m) - (1-m) K(m), m = (1+c)/2",
    variables={"c": "correlation, in (-1, 1)"},
    source=Source("symprop", "K1"),
    checks=(
        attack(
            elliptic,
            "==",
            lambda c, dps: by_polar(Fraction(1, 2), c, dps),
            domain={"c": Real(-1, 1, open_at="both")},
            tries=(36, 360),
        ),
    ),
    near_miss=attack(
        lambda c, dps: elliptic(-c, dps),
        "==",
        lambda c, dps: by_polar(Fraction(1, 2), c, dps),
        domain={"c": Real("-9/10", "9/10")},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/square_root_relu.py",
)

DERIVATIVE = Claim(
    id="symprop.power-relu-derivative",
    title="Derivative of the alpha-ReLU kernel",
    statement="For α > 1/2: dJ_α/dc = α²/(2α-1) J_{α-1}(c)",
    variables={"alpha": "exponent, > 1/2", "c": "correlation"},
    source=Source("symprop", "K2"),
    checks=(
        attack(
            differentiated_integral,
            "==",
            multiple_of_kernel,
            domain={"alpha": Real("1/2", 8, open_at="lower"), "c": Real("-99/100", "99/100")},
            tries=(45, 450),
        ),
    ),
    near_miss=attack(
        differentiated_integral,
        "==",
        lambda alpha, c, dps: 2 * multiple_of_kernel(alpha, c, dps),
        domain={"alpha": Real("11/20", 8), "c": Real("-9/10", "9/10")},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_expansion.py",
)

EXPANSION_PRINTED = Claim(
    id="symprop.power-relu-expansion-printed",
    title="Expansion of the alpha-ReLU kernel at 1, for every exponent",
    statement=(
        "For all α > 1/2: J_α(1-ε) = 1 - α²/(2α-1) ε + U ε^(α+1/2) + O(ε²) for some number U"
    ),
    variables={"alpha": "exponent, here 3/2", "gap": "ε"},
    source=Source("symprop", "K2"),
    as_printed=(
        "U = 2^(-α-1/2) Γ(α+1)² Γ(-α-1/2)/(π Γ(α+1/2)) has a pole at α = 3/2, where a term "
        "ε² log ε appears; for α < 1/2 the next term ε^(α+3/2) exceeds ε²"
    ),
    checks=(limit(linear_remainder, 0, along=along("3/2", WIDE_GAPS), error=GAP**2),),
    near_miss=limit(linear_remainder, 0, along=along("1", WIDE_GAPS), error=GAP**2),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="symprop.power-relu-expansion",
    derivation="derivations/power_relu_expansion.py",
)

EXPANSION = Claim(
    id="symprop.power-relu-expansion",
    title="Expansion of the alpha-ReLU kernel at 1",
    statement=(
        "For α > 1/2, α + 1/2 not an integer: J_α(1-ε) = 1 - α²/(2α-1) ε + U ε^(α+1/2) + O(ε²), "
        "U = 2^(-α-1/2) Γ(α+1)² Γ(-α-1/2)/(π Γ(α+1/2)). At α = 3/2: 1 - (9/8) ε + "
        "(9/128) ε² log(1/ε) + O(ε²)"
    ),
    variables={"alpha": "exponent", "gap": "ε = 1 - c"},
    source=Source("symprop", "K2"),
    as_printed="without excluding α = 3/2, 5/2, ...",
    checks=(
        *(
            limit(remainder, 0, along=along(alpha), error=GAP**2)
            for alpha in ("3/5", "7/10", "1", "7/5", "2", "3")
        ),
        limit(
            logarithmic_remainder,
            sympy.Rational(9, 128),
            along=GAPS,
            error=-1 / sympy.log(GAP),
        ),
        at_points(relu_coefficient, "==", 2 * SQRT(2) / (3 * PI)),
    ),
    near_miss=limit(
        linear_remainder,
        0,
        along=along("7/10"),
        error=GAP**2,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_expansion.py",
)

LARGE_VARIANCE = Claim(
    id="symprop.tanh-large-variance",
    title="Transforms of tanh at large variance",
    statement=(
        "(2/π) arcsin c - W tanh(q, cq) = (π/6) c/√(1-c²)/q + O(q^-2) for fixed |c| < 1; "
        "1 - V tanh(q) = C q^(-1/2) - π²/(12 √(2π)) q^(-3/2) + O(q^(-5/2)); "
        "V tanh'(q) = (2/3) C q^(-1/2) - (π²-6)/(18 √(2π)) q^(-3/2) + O(q^(-5/2)), C = √(2/π)"
    ),
    variables={"q": "variance", "c": "correlation, |c| < 1"},
    source=Source("symprop", "K5"),
    checks=(
        *(
            limit(
                scaled_defect,
                PI * c / (6 * SQRT(1 - c**2)),
                along=[{"q": q, "c": Fraction(int(c.p), int(c.q))} for q in DOUBLINGS],
                error=1 / Q,
            )
            for c in (HALF, -sympy.Rational(4, 5), sympy.Rational(1, 100))
        ),
        limit(
            lambda q, dps: second_term("defect", q, dps),
            -(PI**2) / (12 * SQRT(2 * PI)),
            along=[{"q": q} for q in DOUBLINGS],
            error=1 / Q,
        ),
        limit(
            lambda q, dps: second_term("derivative", q, dps),
            -(PI**2 - 6) / (18 * SQRT(2 * PI)),
            along=[{"q": q} for q in DOUBLINGS],
            error=1 / Q,
        ),
    ),
    near_miss=limit(
        lambda q, dps: second_term("derivative", q, dps),
        -(PI**2) / (18 * SQRT(2 * PI)),
        along=[{"q": q} for q in DOUBLINGS],
        error=1 / Q,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_large_variance.py",
)

BOUNDS = Claim(
    id="symprop.tanh-derivative-bounds",
    title="Two-sided bound of V of the derivative of tanh",
    statement="1 <= V tanh'(q) √(4q+1) < (4/3) C for q > 0, C = √(2/π)",
    variables={"q": "variance, > 0"},
    source=Source("symprop", "K5"),
    checks=(
        attack(
            bounded_ratio,
            ">=",
            1,
            domain={"q": Real(0, None, open_at="lower", decades=8)},
            tries=(60, 600),
        ),
        attack(
            bounded_ratio,
            "<",
            4 * LEADING / 3,
            domain={"q": Real(0, None, open_at="lower", decades=8)},
            tries=(60, 600),
        ),
    ),
    near_miss=attack(
        bounded_ratio,
        "<",
        "21/20",
        domain={"q": Real(0, None, open_at="lower", decades=8)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/tanh_large_variance.py",
)

CLAIMS = (
    HYPERGEOMETRIC,
    ELLIPTIC,
    DERIVATIVE,
    EXPANSION_PRINTED,
    EXPANSION,
    LARGE_VARIANCE,
    BOUNDS,
)
"""K1, K2 and K5."""
