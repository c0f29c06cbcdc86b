"""Many independent networks: who runs them, in what order and on how many cores changes nothing."""

from __future__ import annotations

import platform
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.foundation.validation import check_flag, check_integer
from symprop.simulator.chunks import Checkpoint, Chunk, gaps_between
from symprop.simulator.executors import BrokenCrew, ProcessWorkers, SerialExecutor, run_chunks
from symprop.simulator.memory import check_memory, result_bytes
from symprop.simulator.result import Simulation
from symprop.simulator.sampling import check_options, run_chunk
from symprop.simulator.specification import Specification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["run_specification", "simulate"]

_LARGEST = 1 << 26  # bytes of results that a chunk may hold
_CREWS = 3  # that a function which makes executors is asked for, one after the other


def simulate(
    architecture: Any,
    *,
    width: int,
    depth: int,
    runs: int,
    inputs: str | Array = "cos:1/2",
    method: str = "conditioned",
    law: str = "gaussian",
    backend: str = "numpy",
    dtype: str = "float64",
    device: str | None = None,
    backward: str | None = None,
    observables: Sequence[str] = (),
    seed: int = 0,
    same_inputs: bool = False,
    options: Mapping[str, Any] | None = None,
    failures: str = "raise",
    executor: Executor | Callable[[], Executor] | None = None,
    jobs: int | None = None,
    chunk: int | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    r"""Sample independent networks of finite width and measure them.

    .. math:: \bar f=\frac1R\sum_{r=1}^R f(\mathrm{network}_r)\ \pm\
        \sqrt{\frac{1}{R(R-1)}\sum_r(f(\mathrm{network}_r)-\bar f)^2}

    Parameters
    ----------
    architecture : object
        One of `symprop.specs`.
    width, depth, runs : int
        Entries of a layer, layers (or blocks) of a network, and number of networks.
    inputs : str or array of shape (width, k)
        A description such as ``"cos:1/2"`` or ``"gaussian:20"``, from which every run draws its
        own inputs (see `symprop.simulator.inputs.generate_inputs`), or columns for all runs.
    method : {"conditioned", "dense"}
        What the inputs see of Gaussian weights, at a cost linear in the width, or all the weights.
    law : str
        Law of the weights: ``gaussian, uniform, laplace, rademacher, haar``.
    backend, dtype, device : str
        For dense weights: ``numpy`` or ``torch``, their precision, and where torch keeps them.
    backward : {None, "true", "independent"}
        No backward pass; backpropagation; or one through independent weights.
    observables : sequence of str
        What to keep; by default the usual ones of the kind of network.
    seed : int
        Root of all randomness.
    same_inputs : bool
        Whether all runs see the inputs that the first one draws.
    options : mapping, optional
        Further options of the sampler of these networks, such as ``{"jacobian": True}``.
    failures : {"raise", "leave-out"}
        Whether a run that leaves the domain of its network (signals overflow, or vanish where
        they are normalised) ends the simulation, or is left out and named in
        `Simulation.failures`. Means are then those of networks that survive.
    executor : concurrent.futures.Executor or callable, optional
        Who does the work: anything in the style of `concurrent.futures`, such as the executor of
        a Dask client, or a function without arguments that makes one.
    jobs : int, optional
        Number of processes if no executor is given (default 1: this one); otherwise the number of
        workers it has (default: cores of this machine).
    chunk : int, optional
        Runs done at a time, by default about two seconds' worth.
    checkpoint : str or Path, optional
        Folder that keeps the chunks. With it no more than one chunk for each worker is in memory.
    resume : bool
        Go on with what is in that folder, also if more runs are asked for than before.
    progress : callable, optional
        Called with the number of finished runs and that of all runs.

    Returns
    -------
    Simulation

    Raises
    ------
    InvalidArgument
        If an argument is malformed, does not fit the others, or asks for more memory than there
        is.
    UnsupportedLaw
        If the conditioned sampler is not exact for these networks or weights.
    OutOfDomain
        If signals overflow, or nothing is left of them where they are normalised; if such runs
        are to be left out, only if they are all.
    MissingBackend
        If torch is asked for and not installed.
    SymPropError
        If workers die again and again.

    Conventions
    -----------
    Every run has its own child of ``numpy.random.SeedSequence(seed)`` and runs on one core, so
    that the result is the same, bit by bit, whatever the executor, the number of jobs and the
    chunks; the first runs stay the same if more are asked for. A worker that dies loses the chunk
    it was at, which is done again. An interruption keeps the chunks in the checkpoint.

    Error
    -----
    Each network is exact in law up to rounding; errors of means are those of `Simulation`.

    Source
    ------
    residual, section 3 (the networks); shrinkage, equation 2.1.

    Examples
    --------
    >>> import symprop
    >>> net = symprop.FullResidual("tanh", "3/2", "1/2", "169/100", "49/100")
    >>> found = simulate(net, width=200, depth=5, runs=10, backward="true", seed=7)
    >>> found.names
    ('p', 'q', 'e', 'c', 'chi', 'chi_b', 'chi_w')
    >>> found.mean("chi").value.shape
    (6, 2)
    """
    specification = Specification(
        architecture,
        width=width,
        depth=depth,
        runs=runs,
        inputs=inputs,
        method=method,
        law=law,
        backend=backend,
        dtype=dtype,
        device=device,
        backward=backward,
        observables=observables,  # type: ignore[arg-type]  # any sequence becomes a tuple
        seed=seed,
        same_inputs=same_inputs,
        options={} if options is None else options,
        failures=failures,
    )
    return run_specification(
        specification,
        executor=executor,
        jobs=jobs,
        chunk=chunk,
        checkpoint=checkpoint,
        resume=resume,
        progress=progress,
    )


def run_specification(
    specification: Specification,
    *,
    executor: Executor | Callable[[], Executor] | None = None,
    jobs: int | None = None,
    chunk: int | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Run a simulation that is written down, such as that of an earlier result.

    Parameters
    ----------
    specification : Specification
        What to run.
    executor, jobs, chunk, checkpoint, resume, progress
        As for `simulate`; they do not change the result.

    Returns
    -------
    Simulation

    Raises
    ------
    InvalidArgument, UnsupportedLaw, OutOfDomain, MissingBackend, SymPropError
        As for `simulate`.
    """
    workers = check_integer("jobs", jobs, minimum=1) if jobs is not None else None
    _check_manner(executor, chunk, checkpoint, resume, progress)
    check_options(specification)
    check_memory(
        specification, jobs=(workers or 1) if executor is None else 1, keeps_all=checkpoint is None
    )
    keeper = None if checkpoint is None else Checkpoint(Path(checkpoint), specification)
    chunks = [] if keeper is None else keeper.open(resume=resume)
    _check_failures(specification, chunks)

    def finished() -> int:
        return sum(chunk.stop - chunk.start for chunk in chunks)

    def collect(start: int, stop: int, arrays: dict[str, Array]) -> None:
        found = Chunk(start, stop, arrays) if keeper is None else keeper.write(start, stop, arrays)
        chunks.append(found)
        if progress is not None:
            progress(finished(), specification.runs)

    if progress is not None:
        progress(finished(), specification.runs)
    for attempt in range(_CREWS):
        gaps = gaps_between(chunks, specification.runs)
        try:
            if gaps:
                _work(specification, gaps, collect, executor=executor, workers=workers, chunk=chunk)
            break
        except BrokenCrew:
            if not _is_factory(executor) or attempt == _CREWS - 1:
                raise
    ordered = tuple(sorted(chunks, key=lambda chunk: chunk.start))
    _check_survivors(specification, ordered)
    return Simulation(specification, ordered, dict(_software(specification.backend)))


def _check_manner(executor: Any, chunk: Any, checkpoint: Any, resume: Any, progress: Any) -> None:
    if chunk is not None:
        check_integer("chunk", chunk, minimum=1)
    if check_flag("resume", resume) and checkpoint is None:
        raise InvalidArgument(expected("checkpoint", "to be given in order to resume", checkpoint))
    if executor is not None and not (callable(executor) or hasattr(executor, "submit")):
        raise InvalidArgument(expected("executor", "with a submit, or to make one", executor))
    if progress is not None and not callable(progress):
        raise InvalidArgument(expected("progress", "to be a function of two integers", progress))
    if checkpoint is not None and not isinstance(checkpoint, str | Path):
        raise InvalidArgument(expected("checkpoint", "to be a path", checkpoint))


def _check_failures(specification: Specification, chunks: list[Chunk]) -> None:
    """Raise for the first run that an earlier session has left out, unless this one does too."""
    failed = {run: reason for chunk in chunks for run, reason in chunk.failures.items()}
    if failed and specification.failures == "raise":
        raise OutOfDomain(f"In run {min(failed)}: {failed[min(failed)]}")


def _check_survivors(specification: Specification, chunks: tuple[Chunk, ...]) -> None:
    if not any(len(chunk.survivors) for chunk in chunks):
        first = chunks[0].failures[0]
        raise OutOfDomain(f"All {specification.runs} runs failed. In run 0: {first}")


def _work(
    specification: Specification,
    gaps: list[tuple[int, int]],
    collect: Callable[[int, int, dict[str, Array]], None],
    *,
    executor: Executor | Callable[[], Executor] | None,
    workers: int | None,
    chunk: int | None,
) -> None:
    make: Callable[[], Executor] | None = None
    if executor is None:
        make, at_once = (SerialExecutor, 1) if (workers or 1) == 1 else (ProcessWorkers, workers)
    else:
        at_once = 2 * (workers or cpu_count() or 1)  # while one chunk travels, another is done
        make = executor if _is_factory(executor) else None  # type: ignore[assignment]
    crew: Any = executor if make is None else make()
    if not hasattr(crew, "submit"):
        raise InvalidArgument(expected("executor", "to make one with a submit", crew))
    finished = False
    try:
        run_chunks(
            partial(run_chunk, specification),
            gaps,
            crew,
            collect,
            chunk=chunk,
            largest=max(1, _LARGEST // result_bytes(specification)),
            at_once=at_once or 1,
        )
        finished = True
    finally:
        if make is not None:
            crew.shutdown(wait=finished, cancel_futures=True)


def _is_factory(executor: Any) -> bool:
    return isinstance(executor, type) or not hasattr(executor, "submit")


@lru_cache
def _software(backend: str) -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": platform.machine()}
    names = ["symprop", "numpy", "scipy", "sympy"]
    for name in names + (["torch"] if backend == "torch" else []):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
