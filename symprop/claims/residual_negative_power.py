"""Law and moments of a negative power of a Gaussian: Lemma C.37 of the residual paper."""

from __future__ import annotations

from fractions import Fraction

import sympy
from flint import acb, arb

from symprop.claims.residual_integrals import integrate, rational_exponent
from symprop.ledger.algebra import identity
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

XI, BETA, VARIANCE = sympy.symbols("xi beta variance", positive=True)
ORDER = sympy.Symbol("order", integer=True, nonnegative=True)
DENSITY = (
    XI ** (-1 / BETA - 1)
    * sympy.exp(-(XI ** (-2 / BETA)) / (2 * VARIANCE))
    / (BETA * sympy.sqrt(2 * sympy.pi * VARIANCE))
)
TAIL = sympy.erf(XI ** (-1 / BETA) / sympy.sqrt(2 * VARIANCE)) / 2
PARAMETERS = {
    "beta": "power, > 0",
    "variance": "σ², > 0",
}
ASSUMPTIONS = ("X ~ N(0, σ²), Y = X^(-β) for X > 0 and Y = 0 otherwise",)
LAWS = grid(beta=("1/3", "1/2", 2), variance=("1/4", 3))
LAW = {
    "beta": Real("1/10", 3),
    "variance": Real("1/4", 4),
    "a": Real("1/4", 2),
    "b": Real("1/4", 4),
}


def mass(a: Fraction, b: Fraction, beta: Fraction, variance: Fraction, dps: int) -> arb:
    """Return the integral of the printed density over ``[a, b]``, by quadrature."""
    with working_bits(bits_from_dps(dps)):
        inverse, sigma2 = 1 / rational_exponent(beta), rational_exponent(variance)

        def density(xi: acb, analytic: bool) -> acb:
            power = xi.pow(acb(-inverse), analytic=analytic)
            return power / xi * (-(power**2) / (2 * sigma2)).exp()

        total = integrate(density, rational_exponent(a), rational_exponent(b))
        return total * inverse / (2 * arb.pi() * sigma2).sqrt()


