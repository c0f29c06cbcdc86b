"""The README is held to what the package does: commands, examples, numbers and links.

Its doctests are collected from ``pyproject.toml``; its two installation commands are run, word for
word, by ``.ci/run``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from benchmarks.table import BEGIN, END, RESULTS, reduce_run, render, replace_block
from docs.coverage import coverage_block
from docs.picture import PICTURE
from docs.picture import render as render_picture
from tests.repository.sources import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ENVIRONMENT = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}


def block_between(begin: str, end: str) -> str:
    """Return the lines of the README between two markers."""
    return README.partition(f"{begin}\n")[2].partition(f"\n{end}")[0]


def console_sessions() -> list[tuple[str, str]]:
    """Return every command shown in a ``console`` block with the output shown below it."""
    sessions = []
    for block in re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, output = command.partition("\n")
            sessions.append((line, output))
    return sessions


def test_there_are_two_commands() -> None:
    script = ROOT / ".ci" / "readme_commands.py"
    listed = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    verify, test = listed.stdout.splitlines()
    for command in (verify, test):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert verify.endswith(" && .venv/bin/symprop verify --tier quick")
    assert test.endswith(" && .venv/bin/pytest -n auto")


@pytest.mark.parametrize(("command", "output"), console_sessions())
def test_console_session(command: str, output: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "symprop"
    done = subprocess.run(
        [sys.executable, "-c", "from symprop.cli.main import run; run()", *arguments],
        capture_output=True,
        check=False,
        text=True,
        env=os.environ | ENVIRONMENT,
    )
    assert done.stdout + done.stderr == output


def test_there_are_examples_to_run() -> None:
    assert README.count(">>> ") >= 5
    assert console_sessions()


def test_benchmark_table_is_that_of_the_kept_results() -> None:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert block_between(BEGIN, END) == render(results)


def test_benchmark_run_becomes_a_table() -> None:
    def timed(group: str, median: float, **extra: object) -> dict[str, object]:
        return {"group": group, "stats": {"median": median}, "extra_info": extra}

    run = {
        "benchmarks": [
            timed("V", 2e-5, system="symprop", asked=50),
            timed("V", 4e-3, system="quad"),
            timed("relu", 0.01, system="symprop", elements=10**6, asked=80e6),
            timed("mu", 0.01, system="symprop", within=0.05),
            timed("mu", 0.02, system="findroot"),
            timed("no target", 1, system="symprop"),
        ],
        "machine_info": {"cpu": {"brand_raw": "a chip"}, "python_version": "3.11.0"},
    }
    lines = render(reduce_run(run)).splitlines()
    assert lines[0].startswith("Medians on one core of a chip")
    assert lines[-3:] == [
        "| V | 20 us | 4.0 ms (quad) | 200x | 50x |",
        "| relu | 10 ms |  | 100 M/s | 80 M/s |",
        "| mu | 10 ms | 20 ms (findroot) | 2.0x | within 50 ms |",
    ]
    text = f"a\n{BEGIN}\nold\n{END}\nz"
    assert replace_block(text, "new") == f"a\n{BEGIN}\nnew\n{END}\nz"


def test_coverage_table_is_that_of_the_package() -> None:
    assert block_between("<!-- coverage:begin -->", "<!-- coverage:end -->") == coverage_block()


def test_picture_is_drawn_from_the_package() -> None:
    assert PICTURE.read_text(encoding="utf-8") == render_picture()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
