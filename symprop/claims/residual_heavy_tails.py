r"""Lengths under activations that saturate slowly: where Theorem B.9 of the residual paper ends.

For ``φ = x/√(1+x²)`` a Gaussian integral gives ``1 - V(q) = √π z exp(z²) erfc(z)`` at
``z = (2q)^(-1/2)``, that is ``√(π/2) q^(-1/2) - 1/q + ...``: the second term is as large as what
makes the logarithm. For softsign even ``√q (1 - V(q))`` has no bound.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, doubling_difference
from symprop.claims.residual_paths import PAR, variance
from symprop.claims.residual_tanh_growth import coefficients
from symprop.claims.tanh_like import second_moment
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Counterexample, Evidence, Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from symprop.ledger.claim import Context

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
VARIANCE = sympy.Symbol("q", positive=True)
ROOT = DEPTH ** -sympy.Rational(1, 2)
ALGEBRAIC = "x/sqrt(1+x**2)"
LAYERS = tuple(2**k for k in range(4, 13))
VARIABLES = {
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the input over the width",
    "q": "variance",
    "depth": "layer l",
}


def algebraic_moment(q: arb) -> arb:
    """Return ``V`` of ``x/√(1+x²)`` at the precision in force."""
    z = 1 / (2 * q).sqrt()
    return 1 - arb.pi().sqrt() * z * (z * z).exp() * z.erfc()


def formula(q: Fraction, dps: int) -> arb:
    """Return the same as a quantity."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return algebraic_moment(as_ball(q, bits))


@cache
def lengths(dps: int, deepest: int, *numbers: Any) -> list[arb]:
    """Return p at all layers; ``numbers`` are the variances and p_0 in the order of PAR."""
    bits = bits_from_dps(dps) + 40
    with working_bits(bits):
        v, a, w, b, p = (as_ball(number, bits) for number in numbers)
        found = [p]
        for _ in range(deepest):
            p = p + v * algebraic_moment(w * p + b) + a
            found.append(p)
        return found


def detrended(extra: Any, depth: int, dps: int, **setting: Any) -> arb:
    """Return p less ``b_0 l + b_1 √l + c log l - k c log(b_0 l) (b_0 l)^(-1/2)``.

    Here ``c = b_2 + extra σ_v²/(σ_w² b_0)``; the last term follows from the others and falls.
    """
    p = lengths(dps, 2 * LAYERS[-1], *(setting[name] for name in PAR))[depth]
    b0, b1, b2, k = coefficients(sympy.sqrt(sympy.pi / 2), dps, **setting)
    with working_bits(bits_from_dps(dps)):
        v, w = variance("sv2", setting, dps), variance("sw2", setting, dps)
        ball, c = arb(depth), b2 + extra * v / (w * b0)
        small = k * c * (b0 * ball).log() / (b0 * ball).sqrt()
        return p - b0 * ball - b1 * ball.sqrt() - c * ball.log() + small


def with_algebraic_tail(depth: int, dps: int, **setting: Any) -> arb:
    """Return p less three terms, the logarithm corrected for the tail."""
    return detrended(1, depth, dps, **setting)


def without_algebraic_tail(depth: int, dps: int, **setting: Any) -> arb:
    """Return p less three terms, the logarithm as for tanh with its own ``C_φ``."""
    return detrended(0, depth, dps, **setting)


def softsign_step(q: Fraction, dps: int) -> arb:
    """Return ``√(4q) (1 - V(4q)) - √q (1 - V(q))`` for softsign."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        root = as_ball(q, bits).sqrt()
        near, far = (second_moment("softsign", factor * q, dps).ball for factor in (1, 4))
        return 2 * root * (1 - far) - root * (1 - near)


def softsign_rest(q: Fraction, dps: int) -> arb:
    """Return ``q (1 - V(q))`` less ``√(2/π) (log q + log 2 - γ - 1) √q``, for softsign."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        ball = as_ball(q, bits)
        lost = 1 - second_moment("softsign", q, dps).ball
        bracket = ball.log() + arb(2).log() - arb.const_euler() - 1
        return ball * lost - (2 * ball / arb.pi()).sqrt() * bracket


