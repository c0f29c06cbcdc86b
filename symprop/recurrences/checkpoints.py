"""Files that keep an unfinished trajectory: NumPy archives of floats, JSON of balls.

Both carry a digest of the networks and inputs, so that no run goes on from another one's layers.
Nothing in them is executed on reading.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_callable
from symprop.numerics.enclosure import Enclosure
from symprop.recurrences.ball_recurrence import BallPath
from symprop.recurrences.float_recurrence import FloatPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from symprop.recurrences.inputs import Inputs
    from symprop.specs.architectures import Architecture

__all__ = [
    "checkpoint_file",
    "digest_of",
    "following",
    "load_ball_path",
    "load_float_path",
    "save_ball_path",
    "save_float_path",
]

_SECONDS = 30.0  # between two writings


def digest_of(architectures: Sequence[Architecture], inputs: Sequence[Inputs]) -> str:
    """Return a digest of everything a trajectory depends on but depth and precision."""
    return hashlib.sha256(repr((list(architectures), list(inputs))).encode()).hexdigest()


def checkpoint_file(resume: object) -> Path:
    """Return the path of a checkpoint, which need not exist yet.

    Raises
    ------
    InvalidArgument
        If it is no path, or that of a folder.
    """
    if isinstance(resume, str | Path) and not (file := Path(resume)).is_dir():
        return file
    raise InvalidArgument(expected("resume", "to be the path of a file", resume))


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Give a path to write to, which then takes the place of ``file`` at once."""
    fresh = file.with_name(f"{file.name}.new")
    yield fresh
    fresh.replace(file)


def save_float_path(file: Path, path: FloatPath, digest: str) -> None:
    """Write the finished rows of a path."""
    arrays: dict[str, Any] = {"digest": np.array(digest), "done": np.array(path.done)}
    arrays |= {f"row_{name}": rows[: path.done + 1] for name, rows in path.rows.items()}
    arrays |= {f"rest_{name}": rest for name, rest in path.rest.items()}
    with _replacing(file) as fresh, fresh.open("wb") as stream:
        np.savez(stream, **arrays)


def load_float_path(file: Path, digest: str) -> FloatPath:
    """Return the path kept in a file, an empty one if there is no file.

    Raises
    ------
    InvalidArgument
        If the file holds something else, or the trajectory of another network or input.
    """
    if not file.exists():
        return FloatPath()
    try:
        with np.load(file, allow_pickle=False) as found:
            kept = {name: found[name] for name in found.files}
            _check_digest(str(kept["digest"]), digest, file)
            return FloatPath(
                {name[4:]: values for name, values in kept.items() if name.startswith("row_")},
                {name[5:]: values for name, values in kept.items() if name.startswith("rest_")},
                int(kept["done"]),
            )
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
        raise _unreadable(file, error) from error


def save_ball_path(file: Path, path: BallPath, digest: str, bits: int) -> None:
    """Write the finished layers of a path and the bits they were computed with."""
    done = min(len(values) for values in vars(path).values() if values)
    rows = {
        name: [Enclosure(ball).to_integers() for ball in values[:done]]
        for name, values in vars(path).items()
    }
    with _replacing(file) as fresh:
        fresh.write_text(json.dumps({"digest": digest, "bits": bits, "rows": rows}))


def load_ball_path(file: Path, digest: str) -> tuple[BallPath, int]:
    """Return the path kept in a file and its bits; an empty one and 0 if there is no file.

    Raises
    ------
    InvalidArgument
        If the file holds something else, or the trajectory of another network or input.
    """
    if not file.exists():
        return BallPath(), 0
    try:
        kept = json.loads(file.read_text())
        _check_digest(kept["digest"], digest, file)
        rows = {
            name: [Enclosure.from_integers(parts).ball for parts in values]
            for name, values in kept["rows"].items()
        }
        return BallPath(**rows), int(kept["bits"])
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _unreadable(file, error) from error


def _check_digest(found: str, wanted: str, file: Path) -> None:
    if found != wanted:
        condition = "to hold layers of this network and these inputs"
        raise InvalidArgument(expected("resume", condition, str(file)))


def _unreadable(file: Path, error: Exception) -> InvalidArgument:
    if isinstance(error, InvalidArgument):
        return error
    return InvalidArgument(expected("resume", "to be a checkpoint", str(file)))


def following(
    steps: Iterator[int],
    depth: int,
    progress: Callable[[int, int], None] | None,
    keep: Callable[[], None] | None,
) -> None:
    """Run through the steps of a path, report them, and keep what is done.

    ``keep`` is called now and then, at the end, and when the run is interrupted.
    """
    if progress is not None:
        check_callable("progress", progress)
    last = time.monotonic()
    try:
        for done in steps:
            if progress is not None:
                progress(done, depth)
            if keep is not None and time.monotonic() - last > _SECONDS:
                keep()
                last = time.monotonic()
    finally:
        if keep is not None:
            keep()
