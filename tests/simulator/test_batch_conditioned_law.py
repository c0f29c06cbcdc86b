"""The conditioned sampler has the law of the definition, for every batch-normalised network.

With 200 networks a side, and after correction for 900 tests, a single observable gives away a shift
of its law by 0.7 standard deviations. That this is enough to see gradients through independent
weights, and a sampler that forgets the angles between the inputs, is tested as well.
"""

from __future__ import annotations

import numpy as np
import pytest

from symprop.simulator import batch_conditioned, conditioning
from symprop.simulator.batch_conditioned import conditioned_batch_run
from symprop.simulator.equality import holm_adjusted
from tests.simulator.batch_samplers import p_values, p_values_of_all, reference, sampled
from tests.simulator.small_batch_networks import ARCHITECTURES

LEVEL = 0.01


def test_the_sampler_has_the_law_of_the_definition() -> None:
    single, joint = p_values_of_all(conditioned_batch_run, [8, 30])
    assert len(single) > 50 * 2 * len(ARCHITECTURES)
    assert holm_adjusted(single).min() > LEVEL
    assert holm_adjusted(joint).min() > LEVEL


@pytest.mark.parametrize("width", [8, 30, 100])
@pytest.mark.parametrize("name", ["linear centred", "shaped tanh"])
def test_gradients_through_independent_weights_are_caught(name: str, width: int) -> None:
    wrong = sampled(conditioned_batch_run, name, width, 2, backward="independent")
    single, joint = p_values(wrong, reference(name, width))
    assert holm_adjusted(single).min() <= LEVEL
    assert joint <= LEVEL / 30


@pytest.mark.parametrize("width", [8, 30, 100])
def test_a_sampler_that_forgets_the_angles_is_caught(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Outputs that have the right law for each input, but are independent between inputs."""

    def without_angles(rows, outputs, rng, **options):
        seen = conditioning.gaussian_map(rows, outputs, rng, **options)
        lengths = np.linalg.norm(seen.factor, axis=1)
        return conditioning.GaussianMap(seen.basis, seen.image, np.diag(lengths))

    monkeypatch.setattr(batch_conditioned, "gaussian_map", without_angles)
    wrong = sampled(conditioned_batch_run, "relu", width, 3)
    single, joint = p_values(wrong, reference("relu", width))
    assert holm_adjusted(single).min() <= LEVEL
    assert joint <= LEVEL / 30
