"""One core within, and afterwards what was before."""

from __future__ import annotations

from threading import Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from symprop.simulator.threads import one_core


def threads() -> set[int]:
    """Return the counts of the process: those of OpenMP belong to each thread of their own."""
    libraries = threadpool_info()
    return {library["num_threads"] for library in libraries if library["user_api"] == "blas"}


def test_the_number_of_threads_is_restored() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(2):
        before = threads()
        with one_core():
            assert threads() == {1}
        assert threads() == before
        with pytest.raises(ZeroDivisionError), one_core():
            raise ZeroDivisionError
        assert threads() == before


def test_the_last_to_leave_restores() -> None:
    entered, leave = Event(), Event()

    def other() -> None:
        with one_core():
            entered.set()
            leave.wait(10)

    with threadpool_limits(2):
        before = threads()
        worker = Thread(target=other)
        with one_core():
            worker.start()
            assert entered.wait(10)
        assert threads() == {1}
        leave.set()
        worker.join()
        assert threads() == before


def test_any_thread_may_be_the_first() -> None:
    found = []

    def other() -> None:
        with one_core():
            found.append(threads())
        found.append(threads())

    with threadpool_limits(2):
        before = threads()
        with one_core():
            pass
        worker = Thread(target=other)
        worker.start()
        worker.join()
        assert found == [{1}, before]
