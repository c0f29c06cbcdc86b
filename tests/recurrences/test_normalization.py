"""Gram maps of normalised networks: closed cases, sampling, and the two ways to integrate."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.recurrences.normalization import (
    batch_norm_gram,
    batch_norm_trajectory,
    layer_norm_gram,
)
from symprop.specs.activations import activation

NO_MATRICES = [
    None,
    "abc",
    b"ab",
    True,
    3.0,
    [],
    [[]],
    {},
    {1, 2},
    [1.0, 2.0],
    np.ones((2, 3)),
    np.ones((2, 2, 2)),
    [[1, 0], [0]],
    [[1 + 1j, 0], [0, 1]],
    [[None]],
    [["1", "0"], ["0", "1"]],
    np.eye(2, dtype=bool),
    np.array([[object(), 1], [1, 1]], dtype=object),
    [[10**400, 0], [0, 10**400]],
    [[np.nan, 0], [0, 1]],
    [[1, np.nan], [np.nan, 1]],
    [[np.inf, 0], [0, 1]],
    [[1, np.inf], [np.inf, 1]],
    [[1, 0.5], [0.2, 1]],
    [[-1, 0], [0, 1]],
    [[0.0]],
]
MATRIX = np.array([[4.0, 1, 0, 1], [1, 3, 1, 0], [0, 1, 2, 1], [1, 0, 1, 5]])


def sampled(phi: str, gram: np.ndarray, center: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean over a million Gaussian vectors, with its standard error."""
    rows = np.random.default_rng(3).normal(size=(10**6, len(gram))) @ np.linalg.cholesky(gram).T
    if center:
        rows -= rows.mean(axis=1, keepdims=True)
    rows *= np.sqrt(len(gram)) / np.linalg.norm(rows, axis=1, keepdims=True)
    images = activation(phi)(rows)
    products = images[:, :1] * images
    return products.mean(axis=0), products.std(axis=0) / 1e3


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("phi", ["identity", "relu", "squared_relu", "alpha_relu:3/5", "tanh"])
def test_agrees_with_gaussian_vectors(phi: str, center: bool) -> None:
    step = batch_norm_gram(phi, MATRIX, center=center)
    mean, error = sampled(phi, MATRIX, center)
    assert (np.abs(step.gram[0] - mean) < 5 * error + step.error).all()


@pytest.mark.parametrize("phi", ["relu", "identity", "tanh"])
def test_scale_of_the_matrix_does_not_count(phi: str) -> None:
    one, other = (batch_norm_gram(phi, scale * MATRIX).gram for scale in (1, 7.5))
    assert np.allclose(one, other, atol=1e-12)


def test_identity_has_trace_of_the_batch() -> None:
    for center in (True, False):
        gram = batch_norm_gram("identity", MATRIX, center=center).gram
        assert np.trace(gram) == pytest.approx(4, abs=1e-12)
    assert np.allclose(batch_norm_gram("identity", MATRIX).gram.sum(axis=0), 0, atol=1e-12)


def test_two_centred_inputs_become_signs() -> None:
    for phi in ("relu", "tanh"):
        plus, minus = activation(phi)(np.array([1.0, -1.0]))
        gram = batch_norm_gram(phi, [[3.0, 1.0], [1.0, 1.0]]).gram
        assert gram[0, 0] == pytest.approx((plus**2 + minus**2) / 2, abs=1e-13)
        assert gram[0, 1] == pytest.approx(plus * minus, abs=1e-13)


def test_nearly_equal_inputs() -> None:
    """The smallest eigenvalue is 1e-10 of the others; equal inputs are the limit."""
    near, equal = np.eye(4), np.eye(4)
    near[0, 1] = near[1, 0] = 1 - 1e-10
    equal[0, 1] = equal[1, 0] = 1
    steps = [batch_norm_gram("relu", gram, center=False) for gram in (near, equal)]
    assert max(step.error for step in steps) < 1e-11
    assert np.abs(steps[0].gram - steps[1].gram).max() < 1e-4
    assert steps[1].gram[0, 1] == pytest.approx(steps[1].gram[0, 0], abs=1e-12)


def test_trajectory_is_the_map_again_and_again() -> None:
    path = batch_norm_trajectory("relu", MATRIX, 3, center=False)
    gram = MATRIX
    for layer in range(1, 4):
        gram = batch_norm_gram("relu", gram, center=False).gram
        assert np.allclose(path[layer], gram, atol=1e-12)


