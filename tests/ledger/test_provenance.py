"""A fingerprint changes with whatever a verdict was computed from, and with nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from symprop.ledger import provenance as subject

SOURCES = {
    "__init__": "",
    "claims": "def check():\n    from zoo.library import area\n    return area\n",
    "library": "import zoo.numbers\narea = 1\n",
    "numbers": "",
    "table": "",
    "unrelated": "",
    "lazy": 'TABLE = {"a": "zoo.table"}\n',
}


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "zoo"
    folder.mkdir()
    for name, text in SOURCES.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == "zoo"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def fresh(module: str) -> str:
    for cached in (subject._path, subject._source_hash, subject._names):
        cached.cache_clear()
    return subject.fingerprint(module)


@pytest.mark.parametrize(
    ("module", "edited", "changes"),
    [
        ("zoo.claims", "claims", True),
        ("zoo.claims", "library", True),  # imported inside a function
        ("zoo.claims", "numbers", True),  # imported by what is imported
        ("zoo.claims", "unrelated", False),
        ("zoo.lazy", "table", True),  # named by a string
        ("zoo.lazy", "library", False),
    ],
)
def test_edits(zoo: Path, module: str, edited: str, changes: bool) -> None:
    before = fresh(module)
    assert fresh(module) == before
    path = zoo / f"{edited}.py"
    path.write_text(path.read_text() + "# edited\n")
    assert (fresh(module) != before) is changes


def test_the_library_counts() -> None:
    """A claim depends on the machinery that checks it."""
    found = subject._closure("tests.ledger.demonstration", frozenset({"tests", "symprop"}))
    assert {"symprop.ledger.falsify", "symprop.numerics.enclosure"} <= set(found)


def test_library_versions_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh("symprop.ledger.source")
    monkeypatch.setattr(subject.importlib.metadata, "version", lambda name: "0")
    assert fresh("symprop.ledger.source") != before
