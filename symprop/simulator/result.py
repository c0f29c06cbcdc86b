"""What a simulation has found: observables of all runs, their means, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.validation import check_choice
from symprop.simulator.estimates import log_moments, mean_of, ratio_of_means, tail_of
from symprop.simulator.families import load_observables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from symprop.simulator.chunks import Chunk
    from symprop.simulator.estimates import Estimate, LogMoments, Tail
    from symprop.simulator.families import Observable
    from symprop.simulator.specification import Specification

    Array = NDArray[np.float64]

__all__ = ["Simulation"]

_ROWS = 10  # more entries of one observable than this are averaged in a summary


@dataclass(frozen=True, eq=False)
class Simulation:
    """Independent networks of one kind and what was measured of them.

    Attributes
    ----------
    specification : Specification
        All that the numbers depend on: running it again gives them bit by bit.
    chunks : tuple of Chunk
        The runs in order, in memory or in files; files are read when asked for.
    software : mapping from str to str
        Versions of what computed them.

    Conventions
    -----------
    The first axis of every array is the runs; the others have the names that ``axes`` returns.
    Errors are one standard error, from the scatter of the runs.

    Error
    -----
    Statistical, of order one over the square root of the number of runs. Of heavy tails, such as
    those of gradients at depth, the standard error is itself unreliable: see ``tail``.

    Examples
    --------
    >>> import symprop
    >>> net = symprop.FullyConnected("relu", 2)
    >>> found = symprop.simulate(net, width=500, depth=3, runs=40, seed=1)
    >>> found.axes("e"), found.values("p").shape
    (('run', 'layer', 'input', 'other'), (40, 4, 2))
    >>> p = found.mean("p")
    >>> bool((abs(p.value - 1) < 5 * p.error + 1e-12).all())
    True
    """

    specification: Specification
    chunks: tuple[Chunk, ...]
    software: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the observables."""
        return self.specification.observables

    @property
    def runs(self) -> int:
        """Number of networks, those that failed included."""
        return self.specification.runs

    @property
    def failures(self) -> dict[int, str]:
        """Why runs failed that are left out of all else, by their number."""
        return {run: why for chunk in self.chunks for run, why in chunk.failures.items()}

    def axes(self, name: str) -> tuple[str, ...]:
        """Return the names of the axes of an observable, ``"run"`` first."""
        return ("run", *self._observable(name).axes)

    def unit(self, name: str) -> str:
        """Return what the numbers of an observable are; empty for pure numbers."""
        return self._observable(name).unit

    def description(self, name: str) -> str:
        """Return what an observable is, in one line."""
        return self._observable(name).description

    def values(self, name: str) -> Array:
        """Return an observable for all runs but those that failed."""
        self._observable(name)
        return np.concatenate([chunk.values(name) for chunk in self.with_values])

    @property
    def with_values(self) -> tuple[Chunk, ...]:
        """The chunks in which some run did not fail."""
        return tuple(chunk for chunk in self.chunks if len(chunk.survivors))

    def mean(self, name: str) -> Estimate:
        """Return the mean of an observable over the runs, reading one chunk at a time."""
        self._observable(name)
        return mean_of(chunk.values(name) for chunk in self.with_values)

    def ratio(
        self,
        top: str | ArrayLike,
        bottom: str | ArrayLike,
        *,
        method: str = "jackknife",
        resamples: int = 1000,
        seed: int = 0,
    ) -> Estimate:
        """Return the ratio of the means of two observables.

        Parameters
        ----------
        top, bottom : str or array
            Names, or arrays made from ``values`` whose first axis is the runs, such as
            ``values("chi")[:, :1]``.
        method : {"jackknife", "bootstrap"}
            See `symprop.simulator.estimates.ratio_of_means`.
        resamples, seed : int
            For the bootstrap.
        """
        arrays = [self.values(x) if isinstance(x, str) else np.asarray(x) for x in (top, bottom)]
        rng = np.random.default_rng(seed)
        return ratio_of_means(*arrays, method=method, resamples=resamples, rng=rng)

    def log_mean(self, name: str) -> LogMoments:
        """Return mean and variance of the logarithm of an observable, with errors."""
        return log_moments(self.values(name))

    def tail(self, name: str) -> Tail:
        """Return how much of the mean of an observable its rarest runs carry."""
        return tail_of(self.values(name))

    def summary(self) -> list[dict[str, Any]]:
        """Return rows of plain data: means and what to beware of, at one layer of each observable.

        It is the last layer, but for gradients, which start there, the first that has them. Of
        pairs of inputs, those with ``input < other`` are shown; where there are more than a few,
        rows are about averages over inputs or pairs, taken in each run.
        """
        return [row for name in self.names for row in self._rows(name)]

    def to_xarray(self) -> Any:
        """Return an ``xarray.Dataset`` with named axes, units and the specification.

        Raises
        ------
        MissingBackend
            If xarray is not installed.
        """
        from symprop.simulator.datasets import to_dataset

        return to_dataset(self)

    def save(self, path: str | Path) -> None:
        """Write a NetCDF file (``.nc``) or a Zarr store (``.zarr``), one chunk at a time.

        Raises
        ------
        InvalidArgument
            If the name ends otherwise, or its folder does not exist.
        MissingBackend
            If what writes it is not installed.
        """
        from symprop.simulator.datasets import write

        write(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Simulation:
        """Return what was saved.

        Raises
        ------
        InvalidArgument
            If there is no such file, or it holds something else.
        MissingBackend
            If what reads it is not installed.
        """
        from symprop.simulator.datasets import read

        return read(path)

    def _observable(self, name: str) -> Observable:
        check_choice("name", name, self.names)
        return load_observables(self.specification.family)[name]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        axes, parts = list(self.axes(name)), (chunk.values(name) for chunk in self.with_values)
        layer = None
        if "layer" in axes:
            axis = axes.index("layer")
            layer = self._layer_to_show(name, axis)
            # one layer of all runs in memory
            parts = (np.asarray(part.take(layer, axis)) for part in parts)
            del axes[axis]
        values = np.concatenate(list(parts))
        places = [dict(zip(axes[1:], index, strict=True)) for index in np.ndindex(values.shape[1:])]
        if "other" in axes and values.shape[-1] > 1:
            places = [place for place in places if place["input"] < place["other"]]
        columns = [values[:, *place.values()] for place in places]
        if len(columns) > _ROWS:
            columns = [np.asarray(np.mean(columns, axis=0))]
            places = [{"average_of": len(places)}]
        return [
            {"observable": name, "layer": layer, **place, **_entry(column)}
            for place, column in zip(places, columns, strict=True)
        ]

    def _layer_to_show(self, name: str, axis: int) -> int:
        """Return the last layer, or for gradients the first one that has any."""
        parts = (np.moveaxis(chunk.values(name), axis, 0) for chunk in self.with_values)
        if not self._observable(name).requires_backward:
            return len(next(parts)) - 1
        used = [part.reshape(len(part), -1).any(axis=1) for part in parts]
        return int(np.any(used, axis=0).argmax())


def _entry(column: Array) -> dict[str, Any]:
    """Return the numbers of one row; logarithms only where all runs have them."""
    mean, tail = mean_of([column]), tail_of(column)
    row = {"mean": float(mean.value), "error": float(mean.error)}
    if ((column > 0) & np.isfinite(column)).all():
        logs = log_moments(column).mean
        row |= {"log_mean": float(logs.value), "log_error": float(logs.error)}
    share = float(tail.largest_share)
    return row | {"largest_share": share, "heavy_tail": bool(tail.heavy)}
