"""The networks on synthetic noise: what they are, and that a seed determines them."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.claims.noise_image_networks import KINDS, noise_image_run


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_determines_the_run(kind: str) -> None:
    first, again, other = (noise_image_run(kind, 4, 3, 5, seed) for seed in (1, 1, 2))
    assert first.depth == 3
    assert np.array_equal(first.signal, again.signal)
    assert not np.array_equal(first.signal, other.signal)


def test_only_normalised_signals_keep_their_size() -> None:
    runs = {kind: noise_image_run(kind, 4, 30, 5, 3) for kind in KINDS}
    assert np.allclose(runs["normalised"].hidden[1:, 1], 1)
    assert np.allclose(runs["residual"].hidden[1:, 1], 1)
    assert not np.allclose(runs["vanilla"].hidden[1:, 1], 1)
    assert runs["residual"].signal_central[-1, 1] > 5 * runs["residual"].signal_central[0, 1]
