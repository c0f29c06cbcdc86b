"""Rules of the Gram map: errors that are told, and what is remembered."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.recurrences.batch_norm_directions import gram_by_directions
from symprop.recurrences.batch_norm_map import BatchNormMap
from symprop.specs.activations import activation


@pytest.mark.parametrize("phi", ["identity", "relu"])
@pytest.mark.parametrize("seed", range(4))
def test_errors_of_uneven_spectra_are_told(phi: str, seed: int) -> None:
    """Many scales at once are where few nodes are most tempting."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(7, 20)) * np.exp(1.2 * random.normal(size=(7, 1)))
    gram = rows @ rows.T
    step = BatchNormMap(activation(phi), False, 0)(gram)
    values, vectors = np.linalg.eigh(gram)
    known, error = gram_by_directions(activation(phi), values, vectors, 0)
    assert error < 1e-11
    assert np.abs(step.gram - known).max() <= step.error + error
    assert step.error < 1e-10


def test_a_map_that_is_used_again_gives_the_same() -> None:
    gram_map = BatchNormMap(activation("relu"), True, 0)
    gram = np.diag([1.0, 2.0, 3.0, 4.0])
    first, second = gram_map(gram), gram_map(gram)
    assert gram_map.checked is not None
    assert np.abs(first.gram - second.gram).max() <= first.error + second.error