def probability(a: Fraction, b: Fraction, beta: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``P(b**(-1/β) <= X <= a**(-1/β))`` from the error function."""
    with working_bits(bits_from_dps(dps) + 20):
        inverse, scale = 1 / rational_exponent(beta), (2 * rational_exponent(variance)).sqrt()
        upper, lower = (rational_exponent(x) ** -inverse / scale for x in (a, b))
        return (upper.erf() - lower.erf()) / 2


def truncated_second_moment(beta: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return ``E Y²`` over ``1 <= Y <= cut``, by quadrature in ``log Y``."""
    with working_bits(bits_from_dps(dps)):
        inverse, sigma2 = 1 / rational_exponent(beta), rational_exponent(variance)

        def integrand(u: acb, _analytic: bool) -> acb:
            return ((2 - inverse) * u - (-2 * inverse * u).exp() / (2 * sigma2)).exp()

        total = integrate(integrand, 0, rational_exponent(cut).log())
        return total * inverse / (2 * arb.pi() * sigma2).sqrt()


def diverging_bound(beta: Fraction, variance: Fraction, cut: Fraction, dps: int) -> arb:
    """Return ``e**(-1/(2σ²)) log(cut) / (β √(2πσ²))``."""
    with working_bits(bits_from_dps(dps)):
        sigma2 = rational_exponent(variance)
        scale = rational_exponent(beta) * (2 * arb.pi() * sigma2).sqrt()
        return (-1 / (2 * sigma2)).exp() * rational_exponent(cut).log() / scale


def finite_bound(beta: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``2**(-β-1) Γ(1/2-β) σ**(-2β) / √π``, the whole second moment."""
    with working_bits(bits_from_dps(dps)):
        power = rational_exponent(beta)
        value = arb(2) ** (-power - 1) * (arb(1) / 2 - power).gamma() / arb.pi().sqrt()
        return value * rational_exponent(variance) ** -power


def second_moment(beta: Fraction, variance: Fraction, dps: int) -> arb:
    """Return ``E Y²`` by quadrature in ``log Y``, with bounds for both ends."""
    with working_bits(bits_from_dps(dps)):
        inverse, sigma2 = 1 / rational_exponent(beta), rational_exponent(variance)
        bits = arb(bits_from_dps(dps) + 10)
        upper = (bits / (inverse - 2)).upper()
        # below, the density is doubly exponentially small in log Y
        lower = (-(2 * sigma2 * bits).log() / (2 * inverse) - 1).lower()

        def integrand(u: acb, _analytic: bool) -> acb:
            return ((2 - inverse) * u - (-2 * inverse * u).exp() / (2 * sigma2)).exp()

        far = (-(inverse - 2) * upper).exp() / (inverse - 2)
        # with v = exp(-u/β): the integral of v**(-2β) exp(-v²/(2σ²)) over v > v_0 >= 1
        start = (-inverse * lower).exp()
        near = (-(start**2) / (2 * sigma2)).exp() * sigma2 / start if start > 1 else arb("inf")
        total = integrate(integrand, lower, upper) + arb(0, 1) * (far + near).upper()
        return total * inverse / (2 * arb.pi() * sigma2).sqrt()


def _at(expression: sympy.Expr, beta: Fraction, variance: Fraction) -> sympy.Expr:
    return expression.subs({BETA: sympy.Rational(beta), VARIANCE: sympy.Rational(variance)})


def total_mass(beta: Fraction, variance: Fraction) -> sympy.Expr:
    """Return the limit of ``P(Y > ξ)`` at 0 less that at infinity."""
    tail = _at(TAIL, beta, variance)
    return sympy.limit(tail, XI, 0, "+") - sympy.limit(tail, XI, sympy.oo)


def density_at_zero(beta: Fraction, variance: Fraction) -> sympy.Expr:
    """Return the limit of the density as ξ falls to 0."""
    return sympy.limit(_at(DENSITY, beta, variance), XI, 0, "+")


DENSITY_CLAIM = Claim(
    id="residual.negative-power-density",
    title="Density of a negative power of a Gaussian",
    statement=(
        "For ξ > 0, Y has the density (β √(2πσ²))^(-1) ξ^(-1/β-1) exp(-ξ^(-2/β)/(2σ²)), "
        "with P(Y > ξ) = erf(ξ^(-1/β)/√(2σ²))/2"
    ),
    variables={"xi": "ξ > 0", "a": "lower end", "b": "upper end", **PARAMETERS},
    assumptions=ASSUMPTIONS,
    source=Source("residual", "Lemma C.37, density"),
    checks=(
        identity(lambda: sympy.diff(TAIL, XI), -DENSITY),
        attack(
            mass,
            "==",
            probability,
            domain=LAW,
            assuming=lambda a, b: a + Fraction(1, 100) < b,
            tries=(36, 360),
        ),
    ),
    near_miss=identity(lambda: sympy.diff(TAIL, XI), -DENSITY / 2),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ATOM = Claim(
    id="residual.negative-power-atom",
    title="Atom of a negative power of a Gaussian at 0",
    statement="The density on ξ > 0 has total mass 1/2, and Y has an atom of mass 1/2 at 0",
    variables=PARAMETERS,
    assumptions=ASSUMPTIONS,
    source=Source("residual", "Lemma C.37, mass at 0"),
    checks=(
        at_points(total_mass, "==", "1/2", points=LAWS),
        at_points(density_at_zero, "==", 0, points=LAWS),
    ),
    near_miss=at_points(total_mass, "==", 1, points=LAWS),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

FINITE = Claim(
    id="residual.negative-power-second-moment",
    title="Second moment of a negative power of a Gaussian below the threshold",
    statement="For 0 < β < 1/2: E Y² = 2^(-β-1) Γ(1/2 - β) σ^(-2β) / √π < ∞",
    variables=PARAMETERS,
    assumptions=ASSUMPTIONS,
    source=Source("residual", "Lemma C.37, second moment"),
    as_printed="finite if and only if β < 1/2; the value is added here",
    checks=(
        attack(
            second_moment,
            "==",
            finite_bound,
            domain={"beta": Real("1/20", "49/100"), "variance": Real("1/4", 4)},
            tries=(36, 360),
        ),
    ),
    near_miss=attack(
        second_moment,
        "==",
        lambda beta, variance, dps: 2 * finite_bound(beta, variance, dps),
        domain={"beta": Real("1/20", "49/100"), "variance": Real("1/4", 4)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

INFINITE = Claim(
    id="residual.negative-power-second-moment-diverges",
    title="Second moment of a negative power of a Gaussian from the threshold on",
    statement="For β >= 1/2: E Y² 1{1 <= Y <= B} >= e^(-1/(2σ²)) log(B) / (β √(2πσ²)), so E Y² = ∞",
    variables={**PARAMETERS, "cut": "B > 1"},
    assumptions=ASSUMPTIONS,
    source=Source("residual", "Lemma C.37, second moment"),
    as_printed="infinite for β >= 1/2; the rate of divergence is added here",
    checks=(
        attack(
            truncated_second_moment,
            ">=",
            diverging_bound,
            domain={
                "beta": Real("1/2", 5),
                "variance": Real("1/4", 4),
                "cut": Real(1, None, open_at="lower", decades=9),
            },
            tries=(45, 450),
        ),
    ),
    near_miss=attack(
        truncated_second_moment,
        ">=",
        diverging_bound,
        domain={
            "beta": Real("1/10", "1/2", open_at="upper"),
            "variance": Real("1/4", 4),
            "cut": Real(1, None, open_at="lower", decades=9),
        },
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

EXPONENTIAL = sympy.exp(-(XI ** (-2 / BETA)) / (2 * VARIANCE))
NEAR_ZERO = {"xi": Real(0, 1, open_at="lower", decades=2), "beta": LAW["beta"]}
BLOW_UP_PRINTED = Claim(
    id="residual.negative-power-proof-printed",
    title="The exponential factor of the density near 0, as printed",
    statement="exp(-ξ^(-2/β)/(2σ²)) blows up as ξ → 0; in particular it exceeds 1",
    variables={"xi": "ξ > 0", **PARAMETERS},
    source=Source("residual", "Lemma C.37, proof"),
    as_printed=(
        "'while ξ^(-1/β-1) blows up polynomially, exp(...) blows up exponentially'; then the "
        "density could not vanish at 0, which is what is concluded"
    ),
    checks=(attack(EXPONENTIAL, ">", 1, domain={**NEAR_ZERO, "variance": LAW["variance"]}),),
    near_miss=attack(EXPONENTIAL, ">", "1/2", domain={**NEAR_ZERO, "variance": LAW["variance"]}),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.negative-power-proof",
)

VANISHING = Claim(
    id="residual.negative-power-proof",
    title="The exponential factor of the density near 0",
    statement=(
        "exp(-ξ^(-2/β)/(2σ²)) <= m! (2σ² ξ^(2/β))^m for every m: it vanishes at 0 faster than "
        "ξ^(-1/β-1) grows"
    ),
    variables={"xi": "ξ > 0", "order": "m", **PARAMETERS},
    source=Source("residual", "Lemma C.37, proof"),
    as_printed="'blows up'",
    checks=(
        attack(
            EXPONENTIAL,
            "<=",
            sympy.gamma(ORDER + 1) * (2 * VARIANCE * XI ** (2 / BETA)) ** ORDER,
            domain={**NEAR_ZERO, "variance": LAW["variance"], "order": Integer(0, 12)},
        ),
    ),
    near_miss=attack(
        EXPONENTIAL,
        "<=",
        (2 * VARIANCE * XI ** (2 / BETA)) ** ORDER / 2,
        domain={**NEAR_ZERO, "variance": LAW["variance"], "order": Integer(0, 12)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (DENSITY_CLAIM, ATOM, FINITE, INFINITE, BLOW_UP_PRINTED, VANISHING)
"""Lemma C.37."""
