"""Both samplers have one law: every architecture at widths 8 and 30, forward and backward.

With 300 networks a side, and after correction for 600 tests, a single observable gives away a shift
of its law by half a standard deviation. That this is enough to see the simplification that theories
make, gradients through independent weights, is tested as well.
"""

from __future__ import annotations

import pytest

from symprop.simulator.equality import holm_adjusted
from tests.simulator.small_networks import ARCHITECTURES
from tests.simulator.two_samplers import conditioned, dense, p_values, p_values_of_all

LEVEL = 0.01


def test_both_samplers_have_one_law() -> None:
    single, joint = p_values_of_all([8, 30])
    assert len(single) > 25 * 2 * len(ARCHITECTURES)
    assert holm_adjusted(single).min() > LEVEL
    assert holm_adjusted(joint).min() > LEVEL


@pytest.mark.parametrize("width", [8, 30, 100])
def test_a_sampler_without_the_condition_is_caught(width: int) -> None:
    """The transpose drawn afresh, as if the forward pass had told nothing about the weights."""
    wrong = conditioned("relu", width, backward="independent")
    observables, together = p_values(wrong, dense("relu", width))
    assert holm_adjusted(observables).min() <= LEVEL
    assert together <= LEVEL / 30
