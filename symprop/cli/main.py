"""The application, its commands, and how errors become one line and an exit code.

Exit codes: 0 success, 1 the answer is "no" or could not be reached, 2 the question was
not well posed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from symprop.cli import (
    convergence,
    depth,
    expansion,
    figures,
    gram,
    ledger_commands,
    mathematics,
    moments,
    phases,
    sensitivity,
    simulation,
    tangents,
    verification,
)
from symprop.foundation.errors import InvalidArgument, SymPropError

__all__ = ["app", "run"]

# The base of all usage errors; Typer moved it between releases but not this subclass.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

_INTERRUPTED = 130
_LONGEST_LINE = 1000  # characters of an error; arguments may be echoed in it

app = typer.Typer(
    name="symprop",
    help="Exact kernels, certified constants and checked theorems of signal propagation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
"""The command line as a Typer application."""

app.command("kernel")(mathematics.kernel)
app.command("hermite")(mathematics.hermite)
app.command("expectation")(mathematics.expectation)
app.command("gain")(mathematics.gain)
app.command("constant")(mathematics.constant)
# An increment may begin with a minus sign, which is not an option.
app.command("expand", context_settings={"ignore_unknown_options": True})(expansion.expand)
app.command("figure")(figures.figure)
app.command("phase")(phases.phase)
app.command("critical")(phases.critical)
app.command("rates")(phases.rates)
app.command("trajectory")(depth.trajectory)
app.command("convergence")(convergence.convergence_of)
app.command("moments")(moments.moments_of)
app.command("simulate")(simulation.simulate)
app.command("verify")(verification.verify)
app.add_typer(gram.app, name="gram")
app.add_typer(sensitivity.app, name="sensitivity")
app.add_typer(tangents.app, name="tangent")
app.add_typer(ledger_commands.app, name="ledger")


def _print_version(wanted: bool) -> None:
    if wanted:
        from symprop import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Exact kernels, certified constants and checked theorems of signal propagation."""


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit; the entry point ``symprop``.

    Parameters
    ----------
    arguments : list of str, optional
        Instead of ``sys.argv[1:]``.
    """
    longest_integer = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # balls of many digits are printed as integers
    try:
        code = app(args=arguments, prog_name="symprop", standalone_mode=False)
        sys.stdout.flush()
        if code == _INTERRUPTED:  # newer releases of Typer turn Ctrl-C into this code
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help
            print(error.format_message(), file=sys.stderr)  # type: ignore[attr-defined]
            sys.exit(2)
        _leave(2, error.format_message() if hasattr(error, "format_message") else str(error))
    except InvalidArgument as error:
        _leave(2, str(error))
    except (KeyboardInterrupt, typer.Abort):
        _leave(_INTERRUPTED, "Interrupted.")
    except BrokenPipeError:
        _leave_closed_pipe()
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Typer makes exit code 1 of it
            _leave_closed_pipe()
        raise
    except OSError as error:
        _leave(2, f"{error.strerror}: {error.filename}" if error.filename else str(error))
    except SymPropError as error:
        _leave(1, str(error))
    finally:
        sys.set_int_max_str_digits(longest_integer)


def _leave_closed_pipe() -> NoReturn:
    """Exit in silence: the reader, such as head, has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _leave(code: int, message: str) -> NoReturn:
    """Print one line on standard error and exit."""
    line = " ".join(message.split())
    if len(line) > _LONGEST_LINE:
        line = f"{line[:_LONGEST_LINE]}... ({len(line)} characters)"
    print(f"symprop: {line}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    run()
