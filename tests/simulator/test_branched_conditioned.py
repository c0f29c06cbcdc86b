"""The conditioned sampler of networks with bypasses: identities, exact moments, refusals."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument, OutOfDomain, UnsupportedLaw
from symprop.simulator.branched_conditioned import conditioned_branched_run
from symprop.simulator.branched_run import BRANCHED_OBSERVABLES
from symprop.specs.branched import DenseNet, ResNet, Vanilla


def runs(network, inputs, depth, count, **options):
    rng = np.random.default_rng(11)
    return [
        conditioned_branched_run(network, inputs, depth, rng=rng, **options) for _ in range(count)
    ]


def test_output_is_homogeneous_in_every_matrix() -> None:
    """Matrix by matrix, the gradient times the weights is the sum of the paths through them."""
    inputs = np.random.default_rng(0).normal(size=(20, 2))
    for network in (Vanilla(), ResNet(3, "1/3")):
        (run,) = runs(network, inputs, 3, 1, backward="true")
        diagonal = np.diagonal(run.cross_gram, axis1=1, axis2=2)
        np.testing.assert_allclose(diagonal, np.tile(run.output, (4, 1)), rtol=1e-10)


@pytest.mark.parametrize("width", [2, 5])
def test_exact_moments_of_small_networks(width: int) -> None:
    """E G and E G^2 of one residual branch of two matrices, and of a dense net of two layers."""
    n = width
    exact = {
        ResNet(2, 1): (2, 4 * (n + 2) ** 2 * (n + 3) / n**3, 1),
        DenseNet(): (1.5, 3 * (n + 2) * (n + 5) * (3 * n + 4) / (4 * n**3), 2),
    }
    inputs = np.zeros((n, 1))
    inputs[0] = np.sqrt(n)
    for network, (mean, square, depth) in exact.items():
        found = runs(network, inputs, depth, 4000, backward="true")
        kernels = np.array([run.tangent_kernel[0, 0] for run in found])
        for values, expected in ((kernels, mean), (kernels**2, square)):
            error = values.std() / np.sqrt(len(values))
            assert abs(values.mean() - expected) < 5 * error


def test_moments_of_gradients_are_those_of_the_reduced_output() -> None:
    """E |J^k|^2 = E f_(k)^2 for each matrix of a branch, and for all those of a dense layer."""
    width, depth = 3, 2
    inputs = np.ones((width, 1))
    for network, matrices in ((ResNet(2, 1), 2), (DenseNet(), 1)):
        found = runs(network, inputs, depth, 4000, backward="true", reduced=True)
        norms = np.array([np.diagonal(run.layer_kernels, axis1=1, axis2=2)[:, 0] for run in found])
        outputs = np.array([run.reduced_output[:, 0] for run in found])
        difference = norms - matrices * outputs**2
        error = difference.std(axis=0) / np.sqrt(len(found))
        assert (np.abs(difference.mean(axis=0)) < 5 * error).all()


def test_observables_have_their_axes() -> None:
    sizes = {"layer": 4, "branch": 3, "matrix": 7, "input": 2, "other": 2}
    (run,) = runs(DenseNet(), np.ones((9, 2)), 3, 1, backward="true", reduced=True)
    for observable in BRANCHED_OBSERVABLES.values():
        assert observable.function(run).shape == tuple(sizes[axis] for axis in observable.axes)
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.tangent_kernel, run.tangent_kernel)


def test_wide_networks_are_cheap_and_near_their_limit() -> None:
    (run,) = runs(ResNet(2, "1/10"), np.ones((10**6, 1)), 3, 1, backward="true")
    assert run.tangent_kernel[0, 0] == pytest.approx(3 * 2 * 0.01 * 1.01**2, rel=0.02)


def test_refusals() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(UnsupportedLaw, match="haar"):
        conditioned_branched_run(Vanilla(), np.ones((3, 1)), 2, rng=rng, law="haar")
    huge = np.broadcast_to(np.ones(1), (10**7, 2))
    with pytest.raises(InvalidArgument, match="GB"):
        conditioned_branched_run(DenseNet(), huge, 60, rng=rng, backward="true")
    with pytest.raises(OutOfDomain, match="overflow"):
        conditioned_branched_run(Vanilla(), np.full((3, 1), 1e200), 2, rng=rng)
    run = conditioned_branched_run(Vanilla(), np.ones((3, 1)), 2, rng=rng)
    with pytest.raises(InvalidArgument, match="backward pass"):
        _ = run.tangent_kernel
    with pytest.raises(InvalidArgument, match="reduced"):
        BRANCHED_OBSERVABLES["f_reduced"].function(run)
