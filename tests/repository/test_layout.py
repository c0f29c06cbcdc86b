"""The tree: size of modules, mirror tests, names, and initialisers that do no work."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.repository.sources import PACKAGE, ROOT, exported, modules, relative, syntax

LONGEST_MODULE = 400
MODULES = [path for path in modules() if path.name != "__init__.py"]
INITIALISERS = [path for path in modules() if path.name == "__init__.py"]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}


def mirror(path: Path) -> Path:
    return ROOT / "tests" / path.parent.relative_to(PACKAGE) / f"test_{path.stem}.py"


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_module_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_has_a_mirror_test(path: Path) -> None:
    assert mirror(path).is_file(), f"missing {relative(mirror(path))}"


def test_every_test_file_belongs_to_a_module() -> None:
    """``test_<module>.py`` and ``test_<module>_<aspect>.py`` have a module to test."""
    orphans = []
    for package in {path.parent for path in MODULES}:
        stems = {path.stem for path in MODULES if path.parent == package}
        folder = ROOT / "tests" / package.relative_to(PACKAGE)
        for test in folder.glob("test_*.py"):
            subject = test.stem.removeprefix("test_")
            if not any(subject == stem or subject.startswith(f"{stem}_") for stem in stems):
                orphans.append(relative(test))
    assert orphans == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_name(path: Path) -> None:
    """No catch-all names, and no module is named like something it exports."""
    assert path.stem not in FORBIDDEN_NAMES
    assert path.stem not in exported(path)


@pytest.mark.parametrize("path", INITIALISERS, ids=relative)
def test_initialiser_does_no_work(path: Path) -> None:
    """An ``__init__`` holds a docstring, imports, constant tables and a lazy getattr."""
    for node in syntax(path).body:
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            assert node.value is not None
            calls = {ast.unparse(n.func) for n in ast.walk(node.value) if isinstance(n, ast.Call)}
            assert calls <= {"dict.fromkeys", "sorted"}
        elif isinstance(node, ast.FunctionDef):
            assert node.name in {"__getattr__", "__dir__"}
        elif isinstance(node, ast.If):
            assert ast.unparse(node.test) == "TYPE_CHECKING"
        else:
            assert isinstance(node, ast.Import | ast.ImportFrom)


def test_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
