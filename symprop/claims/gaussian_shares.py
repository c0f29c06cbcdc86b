"""Expected shares of weighted squares of normal variables, for claims about normalised rows.

A row of a Gaussian matrix times a matrix with squared singular values ``s``, normalised, has second
moments ``E s_i w_i^2/(sum_j s_j w_j^2)`` along the singular vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import arb

from symprop.gaussian.sphere_integrals import mean_ratio

__all__ = ["expected_shares", "share", "to_sum_one"]


def to_sum_one(weights: Sequence[int]) -> list[Fraction]:
    """Return numbers of sum 1 in given proportions, smallest first."""
    return sorted(Fraction(weight, sum(weights)) for weight in weights)


def share(groups: Sequence[tuple[arb, int]], which: int, dps: int) -> arb:
    """Return the share of one of the variables of group ``which``, given values and their numbers.

    Examples
    --------
    >>> float(share([(arb(1), 1), (arb(4), 1)], 0, 15).mid())  # sqrt(1)/(sqrt(1) + sqrt(4))
    0.3333333333333333
    """
    values = [value for value, count in groups for _ in range(count)]
    index = sum(count for _, count in groups[:which])
    return mean_ratio(values, index, dps).ball


def expected_shares(weights: Sequence[Fraction], dps: int) -> list[arb]:
    """Return the share of each variable, for positive rational weights in any order."""
    found = {w: mean_ratio(weights, weights.index(w), dps).ball for w in set(weights)}
    return [found[weight] for weight in weights]
