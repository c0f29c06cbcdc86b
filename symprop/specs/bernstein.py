"""Positivity of polynomials on an interval, proved by Bernstein coefficients."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["positive_floor"]

_HIGHEST_DEGREE = 64
_MOST_HALVINGS = 200


def positive_floor(
    coefficients: Mapping[int, Fraction], left: Fraction, right: Fraction
) -> Fraction | None:
    r"""Return a positive lower bound of ``sum_k c_k u**k`` on ``[left, right]``, or None.

    The polynomial lies above the least of its Bernstein coefficients, which tend to its
    values as the interval is halved; the outer two are values at the ends.

    Parameters
    ----------
    coefficients : mapping of int to Fraction
        Power to coefficient.
    left, right : Fraction
        Ends of the interval.

    Examples
    --------
    >>> one = Fraction(1)
    >>> positive_floor({0: one, 1: -one, 2: one}, Fraction(0), Fraction(2)) > 0
    True
    >>> positive_floor({0: one, 1: -2 * one, 2: one}, Fraction(0), Fraction(2)) is None
    True
    """
    if max(coefficients) > _HIGHEST_DEGREE:
        return None
    cells = [_bernstein(coefficients, left, right)]
    least: Fraction | None = None
    for _ in range(_MOST_HALVINGS):
        if not cells:
            return least
        cell = cells.pop()
        if min(cell[0], cell[-1]) <= 0:
            return None
        below = min(cell)
        if below > 0:
            least = below if least is None else min(least, below)
        else:
            cells += _halves(cell)
    return None


def _bernstein(
    coefficients: Mapping[int, Fraction], left: Fraction, right: Fraction
) -> list[Fraction]:
    """Return the Bernstein coefficients of a polynomial on an interval."""
    degree = max(coefficients)
    shifted = [Fraction(0)] * (degree + 1)
    for power, value in coefficients.items():
        for index in range(power + 1):
            shifted[index] += value * comb(power, index) * left ** (power - index)
    scaled = [value * (right - left) ** index for index, value in enumerate(shifted)]
    return [
        sum(
            (
                Fraction(comb(at, index), comb(degree, index)) * scaled[index]
                for index in range(at + 1)
            ),
            Fraction(0),
        )
        for at in range(degree + 1)
    ]


def _halves(cell: Sequence[Fraction]) -> list[list[Fraction]]:
    """Return the coefficients on both halves, by de Casteljau's scheme."""
    first, last, row = [], [], list(cell)
    while row:
        first.append(row[0])
        last.append(row[-1])
        row = [(a + b) / 2 for a, b in pairwise(row)]
    return [first, last[::-1]]
