"""The forward columns of the table of rates in the residual paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from symprop.claims import residual_power_cosine as power
from symprop.claims import residual_tanh_cosine as saturating
from symprop.claims.gradient_paths import gradient, network
from symprop.claims.orders import along, measured, same_order
from symprop.claims.residual_gradients_power import gradient_exponent
from symprop.claims.residual_integrals import rational_exponent
from symprop.claims.residual_paths import PAR, covariance, distance, gap, length
from symprop.ledger.claim import Claim
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.source import Source
from symprop.numerics.evaluation import as_ball
from symprop.numerics.precision import bits_from_dps, working_bits

if TYPE_CHECKING:
    from fractions import Fraction

    from symprop.ledger.claim import Check

__all__ = ["CLAIMS"]

DEPTH = sympy.Symbol("depth", positive=True)
LAYERS = tuple(2**k for k in range(3, 11))
GRADIENT_LAYERS = tuple(2**k for k in range(7))
VARIABLES = {
    "phi": "activation; alpha is the exponent of the alpha-ReLU, in (0, 1)",
    "sv2, sa2, sw2, sb2": "variances σ_v², σ_a², σ_w², σ_b², > 0",
    "p0": "squared length of the inputs over the width",
    "e0": "cosine of the inputs, < 1",
    "depth": "layer l",
}
ENTRIES = (
    "p: Θ(l), Θ(l), exp(Θ(l)), Θ(l^(1/(1-α))); s: the same; e - e*: Θ(l^(2/π - 1)), "
    "Θ(l^(-δ*)), Θ(l^(-2)), Θ(l^(-μ)), for tanh in reduced and full networks, ReLU and "
    "α-ReLU in full networks"
)


def power_size(alpha: Fraction, depth: int, dps: int) -> arb:
    """Return ``depth^(1/(1 - alpha))``."""
    bits = bits_from_dps(dps)
    with working_bits(bits):
        return arb(depth) ** (1 / (1 - as_ball(alpha, bits)))


def log_per_layer(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``log p``, which the table says to be of order l for ReLU."""
    with working_bits(bits_from_dps(dps)):
        return length(phi="relu", depth=depth, dps=dps, **setting).log()


def log_distance(depth: int, dps: int, **setting: Any) -> arb:
    """Return ``log s`` for ReLU."""
    with working_bits(bits_from_dps(dps)):
        return distance(phi="relu", depth=depth, dps=dps, **setting).log()


