"""Every derivation runs to its last cell, and imports symprop only there."""

import ast
import runpy
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "derivations").glob("*.py"))


def test_there_are_derivations() -> None:
    assert len(SCRIPTS) >= 6


@pytest.mark.derivation
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_derivation_runs(script: Path) -> None:
    runpy.run_path(str(script))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_symprop_is_imported_in_the_last_cell_only(script: Path) -> None:
    """Otherwise a result could be quoted instead of derived."""
    *cells, last = script.read_text().split("# %%")
    for cell in cells:
        for node in ast.walk(ast.parse(cell if not cell.startswith(" [markdown]") else "")):
            assert not (
                isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symprop")
            )
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("symprop") for alias in node.names)
    assert "verify(" in last


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_step_ends_in_an_assertion(script: Path) -> None:
    text = script.read_text()
    for step in text.split("# ## Step")[1:]:
        assert "assert" in step, step.splitlines()[0]
