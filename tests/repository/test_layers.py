"""Who may import what, and who may change a precision."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.repository.sources import PACKAGE, ROOT, modules, relative, syntax

ONLY_PRECISION_MODULE = PACKAGE / "numerics" / "precision.py"
PRECISION_OF = {
    "flint": {"ctx"},
    "mpmath": {"mp", "iv", "workprec", "workdps", "extraprec", "extradps", "autoprec"},
}
LAYERS = [
    {"cli"},
    {"figures"},
    {"claims"},
    {"constants"},
    {"asymptotics"},
    {"recurrences", "moments"},
    {"gaussian", "simulator"},
    {"specs", "gram", "ledger"},
    {"numerics"},
    {"foundation"},
]


def test_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_contracts_state_the_house_plan() -> None:
    """The order of the layers is written down twice, so that neither copy drifts unseen."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    stated = [
        {name.strip(" ()") for name in layer.replace(":", "|").split("|")}
        for layer in contract["layers"]
    ]
    assert stated == LAYERS
    assert contract["exhaustive"]
    assert all(":" not in layer for layer in contract["layers"]), "siblings must be independent"


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_no_layer_is_bypassed_through_the_public_names(path: Path) -> None:
    """Inside the package only the version is taken from its root, which sees every layer."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "symprop":
            assert {alias.name for alias in node.names} == {"__version__"}
        elif isinstance(node, ast.Import):
            assert "symprop" not in {alias.name for alias in node.names}


def names_of_precision(tree: ast.Module) -> list[str]:
    """Return every use, in a parsed module, of a name through which a precision is changed."""
    aliases: dict[str, str] = {}
    used = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in PRECISION_OF:
                    aliases[alias.asname or alias.name.split(".")[0]] = alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module in PRECISION_OF:
            forbidden = PRECISION_OF[node.module]
            used += [f"{node.module}.{a.name}" for a in node.names if a.name in forbidden | {"*"}]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            library = aliases.get(node.value.id)
            if library is not None and node.attr in PRECISION_OF[library]:
                used.append(f"{library}.{node.attr}")
    return used


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_precision_is_changed_in_one_place(path: Path) -> None:
    used = names_of_precision(syntax(path))
    assert bool(used) == (path == ONLY_PRECISION_MODULE), used


@pytest.mark.parametrize(
    "source",
    [
        "from flint import arb, ctx",
        "import flint\nflint.ctx.prec = 9",
        "import mpmath as m\nwith m.workdps(5): pass",
        "def f():\n    from mpmath import mp",
        "from mpmath import *",
    ],
)
def test_search_for_precision_finds(source: str) -> None:
    assert names_of_precision(ast.parse(source))
