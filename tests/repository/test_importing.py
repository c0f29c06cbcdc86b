"""``import symprop`` is quick and brings nothing heavy along."""

from __future__ import annotations

import json
import subprocess
import sys

import symprop
from tests.repository.sources import ROOT

FORBIDDEN = {
    "click",
    "dask",
    "hypothesis",
    "matplotlib",
    "pandas",
    "rich",
    "scipy.integrate",
    "scipy.optimize",
    "scipy.stats",
    "torch",
    "typer",
    "xarray",
}
SECONDS = 0.5
ATTEMPTS = 5


def after(statement: str, expression: str) -> object:
    """Return the value of an expression in a fresh interpreter, after a statement."""
    program = f"import json, sys, time; start = time.process_time(); {statement}; "
    program += f"print(json.dumps({expression}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def loaded(statement: str) -> set[str]:
    names = after(statement, "sorted(sys.modules)")
    assert isinstance(names, list)
    return set(names)


def test_import_is_quick() -> None:
    """Processor time of the import alone; the best of a few, since a busy machine adds to it."""
    times = [after("import symprop", "time.process_time() - start") for _ in range(ATTEMPTS)]
    assert min(times) < SECONDS


def test_import_is_light() -> None:
    names = loaded("import symprop")
    assert names & FORBIDDEN == set()


def test_import_adds_no_part_of_sympy_that_sympy_does_not_load() -> None:
    added = loaded("import symprop") - loaded("import sympy")
    assert {name for name in added if name.partition(".")[0] == "sympy"} == set()


def test_every_public_name_can_be_reached() -> None:
    for name in symprop.__all__:
        assert getattr(symprop, name) is not None
    assert set(symprop.__all__) <= set(dir(symprop))