def test_layer_normalisation_forgets_lengths() -> None:
    lengths = np.sqrt(np.diagonal(MATRIX))
    cosines = MATRIX / lengths[:, None] / lengths
    relu = layer_norm_gram("relu", MATRIX)
    assert np.allclose(np.diagonal(relu), 0.5)
    c = cosines[0, 1]
    value = (np.sqrt(1 - c * c) + c * (np.pi - np.arccos(c))) / (2 * np.pi)
    assert relu[0, 1] == pytest.approx(value, abs=1e-12)


def test_what_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="not all equal"):
        batch_norm_gram("relu", np.ones((3, 3)))
    with pytest.raises(OutOfDomain, match="negative eigenvalues"):
        batch_norm_gram("relu", [[1.0, 2.0], [2.0, 1.0]], center=False)
    with pytest.raises(InvalidArgument, match="square"):
        batch_norm_gram("relu", np.ones((2, 3)))
    with pytest.raises(InvalidArgument, match="True or False"):
        batch_norm_gram("relu", MATRIX, center="no")  # type: ignore[arg-type]


@pytest.mark.parametrize("center", [True, False])
def test_rules_that_are_kept_are_as_good_as_those_found_anew(center: bool) -> None:
    columns = np.random.default_rng(3).normal(size=(30, 20))
    path = batch_norm_trajectory("relu", columns.T @ columns / 30, 25, center=center)
    for layer in (1, 6, 24):
        step = batch_norm_gram("relu", path[layer], center=center)
        assert np.abs(step.gram - path[layer + 1]).max() <= step.error


@pytest.mark.parametrize("scale", [1e-320, 1e308])
@pytest.mark.parametrize("phi", ["relu", "tanh"])
def test_scales_at_the_ends_of_float64_do_not_matter(phi: str, scale: float) -> None:
    unit = batch_norm_gram(phi, np.eye(3))
    step = batch_norm_gram(phi, scale * np.eye(3))
    assert np.abs(step.gram - unit.gram).max() <= unit.error


@pytest.mark.parametrize("phi", ["relu", "tanh"])
@pytest.mark.parametrize("gram", NO_MATRICES)
def test_what_is_no_gram_matrix(phi: str, gram: object) -> None:
    calls = (
        lambda: batch_norm_gram(phi, gram),  # type: ignore[arg-type]
        lambda: batch_norm_trajectory(phi, gram, 2),  # type: ignore[arg-type]
        lambda: layer_norm_gram(phi, gram),  # type: ignore[arg-type]
    )
    for call in calls:
        with pytest.raises(InvalidArgument, match=r"^Expected gram .* but got gram="):
            call()


@pytest.mark.parametrize("value", [None, "1", 1.5, -1, True])
def test_depths_and_seeds(value: object) -> None:
    with pytest.raises(InvalidArgument, match="depth"):
        batch_norm_trajectory("relu", MATRIX, value)  # type: ignore[arg-type]
    for phi in ("relu", "tanh"):
        with pytest.raises(InvalidArgument, match="seed"):
            batch_norm_gram(phi, MATRIX, seed=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_center_is_a_flag(value: object) -> None:
    with pytest.raises(InvalidArgument, match="center"):
        batch_norm_trajectory("tanh", MATRIX, 1, center=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("phi", [None, 3, b"relu", [], "no_such_activation"])
def test_what_is_no_activation(phi: object) -> None:
    for call in (batch_norm_gram, layer_norm_gram):
        with pytest.raises(InvalidArgument, match="activation"):
            call(phi, MATRIX)  # type: ignore[arg-type]


@pytest.mark.parametrize("center", [True, False])
def test_scaled_activations_scale_the_step(center: bool) -> None:
    """The step is quadratic in the activation, and permutations of inputs permute it."""
    plain = batch_norm_gram("gelu", MATRIX, center=center)
    scaled = batch_norm_gram(activation("gelu").scaled(3), MATRIX, center=center)
    assert np.abs(scaled.gram - 9 * plain.gram).max() <= scaled.error + 9 * plain.error
    order = np.array([2, 0, 3, 1])
    moved = batch_norm_gram("gelu", MATRIX[np.ix_(order, order)], center=center)
    assert np.abs(moved.gram - plain.gram[np.ix_(order, order)]).max() <= 2 * plain.error