def power_length(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return p of an alpha-ReLU network."""
    return length(phi=f"alpha_relu:{alpha}", depth=depth, dps=dps, **setting)


def power_distance(alpha: Fraction, depth: int, dps: int, **setting: Any) -> arb:
    """Return s of an alpha-ReLU network."""
    return distance(phi=f"alpha_relu:{alpha}", depth=depth, dps=dps, **setting)


def layer_gradient(alpha: Fraction, depth: int, dps: int) -> arb:
    """Return χ of a layer, relative to layer 256."""
    net = network()
    phi = f"alpha_relu:{alpha}"
    return gradient("chi", phi, net["variances"], net["start"], depth, dps, depth=256)


def printed_growth(alpha: Fraction, depth: int, dps: int) -> arb:
    """Return ``depth^R``."""
    with working_bits(bits_from_dps(dps)):
        return arb(depth) ** rational_exponent(gradient_exponent(alpha))


def points(phi: str | None = None, e0: str = "1/2", **changed: Any) -> list[dict[str, Any]]:
    """Return growing depths at the paper's variances."""
    named: dict[str, Any] = {} if phi is None else {"phi": phi}
    return along(LAYERS, e0=e0, **named | PAR | changed)


def typical(alpha: str) -> tuple[Check, ...]:
    """Return the checks of all forward entries at typical inputs."""
    reduced = points("tanh", sv2=1, sa2=0)
    small = along(LAYERS, e0="1/2", **saturating.SMALL_RATIO)
    return (
        same_order(length, DEPTH, points=reduced),
        same_order(distance, DEPTH, points=reduced),
        same_order(covariance, DEPTH ** (2 / sympy.pi), points=reduced),
        same_order(length, DEPTH, points=points("tanh")),
        same_order(distance, DEPTH, points=points("tanh")),
        same_order(saturating.free_part, saturating.printed_rate, points=small),
        same_order(log_per_layer, DEPTH, points=points()),
        same_order(log_distance, DEPTH, points=points()[2:]),
        same_order(gap, DEPTH**-2, points=points("relu")[2:]),
        same_order(power_length, power_size, points=points(alpha=alpha)[3:]),
        same_order(power_distance, power_size, points=points(alpha=alpha)[3:]),
        same_order(
            power.deviation, power.printed_rate, points=points(alpha=alpha, e0="99/100")[3:]
        ),
    )


PRINTED = Claim(
    id="residual.rate-table-forward-printed",
    title="Forward rates of residual networks, as printed",
    statement=f"For all variances > 0 and e_0 < 1 — {ENTRIES}",
    variables=VARIABLES,
    source=Source("residual", "Table 2"),
    as_printed=(
        "the table is garbled in the text, entries as in Theorems B.2 to B.18; the rate of α-ReLU "
        "is wrong for α < 0.2648, and those of tanh at exceptional starts"
    ),
    checks=(
        measured(
            power.deviation,
            power.minus_mu,
            points=power.EARLY,
            corrections=power.FORCED,
            resolution="1/20",
        ),
        measured(
            covariance,
            2 / sympy.pi,
            points=along(LAYERS, phi="tanh", sw2=1, sb2="1/2", p0=1, e0="-1/2"),
            resolution="1/20",
        ),
    ),
    near_miss=same_order(length, DEPTH**2, points=points("tanh")),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.rate-table-forward",
)

TABLE = Claim(
    id="residual.rate-table-forward",
    title="Forward rates of residual networks",
    statement=(
        f"For all variances > 0, e_0 < 1 not exceptional and α > 0.2648... — {ENTRIES}; for "
        "smaller α, e - e* = Θ(l^(-α/(1-α)))"
    ),
    variables=VARIABLES,
    assumptions=(
        "exceptional: λ = 0 in reduced tanh networks, K' = 0 in the others; ReLU has no such start",
        "δ* is tested on e - e* - P l^(-1/2), whose last term is almost as large",
    ),
    source=Source("residual", "Table 2"),
    as_printed="for every start and every α",
    checks=(
        *typical("1/2"),
        measured(
            power.deviation,
            power.forced_exponent,
            points=power.EARLY,
            corrections=power.FORCED,
            resolution="1/20",
        ),
    ),
    near_miss=same_order(power_distance, DEPTH, points=points(alpha="1/2")),
    expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
)

GRADIENT_PRINTED = Claim(
    id="residual.table-of-gradient-rates-printed",
    title="Gradient rates of residual networks, as the table heads them",
    statement="χ_l = Θ(l^R), R = α²/((1-α)(2α-1)), for alpha-ReLU, 3/4 < α < 1; here α = 4/5",
    variables={"alpha": "exponent of the activation", "depth": "layer l of 256"},
    assumptions=("the variances of the figures, χ = 1 at layer 256",),
    source=Source("residual", "Table 2"),
    as_printed=(
        "headed χ^(l); that falls like l^(-R), as in Theorem B.20, and it is χ_0/χ_l that is "
        "Θ(l^R). Asymptotics without sign do not cover the sign of an exponent. Doubtful: little "
        "of the table is left in the text, and a ratio may be meant"
    ),
    checks=(
        same_order(layer_gradient, printed_growth, points=along(GRADIENT_LAYERS, alpha="4/5")),
    ),
    near_miss=same_order(layer_gradient, 1, points=along(GRADIENT_LAYERS, alpha="4/5")),
    expected=Verdict(Outcome.FAILS, Grade.SAMPLED),
    corrected_by="residual.table-of-gradient-rates",
)

CLAIMS = (PRINTED, TABLE, GRADIENT_PRINTED)
"""Table 2: the forward columns, and the letter of the last."""
