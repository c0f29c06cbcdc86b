"""Needs of memory against what is really taken."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.memory import check_memory, memory_needed, result_bytes
from symprop.simulator.sampling import sample_run
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullResidual, FullyConnected

NET = FullResidual("tanh", 1, 1, 1, 1)


@pytest.mark.parametrize("method", ["conditioned", "dense"])
@pytest.mark.parametrize("backward", [None, "true", "independent"])
def test_estimate(method, backward) -> None:
    width = 20_000 if method == "conditioned" else 600
    asked = Specification(
        NET, width=width, depth=5, runs=1, inputs="gaussian:3", method=method, backward=backward
    )
    sample_run(replace(asked, width=20), 0)  # what is made once and kept is not counted
    tracemalloc.start()
    try:
        sample_run(asked, 0)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0.5 < memory_needed(asked) / taken < 2


@pytest.mark.parametrize("method", ["conditioned", "dense"])
def test_impossible_sizes_are_refused(method) -> None:
    asked = Specification(NET, width=10**12, depth=5, runs=1, method=method)
    with pytest.raises(InvalidArgument, match=r"inputs need .* GB of memory, and there are"):
        check_memory(asked, jobs=1)
    with pytest.raises(InvalidArgument, match="for 3 runs at a time"):
        check_memory(asked, jobs=3)


@pytest.mark.parametrize(
    ("sizes", "name"),
    [
        ({"width": 10**12}, "width"),
        ({"depth": 10**11}, "depth"),
        ({"depth": 10**40}, "depth"),
        ({"inputs": "gaussian:1000000000"}, "inputs"),
        ({"runs": 10**12}, "runs"),
    ],
)
def test_the_size_to_change_is_named(sizes, name) -> None:
    asked = Specification(NET, **({"width": 10, "depth": 5, "runs": 1} | sizes))
    with pytest.raises(InvalidArgument, match=f"Expected {name} small enough"):
        check_memory(asked, jobs=1, keeps_all=True)


def test_results_in_a_checkpoint_need_no_memory() -> None:
    asked = Specification(NET, width=10, depth=5, runs=10**12)
    assert result_bytes(asked) * asked.runs > 10**14
    check_memory(asked, jobs=1)


def test_sizes_beyond_floats_are_told() -> None:
    asked = Specification(FullyConnected("relu", 2), width=10**400, depth=1, runs=1)
    with pytest.raises(InvalidArgument, match=r"width small enough: .* GB of memory"):
        check_memory(asked, jobs=1)
