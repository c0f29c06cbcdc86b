"""shrinkage, section 3: the bound above the composed maps as depth grows, and a step of Theorem 1.

Figure 1's bound is said to tend, below correlation 1, to the composition's value at 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symprop.asymptotics.convexity import excess_at_least
from symprop.claims.power_series import any_series, iterate, nonlinear, slope, value
from symprop.claims.shrinkage_cropping import exact_crop
from symprop.ledger.checks import at_points
from symprop.ledger.claim import Claim
from symprop.ledger.domain import Integer, Real
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.source import Source

__all__ = ["CLAIMS"]

Series = Sequence[Fraction]


def rise_of_equal_layers(c: Series, rho: Fraction, depth: int, dps: int) -> Any:
    return iterate(tuple(c), rho, depth, dps) - iterate(tuple(c), Fraction(0), depth, dps)


def largest_rise(c: Series, rho: Fraction, depth: int) -> Fraction:
    """Return ``2/(ν L (1 - ρ))``."""
    return 2 * Fraction(slope(c)) / (nonlinear(c) * depth * (1 - rho))


def reaches_sum_without_slopes(bend: Fraction, start: Fraction, share: Fraction) -> int:
    """Whether ``e(P̃_2∘P̃_1)`` reaches a share of ``(1 - ρ̃_max)/2 |φ_2 - φ̄_2|²/|φ_2|²``.

    The first layer is affine and takes 0 to ``start``, so P̃_1 is the identity; the second one is
    ``(1 - bend) ρ + bend ρ²``, takes ``start`` further down, and has no bias.
    """
    series = (Fraction(0), 1 - bend, bend)
    assert value(series, start) <= start
    bound = share * (1 - start) / 2 * bend
    return int(excess_at_least(lambda t: exact_crop(series, start, Fraction(1), t), bound))


CLAIMS = (
    Claim(
        id="shrinkage.depth-limit",
        source=Source("shrinkage", "Figure 1"),
        expected=Verdict(Outcome.HOLDS, Grade.SAMPLED),
        title="composed maps of equal bent layers are flat below 1 in deep networks",
        statement="P^L(ρ) - P^L(0) <= 2/(ν L (1-ρ)) on [0, 1), ν = (c_2 + c_3 + ...)/P'(1) > 0",
        variables={"c": "coefficients of P, sum 1", "rho": "correlation", "depth": "L"},
        as_printed=(
            "without a rate, of the erf layers of the figure; it is what remark 2's chords give. "
            "Layers whose bends are summable over l are not covered, nor meant"
        ),
        checks=(
            attack(
                rise_of_equal_layers,
                "<=",
                largest_rise,
                domain={
                    "c": any_series(),
                    "rho": Real(0, 1, open_at="upper"),
                    "depth": Integer(1, reach=60),
                },
                assuming=lambda c: nonlinear(c) > 0,
                tries=(60, 1000),
            ),
        ),
        near_miss=attack(
            rise_of_equal_layers,
            "<=",
            lambda c, rho, depth: largest_rise(c, rho, depth) / 40,
            domain={
                "c": any_series(),
                "rho": Real(0, 1, open_at="upper"),
                "depth": Integer(1, reach=60),
            },
            assuming=lambda c: nonlinear(c) > 0,
        ),
        derivation="derivations/deep_correlation_maps.py",
    ),
    Claim(
        id="shrinkage.sum-without-slopes-printed",
        source=Source("shrinkage", "Theorem 1"),
        expected=Verdict(Outcome.FAILS, Grade.EXACT),
        title="excess convexity of the composition in the proof of Theorem 1, as printed",
        statement="e(P̃_L∘...∘P̃_1) >= (1 - ρ̃_max)/2 Σ ‖φ_l - φ̄_l‖²/‖φ_l‖²",
        variables={
            "bend": "q; layer 2 is (1-q) ρ + q ρ², layer 1 affine",
            "start": "ρ̃_1 = ρ̃_max",
            "share": "of the bound",
        },
        as_printed=(
            "the display that combines A.4 to A.6 has ‖φ_l‖ where A.6 and the theorem have ‖φ_l'‖; "
            "the conclusion for the Jacobian is true in either form, this step in one. Doubtful: "
            "the text may have lost a prime"
        ),
        checks=(
            at_points(
                reaches_sum_without_slopes,
                "==",
                1,
                points=grid(bend=("1/2",), start=("1/2",), share=("1",)),
            ),
        ),
        near_miss=at_points(
            reaches_sum_without_slopes,
            "==",
            1,
            points=grid(bend=("1/2",), start=("1/2",), share=("9/10",)),
        ),
        corrected_by="shrinkage.crop-covariance",
    ),
)
"""What the sketch and the proof of Theorem 1 say without the slopes and bends they need."""
