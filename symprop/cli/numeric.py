"""Numbers on the way in (text to exact) and out (ball to digits and JSON)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symprop.foundation.errors import InvalidArgument, NoClosedForm, expected
from symprop.foundation.validation import MAX_DPS, check_dps

if TYPE_CHECKING:
    from collections.abc import Callable

    import sympy

    from symprop.numerics.enclosure import Enclosure

__all__ = ["exact_or_none", "number", "numbers", "print_json", "working_dps", "written"]

_GUARD_DIGITS = 5
_RADIUS_DIGITS = 3


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


def written(ball: Enclosure, *, dps: int, exact: sympy.Expr | None = None) -> dict[str, Any]:
    """Return the JSON object of a number.

    ``digits`` holds at most ``dps`` digits and only proved ones; ``ball`` is the midpoint
    ``m * 2**e`` and the radius ``m * 2**e`` as four integers, exact; ``midpoint`` and
    ``radius`` are decimal approximations for the eye.
    """
    import mpmath
    import sympy

    digits = ball.proved_digits(dps)
    latex = sympy.latex(exact) if exact is not None else _latex(digits)
    return {
        "digits": digits,
        "midpoint": mpmath.nstr(ball.midpoint, dps + _GUARD_DIGITS),
        "radius": mpmath.nstr(ball.radius, _RADIUS_DIGITS),
        "ball": list(ball.to_integers()),
        "exact": None if exact is None else str(exact),
        "latex": latex,
    }


def _latex(digits: str) -> str:
    mantissa, _, exponent = digits.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def print_json(data: Any) -> None:
    """Print a JSON document."""
    print(json.dumps(data, indent=2, ensure_ascii=False))
