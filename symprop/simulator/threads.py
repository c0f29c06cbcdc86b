"""One processor core for one network, since the last bits of a sum depend on who adds what."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["one_core"]

_lock = threading.Lock()
_users = 0
_undo: list[Any] = []


@contextmanager
def one_core() -> Iterator[None]:
    """Make linear algebra libraries use one thread; the first to enter sets, the last restores.

    Workers of one process may be threads, and the setting belongs to the process.
    """
    global _users  # noqa: PLW0603  (the setting is one for the process, and so is its count)
    with _lock:
        if not _users:
            _limit()
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            while not _users and _undo:
                _undo.pop()()


def _limit() -> None:
    from threadpoolctl import ThreadpoolController

    for library in ThreadpoolController().lib_controllers:
        _undo.append(partial(_set_threads, library, library.num_threads))
        _set_threads(library, 1)
    torch = sys.modules.get("torch")  # who has not loaded it does not pay for it
    if torch is not None:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        _undo.append(lambda: torch.set_num_threads(before))


def _set_threads(library: Any, count: int) -> None:
    """Set the number for the process, also if another thread was the last to do so."""
    forget = getattr(library, "clear_controlling_thread", None)  # since threadpoolctl 3.7
    if forget is not None:
        forget(force=True)
    library.set_num_threads(count)
