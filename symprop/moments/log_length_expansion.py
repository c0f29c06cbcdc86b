r"""Drift and variance of log lengths in powers of one over the width.

With ``B = N(1 + d)/2`` the polygamma values of ``B/2`` have Stirling's series in ``1/N`` and
``d``, and the moments of ``d``, a mean of ``N`` fair signs, are polynomials in ``1/N``.
Conditioning on survival changes nothing: its effect is exponentially small.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import factorial

import sympy

from symprop.foundation.validation import check_integer

__all__ = ["LogLengthSeries", "log_length_series"]

_HIGHEST = 100

# Coefficients by powers (i, j) of 1/N and d; d counts half, so the weight is i + j/2.
_Series = dict[tuple[int, int], Fraction]


@dataclass(frozen=True)
class LogLengthSeries:
    """Coefficients of ``1/N, 1/N^2, ...``.

    Attributes
    ----------
    drift, variance : tuple of Fraction
        Of ``m`` and ``v`` of `symprop.moments.log_lengths.log_length_law`.
    """

    drift: tuple[Fraction, ...]
    variance: tuple[Fraction, ...]


def log_length_series(order: int) -> LogLengthSeries:
    r"""Return the first terms of drift and variance at large width.

    .. math:: m=\frac5{2N}+\frac{49}{12N^2}+\cdots,\qquad v=\frac5N+\frac{37}{2N^2}+\cdots

    Parameters
    ----------
    order : int
        How many powers of ``1/N``.

    Returns
    -------
    LogLengthSeries

    Raises
    ------
    InvalidArgument
        If the order is no integer from 1 to 100.

    Conventions
    -----------
    As in `symprop.moments.log_lengths.log_length_law`.

    Error
    -----
    Exact coefficients. The series diverges: it is asymptotic.

    Source
    ------
    Stirling's series of the digamma function.

    Examples
    --------
    >>> log_length_series(2).drift
    (Fraction(5, 2), Fraction(49, 12))
    """
    return _series_of(check_integer("order", order, minimum=1, maximum=_HIGHEST))


@lru_cache(maxsize=32)
def _series_of(order: int) -> LogLengthSeries:
    logarithm = _log_mean(order)
    mean = _averaged(logarithm, order)
    square = _averaged(_product(logarithm, logarithm, order), order)
    spread = _averaged(_log_variance(order), order)
    drift = tuple(-mean[i] for i in range(1, order + 1))
    squared_mean = [sum(mean[j] * mean[i - j] for j in range(i + 1)) for i in range(order + 1)]
    variance = tuple(spread[i] + square[i] - squared_mean[i] for i in range(1, order + 1))
    return LogLengthSeries(drift, variance)


def _log_mean(order: int) -> _Series:
    """Return ``log(4/N) + psi(z)`` with ``z = N(1 + d)/4``."""
    series: _Series = {(0, j): Fraction((-1) ** (j + 1), j) for j in range(1, 2 * order + 1)}
    _add(series, Fraction(-1, 2), 1, order)
    for k in range(1, order // 2 + 1):
        _add(series, -_bernoulli(2 * k) / (2 * k), 2 * k, order)
    return series


def _log_variance(order: int) -> _Series:
    """Return ``psi'(z)``."""
    series: _Series = {}
    _add(series, Fraction(1), 1, order)
    _add(series, Fraction(1, 2), 2, order)
    for k in range(1, order // 2 + 1):
        _add(series, _bernoulli(2 * k), 2 * k + 1, order)
    return series


def _add(series: _Series, coefficient: Fraction, power: int, order: int) -> None:
    """Add ``coefficient * z**-power = coefficient * (4/N)**power * (1 + d)**-power``."""
    binomial = Fraction(1)
    for j in range(2 * (order - power) + 1):
        key = (power, j)
        series[key] = series.get(key, Fraction(0)) + coefficient * 4**power * binomial
        binomial *= Fraction(-power - j, j + 1)


def _product(first: _Series, second: _Series, order: int) -> _Series:
    result: _Series = {}
    for (i, j), a in first.items():
        for (k, m), b in second.items():
            if 2 * (i + k) + j + m <= 2 * order:
                key = (i + k, j + m)
                result[key] = result.get(key, Fraction(0)) + a * b
    return result


def _averaged(series: _Series, order: int) -> list[Fraction]:
    """Return the coefficients in ``1/N`` of the mean over ``d``."""
    result = [Fraction(0)] * (order + 1)
    for (i, j), coefficient in series.items():
        for power, value in _sign_moment(j).items():
            if i + power <= order:
                result[i + power] += coefficient * value
    return result


@lru_cache(maxsize=256)
def _sign_moment(order: int) -> dict[int, Fraction]:
    """Return the moment of a mean of ``N`` fair signs, by powers of ``1/N``.

    Its generating function is ``cosh(t/N)**N``; the moment is ``order! N**-order`` times the
    coefficient of ``t**order`` in ``exp(N log cosh t)``, a polynomial in ``N``.
    """
    if order % 2:
        return {}
    half = order // 2
    cumulants = _log_cosh(half)
    # the coefficients e_k of t**(2k) in the exponential: k e_k = sum_j j N kappa_j e_{k-j}
    exponential: list[dict[int, Fraction]] = [{0: Fraction(1)}]
    for k in range(1, half + 1):
        entry: dict[int, Fraction] = {}
        for j in range(1, k + 1):
            for power, value in exponential[k - j].items():
                change = value * cumulants[j] * j / k
                entry[power + 1] = entry.get(power + 1, Fraction(0)) + change
        exponential.append(entry)
    return {order - power: factorial(order) * value for power, value in exponential[half].items()}


def _log_cosh(half: int) -> list[Fraction]:
    """Return the coefficients of ``t**(2j)`` in ``log cosh t``, j from 0 to ``half``."""
    result = [Fraction(0)]
    for j in range(1, half + 1):
        power = Fraction(2) ** (2 * j)
        result.append(power * (power - 1) * _bernoulli(2 * j) / (2 * j * factorial(2 * j)))
    return result


def _bernoulli(index: int) -> Fraction:
    value = sympy.bernoulli(index)
    return Fraction(int(value.p), int(value.q))
