"""Level curves of the gradient ratio and the gradient column of Table 2 of the residual paper."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from symprop.claims.gradient_paths import along_depths, fall, gradient, network
from symprop.claims.residual_gradients_power import gradient_exponent
from symprop.claims.residual_gradients_tanh import VARIABLES, full_variances
from symprop.claims.residual_integrals import rational_exponent
from symprop.ledger.checks import at_points, limit
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.points import grid
from symprop.ledger.source import Source
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

LAYER = sympy.Symbol("layer", positive=True)
DEPTHS = tuple(4**k for k in range(1, 5))
HALF = Fraction(1, 2)
LEVEL = 16
CURVE = {
    "level": "c, the product of σ_w² and depth that is kept",
    "kind": "full or reduced network, σ_b² = σ_a² = 1/2, σ_v² = 1, p_0 = 1",
    "layer": "L, depth of the network",
}
RELU = {"layer": "L, depth; σ_v² = 1, σ_a² = σ_b² = 1/2, p_0 = 1", "weights": "σ_w²"}
POWER = {"alpha": "α", "layer": "L, depth; the variances of the paper's figures, p_0 = 1"}


def log_ratio(kind: str, weights: Fraction, depth: int, dps: int) -> arb:
    """Return ``log(χ_0/χ_L)`` of a tanh network."""
    reduced = (weights, HALF)
    variances = reduced if kind == "reduced" else (Fraction(1), HALF, *reduced)
    value = gradient("chi", "tanh", variances, Fraction(1), 0, dps, depth=depth)
    with working_bits(bits_from_dps(dps)):
        return value.log()


def change_along_curve(kind: str, level: Fraction, layer: int, dps: int) -> arb:
    """Return the change of ``log(χ_0/χ_L)`` from L to 4L on the curve ``σ_w² L = c``."""
    far = log_ratio(kind, level / (4 * layer), 4 * layer, dps)
    with working_bits(bits_from_dps(dps)):
        return far - log_ratio(kind, level / layer, layer, dps)


def change_along_other_curve(kind: str, level: Fraction, layer: int, dps: int) -> arb:
    """Return the same on the curve ``σ_w² √L = c``, for L a power of 4."""
    root = Fraction(2 ** ((layer.bit_length() - 1) // 2))
    far = log_ratio(kind, level / (2 * root), 4 * layer, dps)
    with working_bits(bits_from_dps(dps)):
        return far - log_ratio(kind, level / root, layer, dps)


def relu_length_on_curve(depth: int, dps: int) -> arb:
    """Return ``log(p_L/p_0)`` where ``L log B = log 16``, from the recurrence."""
    with working_bits(bits_from_dps(dps) + 20):
        weights = 2 * (arb(LEVEL) ** (arb(1) / depth) - 1)
        value = arb(1)
        for _ in range(depth):
            value += (weights * value + arb(1) / 2) / 2 + arb(1) / 2
        return value.log()


def relu_length_change(layer: int, dps: int) -> arb:
    """Return the change of ``log(p_L/p_0)`` from L to 4L on the curve."""
    with working_bits(bits_from_dps(dps)):
        return relu_length_on_curve(4 * layer, dps) - relu_length_on_curve(layer, dps)


def relu_growth(quantity: str, weights: Fraction, layer: int, dps: int) -> arb:
    """Return ``log(x_4L/x_L) - 3 L log B`` for the length p or the squared distance s."""
    from symprop.recurrences.trajectories import trajectory
    from symprop.specs.architectures import FullResidual

    net = FullResidual("relu", 1, HALF, weights, HALF)
    cosine = HALF if quantity == "s" else None
    run = trajectory(net, 4 * layer, length=1, cosine=cosine, dps=dps)
    values = getattr(run, quantity)
    with working_bits(bits_from_dps(dps)):
        growth = (values[4 * layer].ball / values[layer].ball).log()
        return growth - 3 * layer * (1 + rational_exponent(weights) / 2).log()


def distance_loss(dps: int) -> arb:
    """Return ``-2 log 4``."""
    with working_bits(bits_from_dps(dps)):
        return -2 * arb(4).log()


def power_log_ratio(alpha: Fraction, layer: int, dps: int) -> arb:
    """Return ``log(χ_0/χ_L)`` of a network with the alpha-ReLU."""
    net = network()
    value = gradient(
        "chi", f"alpha_relu:{alpha}", net["variances"], net["start"], 0, dps, depth=layer
    )
    with working_bits(bits_from_dps(dps)):
        return value.log()


def power_prefactor(alpha: Fraction, layer: int, dps: int) -> arb:
    """Return ``log(χ_0/χ_L) - R log L``."""
    with working_bits(bits_from_dps(dps)):
        leading = rational_exponent(gradient_exponent(alpha)) * arb(layer).log()
        return power_log_ratio(alpha, layer, dps) - leading


def reference_ratio(dps: int) -> arb:
    """Return ``log(χ_0/χ_L)`` at α = 3/4, L = 512, where ``L^R = 512^(9/2) = 2^(81/2)``."""
    return power_log_ratio(Fraction(3, 4), 512, dps)


def prefactor_change(alpha: Fraction, layer: int, dps: int) -> arb:
    """Return the change of the prefactor's logarithm from L to 4L."""
    with working_bits(bits_from_dps(dps)):
        far = power_prefactor(alpha, 4 * layer, dps)
        return far - power_prefactor(alpha, layer, dps)


