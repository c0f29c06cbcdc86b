"""Moments of the slope of powers of ReLU: Theorem B.19 and Footnote 5 of the residual paper."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import acb, arb

from symprop.claims.residual_integrals import gaussian_moment, integrate, rational_exponent
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

CUT = sympy.Symbol("cut", positive=True)
MOMENTS = {
    "alpha": "α",
    "variance": "variance of ζ, > 0",
    "cut": "lower end of the truncated integral",
}


def half_moment(order: arb) -> arb:
    """Return ``c_x = 2**(x-1) Γ(x+1/2)/√π`` at the precision in force."""
    return arb(2) ** (order - 1) * (order + arb(1) / 2).gamma() / arb.pi().sqrt()


def mean_square(alpha: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``E ψ'(ζ)²`` from an integral over the density."""
    with working_bits(bits_from_dps(dps) + 20):
        return rational_exponent(alpha) ** 2 * gaussian_moment(alpha - 1, variance)


def mean_square_closed(alpha: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``α² c_{α-1} variance**(α-1)``."""
    with working_bits(bits_from_dps(dps) + 20):
        power = rational_exponent(alpha)
        return power**2 * half_moment(power - 1) * rational_exponent(variance) ** (power - 1)


def variance_of_square(alpha: Fraction, variance: Fraction, dps: int) -> arb:
    """Return the variance of ``ψ'(ζ)²`` from integrals over the density."""
    with working_bits(bits_from_dps(dps) + 20):
        power = rational_exponent(alpha)
        fourth = power**4 * gaussian_moment(2 * alpha - 2, variance)
        second = power**2 * gaussian_moment(alpha - 1, variance)
        return fourth - second**2


def variance_closed(alpha: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``(α⁴ c_{2α-2} - α⁴ c_{α-1}²) variance**(2α-2)``."""
    with working_bits(bits_from_dps(dps) + 20):
        power = rational_exponent(alpha)
        spread = half_moment(2 * power - 2) - half_moment(power - 1) ** 2
        return power**4 * spread * rational_exponent(variance) ** (2 * power - 2)


def truncated(alpha: Fraction, variance: Fraction, cut: Fraction, order: int, dps: int) -> arb:
    """Return the integral of ``ψ'**order`` against the density over ``cut <= ζ/σ <= 1``."""
    with working_bits(bits_from_dps(dps)):
        power, sigma2 = rational_exponent(alpha), rational_exponent(variance)
        exponent = order * (power - 1)

        def integrand(u: acb, _analytic: bool) -> acb:
            return ((exponent + 1) * u - (2 * u).exp() / 2).exp()

        body = integrate(integrand, rational_exponent(cut).log(), 0)
        return power**order * sigma2 ** (exponent / 2) * body / (2 * arb.pi()).sqrt()


def diverging(alpha: Fraction, variance: Fraction, cut: Fraction, order: int, dps: int) -> arb:
    """Return ``α**order σ**(order (α-1)) e**(-1/2) log(1/cut) / √(2π)``."""
    with working_bits(bits_from_dps(dps)):
        power, sigma2 = rational_exponent(alpha), rational_exponent(variance)
        scale = power**order * sigma2 ** (order * (power - 1) / 2)
        return -scale * (arb(-1) / 2).exp() * rational_exponent(cut).log() / (2 * arb.pi()).sqrt()


def fourth_truncated(alpha: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return the truncated mean of ``ψ'⁴``."""
    return truncated(alpha, variance, cut, 4, dps)


def fourth_bound(alpha: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return its lower bound."""
    return diverging(alpha, variance, cut, 4, dps)


def second_truncated(alpha: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return the truncated mean of ``ψ'²``."""
    return truncated(alpha, variance, cut, 2, dps)


def second_bound(alpha: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return its lower bound."""
    return diverging(alpha, variance, cut, 2, dps)


VARIANCE_PRINTED = Claim(
    id="residual.squared-slope-variance-printed",
    title="Variance of the squared slope of alpha-ReLU, as printed: the step function",
    statement=(
        "Var ψ_α'(ζ)² diverges for every centred Gaussian ζ if α <= 3/4; in particular it is not 0"
    ),
    variables=MOMENTS,
    source=Source("residual", "Theorem B.19"),
    as_printed=(
        "for all α <= 3/4, α = 0 included, where ψ_0 is a step, with slope 0 almost everywhere"
    ),
    checks=(
        at_points(
            fourth_truncated,
            ">",
            0,
            points=grid(alpha=("3/4", "1/4", "0"), variance=(1,), cut=("1/1000",)),
        ),
    ),
    near_miss=at_points(
        second_truncated, ">", 0, points=grid(alpha=(0,), variance=(2,), cut=("1/1000",))
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.squared-slope-variance",
)

VARIANCE = Claim(
    id="residual.squared-slope-variance",
    title="Variance of the squared slope of alpha-ReLU",
    statement=(
        "For α > 3/4: Var ψ_α'(ζ)² = α⁴ (c_{2α-2} - c_{α-1}²) σ^(4α-4), c_x = 2^(x-1) Γ(x+1/2)/√π. "
        "For α <= 3/4, α ≠ 0: E ψ_α'(ζ)⁴ 1{ζ >= tσ} >= α⁴ σ^(4α-4) log(1/t)/√(2πe) -> ∞"
    ),
    variables=MOMENTS,
    assumptions=("ζ ~ N(0, σ²), σ > 0",),
    source=Source("residual", "Theorem B.19"),
    as_printed="finite for α > 3/4, divergent for α <= 3/4; value and rate are added",
    checks=(
        attack(
            variance_of_square,
            "==",
            variance_closed,
            domain={"alpha": Real("77/100", 3), "variance": Real("1/4", 4)},
            tries=(36, 240),
        ),
        attack(
            fourth_truncated,
            ">=",
            fourth_bound,
            domain={
                "alpha": Real(-1, "3/4"),
                "variance": Real("1/4", 4),
                "cut": Real(0, 1, open_at="both"),
            },
            assuming=lambda alpha, cut: alpha != 0 and cut > Fraction(1, 10**9),
            tries=(45, 450),
        ),
    ),
    near_miss=attack(
        fourth_truncated,
        ">=",
        fourth_bound,
        domain={
            "alpha": Real("3/4", 2, open_at="lower"),
            "variance": Real("1/4", 4),
            "cut": Real("1/1000000", 1, open_at="upper"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

FOOTNOTE = Claim(
    id="residual.gradient-moments-range",
    title="Where the mean squared gradient of alpha-ReLU exists",
    statement=(
        "For α > 1/2: E ψ_α'(ζ)² = α² c_{α-1} σ^(2α-2). For 0 < α <= 1/2: "
        "E ψ_α'(ζ)² 1{ζ >= tσ} >= α² σ^(2α-2) log(1/t)/√(2πe) -> ∞"
    ),
    variables=MOMENTS,
    assumptions=("ζ ~ N(0, σ²), σ > 0",),
    source=Source("residual", "Footnote 5"),
    checks=(
        attack(
            second_truncated,
            ">=",
            second_bound,
            domain={
                "alpha": Real(0, "1/2", open_at="lower"),
                "variance": Real("1/4", 4),
                "cut": Real(0, 1, open_at="both"),
            },
            assuming=lambda cut: cut > Fraction(1, 10**9),
            tries=(45, 450),
        ),
        attack(
            mean_square,
            "==",
            mean_square_closed,
            domain={"alpha": Real("26/50", 3), "variance": Real("1/4", 4)},
            tries=(36, 240),
        ),
    ),
    near_miss=attack(
        second_truncated,
        ">=",
        second_bound,
        domain={
            "alpha": Real("1/2", 1, open_at="lower"),
            "variance": Real("1/4", 4),
            "cut": Real("1/1000000", 1, open_at="upper"),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

PARAMETERS_PRINTED = Claim(
    id="residual.power-parameter-gradients-printed",
    title="Parameter gradients of alpha-ReLU, as printed: all α below 1",
    statement=(
        "For α < 1 the gradient of the inner biases is σ_v² χ Vψ_α'(q), of size l^R (l-m)^(-R-1); "
        "hence Vψ_α'(1) is finite, and its part with ζ in [t/16, t] tends to 0 with t"
    ),
    variables=MOMENTS,
    source=Source("residual", "Theorem B.21"),
    as_printed="for α < 1; for 0 < α <= 1/2 the slope has no mean square, and R <= 0 or infinite",
    checks=(
        limit(
            lambda alpha, variance, cut, dps: (
                second_truncated(alpha, variance, cut / 16, dps)
                - second_truncated(alpha, variance, cut, dps)
            ),
            0,
            along=[
                {"alpha": Fraction(1, 4), "variance": 1, "cut": Fraction(1, 16**k)}
                for k in range(1, 7)
            ],
            error=sympy.sqrt(CUT),
        ),
    ),
    near_miss=limit(
        lambda alpha, variance, cut, dps: (
            second_truncated(alpha, variance, cut / 16, dps)
            - second_truncated(alpha, variance, cut, dps)
        ),
        0,
        along=[
            {"alpha": Fraction(1, 2), "variance": 1, "cut": Fraction(1, 16**k)} for k in range(1, 7)
        ],
        error=sympy.sqrt(CUT),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.power-parameter-gradients",
)

AT_REST_PRINTED = Claim(
    id="residual.relu-gradient-growth-zero-input-printed",
    title="Gradient of ReLU, as printed: zero input without biases",
    statement=(
        "χ_{l-1} = (1 + σ_v² σ_w²/2) χ_l for every input and all variances; here at p_0 = σ_b = 0, "
        "where every hidden unit of the first layer is 0 and the slope there is s"
    ),
    variables={"branch": "σ_v² σ_w²", "slope": "s, the value given to the derivative at 0"},
    source=Source("residual", "Theorem B.20, α = 1"),
    as_printed=(
        "no condition, and appendix B does not take variances to be positive; degenerate, as the "
        "slope at 0 is not fixed but by ψ_0. At rest the factor is 1 + σ_v² σ_w² s², where "
        "Definition 5.2 makes s = ψ_0(0) = 0. Neither 0 nor 1/2 nor 1 gives the printed one"
    ),
    checks=(
        attack(
            lambda branch, slope: 1 + branch * slope**2,
            "==",
            lambda branch: 1 + branch / 2,
            domain={
                "branch": Real(0, 10, open_at="lower"),
                "slope": OneOf((Fraction(0), Fraction(1, 2), Fraction(1))),
            },
        ),
    ),
    near_miss=attack(
        lambda branch, slope: 1 + branch * slope,
        "==",
        lambda branch: 1 + branch / 2,
        domain={
            "branch": Real(0, 10, open_at="lower"),
            "slope": OneOf((Fraction(0), Fraction(1))),
        },
    ),
    expected=Verdict(Outcome.FAILS, Grade.EXACT),
    corrected_by="residual.relu-gradient-growth",
)

CLAIMS = (VARIANCE_PRINTED, VARIANCE, FOOTNOTE, PARAMETERS_PRINTED, AT_REST_PRINTED)
"""Theorem B.19 and Footnote 5."""
