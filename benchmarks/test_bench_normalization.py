"""Gram trajectories of batch normalisation, integrals of one layer, and laws of random networks.

Peers of the exact laws are what a user of mpmath writes, and prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import pytest

from symprop.gaussian.orthogonal_moments import orthogonal_moment
from symprop.gaussian.sphere_integrals import mean_log_form
from symprop.moments.log_lengths import log_length_law
from symprop.recurrences.normalization import batch_norm_trajectory
from symprop.recurrences.normalization_balls import batch_norm_gram_balls

INPUTS, DEPTH = 100, 1000


def grams() -> Iterator[tuple[Any, ...]]:
    """Yield new Gram matrices of as many inputs as features."""
    random = np.random.default_rng(6)
    while True:
        inputs = random.standard_normal((INPUTS, INPUTS))
        yield (inputs @ inputs.T / INPUTS,)


def cold() -> Iterator[tuple[Any, ...]]:
    """Yield indices of a product of eight entries, the table of the Weingarten function unknown."""
    from symprop.gaussian import orthogonal_moments

    while True:
        orthogonal_moments._table.cache_clear()
        yield ([1, 1, 2, 2, 3, 3, 4, 4], [1, 2, 2, 3, 3, 4, 4, 1])


def widths() -> Iterator[tuple[Any, ...]]:
    """Yield new widths from 10^4 on."""
    width = 10**4
    while True:
        yield (width,)
        width += 1


def mean_log_by_quadrature(eigenvalues: list[int]) -> Any:
    """Return ``E log g'Ag - E log g'g`` by integrals of differences of Laplace transforms."""
    with mpmath.workdps(30):

        def difference(s: Any) -> Any:
            t = mpmath.exp(s)
            product = mpmath.fprod(1 + 2 * t * value for value in eigenvalues)
            return (1 + 2 * t) ** (-len(eigenvalues) / 2) - 1 / mpmath.sqrt(product)

        return mpmath.quad(difference, [-90, -12, -8, -4, 0, 20])


def drift_and_variance_by_sum(width: int) -> tuple[Any, Any]:
    """Return the mixture's mean and variance, term by term."""
    with mpmath.workdps(30):
        weight = mpmath.mpf(2) ** -width
        mean = square = trigamma = mpmath.mpf(0)
        for count in range(1, width + 1):
            weight *= mpmath.mpf(width - count + 1) / count
            value = mpmath.digamma(mpmath.mpf(count) / 2) - mpmath.log(mpmath.mpf(width) / 4)
            mean += weight * value
            square += weight * value**2
            trigamma += weight * mpmath.psi(1, mpmath.mpf(count) / 2)
        return -mean, square - mean**2 + trigamma


def spectra() -> Iterator[tuple[Any, ...]]:
    """Yield new lists of 50 eigenvalues."""
    random = np.random.default_rng(7)
    while True:
        yield ([int(value) for value in random.integers(1, 100, 50)],)


def small_grams() -> Iterator[tuple[Any, ...]]:
    """Yield new Gram matrices of five inputs, of integers."""
    random = np.random.default_rng(8)
    while True:
        inputs = random.integers(-9, 10, (5, 8))
        yield ((inputs @ inputs.T).tolist(),)


@pytest.mark.parametrize("center", [True, False], ids=["centred", "not centred"])
@pytest.mark.parametrize("phi", ["identity", "relu"])
def test_trajectory(measure, phi, center) -> None:
    mean = "centred" if center else "not centred"
    measure(
        "symprop",
        f"batch-norm Gram trajectory, {phi}, {mean}, {INPUTS} inputs, {DEPTH} layers",
        lambda gram: batch_norm_trajectory(phi, gram, DEPTH, center=center),
        grams(),
        rounds=3,
        within=5.0,
        warm=False,
    )


@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
def test_mean_logarithm(measure, own) -> None:
    measure(
        "symprop" if own else "mpmath.quad",
        "E log u'Au, d = 50, 30 digits",
        (lambda eigenvalues: mean_log_form(eigenvalues, 30)) if own else mean_log_by_quadrature,
        spectra(),
        rounds=5 if own else 2,
        within=0.05 if own else None,
    )


@pytest.mark.parametrize("own", [True, False], ids=["symprop", "peer"])
def test_drift_and_variance(measure, own) -> None:
    measure(
        "symprop" if own else "mpmath sum",
        "drift and variance of log length, width near 10^4, 30 digits",
        (lambda width: log_length_law(width, dps=30)) if own else drift_and_variance_by_sum,
        widths(),
        rounds=5 if own else 1,
        within=1.0 if own else None,
    )


def test_orthogonal_moment(measure) -> None:
    measure(
        "symprop",
        "Haar moment of degree 8, symbolic in d",
        orthogonal_moment,
        cold(),
        rounds=5,
        within=1.0,
    )


def test_one_layer_as_balls(measure) -> None:
    measure(
        "symprop",
        "one batch-norm layer as balls, relu, 5 inputs, 15 digits",
        lambda gram: batch_norm_gram_balls("relu", gram),
        small_grams(),
        rounds=3,
    )
