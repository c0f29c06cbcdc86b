"""Chunks of runs handed out to workers: this process, others, or whatever has a ``submit``.

An executor is any object in the style of `concurrent.futures`. The numbers that come back do not
depend on it, nor on how runs are cut into chunks.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures import ProcessPoolExecutor as Pool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import SymPropError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["BrokenCrew", "ProcessWorkers", "SerialExecutor", "run_chunks"]

_SECONDS = 2.0  # that a chunk should take
_GROWTH = 4  # at most, from one chunk to the next
_LOSSES = 3  # of one chunk, after which its runs are held responsible
_PATIENCE = 5.0  # seconds for a worker to end its call into compiled code


class BrokenCrew(SymPropError):
    """An executor takes no more work; another one may."""


class SerialExecutor(Executor):
    """Do the work at once, in this process.

    Examples
    --------
    >>> SerialExecutor().submit(abs, -1).result()
    1
    """

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a finished future; an interruption is not caught."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  (whatever it is, the future carries it)
            future.set_exception(error)
        return future


class ProcessWorkers(Executor):
    """Processes that die alone: each has a pool of its own, and is replaced when it is gone.

    In a pool of several, the death of one process ends them all, and the work of all is lost.
    """

    def __init__(self) -> None:
        self._idle: list[Pool] = []
        self._all: dict[Pool, set[Any]] = {}
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand the work to an idle process, or to a new one."""
        with self._lock:
            pool = self._idle.pop() if self._idle else self._new()
        before = set(multiprocessing.active_children())
        with _interrupts_wait():  # so that a worker is born without ears for Ctrl-C
            future = pool.submit(_at_work, function, *args, **kwargs)
        self._all[pool] |= set(multiprocessing.active_children()) - before
        future.add_done_callback(lambda done: self._return(pool, done))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all processes; with ``wait`` false at once, whatever they are doing."""
        for pool, workers in list(self._all.items()):
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)
            if not wait:
                for worker in workers:
                    worker.terminate()
                for worker in workers:
                    worker.join(_PATIENCE)
                    worker.kill()  # does nothing to one that has ended
        self._all.clear()
        self._idle.clear()

    def _new(self) -> Pool:
        context = multiprocessing.get_context("spawn")
        pool = Pool(1, mp_context=context, initializer=_heed_signals)
        self._all[pool] = set()
        return pool

    def _return(self, pool: Pool, done: Future[Any]) -> None:
        broken = not done.cancelled() and isinstance(done.exception(), BrokenExecutor)
        with self._lock:
            if broken:
                self._all.pop(pool, None)
            elif pool in self._all:
                self._idle.append(pool)


def run_chunks(
    work: Callable[[int, int], Any],
    gaps: Sequence[tuple[int, int]],
    executor: Executor,
    collect: Callable[[int, int, Any], None],
    *,
    chunk: int | None,
    largest: int,
    at_once: int,
) -> None:
    """Do all runs, chunk by chunk, and hand what they give to ``collect`` as it comes.

    Parameters
    ----------
    work : callable
        ``work(start, stop)`` does a chunk; it travels to the workers.
    gaps : sequence of (int, int)
        The runs to do, from start to stop.
    executor : Executor
        Who does it.
    collect : callable
        Gets start, stop and what ``work`` returned, in this thread.
    chunk : int, optional
        Runs in a chunk; by default as many as take about two seconds.
    largest : int
        The most runs that a chunk may have.
    at_once : int
        Chunks under way at a time.

    Raises
    ------
    SymPropError
        If workers die again and again; `BrokenCrew` if the executor does not survive it.

    Notes
    -----
    A chunk whose worker died is done again, by another one. An error in a run, or an
    interruption, ends everything: chunks under way are lost, those collected are not.
    """
    pending = deque(gaps)
    again: deque[tuple[int, int]] = deque()
    running: dict[Future[Any], tuple[int, int, float]] = {}
    losses: Counter[int] = Counter()
    size = min(chunk or 1, largest)
    total = sum(stop - start for start, stop in gaps)
    try:
        while pending or again or running:
            while (pending or again) and len(running) < at_once:
                share = -(-total // at_once)  # no worker should wait for a last, large chunk
                start, stop = again.popleft() if again else _next(pending, min(size, share))
                began = time.monotonic()
                future = executor.submit(work, start, stop)
                running[future] = (start, stop, began)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                start, stop, began = running.pop(future)
                try:
                    found = future.result()
                except BrokenExecutor as error:
                    losses[start] += 1
                    if losses[start] >= _LOSSES:
                        raise _too_many(start, stop, error) from error
                    again.append((start, stop))
                    continue
                collect(start, stop, found)
                total -= stop - start
                if chunk is None:
                    seconds = max(time.monotonic() - began, 1e-9)
                    wanted = int((stop - start) * min(_GROWTH, _SECONDS / seconds))
                    size = max(1, min(wanted, largest))
    except BrokenExecutor as error:  # from submit: this executor takes no more work
        raise BrokenCrew(
            f"The executor is broken and does not repair itself ({error}). Give one that does, "
            "or a function that makes executors; what is in a checkpoint is kept."
        ) from error
    finally:
        for future in running:
            future.cancel()


def _next(pending: deque[tuple[int, int]], size: int) -> tuple[int, int]:
    """Cut a chunk off the first gap."""
    start, stop = pending.popleft()
    end = min(stop, start + max(1, size))
    if end < stop:
        pending.appendleft((end, stop))
    return start, end


def _too_many(start: int, stop: int, error: Exception) -> SymPropError:
    return SymPropError(
        f"Workers died {_LOSSES} times while doing runs {start} to {stop - 1} ({error}). They may "
        "have run out of memory; a script that asks for several jobs must do so below "
        "`if __name__ == '__main__':`. What is in a checkpoint is kept."
    )


@dataclass
class _Worker:
    """What this process is doing, if it is a worker."""

    working: bool = False
    dismissed: bool = False

    def dismiss(self, *_: object) -> None:
        self.dismissed = True
        if self.working:
            os._exit(1)


_worker = _Worker()


def _heed_signals() -> None:
    """Leave Ctrl-C to the parent, which ends its workers itself, but only while they work.

    One that died with half of a result sent would leave the parent waiting for the rest.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _worker.dismiss)


def _at_work(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    _worker.working = True
    if _worker.dismissed:
        os._exit(1)
    try:
        return function(*args, **kwargs)
    finally:
        _worker.working = False


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Hold back Ctrl-C, for this thread and for processes that are born meanwhile."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