def root_rate(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``log(χ_m/χ_4m) / √m``."""
    with working_bits(bits_from_dps(dps)):
        return fall("chi", phi, variances, start, layer, dps) / arb(layer).sqrt()


def root_coefficient(variances: tuple[Fraction, ...], dps: int) -> arb:
    """Return ``A = (4/3) √(2/π) σ_v² σ_w / √(σ_v² + σ_a²)``."""
    with working_bits(bits_from_dps(dps)):
        branch, total, weights = full_variances(variances)
        return 4 * (2 / arb.pi()).sqrt() * branch * (weights / total).sqrt() / 3


def log_rate(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``log(χ_m/χ_4m)``."""
    return fall("chi", phi, variances, start, layer, dps)


def log_coefficient(phi: str, dps: int) -> arb:
    """Return ``R log 4``."""
    with working_bits(bits_from_dps(dps)):
        alpha = Fraction(phi.removeprefix("alpha_relu:"))
        return rational_exponent(gradient_exponent(alpha)) * arb(4).log()


def geometric_rate(
    phi: str, variances: tuple[Fraction, ...], start: Fraction, layer: int, dps: int
) -> arb:
    """Return ``χ_{l-1}/χ_l`` at ``l = 1 + layer``."""
    near, far = (
        gradient("chi", phi, variances, start, at, dps, depth=16) for at in (layer, layer + 1)
    )
    with working_bits(bits_from_dps(dps)):
        return near / far


def _curve(kind: str, level: int) -> list[dict[str, Any]]:
    return [{"kind": kind, "level": Fraction(level), "layer": depth} for depth in DEPTHS]


TANH_CURVES = Claim(
    id="residual.tanh-level-curves",
    title="Level curves of the gradient ratio, tanh",
    statement=(
        "On the curve σ_w² L = c, all else fixed, the ratio χ_0/χ_L tends to a limit set by c, "
        "with an error of order 1/L, in the reduced and in the full network"
    ),
    variables=CURVE,
    source=Source("residual", "Section 6, tanh level curves"),
    as_printed=(
        "'log R ≈ σ_w √L' from the law of depth at fixed σ_w; on the curve σ_w falls with L and "
        "the law does not apply: q stays bounded. The curves are right, as a limit"
    ),
    checks=tuple(
        limit(change_along_curve, 0, along=_curve(kind, level), error=1 / LAYER)
        for kind in ("reduced", "full")
        for level in (2, 10)
    ),
    near_miss=limit(change_along_other_curve, 0, along=_curve("reduced", 10), error=1 / LAYER),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

RELU_CURVES_PRINTED = Claim(
    id="residual.relu-level-curves-printed",
    title="Level curves of ReLU, as printed: one curve for all quantities",
    statement=(
        "On the curve L log(1 + σ_v² σ_w²/2) = const, log(p_L/p_0) and log(χ_0/χ_L) stay equal up "
        "to a vanishing change; here that of log(p_L/p_0) from L to 4L on the curve of log 16"
    ),
    variables=RELU,
    source=Source("residual", "Section 6, ReLU level curves; Figure 3, caption"),
    as_printed=(
        "log(s_L/s_0) ≈ log(p_L/p_0) ≈ log(χ_0/χ_L) = L log(1 + σ_v² σ_w²/2). The equality holds "
        "for χ; on the curve p_L/p_0 = B^L (1 + a/p_0) - a/p_0 grows like L, since a ~ 1/σ_w²"
    ),
    checks=(limit(relu_length_change, 0, along=[{"layer": d} for d in DEPTHS], error=1 / LAYER),),
    near_miss=limit(
        relu_length_change,
        Fraction(1, 10),
        along=[{"layer": d} for d in DEPTHS],
        error=1 / LAYER,
    ),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.relu-level-curves",
)

RELU_CURVES = Claim(
    id="residual.relu-level-curves",
    title="Growth of ReLU networks at fixed variances",
    statement=(
        "For fixed σ_v, σ_w > 0, with B = 1 + σ_v² σ_w²/2: log(χ_0/χ_L) = L log B, log(p_L/p_0) = "
        "L log B + O(1) and log(s_L/s_0) = L log B - 2 log L + O(1), s for inputs of cosine below 1"
    ),
    variables={**RELU, "quantity": "p or s"},
    source=Source("residual", "Section 6, ReLU level curves"),
    as_printed="'≈'; the last two errors are not uniform in σ_w",
    checks=(
        *(
            limit(
                lambda weights, layer, dps: relu_growth("p", weights, layer, dps),
                0,
                along=[{"weights": Fraction(weights), "layer": d} for d in DEPTHS],
                error=1 / LAYER,
            )
            for weights in ("1", "1/4")
        ),
        limit(
            lambda weights, layer, dps: relu_growth("s", weights, layer, dps),
            distance_loss,
            along=[{"weights": Fraction(3, 2), "layer": d} for d in DEPTHS],
            error=sympy.log(LAYER) / LAYER,
        ),
    ),
    near_miss=limit(
        lambda weights, layer, dps: relu_growth("s", weights, layer, dps),
        0,
        along=[{"weights": Fraction(3, 2), "layer": d} for d in DEPTHS],
        error=sympy.log(LAYER) / LAYER,
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

POWER_CURVES_PRINTED = Claim(
    id="residual.power-level-curves-printed",
    title="Level curves of alpha-ReLU, as printed",
    statement=(
        "χ_0/χ_L is the same along L^R = const: in particular at (α, L) = (3/4, 512) and "
        "(9/10, 16), where L^R = 2^(81/2)"
    ),
    variables=POWER,
    source=Source("residual", "Section 6, alpha-ReLU level curves; Figure 3, caption"),
    as_printed=(
        "the contour of χ_0/χ_L is drawn as L^R = const. The constant in Θ depends on α: "
        "χ_0/χ_L ~ exp(k(α)) L^R with k(3/4) = -7.4, k(9/10) = -22.8"
    ),
    checks=(
        at_points(
            power_log_ratio, "==", reference_ratio, points=grid(alpha=("9/10",), layer=(16,))
        ),
    ),
    near_miss=at_points(
        power_log_ratio, "==", reference_ratio, points=grid(alpha=("3/5",), layer=(512,))
    ),
    expected=Verdict(Outcome.FAILS, Grade.ENCLOSED),
    corrected_by="residual.power-level-curves",
)

POWER_CURVES = Claim(
    id="residual.power-level-curves",
    title="Gradient ratio of alpha-ReLU with its prefactor",
    statement=(
        "log(χ_0/χ_L) = R log L + k(α) + O(log(L)/L): the level curves are R log L + k(α) = const. "
        "At the paper's variances and L = 1024, -7.45 < k(3/4) < -7.4 and -22.9 < k(9/10) < -22.8"
    ),
    variables=POWER,
    assumptions=("1/2 < α < 1", "σ_v, σ_w > 0, and p_0 > 0 or σ_b > 0"),
    source=Source("residual", "Section 6, alpha-ReLU level curves"),
    as_printed="L^R = const",
    checks=(
        *(
            limit(
                prefactor_change,
                0,
                along=[{"alpha": Fraction(alpha), "layer": d} for d in DEPTHS],
                error=sympy.log(LAYER) / LAYER,
            )
            for alpha in ("3/4", "9/10")
        ),
        *(
            at_points(power_prefactor, relation, bound, points=grid(alpha=(alpha,), layer=(1024,)))
            for alpha, relation, bound in (
                ("3/4", ">", "-7.45"),
                ("3/4", "<", "-7.4"),
                ("9/10", ">", "-22.9"),
                ("9/10", "<", "-22.8"),
            )
        ),
    ),
    near_miss=at_points(power_prefactor, ">", "-7.45", points=grid(alpha=("9/10",), layer=(1024,))),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

TABLE = Claim(
    id="residual.table-of-gradient-rates",
    title="Gradient column of the table of rates",
    statement=(
        "χ_0/χ_l is exp(Θ(√l)) for tanh in both networks, exp(Θ(l)) for ReLU, Θ(l^R) for "
        "alpha-ReLU, α < 1: log(χ_m/χ_4m)/√m -> A > 0, χ_{l-1}/χ_l = B > 1, and "
        "log(χ_m/χ_4m) -> R log 4"
    ),
    variables=VARIABLES,
    assumptions=("all variances positive", "3/4 < α < 1"),
    source=Source("residual", "Table 2"),
    as_printed=(
        "the column is headed χ^(l) and rises with l; the ratio χ_0/χ_l is meant. For tanh in the "
        "full network it refers to B.12, which should be B.13"
    ),
    checks=(
        *(
            limit(
                root_rate,
                root_coefficient,
                along=along_depths(**net),
                error=1 / sympy.sqrt(LAYER),
            )
            for net in (network(), network(("1", "1/2")))
        ),
        at_points(
            geometric_rate,
            "==",
            1 + Fraction(3, 2) * Fraction(169, 100) / 2,
            points=[{**network(phi="relu"), "layer": layer} for layer in (0, 3, 15)],
        ),
        limit(
            log_rate,
            log_coefficient,
            along=along_depths(4, **network(phi="alpha_relu:4/5")),
            error=sympy.log(LAYER) / LAYER,
        ),
    ),
    near_miss=limit(
        root_rate,
        lambda variances, dps: root_coefficient(variances, dps) / 2,
        along=along_depths(**network()),
        error=1 / sympy.sqrt(LAYER),
    ),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

CLAIMS = (
    TANH_CURVES,
    RELU_CURVES_PRINTED,
    RELU_CURVES,
    POWER_CURVES_PRINTED,
    POWER_CURVES,
    TABLE,
)
"""Section 6 and the gradient column of Table 2."""