def rest_of_length(phi: str, depth: int, kept: int) -> list[float]:
    """Return p less its law at doubling depths; ``kept = 0`` leaves out the cubed logarithm."""
    from symprop.asymptotics.residual_laws import residual_rates
    from symprop.recurrences.trajectories import trajectory
    from symprop.specs.architectures import FullResidual

    v, a, w, b = "3/2", "1/2", "169/100", "49/100"
    table = residual_rates(
        "frn",
        phi,
        weight_variance=w,
        bias_variance=b,
        branch_weight_variance=v,
        branch_bias_variance=a,
    )
    c = {constant.name: float(constant.enclose(dps=17)) for constant in table}
    path = trajectory(FullResidual(phi, v, a, w, b), depth, length=1)
    rests = []
    for layer in (depth // 2**k for k in range(5, -1, -1)):
        x = log(layer)
        law = c["b0"] * layer + (c["b1_log"] * x + c["b1"]) * sqrt(layer)
        law += kept * c["b2_log3"] * x**3 + c["b2_log2"] * x**2 + c["b2"] * x
        rests.append(float(path.p[layer]) - law)
    return rests


def settles(kept: int) -> Callable[[Context], Evidence]:
    """Check that what is left of p at doubling depths makes ever smaller steps."""

    def check(context: Context) -> Evidence:
        depth = context.pick((2**16, 2**20))
        told = []
        for phi in ("softsign", "arctan"):
            rests = rest_of_length(phi, depth, kept)
            steps = [abs(after - before) for before, after in pairwise(rests)]
            told.append(f"{phi}: steps {steps[0]:.4g} to {steps[-1]:.4g} up to layer {depth}")
            if not all(after < before for before, after in pairwise(steps)):
                found = Counterexample({"phi": phi}, f"{steps[-1]:.6g}", f"{steps[-2]:.6g}", "<")
                return Evidence.fails(Grade.SAMPLED, found, "; ".join(told))
        return Evidence.holds(Grade.SAMPLED, "; ".join(told))

    return check


TAIL = Claim(
    id="residual.length-growth-algebraic-tail",
    title="Algebraic saturation changes the logarithm of the length",
    statement=(
        "For φ = x/√(1+x²), tanh-like: 1 - V(q) = √(π/2) q^(-1/2) - 1/q + O(q^(-3/2)), and for "
        "σ_v, σ_w > 0: p = b_0 l + b_1 √l + b_2 log l + O(1) with C_φ = √(π/2), b_1 = -2C_φ σ_v²/"
        "(σ_w √b_0), b_2 = σ_v²/(σ_w² b_0) - C_φ² σ_v⁴/(σ_w² b_0²)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.9"),
    as_printed="b_2 without its first term, and the constant of tanh for C_φ",
    checks=(
        at_points(
            lambda q, dps: second_moment(ALGEBRAIC, q, dps),
            "==",
            formula,
            points=grid(q=("1/9", 4, 1000)),
        ),
        limit(
            doubling_difference(with_algebraic_tail),
            0,
            along=along(LAYERS, **PAR),
            error=ROOT,
        ),
    ),
    near_miss=limit(
        doubling_difference(without_algebraic_tail),
        0,
        along=along(LAYERS, **PAR),
        error=ROOT,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SOFTSIGN = Claim(
    id="residual.length-growth-softsign",
    title="Softsign saturates too slowly for a square root law of lengths",
    statement=(
        "For softsign √q (1 - V(q)) = √(2/π) log q + O(1), so b_0 l - p is of order √l log l and "
        "p = b_0 l + b_1 √l + b_2 log l + O(1) holds for no b_1"
    ),
    variables={"q": "variance"},
    assumptions=(
        "σ_v, σ_w > 0",
        "b_0 l - p = σ_v² Σ (1 - V) - p_0, 1 - V falls in q, and q is of order l",
    ),
    source=Source("residual", "Theorem B.9"),
    as_printed="softsign is tanh-like, so the square root law is asserted for it",
    checks=(
        limit(
            softsign_step,
            sympy.sqrt(2 / sympy.pi) * sympy.log(4),
            along=[{"q": 4**k} for k in range(2, 9)],
            error=sympy.Symbol("q", positive=True) ** -sympy.Rational(1, 2),
        ),
    ),
    near_miss=limit(
        softsign_step,
        sympy.sqrt(2 / sympy.pi) * sympy.log(2),
        along=[{"q": 4**k} for k in range(2, 9)],
        error=sympy.Symbol("q", positive=True) ** -sympy.Rational(1, 2),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

MOMENT = Claim(
    id="residual.softsign-second-moment",
    title="Second moment of softsign at large variance",
    statement=(
        "For softsign 1 - V(q) = √(2/π) [log q + log 2 - γ - 1] q^(-1/2) + 3/q "
        "+ O(q^(-3/2) log q), "
        "γ Euler's constant"
    ),
    variables={"q": "variance"},
    source=Source("residual", "Theorem B.9"),
    as_printed="for tanh the bracket is 1 and the term 3/q is missing",
    checks=(
        limit(
            softsign_rest,
            3,
            along=[{"q": 4**k} for k in range(4, 11)],
            error=sympy.log(VARIANCE) / sympy.sqrt(VARIANCE),
        ),
    ),
    near_miss=limit(
        softsign_rest,
        2,
        along=[{"q": 4**k} for k in range(4, 11)],
        error=sympy.log(VARIANCE) / sympy.sqrt(VARIANCE),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

SLOW_LENGTH = Claim(
    id="residual.length-growth-slow-tails",
    title="Growth of lengths under softsign and arctan",
    statement=(
        "For φ = x/(1+|x|) and arctan: p = b_0 l + (c_1 log l + b_1) √l + d_3 log³ l + "
        "d_2 log² l + b_2 log l + O(1), with the constants b1_log, b2_log3, b2_log2 of the rate "
        "table; the change of what is left of p from l to 2l falls with l"
    ),
    variables={"phi": "activation"},
    assumptions=("(σ_v², σ_a², σ_w², σ_b²) = (3/2, 1/2, 169/100, 49/100), p_0 = 1",),
    source=Source("residual", "Theorem B.9"),
    as_printed="p = b_0 l + b_1 √l + b_2 log l + O(1) for every tanh-like activation",
    checks=(settles(1),),
    near_miss=settles(0),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (TAIL, SOFTSIGN, MOMENT, SLOW_LENGTH)
"""Theorem B.9 under slow saturation."""
