"""Ways to watch a run: a live table, plain lines, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from symprop.ledger.evidence import Outcome

if TYPE_CHECKING:
    from symprop.ledger.claim import Claim
    from symprop.ledger.result import Result

__all__ = ["LiveTable", "PlainLines", "Silence"]

_COLOURS = {
    Outcome.HOLDS: "green",
    Outcome.FAILS: "red",
    Outcome.UNDECIDED: "yellow",
    Outcome.VACUOUS: "magenta",
}
_SPARE_LINES = 8  # of the terminal, for headings, the bar and the prompt


class Silence:
    """Watch nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def show(self, claim: Claim, result: Result) -> None:
        """Take note of one result."""

    def close(self, finished: Mapping[str, Any]) -> None:
        """Take note of the end."""


class PlainLines(Silence):
    """One line per claim, for logs and pipes."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._total, self._done = len(claims), 0
        self._width = max((len(claim.id) for claim in claims), default=0)

    def show(self, claim: Claim, result: Result) -> None:
        self._done += 1
        verdict = result.verdict
        grade = verdict.grade.name if verdict.grade else ""
        flag = "" if result.reached(claim) else "  !"
        print(
            f"[{self._done:>{len(str(self._total))}}/{self._total}] {verdict.outcome:<9} "
            f"{grade:<11} {claim.id:<{self._width}}  {result.seconds:7.2f} s  "
            f"{claim.source.number}{flag}",
            flush=True,
        )

    def close(self, finished: Mapping[str, Any]) -> None:
        for line in _closing_lines(finished):
            print(line)


class LiveTable(Silence):
    """A table that grows as results come, above a progress bar."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._console = Console()
        self._rows: list[tuple[Claim, Result]] = []
        self._bar = Progress(
            BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        )
        self._task = self._bar.add_task("", total=len(claims))
        self._live = Live(console=self._console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, claim: Claim, result: Result) -> None:
        self._rows.append((claim, result))
        self._bar.update(self._task, advance=1, description=claim.id)
        self._draw()

    def _draw(self) -> None:
        room = max(3, self._console.height - _SPARE_LINES)
        self._live.update(Group(_table(self._rows[-room:]), self._bar))

    def close(self, finished: Mapping[str, Any]) -> None:
        self._console.print(_table(self._rows))
        for line in _closing_lines(finished):
            self._console.print(Text(line))


def _table(rows: Sequence[tuple[Claim, Result]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("outcome", "grade", "claim", "printed as"):
        table.add_column(heading, overflow="fold")
    table.add_column("seconds", justify="right")
    for claim, result in rows:
        verdict = result.verdict
        outcome = Text(str(verdict.outcome), style=_COLOURS[verdict.outcome])
        if not result.reached(claim):
            outcome.append(" !", style="bold")
        grade = verdict.grade.name.lower() if verdict.grade else ""
        table.add_row(outcome, grade, claim.id, claim.source.number, f"{result.seconds:.2f}")
    return table


def _closing_lines(finished: Mapping[str, Any]) -> list[str]:
    """Return the counterexamples, what went wrong, and the counts."""
    lines: list[str] = []
    refuted = [row for row in finished["claims"] if row["counterexample"]]
    if refuted:
        lines += ["", "False as printed:"]
    for row in refuted:
        numbers = row["counterexample"]
        inputs = ", ".join(f"{name} = {value}" for name, value in numbers["values"].items())
        sides = f"{numbers['lhs']} {numbers['relation']} {numbers['rhs']} is false"
        fixed = f"; corrected by {row['corrected_by']}" if row["corrected_by"] else ""
        lines.append(f"  {row['id']}: {f'at {inputs}: ' if inputs else ''}{sides}{fixed}")
    summary = finished["summary"]
    if summary["missed"]:
        lines += ["", "Missed the recorded verdict:"]
    for row in finished["claims"]:
        if row["id"] in summary["missed"]:
            lines.append(f"  {row['id']}: {_why(row)}")
    counts = ", ".join(f"{summary[outcome.value]} {outcome.value}" for outcome in Outcome)
    state = "as recorded" if summary["passed"] else f"{len(summary['missed'])} not as recorded"
    lines += ["", f"{summary['claims']} claims: {counts}; {state}; {summary['seconds']:.1f} s"]
    return lines


def _why(row: Mapping[str, Any]) -> str:
    recorded, near = row["expected"], row["near_miss"]
    if near["outcome"] != Outcome.FAILS.value:
        return f"its near miss came out {near['outcome']}: {near['detail']}"
    worst = next(
        (found for found in row["findings"] if found["outcome"] == row["outcome"]), {"detail": ""}
    )
    wanted = f"{recorded['outcome']} {recorded['grade'] or ''}".strip()
    reached = f"{row['outcome']} {row['grade'] or ''}".strip()
    return f"{wanted} is recorded, {reached} was reached: {worst['detail']}"
