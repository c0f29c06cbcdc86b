"""What no tracked file may hold: unfinished pieces, silenced tests, paths and hosts of one machine.

The words looked for are put together from parts, so that this file may be searched as well.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.sources import ROOT, relative, tracked_files

UNFINISHED = [
    "raise NotImplemented" + "Error",
    "TO" + "DO",
    "FIX" + "ME",
    "X" + "XX",
    "pytest." + "skip",
    "mark." + "skip",
    "import" + "orskip",
    "x" + "fail",
    "pragma: no " + "cover",
]
KNOWN_HOSTS = {
    "arxiv.org",
    "dlmf.nist.gov",
    "doi.org",
    "keepachangelog.com",
    "semver.org",
    "www.apache.org",
    "www.w3.org",
}
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:home|root|work|tmp|opt|mnt|Users)/\w")
HOST = re.compile(r"https?://([^/\s\"'<>)\]}]+)")
INSTALL_SOURCE = re.compile(r"--(?:extra-)?index-" + r"url|--find-" + r"links|--trusted-" + r"host")
BINARY = {".png", ".npz", ".npy", ".pdf", ".woff2"}
TEXTS = [path for path in tracked_files() if path.suffix not in BINARY]
PYTHON = [path for path in TEXTS if path.suffix == ".py"]


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_nothing_is_left_unfinished_or_silenced(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in UNFINISHED if word in text] == []


@pytest.mark.parametrize("path", TEXTS, ids=relative)
def test_no_path_or_host_of_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert MACHINE_PATH.findall(text) == []
    assert INSTALL_SOURCE.findall(text) == []
    assert set(HOST.findall(text)) <= KNOWN_HOSTS


def test_scripts_are_executable() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
