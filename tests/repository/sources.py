"""What the tests of the repository look at: its tracked files and the modules of the package."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "symprop"


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that git knows of, deleted ones left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listing.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def modules() -> tuple[Path, ...]:
    """Return the source files of the package."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


def relative(path: Path) -> str:
    """Return a path as the repository names it; also the id of a parametrised test."""
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    """Return the dotted name under which a source file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def syntax(path: Path) -> ast.Module:
    """Return the parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def exported(path: Path) -> tuple[str, ...]:
    """Return the names in ``__all__`` as written in the source, or none."""
    for node in syntax(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            return tuple(ast.literal_eval(node.value))
    return ()
