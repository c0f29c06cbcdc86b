"""Networks with bypasses as data: what they keep, and what they refuse."""

from __future__ import annotations

import pickle

import pytest
import sympy

from symprop.foundation.errors import InvalidArgument, OutOfDomain
from symprop.specs.branched import DenseNet, Reduced, ResNet, Vanilla
from tests.malformed import NO_SEQUENCES, assert_refused


@pytest.mark.parametrize("branch_depth", [1, 2, 3])
@pytest.mark.parametrize("depth", [0, 1, 4])
def test_size_of_a_residual_network(branch_depth: int, depth: int) -> None:
    graph = ResNet(branch_depth).graph(depth)
    assert graph.depth == depth
    assert len(graph.matrices) == branch_depth * depth + 1
    assert sum(node.active for node in graph.nodes) == (branch_depth - 1) * depth


def test_dense_network_activates_all_but_the_last() -> None:
    graph = DenseNet().graph(3)
    assert [graph.nodes[layer].active for layer in graph.layers] == [True, True, True, False]
    assert [node.active for node in DenseNet().graph(0).nodes] == [False, False]


def test_without_input_layer_the_first_node_is_layer_0() -> None:
    assert Vanilla(input_layer=False).graph(2).layers == (0, 1, 2)
    assert DenseNet(input_layer=False).graph(1).nodes[0].active


def test_scale_is_kept_and_may_be_a_symbol() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    assert ResNet(2, alpha).graph(1).matrices[1].scale is alpha
    assert ResNet(2, "1/3").scale == "1/3"
    with pytest.raises(OutOfDomain, match="scale"):
        ResNet(2, sympy.Symbol("a"))
    with pytest.raises(OutOfDomain, match="scale >= 0"):
        ResNet(2, -1)


def test_groups_of_trained_weights() -> None:
    assert ResNet(trained="all").trained == ("input", "hidden", "output")
    assert ResNet(trained=["output", "input"]).trained == ("input", "output")
    for wrong in ("none", (), ("hidden", "bias")):
        with pytest.raises(InvalidArgument, match="trained"):
            ResNet(trained=wrong)
    net = ResNet(trained="input")
    assert [net.trains(matrix) for matrix in net.graph(1).matrices] == [True, False, False]


def test_reduced_network_keeps_the_choices_of_the_whole() -> None:
    net = Reduced(ResNet(2, trained="all", input_layer=False), 1)
    assert (net.trained, net.input_layer) == (("input", "hidden", "output"), False)
    assert pickle.loads(pickle.dumps(net)) == net
    with pytest.raises(InvalidArgument, match="where"):
        net.graph(0)


def test_refusals() -> None:
    with pytest.raises(InvalidArgument, match="branch_depth"):
        ResNet(0)
    with pytest.raises(InvalidArgument, match="input_layer"):
        ResNet(input_layer="yes")
    with pytest.raises(InvalidArgument, match="depth"):
        ResNet().graph(-1)


def test_what_is_trained_is_named() -> None:
    assert Vanilla(trained=iter(["output", "hidden"])).trained == ("hidden", "output")
    no_names = [value for value in NO_SEQUENCES if not isinstance(value, str)]
    assert_refused(lambda names: Vanilla(trained=names), no_names, "trained to be a sequence")
    for names in ("", "abc", [], [[]], [None], ["all", "hidden"]):
        with pytest.raises(InvalidArgument, match="trained to be among"):
            Vanilla(trained=names)


def test_only_branched_networks_are_reduced() -> None:
    assert_refused(lambda net: Reduced(net, 1), (None, "resnet", 3), "network to be a branched")
    with pytest.raises(InvalidArgument, match="depth to be an integer from 0 to"):
        Vanilla().graph(10**400)
