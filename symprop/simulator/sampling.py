"""One run of a simulation, from nothing but its specification and its number."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.simulator.chunks import FAILED, REASONS
from symprop.simulator.families import load, load_observables, load_sampler
from symprop.simulator.inputs import generate_inputs
from symprop.simulator.threads import one_core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symprop.simulator.specification import Specification

    Array = NDArray[np.float64]

__all__ = ["check_options", "run_chunk", "sample_run"]


def sample_run(specification: Specification, run: int) -> Any:
    """Return the record of one run of a simulation: that run alone, as it was among the others.

    Parameters
    ----------
    specification : Specification
        The simulation.
    run : int
        Which run, from 0.

    Returns
    -------
    object
        The record of the family, such as `symprop.simulator.run.Run`.

    Raises
    ------
    InvalidArgument, UnsupportedLaw, OutOfDomain, MissingBackend
        As for `simulate`.

    Examples
    --------
    >>> from symprop.simulator.specification import Specification
    >>> from symprop.specs.architectures import FullyConnected
    >>> asked = Specification(FullyConnected("relu", 2), width=50, depth=3, runs=4)
    >>> sample_run(asked, 2).gram.shape
    (4, 2, 2)
    """
    return _record(specification, run, _inputs(specification, run))


def _record(specification: Specification, run: int, columns: Any) -> Any:
    sampler = load_sampler(specification.family, specification.method)
    return sampler(
        specification.architecture,
        columns,
        specification.depth,
        rng=_generator(specification.seed, 1, run),
        **_options(specification),
    )


def _inputs(specification: Specification, run: int) -> Any:
    spec, family = specification.inputs, specification.family
    rng = _generator(specification.seed, 0, 0 if specification.same_inputs else run)
    if not isinstance(spec, str):
        return spec
    if family.inputs is not None:
        draw = load(family.inputs)
        return draw(specification.architecture, spec, specification.width, rng=rng)
    return generate_inputs(spec, specification.width, rng=rng)


def _generator(seed: int, purpose: int, run: int) -> np.random.Generator:
    """Return what ``SeedSequence(seed).spawn(2)[purpose].spawn(run + 1)[run]`` is the seed of."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(purpose, run)))


def _options(specification: Specification) -> dict[str, Any]:
    """Return the options that differ from what every sampler does by default, or are needed."""
    usual = {
        "backward": None,
        "law": "gaussian",
        "backend": "numpy",
        "dtype": "float64",
        "device": None,
    }
    asked = {name: getattr(specification, name) for name in usual}
    differing = {name: value for name, value in asked.items() if value != usual[name]}
    table = load_observables(specification.family)
    needed = {table[name].option: True for name in specification.observables}
    recorded = {name: value for name, value in needed.items() if name is not None}
    return {**differing, **recorded, **specification.options}


def check_options(specification: Specification) -> None:
    """Raise unless the sampler knows the options asked for, before any worker is started."""
    sampler = load_sampler(specification.family, specification.method)
    known = signature(sampler).parameters
    table = load_observables(specification.family)
    for name in specification.observables:
        if table[name].option not in (None, *known):
            condition = f"without {name}, which the {specification.method} sampler does not record"
            raise InvalidArgument(expected("observables", condition, specification.observables))
    for name, value in _options(specification).items():
        if name not in known:
            condition = f"left out: the {specification.method} sampler of these networks has none"
            raise InvalidArgument(expected(name, condition, value))


def run_chunk(specification: Specification, start: int, stop: int) -> dict[str, Array]:
    """Do some runs, here or in a worker; those that fail are named, or end it all."""
    table = load_observables(specification.family)
    results: dict[str, Any] = {}
    failed: dict[int, str] = {}
    with one_core():
        for run in range(start, stop):
            columns = _inputs(specification, run)
            try:
                record = _record(specification, run, columns)
                found = {name: table[name].function(record) for name in specification.observables}
            except OutOfDomain as error:
                if specification.failures == "raise":
                    hint = 'failures="leave-out" goes on without such runs'
                    raise OutOfDomain(f"In run {run}: {error} ({hint}.)") from None
                failed[run] = str(error)
                continue
            for name, value in found.items():
                if name not in results:
                    results[name] = np.empty((stop - start, *np.shape(value)))
                results[name][run - start - len(failed)] = value
    results = {name: array[: stop - start - len(failed)] for name, array in results.items()}
    if failed:
        results |= {FAILED: np.array(list(failed)), REASONS: np.array(list(failed.values()))}
    return results
