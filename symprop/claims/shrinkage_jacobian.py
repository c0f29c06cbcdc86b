"""shrinkage, Theorem 1 with its consequences, remarks and proof.

Networks are lists of different kernel maps with exact coefficients; the squared Jacobian of the
infinitely wide network is the slope at 1 of their composition.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.asymptotics.convexity import chord_bound
from symprop.asymptotics.shrinkage_bounds import (
    LayerShape,
    additive_bound,
    composition_chord,
    least_correlations,
    squared_jacobian,
)
from symprop.claims.citations import claims_of
from symprop.claims.power_series import (
    compose,
    networks,
    nonlinear,
    slope,
    trajectory,
    value,
)
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated

__all__ = ["CLAIMS"]

Series = tuple[Fraction, ...]
Network = Sequence[Series]
HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
REPEATS = 20


def _bend(*texts: str) -> Series:
    return tuple(map(Fraction, texts))


# quadratics that keep the correlation 1/2, after an affine map onto [1/2, 1]
SHARP: Network = (_bend("3/4", "1/4"), *(_bend("1/4", "1/4", "1/2"),) * 4)


def shapes(net: Network) -> list[LayerShape]:
    return [LayerShape(Fraction(slope(series)), nonlinear(series)) for series in net]


def chain_rule(net: Network) -> Fraction:
    """Return the slope at 1 of the composition: the product of the slopes."""
    return Fraction(squared_jacobian(shapes(net)))


def spread(net: Network) -> Any:
    """Return ``1 - rho_max``."""
    maps = [lambda x, c=series: value(c, x) for series in net]
    most = least_correlations(maps)[0]
    for other in least_correlations(maps)[1:]:
        most = other if other.upper > most.upper else most
    return 1 - most


def theorem_one(net: Network) -> Any:
    return additive_bound(shapes(net), spread(net))


def too_large_a_constant(net: Network) -> Any:
    """Return the bound with 2 in place of 1/8; e/2 would hold."""
    return theorem_one(net) * 16


def centre_gaps(net: Network) -> list[Fraction]:
    """Return ``1 - rho~_l``, l = 0..L: the gaps of the pair that starts at correlation 0."""
    return [1 - Fraction(rho) for rho in trajectory(net, Fraction(0))]


def twice_least_gap(net: Network) -> Fraction:
    return 2 * min(centre_gaps(net)[1:])


def reflected(net: Network, rho: Fraction) -> Fraction:
    return Fraction(compose(net, -rho))


def reflected_bound(net: Network, rho: Fraction) -> Fraction:
    return 2 * Fraction(compose(net, Fraction(0))) - Fraction(compose(net, rho))


def composed(net: Network, t: Fraction) -> Fraction:
    return Fraction(compose(net, t))


def chord(net: Network, t: Fraction) -> Fraction:
    starts = [1 - gap for gap in centre_gaps(net)]
    return Fraction(composition_chord(shapes(net), starts, t))


def steeper_chord(net: Network, t: Fraction) -> Fraction:
    gaps = centre_gaps(net)
    excess = 3 * min(gaps[1:]) * sum(layer.nonlinearity for layer in shapes(net))
    return 1 - gaps[-1] + gaps[-1] * Fraction(chord_bound(excess, t))


def number_of_terms(net: Network) -> Any:
    """Return ``L`` times the least nonlinearity."""
    return len(net) * min(layer.nonlinearity for layer in shapes(net))


def most_terms(net: Network) -> Any:
    """Return ``8 J / s^2``."""
    s = spread(net)
    return chain_rule(net) * 8 / (s * s)


def gained(phi: str, depth: int, sw2: Fraction, sb2: Fraction, size: int, seed: int) -> Any:
    """Sample the squared length of a tangent vector after ``depth`` wide normalised layers.

    Given the layer below, the pairs (preactivation, tangent) of a layer are independent Gaussian
    with the covariances of the sample: exact in law at width ``size / REPEATS``. The square over
    the initial one is at most the squared operator norm of the Jacobian.
    """
    import numpy as np

    from symprop.specs.activations import activation

    function = activation(phi)
    slope_of = function.weak_derivative().regular
    generator = np.random.default_rng(seed)
    width, w, b = size // REPEATS, float(sw2), float(sb2)
    gains = []
    for _ in range(REPEATS):
        z, tangent = generator.standard_normal((2, width))
        z, tangent = _normalised(z, tangent)
        start = np.mean(tangent**2)
        for _ in range(depth):
            value_of, moved = function(z), slope_of(z) * tangent
            covariance = np.array(
                [
                    [b + w * np.mean(value_of**2), w * np.mean(value_of * moved)],
                    [w * np.mean(value_of * moved), w * np.mean(moved**2)],
                ]
            )
            root = np.linalg.cholesky(covariance)
            z, tangent = _normalised(*(root @ generator.standard_normal((2, width))))
        gains.append(np.mean(tangent**2) / start)
    return float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(REPEATS))


def _normalised(y: Any, tangent: Any) -> tuple[Any, Any]:
    """Scale y to mean square 1 and carry the tangent through that normalisation."""
    import numpy as np

    length = np.sqrt(np.mean(y * y))
    y, tangent = y / length, tangent / length
    return y, tangent - y * np.mean(y * tangent)


def gained_in_theory(phi: str, depth: int, sw2: Fraction, sb2: Fraction, dps: int) -> Any:
    """Return ``P'(1)^depth`` from quadrature of the activation."""
    from symprop.claims import quadrature_witness as witness

    square = witness.mean_square(phi, dps)
    return (witness.slope(phi, dps) * sw2 / (square * sw2 + sb2)) ** depth


