"""Numbers on their way in, from text to exact, and what goes with them on their way out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, NoClosedForm, expected
from symprop.foundation.validation import MAX_DPS, check_dps

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy

__all__ = ["exact_or_none", "number", "numbers", "print_json", "working_dps"]

_GUARD_DIGITS = 5


def number(name: str, text: str) -> sympy.Expr:
    """Return the exact number written in an argument: ``3/10``, ``0.25``, ``sqrt(2)/3``."""
    from symprop.specs.expression import parse_number

    return parse_number(text, name=name)


def numbers(name: str, text: str, *, count: int) -> tuple[sympy.Expr, ...]:
    """Return exactly ``count`` numbers separated by commas."""
    parts = text.split(",")
    if len(parts) != count:
        raise InvalidArgument(expected(name, f"to be {count} numbers with a comma between", text))
    return tuple(number(name, part) for part in parts)


def working_dps(dps: int) -> int:
    """Return the digits to compute with, so that ``dps`` of them can be printed."""
    return min(check_dps(dps) + _GUARD_DIGITS, MAX_DPS)


def exact_or_none(form: Callable[[], sympy.Expr]) -> sympy.Expr | None:
    """Return a closed form, or None where there is none or it is singular."""
    import sympy

    try:
        value = form()
    except NoClosedForm:
        return None
    return None if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) else value


def print_json(data: Any) -> None:
    """Print a JSON document."""
    print(json.dumps(data, indent=2, ensure_ascii=False))
