"""A bar on the terminal while something that can be counted is done."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["counted"]

_STEPS = 1000  # of the bar


@contextmanager
def counted(what: str, total: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on a terminal's standard error, nothing elsewhere.

    Yields
    ------
    callable or None
        To be called with how many are done, and of how many.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        step = max(1, total // _STEPS)

        def show(done: int, _: int) -> None:
            if done % step == 0 or done == total:
                bar.update(task, completed=done)

        yield show