NET = {"net": networks(3)}
NETWORK = {"net": "coefficients of P_1, ..., P_L, each with sum 1"}
WIDE = "infinite width; J = (P_L∘...∘P_1)'(1), at inputs of mean square 1; no P_l constant"

_claim = claims_of("shrinkage", HOLDS)

CLAIMS = (
    _claim(
        "theorem-one",
        "Theorem 1; Remark 4",
        title="gradients explode or representations shrink",
        statement="J >= (1 - ρ_max)²/8 Σ ν_l, ν_l = ‖φ_l - φ̄_l‖²/‖φ_l'‖², ρ_max = max_l min ρ_l",
        variables=NETWORK,
        assumptions=(
            WIDE,
            "ν_l is (c_2 + c_3 + ...)/P_l'(1), whatever the variances",
            "φ_l is absolutely continuous; jumps make P_l'(1) infinite, and ν_l = 0",
        ),
        as_printed="constant layers, for which ν_l is 0/0, are not excluded",
        checks=(
            attack(chain_rule, ">=", theorem_one, domain=NET, tries=(60, 900)),
            at_points(chain_rule, ">=", theorem_one, points=[{"net": SHARP}]),
        ),
        near_miss=at_points(chain_rule, ">=", too_large_a_constant, points=[{"net": SHARP}]),
        derivation="derivations/shrinkage_bounds.py",
    ),
    _claim(
        "spread-from-centre",
        "Theorem 1",
        title="negative correlations at most double the spread",
        statement="Q(-ρ) >= 2Q(0) - Q(ρ) for Q = P_l∘...∘P_1, so 1 - ρ_max <= 2(1 - ρ̃_max)",
        variables=NETWORK | {"rho": "correlation, in [0, 1]"},
        as_printed="the innermost map of one composition is printed P_0",
        checks=(
            attack(
                reflected, ">=", reflected_bound, domain=NET | {"rho": Real(0, 1)}, tries=(120, 900)
            ),
            attack(spread, "<=", twice_least_gap, domain=NET, tries=(40, 400)),
        ),
        near_miss=attack(spread, "<=", lambda net: twice_least_gap(net) / 2, domain=NET),
    ),
    _claim(
        "jacobian-slope",
        "eq A.1",
        Verdict(Outcome.HOLDS, Grade.STATISTICAL),
        title="a tangent vector grows by the slope of the composed maps",
        statement=(
            "‖∂z^(L)/∂z^(0) v‖² = (P_L∘...∘P_1)'(1) ‖v‖² as widths grow, v orthogonal to z^(0); "
            "the squared operator norm is at least that"
        ),
        variables={"phi": "activation", "depth": "L", "sw2": "σ_w²", "sb2": "σ_b²"},
        assumptions=("norms are root mean squares", "v does not depend on the weights"),
        checks=(
            simulated(
                gained,
                "==",
                gained_in_theory,
                points=(
                    *grid(phi=("erf", "relu"), depth=(3,), sw2=("2",), sb2=("0",)),
                    *grid(phi=("x**2 + x",), depth=(2,), sw2=("1",), sb2=("1/2",)),
                ),
                sizes=(100_000, 1_000_000),
            ),
        ),
        near_miss=simulated(
            gained,
            "==",
            lambda phi, depth, sw2, sb2, dps: gained_in_theory(phi, depth - 1, sw2, sb2, dps),
            points=grid(phi=("erf",), depth=(3,), sw2=("2",), sb2=("0",)),
            sizes=(100_000, 1_000_000),
        ),
    ),
    _claim(
        "composition-chord",
        "Remark 2; Figure 1",
        title="two chords above the composed maps",
        statement="P_L∘...∘P_1 lies on [0, 1] below ρ̃_L + (1 - ρ̃_L) times Property 1's chords",
        variables=NETWORK | {"t": "correlation, in [0, 1]"},
        assumptions=("C = (1 - ρ̃_max)/2 Σ ν_l",),
        checks=(attack(composed, "<=", chord, domain=NET | {"t": Real(0, 1)}, tries=(120, 1500)),),
        near_miss=attack(composed, "<=", steeper_chord, domain=NET | {"t": Real(0, 1)}),
    ),
    _claim(
        "bounded-depth",
        "Theorem 1, consequence 4",
        title="depth is bounded by the other three quantities",
        statement="L min ν_l <= 8 J/(1 - ρ_max)²",
        variables=NETWORK,
        assumptions=(WIDE,),
        as_printed="in words: many terms bounded below cannot have a bounded sum",
        checks=(
            attack(number_of_terms, "<=", most_terms, domain=NET, tries=(60, 600)),
            at_points(number_of_terms, "<=", most_terms, points=[{"net": SHARP}]),
        ),
        near_miss=at_points(
            number_of_terms,
            "<=",
            lambda net: most_terms(net) / 64,
            points=[{"net": SHARP[1:]}],
        ),
    ),
)
"""Theorem 1 and what follows from it."""
