"""Running claims, one after the other or in several processes.

Processes, because the precision of FLINT and mpmath is one variable per process, not
one per thread. Only ids and plain data travel between them.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.ledger.claim import Context
from symprop.ledger.deadlines import OutOfTime, time_limit
from symprop.ledger.evidence import Evidence
from symprop.ledger.provenance import fingerprint
from symprop.ledger.result import TIME_LIMIT, Journal, Result
from symprop.numerics.precision import working_digits

if TYPE_CHECKING:
    from symprop.ledger.claim import Check, Claim
    from symprop.ledger.registry import Registry

__all__ = ["run", "run_claim"]

_PATIENCE = 1.0  # seconds between looks at the clock
_GRACE = 10.0  # seconds beyond the time limit for a worker to start and to stop by itself


def run_claim(claim: Claim, context: Context, *, timeout: float | None = None) -> Result:
    """Run the checks and the near miss of one claim in this process.

    A check that raises is UNDECIDED, with the error as its detail: a crash proves nothing.
    So is one that was not finished ``timeout`` seconds after the first began.
    """
    start = time.perf_counter()

    def find(check: Check) -> Evidence:
        left = None if timeout is None else timeout - (time.perf_counter() - start)
        try:
            if left is not None and left <= 0:
                raise OutOfTime
            with time_limit(left):
                return _find(check, context)
        except OutOfTime:
            return _expired(timeout)

    findings = tuple(find(check) for check in claim.checks)
    near_miss = find(claim.near_miss)
    return Result(
        claim_id=claim.id,
        tier=context.tier,
        dps=context.dps,
        findings=findings,
        near_miss=near_miss,
        seconds=round(time.perf_counter() - start, 3),
    )


def _find(check: Check, context: Context) -> Evidence:
    try:
        with working_digits(context.dps):  # whatever an earlier claim did to it
            return check(context)
    except Exception as error:  # noqa: BLE001  (any crash of a check is a finding)
        return Evidence.undecided(f"the check raised {type(error).__name__}: {error}")


def _expired(timeout: float | None) -> Evidence:
    return Evidence.undecided(f"{TIME_LIMIT} of {timeout:g} s reached")


def run(
    registry: Registry,
    claims: Sequence[Claim],
    context: Context,
    *,
    jobs: int = 1,
    timeout: float | None = None,
    journal: Journal | None = None,
    resume: bool = False,
    on_result: Callable[[Claim, Result], None] | None = None,
) -> dict[str, Result]:
    """Run claims and return their results by id, in the order given.

    Parameters
    ----------
    registry : Registry
        Where the claims live; workers import them from there.
    claims : sequence of Claim
        What to run.
    context : Context
        Tier and digits.
    jobs : int
        Number of processes; 1 runs in this one.
    timeout : float, optional
        Seconds for one claim, after which it is UNDECIDED.
    journal : Journal, optional
        Gets every result as it comes, but for those that ran out of time.
    resume : bool
        Reuse results of the journal whose claims, imports and libraries are unchanged.
    on_result : callable, optional
        Called with each claim and its result, in order of completion.

    Notes
    -----
    On Ctrl-C the workers are ended at once and `KeyboardInterrupt` goes on; what was
    finished is in the journal.
    """
    check_integer("jobs", jobs, minimum=1)
    if timeout is not None and not 0 < timeout < inf:
        raise InvalidArgument(expected("timeout", "to be a positive number of seconds", timeout))
    by_id = {claim.id: claim for claim in claims}
    prints: dict[str, str] = {}
    if journal is not None:
        prints = {claim_id: fingerprint(registry.homes[claim_id]) for claim_id in by_id}
    results: dict[str, Result] = {}

    def record(result: Result, *, is_new: bool = True) -> None:
        results[result.claim_id] = result
        if journal is not None and is_new and not result.ran_out_of_time:
            journal.append(result, prints[result.claim_id])
        if on_result is not None:
            on_result(by_id[result.claim_id], result)

    if journal is not None and resume:
        for result in journal.saved(context, prints).values():
            record(result, is_new=False)
    waiting = [claim_id for claim_id in by_id if claim_id not in results]
    if jobs == 1 or len(waiting) <= 1:
        for claim_id in waiting:
            record(run_claim(by_id[claim_id], context, timeout=timeout))
    else:
        tasks = [
            _Task(registry.homes[claim_id], claim_id, context, timeout) for claim_id in waiting
        ]
        _run_in_processes(tasks, min(jobs, len(waiting)), record)
    return {claim_id: results[claim_id] for claim_id in by_id}


@dataclass(frozen=True)
class _Task:
    """One claim to run, as data that travels."""

    home: str
    claim_id: str
    context: Context
    timeout: float | None

    def __call__(self) -> dict[str, Any]:
        module = importlib.import_module(self.home)
        claim = next(claim for claim in module.CLAIMS if claim.id == self.claim_id)
        return run_claim(claim, self.context, timeout=self.timeout).to_json()

    def lost(self) -> Result:
        """Return the result of a claim that ends its process."""
        return self._undecided(Evidence.undecided("the process died while running this claim"))

    def overdue(self) -> Result:
        """Return the result of a claim that does not even stop when its time is over."""
        return self._undecided(_expired(self.timeout))

    def _undecided(self, gone: Evidence) -> Result:
        return Result(
            claim_id=self.claim_id,
            tier=self.context.tier,
            dps=self.context.dps,
            findings=(gone,),
            near_miss=gone,
            seconds=0.0,
        )


def _run_in_processes(tasks: Sequence[_Task], jobs: int, record: Callable[[Result], None]) -> None:
    """Run tasks in worker processes; one that kills its worker is tried again alone."""
    waiting = deque(tasks)
    suspects: deque[_Task] = deque()
    while waiting:
        suspects += _run_until_broken(waiting, jobs, record)
    while suspects:
        alone = deque([suspects.popleft()])
        for task in _run_until_broken(alone, 1, record):
            record(task.lost())


def _run_until_broken(
    waiting: deque[_Task], jobs: int, record: Callable[[Result], None]
) -> list[_Task]:
    """Empty the queue, or stop when a worker dies and return the tasks under way then.

    No more tasks are handed out than there are workers, so that few are under suspicion.
    A worker that outlives its time limit, inside some call that no signal interrupts, is
    ended with all others; their tasks go back to the queue.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
    )
    running: dict[Future[dict[str, Any]], _Task] = {}
    started: dict[Future[dict[str, Any]], float] = {}
    lost: list[_Task] = []
    finished = False
    try:
        while (waiting or running) and not lost:
            while waiting and len(running) < jobs:
                future = pool.submit(waiting[0])
                started[future] = time.monotonic()
                running[future] = waiting.popleft()
            for future in wait(running, _PATIENCE, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                try:
                    record(Result.from_json(future.result()))
                except BrokenProcessPool:
                    lost.append(task)
            late = [future for future in running if _is_overdue(running[future], started[future])]
            for future in late:
                record(running.pop(future).overdue())
            if late:
                waiting.extendleft(running.values())
                return lost
        finished = not lost
    except BrokenProcessPool:  # from submit: what was running is under suspicion
        pass
    finally:
        pool.shutdown(wait=finished, cancel_futures=True)
        if not finished:
            for worker in set(multiprocessing.active_children()) - before:
                worker.terminate()
    return lost + list(running.values())


def _is_overdue(task: _Task, started: float) -> bool:
    if task.timeout is None:
        return False
    return time.monotonic() - started > 1.5 * task.timeout + _GRACE


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, which ends its workers itself, and other cores to the others.

    NumPy reads the numbers of threads when it is loaded, which is later.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
