"""Limits node by node: parts add up, cut networks are followed, long lists are summed once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symprop.recurrences.arc_cosines import arc_of_equals
from symprop.recurrences.graph_recursion import graph_limits
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla


def diagonal(network, depth):
    return graph_limits(network.graph(depth), 1, arc=arc_of_equals, number=Fraction)


@pytest.mark.parametrize("depth", [0, 1, 2, 7])
def test_exact_diagonals(depth: int) -> None:
    """m L A (1 + A)^(L-1) for residual nets, harmonic numbers for dense ones, L for plain ones."""
    for m, scale in ((1, Fraction(1, 3)), (2, Fraction(1)), (4, Fraction(2, 5))):
        power = scale**m
        found = diagonal(ResNet(m, scale), depth)
        assert found.output == (1 + power) ** depth
        expected = m * depth * power * (1 + power) ** max(depth - 1, 0)
        assert found.tangent(("hidden",)) == expected
        assert found.tangent(("input",)) == (1 + power) ** depth
    dense = diagonal(DenseNet(), depth)
    assert dense.output == 1
    assert dense.tangent(("hidden",)) == sum(Fraction(1, k) for k in range(1, depth + 1))
    assert diagonal(Vanilla(), depth).tangent(("hidden",)) == depth


@pytest.mark.parametrize("network", [ResNet(3, 2), DenseNet(), Vanilla()])
def test_parts_add_up(network) -> None:
    found = diagonal(network, 5)
    parts = found.parts(Fraction)
    hidden = sum(value for label, value in parts.items() if label != (0, 0))
    assert hidden == found.tangent(("hidden",))
    assert parts[0, 0] == found.tangent(("input",))
    assert set(parts) == {matrix.label for matrix in network.graph(5).matrices}


def test_part_of_a_matrix_is_the_covariance_of_the_reduced_output() -> None:
    """E |J^k|^2 = E f_(k)^2, in the limit too."""
    for network in (ResNet(2, Fraction(1, 2)), DenseNet()):
        for label, part in diagonal(network, 4).parts(Fraction).items():
            assert diagonal(Reduced(network, label), 4).output == part


def test_no_scale_means_no_branch() -> None:
    found = diagonal(ResNet(3, Fraction(0)), 4)
    assert (found.output, found.tangent(("hidden",))) == (1, 0)


def test_deep_dense_networks() -> None:
    found = graph_limits(DenseNet().graph(600), 1.0, arc=arc_of_equals, number=float)
    assert found.tangent(("hidden",)) == pytest.approx(sum(1 / k for k in range(1, 601)), rel=1e-12)


def test_without_gradients() -> None:
    found = graph_limits(ResNet().graph(2), 1, arc=arc_of_equals, number=Fraction, backward=False)
    assert found.output == 4
    assert found.gradients == [None] * 6
