"""Errors are one line on standard error and an exit code; never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symprop import __version__
from symprop.cli import main as subject
from symprop.foundation.errors import OutOfDomain, PrecisionNotReached


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        subject.run(arguments)
    captured = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, captured.out, captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["kernel"],
        ["kernel", "relu"],
        ["kernel", "relu", "--rho", "1/2", "--unknown"],
        ["kernel", "relu", "--rho", "1/2", "--derivative", "x"],
        ["kernel", "relu", "--rho", "1/2", "--derivative", "-1"],
        ["kernel", "relu", "--rho", "1/2", "--dps", "-1"],
        ["kernel", "relu", "--rho", "1/2", "--dps", "1000000000"],
        ["kernel", "relu", "--rho", "1/2", "--variances", "1"],
        ["kernel", "relu", "--rho", "1/0"],
        ["kernel", "relu", "--rho", "one half"],
        ["hermite", "relu", "--order", "-2"],
        ["gain", "relu", "--kind", "other"],
        ["constant", "no such constant"],
        ["constant", "--format", "yaml"],
        ["verify", "no.such.claim"],
        ["verify", "--tier", "medium"],
        ["verify", "--dps", "0"],
        ["verify", "--jobs", "0"],
        ["ledger", "show"],
        ["ledger", "show", "no.such.claim"],
        ["ledger", "list", "no.such.*"],
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = outcome(arguments, capsys)
    assert (code, out) == (2, "")
    assert err.startswith("symprop: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["ledger"]])
def test_without_arguments_the_help_is_shown_as_it_is(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = outcome(arguments, capsys)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: symprop")
    assert "\n\nCommands:\n" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["{}"],
        ["--{}"],
        ["gain", "{}"],
        ["gain", "relu:{}"],
        ["gain", "relu", "--{}", "1"],
        ["kernel", "relu", "--rho", "{}"],
        ["kernel", "relu", "--rho", "0", "--variances", "{},1"],
        ["constant", "{}"],
        ["verify", "{}"],
        ["ledger", "show", "{}"],
    ],
    ids=" ".join,
)
def test_long_arguments_are_not_echoed_in_full(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = outcome([part.format("a" * 100_000) for part in arguments], capsys)
    assert (code, out) == (2, "")
    assert len(err) < 1100
    assert "characters" in err


@pytest.mark.parametrize(
    ("typed", "meant"), [("gelux", "gelu"), ("rleu", "relu"), ("swishh", "swish")]
)
def test_close_names_are_offered(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = outcome(["gain", typed], capsys)
    assert code == 2
    assert f"close names: {meant}" in err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["--version"], capsys) == (0, f"{__version__}\n", "")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(["--help"], capsys)
    assert code == 0
    for name in ("kernel", "hermite", "expectation", "gain", "constant", "verify", "ledger"):
        assert name in out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), 130),
        (OutOfDomain("Expected\nrho elsewhere."), 2),
        (FileNotFoundError(2, "No such file or directory", "x"), 2),
        (PrecisionNotReached("Expected more digits."), 1),
    ],
)
def test_errors_in_a_command(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(subject, "app", fail)
    found, _, err = outcome([], capsys)
    assert found == code
    assert err.count("\n") == 1


def test_mistakes_of_the_library_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(subject, "app", broken)
    with pytest.raises(ZeroDivisionError):
        subject.run([])


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    arguments = ["trajectory", "rrn", "erf", "--weight-variance", "1", "--depth", "5000", "--csv"]
    command = [sys.executable, "-m", "symprop.cli.main", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"layer,p,q\n"
        process.stdout.close()  # far fewer bytes than there are
        assert process.stderr.read() == b""
        assert process.wait() == 0
