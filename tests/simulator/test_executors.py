"""Every run is done once, whoever does it and whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from pathlib import Path

import pytest

from symprop.foundation.errors import SymPropError
from symprop.simulator.executors import ProcessWorkers, SerialExecutor, run_chunks


def squares(start: int, stop: int) -> list[int]:
    return [run**2 for run in range(start, stop)]


def slow_squares(start: int, stop: int) -> list[int]:
    time.sleep(0.1)
    return squares(start, stop)


def fatal_once(marks: Path, start: int, stop: int) -> list[int]:
    """Kill the process that does run 3, the first time."""
    if start <= 3 < stop and not (marks / "killed").exists():
        (marks / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    (marks / f"{start}-{os.getpid()}").touch()
    return squares(start, stop)


def fatal(start: int, stop: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def collected(work, executor: Executor, gaps=((0, 10),), **options) -> dict[int, int]:
    found: dict[int, int] = {}

    def collect(start: int, stop: int, values: list[int]) -> None:
        assert not set(range(start, stop)) & set(found)
        found.update(zip(range(start, stop), values, strict=True))

    settings = {"chunk": 2, "largest": 100, "at_once": 2} | options
    run_chunks(work, list(gaps), executor, collect, **settings)
    return found


@pytest.mark.parametrize("chunk", [None, 1, 3, 1000])
@pytest.mark.parametrize("at_once", [1, 4])
def test_all_runs_are_done(chunk, at_once) -> None:
    gaps = [(0, 10), (12, 13), (20, 50)]
    found = collected(squares, SerialExecutor(), gaps, chunk=chunk, at_once=at_once, largest=7)
    wanted = [run for gap in gaps for run in range(*gap)]
    assert found == {run: run**2 for run in wanted}


def test_chunks_grow_until_they_take_a_while_and_no_larger_than_allowed() -> None:
    sizes = []

    def work(start: int, stop: int) -> list[int]:
        sizes.append(stop - start)
        return squares(start, stop)

    collected(work, SerialExecutor(), [(0, 200)], chunk=None, at_once=1, largest=50)
    assert sizes[:4] == [1, 4, 16, 50]
    assert max(sizes) == 50


def test_a_dead_worker_costs_one_chunk(tmp_path) -> None:
    workers = ProcessWorkers()
    try:
        found = collected(partial(fatal_once, tmp_path), workers)
    finally:
        workers.shutdown()
    assert found == {run: run**2 for run in range(10)}
    done = [path.name.partition("-")[0] for path in tmp_path.iterdir() if path.name != "killed"]
    assert sorted(done) == ["0", "2", "4", "6", "8"]  # nothing was done twice


def test_workers_that_always_die_are_given_up() -> None:
    workers = ProcessWorkers()
    with pytest.raises(SymPropError, match="died 3 times while doing runs 0 to 0"):
        collected(fatal, workers, [(0, 1)])
    workers.shutdown(wait=False)


def test_processes_are_ended_at_once() -> None:
    workers = ProcessWorkers()
    assert workers.submit(squares, 0, 2).result() == [0, 1]
    future = workers.submit(time.sleep, 60)
    began = time.monotonic()
    workers.shutdown(wait=False)
    with pytest.raises(BrokenExecutor):
        future.result()
    assert time.monotonic() - began < 10


class Broken(Executor):
    def submit(self, function, /, *args, **kwargs) -> Future:
        raise BrokenExecutor("it is broken")


def test_a_broken_executor_is_reported() -> None:
    with pytest.raises(SymPropError, match="does not repair itself"):
        collected(squares, Broken())


def test_errors_and_interruptions_end_the_work() -> None:
    def wrong(start: int, stop: int) -> None:
        raise ArithmeticError("no number")

    def interrupted(start: int, stop: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(ArithmeticError):
        collected(wrong, SerialExecutor())
    with pytest.raises(KeyboardInterrupt):
        collected(interrupted, SerialExecutor())


SENDING = """
from symprop.simulator.executors import ProcessWorkers, run_chunks

def large(start, stop):
    return bytes(50_000_000)

def collect(start, stop, values):
    if stop > 6:
        raise KeyboardInterrupt

if __name__ == "__main__":
    crew = ProcessWorkers()
    try:
        run_chunks(large, [(0, 20)], crew, collect, chunk=1, largest=1, at_once=2)
    except KeyboardInterrupt:
        crew.shutdown(wait=False, cancel_futures=True)
        print("ended")
"""


def test_workers_are_not_ended_with_half_a_result_sent(tmp_path: Path) -> None:
    """The parent would wait for the rest, and never come to its own end."""
    program = tmp_path / "sending.py"
    program.write_text(SENDING, encoding="utf-8")
    command = [sys.executable, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("ended\n", "")
