"""The text of an expression cut into numerals, names and operators, with bounded sizes."""

from __future__ import annotations

import re
from fractions import Fraction

from symprop.specs.operands import Refused

__all__ = ["read_numeral", "tokenize"]

_MOST_TOKENS = 12_000
_LONGEST_NUMERAL = 1200
_LARGEST_EXPONENT = 1200
_BLANKS = " \t\r\n"
_LONGEST_EXPONENT = 6  # characters, so that int() never meets a long one

_TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<operator>\*\*|<=|>=|==|!=|[-+*/^(),<>&|~])"
    r"|(?P<end>\Z))"
)


def tokenize(text: str) -> list[tuple[str, str]]:
    """Return pairs of kind (``number``, ``name``, ``operator``, ``end``) and text."""
    found: list[tuple[str, str]] = []
    position = 0
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            raise Refused(
                f"the character {text[position:].lstrip(_BLANKS)[0]!r} has no meaning here"
            )
        kind = match.lastgroup or "end"
        found.append((kind, match[kind]))
        if kind == "end":
            return found
        if len(found) > _MOST_TOKENS:
            raise Refused(f"it has more than {_MOST_TOKENS} tokens")
        position = match.end()


def read_numeral(text: str) -> Fraction:
    """Return a decimal exactly; its size is checked before the power of ten is taken."""
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > _LONGEST_NUMERAL:
        raise Refused(f"a numeral has more than {_LONGEST_NUMERAL} digits")
    if exponent and (len(exponent) > _LONGEST_EXPONENT or abs(int(exponent)) > _LARGEST_EXPONENT):
        raise Refused(f"a power of ten is beyond {_LARGEST_EXPONENT}")
    return Fraction(text)
