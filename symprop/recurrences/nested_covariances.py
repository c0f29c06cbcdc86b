"""Covariances of a layer by the nested rules of `conditional_rule`, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symprop.gaussian.conditional_rule import (
    conditional_covariance,
    conditional_deficit,
)
from symprop.gaussian.plain_values import width_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.specs.activations import Activation

    Array = NDArray[np.float64]

__all__ = ["fill_by_nested_rules"]

_NEAR = 0.5  # gap below which V - W is computed as such
_MOMENT_ERROR = 1e-13  # of the rules, against the certified second moment


def fill_by_nested_rules(
    phi: Activation,
    variances: tuple[Array, Array | None],
    c: Array,
    gap: Array,
    moments: tuple[Array, Array],
    left: NDArray[np.bool_],
    results: Array,
) -> None:
    """Fill in what the rules find, if they also find the second moment.

    Parameters
    ----------
    phi : Activation
        The activation.
    variances : pair of ndarray
        ``q1`` and ``q2``, None for a second one equal to the first.
    c, gap : ndarray
        Correlation and one minus it, each relatively accurate.
    moments : pair of ndarray
        What covariances are taken off, and the certified ``V`` of the larger variance.
    left : ndarray of bool
        Entries to fill; those found are taken out.
    results : ndarray, shape (2, entries)
        Receives ``W`` and the moment minus ``W``.

    Error
    -----
    Estimated, as in `conditional_rule`: 5e-14 of the second moment for ``W``, and of itself for
    the difference where variances are equal and the gap is below 1/2.
    """
    if width_of(phi) is None:
        return
    first, other = variances
    second = first if other is None else other
    for index in np.flatnonzero(left).tolist():
        pair = float(first[index]), float(second[index])
        angle, moment = float(gap[index]), float(moments[0][index])
        if other is None and angle < _NEAR:
            found = conditional_deficit(phi, pair[0], angle)
            if found is None:
                continue
            entry = moment - found.value, found.value
        else:
            found = conditional_covariance(phi, phi, *pair, float(c[index]), angle)
            known = float(moments[1][index])
            if found is None or not abs(found.second_moment - known) <= _MOMENT_ERROR * known:
                continue
            entry = found.value, moment - found.value
        left[index], results[:, index] = False, entry
