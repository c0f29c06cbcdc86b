r"""Steps in the proofs about angles along tanh networks: B.4, B.11, C.25 of the residual paper.

In B.4 the correlation ``c = λ/q`` tends to 0, and the defect ``(2/π) arcsin c - W`` is of order
``c/q`` and not ``1/q``. In C.25 the second derivative of arcsin makes the coefficient of ``1/l``
differ from ``δ*`` by a multiple of ``ε = e - e*``, which is of order ``l^(-δ*)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims.orders import along, measured, same_order
from symprop.claims.residual_fixed_angle import e_star, minus_delta_star
from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_paths import residual_path, variance
from symprop.ledger.checks import limit
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
SAMPLED = Verdict(Outcome.HOLDS, Grade.SAMPLED)
LAYERS = tuple(2**k for k in range(1, 9))
DEEPER = tuple(2**k for k in range(10))
REDUCED = {"sw2": "169/100", "sb2": "49/100", "p0": 1}
FULL = {"sv2": 1, "sa2": "1/2", "sw2": 1, "sb2": "1/10", "p0": 1}
VARIABLES = {
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b²",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs",
    "depth": "layer l",
}
FIXED_POINT = "e* in [0, 1) with e* (σ_v² + σ_a²) = σ_v² (2/π) arcsin e* + σ_a²"


def scaled_defect(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``q [(2/π) arcsin(λ/q) - W(q, λ)]`` in a reduced network with tanh."""
    digits = dps + 10
    path = residual_path(phi="tanh", depth=depth, dps=digits, **setting)
    with working_bits(bits_from_dps(digits)):
        step = path.gamma[depth] - path.gamma[depth - 1]
        return path.q[depth] * (2 * path.c[depth].asin() / arb.pi() - step)


def defect_over_correlation(depth: int, dps: int, **setting: Any) -> arb:
    """Return the same over ``λ/q``."""
    path = residual_path(phi="tanh", depth=depth, dps=dps + 10, **setting)
    with working_bits(bits_from_dps(dps + 10)):
        return scaled_defect(depth, dps, **setting) / path.c[depth]


