"""The conditioned sampler of batch-normalised networks: refusals, and what holds path by path."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.simulator.batch_conditioned import conditioned_batch_run
from symprop.specs.batch_normalized import BatchNormalized
from symprop.specs.initialization import LAWS


@pytest.mark.parametrize("law", [law for law in LAWS if law != "gaussian"])
def test_other_laws_are_refused_with_the_reason(law: str) -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(UnsupportedLaw, match=f"{law} ones: .* dense sampler"):
        conditioned_batch_run(BatchNormalized("relu"), np.eye(3), 2, rng=rng, law=law)


def test_more_inputs_than_units() -> None:
    rng = np.random.default_rng(0)
    net = BatchNormalized("identity", center=False)
    run = conditioned_batch_run(net, rng.normal(size=(3, 7)), 4, rng=rng, backward="true")
    assert np.linalg.matrix_rank(run.gram[-1], tol=1e-10) == 3
    assert run.gradient_gram is not None
    assert np.linalg.matrix_rank(run.gradient_gram[0], tol=1e-10) == 3


def test_equal_inputs_stay_equal() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(50, 2))[:, [0, 1, 0]]
    run = conditioned_batch_run(BatchNormalized("tanh"), inputs, 5, rng=rng)
    np.testing.assert_allclose(run.gram[:, 0], run.gram[:, 2], atol=1e-12)


def test_wide_networks_follow_the_mean_field() -> None:
    """At width 20000 the Gram matrix of centred relu units is near its fixed point, path by path.

    The fixed point has 1/2 on the diagonal and the arc-cosine kernel at -1/(k - 1) beside it.
    """
    rng = np.random.default_rng(1)
    count, width = 4, 20_000
    inputs = rng.normal(size=(width, count))
    run = conditioned_batch_run(BatchNormalized("relu"), inputs, 20, rng=rng)
    cosine = -1 / (count - 1)
    beside = (np.sqrt(1 - cosine**2) + cosine * (np.pi - np.arccos(cosine))) / (2 * np.pi)
    expected = beside + (0.5 - beside) * np.eye(count)
    np.testing.assert_allclose(run.gram[-1], expected, atol=6 / np.sqrt(width))


def test_depth_without_memory_is_refused() -> None:
    inputs, rng = np.ones((10**6, 10)), np.random.default_rng(0)
    with pytest.raises(InvalidArgument, match=r"depth small enough.*GB of memory"):
        conditioned_batch_run(BatchNormalized("relu"), inputs, 10**4, rng=rng, backward="true")


def test_degenerate_batches_name_the_layer() -> None:
    same = np.ones((4, 3))
    with pytest.raises(OutOfDomain, match=r"In layer 1 of 2: Expected units not to be constant"):
        conditioned_batch_run(BatchNormalized("relu"), same, 2, rng=np.random.default_rng(0))
