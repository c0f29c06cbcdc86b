"""Observables against their definitions on vectors that are known."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.conditioned import conditioned_run
from symprop.simulator.dense import dense_run
from symprop.simulator.observables import (
    OBSERVABLES,
    cosines,
    effective_rank,
    isometry_gap,
    mean_squared_gradient,
    observe,
    orthogonality_gap,
)
from symprop.simulator.run import Run
from symprop.specs.architectures import FullResidual

X = np.random.default_rng(1).normal(size=(40, 3))
H = np.random.default_rng(2).normal(size=(40, 3))
D = np.random.default_rng(3).normal(size=(40, 3))


def gram(columns: np.ndarray) -> np.ndarray:
    return np.array(columns.T @ columns / len(columns))[None]


def run_of(columns: np.ndarray) -> Run:
    differences = columns[:, :, None] - columns[:, None, :]
    distances = np.mean(differences**2, axis=0)[None]
    return Run(gram(columns), gram(H), gram(D), {"b": np.ones((1, 3))}, np.eye(3), distances)


def test_definitions() -> None:
    run, lengths = run_of(X), np.linalg.norm(X, axis=0)
    cosine = X.T @ X / np.outer(lengths, lengths)
    angle = np.sum((X / lengths)[:, :, None] * (X / lengths)[:, None, :], axis=0)
    np.testing.assert_allclose(cosine, angle)
    expected = {
        "p": lengths**2 / 40,
        "q": np.mean(H**2, axis=0),
        "gamma": X.T @ X / 40,
        "lambda": H.T @ H / 40,
        "e": cosine,
        "rho": cosine,
        "e_gap": 1 - cosine,
        "c": H.T @ H / np.outer(np.linalg.norm(H, axis=0), np.linalg.norm(H, axis=0)),
        "s": np.sum((X[:, :, None] - X[:, None, :]) ** 2, axis=0) / 80,
        "chi": np.mean(D**2, axis=0),
        "chi_b": np.ones(3),
        "dead": np.zeros(3),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(observe(run, name)[0], value, atol=1e-15, err_msg=name)
    np.testing.assert_array_equal(observe(run, "tangent_kernel"), np.eye(3))


def test_every_observable_of_a_sampled_network() -> None:
    net = FullResidual("tanh", 1, 1, 1, 1)
    rng = np.random.default_rng(4)
    run = conditioned_run(net, X, 4, rng=rng, backward="true")
    with_derivatives = dense_run(net, X, 4, rng=rng, jacobian=True)
    for name, item in OBSERVABLES.items():
        if item.option is not None:
            assert observe(with_derivatives, name).shape[:2] == (5, 3)
            continue
        values = observe(run, name)
        assert np.isfinite(values).all()
        assert values.shape[0] == (3 if name == "tangent_kernel" else 5)
    assert (mean_squared_gradient(run, "v")[1:] > 0).all()


def test_measures_of_derivatives() -> None:
    values = np.array([[[2.0, 1.0, 1.0]]])
    run = Run(np.ones((1, 1, 1)), np.ones((1, 1, 1)), None, {}, None, None, values)
    assert observe(run, "jacobian_norm").tolist() == [[2.0]]
    assert observe(run, "jacobian_square").tolist() == [[2.0]]
    np.testing.assert_array_equal(observe(run, "jacobian_singular_values"), values)


def test_angles_that_inner_products_cannot_tell() -> None:
    """1 - cos = 1e-12 is found to six digits, also between vectors of different lengths."""
    first = np.sqrt(40) * X[:, 0] / np.linalg.norm(X[:, 0])
    other = X[:, 1] - first * (X[:, 1] @ first) / 40
    other *= np.sqrt(40) / np.linalg.norm(other)
    for stretch in (1.0, 1.0 + 1e-6):
        close = stretch * (first + np.sqrt(2e-12) * other)
        run = run_of(np.stack([first, close, other], axis=1))
        assert observe(run, "e_gap")[0, 0, 1] == pytest.approx(1e-12, rel=1e-6)
    assert observe(run, "e_gap")[0, 0, 2] == pytest.approx(1.0)


def test_zero_vectors() -> None:
    run = run_of(X * [0.0, 0.0, 1.0])
    np.testing.assert_allclose(observe(run, "e")[0], [[1, 1, 0], [1, 1, 0], [0, 0, 1]], atol=1e-15)
    np.testing.assert_allclose(observe(run, "e_gap")[0], 1 - observe(run, "e")[0], atol=1e-15)
    assert observe(run, "dead")[0].tolist() == [1.0, 1.0, 0.0]
    for measure in (orthogonality_gap, isometry_gap, effective_rank):
        with pytest.raises(OutOfDomain, match="not all zero"):
            measure(np.zeros((2, 2)))


def test_measures_of_gram_matrices() -> None:
    orthogonal = 3.0 * np.eye(4)
    assert orthogonality_gap(orthogonal) == pytest.approx(0.0, abs=1e-15)
    assert isometry_gap(orthogonal) == pytest.approx(0.0, abs=1e-15)
    assert effective_rank(orthogonal) == pytest.approx(4.0)
    parallel = np.ones((4, 4))
    assert orthogonality_gap(parallel) == pytest.approx(np.sqrt(1 - 1 / 4))
    assert effective_rank(parallel) == pytest.approx(1.0)
    assert isometry_gap(parallel) > 20
    two = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert isometry_gap(two) == pytest.approx(np.log(2.5) - np.log(5.0) / 2)
    np.testing.assert_allclose(cosines(two)[0, 1], 1 / np.sqrt(6))


def test_what_was_not_recorded_is_said() -> None:
    bare = Run(gram(X), gram(H), None, {}, None)
    for name in ("chi", "tangent_kernel", "gradient_cosine"):
        with pytest.raises(InvalidArgument, match="backward pass"):
            observe(bare, name)
    with pytest.raises(InvalidArgument, match="derivative by the inputs"):
        observe(bare, "jacobian_norm")
    with pytest.raises(InvalidArgument, match="distances"):
        observe(bare, "s")
    with pytest.raises(InvalidArgument, match="recorded gradients"):
        observe(run_of(X), "chi_w")
    with pytest.raises(InvalidArgument, match="observable"):
        observe(bare, "zeta")
