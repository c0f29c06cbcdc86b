"""Gram trajectories of batch normalisation at infinite width, and the integrals of one layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from symprop.gaussian.sphere_integrals import mean_log_form
from symprop.recurrences.normalization import batch_norm_trajectory
from symprop.recurrences.normalization_balls import batch_norm_gram_balls

INPUTS, DEPTH = 100, 1000


def grams() -> Iterator[tuple[Any, ...]]:
    """Yield new Gram matrices of as many inputs as features."""
    random = np.random.default_rng(6)
    while True:
        inputs = random.standard_normal((INPUTS, INPUTS))
        yield (inputs @ inputs.T / INPUTS,)


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
        rounds=1,
        warm=False,
    )


def test_mean_logarithm(measure) -> None:
    measure(
        "symprop",
        "E log u'Au, d = 50, 30 digits",
        lambda eigenvalues: mean_log_form(eigenvalues, 30),
        spectra(),
        rounds=5,
    )


def test_one_layer_as_balls(measure) -> None:
    measure(
        "symprop",
        "one batch-norm layer as balls, relu, 5 inputs, 15 digits",
        lambda gram: batch_norm_gram_balls("relu", gram),
        small_grams(),
        rounds=3,
    )
