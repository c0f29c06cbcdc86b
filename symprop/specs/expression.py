"""A parser for expressions in one symbol, built on a closed list of names.

The text is cut into tokens and read by precedence climbing; each node is made
by calling one listed SymPy constructor. Nothing typed reaches ``eval``,
``sympify``, an attribute or an import. Sizes are bounded before anything is
computed: ``9**9**9`` is refused, not evaluated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.specs.functions import CONSTANTS, FUNCTIONS
from symprop.specs.operands import Refused
from symprop.specs.parser import Parser
from symprop.specs.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LONGEST_TEXT", "X", "names_in", "parse_expression", "parse_number"]

X = sympy.Symbol("x", real=True)
"""The variable of every activation."""

LONGEST_TEXT = 50_000
"""Most characters of an expression."""


def parse_expression(
    text: str, *, symbol: sympy.Symbol | Sequence[sympy.Symbol] = X, name: str = "expression"
) -> sympy.Expr:
    """Return the SymPy expression written in ``text``.

    Parameters
    ----------
    text : str
        Numbers (decimals are exact), the symbol, ``pi``, ``E``, ``+ - * / **`` (or
        ``^``), parentheses, the functions of `symprop.specs.functions` and
        ``Piecewise((value, condition), ..., (value, True))``.
    symbol : sympy.Symbol or sequence of them
        The variables; they are recognised by their names.
    name : str
        Name of the argument, for the error message.

    Raises
    ------
    InvalidArgument
        If the text is not such an expression, or is too long, deep or large.

    Examples
    --------
    >>> parse_expression("x*erf(x) + 0.1")
    x*erf(x) + 1/10
    >>> parse_expression("2*q^2", symbol=sympy.Symbol("q"))
    2*q**2
    """
    return _parse(text, (symbol,) if isinstance(symbol, sympy.Symbol) else tuple(symbol), name)


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in ``text`` that stand for no constant or function, in order.

    Empty for a text without meaning, which `parse_expression` refuses by name.

    Examples
    --------
    >>> names_in("a*sin(pi*u) - u")
    ('a', 'u')
    """
    try:
        tokens = tokenize(text[:LONGEST_TEXT])
    except Refused:
        return ()
    known = {*FUNCTIONS, *CONSTANTS, "Piecewise", "Eq", "Ne", "True", "False"}
    names = (found for kind, found in tokens if kind == "name" and found not in known)
    return tuple(dict.fromkeys(names))


def parse_number(text: str, *, name: str = "value") -> sympy.Expr:
    """Return the exact real number written in ``text``, such as ``"sqrt(2)/3"``.

    Raises
    ------
    InvalidArgument
        If the text is not a constant expression with a finite real value.

    Examples
    --------
    >>> parse_number("0.1"), parse_number("sqrt(2)/3")
    (1/10, sqrt(2)/3)
    """
    return _parse(text, (), name)


def _parse(text: str, symbols: tuple[sympy.Symbol, ...], name: str) -> sympy.Expr:
    if not isinstance(text, str):
        raise InvalidArgument(expected(name, "to be a string", text))
    try:
        if len(text) > LONGEST_TEXT:
            raise Refused(f"it is longer than {LONGEST_TEXT} characters")
        operand = Parser(text, symbols).read()
        if not symbols and operand.ball is None:
            raise Refused("it is not a constant")
    except Refused as refusal:
        reason = str(refusal)
    except (RecursionError, MemoryError, ArithmeticError, ValueError, TypeError):
        # What SymPy itself refuses to build, for instance an undecidable comparison.
        reason = "it cannot be built"
    else:
        return operand.expression
    kind = "an expression" if symbols else "a number"
    shown = text if text.isprintable() else ascii(text[:1000])
    raise InvalidArgument(expected(name, f"to be {kind} symprop can read ({reason})", shown))
