"""sensitivity, section 6: mean increments of signal and sensitivity in a linear map.

Weights enter by their second moments, and all signs of them give exact means.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

from symprop.claims.citations import claims_of
from symprop.claims.rational_matrices import Matrix, integer_matrix
from symprop.claims.rational_networks import mean, variance
from symprop.claims.sensitivity_normalised import POINTS, channel
from symprop.ledger.checks import at_points
from symprop.ledger.evidence import Grade, Outcome, Verdict
from symprop.ledger.falsify import attack

__all__ = ["CLAIMS"]

HOLDS = Verdict(Outcome.HOLDS, Grade.SAMPLED)
FALSE = Verdict(Outcome.FAILS, Grade.EXACT)


def mean_increment(points: Matrix) -> Fraction:
    """Return ``E mu_{2,c}(w x)`` over all signs of weights of He's variance 2/N."""
    size = len(points[0])
    signs = itertools.product((Fraction(1), Fraction(-1)), repeat=size)
    found = [channel(points, weights).variance for weights in signs]
    return mean(found) * Fraction(2, size)


def relative_increment(points: Matrix) -> Fraction:
    """Return it over ``mu_2(x)``."""
    return mean_increment(points) / mean([variance(column) for column in zip(*points, strict=True)])


def increment_of_first(points: Matrix) -> Fraction:
    """Return it over ``mu_{2,1}(x)``."""
    return mean_increment(points) / variance([point[0] for point in points])


def first_varies(points: Matrix) -> bool:
    return len({point[0] for point in points}) > 1


def increment_of_signal(signal: Matrix) -> Fraction:
    return increment_of_first(signal)


def increment_of_noise(noise: Matrix) -> Fraction:
    return increment_of_first(noise)


def both_vary(signal: Matrix, noise: Matrix) -> bool:
    return first_varies(signal) and first_varies(noise)


"""Data of equal variance in all directions: the factor is the same for all weights."""

_claim = claims_of("sensitivity", HOLDS)

CLAIMS = (
    _claim(
        "equal-increments-printed",
        "Section 6, equal mean increments",
        FALSE,
        title="equal mean increments of signal and sensitivity, as printed",
        statement="E μ_{2,c}(t)/μ_{2,c}(s) = E μ_{2,c}(y)/μ_{2,c}(x), in the channel c = 1",
        variables={"signal": "rows: x", "noise": "rows: s"},
        assumptions=("weights of variance 2/N, uncorrelated",),
        as_printed="the channels of s and x are not those of t and y; without c it holds",
        checks=(
            attack(
                increment_of_signal,
                "==",
                increment_of_noise,
                domain={"signal": POINTS, "noise": POINTS},
                assuming=both_vary,
            ),
        ),
        near_miss=at_points(
            increment_of_first, "==", 2, points=[{"points": integer_matrix((0, 0), (1, 3))}]
        ),
        corrected_by="sensitivity.equal-increments",
    ),
    _claim(
        "equal-increments",
        "Section 6, equal mean increments",
        title="equal mean increments of signal and sensitivity",
        statement="E μ_{2,c}(y)/μ_2(x) = 2 for all data, and the same of sensitivities",
        variables={"points": "rows: data"},
        assumptions=("weights of variance 2/N, uncorrelated",),
        checks=(attack(relative_increment, "==", 2, domain={"points": POINTS}),),
        near_miss=attack(
            increment_of_first, "==", 2, domain={"points": POINTS}, assuming=first_varies
        ),
    ),
)
"""Section 6: mean increments."""
