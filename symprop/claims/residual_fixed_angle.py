r"""Where the angle settles in tanh networks: the fixed points of section 5 of the residual paper.

With ``e = cos t`` the printed equation becomes ``2t/π = (1 + ρ²)(1 - cos t)``, ``ρ = σ_a/σ_v``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import sympy
from flint import arb

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

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS", "angle", "e_star", "minus_delta_star"]

T = sympy.Symbol("t", real=True)
E = sympy.Symbol("e", real=True)
SV, SA, RHO = sympy.symbols("sv2 sa2 rho", nonnegative=True)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
RATIOS = [{"rho": 4**k} for k in range(1, 10)]


@cache
def angle(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``t`` in (0, π/2] with ``e* = cos t``."""
    from symprop.asymptotics.saturated_rates import fixed_angle

    bits = bits_from_dps(dps)
    with working_bits(bits + 40):
        return fixed_angle(1 + as_ball(sa2, bits + 40) / as_ball(sv2, bits + 40), bits)


def e_star(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return the fixed point below 1 of the angle, not negative."""
    with working_bits(bits_from_dps(dps)):
        return arb(0) if sa2 == 0 else angle(sv2, sa2, dps).cos()


def minus_delta_star(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``(2/π) (1 - e*²)^(-1/2) σ_v²/(σ_v² + σ_a²) - 1``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        share = as_ball(sv2, bits) / (as_ball(sv2, bits) + as_ball(sa2, bits))
        return 2 / arb.pi() * share / angle(sv2, sa2, dps).sin() - 1


def mapped(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return the right side of the printed equation at ``e*``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        v, a = as_ball(sv2, bits), as_ball(sa2, bits)
        return (2 * v / arb.pi() * e_star(sv2, sa2, dps).asin() + a) / (v + a)


def ratio_angle(rho: Fraction, dps: int) -> arb:
    """Return the angle as a function of ``ρ = σ_a/σ_v``."""
    return angle(type(rho)(1), rho**2, dps)


def ratio_e_star(rho: Fraction, dps: int) -> arb:
    """Return ``e*`` as a function of ``ρ``."""
    return e_star(type(rho)(1), rho**2, dps)


def ratio_delta_star(rho: Fraction, dps: int) -> arb:
    """Return ``δ*`` as a function of ``ρ``."""
    with working_bits(bits_from_dps(dps)):
        return -minus_delta_star(type(rho)(1), rho**2, dps)


def closed_delta_star(rho: Fraction, dps: int) -> arb:
    """Return ``1 - tan(t/2)/t``."""
    with working_bits(bits_from_dps(dps)):
        t = ratio_angle(rho, dps)
        return 1 - (t / 2).tan() / t


def excess(sv2: Fraction, sa2: Fraction, e: Fraction, dps: int) -> arb:
    """Return ``[σ_v² (2/π) arcsin e + σ_a²]/(σ_v² + σ_a²) - e``, times the sign of ``e* - e``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        v, a, c = (as_ball(value, bits) for value in (sv2, sa2, e))
        value = (2 * v / arb.pi() * c.asin() + a) / (v + a) - c
        return value if e_star(sv2, sa2, dps) > c else -value


POSITIVE = {"sv2": Real(0, None, open_at="lower", decades=6)}
FIXED = Claim(
    id="residual.tanh-fixed-angle",
    title="The stable angle of tanh networks",
    statement=(
        "For σ_v, σ_a > 0 the equation e* = [σ_v² (2/π) arcsin e* + σ_a²]/(σ_v² + σ_a²) has one "
        "solution in [-1, 1), it lies in (0, 1), the map is above e before it and below e after "
        "it, and δ* = 1 - (2/π)(1 - e*²)^(-1/2) σ_v²/(σ_v² + σ_a²) is in (1 - 2/π, 1/2); with "
        "e* = cos t, δ* = 1 - tan(t/2)/t"
    ),
    variables={"sv2, sa2": "σ_v², σ_a²", "rho": "σ_a/σ_v", "e": "cosine, in [-1, 1)"},
    assumptions=("σ_a = 0 has the solutions -1, 0 and 1",),
    source=Source("residual", "Section 5, fixed point of tanh; Figure C.12"),
    as_printed="'unique stable fixed point e* < 1'; the appendix also allows σ_a = 0",
    checks=(
        attack(
            mapped,
            "==",
            e_star,
            domain=POSITIVE | {"sa2": Real(0, None, open_at="lower", decades=6)},
            tries=(30, 300),
        ),
        attack(
            excess,
            ">",
            0,
            domain=POSITIVE
            | {
                "sa2": Real(0, None, open_at="lower", decades=6),
                "e": Real(-1, 1, open_at="upper"),
            },
            tries=(45, 450),
        ),
        attack(
            ratio_delta_star,
            "==",
            closed_delta_star,
            domain={"rho": Real(0, None, decades=5)},
            tries=(30, 300),
        ),
    ),
    near_miss=attack(
        excess,
        ">",
        0,
        domain=POSITIVE | {"sa2": Real(0, 1), "e": Real(-1, 1, open_at="upper")},
        tries=(45, 450),
    ),
    expected=SAMPLED,
)

RATIO = Claim(
    id="residual.tanh-fixed-angle-ratio",
    title="e* and δ* depend on σ_a/σ_v alone and rise with it",
    statement=(
        "e* and δ* are functions of ρ = σ_a/σ_v, equal to 0 and 1 - 2/π = 0.36338... at ρ = 0, "
        "increasing, with limits 1 and 1/2 from below; for e* = cos t: t falls with ρ because "
        "(1 - cos t)/t rises, and tan(t/2)/t rises with t"
    ),
    variables={"rho": "σ_a/σ_v", "t": "arccos e*, in (0, π/2]"},
    source=Source("residual", "Section 5, dependence on the ratio"),
    checks=(
        on_box(
            T * sympy.sin(T),
            ">",
            1 - sympy.cos(T),
            box={"t": (0, "8/5")},
            zero_at={"t": 0},
            order=2,
        ),
        on_box(T, ">", sympy.sin(T), box={"t": (0, "8/5")}, zero_at={"t": 0}, order=3),
        at_points(ratio_e_star, "==", 0, points=grid(rho=(0,))),
        at_points(ratio_delta_star, "==", 1 - 2 / sympy.pi, points=grid(rho=(0,))),
        at_points(abs(1 - 2 / sympy.pi - sympy.Rational("0.36338")), "<", "5/1000000"),
        attack(
            e_star,
            "==",
            lambda sv2, sa2, dps: e_star(3 * sv2, 3 * sa2, dps),
            domain=POSITIVE | {"sa2": Real(0, None, decades=6)},
            tries=(15, 100),
        ),
        limit(ratio_e_star, 1, along=RATIOS, error=RHO**-4),
        limit(ratio_delta_star, sympy.Rational(1, 2), along=RATIOS, error=RHO**-4),
        attack(
            ratio_delta_star,
            "<",
            sympy.Rational(1, 2),
            domain={"rho": Real(0, None, decades=5)},
            tries=(30, 300),
        ),
    ),
    near_miss=limit(ratio_delta_star, sympy.Rational(51, 100), along=RATIOS, error=RHO**-4),
    expected=SAMPLED,
)

CLAIMS = (FIXED, RATIO)
"""Fixed point and its dependence on the ratio, section 5."""
