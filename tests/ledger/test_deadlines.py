"""A computation is stopped, whatever it catches, and the alarm is put back."""

from __future__ import annotations

import contextlib
import signal
import threading
import time

import pytest

from symprop.ledger.deadlines import OutOfTime, time_limit


def busy(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_computation_is_stopped_in_time() -> None:
    start = time.monotonic()
    with pytest.raises(OutOfTime), time_limit(0.05):
        busy(30)
    assert time.monotonic() - start < 5


def test_handlers_of_exceptions_do_not_swallow_it() -> None:
    def careless() -> None:
        while True:
            with contextlib.suppress(Exception):
                busy(30)

    with pytest.raises(OutOfTime), time_limit(0.05):
        careless()


def test_what_is_fast_enough_is_left_alone() -> None:
    before = signal.getsignal(signal.SIGALRM)
    for seconds in (None, 30.0):
        with time_limit(seconds):
            value = 1
        assert value == 1
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_signals_there_is_no_limit() -> None:
    done: list[bool] = []

    def work() -> None:
        with time_limit(0.01):
            busy(0.1)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
