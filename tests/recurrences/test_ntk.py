"""Tangent kernels: recursions of their own, and sampled networks off the diagonal."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symprop.recurrences.nngp import nngp_kernel
from symprop.recurrences.ntk import tangent_kernel
from symprop.simulator.conditioned import conditioned_run
from symprop.specs.architectures import FullyConnected
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.recurrences.branched_recursions import densenet, resnet, vanilla
from tests.recurrences.wide_networks import gram_of_inputs, worst_scores

COSINES = [-1.0, -0.6, 0.0, 0.25, 0.95, 1.0]


@pytest.mark.parametrize("cosine", COSINES)
@pytest.mark.parametrize("depth", [1, 2, 6])
def test_recursions(depth: int, cosine: float) -> None:
    for m, scale in ((1, 0.5), (2, 1.0), (4, 0.125)):
        kernel = tangent_kernel(ResNet(m, scale), depth)
        expected = float(resnet(cosine, depth, m, scale)[1])
        found = float(kernel.enclose(cosine, dps=15))
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)
    for network, reference in ((DenseNet(), densenet), (Vanilla(), vanilla)):
        expected = float(reference(cosine, depth)[1])
        kernel = tangent_kernel(network, depth)
        assert float(kernel.enclose(cosine, dps=15)) == pytest.approx(
            expected, rel=1e-12, abs=1e-13
        )


NETWORKS = [
    (ResNet(1, 1), 6),
    (ResNet(2, 1), 2),
    (ResNet(2, "1/10"), 5),
    (ResNet(3, 1), 3),
    (ResNet(4, "1/10"), 4),
    (ResNet(2, "1/2", trained="all", input_layer=False), 2),
    (DenseNet(), 2),
    (DenseNet(trained="all"), 6),
    (Vanilla(), 3),
]


@pytest.mark.parametrize(("network", "depth"), NETWORKS)
def test_sampled_networks(network, depth: int) -> None:
    limit = tangent_kernel(network, depth).gram(gram_of_inputs())
    scores = worst_scores(network, depth, 600, limit, lambda run: run.tangent_kernel)
    assert max(scores) < 5


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_standard_parameterisation_of_sampled_chains(name: str) -> None:
    """The sampler has no readout: with one of unit variance its kernel is ours without it."""
    depth, width, runs = 2, 4000, 30
    net, cosine = FullyConnected(name, (2, "3/2", 1), ("1/10", "1/5", 0)), 0.3
    inputs = np.zeros((width, 2))
    inputs[0], inputs[1, 1] = np.sqrt(width) * np.array([1, cosine]), np.sqrt(width * 0.91)
    rng = np.random.default_rng(0)
    found = np.array(
        [
            conditioned_run(net, inputs, depth, rng=rng, backward="true").tangent_kernel
            for _ in range(runs)
        ]
    )
    ratio = found[:, 0, 1] / width**2
    kernel = tangent_kernel(net, depth, parameterization="standard")
    limit = kernel([cosine])[0] - nngp_kernel(net, depth)([cosine])[0]
    assert abs(ratio.mean() - limit) < 5 * ratio.std() / np.sqrt(runs)


def test_relu_chain_is_the_plain_network() -> None:
    """Its readout has variance 2, so twice the kernel of hidden and output weights."""
    chain = tangent_kernel(FullyConnected("relu", 2), 3, variances=(1, "5/2"))
    plain = tangent_kernel(Vanilla(input_layer=False, trained="all"), 3, variances=(1, "5/2"))
    for rho in ("-1/2", "1/3", "99/100"):
        assert (plain.enclose(rho, dps=20) * 2).overlaps(chain.enclose(rho, dps=20))
    assert chain.diagonal == 2 * plain.diagonal


def test_one_residual_branch_by_hand() -> None:
    """With m = 2 the two matrices give A c k'(c) and A k(c)."""
    rho = sympy.Symbol("rho", real=True)
    slope = 1 - sympy.acos(rho) / sympy.pi
    value = rho * slope + sympy.sqrt(1 - rho**2) / sympy.pi
    found = tangent_kernel(ResNet(2, "1/3"), 1).closed_form
    assert sympy.simplify(found - (rho * slope + value) / 9) == 0
