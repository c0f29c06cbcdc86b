"""Constants written for other programs: JSON, CSV, LaTeX, a C header, a Python module."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import mpmath
import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_choice, check_dps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from symprop.constants.catalogue import Constant
    from symprop.numerics.enclosure import Enclosure

__all__ = ["FORMATS", "number_record", "render"]

_GUARD_DIGITS = 5
_RADIUS_DIGITS = 3


def render(constants: Iterable[Constant], form: str, *, dps: int = 20) -> str:
    """Return the constants as one text.

    Parameters
    ----------
    constants : iterable of Constant
        In the order of the output.
    form : {"json", "csv", "latex", "c", "python"}
        Format.
    dps : int
        Proved digits printed of each.

    Returns
    -------
    str
        Ends with a newline.

    Raises
    ------
    InvalidArgument
        If two names become the same identifier, or the format is unknown.

    Error
    -----
    Every digit printed is proved.

    Examples
    --------
    >>> from symprop.constants.catalogue import constant
    >>> print(render([constant("residual.C")], "c", dps=17).splitlines()[-3])
    #define SYMPROP_RESIDUAL_C 0.79788456080286536 /* sqrt(2)/sqrt(pi) */
    """
    check_choice("form", form, FORMATS)
    check_dps(dps)
    return _WRITERS[form](tuple(constants), dps)


def number_record(ball: Enclosure, *, dps: int, exact: sympy.Expr | None = None) -> dict[str, Any]:
    """Return a number as JSON data: proved digits, the exact ball, the exact form.

    ``ball`` holds midpoint ``m * 2**e`` and radius ``m * 2**e`` as four integers;
    ``midpoint`` and ``radius`` are decimal approximations for the eye.
    """
    digits = ball.proved_digits(dps)
    return {
        "digits": digits,
        "midpoint": mpmath.nstr(ball.midpoint, dps + _GUARD_DIGITS),
        "radius": mpmath.nstr(ball.radius, _RADIUS_DIGITS),
        "ball": list(ball.to_integers()),
        "exact": None if exact is None else str(exact),
        "latex": _power_of_ten(digits) if exact is None else sympy.latex(exact),
    }


def _power_of_ten(digits: str) -> str:
    """Write ``1.2e-05`` as LaTeX."""
    mantissa, _, exponent = digits.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def _digits(entry: Constant, dps: int) -> str:
    return entry.enclose(dps=dps + _GUARD_DIGITS).proved_digits(dps)


def _identifiers(constants: Sequence[Constant]) -> list[str]:
    """Return names as upper-case identifiers, refusing two that coincide."""
    names = [re.sub(r"\W+", "_", entry.name).strip("_").upper() for entry in constants]
    for name in names:
        if names.count(name) > 1:
            raise InvalidArgument(expected("constants", "to have distinct identifiers", name))
    return names


def _json(constants: Sequence[Constant], dps: int) -> str:
    data = {
        "constants": [
            {
                "name": entry.name,
                "meaning": entry.meaning,
                "source": entry.source,
                "value": number_record(
                    entry.enclose(dps=dps + _GUARD_DIGITS), dps=dps, exact=entry.exact
                ),
                "shipped": [
                    {"library": s.library, "place": s.place, "value": s.value}
                    for s in entry.shipments
                ],
            }
            for entry in constants
        ]
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _csv(constants: Sequence[Constant], dps: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "value", "exact", "source", "meaning", "shipped"])
    for entry in constants:
        shipped = "; ".join(f"{s.library} {s.value}" for s in entry.shipments)
        exact = "" if entry.exact is None else str(entry.exact)
        writer.writerow(
            [entry.name, _digits(entry, dps), exact, entry.source, entry.meaning, shipped]
        )
    return text.getvalue()


_LATEX_ESCAPES = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{symbol: f"\\{symbol}" for symbol in "&%$#_{}"},
}


def _escaped(text: str) -> str:
    return "".join(_LATEX_ESCAPES.get(symbol, symbol) for symbol in text)


def _latex(constants: Sequence[Constant], dps: int) -> str:
    lines = [
        "% needs \\usepackage{booktabs}",
        r"\begin{tabular}{llll}",
        r"\toprule",
        r"Name & Symbol & Value & Source \\",
        r"\midrule",
    ]
    for entry in constants:
        digits = _digits(entry, dps)
        name, source = _escaped(entry.name), _escaped(entry.source)
        number = _power_of_ten(digits)
        lines.append(rf"\texttt{{{name}}} & ${entry.latex}$ & ${number}$ & {source} \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


def _c(constants: Sequence[Constant], dps: int) -> str:
    lines = ["#ifndef SYMPROP_CONSTANTS_H", "#define SYMPROP_CONSTANTS_H", ""]
    for identifier, entry in zip(_identifiers(constants), constants, strict=True):
        note = entry.meaning if entry.exact is None else str(entry.exact)
        note = note.replace("*/", "* /").replace("/*", "/ *")
        lines.append(f"#define SYMPROP_{identifier} {_literal(_digits(entry, dps))} /* {note} */")
    return "\n".join([*lines, "", "#endif"]) + "\n"


def _python(constants: Sequence[Constant], dps: int) -> str:
    lines = ['"""Constants of signal propagation, each correct to the digits written."""', ""]
    for identifier, entry in zip(_identifiers(constants), constants, strict=True):
        digits = _literal(_digits(entry, dps))
        lines += [f"{identifier} = {digits}", f'"""{entry.meaning} [{entry.source}]"""']
    return "\n".join(lines) + "\n"


def _literal(digits: str) -> str:
    """Return digits as a literal of a floating-point number, not of an integer."""
    return digits if re.search(r"[.e]", digits) else f"{digits}.0"


_WRITERS: dict[str, Callable[[Sequence[Constant], int], str]] = {
    "json": _json,
    "csv": _csv,
    "latex": _latex,
    "c": _c,
    "python": _python,
}
FORMATS = tuple(_WRITERS)
"""Formats `render` knows."""
