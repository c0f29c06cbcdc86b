"""Every exported name is documented, and the public ones in the house's sections."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import symprop
from tests.repository.sources import exported, module_name, modules, relative, syntax

ORDER = [
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Conventions",
    "Error",
    "Source",
    "Notes",
    "Examples",
]
MATHEMATICS = {"gaussian", "recurrences", "moments", "asymptotics", "constants"}
FIXED_MEANING = {"CLAIMS"}  # what every claims module exports; the module's docstring tells more
EXPORTING = [path for path in modules() if path.name != "__init__.py" and exported(path)]


def sections(text: str) -> list[str]:
    """Return the underlined headings of a docstring, in order."""
    return re.findall(r"^(\w[\w ]*)\n-{3,}$", inspect.cleandoc(text), re.MULTILINE)


def constants(path: Path) -> dict[str, bool]:
    """Return the names assigned at module level, and whether a string literal follows each."""
    found = {}
    for node, following in itertools.pairwise([*syntax(path).body, ast.Pass()]):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        documented = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
        found |= {target.id: documented for target in targets if isinstance(target, ast.Name)}
    return found


def documented_members(cls: type) -> Iterator[tuple[str, str | None]]:
    """Yield the public methods and properties written in a class, with their docstrings."""
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        unwrapped = getattr(member, "__func__", member)
        if inspect.isfunction(unwrapped) or isinstance(unwrapped, property):
            yield name, inspect.getdoc(getattr(cls, name))
        elif hasattr(unwrapped, "func") and hasattr(unwrapped, "attrname"):  # cached_property
            yield name, unwrapped.__doc__


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_module_says_what_it_is_for(path: Path) -> None:
    summary = (ast.get_docstring(syntax(path)) or "").partition("\n")[0]
    assert summary.endswith((".", ":")), summary


@pytest.mark.parametrize("path", EXPORTING, ids=relative)
def test_exported_names_are_documented(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    written_here = constants(path)
    problems = []
    for name in exported(path):
        thing = inspect.unwrap(getattr(module, name))
        if not (inspect.isfunction(thing) or inspect.isclass(thing)):
            if not written_here.get(name, True) and name not in FIXED_MEANING:
                problems.append(f"{name}: no docstring below it")
            continue
        problems += list(problems_of(name, thing.__doc__ or ""))
        if inspect.isclass(thing):
            problems += [
                f"{name}.{member}: no docstring"
                for member, text in documented_members(thing)
                if not text
            ]
    assert problems == []


def problems_of(name: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the form of one docstring."""
    summary = inspect.cleandoc(text).partition("\n\n")[0]
    if not summary.endswith((".", ":", "`", "$")):
        yield f"{name}: summary {summary!r} is not a sentence"
    found = sections(text)
    if unknown := set(found) - set(ORDER):
        yield f"{name}: unknown sections {sorted(unknown)}"
    elif found != sorted(found, key=ORDER.index):
        yield f"{name}: sections out of order: {found}"


def required_sections(thing: object) -> set[str]:
    """Return the sections a public name must have."""
    needed = {"Conventions", "Error", "Examples"}
    if inspect.isclass(thing):
        return needed
    assert inspect.isfunction(thing)
    needed.add("Returns")
    if inspect.signature(thing).parameters:
        needed |= {"Parameters", "Raises"}
    if thing.__module__.split(".")[1] in MATHEMATICS:
        needed.add("Source")
    return needed


@pytest.mark.parametrize("name", sorted(symprop.__all__))
def test_public_docstrings_have_their_sections(name: str) -> None:
    thing = getattr(symprop, name)
    if isinstance(thing, ModuleType | str):
        return
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        assert thing.__doc__
        return
    missing = required_sections(thing) - set(sections(thing.__doc__ or ""))
    assert missing == set()
