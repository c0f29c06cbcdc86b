"""symprop D1, D5, D7: fixed point of tanh networks, exponents of alpha-ReLU networks."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import arb

from symprop.asymptotics.depth_constants import ResidualVariances
from symprop.asymptotics.power_relu_rates import power_relu_constants
from symprop.asymptotics.saturated_rates import saturated_constants
from symprop.asymptotics.saturation import saturation_constants
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.enclosure import Enclosure
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

ALPHA, T, RATIO, ETA = sympy.symbols("alpha t ratio eta", positive=True)
ALPHAS = grid(alpha=("1/1000", "1/10", "3/10", "1/2", "7/10", "9/10", "99/100"))
APPROACH = tuple({"eta": Fraction(1, 4**k)} for k in range(3, 13))
R = ALPHA**2 / ((1 - ALPHA) * (2 * ALPHA - 1))


def tanh_constant(name: str, ratio: Fraction, dps: int) -> Enclosure:
    """Return a constant of the tanh network with ``sigma_a^2/sigma_v^2 = ratio``."""
    saturation = saturation_constants("tanh")
    assert saturation is not None
    table = saturated_constants(saturation, ResidualVariances(1, ratio, 1, 0))
    return next(constant for constant in table if constant.name == name).enclose(dps=dps)


def fixed_point(ratio: Fraction, dps: int) -> Enclosure:
    """Return ``e*``."""
    return tanh_constant("e_star", ratio, dps)


def printed_map(ratio: Fraction, dps: int) -> arb:
    """Return the right side of the printed equation of ``e*``, from the distance to 1."""
    gap = tanh_constant("e_star_gap", ratio, dps + 20)
    with working_bits(bits_from_dps(dps + 20)):
        arcsine = arb.pi() / 2 - 2 * (gap.ball / 2).sqrt().asin()
        bias = as_ball(ratio, bits_from_dps(dps + 20))
        return (2 * arcsine / arb.pi() + bias) / (1 + bias)


def exponent(ratio: Fraction, dps: int) -> Enclosure:
    """Return ``delta*`` by the angle."""
    return tanh_constant("delta_star", ratio, dps)


def printed_exponent(ratio: Fraction, dps: int) -> arb:
    """Return ``1 - (2/pi) (1 - e*^2)^(-1/2)/(1 + ratio)``."""
    gap = tanh_constant("e_star_gap", ratio, dps + 20)
    with working_bits(bits_from_dps(dps + 20)):
        sine = (gap.ball * (2 - gap.ball)).sqrt()
        return 1 - 2 / (arb.pi() * sine * (1 + as_ball(ratio, bits_from_dps(dps + 20))))


def mu(alpha: Fraction, dps: int) -> Enclosure:
    """Return ``(1 - J'(e*))/(1 - alpha)``."""
    variances = ResidualVariances(1, 0, 1, 0)
    table = power_relu_constants(sympy.S.One, sympy.Rational(alpha), variances)
    return next(constant for constant in table if constant.name == "mu").enclose(dps=dps)


def scaled_deviation(eta: Fraction, dps: int) -> arb:
    """Return ``(mu(1 - eta) - eta/2)/eta^5``."""
    digits = dps + 5 * len(str(eta.denominator))
    value = mu(1 - eta, digits)
    with working_bits(bits_from_dps(digits)):
        size = as_ball(eta, bits_from_dps(digits))
        return (value.ball - size / 2) / size**5


ANGLE = Claim(
    id="symprop.tanh-angle",
    title="Fixed point and exponent of tanh residual networks by one angle",
    statement=(
        "with 1 + σ_a²/σ_v² = (2t/π)/(1 - cos t), 0 < t <= π/2: e* = cos t and "
        "δ* = 1 - tan(t/2)/t, between 1 - 2/π and 1/2; at σ_a²/σ_v² = 1/3, e* = 1/2 and "
        "δ* = 1 - √3/π"
    ),
    variables={"ratio": "σ_a²/σ_v², >= 0", "t": "angle"},
    assumptions=("σ_v > 0", "σ_w > 0"),
    source=Source("symprop", "D1"),
    checks=(
        attack(fixed_point, "==", printed_map, domain={"ratio": Real(0, None)}, tries=(60, 600)),
        attack(exponent, "==", printed_exponent, domain={"ratio": Real(0, None)}, tries=(60, 600)),
        attack(exponent, "<", Fraction(1, 2), domain={"ratio": Real(0, None)}, tries=(60, 600)),
        attack(exponent, ">=", 1 - 2 / sympy.pi, domain={"ratio": Real(0, None)}, tries=(60, 600)),
        at_points(fixed_point, "==", Fraction(1, 2), points=grid(ratio=("1/3",))),
        at_points(exponent, "==", 1 - sympy.sqrt(3) / sympy.pi, points=grid(ratio=("1/3",))),
    ),
    near_miss=attack(
        exponent,
        "==",
        lambda ratio, dps: printed_exponent(ratio, dps) + arb(10) ** -12,
        domain={"ratio": Real(0, None)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/residual_fixed_point.py",
)

CONJECTURE = Claim(
    id="residual.mu-conjecture",
    title="The conjectured exponent of alpha-ReLU networks",
    statement="μ(α) = (1 - α)/2 for 0 < α < 1",
    variables={"alpha": "exponent of the activation, in (0, 1)"},
    source=Source("residual", "Conjecture after B.18; Figure B.7"),
    as_printed="a conjecture, read off the plot; not claimed as proved",
    checks=(at_points(mu, "==", (1 - ALPHA) / 2, points=ALPHAS),),
    near_miss=at_points(mu, "==", (1 - ALPHA) / 3, points=ALPHAS),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="symprop.mu-expansion",
)

EXPANSION = Claim(
    id="symprop.mu-expansion",
    title="The exponent of alpha-ReLU networks lies below the conjecture, to fifth order at 1",
    statement=(
        "μ(α) < (1 - α)/2 for 0 < α < 1, and with η = 1 - α: μ = η/2 - (9π²/40) η⁵ + O(η⁶ log η)"
    ),
    variables={"alpha": "exponent of the activation, in (0, 1)", "eta": "1 - α, small"},
    source=Source("symprop", "D5"),
    as_printed="asked for, not stated",
    checks=(
        attack(
            mu,
            "<",
            (1 - ALPHA) / 2,
            domain={"alpha": Real(Fraction(1, 10**6), 1 - Fraction(1, 10**6))},
            tries=(60, 600),
        ),
        limit(
            scaled_deviation,
            -9 * sympy.pi**2 / 40,
            along=APPROACH,
            error=ETA * sympy.log(1 / ETA),
        ),
    ),
    near_miss=limit(
        scaled_deviation,
        -9 * sympy.pi**2 / 80,
        along=APPROACH,
        error=ETA * sympy.log(1 / ETA),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
    derivation="derivations/power_relu_exponent.py",
)

EXPONENTS = Claim(
    id="symprop.gradient-exponents",
    title="Difference of the exponents of activations and of gradients",
    statement="α/(1-α) - R = -α/(2α-1) with R = α²/((1-α)(2α-1)), 1/2 < α < 1",
    variables={"alpha": "exponent of the activation, in (1/2, 1)"},
    source=Source("symprop", "D7"),
    checks=(identity(ALPHA / (1 - ALPHA) - R, -ALPHA / (2 * ALPHA - 1)),),
    near_miss=identity(ALPHA / (1 - ALPHA) - R, -ALPHA / (2 * ALPHA + 1)),
    expected=Verdict(Outcome.HOLDS, Grade.EXACT),
    derivation="derivations/power_relu_growth.py",
)

CLAIMS = (ANGLE, CONJECTURE, EXPANSION, EXPONENTS)
"""D1, D5, D7."""
