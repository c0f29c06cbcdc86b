"""The errors symprop raises, and the one form their messages take.

Every error names the argument, what was expected of it and the value that came,
so that the message alone is enough to repair the call.
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = [
    "InvalidArgument",
    "MissingBackend",
    "NoClosedForm",
    "NoConvergence",
    "OutOfDomain",
    "PrecisionNotReached",
    "SymPropError",
    "UndecidedComparison",
    "UnsupportedLaw",
    "expected",
]

_LONGEST_VALUE = 200
_LONG_INTEGER = re.compile(r"(?<![\w.])\d{31,}(?![\w.])")


class SymPropError(Exception):
    """Base class of every error symprop raises on purpose."""


class InvalidArgument(SymPropError, ValueError):
    """An argument has the wrong type, form or range."""


class OutOfDomain(InvalidArgument):
    """An argument is well formed, but the mathematics is not defined there."""


class UndecidedComparison(SymPropError):
    """Two enclosures overlap, so neither order of them is proved."""


class NoClosedForm(SymPropError):
    """No closed form is known to symprop; an enclosure may still exist."""


class PrecisionNotReached(SymPropError):
    """The digits asked for were not reached; ``best`` holds what was proved."""

    def __init__(self, message: str, best: object = None) -> None:
        super().__init__(message)
        self.best = best


class NoConvergence(SymPropError):
    """An iteration stopped before its goal; ``best`` holds the best enclosure."""

    def __init__(self, message: str, best: object = None) -> None:
        super().__init__(message)
        self.best = best


class UnsupportedLaw(SymPropError):
    """A sampler is not exact for this law of the weights; the message says why."""


class MissingBackend(SymPropError, ImportError):
    """An optional package is not installed; the message gives the install line."""


def expected(name: str, condition: str, value: object) -> str:
    """Return the house sentence ``Expected <name> <condition> but got <name>=<value>.``.

    Examples
    --------
    >>> expected("rho", "inside [-1, 1]", 2)
    'Expected rho inside [-1, 1] but got rho=2.'

    Integers of more than 30 digits are rounded to ten:

    >>> expected("length", "up to 1e300", 17 * 10**307)
    'Expected length up to 1e300 but got length=1.7e+308.'
    """
    shown = (value or "''") if isinstance(value, str) else _represented(value)
    if len(shown) > _LONGEST_VALUE:
        shown = f"{shown[:_LONGEST_VALUE]}... ({len(shown)} characters)"
    return f"Expected {name} {condition} but got {name}={shown}."


def _represented(value: object) -> str:
    """Return ``repr(value)``, or what can be said where that fails, as for a very long integer."""
    try:
        return _LONG_INTEGER.sub(_rounded, repr(value))
    except Exception:  # noqa: BLE001  (an error must not hide behind the printing of its cause)
        size = f" of {value.bit_length()} bits" if isinstance(value, int) else ""
        return f"<{type(value).__name__}{size}>"


def _rounded(integer: re.Match[str]) -> str:
    """Return ten significant digits of an integer, without zeros at the end."""
    mantissa, exponent = f"{Decimal(integer.group()):.9e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
