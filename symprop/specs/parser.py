"""Precedence climbing: tokens to operands, by calling listed constructors only."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NoReturn

import sympy
from sympy.logic.boolalg import Boolean

from symprop.specs.functions import CONSTANTS, FUNCTIONS
from symprop.specs.operands import (
    Operand,
    Refused,
    call,
    negative,
    number,
    power,
    product,
    reciprocal,
    total,
    variable,
)
from symprop.specs.tokens import read_numeral, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Parser"]

_DEEPEST = 40
_MOST_SWITCHES = 200

_LEVELS = {
    "|": 1,
    "&": 2,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 4),
    **dict.fromkeys("+-", 5),
    **dict.fromkeys("*/", 6),
    **dict.fromkeys(("**", "^"), 8),
}
_NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER = 3, 4, 5, 6, 7, 8
_CHAINS = {_SUM: ("+-", negative, total), _PRODUCT: ("*/", reciprocal, product)}
_RELATIONS: dict[str, Callable[..., Boolean]] = {
    "<": sympy.Lt,
    "<=": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
    "==": sympy.Eq,
    "!=": sympy.Ne,
}
_NAMED_RELATIONS = {"Eq": "==", "Ne": "!="}
_SWITCHES = frozenset({"Max", "Min", "Abs", "abs", "sign", "Heaviside", "step", "relu"})


class Parser:
    """Precedence climbing over the tokens of one text.

    Parameters
    ----------
    text : str
        What to read.
    symbols : iterable of sympy.Symbol
        The variables; none for constants only.
    """

    def __init__(self, text: str, symbols: Iterable[sympy.Symbol]) -> None:
        self.tokens = tokenize(text)
        self.position = 0
        self.depth = 0
        self.switches = 0
        self.symbols = {symbol.name: symbol for symbol in symbols}

    def read(self) -> Operand:
        """Return the whole text as one operand."""
        result = self._value()
        if self.tokens[self.position][0] != "end":
            self._unexpected()
        return result

    def _next_is(self, *operators: str) -> bool:
        kind, text = self.tokens[self.position]
        return kind == "operator" and text in operators

    def _take(self) -> tuple[str, str]:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def _demand(self, operator: str) -> None:
        if not self._next_is(operator):
            self._unexpected(f", where {operator!r} was due")
        self.position += 1

    def _unexpected(self, hint: str = "") -> NoReturn:
        kind, text = self.tokens[self.position]
        found = "end" if kind == "end" else repr(text[:40])
        raise Refused(f"unexpected {found}{hint}")

    def _value(self) -> Operand:
        """Read an expression that is a number, not a condition."""
        return _as_number(self._climb(_COMPARISON + 1))

    def _condition(self) -> Boolean:
        return _as_condition(self._climb(0))

    def _climb(self, lowest: int) -> Operand | Boolean:
        """Read operands joined by operators of at least the given precedence."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Refused(f"it is nested more than {_DEEPEST} deep")
        left = self._prefix()
        while (kind := self.tokens[self.position][0]) == "operator":
            operator = self.tokens[self.position][1]
            level = _LEVELS.get(operator, -1)
            if level < max(lowest, 0):
                break
            if level == _COMPARISON:
                left = self._comparisons(left)
                continue
            if level in _CHAINS:
                left = self._chain(left, level)
                continue
            self.position += 1
            right = self._climb(level if level == _POWER else level + 1)
            left = _join(operator, left, right)
        if kind in ("number", "name"):
            self._unexpected(", where an operator was due")
        self.depth -= 1
        return left

    def _chain(self, first: Operand | Boolean, level: int) -> Operand:
        """Read a whole sum, or a whole product, and build it in one go."""
        operands = [_as_number(first)]
        operators, invert, build = _CHAINS[level]
        while self._next_is(*operators):
            inverted = self._take()[1] == operators[1]
            operand = _as_number(self._climb(level + 1))
            operands.append(invert(operand) if inverted else operand)
        return build(operands)

    def _comparisons(self, left: Operand | Boolean) -> Boolean:
        """Read ``a < b < c`` as ``(a < b) & (b < c)``."""
        parts: list[Boolean] = []
        while self._next_is(*_RELATIONS):
            relation = self._take()[1]
            right = self._climb(_COMPARISON + 1)
            parts.append(_relate(relation, left, right))
            left = right
        return sympy.And(*parts)

    def _prefix(self) -> Operand | Boolean:
        kind, text = self.tokens[self.position]
        if kind == "number":
            self.position += 1
            return number(sympy.Rational(read_numeral(text)))
        if kind == "name":
            self.position += 1
            return self._named(text)
        if self._next_is("(") and self._take():
            inside = self._climb(0)
            self._demand(")")
            return inside
        if self._next_is("+", "-") and self._take():
            signed = _as_number(self._climb(_SIGN))
            return signed if text == "+" else negative(signed)
        if not self._next_is("~"):
            self._unexpected()
        self.position += 1
        return sympy.Not(_as_condition(self._climb(_NOT)))

    def _named(self, name: str) -> Operand | Boolean:
        if not self._next_is("("):
            if name in self.symbols:
                return variable(self.symbols[name])
            if name in CONSTANTS:
                return number(CONSTANTS[name])
            if name in ("True", "False"):
                return sympy.true if name == "True" else sympy.false
            raise Refused(f"the name {name[:40]!r} is unknown{self._suggestion(name)}")
        self.switches += name in _SWITCHES or name == "Piecewise"
        if self.switches > _MOST_SWITCHES:
            raise Refused(f"it has more than {_MOST_SWITCHES} Max, Abs, Piecewise and the like")
        if name == "Piecewise":
            return self._piecewise()
        if name in _NAMED_RELATIONS:
            left, right = self._arguments(name, 2, 2)
            return _relate(_NAMED_RELATIONS[name], left, right)
        function = FUNCTIONS.get(name)
        if function is None:
            raise Refused(f"the function {name[:40]!r} is unknown{self._suggestion(name)}")
        return call(function, self._arguments(name, function.fewest, function.most))

    def _suggestion(self, name: str) -> str:
        known = [*FUNCTIONS, *CONSTANTS, "Piecewise", *self.symbols]
        close = difflib.get_close_matches(name[:40], known, n=3)
        return f"; close names: {', '.join(close)}" if close else ""

    def _arguments(self, name: str, fewest: int, most: int) -> list[Operand]:
        self._demand("(")
        found = [self._value()]
        while self._next_is(",") and len(found) <= most:
            self.position += 1
            found.append(self._value())
        self._demand(")")
        if not fewest <= len(found) <= most:
            allowed = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise Refused(f"{name} takes {allowed} arguments")
        return found

    def _piecewise(self) -> Operand:
        self._demand("(")
        branches: list[tuple[Operand, Boolean]] = []
        while True:
            self._demand("(")
            value = self._value()
            self._demand(",")
            branches.append((value, self._condition()))
            self._demand(")")
            if not self._next_is(","):
                break
            self.position += 1
        self._demand(")")
        if branches[-1][1] != sympy.true:
            raise Refused("the last branch of Piecewise must be (value, True)")
        # Unevaluated: SymPy would solve the conditions and rewrite them with infinite ends.
        pairs = [(value.expression, test) for value, test in branches if test != sympy.false]
        expression = pairs[0][0] if pairs[0][1] == sympy.true else _unevaluated(pairs)
        degree = max(value.degree for value, _ in branches)
        return Operand.of(expression, degree, constant=False)


def _unevaluated(pairs: list[tuple[sympy.Expr, Boolean]]) -> sympy.Expr:
    return sympy.Piecewise(*pairs, evaluate=False)


def _as_number(part: Operand | Boolean) -> Operand:
    if isinstance(part, Boolean):
        raise Refused("a condition stands where a number is due")
    return part


def _as_condition(part: Operand | Boolean) -> Boolean:
    if not isinstance(part, Boolean):
        raise Refused("a number stands where a condition is due")
    return part


def _join(operator: str, left: Operand | Boolean, right: Operand | Boolean) -> Operand | Boolean:
    if operator == "&":
        return sympy.And(_as_condition(left), _as_condition(right))
    if operator == "|":
        return sympy.Or(_as_condition(left), _as_condition(right))
    return power(_as_number(left), _as_number(right))


def _relate(relation: str, left: Operand | Boolean, right: Operand | Boolean) -> Boolean:
    return _RELATIONS[relation](_as_number(left).expression, _as_number(right).expression)
