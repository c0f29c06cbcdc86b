"""A bar on a terminal only."""

from __future__ import annotations

import sys

import pytest

from symprop.cli.counting import counted


def test_nothing_is_shown_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with counted("things", 3) as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with counted("things", 2000) as progress:
        assert progress is not None
        for done in range(2001):
            progress(done, 2000)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "things" in captured.err
