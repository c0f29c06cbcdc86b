"""Chunks are kept whole, read singly, and never mixed with those of another simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.simulator.chunks import FAILED, REASONS, Checkpoint, Chunk, gaps_between
from symprop.simulator.specification import Specification
from symprop.specs.architectures import FullyConnected

ASKED = Specification(
    FullyConnected("tanh", 2), width=10, depth=3, runs=8, observables=("p", "lambda")
)


def arrays(runs: int) -> dict[str, np.ndarray]:
    return {"p": np.arange(runs, dtype=float), "lambda": np.ones((runs, 2))}


def test_what_is_written_is_found_again(tmp_path) -> None:
    keeper = Checkpoint(tmp_path / "kept", ASKED)
    assert keeper.open(resume=False) == []
    keeper.write(2, 5, arrays(3))
    (found,) = keeper.open(resume=True)
    assert (found.start, found.stop) == (2, 5)
    np.testing.assert_array_equal(found.values("p"), [0, 1, 2])
    with pytest.raises(InvalidArgument, match="unless resumed"):
        keeper.open(resume=False)


def test_fewer_and_more_runs_may_be_asked_for(tmp_path) -> None:
    keeper = Checkpoint(tmp_path / "kept", ASKED)
    keeper.open(resume=False)
    keeper.write(0, 8, arrays(8))
    (fewer,) = Checkpoint(tmp_path / "kept", replace(ASKED, runs=3)).open(resume=True)
    assert fewer.values("lambda").shape == (3, 2)
    more = Checkpoint(tmp_path / "kept", replace(ASKED, runs=30)).open(resume=True)
    assert gaps_between(more, 30) == [(8, 30)]


def test_damaged_files_are_done_again(tmp_path) -> None:
    keeper = Checkpoint(tmp_path / "kept", ASKED)
    keeper.open(resume=False)
    keeper.write(0, 4, arrays(4))
    file = tmp_path / "kept" / "runs-000000004-000000008.npz"
    whole = (tmp_path / "kept" / "runs-000000000-000000004.npz").read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert gaps_between(keeper.open(resume=True), 8) == [(4, 8)]


def test_other_simulations_and_other_folders_are_refused(tmp_path) -> None:
    keeper = Checkpoint(tmp_path / "kept", ASKED)
    keeper.open(resume=False)
    keeper.write(0, 4, arrays(4))
    with pytest.raises(InvalidArgument, match="this very simulation"):
        Checkpoint(tmp_path / "kept", replace(ASKED, seed=1)).open(resume=True)
    with pytest.raises(InvalidArgument, match="folder that exists"):
        Checkpoint(tmp_path / "no" / "kept", ASKED).open(resume=True)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InvalidArgument, match="to be a folder"):
        Checkpoint(file, ASKED).open(resume=True)
    with pytest.raises(InvalidArgument, match="empty folder"):
        Checkpoint(tmp_path, ASKED).open(resume=True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["file"]


def test_a_chunk_may_hold_more_than_its_runs() -> None:
    assert Chunk(3, 5, arrays(4)).values("p").tolist() == [0, 1]


def test_runs_that_failed_are_known_and_left_out(tmp_path) -> None:
    keeper = Checkpoint(tmp_path / "kept", ASKED)
    keeper.open(resume=False)
    failed = {FAILED: np.array([3, 4]), REASONS: np.array(["overflow", "nothing left"])}
    keeper.write(2, 6, arrays(2) | failed)
    keeper.write(6, 7, {FAILED: np.array([6]), REASONS: np.array(["overflow"])})
    first, second = keeper.open(resume=True)
    assert first.failures == {3: "overflow", 4: "nothing left"}
    assert first.survivors.tolist() == [2, 5]
    assert first.values("p").tolist() == [0, 1]
    assert second.survivors.size == 0
    (fewer,) = Checkpoint(tmp_path / "kept", replace(ASKED, runs=4)).open(resume=True)
    assert fewer.failures == {3: "overflow"}
    assert fewer.values("p").tolist() == [0]
