"""Checks on arguments that many public functions share."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from symprop.foundation.errors import InvalidArgument, expected

__all__ = [
    "MAX_DEPTH",
    "MAX_DPS",
    "check_callable",
    "check_choice",
    "check_depth",
    "check_dps",
    "check_flag",
    "check_instance",
    "check_integer",
    "check_sequence",
]

MAX_DPS = 100_000
"""More decimal digits than this are refused: one mistyped zero should not hang a session."""

MAX_DEPTH = 10_000_000
"""More layers than this are refused where each of them is gone through."""

Kind = TypeVar("Kind")


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


def check_depth(value: object, name: str = "depth", *, minimum: int = 0) -> int:
    """Return a number of layers between ``minimum`` and `MAX_DEPTH`."""
    return check_integer(name, value, minimum=minimum, maximum=MAX_DEPTH)


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


def check_sequence(name: str, value: object, of: str = "numbers") -> list[Any]:
    """Return the entries of a sequence, an array or an iterator, or raise `InvalidArgument`.

    Text is refused, since its characters are seldom meant one by one, and so are mappings and
    sets, which lose the order or the number of what was put into them.

    Examples
    --------
    >>> check_sequence("eigenvalues", (4, 1))
    [4, 1]
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | AbstractSet):
        try:
            return list(value)
        except TypeError:  # as of an array without axes
            pass
    raise InvalidArgument(expected(name, f"to be a sequence of {of}", value))


def check_callable(name: str, value: object) -> Callable[..., Any]:
    """Return ``value`` if it can be called, or raise `InvalidArgument`.

    Examples
    --------
    >>> check_callable("function", abs)
    <built-in function abs>
    """
    if callable(value):
        return value
    raise InvalidArgument(expected(name, "to be a function", value))


def check_instance(name: str, value: object, kind: type[Kind]) -> Kind:
    """Return ``value`` if it is of class ``kind``, or raise `InvalidArgument`.

    Examples
    --------
    >>> check_instance("path", "report.json", str)
    'report.json'
    """
    if isinstance(value, kind):
        return value
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    raise InvalidArgument(expected(name, f"to be {article} {kind.__name__}", value))
