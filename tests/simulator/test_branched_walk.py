"""The walk through a network asks each node's matrices once, and cuts where it should."""

from __future__ import annotations

import numpy as np

from symprop.simulator.branched_walk import walk
from symprop.specs.branched import DenseNet, ResNet


class Identities:
    """Matrices that are all the identity, and output weights of ones."""

    def __init__(self):
        self.asked = 0

    def matrices(self, blocks):
        self.asked += 1
        return Sum(sum(blocks), len(blocks))

    def output_weights(self, width):
        return np.ones(width)


class Sum:
    def __init__(self, outputs, count):
        self.outputs, self.count = outputs, count

    def transposed(self, gradients):
        return [gradients] * self.count


def test_resnet_of_identities() -> None:
    """A branch multiplies positive signals by ``sqrt(2) alpha/n``, here by sqrt(2) x 1/2."""
    width, depth, factor = 2, 3, np.sqrt(2) / 2
    inputs = np.full((width, 1), 3.0)
    source = Identities()
    run = walk(
        ResNet(2, 1, input_layer=False), inputs, depth, source, backward="true", reduced=True
    )
    assert source.asked == 2 * depth
    output = 3 * (1 + factor) ** depth * np.sqrt(2)  # two units, over sqrt(n)
    assert np.allclose(run.output, output)
    assert np.allclose(run.reduced_output, output * factor / (1 + factor))
    # by the sum over units, |gradient|^2 = sum of squares of backward times forward signals
    forward = width * 9 * (1 + factor) ** (2 * np.arange(depth))
    backward = (1 + factor) ** (2 * np.arange(depth)[::-1])
    assert np.allclose(run.layer_kernels[:, 0, 0], 2 * factor**2 * forward * backward)


def test_densenet_of_identities() -> None:
    inputs = np.full((2, 1), 1.0)
    run = walk(DenseNet(input_layer=False), inputs, 2, Identities(), backward="true", reduced=True)
    first = np.sqrt(2)  # rho(y^0)
    second = first * np.sqrt(2) / np.sqrt(2)  # rho(W q/sqrt(n))
    assert np.allclose(run.output, (first + second) / np.sqrt(4) * np.sqrt(2))
    assert np.allclose(run.reduced_output[0], second / np.sqrt(4) * np.sqrt(2))
    assert np.allclose(run.reduced_output[1], run.output)
