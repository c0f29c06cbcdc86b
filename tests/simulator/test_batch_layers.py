"""Normalisation over a batch: values, derivatives, and rows that have none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.simulator.batch_layers import activate, batch_layer, normalize_rows
from symprop.specs.batch_normalized import BatchNormalized


@pytest.mark.parametrize("center", [False, True])
def test_derivative_is_symmetric_and_that_of_differences(center: bool) -> None:
    rng = np.random.default_rng(0)
    rows, step = rng.normal(size=(3, 5)), 1e-6
    normalization = normalize_rows(rows, length=2.0, center=center)
    matrices = normalization.derivative(np.eye(5)[:, None, :] * np.ones((1, 3, 1)))
    np.testing.assert_allclose(matrices, matrices.transpose(2, 1, 0), atol=1e-14)
    for entry, unit in enumerate(np.eye(5)):
        ends = [
            2 * normalize_rows(rows + sign * step * unit, length=2.0, center=center).units
            for sign in (1, -1)
        ]
        np.testing.assert_allclose(matrices[entry], (ends[0] - ends[1]) / (2 * step), atol=1e-8)
    norms = [np.linalg.norm(matrices[:, row], 2) for row in range(3)]
    assert normalization.norm == pytest.approx(max(norms))


def test_rows_of_any_size_are_normalised() -> None:
    rows = np.array([[1.0, 2.0, 4.0]]) * np.array([[1e-150], [1.0], [1e160]])
    for center in (False, True):
        units = normalize_rows(rows, length=1.0, center=center).units
        np.testing.assert_allclose(units, units[[1, 1, 1]], rtol=1e-14)
        np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1)


@pytest.mark.parametrize(
    ("row", "center"),
    [([0.0, 0.0, 0.0], False), ([0.0, 0.0, 0.0], True), ([0.1, 0.1, 0.1 + 2**-54], True)],
)
def test_a_row_of_which_nothing_is_left_is_named(row: list[float], center: bool) -> None:
    rows = np.array([[1.0, 2.0, 3.0], row])
    with pytest.raises(OutOfDomain, match="on the batch where normalised but got units=unit 1"):
        normalize_rows(rows, length=1.0, center=center)


def test_a_row_too_small_to_be_scaled_is_named() -> None:
    with pytest.raises(OutOfDomain, match="above 1e-308"):
        normalize_rows(np.array([[1e-310, 3e-310]]), length=1.0, center=False)


def test_forward_and_backward_are_transposes() -> None:
    rng = np.random.default_rng(1)
    layer = batch_layer(BatchNormalized("tanh", gain="3/2"), 1, 4)
    active = activate(layer, rng.normal(size=(6, 4)))
    tangents, gradient = rng.normal(size=(2, 6, 4)), rng.normal(size=(6, 4))
    there = np.sum(active.forward(tangents) * gradient, axis=(1, 2))
    np.testing.assert_allclose(there, np.sum(tangents * active.backward(gradient), axis=(1, 2)))


def test_signals_that_overflow_are_refused() -> None:
    layer = batch_layer(BatchNormalized("exp", gain=2000), 1, 4)
    with pytest.raises(OutOfDomain, match="signals to be finite"):
        activate(layer, np.array([[1.0, 2.0, 3.0, 9.0]]))
    with pytest.raises(OutOfDomain, match="hidden signals to be finite"):
        activate(layer, np.array([[1.0, 2.0, 3.0, math.inf]]))
