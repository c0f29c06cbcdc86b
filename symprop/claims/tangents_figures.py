"""tangents, Figures 2, 4 and 5: what their captions say."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.ledger.checks import at_points, limit
from symprop.ledger.domain import Integer, OneOf, Range
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.moments.diagonal import tangent_moments
from symprop.moments.jacobians import jacobian_moments
from symprop.numerics.precision import bits_from_dps, working_bits
from symprop.recurrences.ntk import tangent_kernel
from symprop.simulator.branched_conditioned import conditioned_branched_run
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla

if TYPE_CHECKING:
    from symprop.specs.branched import Branched

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
MEASURED = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.ENCLOSED)
RATIO = 10
"""Width over depth in Figure 5."""


def network(net: str, depth: int = 1) -> Branched:
    """Return a network by name, with α = 1/2, or α = 1/L² in Figure 5 and 3/10 in Figure 4."""
    nets: dict[str, Branched] = {
        "residual": ResNet(2, "1/2"),
        "scaled": ResNet(2, Fraction(1, depth**2)),
        "figure 4": ResNet(2, "3/10"),
        "dense": DenseNet(),
        "plain": Vanilla(),
    }
    return nets[net]


# --- Figure 2 ---


def _kernels(net: str, depth: int, cosine: Fraction, width: int, size: int, seed: int) -> Any:
    turned = float(cosine), float(np.sqrt(1 - float(cosine) ** 2))
    inputs = np.zeros((width, 2))
    inputs[:2] = np.sqrt(width) * np.array([[1.0, turned[0]], [0.0, turned[1]]])
    rng = np.random.default_rng(seed)
    runs = (
        conditioned_branched_run(network(net), inputs, depth, rng=rng, backward="true")
        for _ in range(size)
    )
    return np.array([run.tangent_kernel[0, 1] for run in runs])


def sampled_kernel(
    net: str, depth: int, cosine: Fraction, size: int, seed: int
) -> tuple[float, float]:
    return mean_and_error(_kernels(net, depth, cosine, 500, size, seed))


def spread(net: str, depth: int, cosine: Fraction, size: int, seed: int) -> tuple[float, float]:
    """Return the variance at width 500 over that at width 50, with its error."""
    wide, narrow = (_kernels(net, depth, cosine, width, size, seed) for width in (500, 50))
    top, top_error = mean_and_error((wide - wide.mean()) ** 2)
    base, base_error = mean_and_error((narrow - narrow.mean()) ** 2)
    return top / base, float(top / base * np.hypot(top_error / top, base_error / base))


def limiting_kernel(net: str, depth: int, cosine: Fraction, dps: int) -> Any:
    return tangent_kernel(network(net), depth).enclose(cosine, dps=dps + 5)


def kernel_of_depth_more(net: str, depth: int, cosine: Fraction, dps: int) -> Any:
    return limiting_kernel(net, depth + 1, cosine, dps)


def variance(net: str, depth: int, width: int) -> Any:
    return tangent_moments(network(net), width, depth).variance


def variance_at_ten_times_the_width(net: str, depth: int, width: int) -> Any:
    return variance(net, depth, 10 * width)


# --- Figure 4 ---


def squared_gradient(depth: int, k: int, n: int) -> Any:
    return jacobian_moments(network("figure 4"), n, depth, (k, 1)).second


def squared_output(depth: int, k: int, n: int) -> Any:
    return jacobian_moments(network("figure 4"), n, depth, (k, 1)).output_second


def fourth_gradient(depth: int, k: int, n: int) -> Any:
    return jacobian_moments(network("figure 4"), n, depth, (k, 1)).fourth


def fourth_output(depth: int, k: int, n: int) -> Any:
    return jacobian_moments(network("figure 4"), n, depth, (k, 1)).output_fourth


def third_of_fourth_output(depth: int, k: int, n: int) -> Any:
    return fourth_output(depth, k, n) / 3


def quarter_of_fourth_output(depth: int, k: int, n: int) -> Any:
    return fourth_output(depth, k, n) / 4


def sampled_gradient(depth: int, k: int, n: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the squared gradient by the first matrix of branch ``k``."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        net, inputs = network("figure 4"), np.ones((n, 1))
        run = conditioned_branched_run(net, inputs, depth, rng=rng, backward="true")
        found.append(run.recorded_kernels[run.labels.index((k, 1)), 0, 0])
    return mean_and_error(np.array(found))


def sampled_output(depth: int, k: int, n: int, size: int, seed: int) -> tuple[float, float]:
    """Sample the mean square of the output of the reduced network."""
    rng, net = np.random.default_rng(seed), Reduced(network("figure 4"), k)
    runs = (conditioned_branched_run(net, np.ones((n, 1)), depth, rng=rng) for _ in range(size))
    return mean_and_error(np.array([run.output[0] ** 2 for run in runs]))


# --- Figure 5 ---


def variance_over_depth(net: str, depth: int) -> Any:
    return tangent_moments(network(net, depth), RATIO * depth, depth).variance


def variance_of_one_layer(net: str) -> Any:
    return variance_over_depth(net, 1)


def relative_variance(net: str, depth: int) -> Any:
    return tangent_moments(network(net, depth), RATIO * depth, depth).relative_variance


def relative_variance_of_plain(depth: int) -> Any:
    return relative_variance("plain", depth)


def limit_of_plain(dps: int) -> Any:
    """Return the limit of ``Var G/(E G)^2`` at width ``n = L/b``, ``b = 1/10``."""
    with working_bits(bits_from_dps(dps) + 20):
        b = arb(1) / RATIO
        share = 1 / (27 * b * b)
        grown = (arb(1) / 3 + 2 / (9 * b) - share) * (5 * b).exp()
        return grown + share * (-b).exp() - 1


def inverse_depth(depth: int) -> Fraction:
    return Fraction(1, depth)


_claim = claims_of("tangents", HOLDS)

ANGLES = [
    {"net": net, "depth": depth, "cosine": cosine}
    for net, depth, cosine in (
        ("residual", 4, "1"),
        ("residual", 3, "3/5"),
        ("residual", 4, "0"),
        ("dense", 4, "1/2"),
        ("dense", 3, "-1"),
    )
]
SPREAD = [
    {"net": "residual", "depth": 2, "cosine": "3/5"},
    {"net": "dense", "depth": 2, "cosine": "0"},
]
WIDTHS: dict[str, Range] = {
    "net": OneOf(("residual", "dense")),
    "depth": Integer(1, 8, reach=8),
    "width": Integer(1, reach=60),
}
MOMENTS: dict[str, Range] = {
    "depth": Integer(1, 12, reach=12),
    "k": Integer(1, 12, reach=12),
    "n": Integer(1, reach=60),
}
DRAWN = [{"depth": depth, "k": k, "n": 50} for depth, k in ((1, 1), (3, 2), (6, 5))]
MEANING = {
    "net": "residual (m = 2), dense or plain; scaled: α = 1/L²",
    "depth": "L",
    "cosine": "of the inputs",
    "width": "n",
    "n": "width",
    "k": "branch",
}


def in_the_network(depth: int, k: int) -> bool:
    return k <= depth


CLAIMS = (
    _claim(
        "figure-of-kernels",
        "Figure 2",
        MEASURED,
        title="sampled tangent kernels lie about their limits",
        statement="E G(x, x') at width 500 is K(x, x'), with inputs of mean square 1",
        variables={name: MEANING[name] for name in ("net", "depth", "cosine")},
        as_printed="x = (1, 0) and x' = (cos θ, sin θ), which halves both G and K; for the "
        "theoretical line Theorems 1 and 2 are corrected, and depth and α, which the caption does "
        "not name, are chosen",
        checks=(simulated(sampled_kernel, "==", limiting_kernel, points=ANGLES, sizes=(50, 400)),),
        near_miss=simulated(
            sampled_kernel, "==", kernel_of_depth_more, points=ANGLES[:1], sizes=(50, 400)
        ),
    ),
    _claim(
        "figure-of-kernels-spread",
        "Figure 2",
        MEASURED,
        title="tangent kernels of wider networks vary less",
        statement="Var G at ten times the width is smaller; off the diagonal, at width 500, less "
        "than a fifth of that at 50",
        variables={name: MEANING[name] for name in ("net", "depth", "cosine", "width")},
        checks=(
            attack(variance_at_ten_times_the_width, "<", variance, domain=WIDTHS, tries=(40, 300)),
            simulated(
                spread, "<=", Fraction(1, 5), points=SPREAD, sizes=(200, 2000), resolution=0.2
            ),
        ),
        near_miss=attack(
            variance, "<", variance_at_ten_times_the_width, domain=WIDTHS, tries=(40, 300)
        ),
    ),
    _claim(
        "figure-of-moments",
        "Figure 4",
        MEASURED,
        title="moments of gradients and of reduced outputs, m = 2, α = 3/10",
        statement="E ‖J^k‖² = E f_(k)², and E f_(k)⁴/3 = E ‖J^k‖⁴ <= E f_(k)⁴",
        variables={name: MEANING[name] for name in ("depth", "k", "n")},
        assumptions=("Gaussian weights",),
        as_printed="bounded below by the corresponding moment over c₄ = 3, which is reached",
        checks=(
            attack(
                squared_gradient,
                "==",
                squared_output,
                domain=MOMENTS,
                assuming=in_the_network,
                tries=(30, 200),
            ),
            attack(
                fourth_gradient,
                "==",
                third_of_fourth_output,
                domain=MOMENTS,
                assuming=in_the_network,
                tries=(30, 200),
            ),
            simulated(sampled_gradient, "==", squared_gradient, points=DRAWN, sizes=(200, 2000)),
            simulated(
                sampled_output,
                "==",
                squared_output,
                points=DRAWN,
                sizes=(200, 2000),
                resolution=0.2,
            ),
        ),
        near_miss=attack(
            fourth_gradient,
            "==",
            quarter_of_fourth_output,
            domain=MOMENTS,
            assuming=in_the_network,
            tries=(30, 200),
        ),
    ),
    _claim(
        "figure-of-variances-printed",
        "Figure 5",
        FALSE,
        title="the variance in a plain network of width 10 L, as said",
        statement="Var G does not depend on the depth L of a plain network of width 10 L",
        variables={name: MEANING[name] for name in ("net", "depth")},
        as_printed="the mean is L, and the variance grows like its square",
        checks=(
            at_points(
                variance_over_depth,
                "==",
                variance_of_one_layer,
                points=grid(net=("plain",), depth=(1, 20)),
            ),
        ),
        near_miss=at_points(
            variance_over_depth,
            "==",
            variance_of_one_layer,
            points=grid(net=("plain",), depth=(2,)),
        ),
        corrected_by="tangents.figure-of-variances",
    ),
    _claim(
        "figure-of-variances",
        "Figure 5",
        title="variances relative to the mean at width 10 L",
        statement="Var G/(E G)² tends to a positive constant in a plain network, and to 0 like 1/L "
        "in a dense network and a residual one with m = 2, α = 1/L²",
        variables={name: MEANING[name] for name in ("net", "depth")},
        as_printed="of Var G; in that residual network the mean itself vanishes like 2/L³",
        checks=(
            limit(
                relative_variance_of_plain,
                limit_of_plain,
                along=[{"depth": 2**k} for k in range(2, 9)],
                error=inverse_depth,
            ),
            *(
                limit(
                    relative_variance,
                    0,
                    along=[{"net": net, "depth": 2**k} for k in range(1, 6)],
                    error=inverse_depth,
                )
                for net in ("dense", "scaled")
            ),
        ),
        near_miss=limit(
            relative_variance,
            0,
            along=[{"net": "plain", "depth": 2**k} for k in range(2, 9)],
            error=inverse_depth,
        ),
    ),
)
"""Moments of gradients and kernels are exact; means of kernels off the diagonal are sampled."""
