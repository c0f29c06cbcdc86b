"""SymPy expressions from outside brought into the form the parser builds."""

from __future__ import annotations

import sympy
from sympy.core.relational import Relational

from symprop.foundation.errors import InvalidArgument, expected
from symprop.numerics.evaluation import as_exact
from symprop.specs.expression import X, parse_expression, parse_number

__all__ = ["exact_number", "normal_form", "substitute"]

_MOST_PASSES = 6
_MOST_BITS = 8192  # of an integer; Python prints no more than 4300 digits


def exact_number(name: str, value: object) -> sympy.Expr:
    """Return an exact SymPy number; text is read by the parser, floats by their binary value."""
    if isinstance(value, str):
        return parse_number(value, name=name)
    exact = as_exact(value, name)
    if exact is None:
        raise InvalidArgument(expected(name, "to be an exact number", value))
    if any(
        max(abs(int(part.p)), int(part.q)).bit_length() > _MOST_BITS
        for part in exact.atoms(sympy.Rational)
    ):
        raise InvalidArgument(expected(name, f"to be written with {_MOST_BITS} bits", value))
    return exact


def substitute(node: sympy.Basic, inner: sympy.Expr) -> sympy.Basic:
    """Return ``node`` with ``X`` replaced by ``inner``, leaving ``Piecewise`` unsolved."""
    if node == X:
        return inner
    if not node.has(X):
        return node
    arguments = [substitute(argument, inner) for argument in node.args]
    if isinstance(node, sympy.Piecewise):
        return sympy.Piecewise(*arguments, evaluate=False)
    return node.func(*arguments)


def normal_form(expression: sympy.Expr) -> sympy.Expr:
    """Return the expression that the parser builds from the printed form of ``expression``.

    Its only symbol becomes `X`; floats become their exact binary values. Printing
    and parsing it again gives it back, so its text is a faithful name.

    Raises
    ------
    InvalidArgument
        If there is more than one symbol or a part the parser does not know.
    """
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) > 1:
        raise InvalidArgument(expected("activation", "to have one symbol", str(expression)))
    if symbols and symbols[0] != X:
        expression = expression.xreplace({symbols[0]: X})
    expression = expression.replace(_is_vacuous, lambda _: sympy.true)
    expression = expression.xreplace(
        {number: sympy.Rational(number) for number in expression.atoms(sympy.Float)}
    )
    for _ in range(_MOST_PASSES):
        parsed = parse_expression(str(expression), name="activation")
        if parsed == expression:
            return parsed
        expression = parsed
    raise InvalidArgument(expected("activation", "to have a stable printed form", str(expression)))


def _is_vacuous(node: sympy.Basic) -> bool:
    """Whether a comparison holds because a side is infinite, as in ``-oo < x``."""
    return isinstance(node, Relational) and node.has(sympy.oo, -sympy.oo)
