"""What a verdict depends on, as one short hash.

A saved verdict may be reused only while nothing it was computed from has changed: the
source of the claim's module, of every module of the same distribution it imports,
directly or not, and the versions of the libraries underneath.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path

__all__ = ["fingerprint"]

_MODULE = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
_LIBRARIES = ("hypothesis", "mpmath", "numpy", "python-flint", "scipy", "sympy")


def fingerprint(module: str) -> str:
    """Return a hash of everything the claims of a module are computed from.

    Imports inside functions count, and so do module names given as strings, as in
    ``importlib.import_module("package.module")`` or a table of lazy imports.
    """
    digest = hashlib.sha256()
    digest.update(sys.version.encode())
    for library in _LIBRARIES:
        digest.update(f"{library}={importlib.metadata.version(library)};".encode())
    roots = frozenset(name.partition(".")[0] for name in (module, __name__))
    for name, path in sorted(_closure(module, roots).items()):
        digest.update(name.encode() + _source_hash(path))
    return digest.hexdigest()[:32]


def _closure(module: str, roots: frozenset[str]) -> dict[str, Path]:
    """Return the modules below ``roots`` that a module imports, and itself, with their files."""
    found: dict[str, Path] = {}
    waiting = {module}
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting |= {target for target in _names(path) if target.partition(".")[0] in roots}
    return found


@cache
def _path(module: str) -> Path | None:
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None or not found.has_location:
        return None
    return Path(found.origin)


@cache
def _source_hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _names(path: Path) -> frozenset[str]:
    """Return whatever may be a module's name in the import statements and strings of a file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and _MODULE.fullmatch(str(node.value)):
            names.add(str(node.value))
    return frozenset(names)
