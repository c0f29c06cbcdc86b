"""Observables of batch-normalised networks: shapes, values, and what was not recorded."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.simulator.batch_dense import dense_batch_run
from symprop.simulator.batch_observables import BATCH_OBSERVABLES, centered_isometry_gap
from symprop.simulator.batch_run import BatchRun
from symprop.simulator.families import family_of, load_observables, load_sampler
from symprop.simulator.observables import isometry_gap
from symprop.specs.batch_normalized import BatchNormalized

DEPTH, BATCH, WIDTH = 3, 4, 6


def sampled(**options) -> BatchRun:
    rng = np.random.default_rng(2)
    net = BatchNormalized("tanh")
    return dense_batch_run(net, rng.normal(size=(WIDTH, BATCH)), DEPTH, rng=rng, **options)


@pytest.mark.parametrize("name", BATCH_OBSERVABLES)
def test_axes_are_those_of_the_array(name: str) -> None:
    observable = BATCH_OBSERVABLES[name]
    values = observable.function(sampled(backward="true", jacobian=True))
    sizes = {"layer": DEPTH + 1, "input": BATCH, "other": BATCH, "direction": WIDTH * BATCH}
    assert values.shape == tuple(sizes[axis] for axis in observable.axes)
    assert np.isfinite(values).all()


def test_the_family_knows_both_samplers() -> None:
    family = family_of(BatchNormalized("relu"))
    assert load_observables(family) is BATCH_OBSERVABLES
    for method in ("dense", "conditioned"):
        rng = np.random.default_rng(0)
        run = load_sampler(family, method)(BatchNormalized("relu"), np.eye(4), 2, rng=rng)
        assert run.depth == 2


def test_logarithms_of_gradients() -> None:
    run = sampled(backward="true")
    assert run.log_weight_gradient is not None
    found = BATCH_OBSERVABLES["log_weight_gradient"].function(run)
    assert found[0] == 0
    np.testing.assert_array_equal(found[1:], run.log_weight_gradient[1:])


def test_a_vanishing_gradient_has_no_logarithm() -> None:
    run = sampled(backward="true", output_gradient=np.zeros((WIDTH, BATCH)))
    with pytest.raises(OutOfDomain, match="not to vanish"):
        BATCH_OBSERVABLES["log_gradient"].function(run)


def test_what_was_not_recorded_is_named() -> None:
    run = sampled()
    with pytest.raises(InvalidArgument, match="a backward pass"):
        BATCH_OBSERVABLES["log_gradient"].function(run)
    with pytest.raises(InvalidArgument, match="the derivative by the inputs"):
        BATCH_OBSERVABLES["jacobian_norm"].function(run)


def test_isometry_on_vectors_of_sum_zero() -> None:
    """With a basis of Helmert's, written out."""
    rng = np.random.default_rng(1)
    factor = rng.normal(size=(2, 5, 3))
    gram = factor.swapaxes(1, 2) @ factor
    basis = np.array([[1, 1], [-1, 1], [0, -2]]) / np.sqrt([2, 6])
    np.testing.assert_allclose(
        centered_isometry_gap(gram), isometry_gap(basis.T @ gram @ basis), rtol=1e-12
    )
    with pytest.raises(InvalidArgument, match="at least 2 inputs"):
        centered_isometry_gap(np.ones((1, 1)))
