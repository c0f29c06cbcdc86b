"""Steps by directions: the exact path of homogeneous activations is a witness, kinks included."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import OutOfDomain
from symprop.recurrences.batch_norm_directions import gram_by_directions, is_found_by_pairs
from symprop.recurrences.normalization import batch_norm_gram
from symprop.specs.activations import activation


def spectrum(gram: np.ndarray, center: bool) -> tuple[np.ndarray, np.ndarray]:
    n = len(gram)
    mean = np.eye(n) - center / n
    values, vectors = np.linalg.eigh(mean @ gram @ mean)
    kept = values > 1e-12 * values.max()
    return values[kept], vectors[:, kept]


def spread(size: int, seed: int) -> np.ndarray:
    """Rows of very different length, two of them nearly equal."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(size, 2 * size)) * random.uniform(0.1, 3, size)[:, None]
    rows[1] = rows[0] + 0.05 * rows[1]
    return np.asarray(rows @ rows.T)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("phi", ["identity", "relu", "squared_relu", "alpha_relu:3/5"])
@pytest.mark.parametrize("size", [3, 5])
def test_agrees_with_the_integral_of_homogeneous_activations(
    phi: str, size: int, center: bool
) -> None:
    gram = spread(size, size)
    found, error = gram_by_directions(activation(phi), *spectrum(gram, center), 0)
    step = batch_norm_gram(phi, gram, center=center)
    assert np.abs(found - step.gram).max() <= error + step.error
    assert error < 1e-9 * np.diagonal(found).max()


@pytest.mark.parametrize("phi", ["relu6", "hard_tanh", "elu", "sign"])
def test_kinks_inside(phi: str) -> None:
    """Directions sampled often, and errors far below theirs."""
    gram, chosen = spread(4, 7), activation(phi)
    found, error = gram_by_directions(chosen, *spectrum(gram, False), 0)
    assert error < 1e-10
    z = np.random.default_rng(1).normal(size=(3 * 10**5, 4)) @ np.linalg.cholesky(gram).T
    images = chosen(2 * z / np.linalg.norm(z, axis=1, keepdims=True))
    for row in range(4):
        products = images[:, row : row + 1] * images
        bound = 5 * products.std(axis=0) / np.sqrt(len(z))
        assert (np.abs(products.mean(axis=0) - found[row]) <= bound + error).all()


def test_signs_have_arcsines() -> None:
    gram = spread(5, 3)
    found, error = gram_by_directions(activation("sign"), *spectrum(gram, False), 0)
    lengths = np.sqrt(np.diagonal(gram))
    known = 2 / np.pi * np.arcsin(np.clip(gram / lengths[:, None] / lengths, -1, 1))
    assert np.abs(found - known).max() <= error + 1e-12
    assert error < 1e-10


def test_inputs_that_vanish_or_repeat() -> None:
    gram = np.zeros((5, 5))
    gram[:3, :3] = [[2.0, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 1]]
    gram[4, :3] = gram[:3, 4] = 2 * gram[0, :3]
    gram[4, 4] = 4 * gram[0, 0]
    values, vectors = spectrum(gram, False)
    found, error = gram_by_directions(activation("exp(x/2)"), values, vectors, 0)
    assert found[3, 3] == 1
    z = np.random.default_rng(1).normal(size=(4 * 10**5, len(values)))
    y = z * np.sqrt(values) @ vectors.T
    images = np.exp(np.sqrt(5) * y / np.linalg.norm(y, axis=1, keepdims=True) / 2)
    assert np.abs(images.T @ images / len(z) - found).max() < 0.05
    assert error < 1e-10


@pytest.mark.parametrize("seed", range(3))
def test_sectors_as_narrow_as_rounding(seed: int) -> None:
    """Equal inputs put kinks of both onto lines that differ by rounding."""
    rows = np.random.default_rng(seed).normal(size=(5, 9))
    rows[1] = rows[0]
    found, error = gram_by_directions(activation("hard_tanh"), *spectrum(rows @ rows.T, True), 0)
    assert error < 1e-10
    assert np.abs(found[0] - found[1]).max() <= 2 * error
    assert np.abs(found[0, 1] - found[0, 0]) <= 2 * error


def test_large_ranks_are_sampled() -> None:
    size = 41
    assert not is_found_by_pairs(activation("tanh"), size, size)
    assert is_found_by_pairs(activation("tanh"), size, size - 1)
    found, error = gram_by_directions(activation("tanh"), np.ones(size), np.eye(size), 0)
    step = batch_norm_gram("tanh", np.eye(5), center=False)
    assert step.error < 1e-11
    assert np.abs(found - np.diag(np.diagonal(found))).max() <= error < 1e-2


def test_what_overflows_is_refused() -> None:
    with pytest.raises(OutOfDomain, match="float64"):
        gram_by_directions(activation("exp(500*x)"), np.ones(3), np.eye(3), 0)
    with pytest.raises(OutOfDomain, match="float64"):
        gram_by_directions(activation("exp(500*x)"), np.ones(1), np.array([[1.0], [-1.0]]), 0)
