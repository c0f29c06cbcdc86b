r"""Means over independent runs, with the errors that their scatter implies, and heavy tails named.

All functions take arrays whose first axis is the runs. Products over many layers are close to
log-normal: their mean is carried by runs so rare that a sample may hold none, and then neither the
mean nor its standard error can be trusted. `Tail` says when; logarithms are the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_choice, check_integer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "RATIO_METHODS",
    "Estimate",
    "LogMoments",
    "Tail",
    "log_moments",
    "mean_of",
    "ratio_of_means",
    "tail_of",
]

RATIO_METHODS = ("jackknife", "bootstrap")
"""How the error of a ratio of means may be found."""

_BLOCK = 1 << 22  # entries of a resampled table at a time
_HEAVY = 4  # the mean of so many times fewer runs would be as uncertain, were they all alike


@dataclass(frozen=True, eq=False)
class Estimate:
    """A number, or an array of them, with one standard error each.

    Attributes
    ----------
    value, error : array
        The error is infinite if there is one run only.
    runs : int
        From how many runs.
    """

    value: Array
    error: Array
    runs: int


@dataclass(frozen=True, eq=False)
class LogMoments:
    """Moments of the logarithm, which heavy tails do not spoil.

    Attributes
    ----------
    mean, variance : Estimate
        Of the logarithm; the mean is minus infinity, and the variance infinite, where some run is
        zero.
    zeros : array
        Share of the runs that are zero.
    """

    mean: Estimate
    variance: Estimate
    zeros: Array


@dataclass(frozen=True, eq=False)
class Tail:
    """How much of a mean a few runs carry.

    Attributes
    ----------
    largest_share : array
        Share of the largest run in the sum of absolute values.
    effective_runs : array
        Square of that sum over the sum of squares: as many equal runs would scatter as little.
    heavy : array of bool
        Whether this is less than a quarter of the runs, so that means and their errors are
        dominated by rare runs.
    """

    largest_share: Array
    effective_runs: Array
    heavy: NDArray[np.bool_]


def mean_of(parts: Iterable[Array]) -> Estimate:
    """Return the mean over runs that come in parts, read one at a time.

    Parameters
    ----------
    parts : iterable of array of shape (runs, ...)
        At least one run in all.

    Returns
    -------
    Estimate
        The error is the standard deviation over the square root of the number of runs.

    Raises
    ------
    InvalidArgument
        If there is no run.

    Examples
    --------
    >>> found = mean_of([np.array([1.0, 2.0]), np.array([3.0])])
    >>> float(found.value), float(found.error.round(3)), found.runs
    (2.0, 0.577, 3)
    """
    runs, value, squares = 0, np.zeros(()), np.zeros(())
    for part in parts:
        count = len(part)
        if not count:
            continue
        with np.errstate(invalid="ignore", over="ignore"):  # infinities stay, and are seen to
            centre = part.mean(axis=0)
            scatter = ((part - centre) ** 2).sum(axis=0)
            step = centre - value
            squares = squares + scatter + step**2 * (runs * count / (runs + count))
            value = centre if not runs else value + step * (count / (runs + count))
        runs += count
    if not runs:
        raise InvalidArgument(expected("parts", "with at least one run", "none"))
    variance = squares / (runs - 1) if runs > 1 else np.full(np.shape(value), np.inf)
    return _without_nan(value, np.sqrt(variance / runs), runs)


def _without_nan(value: Array, error: Array, runs: int) -> Estimate:
    """Say infinity where infinite runs leave no number."""
    value = np.where(np.isnan(value), np.inf, value)
    return Estimate(value, np.where(np.isnan(error) | ~np.isfinite(value), np.inf, error), runs)


def ratio_of_means(
    top: Array,
    bottom: Array,
    *,
    method: str = "jackknife",
    resamples: int = 1000,
    rng: np.random.Generator | None = None,
) -> Estimate:
    r"""Return the ratio of two means over the same runs, which are correlated.

    .. math:: \hat R=\bar a/\bar b,\qquad
        \mathrm{jackknife:}\ nR-(n-1)\overline{R_{(i)}},\quad
        \mathrm{se}^2=\tfrac{n-1}n\sum_i(R_{(i)}-\overline{R_{(\cdot)}})^2

    Parameters
    ----------
    top, bottom : array of shape (runs, ...)
        ``a`` and ``b``; shapes are broadcast.
    method : {"jackknife", "bootstrap"}
        The jackknife leaves out one run at a time and takes away the bias of order ``1/n``. The
        bootstrap draws runs with repetition; its value is the plain ratio.
    resamples : int
        For the bootstrap.
    rng : numpy.random.Generator, optional
        For the bootstrap; by default one of seed 0.

    Returns
    -------
    Estimate

    Raises
    ------
    InvalidArgument
        If the numbers of runs differ, or there are fewer than two.
    OutOfDomain
        If a mean in the denominator vanishes.

    Examples
    --------
    >>> found = ratio_of_means(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]))
    >>> float(found.value), float(found.error)
    (2.0, 0.0)
    """
    check_choice("method", method, RATIO_METHODS)
    runs = len(top)
    if runs != len(bottom) or runs < 2:
        shapes = f"{np.shape(top)} and {np.shape(bottom)}"
        raise InvalidArgument(expected("top and bottom", "to have the same runs, >= 2", shapes))
    if method == "bootstrap":
        return _bootstrap(top, bottom, check_integer("resamples", resamples, minimum=2), rng)
    plain = _divide(top.mean(axis=0), bottom.mean(axis=0))
    left_out = _divide(top.sum(axis=0) - top, bottom.sum(axis=0) - bottom)
    middle = left_out.mean(axis=0)
    error = np.sqrt((runs - 1) / runs * ((left_out - middle) ** 2).sum(axis=0))
    return Estimate(runs * plain - (runs - 1) * middle, error, runs)


def _divide(top: Array, bottom: Array) -> Array:
    if not bottom.all():
        raise OutOfDomain(expected("bottom", "to have means that do not vanish", 0.0))
    return np.asarray(top / bottom)


def _bootstrap(
    top: Array, bottom: Array, resamples: int, rng: np.random.Generator | None
) -> Estimate:
    source = np.random.default_rng(0) if rng is None else rng
    runs = len(top)
    weights = source.multinomial(runs, np.full(runs, 1 / runs), size=resamples) / runs
    shape = np.broadcast_shapes(top.shape, bottom.shape)
    above = np.broadcast_to(top, shape).reshape(runs, -1)
    below = np.broadcast_to(bottom, shape).reshape(runs, -1)
    error = np.empty(above.shape[1])
    step = max(1, _BLOCK // resamples)
    for start in range(0, len(error), step):
        part = slice(start, start + step)
        ratios = _divide(weights @ above[:, part], weights @ below[:, part])
        error[part] = ratios.std(axis=0, ddof=1)
    plain = _divide(top.mean(axis=0), bottom.mean(axis=0))
    return Estimate(np.broadcast_to(plain, shape[1:]), error.reshape(shape[1:]), runs)


def log_moments(values: Array) -> LogMoments:
    """Return mean and variance of the logarithm, with their standard errors.

    Parameters
    ----------
    values : array of shape (runs, ...)
        Not negative.

    Returns
    -------
    LogMoments

    Raises
    ------
    OutOfDomain
        If a value is negative or infinite.

    Error
    -----
    That of the variance is from the fourth central moment, without assuming a shape.

    Examples
    --------
    >>> found = log_moments(np.exp([1.0, 2.0, 3.0]))
    >>> float(found.mean.value.round(12)), float(found.variance.value.round(12))
    (2.0, 1.0)
    """
    if not ((values >= 0) & np.isfinite(values)).all():
        raise OutOfDomain(expected("values", ">= 0 and finite for logarithms", "others"))
    runs = len(values)
    zeros = (values == 0).mean(axis=0)
    dead = zeros > 0
    logs = np.log(np.where(dead, 1.0, values))
    mean = mean_of([logs])
    deviations = (logs - mean.value) ** 2
    none = np.full(np.shape(dead), np.inf)
    variance = deviations.sum(axis=0) / (runs - 1) if runs > 1 else none
    scatter = np.sqrt(deviations.var(axis=0, ddof=1) / runs) if runs > 2 else none
    return LogMoments(
        Estimate(np.where(dead, -np.inf, mean.value), np.where(dead, np.inf, mean.error), runs),
        Estimate(np.where(dead, np.inf, variance), np.where(dead, np.inf, scatter), runs),
        np.asarray(zeros),
    )


def tail_of(values: Array) -> Tail:
    """Return how much of the mean of absolute values few runs carry.

    Parameters
    ----------
    values : array of shape (runs, ...)
        Of any sign, finite.

    Returns
    -------
    Tail
        Where all runs are zero, all carry the same.

    Examples
    --------
    >>> tail = tail_of(np.array([1.0] * 16 + [48.0]))
    >>> float(tail.largest_share), bool(tail.heavy)
    (0.75, True)
    """
    runs = len(values)
    sizes = np.abs(values)
    top = sizes.max(axis=0)
    shares = np.divide(sizes, top, out=np.ones_like(sizes), where=(top > 0) & np.isfinite(top))
    total = shares.sum(axis=0)
    effective = np.asarray(total**2 / (shares**2).sum(axis=0))
    return Tail(np.asarray(shares.max(axis=0) / total), effective, effective < runs / _HEAVY)
