"""W of tanh-like activations lies below the arcsine and grows to it: Lemma C.21, first part.

Tested on all of tanh, erf, softsign, sign, hard tanh, ``x/√(1+x²)`` and ``(2/π) arctan(πx/2)``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.residual_integrals import integrate, rational_exponent
from symprop.claims.tanh_like import TANH_LIKE, arcsine, kernel, second_moment
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import OneOf, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

Q = sympy.Symbol("q", positive=True)
HALF = sympy.Rational(1, 2)
VARIANCE = Real(0, None, open_at="lower", decades=6)
UNSATURATED = tuple(phi for phi in TANH_LIKE if phi != "sign")
CLOSED = ("sign", "erf", "tanh")
OTHERS = tuple(phi for phi in TANH_LIKE if phi not in CLOSED)
VARIABLES = {
    "phi": "tanh-like activation",
    "q": "variance, > 0",
    "c": "correlation",
}
TANH_LIKE_MEANS = "φ odd, |φ| <= 1, φ >= 0 on x >= 0, increasing to 1 as x -> ∞"


def towards_saturation(phi: str) -> list[dict[str, object]]:
    """Return growing variances at correlation 3/4."""
    return [{"phi": phi, "q": 16**k, "c": Fraction(3, 4)} for k in range(1, 5)]


def grown_kernel(phi: str, q: Fraction, growth: Fraction, c: Fraction, dps: int) -> object:
    """Return W at the larger variance ``q (1 + growth)``."""
    return kernel(phi, q * (1 + growth), c, dps)


def mixed_difference(
    phi: str, q: Fraction, growth: Fraction, c: Fraction, share: Fraction, dps: int
) -> arb:
    """Return the growth of W in q at correlation c, less that at correlation ``share c``."""
    with working_bits(bits_from_dps(dps)):
        corners = [
            kernel(phi, variance, correlation, dps).ball
            for variance in (q * (1 + growth), q)
            for correlation in (c, share * c)
        ]
        return corners[0] - corners[1] - corners[2] + corners[3]


def erf_slope(q: Fraction, c: Fraction, dps: int) -> arb:
    """Return ``∂W erf(q, cq) / ∂(1/q)`` from ``W = (2/π) arcsin(2c / (Q + 2))``."""
    with working_bits(bits_from_dps(dps)):
        cosine, total = rational_exponent(c), 1 / rational_exponent(q) + 2
        return -4 * cosine / (arb.pi() * total * (total**2 - 4 * cosine**2).sqrt())


def symmetrised_slope(q: Fraction, c: Fraction, dps: int, *, chain_rule: bool) -> arb:
    """Return the symmetrised integral for D, for erf, with or without the inner derivatives.

    In ``u = (w'+w)/√2``, ``v = (w'-w)/√2`` both terms are equal, and the integral over ``u`` of
    ``u**j exp(-(1/(2s²) + q) u² ± c u v / s²)``, j = 1 or 0, is elementary.
    """
    with working_bits(bits_from_dps(dps)):
        cosine, variance = rational_exponent(c), rational_exponent(q)
        spread = 1 - cosine**2
        s, rate = spread.sqrt(), 1 / (2 * spread) + variance
        decay = (1 - cosine**2 / (2 * spread * rate)) / (2 * spread)
        cut = (arb(bits_from_dps(dps)) / decay).sqrt().upper()

        def integrand(v: Any, _analytic: bool) -> Any:
            tilt = cosine * v / spread
            bell = (tilt**2 / (4 * rate) - v**2 / (2 * spread)).exp() * (arb.pi() / rate).sqrt()
            inner = tilt / (2 * rate) if chain_rule else (tilt / (2 * rate.sqrt())).erf()
            return bell * inner * (variance.sqrt() * v).erf()

        # beyond the cut bell <= exp(-decay v²) sqrt(π/rate), inner <= 1 + c v / (2 s² rate)
        tail = (-decay * cut**2).exp() * (arb.pi() / rate).sqrt()
        tail *= 1 / (2 * decay * cut) + cosine / (4 * spread * rate * decay)
        value = (
            2
            * (integrate(integrand, 0, cut) + arb(0, 1) * tail.upper())
            * 2
            / arb.pi().sqrt()
            / (arb.pi() * s)
        )
        # Q^(-3/2), and (w' + w) = √2 u where the chain rule is applied
        factor = variance ** (arb(3) / 2) / 2
        return -value * factor * (1 if chain_rule else 1 / arb(2).sqrt())


BOUND = Claim(
    id="residual.arcsine-bound",
    title="W of a tanh-like activation lies below the arcsine",
    statement="For φ tanh-like, q > 0 and 0 <= c <= 1: Wφ(q, cq) <= (2/π) arcsin c",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, bound"),
    checks=(
        attack(
            kernel,
            "<=",
            arcsine,
            domain={"phi": OneOf(CLOSED), "q": VARIANCE, "c": Real(0, 1)},
            tries=(60, 600),
        ),
        at_points(
            kernel, "<=", arcsine, points=grid(phi=OTHERS, q=("1/4", 32), c=("1/64", "3/4", 1))
        ),
    ),
    near_miss=attack(
        kernel,
        "<=",
        arcsine,
        domain={"phi": OneOf(CLOSED), "q": VARIANCE, "c": Real(-1, 1)},
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

INCREASE = Claim(
    id="residual.arcsine-increase",
    title="W of a tanh-like activation grows with the variance",
    statement="For φ tanh-like and 0 <= c <= 1: q < q' implies Wφ(q, cq) <= Wφ(q', cq')",
    variables={**VARIABLES, "growth": "q'/q - 1"},
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, weak increase"),
    checks=(
        attack(
            kernel,
            "<=",
            grown_kernel,
            domain={
                "phi": OneOf(CLOSED),
                "q": VARIANCE,
                "growth": Real("1/100", 100),
                "c": Real(0, 1),
            },
            tries=(45, 450),
        ),
        at_points(
            kernel,
            "<=",
            grown_kernel,
            points=grid(phi=OTHERS, q=("1/4", 8), growth=(1,), c=("1/8", "3/4")),
        ),
    ),
    near_miss=at_points(
        kernel,
        "<=",
        grown_kernel,
        points=grid(phi=("tanh",), q=(1,), growth=("1/2",), c=("-1/2",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

LIMIT = Claim(
    id="residual.arcsine-limit",
    title="Limit of W of a tanh-like activation at infinite variance",
    statement="For φ tanh-like and 0 <= c <= 1: Wφ(q, cq) -> (2/π) arcsin c as q -> ∞",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, limit"),
    as_printed="as stated; the rate tested here, O(q^(-1/2)) for c < 1, is what every tail allows",
    checks=(
        *(
            limit(kernel, arcsine, along=towards_saturation(phi), error=Q**-HALF)
            for phi in UNSATURATED
        ),
        at_points(
            kernel, "==", arcsine, points=grid(phi=("sign",), q=("1/9", 10**6), c=("2/3", 1))
        ),
    ),
    near_miss=limit(
        kernel,
        lambda c, dps: arcsine(c, dps) * 9 / 10,
        along=towards_saturation("softsign"),
        error=Q**-HALF,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

ORTHOGONAL = Claim(
    id="residual.arcsine-equality-orthogonal",
    title="Equality for uncorrelated inputs",
    statement="For φ tanh-like: Wφ(q, 0) = 0 = (2/π) arcsin 0 for every q",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, first bullet at c = 0"),
    checks=(
        attack(
            kernel,
            "==",
            0,
            domain={"phi": OneOf(CLOSED), "q": VARIANCE, "c": OneOf((Fraction(0),))},
            tries=(30, 120),
        ),
        at_points(kernel, "==", 0, points=grid(phi=OTHERS, q=(1,), c=(0,))),
    ),
    near_miss=at_points(kernel, "==", 0, points=grid(phi=("tanh",), q=(1,), c=("1/100",))),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

PARALLEL_PRINTED = Claim(
    id="residual.arcsine-equality-parallel-printed",
    title="Equality for equal inputs, as printed",
    statement="For φ tanh-like and c = 1: Wφ(q, q) = (2/π) arcsin 1 = 1 regardless of q",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, first bullet at c = 1"),
    as_printed="'c = 0 or 1'; at c = 1 W is Vφ(q) = E φ(z)², which is below 1 unless φ is a sign",
    checks=(at_points(kernel, "==", 1, points=grid(phi=("sign", "tanh"), q=(1,), c=(1,))),),
    near_miss=at_points(kernel, "==", 1, points=grid(phi=("erf",), q=(1,), c=(1,))),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.arcsine-equality-parallel",
)

PARALLEL = Claim(
    id="residual.arcsine-equality-parallel",
    title="Equal inputs stay strictly below the limit",
    statement="Vφ(q) < 1 for every q > 0 and every tanh-like φ other than the sign (where it is 1)",
    variables=VARIABLES,
    assumptions=(TANH_LIKE_MEANS, "|φ| < 1 on a set of positive measure"),
    source=Source("residual", "Lemma C.21, first bullet at c = 1"),
    as_printed="equality is printed",
    checks=(
        attack(
            second_moment,
            "<",
            1,
            domain={"phi": OneOf(UNSATURATED), "q": VARIANCE},
            tries=(36, 360),
        ),
        at_points(second_moment, "==", 1, points=grid(phi=("sign",), q=("1/7", 10**6))),
    ),
    near_miss=attack(second_moment, "<", 1, domain={"phi": OneOf(("tanh", "sign")), "q": VARIANCE}),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SLOPE_PRINTED = Claim(
    id="residual.arcsine-slope-printed",
    title="Symmetrised slope of W in 1/q, as printed",
    statement=(
        "D = ∂W/∂Q, Q = 1/q, is (1/(π sin τ)) ∫_{w'>=|w|} Υ (-Q^(-3/2)/(2√2)) "
        "[φ'(a) φ(b) + φ(a) φ'(b)] dw dw', a = √(q/2)(w'+w), b = √(q/2)(w'-w)"
    ),
    variables={"q": "variance", "c": "cos τ; φ = erf"},
    source=Source("residual", "Lemma C.21, proof"),
    as_printed="the inner derivatives (w' + w) and (w' - w) are missing; the sign of D is right",
    checks=(
        at_points(
            lambda q, c, dps: symmetrised_slope(q, c, dps, chain_rule=False),
            "==",
            erf_slope,
            points=grid(q=(1,), c=("1/2",)),
        ),
    ),
    near_miss=at_points(
        lambda q, c, dps: 2 * symmetrised_slope(q, c, dps, chain_rule=False),
        "==",
        erf_slope,
        points=grid(q=(1,), c=("1/2",)),
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.arcsine-slope",
)

SLOPE = Claim(
    id="residual.arcsine-slope",
    title="Symmetrised slope of W in 1/q",
    statement=(
        "For φ odd and differentiable: ∂W/∂Q = (1/(π sin τ)) ∫_{w'>=|w|} Υ (-Q^(-3/2)/(2√2)) "
        "[(w'+w) φ'(a) φ(b) + (w'-w) φ(a) φ'(b)] dw dw' < 0 for 0 < τ < π/2"
    ),
    variables={"q": "variance", "c": "cos τ; φ = erf"},
    source=Source("residual", "Lemma C.21, proof"),
    as_printed="without the factors (w' + w) and (w' - w)",
    checks=(
        attack(
            lambda q, c, dps: symmetrised_slope(q, c, dps, chain_rule=True),
            "==",
            erf_slope,
            domain={"q": Real("1/8", 8), "c": Real("1/10", "9/10")},
            tries=(30, 300),
        ),
    ),
    near_miss=at_points(
        lambda q, c, dps: symmetrised_slope(q, c, dps, chain_rule=True) * 2,
        "==",
        erf_slope,
        points=grid(q=(1,), c=("1/2",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

MONOTONE_SLOPE = Claim(
    id="residual.arcsine-slope-monotone",
    title="The slope of W in the variance grows with the correlation",
    statement="For φ tanh-like: q -> Wφ(q, cq) - Wφ(q, c'q) is increasing for 0 <= c' < c <= 1",
    variables={**VARIABLES, "growth": "relative growth of q", "share": "c'/c"},
    assumptions=(TANH_LIKE_MEANS,),
    source=Source("residual", "Lemma C.21, proof, lower constant"),
    as_printed="|D| is increasing in c; for the sign function D = 0",
    checks=(
        attack(
            mixed_difference,
            ">=",
            0,
            domain={
                "phi": OneOf(("tanh", "erf")),
                "q": Real("1/1000", 1000),
                "growth": Real("1/10", 10),
                "c": Real("1/100", 1),
                "share": Real(0, "9/10"),
            },
            tries=(24, 240),
        ),
        at_points(
            mixed_difference,
            ">=",
            0,
            points=grid(phi=OTHERS, q=(1,), growth=(1,), c=("3/4",), share=("1/2",)),
        ),
    ),
    near_miss=at_points(
        mixed_difference,
        "<=",
        0,
        points=grid(phi=("tanh",), q=(1,), growth=(1,), c=("1/2",), share=("1/2",)),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    BOUND,
    INCREASE,
    LIMIT,
    ORTHOGONAL,
    PARALLEL_PRINTED,
    PARALLEL,
    SLOPE_PRINTED,
    SLOPE,
    MONOTONE_SLOPE,
)
"""Lemma C.21, first part."""
