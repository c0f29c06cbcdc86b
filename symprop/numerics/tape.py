"""A SymPy expression flattened into a tape of elementary operations.

The tape is computed once; balls, mpmath numbers and arrays are three tables of
operations that run it. Shared subexpressions are evaluated once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import Application, AppliedUndef

from symprop.foundation.errors import InvalidArgument, expected

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Instruction", "Tape", "flatten"]

_MOST_OPERATIONS = 100_000


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation: its name, the slots it reads and a payload (exponent, function class)."""

    name: str
    arguments: tuple[int, ...]
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Tape:
    """Inputs fill slots ``0..inputs-1``; each instruction appends one slot; the last is the value.

    Attributes
    ----------
    inputs : int
        Number of input slots.
    constants : tuple of sympy.Expr
        Exact numbers; they fill the slots after the inputs.
    instructions : tuple of Instruction
        Operations in order of evaluation.
    result : int
        Slot of the value.
    """

    inputs: int
    constants: tuple[sympy.Expr, ...]
    instructions: tuple[Instruction, ...]
    result: int


_CONSTANT_ATOMS = (
    sympy.Rational,
    sympy.Float,
    sympy.core.numbers.NumberSymbol,
    sympy.core.numbers.ImaginaryUnit,
    sympy.core.numbers.Infinity,
    sympy.core.numbers.NegativeInfinity,
)


class _Builder:
    """Assigns slots; constants are numbered after the inputs once all are known."""

    def __init__(self, symbols: Sequence[sympy.Symbol]) -> None:
        self.slots: dict[sympy.Basic, tuple[str, int]] = {
            symbol: ("input", index) for index, symbol in enumerate(symbols)
        }
        self.constants: list[sympy.Expr] = []
        self.operations: list[tuple[str, tuple[tuple[str, int], ...], Any]] = []

    def emit(self, name: str, *arguments: tuple[str, int], payload: Any = None) -> tuple[str, int]:
        if len(self.operations) >= _MOST_OPERATIONS:
            raise InvalidArgument(
                expected("expression", f"of at most {_MOST_OPERATIONS} operations", "a longer one")
            )
        self.operations.append((name, arguments, payload))
        return ("operation", len(self.operations) - 1)

    def constant(self, value: sympy.Expr) -> tuple[str, int]:
        self.constants.append(value)
        return ("constant", len(self.constants) - 1)

    def visit(self, node: sympy.Basic) -> tuple[str, int]:
        slot = self.slots.get(node)
        if slot is None:
            slot = self.slots[node] = self.translate(node)
        return slot

    def translate(self, node: sympy.Basic) -> tuple[str, int]:
        if isinstance(node, _CONSTANT_ATOMS):
            return self.constant(node)
        if isinstance(node, sympy.Symbol):
            raise InvalidArgument(expected("expression", "without free symbols", str(node)))
        if isinstance(node, sympy.Add | sympy.Mul):
            name = "add" if isinstance(node, sympy.Add) else "mul"
            slots = [self.visit(argument) for argument in node.args]
            total = slots[0]
            for slot in slots[1:]:
                total = self.emit(name, total, slot)
            return total
        if isinstance(node, sympy.Pow):
            return self.power(*node.args)
        if isinstance(node, sympy.exp):
            return self.emit("exp", self.visit(node.args[0]))
        if isinstance(node, sympy.Piecewise):
            return self.piecewise(node)
        if isinstance(node, sympy.hyper):
            return self.hypergeometric(node)
        if isinstance(node, Application) and not isinstance(node, AppliedUndef):
            slots = [self.visit(argument) for argument in node.args]
            return self.emit(node.func.__name__, *slots, payload=node.func)
        raise InvalidArgument(
            expected("expression", "built from numbers and known functions", str(node))
        )

    def power(self, base: sympy.Basic, exponent: sympy.Basic) -> tuple[str, int]:
        if base == sympy.E:
            return self.emit("exp", self.visit(exponent))
        if isinstance(exponent, sympy.Integer):
            return self.emit("integer_power", self.visit(base), payload=int(exponent))
        if isinstance(exponent, sympy.Rational) and exponent.q == 2:
            root = self.emit("sqrt", self.visit(base))
            return root if exponent.p == 1 else self.emit("integer_power", root, payload=exponent.p)
        return self.emit("power", self.visit(base), self.visit(exponent))

    def piecewise(self, node: sympy.Piecewise) -> tuple[str, int]:
        """Arguments alternate value, condition slots; the payload names each relation."""
        slots: list[tuple[str, int]] = []
        relations: list[str] = []
        for value, condition in node.args:
            slots.append(self.visit(value))
            if condition == sympy.true:
                relations.append("always")
                break
            if not isinstance(condition, sympy.core.relational.Relational):
                raise InvalidArgument(
                    expected("condition", "to be a single comparison", str(condition))
                )
            slots.extend((self.visit(condition.lhs), self.visit(condition.rhs)))
            relations.append(condition.rel_op)
        return self.emit("piecewise", *slots, payload=tuple(relations))

    def hypergeometric(self, node: sympy.hyper) -> tuple[str, int]:
        upper, lower, argument = node.ap, node.bq, node.argument
        slots = [self.visit(parameter) for parameter in (*upper, *lower, argument)]
        return self.emit("hyper", *slots, payload=(len(upper), len(lower)))


def flatten(expression: sympy.Expr, symbols: Sequence[sympy.Symbol] = ()) -> Tape:
    """Return the tape of ``expression`` with ``symbols`` as inputs, in that order.

    Raises
    ------
    InvalidArgument
        If a free symbol is not among ``symbols`` or a node is not an expression.
    """
    builder = _Builder(symbols)
    result = builder.visit(sympy.sympify(expression, strict=True))
    base = {
        "input": 0,
        "constant": len(symbols),
        "operation": len(symbols) + len(builder.constants),
    }

    def slot(reference: tuple[str, int]) -> int:
        return base[reference[0]] + reference[1]

    instructions = tuple(
        Instruction(name, tuple(slot(argument) for argument in arguments), payload)
        for name, arguments, payload in builder.operations
    )
    return Tape(len(symbols), tuple(builder.constants), instructions, slot(result))