def deviation(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``ε = e - e*`` below a layer."""
    path = residual_path(phi="tanh", depth=depth, dps=dps + 10, **setting)
    with working_bits(bits_from_dps(dps + 10)):
        return path.e[depth - 1] - e_star(setting["sv2"], setting["sa2"], dps + 10)


def curvature_part(depth: int, dps: int, **setting: Any) -> arb:
    """Return the part of ``δ^(l)`` that the linearisation of arcsin leaves out."""
    digits = dps + 10
    path = residual_path(phi="tanh", depth=depth, dps=digits, **setting)
    with working_bits(bits_from_dps(digits)):
        star = e_star(setting["sv2"], setting["sa2"], digits)
        epsilon = deviation(depth, dps, **setting)
        chord = (path.e[depth - 1].asin() - star.asin()) / epsilon
        pull = 2 * variance("sv2", setting, digits) / arb.pi()
        return -depth / path.p[depth] * pull * (chord - 1 / (1 - star**2).sqrt())


def curvature_ratio(depth: int, dps: int, **setting: Any) -> arb:
    """Return that part over ε."""
    with working_bits(bits_from_dps(dps)):
        return curvature_part(depth, dps, **setting) / deviation(depth, dps, **setting)


def printed_size(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``|ε|/l``."""
    with working_bits(bits_from_dps(dps)):
        return abs(deviation(depth, dps, **setting)) / depth


def curvature_limit(sv2: Fraction, sa2: Fraction, dps: int) -> arb:
    """Return ``-(σ_v²/(π (σ_v² + σ_a²))) e* (1 - e*²)^(-3/2)``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        v, a, star = as_ball(sv2, bits), as_ball(sa2, bits), e_star(sv2, sa2, dps)
        return -v / (v + a) / arb.pi() * star / (1 - star**2) ** (arb(3) / 2)


def arcsine_chord(e: Fraction, star: Fraction, dps: int) -> arb:
    """Return ``(arcsin e - arcsin e*)/(e - e*) - (1 - e*²)^(-1/2)``, over ``(e - e*)/2``."""
    with working_bits(2 * bits_from_dps(dps) + 60):
        here, fixed = rational_exponent(e), rational_exponent(star)
        chord = (here.asin() - fixed.asin()) / (here - fixed)
        return 2 * (chord - 1 / (1 - fixed**2).sqrt()) / (here - fixed)


def curvature(e: Fraction, dps: int) -> arb:
    """Return ``e (1 - e²)^(-3/2)``, the second derivative of arcsin."""
    with working_bits(2 * bits_from_dps(dps) + 60):
        here = rational_exponent(e)
        return here / (1 - here**2) ** (arb(3) / 2)


def lower_curvature(e: Fraction, star: Fraction, dps: int) -> arb:
    """Return the second derivative at the smaller of the two."""
    return curvature(min(e, star), dps)


def upper_curvature(e: Fraction, star: Fraction, dps: int) -> arb:
    """Return the second derivative at the larger of the two."""
    return curvature(max(e, star), dps)


def staircase_step(power: int) -> sympy.Rational:
    """Return ``l (ε_{l-1} - ε_l)`` at ``l = 2**power`` for ``ε_l = 1/floor(log2 l)``."""
    return 2**power * (sympy.Rational(1, power - 1) - sympy.Rational(1, power))


def step_times_depth(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``l (e_l - e_{l-1})``."""
    path = residual_path(phi="tanh", depth=depth, dps=dps + 10, **setting)
    with working_bits(bits_from_dps(dps + 10)):
        return depth * (path.e[depth] - path.e[depth - 1])


def cosine(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``e`` at a layer."""
    return residual_path(phi="tanh", depth=depth, dps=dps + 10, **setting).e[depth]


def printed_rate(sv2: Fraction, sa2: Fraction, depth: int, dps: int) -> arb:
    """Return ``l^(-δ*)``."""
    with working_bits(bits_from_dps(dps)):
        return arb(depth) ** minus_delta_star(sv2, sa2, dps)


DEFECT_PRINTED = Claim(
    id="residual.reduced-cosine-decay-proof-printed",
    title="Defect of a step where the angle opens, as printed",
    statement=(
        "Along a reduced network with tanh, σ_w > 0: (2/π) arcsin(λ/q) - (γ_l - γ_{l-1}) = Θ(1/q)"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.4, proof"),
    as_printed=(
        "'γ = (2/π) arcsin(λ/q) - Θ(q^-1) + γ', by Lemma C.21, whose constants are uniform only "
        "for λ/q in [ε, 1 - ε]; here λ/q tends to 0 and the defect is of order λ/q²"
    ),
    checks=(
        measured(scaled_defect, 0, points=along(LAYERS, e0="1/2", **REDUCED), resolution="1/10"),
    ),
    near_miss=measured(
        scaled_defect, -1, points=along(LAYERS, e0="1/2", **REDUCED), resolution="1/10"
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.reduced-cosine-decay-proof",
)

DEFECT = Claim(
    id="residual.reduced-cosine-decay-proof",
    title="Defect of a step where the angle opens",
    statement=(
        "Along a reduced network with tanh, σ_w > 0 and λ ≠ 0: q [(2/π) arcsin(λ/q) - (γ_l - "
        "γ_{l-1})] / (λ/q) → π/6"
    ),
    variables=VARIABLES,
    source=Source("residual", "Theorem B.4, proof"),
    as_printed="Θ(1/q) for the defect, without the factor λ/q",
    checks=tuple(
        limit(
            defect_over_correlation,
            sympy.pi / 6,
            along=along(LAYERS, e0=e0, **REDUCED | changed),
            error=DEPTH ** -sympy.Rational(7, 10),
        )
        for e0, changed in (("-9/10", {"sw2": 1}), ("1/10", {"sb2": 0}))
    ),
    near_miss=limit(
        defect_over_correlation,
        sympy.pi / 6 + sympy.Rational(1, 10),
        along=along(LAYERS, e0="1/10", **REDUCED | {"sb2": 0}),
        error=DEPTH ** -sympy.Rational(7, 10),
    ),
    expected=SAMPLED,
)

CURVATURE_PRINTED = Claim(
    id="residual.tanh-cosine-rate-proof-printed",
    title="Coefficient of 1/l near the fixed angle, as printed",
    statement=(
        "In ε_l = Θ(l^(-3/2)) + ε_{l-1} (1 - δ^(l)/l) the curvature of arcsin, Θ(ε²)/p, is counted "
        "to δ^(l) as Θ(ε/l)"
    ),
    variables=VARIABLES,
    assumptions=(FIXED_POINT, "tanh, σ_v, σ_w, σ_a > 0"),
    source=Source("residual", "Theorem C.25, proof"),
    as_printed=(
        "'+ Θ(ε/l)': Θ(ε²)/p has to be multiplied by l/ε, which gives Θ(ε), more than the "
        "O(l^(-1/2)) of the next line since δ* < 1/2. Counted to Θ(l^(-3/2)) instead, where it is "
        "small since δ* > 1/4, it leaves δ^(l) = δ* + O(l^(-1/2)): the rate stays"
    ),
    checks=(same_order(curvature_part, printed_size, points=along(LAYERS, e0="9/10", **FULL)),),
    near_miss=same_order(
        curvature_part,
        lambda depth, dps, **setting: depth * printed_size(depth, dps, **setting) ** 2,
        points=along(LAYERS, e0="9/10", **FULL),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-cosine-rate-proof",
)

CURVATURE = Claim(
    id="residual.tanh-cosine-rate-proof",
    title="Coefficient of 1/l near the fixed angle",
    statement=(
        "The curvature of arcsin contributes k ε (1 + o(1)) to δ^(l), k = -(σ_v²/(π (σ_v² + "
        "σ_a²))) e* (1 - e*²)^(-3/2), so δ^(l) = δ* + k ε + O(ε² + l^(-1/2)); for σ_a > 0 the "
        "second term is of order l^(-δ*) where ε is"
    ),
    variables=VARIABLES,
    assumptions=(FIXED_POINT, "tanh, σ_v, σ_w > 0"),
    source=Source("residual", "Theorem C.25, proof"),
    as_printed="Θ(ε/l) in place of k ε, and O(l^(-1/2)) in all",
    checks=(
        *(
            attack(
                arcsine_chord,
                relation,
                bound,
                domain={"e": Real(-1, 1, open_at="both"), "star": Real(0, 1, open_at="upper")},
                assuming=lambda e, star: e != star,
            )
            for relation, bound in ((">=", lower_curvature), ("<=", upper_curvature))
        ),
        limit(
            curvature_ratio,
            curvature_limit,
            along=along(DEEPER, e0="9/10", **FULL),
            error=DEPTH ** -sympy.Rational(7, 20),
        ),
    ),
    near_miss=limit(
        curvature_ratio,
        lambda sv2, sa2, dps: 2 * curvature_limit(sv2, sa2, dps),
        along=along(DEEPER, e0="9/10", **FULL),
        error=DEPTH ** -sympy.Rational(7, 20),
    ),
    expected=SAMPLED,
)

DIFFERENCES_PRINTED = Claim(
    id="residual.tanh-cosine-differences-printed",
    title="Differences of a null sequence, as the proof of B.11 uses them",
    statement=(
        "ε_l = o(1) implies ε_l - ε_{l-1} = o(1/l); here for the falling ε_l = 1/floor(log2 l), at "
        "l = 2^k"
    ),
    variables={"power": "k"},
    source=Source("residual", "Theorem B.11, proof"),
    as_printed=(
        "'ε = o(1) so that ε - ε = o(l^-1)'; no such inference, even for monotone ε. What is "
        "inferred is true: l (ε_l - ε_{l-1}) has a limit there, and ε would diverge if it were "
        "not 0"
    ),
    checks=(
        limit(
            staircase_step,
            0,
            along=[{"power": power} for power in range(4, 40)],
            error=1 / sympy.Symbol("power", positive=True),
        ),
    ),
    near_miss=limit(
        staircase_step,
        1,
        along=[{"power": power} for power in range(4, 40)],
        error=1 / sympy.Symbol("power", positive=True),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-cosine-differences",
)

DIFFERENCES = Claim(
    id="residual.tanh-cosine-differences",
    title="Differences of the cosine in tanh networks",
    statement="In full tanh networks with σ_v, σ_w > 0: l (e_l - e_{l-1}) → 0, like l^(-δ*)",
    variables=VARIABLES,
    source=Source("residual", "Theorem B.11, proof"),
    as_printed="inferred from e → e* alone; the recurrence gives it, as p grows like l",
    checks=(
        limit(
            step_times_depth,
            0,
            along=along(DEEPER, e0="0", **FULL),
            error=DEPTH ** -sympy.Rational(7, 20),
        ),
    ),
    near_miss=limit(
        lambda depth, dps, **setting: depth * step_times_depth(depth, dps, **setting),
        0,
        along=along(DEEPER, e0="0", **FULL),
        error=DEPTH ** -sympy.Rational(7, 20),
    ),
    expected=SAMPLED,
)

ORDER_PRINTED = Claim(
    id="residual.tanh-cosine-order-printed",
    title="Order of the cosine itself, as section 5 and Figure 2 print it",
    statement="In full tanh networks e_l = Θ(l^(-δ*)); here with σ_a > 0",
    variables=VARIABLES,
    assumptions=(FIXED_POINT, "σ_v, σ_w, σ_a > 0"),
    source=Source("residual", "Section 5, fixed point of tanh; Figure 2"),
    as_printed="'verifies that e = Θ(l^-δ*)'; that is e - e*, and e tends to e* > 0",
    checks=(same_order(cosine, printed_rate, points=along(DEEPER, e0="9/10", **FULL)),),
    near_miss=same_order(
        cosine,
        lambda sv2, sa2, depth, dps: 1 / printed_rate(sv2, sa2, depth, dps),
        points=along(DEEPER, e0="9/10", **FULL),
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.tanh-cosine-rate",
)

CLAIMS = (
    DEFECT_PRINTED,
    DEFECT,
    CURVATURE_PRINTED,
    CURVATURE,
    DIFFERENCES_PRINTED,
    DIFFERENCES,
    ORDER_PRINTED,
)
"""Steps that are false as printed, and as they have to be."""
