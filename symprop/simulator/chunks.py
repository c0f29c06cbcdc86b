"""What chunks of runs have given, in memory or in a folder that a later session goes on from."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symprop.simulator.specification import Specification

    Array = NDArray[np.float64]

__all__ = ["FAILED", "REASONS", "Checkpoint", "Chunk", "gaps_between"]

FAILED, REASONS = "failed runs", "reasons of failures"
"""Under which names the runs that gave nothing are kept beside the observables, and why."""

_SPECIFICATION = "specification.json"
_NAME = re.compile(r"runs-(\d+)-(\d+)\.npz")


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive runs.

    Attributes
    ----------
    start, stop : int
        The first run, and the one after the last.
    source : mapping from str to array, or Path
        Their observables, the runs along the first axis, those left out that failed; or the file
        that has them.
    """

    start: int
    stop: int
    source: Mapping[str, Array] | Path

    def values(self, name: str) -> Array:
        """Return one observable; from a file, nothing else is read."""
        array: Array = self._read(name)[name][: len(self.survivors)]
        return array

    @cached_property
    def failures(self) -> dict[int, str]:
        """Why runs failed, by their number."""
        found = self._read(FAILED, REASONS)
        runs, reasons = found.get(FAILED, ()), found.get(REASONS, ())
        pairs = zip(map(int, runs), map(str, reasons), strict=True)
        return {run: reason for run, reason in pairs if run < self.stop}

    @property
    def survivors(self) -> NDArray[np.int64]:
        """The numbers of the runs that did not fail."""
        runs = np.arange(self.start, self.stop)
        return runs[~np.isin(runs, list(self.failures))]

    def _read(self, *names: str) -> dict[str, Any]:
        if not isinstance(self.source, Path):
            return {name: self.source[name] for name in names if name in self.source}
        with self.source.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in names if name in archive.files}


class Checkpoint:
    """A folder with a specification and one file for each chunk, written as they come.

    Files appear whole or not at all, and nothing in them is executed on reading.
    """

    def __init__(self, folder: Path, specification: Specification) -> None:
        self._folder, self._specification = folder, specification

    def open(self, *, resume: bool) -> list[Chunk]:
        """Make the folder, or go on from what is in it.

        Raises
        ------
        InvalidArgument
            If the folder has chunks and is not to be resumed, or is of another simulation.
        """
        note = self._folder / _SPECIFICATION
        if not self._folder.parent.is_dir():
            condition = "in a folder that exists"
            raise InvalidArgument(expected("checkpoint", condition, str(self._folder)))
        if self._folder.exists() and not self._folder.is_dir():
            raise InvalidArgument(expected("checkpoint", "to be a folder", str(self._folder)))
        found = self._chunks() if note.exists() else []
        if found and not resume:
            condition = "to be a new folder, unless resumed"
            raise InvalidArgument(expected("checkpoint", condition, str(self._folder)))
        if found and _digest(note) != self._specification.digest:
            condition = "to hold runs of this very simulation"
            raise InvalidArgument(expected("checkpoint", condition, str(self._folder)))
        if not found:
            if self._folder.exists() and any(self._folder.iterdir()) and not note.exists():
                condition = "to be an empty folder or one of chunks"
                raise InvalidArgument(expected("checkpoint", condition, str(self._folder)))
            self._folder.mkdir(exist_ok=True)
            document = {"digest": self._specification.digest} | self._specification.document()
            fresh = note.with_suffix(".new")
            fresh.write_text(json.dumps(document, indent=1), encoding="utf-8")
            fresh.replace(note)
        return found

    def write(self, start: int, stop: int, arrays: Mapping[str, Array]) -> Chunk:
        """Write a chunk, and return it as one that is read when needed."""
        file = self._folder / f"runs-{start:09d}-{stop:09d}.npz"
        fresh = file.with_suffix(".new")
        with fresh.open("wb") as stream:
            np.savez(stream, **dict[str, Any](arrays))
        fresh.replace(file)
        return Chunk(start, stop, file)

    def _chunks(self) -> list[Chunk]:
        """Return the chunks that can be read, up to the runs asked for."""
        found = []
        for file in sorted(self._folder.iterdir()):
            match = _NAME.fullmatch(file.name)
            if match is None:
                continue
            start, stop = (int(number) for number in match.groups())
            stop = min(stop, self._specification.runs)
            if start < stop and self._readable(file):
                found.append(Chunk(start, stop, file))
        return found

    def _readable(self, file: Path) -> bool:
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
                names = set(archive.files)
                return names == {FAILED, REASONS} or names >= set(self._specification.observables)
        except (OSError, ValueError, zipfile.BadZipFile):
            return False


def _digest(note: Path) -> Any:
    try:
        return json.loads(note.read_text(encoding="utf-8"))["digest"]
    except (ValueError, KeyError, TypeError, OSError):
        return None


def gaps_between(chunks: Sequence[Chunk], runs: int) -> list[tuple[int, int]]:
    """Return the runs that no chunk has.

    Examples
    --------
    >>> gaps_between([Chunk(2, 5, {}), Chunk(7, 10, {})], 12)
    [(0, 2), (5, 7), (10, 12)]
    """
    gaps, position = [], 0
    for start, stop in [*sorted((chunk.start, chunk.stop) for chunk in chunks), (runs, runs)]:
        if start > position:
            gaps.append((position, start))
        position = max(position, stop)
    return gaps
