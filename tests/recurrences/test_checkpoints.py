"""An interrupted trajectory goes on from its file, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symprop.foundation.errors import InvalidArgument
from symprop.recurrences.checkpoints import (
    checkpoint_file,
    following,
    load_ball_path,
    load_float_path,
)
from symprop.recurrences.trajectories import trajectory
from symprop.specs.architectures import FullResidual
from tests.malformed import NO_FUNCTIONS, assert_refused

NET = FullResidual("erf", "3/2", "1/2", "169/100", "49/100")
LONG = FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")


def stop_at(layer: int):  # type: ignore[no-untyped-def]
    def progress(done: int, depth: int) -> None:
        if done >= layer:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("dps", [None, 25])
def test_an_interrupted_pair_goes_on(tmp_path: Path, dps: int | None) -> None:
    file = tmp_path / "kept"
    arguments = {"length": 1, "cosine": "1/2", "dps": dps, "resume": file}
    with pytest.raises(KeyboardInterrupt):
        trajectory(NET, 20, progress=stop_at(7), **arguments)
    seen: list[int] = []
    path = trajectory(NET, 20, progress=lambda done, _: seen.append(done), **arguments)
    assert seen == list(range(8, 21))
    whole = trajectory(NET, 20, length=1, cosine="1/2", dps=dps)
    for name in ("p", "q", "gamma", "e", "c_gap", "s", "chi", "chi_v"):
        first, second = getattr(path, name), getattr(whole, name)
        assert all(first == second) if dps is None else list(first) == list(second)
    assert not list(tmp_path.glob("*.new"))


def test_a_long_plain_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "kept.npz"
    with pytest.raises(KeyboardInterrupt):
        trajectory(LONG, 50_000, length=1, resume=file, progress=stop_at(20_000))
    done = load_float_path(file, _digest_in(file)).done
    assert 20_000 <= done < 50_000
    path = trajectory(LONG, 50_000, length=1, resume=file)
    assert (path.p == trajectory(LONG, 50_000, length=1).p).all()


def _digest_in(file: Path) -> str:
    with np.load(file) as found:
        return str(found["digest"])


def test_more_and_fewer_layers(tmp_path: Path) -> None:
    for dps in (None, 20):
        file = tmp_path / f"kept-{dps}"
        trajectory(NET, 5, length=1, dps=dps, resume=file)
        longer = trajectory(NET, 9, length=1, dps=dps, resume=file)
        shorter = trajectory(NET, 3, length=1, dps=dps, resume=file)
        assert len(longer.p) == 10
        assert len(shorter.p) == len(shorter.q) == 4
        assert list(longer.p[:4]) == list(shorter.p)


def test_other_runs_are_not_continued(tmp_path: Path) -> None:
    for dps in (None, 20):
        file = tmp_path / f"kept-{dps}"
        trajectory(NET, 5, length=1, dps=dps, resume=file)
        with pytest.raises(InvalidArgument, match="this network and these inputs"):
            trajectory(NET, 5, length=2, dps=dps, resume=file)
        with pytest.raises(InvalidArgument, match="this network and these inputs"):
            trajectory(LONG, 5, length=1, dps=dps, resume=file)


def test_more_digits_start_again(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    trajectory(NET, 5, length=1, dps=15, resume=file)
    path = trajectory(NET, 5, length=1, dps=60, resume=file)
    assert path.p[5].relative_bits > 190


def test_other_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("not a checkpoint")
    for load in (load_float_path, load_ball_path):
        with pytest.raises(InvalidArgument, match="to be a checkpoint"):
            load(file, "")
        assert load(tmp_path / "none", "") is not None


def test_a_checkpoint_is_the_path_of_a_file(tmp_path: Path) -> None:
    assert checkpoint_file(tmp_path / "new") == checkpoint_file(str(tmp_path / "new"))
    assert_refused(checkpoint_file, (None, 3, [], b"x", "", tmp_path), "resume to be the path")


def test_progress_is_a_function() -> None:
    assert_refused(
        lambda progress: following(iter([1]), 1, progress, None), NO_FUNCTIONS[1:], "progress to be"
    )
