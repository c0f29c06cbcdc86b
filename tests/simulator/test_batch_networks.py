"""The loop over layers, with linear maps that do nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.batch_networks import check_batch, output_gradient_of, run_batch
from symprop.specs.batch_normalized import BatchNormalized


@dataclass(frozen=True, eq=False)
class Unit:
    outputs: np.ndarray

    def transposed(self, columns: np.ndarray) -> np.ndarray:
        return columns


def unit_map(columns: np.ndarray, _: float) -> Unit:
    return Unit(columns)


LINEAR = BatchNormalized("identity", center=False, scale="norm")


def test_normalising_twice_is_normalising_once() -> None:
    columns = np.random.default_rng(0).normal(size=(5, 3))
    run = run_batch(LINEAR, columns, 2, unit_map, output_gradient=lambda outputs: outputs[::-1])
    np.testing.assert_allclose(run.gram[1], run.gram[2], rtol=1e-14)
    np.testing.assert_allclose(run.hidden_gram[2], run.gram[1])
    assert run.normalization_norm[2] == pytest.approx(1)
    assert not run.hidden_gram[0].any()


def test_the_order_decides_what_becomes_of_the_inputs() -> None:
    columns = np.random.default_rng(0).normal(size=(5, 3))
    first = BatchNormalized("identity", center=False, scale="norm", order="normalization-first")
    gradient = np.ones((5, 3))
    run = run_batch(first, columns, 0, unit_map, output_gradient=lambda _: gradient)
    units = columns / np.linalg.norm(columns, axis=1, keepdims=True)
    np.testing.assert_allclose(run.hidden_gram[0], columns.T @ columns / 5)
    np.testing.assert_allclose(run.gram[0], units.T @ units / 5)
    assert run.log_hidden_gradient is not None
    assert np.isfinite(run.log_hidden_gradient[0])
    last = run_batch(LINEAR, columns, 1, unit_map)
    np.testing.assert_allclose(last.gram[1], run.gram[0])


def test_no_layers_leave_the_inputs_as_they_are() -> None:
    columns = np.random.default_rng(0).normal(size=(5, 3))
    run = run_batch(
        LINEAR, columns, 0, unit_map, output_gradient=lambda x: x, push=lambda _, tangents: tangents
    )
    np.testing.assert_array_equal(run.jacobian_singular_values, np.ones((1, 15)))
    assert run.log_gradient is not None
    assert run.log_gradient[0] == pytest.approx(np.log(np.linalg.norm(columns)))
    assert run.log_hidden_gradient is not None
    assert run.log_hidden_gradient[0] == -np.inf


def test_the_output_gradient_is_an_array_a_function_or_random() -> None:
    rng, outputs = np.random.default_rng(0), np.ones((4, 3))
    assert output_gradient_of(None, None, rng) is None
    doubled = output_gradient_of(lambda x: 2 * x, "true", rng)
    assert doubled is not None
    np.testing.assert_array_equal(doubled(outputs), 2 * outputs)
    fixed = output_gradient_of(7 * outputs, "true", rng)
    assert fixed is not None
    np.testing.assert_array_equal(fixed(outputs), 7 * outputs)
    drawn = output_gradient_of(None, "true", rng)
    assert drawn is not None
    assert np.mean(drawn(outputs) ** 2) == pytest.approx(1)


def test_gradients_of_a_wrong_shape_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"to be finite and of shape \(5, 3\)"):
        run_batch(LINEAR, np.ones((5, 3)), 1, unit_map, output_gradient=lambda x: x[:2])


def test_checked_inputs() -> None:
    columns, depth = check_batch(BatchNormalized("relu"), [[1, 2], [3, 4]], 3, None)
    assert columns.dtype == np.float64
    assert depth == 3


def test_the_gradient_by_weights_may_be_far_below_that_by_hidden_signals() -> None:
    apart = 1e-10 * np.array([[1, -1], [0, 0]])
    gradient = np.array([[1.0, -1.0], [0.0, 0.0]])
    run = run_batch(
        LINEAR, np.ones((2, 2)), 1, lambda x, _: Unit(x + apart), output_gradient=lambda _: gradient
    )
    assert run.log_weight_gradient is not None
    assert run.log_hidden_gradient is not None
    # normalising leaves (1 - d, -1 - d), whose products with both rows of ones are -2 d
    ratio = np.exp(run.log_weight_gradient[1] - run.log_hidden_gradient[1])
    assert ratio == pytest.approx(2e-10, rel=1e-5)
