"""Arguments of expansions: formulas, limits, sample values and orders, read without ``eval``."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

import sympy

from symprop.foundation.errors import InvalidArgument, expected
from symprop.foundation.validation import check_integer
from symprop.numerics.evaluation import as_exact
from symprop.specs.expression import names_in, parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "check_mapping",
    "check_order",
    "check_symbol",
    "read_autonomous",
    "read_formula",
    "read_limit",
    "read_samples",
]

_HIGHEST_ORDER = 1000


def read_formula(name: str, value: object, symbols: Iterable[sympy.Symbol] = ()) -> sympy.Expr:
    """Return a formula given as SymPy expression, exact number or text.

    Names in a text are those of ``symbols``, and of new symbols otherwise.

    Raises
    ------
    InvalidArgument
        If it is none of them, or not finite.

    Examples
    --------
    >>> u = sympy.Symbol("u", positive=True)
    >>> read_formula("increment", "1/u - a", [u]).free_symbols == {u, sympy.Symbol("a")}
    True
    """
    if isinstance(value, str):
        known = {symbol.name: symbol for symbol in symbols}
        found = [known.get(one, sympy.Symbol(one)) for one in names_in(value)]
        return parse_expression(value, symbol=found, name=name)
    if isinstance(value, sympy.Expr) and not value.is_number:
        if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise InvalidArgument(expected(name, "to be finite", value))
        return value
    exact = as_exact(value, name)
    if exact is None:
        raise InvalidArgument(expected(name, "to be an exact number or a formula", value))
    return exact


def read_limit(name: str, value: object) -> sympy.Expr:
    """Return a limit: infinity, or a formula.

    Examples
    --------
    >>> read_limit("at", "oo"), read_limit("at", "1/2")
    (oo, 1/2)
    """
    if isinstance(value, str | float | sympy.Expr) and value in ("oo", inf, sympy.oo):
        return sympy.oo
    return read_formula(name, value)


def read_autonomous(
    increment: object, variable: object, at: object, side: object, known_to: object, given: object
) -> tuple[
    sympy.Expr, sympy.Symbol, sympy.Expr, int, sympy.Expr | None, dict[sympy.Symbol, sympy.Expr]
]:
    """Return the arguments of `autonomous_expansion` as its recurrence holds them.

    The variable may be left out where the increment has one symbol.
    """
    samples = read_samples("given", given)
    named = [] if variable is None else [check_symbol("variable", variable)]
    expression = read_formula("increment", increment, [*named, *samples])
    if not named and len(expression.free_symbols) != 1:
        raise InvalidArgument(expected("variable", f"to be named, f={expression}", variable))
    (symbol,) = named or expression.free_symbols
    if (sign := check_integer("side", side)) not in (1, -1):
        raise InvalidArgument(expected("side", "to be 1 or -1", side))
    limit = read_limit("at", at)
    if limit is sympy.oo and sign != 1:
        raise InvalidArgument(expected("side", "to be 1 at infinity", side))
    known = None if known_to is None else read_formula("known_to", known_to, samples)
    return expression, symbol, limit, sign, known, samples


def read_samples(name: str, values: object) -> dict[sympy.Symbol, sympy.Expr]:
    """Return sample values of symbols; none for None."""
    samples = {}
    for symbol, value in check_mapping(name, values).items():
        if not isinstance(symbol, sympy.Symbol):
            raise InvalidArgument(expected(name, "to have symbols as keys", symbol))
        samples[symbol] = read_formula(f"{name}[{symbol}]", value)
    return samples


def check_mapping(name: str, values: object) -> Mapping[Any, Any]:
    """Return a mapping; an empty one for None."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise InvalidArgument(expected(name, "to be a mapping", values))
    return values


def check_symbol(name: str, value: object) -> sympy.Symbol:
    """Return ``value`` if it is a symbol, or raise `InvalidArgument`."""
    if not isinstance(value, sympy.Symbol):
        raise InvalidArgument(expected(name, "to be a SymPy symbol", value))
    return value


def check_order(value: object, name: str = "order", *, minimum: int = 1) -> int:
    """Return how many terms are wanted, at most 1000: the work grows like a power of it."""
    return check_integer(name, value, minimum=minimum, maximum=_HIGHEST_ORDER)
