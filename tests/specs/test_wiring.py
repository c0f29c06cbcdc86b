"""Graphs of networks: cutting all connections around a place."""

from __future__ import annotations

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.specs.branched import DenseNet, ResNet, Vanilla
from tests.malformed import NO_INTEGERS, assert_refused


def test_matrices_of_one_branch_give_one_reduced_network() -> None:
    graph = ResNet(3, "1/2").graph(4)
    reduced = {graph.through((2, h)) for h in (1, 2, 3)} | {graph.through(2)}
    assert len(reduced) == 1
    skips = [node.skip for node in reduced.pop().nodes if node.skip is not None]
    assert skips == [1, 7, 10]  # all but that of the second branch


def test_nothing_is_cut_in_a_plain_network() -> None:
    graph = Vanilla().graph(3)
    assert all(graph.through(matrix.label) == graph for matrix in graph.matrices)


def test_dense_network_through_one_matrix_and_through_a_layer() -> None:
    graph = DenseNet().graph(4)
    labels = [matrix.label for matrix in graph.through((3, 1)).matrices]
    assert labels == [(0, 0), (1, 0), (3, 1), (4, 3)]
    labels = [matrix.label for matrix in graph.through(3).matrices]
    assert labels == [(0, 0), (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (4, 3)]
    assert graph.through((0, 0)) == graph


@pytest.mark.parametrize("where", [0, 5, (1, 3), (9, 0)])
def test_places_that_do_not_exist(where: int | tuple[int, int]) -> None:
    with pytest.raises(InvalidArgument, match="where"):
        ResNet(2).graph(4).through(where)


def test_what_is_no_place_is_named() -> None:
    assert_refused(Vanilla().graph(2).through, NO_INTEGERS, "where to be an integer")
