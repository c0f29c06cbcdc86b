"""Version, licence, citation, bibliography, changelog and decisions agree with one another."""

from __future__ import annotations

import re
import tomllib

import yaml

import symprop
from tests.repository.sources import ROOT

PAPERS = {"residual", "shrinkage", "tangents", "thesis", "sensitivity"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_one_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.search(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert latest is not None
    assert symprop.__version__ == CITATION["version"] == latest[1]


def test_one_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == CITATION["license"] == "Apache-2.0"


def test_bibliography_has_the_paper_keys() -> None:
    entries = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    assert set(re.findall(r"^@\w+\{(\w+),", entries, re.MULTILINE)) == PAPERS


def test_decisions_are_numbered_and_complete() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{path.name} has no {heading}"


def test_extras_are_declared() -> None:
    declared = set(PROJECT["optional-dependencies"])
    assert declared == {"torch", "plot", "data", "dask", "test", "dev"}
