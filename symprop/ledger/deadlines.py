"""Stopping a computation of this process after a while."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["OutOfTime", "time_limit"]

_AGAIN = 0.5  # seconds until the next signal, should something have swallowed the first


class OutOfTime(BaseException):
    """The time limit was reached; no `Exception`, so that no handler takes it for a failure."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise `OutOfTime` inside the block once ``seconds`` have passed.

    By an alarm signal, hence without effect outside the main thread or where the system has
    no such signal, and not before a running call of a C library returns.

    Parameters
    ----------
    seconds : float or None
        None sets no limit.
    """
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise OutOfTime
