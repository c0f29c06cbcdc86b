"""The record of a network with bypasses refuses what does not fit together."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.branched_run import BranchedRun

GRAM = np.ones((2, 3, 3))


def test_shapes_and_nan_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="output of shape"):
        BranchedRun((), (), GRAM, np.zeros(2), None, None, None, None, GRAM[0])
    with pytest.raises(InvalidArgument, match="without NaN"):
        BranchedRun((), (), GRAM, np.full(3, np.nan), None, None, None, None, GRAM[0])


def test_tangent_kernel_sums_what_counts() -> None:
    kernels = np.array([1.0, 2.0, 4.0])[:, None, None] * np.ones((3, 3, 3))
    labels, counted = ((0, 0), (1, 1), (1, 2)), (False, True, True)
    run = BranchedRun(labels, counted, GRAM, np.zeros(3), None, None, None, kernels, GRAM[0])
    assert (run.tangent_kernel == 6).all()
    assert (run.layer_kernels == 6).all()
    more = BranchedRun(
        labels, counted, GRAM, np.zeros(3), None, None, None, kernels, GRAM[0], counts_output=True
    )
    assert (more.tangent_kernel == 7).all()
