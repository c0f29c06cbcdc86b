"""The conditioned sampler has the law of the definition at width 100, forward and backward."""

from __future__ import annotations

from symprop.simulator.batch_conditioned import conditioned_batch_run
from symprop.simulator.equality import holm_adjusted
from tests.simulator.batch_samplers import p_values_of_all
from tests.simulator.small_batch_networks import ARCHITECTURES

LEVEL = 0.01


def test_the_sampler_has_the_law_of_the_definition() -> None:
    single, joint = p_values_of_all(conditioned_batch_run, [100])
    assert len(single) > 50 * len(ARCHITECTURES)
    assert holm_adjusted(single).min() > LEVEL
    assert holm_adjusted(joint).min() > LEVEL
