"""Coefficients of a power-log series: SymPy expressions, exact field elements or balls.

The algorithms are written once; what the coefficients are decides whether they return symbols
(`ExpressionScalars` while reading a formula, `ExactScalars` while solving) or digits
(`BallScalars`). Exponents are elements of an `ExactField` in all three.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import sympy
from flint import arb, arb_poly, fmpq

from symprop.asymptotics.exact_fields import ExactField
from symprop.foundation.errors import InvalidArgument, OutOfDomain, expected
from symprop.numerics.evaluation import as_ball, compile_ball

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BallScalars",
    "ConstantCoefficients",
    "ExactScalars",
    "ExpressionScalars",
    "Scalars",
    "constant_ball",
]

_ZERO_DIGITS = 40


class Scalars(Protocol):
    """What a power-log series asks of its coefficients."""

    @property
    def exponents(self) -> ExactField:
        """The field of the exponents."""

    @property
    def large_logarithm(self) -> Any:
        """``log z`` where coefficients may hold it; None where they are constants."""

    def log_derivative(self, coefficient: Any) -> Any:
        """Return ``z d/dz`` of a coefficient; asked only where coefficients hold ``log z``."""

    def embed(self, exponent: Any) -> Any:
        """Return an exponent as a coefficient."""

    def coefficient(self, expression: sympy.Expr) -> Any:
        """Return the coefficient of a constant expression."""

    def power(self, coefficient: Any, exponent: Any) -> Any:
        """Return ``coefficient**exponent`` for a positive coefficient or an integer exponent."""

    def log(self, coefficient: Any) -> Any:
        """Return the logarithm of a positive coefficient."""

    def tidy(self, coefficient: Any) -> Any:
        """Return the normal form of a coefficient."""

    def is_zero(self, coefficient: Any) -> bool:
        """Whether a coefficient is zero."""

    def taylor(self, function: sympy.Expr, variable: sympy.Symbol, point: Any, order: int) -> Any:
        """Return one Taylor coefficient of a function at a coefficient."""


class ConstantCoefficients:
    """Coefficients that do not depend on the large variable."""

    @property
    def large_logarithm(self) -> Any:
        """None: logarithms of the large variable stand in the blocks of a series."""
        return None

    def log_derivative(self, coefficient: Any) -> Any:
        """Return the derivative of a constant."""
        return 0 * coefficient


def _integer(exponents: ExactField, exponent: Any) -> int | None:
    """Return an exponent as an int if it is one."""
    expression = exponents.expression(exponent)
    return int(expression) if expression.is_Integer else None


@dataclass(frozen=True)
class ExactScalars(ConstantCoefficients):
    """Elements of the field of the exponents itself: exact and fast."""

    exponents: ExactField

    def embed(self, exponent: Any) -> Any:
        """Return an exponent as a coefficient."""
        return exponent

    def coefficient(self, expression: sympy.Expr) -> Any:
        """Return the field element of an expression."""
        return self.exponents.element(expression)

    def power(self, coefficient: Any, exponent: Any) -> Any:
        """Return a power that stays in the field."""
        whole = _integer(self.exponents, exponent)
        if whole is not None:
            return coefficient**whole
        base, power = self.exponents.expression(coefficient), self.exponents.expression(exponent)
        return self.exponents.element(sympy.expand_power_base(base**power))

    def log(self, coefficient: Any) -> Any:
        """Return a logarithm that stays in the field."""
        return self.exponents.element(sympy.log(self.exponents.expression(coefficient)))

    def tidy(self, coefficient: Any) -> Any:
        """Return the coefficient: field elements are in lowest terms."""
        return coefficient

    def is_zero(self, coefficient: Any) -> bool:
        """Whether a field element is zero."""
        return not coefficient

    def taylor(self, function: sympy.Expr, variable: sympy.Symbol, point: Any, order: int) -> Any:
        """Return a Taylor coefficient that stays in the field."""
        at = self.exponents.expression(point)
        return self.exponents.element(_taylor(function, variable, order).subs(variable, at))


@dataclass(frozen=True)
class ExpressionScalars(ConstantCoefficients):
    """SymPy expressions, for reading a formula: closed under every function."""

    exponents: ExactField

    def embed(self, exponent: Any) -> sympy.Expr:
        """Return an exponent as an expression."""
        return self.exponents.expression(exponent)

    def coefficient(self, expression: sympy.Expr) -> sympy.Expr:
        """Return the expression."""
        return sympy.sympify(expression)

    def power(self, coefficient: sympy.Expr, exponent: Any) -> sympy.Expr:
        """Return a power."""
        return coefficient ** self.exponents.expression(exponent)

    def log(self, coefficient: sympy.Expr) -> sympy.Expr:
        """Return a logarithm."""
        return sympy.log(coefficient)

    def tidy(self, coefficient: sympy.Expr) -> sympy.Expr:
        """Expand, so that sums cancel."""
        return sympy.expand(coefficient)

    def is_zero(self, coefficient: sympy.Expr) -> bool:
        """Whether an expression is zero: by digits first, then by simplification."""
        if coefficient.is_zero is not None:
            return bool(coefficient.is_zero)
        symbols = sorted(coefficient.free_symbols, key=sympy.default_sort_key)
        samples = {s: sympy.Rational(37 + 11 * i, 101 + 7 * i) for i, s in enumerate(symbols)}
        samples |= {s: v for s, v in self.exponents.given.items() if s in samples}
        value = sympy.N(coefficient.subs(samples), _ZERO_DIGITS, maxn=400)
        if value.is_number and abs(value) > sympy.Float(10) ** (-_ZERO_DIGITS // 2):
            return False
        return bool(sympy.simplify(coefficient) == 0)

    def taylor(
        self, function: sympy.Expr, variable: sympy.Symbol, point: sympy.Expr, order: int
    ) -> sympy.Expr:
        """Return a Taylor coefficient; the function must be smooth at the point."""
        value = _taylor(function, variable, order).subs(variable, point)
        if value.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
            raise OutOfDomain(expected("argument", f"where {function} is smooth", point))
        return value


@dataclass(frozen=True)
class BallScalars(ConstantCoefficients):
    """Balls at ``bits`` bits; the precision in force must be at least as high."""

    exponents: ExactField
    bits: int
    values: Mapping[sympy.Symbol, object] = field(default_factory=dict)

    def embed(self, exponent: Any) -> arb:
        """Return an exponent as a ball."""
        if isinstance(exponent, fmpq):
            return arb(exponent)
        return self.coefficient(self.exponents.expression(exponent))

    def coefficient(self, expression: sympy.Expr) -> arb:
        """Return the ball of an expression in symbols with values."""
        return constant_ball(sympy.sympify(expression), self.values, self.bits)

    def power(self, coefficient: arb, exponent: Any) -> arb:
        """Return a power."""
        whole = _integer(self.exponents, exponent)
        return coefficient**whole if whole is not None else coefficient ** self.embed(exponent)

    def log(self, coefficient: arb) -> arb:
        """Return a logarithm."""
        return coefficient.log()

    def tidy(self, coefficient: arb) -> arb:
        """Return the coefficient."""
        return coefficient

    def is_zero(self, coefficient: arb | arb_poly) -> bool:
        """Whether a ball, or every coefficient of a polynomial, is zero up to rounding.

        Terms that cancel leave small balls about zero: to keep them would change the leading
        exponents. What is dropped is less than half the digits carried, and no proof rests on it.
        """
        if isinstance(coefficient, arb_poly):
            return all(map(self.is_zero, coefficient.coeffs()))
        return bool(coefficient.contains(0) and coefficient.rad() < arb(2) ** (-self.bits // 2))

    def taylor(self, function: sympy.Expr, variable: sympy.Symbol, point: arb, order: int) -> arb:
        """Return a Taylor coefficient at a ball."""
        symbols = function.free_symbols - {variable}
        constants = {symbol: self.coefficient(symbol) for symbol in symbols}
        compiled = compile_ball(_taylor(function, variable, order), [variable, *constants])
        return compiled(point, *constants.values()).real


def _taylor(function: sympy.Expr, variable: sympy.Symbol, order: int) -> sympy.Expr:
    return sympy.diff(function, variable, order) / sympy.factorial(order)


def constant_ball(expression: sympy.Expr, values: Mapping[sympy.Symbol, object], bits: int) -> arb:
    """Return the ball of a constant expression; every free symbol must have a value."""
    missing = expression.free_symbols - set(values)
    if missing:
        raise InvalidArgument(expected("values", f"to hold {sorted(map(str, missing))}", values))
    if expression.is_number:
        return as_ball(expression, bits)
    symbols = sorted(expression.free_symbols, key=sympy.default_sort_key)
    result = compile_ball(expression, symbols)(*(as_ball(values[s], bits, str(s)) for s in symbols))
    return result.real
