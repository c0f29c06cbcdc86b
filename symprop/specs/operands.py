"""Nodes of a parsed expression, each bounded in size before SymPy builds it.

A constant carries a ball around its value, so that a power or an exponential
that would be astronomically large is refused without being computed. Anything
else carries a degree, an upper bound of the work a polynomial in it can cause.
"""

from __future__ import annotations

import operator as operators
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import sympy
from flint import arb, fmpq

from symprop.foundation.errors import InvalidArgument
from symprop.numerics.ball_functions import ball_power
from symprop.numerics.evaluation import compile_ball
from symprop.numerics.precision import working_bits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symprop.specs.functions import CallableFunction

__all__ = [
    "Operand",
    "Refused",
    "call",
    "negative",
    "number",
    "power",
    "product",
    "reciprocal",
    "total",
    "variable",
]

_BITS = 256
_LARGEST_BITS = 16_384
_LARGEST_DEGREE = 1024
_MOST_EXPANDED_BITS = 100_000


class Refused(Exception):
    """What is wrong with a text; turned into the public error in one place."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression with its bound: ``ball`` for a constant, ``degree`` otherwise."""

    expression: sympy.Expr
    degree: int
    ball: arb | None = None

    @classmethod
    def of(
        cls, expression: sympy.Expr, degree: int, *, constant: bool, ball: arb | None = None
    ) -> Operand:
        """Check what SymPy built and attach its bound."""
        if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            raise Refused("it is infinite or undefined")
        if expression.has(sympy.I):
            raise Refused("it is not real")
        if not (constant or expression.is_number):
            return cls(expression, degree)
        if ball is None or isinstance(expression, sympy.Rational):
            ball = _enclose(expression)
        return cls(expression, 0, _checked(ball))


def _enclose(expression: sympy.Expr) -> arb:
    if isinstance(expression, sympy.Rational):
        with working_bits(_BITS):
            return arb(fmpq(int(expression.p), int(expression.q)))
    try:
        with working_bits(_BITS):
            ball = compile_ball(expression)()
    except InvalidArgument:
        ball = arb.nan()
    if not isinstance(ball, arb):
        raise Refused("it is not real")
    return ball


def _checked(ball: arb) -> arb:
    """Refuse a constant that is not finite, or not within 2**+-16384."""
    if not ball.is_finite():
        raise Refused("it divides by zero, is not real or is too large")
    with working_bits(_BITS):
        if not ball.is_zero():
            magnitude = abs(ball)
            limit = arb(2) ** _LARGEST_BITS
            if not magnitude < limit or magnitude * limit < 1:
                raise Refused("a number in it is too large or too small")
    return ball


def number(value: sympy.Expr | int) -> Operand:
    """Return the operand of an exact number."""
    return Operand.of(sympy.sympify(value, strict=True), 0, constant=True)


def variable(symbol: sympy.Symbol) -> Operand:
    """Return the operand of the variable."""
    return Operand(symbol, 1)


def _bounded(degree: int) -> int:
    if degree > _LARGEST_DEGREE:
        raise Refused(f"its degree is beyond {_LARGEST_DEGREE}")
    return degree


def total(terms: Sequence[Operand]) -> Operand:
    """Return the sum of ``terms``, built at once: a chain of sums would take quadratic time."""
    return _fold(sympy.Add, operators.add, terms, max(term.degree for term in terms))


def product(factors: Sequence[Operand]) -> Operand:
    """Return the product of ``factors``."""
    return _fold(sympy.Mul, operators.mul, factors, sum(factor.degree for factor in factors))


def _fold(
    build: Callable[..., sympy.Expr],
    operation: Callable[[arb, arb], arb],
    operands: Sequence[Operand],
    degree: int,
) -> Operand:
    balls = [operand.ball for operand in operands if operand.ball is not None]
    ball = None
    with working_bits(_BITS):
        partial = list(accumulate(balls, operation))
        if partial and len(balls) == len(operands):
            ball = _checked(partial[-1])
    _bounded(degree)
    result = build(*(operand.expression for operand in operands))
    return Operand.of(result, degree, constant=ball is not None, ball=ball)


def negative(operand: Operand) -> Operand:
    """Return ``-operand``."""
    ball = None if operand.ball is None else -operand.ball
    return Operand(-operand.expression, operand.degree, ball)


def reciprocal(operand: Operand) -> Operand:
    """Return ``1/operand``."""
    if operand.expression.is_zero:
        raise Refused("it divides by zero")
    return power(operand, number(-1))


def power(base: Operand, exponent: Operand) -> Operand:
    """Return ``base**exponent``."""
    ball = None
    degree = base.degree + exponent.degree
    if exponent.ball is not None:
        size = abs(exponent.ball).upper().ceil()
        if not size * max(_height(base.expression), 1) < _MOST_EXPANDED_BITS:
            raise Refused("a power in it is too large")
        degree = base.degree * int(size.unique_fmpz())
        if base.ball is not None:
            ball = _checked(_constant_power(base.ball, exponent))
    _bounded(degree)
    result = base.expression**exponent.expression
    return Operand.of(result, degree, constant=ball is not None, ball=ball)


def _constant_power(base: arb, exponent: Operand) -> arb:
    assert exponent.ball is not None
    with working_bits(_BITS):
        try:
            if isinstance(exponent.expression, sympy.Integer):
                return base ** int(exponent.expression)
            return ball_power(base, exponent.ball)
        except InvalidArgument:
            raise Refused("it is not real") from None


def _height(expression: sympy.Expr) -> int:
    """Return the bits of the largest integer in an expression."""
    return max(
        (
            max(int(atom.p).bit_length(), int(atom.q).bit_length())
            for atom in expression.atoms(sympy.Rational)
        ),
        default=1,
    )


def call(function: CallableFunction, operands: Sequence[Operand]) -> Operand:
    """Return ``function(*operands)``."""
    balls = [operand.ball for operand in operands if operand.ball is not None]
    constant = len(balls) == len(operands)
    if constant and function.ball is not None:
        with working_bits(_BITS):
            _checked(function.ball(*balls))
    result = function.build(*(operand.expression for operand in operands))
    degree = max(operand.degree for operand in operands)
    return Operand.of(result, degree, constant=constant)
