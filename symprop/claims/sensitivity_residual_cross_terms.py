"""sensitivity, appendix H.3: the signal of a residual network, and its cross terms.

On two data branches are independent of one another, each of constant variance, so that the bounds
of the proof can be compared with what they bound.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symprop.claims.citations import claims_of
from symprop.claims.noisy_networks import mean_and_error
from symprop.claims.power_series import rational
from symprop.claims.rational_matrices import integer_matrix, scaled
from symprop.claims.rational_networks import mean_square
from symprop.claims.sensitivity_residual import averaged
from symprop.claims.two_point_networks import Pair, added, branch, inner, noise_inner, start
from symprop.ledger.checks import at_points
from symprop.ledger.domain import Integer, OneOf
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack
from symprop.ledger.points import grid
from symprop.ledger.simulation import simulated
from symprop.numerics.precision import bits_from_dps, working_bits

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
SHOWN = Verdict(Outcome.HOLDS, Grade.STATISTICAL)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def summed(branches: Sequence[Pair]) -> Fraction:
    """Return ``mu_2(y^l)``, of the sum of the branches."""
    totals = [sum(entries) for entries in zip(*(pair.half for pair in branches), strict=True)]
    return mean_square([Fraction(total) for total in totals])


def cross_terms(branches: Sequence[Pair]) -> Fraction:
    """Return the sum of ``Y_kk'`` over all k != k': what the sum has more than its terms."""
    return summed(branches) - sum((inner(pair, pair) for pair in branches), Fraction(0))


def squared_cross_terms(depth: int) -> Fraction:
    """Return their mean square over all weights, width 2."""
    return averaged(depth, lambda branches: cross_terms(branches) ** 2, noisy=False)


def printed_square(depth: int) -> Fraction:
    """Return ``l (l + 1)/(N r) mu^2``, for N = 2, r = 1, mu = 1."""
    return Fraction(depth * (depth + 1), 2)


def doubled_square(depth: int) -> int:
    return depth * (depth + 1)


def square_of_mean_size(depth: int) -> Fraction:
    """Return ``(E |sum|)^2``."""
    return averaged(depth, lambda branches: abs(cross_terms(branches)), noisy=False) ** 2


def printed_square_of_mean_size(depth: int) -> Fraction:
    """Return ``(l + 1)^2/(N r) mu^2``, for N = 2, r = 1, mu = 1."""
    return Fraction((depth + 1) ** 2, 2)


def total_variance(depth: int) -> Fraction:
    """Return ``E mu_2(y^l)``."""
    return averaged(depth, summed, noisy=False)


def number_of_branches(depth: int) -> int:
    return depth + 1


def gaussian_totals(width: int, depth: int, size: int, seed: int) -> np.ndarray[Any, Any]:
    """Return ``mu_2(y^l)/((l + 1)/2)`` of Gaussian networks on two data, weights by layers."""
    rng = np.random.default_rng(seed)
    total = rng.standard_normal((size, width)) * np.sqrt(1 / 2)
    for _ in range(depth):
        signal = np.stack([total, -total], axis=2)
        normalized = signal / np.sqrt(np.mean(signal**2, axis=2, keepdims=True))
        weights = rng.standard_normal((size, width, width)) * np.sqrt(2 / width)
        images = weights @ np.maximum(normalized, 0)
        total = total + (images[..., 0] - images[..., 1]) / 2
    result: np.ndarray[Any, Any] = 2 * np.mean(total**2, axis=1) / (depth + 1)
    return result


def simulated_square(width: int, depth: int, size: int, seed: int) -> tuple[float, float]:
    """Return the mean square of ``mu_2(y^l)``, relative to its mean."""
    return mean_and_error(gaussian_totals(width, depth, size, seed) ** 2)


def square_of_chi(width: int) -> Fraction:
    return 1 + Fraction(2, width)


def far_from_mean(width: int, share: Fraction, dps: int) -> Any:
    """Return ``P(|mu_2(y^l)/((l + 1)/2) - 1| > share)``: the law is that of chi^2_N/N."""
    with working_bits(bits_from_dps(dps) + 20):
        half, part = arb(width) / 2, arb(rational(share))
        above = (half * (1 + part)).gamma_upper(half, regularized=1)
        below = 1 - (half * (1 - part)).gamma_upper(half, regularized=1)
        return above + below


def by_variance(width: int, share: Fraction) -> Fraction:
    """Return Chebyshev's bound, ``2/(N share^2)``."""
    return 2 / (width * share**2)


def by_half_of_it(width: int, share: Fraction) -> Fraction:
    return by_variance(width, share) / 20


