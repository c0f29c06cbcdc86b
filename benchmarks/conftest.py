"""One core, the processor as it is, fresh arguments in every round."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

# Thread counts are read when NumPy is loaded; a core type forced from outside would
# measure another processor than this one.
assert "numpy" not in sys.modules, "benchmarks set the number of threads before NumPy is loaded"
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(variable, None)


@pytest.fixture
def measure(benchmark: Any) -> Callable[..., Any]:
    """Return ``measure(system, row, function, arguments, ...)``, which times one side of a row.

    ``arguments`` is an iterator of argument tuples: each round takes a new one, so that no
    result kept from an earlier round can help. ``asked`` is the ratio to the peer, or the
    elements a second, that the row should reach; ``within`` the seconds a call may take.
    """

    def run(
        system: str,
        row: str,
        function: Callable[..., Any],
        arguments: Iterator[tuple[Any, ...]],
        *,
        rounds: int,
        elements: int | None = None,
        asked: float | None = None,
        within: float | None = None,
        warm: bool = True,
    ) -> Any:
        benchmark.group = row
        benchmark.extra_info["system"] = system
        if elements is not None:
            benchmark.extra_info["elements"] = elements
        if asked is not None:
            benchmark.extra_info["asked"] = asked
        if within is not None:
            benchmark.extra_info["within"] = within
        return benchmark.pedantic(
            function,
            setup=lambda: (next(arguments), {}),
            rounds=rounds,
            warmup_rounds=1 if warm else 0,
        )

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print, for every row with two sides, a rate or a limit, what was reached and asked."""
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    if session is None:
        return
    rows: dict[str, dict[str, Any]] = {}
    for result in session.benchmarks:
        rows.setdefault(result.group, {})[result.extra_info["system"]] = result
    terminalreporter.section("ratios and rates")
    _print_exponents(terminalreporter, session.benchmarks)
    for row, sides in rows.items():
        own = sides.get("symprop")
        if own is None or own.has_error:
            continue
        time, asked = own.stats.median, own.extra_info.get("asked")
        if "within" in own.extra_info:
            limit = own.extra_info["within"]
            terminalreporter.write_line(
                f"{row}: {time:.3g} s  asked {limit:.3g} s  {_verdict(limit, time)}"
            )
        if "elements" in own.extra_info:
            rate = own.extra_info["elements"] / time
            met = "" if asked is None else f"  asked {asked:.2g}/s  {_verdict(rate, asked)}"
            terminalreporter.write_line(f"{row}: {rate:.3g}/s{met}")
        for system, side in sides.items():
            if system == "symprop" or side.has_error:
                continue
            ratio = side.stats.median / time
            compared = asked if "elements" not in own.extra_info else None
            met = ""
            if compared is not None:
                met = f"  asked {compared:.0f}x  {_verdict(ratio, compared)}"
            terminalreporter.write_line(f"{row}: {ratio:.1f}x faster than {system}{met}")


def _print_exponents(terminalreporter: Any, results: Any) -> None:
    """Print the power of a size that times grow with, where rows have one."""
    import numpy as np

    times: dict[str, list[tuple[float, float]]] = {}
    for result in results:
        if "grows" in result.extra_info and not result.has_error:
            name, size = result.extra_info["grows"]
            times.setdefault(name, []).append((size, result.stats.median))
    for name, points in times.items():
        if len(points) > 1:
            sizes, medians = np.log(points).T
            exponent = np.polyfit(sizes, medians, 1)[0]
            terminalreporter.write_line(f"time grows with {name} to the power {exponent:.2f}")


def _verdict(reached: float, asked: float) -> str:
    return "reached" if reached >= asked else "MISSED"
