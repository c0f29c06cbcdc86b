"""Are two samplers equal in law? Two-sample tests of all observables, corrected for their number.

Each coordinate is compared by Kolmogorov and Smirnov's test, and each observable of several
coordinates also as a whole by the energy distance, which sees how coordinates depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.arrays import real_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Comparison",
    "compare_samples",
    "energy_test",
    "holm_adjusted",
    "kolmogorov_smirnov_test",
]

_BLOCK = 128
_ENOUGH = 50  # permutations as large as what was observed: the p-value is known to 14 %
_CONSTANT = 2.0**-40


@dataclass(frozen=True)
class Comparison:
    """Outcome of many two-sample tests.

    Attributes
    ----------
    p_values : dict from str to float
        Of each test by itself.
    adjusted : dict from str to float
        The same, corrected so that all together err as rarely as one.
    """

    p_values: dict[str, float]
    adjusted: dict[str, float]

    def differing(self, level: float = 0.01) -> list[str]:
        """Return the tests that tell the samples apart, at a level for all of them together."""
        return [name for name, value in self.adjusted.items() if value <= level]


def compare_samples(
    first: Mapping[str, Any], second: Mapping[str, Any], *, seed: int = 0, permutations: int = 4999
) -> Comparison:
    """Compare two samplers by all their observables.

    Parameters
    ----------
    first, second : mapping from str to array of shape (runs, ...)
        Samples of the same observables, runs first.
    seed : int
        Of the permutations.
    permutations : int
        Largest number of permutations behind each energy test, which stops as soon as its
        p-value is known not to be small. No p-value is below one over it.

    Returns
    -------
    Comparison

    Raises
    ------
    InvalidArgument
        If the observables or their shapes do not agree.

    Conventions
    -----------
    Coordinates that are the same number in all runs of both samples, up to a share of ``2**-40``,
    are left out: as the unit lengths of a normalised layer.

    Error
    -----
    Of all the tests together, a share of at most ``level`` calls equal laws different; Holm's
    correction holds whatever the dependence between tests.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> one, two, three = (rng.normal(mean, size=200) for mean in (0, 0, 1))
    >>> compare_samples({"p": one}, {"p": two}).differing()
    []
    >>> compare_samples({"p": one}, {"p": three}).differing()
    ['p']
    """
    if first.keys() != second.keys():
        raise InvalidArgument(
            expected("second", f"to have observables {list(first)}", list(second))
        )
    p_values: dict[str, float] = {}
    rng = np.random.default_rng(seed)
    for name, values in first.items():
        one, two = _sample(name, values), _sample(name, second[name])
        if one.shape[1:] != two.shape[1:]:
            raise InvalidArgument(expected(name, f"of shape {one.shape[1:]}", two.shape[1:]))
        both = np.concatenate([one.reshape(len(one), -1), two.reshape(len(two), -1)])
        varies = np.ptp(both, axis=0) > _CONSTANT * np.abs(both).max(axis=0)
        left, right = both[: len(one), varies], both[len(one) :, varies]
        labels = [_label(name, index) for index in np.argwhere(varies.reshape(one.shape[1:]))]
        for label, a, b in zip(labels, left.T, right.T, strict=True):
            p_values[label] = kolmogorov_smirnov_test(a, b)
        if varies.sum() > 1:
            p_values[f"{name} jointly"] = energy_test(
                left, right, rng=rng, permutations=permutations
            )
    adjusted = holm_adjusted(p_values.values())
    return Comparison(p_values, dict(zip(p_values, adjusted.tolist(), strict=True)))


def kolmogorov_smirnov_test(first: Any, second: Any) -> float:
    """Return the p-value of equal laws of two samples of numbers.

    Parameters
    ----------
    first, second : array of shape (runs,)
        The samples.

    Returns
    -------
    float

    Raises
    ------
    InvalidArgument
        If a sample is empty or not of finite numbers.

    Error
    -----
    Asymptotic in the sizes for samples above 10000, exact below.

    Examples
    --------
    >>> round(kolmogorov_smirnov_test([1, 2, 3, 4], [5, 6, 7, 8]), 4)
    0.0286
    """
    from scipy.stats import ks_2samp

    one, two = (_sample(name, x).ravel() for name, x in (("first", first), ("second", second)))
    return float(ks_2samp(one, two).pvalue)


def energy_test(
    first: Any, second: Any, *, rng: np.random.Generator, permutations: int = 4999
) -> float:
    r"""Return the p-value of equal laws of two samples of vectors, by their energy distance.

    .. math:: 2\,\mathrm E|X-Y|-\mathrm E|X-X'|-\mathrm E|Y-Y'|

    Parameters
    ----------
    first, second : array of shape (runs, dimension)
        The samples. Each coordinate is replaced by its rank among both, so that no unit and no
        heavy tail decides.
    rng : numpy.random.Generator
        Source of the permutations.
    permutations : int
        Their number, at most: 50 that are as large as what was observed are enough.

    Returns
    -------
    float
        ``50/n`` if the n-th permutation is the 50th of these, else ``(1 + found)/(1 + all)``.

    Raises
    ------
    InvalidArgument
        If a sample is empty or not of finite numbers, or dimensions differ.

    Error
    -----
    Exact as a permutation test: under equal laws the p-value is at most ``u`` with probability
    at most ``u``. Stopping keeps this: n permutations or more are needed just if the observed
    distance is among the 50 largest of the n of itself and the ``n - 1`` first permutations.

    Source
    ------
    Besag and Clifford, Sequential Monte Carlo p-values, Biometrika 78 (1991).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(2, 100, 2))
    >>> energy_test(x, y, rng=rng) > 0.05
    True
    >>> energy_test(x, y[:, [0, 0]], rng=rng, permutations=999) <= 0.005  # equal marginals
    True
    """
    from scipy.spatial.distance import pdist, squareform
    from scipy.stats import rankdata

    permutations = check_integer("permutations", permutations, minimum=1)
    one, two = (_sample(name, x) for name, x in (("first", first), ("second", second)))
    if one.ndim != 2 or one.shape[1:] != two.shape[1:]:
        raise InvalidArgument(
            expected("first and second", "of shape (runs, dimension)", (one.shape, two.shape))
        )
    ranks = rankdata(np.concatenate([one, two]), axis=0) / (len(one) + len(two))
    distances = squareform(pdist(ranks))
    # with weights 1/m on the first sample and -1/n on the second the statistic is -w'Dw
    weights = np.repeat([1 / len(one), -1 / len(two)], [len(one), len(two)])
    observed = -weights @ distances @ weights
    as_large = done = 0
    while done < permutations:
        count = min(_BLOCK, permutations - done)
        shuffled = rng.permuted(np.tile(weights, (count, 1)), axis=1)
        statistics = -np.einsum("ij,ij->i", shuffled @ distances, shuffled)
        found = as_large + np.cumsum(statistics >= observed * (1 - 1e-9))
        if found[-1] >= _ENOUGH:
            return _ENOUGH / (done + 1 + int(np.searchsorted(found, _ENOUGH)))
        as_large, done = int(found[-1]), done + count
    return (1 + as_large) / (1 + permutations)


def holm_adjusted(p_values: Iterable[float]) -> Array:
    """Return p-values corrected for their number by the step-down method of Holm.

    Parameters
    ----------
    p_values : iterable of float
        Of all the tests.

    Returns
    -------
    array
        In the same order: reject those at most ``level``.

    Examples
    --------
    >>> holm_adjusted([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    values = np.array(list(p_values), dtype=np.float64)
    order = np.argsort(values)
    factors = len(values) - np.arange(len(values))
    result = np.empty_like(values)
    result[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    return result


def _sample(name: str, values: Any) -> Array:
    array = real_array(name, values)
    if array.ndim == 0 or not array.size or not np.isfinite(array).all():
        raise InvalidArgument(expected(name, "a sample of finite numbers, runs first", values))
    return array


def _label(name: str, index: NDArray[np.intp]) -> str:
    return f"{name}{[int(entry) for entry in index]}" if len(index) else name