class Unit:
    """A residual unit of H layers on two data, with its input and what it adds."""

    def __init__(self, half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> None:
        first = start(tuple(Fraction(entry, 7) for entry in half))
        self.start = first
        square = [[numbers[0], numbers[1]], [numbers[2], numbers[3]]]
        weights = scaled(integer_matrix(*square), Fraction(1, 3))
        middle = added(first, branch(first, weights))
        self.before = middle
        self.layers = [middle]
        for _ in range(unit_depth):
            self.layers.append(branch(self.layers[-1], weights))
        self.branch = self.layers[-1]
        self.after = added(middle, self.branch)


def ratio(pair: Pair) -> Fraction:
    """Return ``mu_2(t)/mu_2(y)``."""
    return noise_inner(pair, pair) / inner(pair, pair)


def squared_increment(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> Fraction:
    """Return ``(zeta^2/zeta^1)^2`` of two units, from the signals themselves."""
    unit = Unit(half, numbers, unit_depth)
    return ratio(unit.after) / ratio(unit.before)


def by_cross_terms(
    half: Sequence[int], numbers: Sequence[int], unit_depth: int, weight: int = 2
) -> Fraction:
    """Return the right side of equation 87."""
    unit = Unit(half, numbers, unit_depth)
    y, branch_signal = unit.before, unit.branch
    variance = inner(unit.start, unit.start)
    zeta = variance * ratio(y)
    scale = variance / zeta
    noise = scale * (
        noise_inner(branch_signal, branch_signal) + weight * noise_inner(y, branch_signal)
    )
    signal = inner(branch_signal, branch_signal) + weight * inner(y, branch_signal)
    return (inner(y, y) + noise) / (inner(y, y) + signal)


def by_cross_terms_once(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> Fraction:
    return by_cross_terms(half, numbers, unit_depth, 1)


def scaled_noise(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> Fraction:
    """Return ``mu_2(y^0) mu_2(t^{l,H})/(zeta^{l-1})^2``."""
    unit = Unit(half, numbers, unit_depth)
    return noise_inner(unit.branch, unit.branch) / ratio(unit.before)


def by_increments(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> Fraction:
    """Return the product of the squared increments of the layers times ``mu_2(y^{l,H})``."""
    layers = Unit(half, numbers, unit_depth).layers
    product = inner(layers[-1], layers[-1])
    for before, after in itertools.pairwise(layers):
        product *= ratio(after) / ratio(before)
    return product


def by_first_increment(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> Fraction:
    layers = Unit(half, numbers, unit_depth).layers
    return inner(layers[-1], layers[-1]) * ratio(layers[1]) / ratio(layers[0])


def keeps_noise(half: Sequence[int], numbers: Sequence[int], unit_depth: int) -> bool:
    """Whether noise is left before every layer."""
    layers = Unit(half, numbers, unit_depth).layers
    return all(noise_inner(pair, pair) > 0 for pair in layers[:-1])


UNITS = {
    "half": OneOf(((1, 2), (-3, 1), (5, -4))),
    "numbers": OneOf(((1, 4, 2, -7), (2, -1, 5, 4), (3, 1, -1, 8))),
    "unit_depth": OneOf((1, 2, 3)),
}
UNIT_MEANINGS = {
    "half": "half the difference of the data, times 7",
    "numbers": "three times the weights of all layers, width 2",
    "unit_depth": "H",
}
EXACT = "two data, width 2, weights twice a signed permutation: r_eff = 1 and μ_2(y^{l,H}) = 1"
GAUSSIAN = "two data, Gaussian weights: r_eff = 1 and μ_2(y^{l,H}) = χ²_N/(2N)"

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "cross-terms-printed",
        "eq 84",
        FALSE,
        title="mean square of all cross terms, as printed",
        statement="E (Σ_{k≠k'} Y_kk')² <= l(l+1) μ_2max²/(N r_min)",
        variables={"depth": "l"},
        assumptions=(EXACT,),
        as_printed=(
            "ordered pairs are twice as many as pairs: the constant is 2 l(l+1), reached here"
        ),
        checks=(
            attack(squared_cross_terms, "<=", printed_square, domain={"depth": Integer(1, 3)}),
        ),
        near_miss=at_points(squared_cross_terms, "<=", printed_square, points=grid(depth=(3,))),
        corrected_by="sensitivity.cross-terms",
    ),
    _claim(
        "size-of-cross-terms-printed",
        "eq 84",
        FALSE,
        title="mean size of all cross terms, as printed",
        statement="E |Σ_{k≠k'} Y_kk'| <= (l+1) μ_2max/√(N r_min)",
        variables={"depth": "l"},
        assumptions=(EXACT, "squares of both sides are compared"),
        as_printed=(
            "refuted from l = 4 on; on two data at large width the left side tends to "
            "2 √(l(l+1)/(πN)) μ_2max, more by 2/√π at large l"
        ),
        checks=(
            at_points(
                square_of_mean_size,
                "<=",
                printed_square_of_mean_size,
                points=grid(depth=(1, 2, 3, 4)),
            ),
        ),
        near_miss=at_points(
            square_of_mean_size, "<=", printed_square_of_mean_size, points=grid(depth=(4,))
        ),
        corrected_by="sensitivity.cross-terms",
    ),
    _claim(
        "cross-terms",
        "eq 84",
        SHOWN,
        title="mean square of all cross terms",
        statement=(
            "E (Σ_{k≠k'} Y_kk')² <= 2 l(l+1) μ_2max²/(N r_min), so that E |Σ| <= √(2 l(l+1)/"
            "(N r_min)) μ_2max; an equality on two data"
        ),
        variables={"depth": "l", "width": "N"},
        assumptions=(EXACT, GAUSSIAN + ": there E μ_2(y^l)² = ((l+1)/2)² (1 + 2/N), given y^0 too"),
        checks=(
            at_points(squared_cross_terms, "<=", doubled_square, points=grid(depth=(1, 2, 3))),
            at_points(square_of_mean_size, "<=", doubled_square, points=grid(depth=(1, 2, 3))),
            simulated(
                simulated_square,
                "==",
                square_of_chi,
                points=grid(width=(3, 10), depth=(1, 5)),
                sizes=(10_000, 100_000),
            ),
        ),
        near_miss=at_points(squared_cross_terms, "<", doubled_square, points=grid(depth=(1, 2, 3))),
    ),
    _claim(
        "linear-variance",
        "eq 85",
        SHOWN,
        title="linear growth of the variance of the signal",
        statement=(
            "E μ_2(y^l) = Σ_k E μ_2(y^{k,H}), and μ_2(y^l)/(l+1) is within a share ε of "
            "μ_2(y^{l,H}) except with probability 2/(N r_min ε²): uniformly in the depth"
        ),
        variables={"depth": "l", "width": "N", "share": "ε"},
        assumptions=(EXACT, GAUSSIAN),
        checks=(
            at_points(total_variance, "==", number_of_branches, points=grid(depth=(1, 2, 3))),
            at_points(
                far_from_mean,
                "<=",
                by_variance,
                points=grid(width=(1, 10, 100, 1000), share=("1/10", "1/3", "9/10")),
            ),
            simulated(
                simulated_square,
                "==",
                square_of_chi,
                points=grid(width=(20,), depth=(2, 20)),
                sizes=(2_000, 20_000),
            ),
        ),
        near_miss=at_points(
            far_from_mean,
            "<=",
            by_half_of_it,
            points=grid(width=(10, 100), share=("1/3", "9/10")),
        ),
    ),
    _claim(
        "unit-increment",
        "eq 86; eq 87",
        title="increment of a residual unit by its parts",
        statement=(
            "(δζ^l)² = (μ_2(y^{l-1}) + T~_ll + 2 T~_l)/(μ_2(y^{l-1}) + Y_ll + 2 Y_l), T~ scaled by "
            "μ_2(y^0)/(ζ^{l-1})²"
        ),
        variables=UNIT_MEANINGS,
        assumptions=("two data, white noise, two units",),
        checks=(
            attack(squared_increment, "==", by_cross_terms, domain=UNITS, assuming=keeps_noise),
        ),
        near_miss=attack(
            squared_increment, "==", by_cross_terms_once, domain=UNITS, assuming=keeps_noise
        ),
    ),
    _claim(
        "branch-noise",
        "eq 88",
        title="noise of a branch by the increments inside its unit",
        statement=(
            "T~_ll = Π_h (δζ^{l,h})² μ_2(y^{l,H}), which lies between γ_min μ_2min and γ_max μ_2max"
        ),
        variables=UNIT_MEANINGS,
        assumptions=("two data, white noise, two units",),
        checks=(attack(scaled_noise, "==", by_increments, domain=UNITS, assuming=keeps_noise),),
        near_miss=attack(
            scaled_noise, "==", by_first_increment, domain=UNITS, assuming=keeps_noise
        ),
    ),
)
"""Appendix H.3: cross terms, the variance of the signal, and one unit."""
