"""Results as labelled arrays, and as the files that other programs read."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, MissingBackend, expected
from symprop.simulator.chunks import FAILED, REASONS, Chunk
from symprop.simulator.result import Simulation
from symprop.simulator.specification import Specification

__all__ = ["check_writable", "read", "to_dataset", "write"]

_SUFFIXES = {".nc": "h5netcdf", ".zarr": "zarr"}
_GIVEN = "given_inputs"


def to_dataset(simulation: Simulation) -> Any:
    """Return an ``xarray.Dataset`` of all runs.

    Raises
    ------
    MissingBackend
        If xarray is not installed.
    """
    arrays = {name: simulation.values(name) for name in simulation.names}
    return _part(simulation, _whole(simulation.runs, arrays, simulation.failures))


def _whole(runs: int, arrays: dict[str, Any], failures: dict[int, str]) -> Chunk:
    """Return all runs as one chunk."""
    if failures:
        arrays |= {FAILED: np.array(list(failures)), REASONS: np.array(list(failures.values()))}
    return Chunk(0, runs, arrays)


def _part(simulation: Simulation, chunk: Chunk) -> Any:
    """Return the dataset of one chunk."""
    xarray = _required("xarray")
    specification = simulation.specification
    variables: dict[str, Any] = {}
    coordinates: dict[str, Any] = {"run": chunk.survivors}
    for name in simulation.names:
        values, axes = chunk.values(name), simulation.axes(name)
        attributes = {"long_name": simulation.description(name), "units": simulation.unit(name)}
        variables[name] = (axes, values, attributes)
        sizes = zip(axes[1:], values.shape[1:], strict=True)
        coordinates |= {axis: np.arange(size) for axis, size in sizes}
    if not isinstance(specification.inputs, str):
        axes = tuple(f"inputs_{axis}" for axis in range(specification.inputs.ndim))
        variables[_GIVEN] = (axes, specification.inputs)
    attributes = {
        "title": "Independent networks of finite width, sampled by symprop",
        "specification": json.dumps(specification.document()),
        "software": json.dumps(dict(simulation.software)),
        "failures": json.dumps(simulation.failures),
    }
    return xarray.Dataset(variables, coordinates, attributes)


def write(simulation: Simulation, path: str | Path) -> None:
    """Write a simulation to a NetCDF file or a Zarr store, one chunk in memory at a time.

    Raises
    ------
    InvalidArgument
        If the name does not end in ``.nc`` or ``.zarr``, or its folder does not exist.
    MissingBackend
        If what writes it is not installed.
    """
    target = check_writable(path)
    fresh = target.with_name(f"{target.stem}.new{target.suffix}")
    writer = _write_zarr if target.suffix == ".zarr" else _write_netcdf
    try:
        writer(simulation, fresh)
        _remove(target)
        fresh.replace(target)
    finally:
        _remove(fresh)


def check_writable(path: str | Path) -> Path:
    """Return where to write, or raise before anything is computed for it.

    Raises
    ------
    InvalidArgument
        If the name does not end in ``.nc`` or ``.zarr``, or its folder does not exist.
    MissingBackend
        If what writes it is not installed.
    """
    target = Path(path)
    if target.suffix not in _SUFFIXES:
        raise InvalidArgument(expected("path", "to end in .nc or .zarr", str(path)))
    if not target.parent.is_dir():
        raise InvalidArgument(expected("path", "in a folder that exists", str(path)))
    if target.suffix == ".nc" and target.is_dir():
        raise InvalidArgument(expected("path", "to be a file", str(path)))
    _required("xarray")
    _required(_SUFFIXES[target.suffix])
    return target


def read(path: str | Path) -> Simulation:
    """Return a simulation from a file or store that `write` has made.

    Raises
    ------
    InvalidArgument
        If there is no such file, or it holds something else.
    MissingBackend
        If what reads it is not installed.
    """
    source = Path(path)
    if source.suffix not in _SUFFIXES or not source.exists():
        raise InvalidArgument(expected("path", "to be a file .nc or .zarr that exists", str(path)))
    xarray, engine = _required("xarray"), _SUFFIXES[source.suffix]
    _required(engine)
    options = {"consolidated": False} if engine == "zarr" else {}
    try:
        with xarray.open_dataset(source, engine=engine, **options) as dataset:
            given = dataset[_GIVEN].to_numpy() if _GIVEN in dataset else None
            document = json.loads(dataset.attrs["specification"])
            specification = Specification.from_document(document, inputs=given)
            arrays = {name: dataset[name].to_numpy() for name in specification.observables}
            software = json.loads(dataset.attrs["software"])
            failures = {
                int(k): v for k, v in json.loads(dataset.attrs.get("failures", "{}")).items()
            }
            whole = _whole(specification.runs, arrays, failures)
    except InvalidArgument:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        condition = f"to hold a simulation ({type(error).__name__})"
        raise InvalidArgument(expected("path", condition, str(path))) from error
    return Simulation(specification, (whole,), software)


def _write_zarr(simulation: Simulation, target: Path) -> None:
    for place, chunk in enumerate(simulation.with_values):
        dataset = _part(simulation, chunk)
        if not place:
            dataset.to_zarr(target, mode="w", consolidated=False)
        else:
            constant = [name for name in dataset.variables if "run" not in dataset[name].dims]
            dataset.drop_vars(constant).to_zarr(target, append_dim="run", consolidated=False)


def _write_netcdf(simulation: Simulation, target: Path) -> None:
    """Write the first chunk with a dimension that grows, then let it grow."""
    first, *others = simulation.with_values
    _part(simulation, first).to_netcdf(target, engine="h5netcdf", unlimited_dims=["run"])
    if not others:
        return
    with _required("h5netcdf").File(target, "a") as file:
        end = len(first.survivors)
        file.resize_dimension("run", simulation.runs - len(simulation.failures))
        for chunk in others:
            runs = slice(end, end := end + len(chunk.survivors))
            file.variables["run"][runs] = chunk.survivors
            for name in simulation.names:
                file.variables[name][runs] = chunk.values(name)


def _remove(path: Path) -> None:
    if path.is_dir():
        import shutil

        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _required(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingBackend(
            f"Labelled arrays and their files need {name}: pip install 'symprop[data]'."
        ) from None
