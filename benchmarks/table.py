"""Turn a run of the benchmarks into the table of the README.

    pytest benchmarks --benchmark-json=run.json -p no:xdist
    python benchmarks/table.py run.json

A benchmark names its row with ``benchmark.group`` and the system it times with
``benchmark.extra_info["system"]`` ("symprop" or the name of a peer). Array code also gives
``extra_info["elements"]``, the number of outputs of one call. The target is on the symprop side:
``extra_info["asked"]``, the least ratio to the peers or the least throughput in elements per
second, or ``extra_info["within"]``, the most seconds of one call. Both systems must be timed in the
same run; rows without a target stay out of the README.

The medians, and nothing that identifies the machine but its processor, are kept in
``benchmarks/results.json``; a test holds the README to that file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
README = HERE.parent / "README.md"
BEGIN, END = "<!-- benchmarks:begin -->", "<!-- benchmarks:end -->"
_RATES = ((1e6, "M/s"), (1e3, "k/s"), (1.0, "/s"))
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))


def reduce_run(run: dict[str, Any]) -> dict[str, Any]:
    """Keep of a pytest-benchmark file what the table needs."""
    rows: dict[str, dict[str, Any]] = {}
    for result in run["benchmarks"]:
        extra = result["extra_info"]
        row = rows.setdefault(result["group"], {"medians": {}})
        row["medians"][extra["system"]] = result["stats"]["median"]
        row |= {key: extra[key] for key in ("elements", "asked", "within") if key in extra}
    machine = run["machine_info"]
    return {
        "processor": machine["cpu"].get("brand_raw") or machine["machine"],
        "python": machine["python_version"],
        "rows": rows,
    }


def throughput(rate: float) -> str:
    """Return elements per second with a readable unit."""
    size, unit = next(((k, name) for k, name in _RATES if rate >= k), _RATES[-1])
    return f"{_short(rate / size)} {unit}"


def duration(seconds: float) -> str:
    """Write a time with two or three significant digits.

    >>> duration(0.00034), duration(4.6), duration(95)
    ('340 us', '4.6 s', '95 s')
    """
    for scale, unit in _UNITS:
        if seconds >= scale:
            return f"{_short(seconds / scale)} {unit}"
    return f"{seconds:.1e} s"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def render(results: dict[str, Any]) -> str:
    """Return the Markdown block of the README."""
    machine = f"{results['processor']}, Python {results['python']}"
    lines = [
        f"Medians on one core of {machine}; both in one run, every call with fresh arguments.",
        "",
        "| task | symprop | peer | ratio or rate | target |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for task, row in results["rows"].items():
        medians = dict(row["medians"])
        own = medians.pop("symprop")
        peers = " ".join(f"{duration(time)} ({name})" for name, time in medians.items())
        if "within" in row:
            ratio = " ".join(f"{_short(time / own)}x" for time in medians.values())
            wanted = f"within {duration(row['within'])}"
            lines.append(f"| {task} | {duration(own)} | {peers} | {ratio} | {wanted} |")
            continue
        if "asked" not in row:
            continue
        asked = row["asked"]
        if "elements" in row:
            measured, wanted = throughput(row["elements"] / own), throughput(asked)
            lines.append(f"| {task} | {duration(own)} | {peers} | {measured} | {wanted} |")
            continue
        for name, time in medians.items():
            wanted = f"{_short(asked)}x"
            cells = (task, duration(own), f"{duration(time)} ({name})", f"{_short(time / own)}x")
            lines.append(f"| {' | '.join(cells)} | {wanted} |")
    return "\n".join(lines)


def replace_block(text: str, block: str) -> str:
    """Return ``text`` with the lines between the two markers replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{block}\n{END}{after}"


def main() -> None:
    """Reduce the run named on the command line and rewrite the README from it."""
    run = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    results = reduce_run(run)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(replace_block(text, render(results)), encoding="utf-8")


if __name__ == "__main__":
    main()
