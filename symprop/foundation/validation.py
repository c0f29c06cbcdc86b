"""Checks on arguments that many public functions share."""

from __future__ import annotations

import operator

from symprop.foundation.errors import InvalidArgument, expected

__all__ = ["MAX_DPS", "check_choice", "check_dps", "check_flag", "check_integer"]

MAX_DPS = 100_000
"""More decimal digits than this are refused: one mistyped zero should not hang a session."""


def check_integer(
    name: str, value: object, *, minimum: int | None = None, maximum: int | None = None
) -> int:
    """Return ``value`` as an int inside ``[minimum, maximum]``, or raise `InvalidArgument`.

    Examples
    --------
    >>> check_integer("order", 3, minimum=0)
    3
    """
    condition = "to be an integer"
    if minimum is not None and maximum is not None:
        condition += f" from {minimum} to {maximum}"
    elif minimum is not None:
        condition += f" >= {minimum}"
    elif maximum is not None:
        condition += f" <= {maximum}"
    if isinstance(value, bool):
        raise InvalidArgument(expected(name, condition, value))
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # any object may come in
    except TypeError:
        raise InvalidArgument(expected(name, condition, value)) from None
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise InvalidArgument(expected(name, condition, value))
    return number


def check_dps(value: object, name: str = "dps") -> int:
    """Return a number of decimal digits between 1 and `MAX_DPS`."""
    return check_integer(name, value, minimum=1, maximum=MAX_DPS)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of ``choices``, or raise `InvalidArgument`."""
    if isinstance(value, str) and value in choices:
        return value
    listed = ", ".join(repr(choice) for choice in choices)
    raise InvalidArgument(expected(name, f"to be one of {listed}", value))


def check_flag(name: str, value: object) -> bool:
    """Return ``value`` if it is True or False, or raise `InvalidArgument`.

    Examples
    --------
    >>> check_flag("resume", True)
    True
    """
    if isinstance(value, bool):
        return value
    raise InvalidArgument(expected(name, "to be True or False", value))
