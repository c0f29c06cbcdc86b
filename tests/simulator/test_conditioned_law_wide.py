"""Both samplers have one law: every architecture at width 100, forward and backward.

With 200 networks a side, and after correction for 300 tests, a single observable gives away a shift
of its law by 0.6 standard deviations.
"""

from __future__ import annotations

from symprop.simulator.equality import holm_adjusted
from tests.simulator.small_networks import ARCHITECTURES
from tests.simulator.two_samplers import p_values_of_all

LEVEL = 0.01


def test_both_samplers_have_one_law() -> None:
    single, joint = p_values_of_all([100])
    assert len(single) > 25 * len(ARCHITECTURES)
    assert holm_adjusted(single).min() > LEVEL
    assert holm_adjusted(joint).min() > LEVEL
