"""Covariances of outputs: recursions of their own, and sampled networks."""

from __future__ import annotations

import numpy as np
import pytest

from symprop.recurrences.nngp import nngp_kernel
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.recurrences.branched_recursions import arc, densenet, resnet, vanilla
from tests.recurrences.wide_networks import gram_of_inputs, worst_scores

COSINES = [-1.0, -0.6, 0.0, 0.25, 0.95, 1.0]


@pytest.mark.parametrize("cosine", COSINES)
@pytest.mark.parametrize("depth", [0, 1, 2, 6])
def test_recursions(depth: int, cosine: float) -> None:
    for m, scale in ((1, 0.5), (2, 1), (4, 0.125)):
        kernel = nngp_kernel(ResNet(m, scale), depth)
        expected = float(resnet(cosine, depth, m, scale)[0])
        assert float(kernel.enclose(cosine, dps=15)) == pytest.approx(
            expected, rel=1e-12, abs=1e-14
        )
    for network, reference in ((DenseNet(), densenet), (Vanilla(), vanilla)):
        if depth:
            expected = float(reference(cosine, depth)[0])
            found = nngp_kernel(network, depth)([cosine])[0]
            assert found == pytest.approx(expected, rel=1e-13, abs=1e-14)


@pytest.mark.parametrize(
    ("network", "depth"),
    [(ResNet(1, 1), 2), (ResNet(2, 1), 3), (ResNet(3, "1/2"), 2), (DenseNet(), 3)],
)
def test_sampled_networks(network, depth: int) -> None:
    """The output weights' kernel has the covariance of the output for its mean."""
    limit = nngp_kernel(network, depth).gram(gram_of_inputs())
    scores = worst_scores(network, depth, 1000, limit, lambda run: run.output_kernel)
    assert max(scores) < 5


def test_one_more_relu_in_a_branch_is_not_this_network() -> None:
    """A branch of m matrices has m - 1 ReLUs; with m of them the sampled networks differ."""
    network, depth = ResNet(2, 1), 2
    gram = gram_of_inputs()
    lengths = np.sqrt(np.diagonal(gram))
    wrong = np.empty(gram.shape)
    for place in np.ndindex(*gram.shape):
        i, j = place
        cosine = min(1.0, gram[i, j] / (lengths[i] * lengths[j]))
        signal, length = cosine, 1
        for _ in range(depth):
            signal += length * arc(arc(signal / length)[0])[0]
            length *= 2
        wrong[i, j] = lengths[i] * lengths[j] * float(signal)
    scores = worst_scores(network, depth, 1000, wrong, lambda run: run.output_kernel)
    assert scores[0] > 20
