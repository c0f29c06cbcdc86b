"""Rewriting of an expression so that float64 evaluation does not cancel or overflow.

``1 + erf(u)`` becomes ``erfc(-u)``, ``exp(u) - 1`` becomes ``Expm1(u)`` and so on. Each
rule is an identity, so the rewritten expression is the same function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Expit", "Expm1", "Log1p", "Softplus", "stable_form"]


class Expm1(sympy.Function):  # type: ignore[misc]
    """``exp(u) - 1``."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:  # noqa: ARG002
        """Return the derivative."""
        return sympy.exp(self.args[0])


class Log1p(sympy.Function):  # type: ignore[misc]
    """``log(1 + u)``."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:  # noqa: ARG002
        """Return the derivative."""
        return 1 / (1 + self.args[0])


class Expit(sympy.Function):  # type: ignore[misc]
    """``1/(1 + exp(-u))``."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:  # noqa: ARG002
        """Return the derivative."""
        return Expit(self.args[0]) * Expit(-self.args[0])


class Softplus(sympy.Function):  # type: ignore[misc]
    """``log(1 + exp(u))``."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:  # noqa: ARG002
        """Return the derivative."""
        return Expit(self.args[0])


def _complement_cosine(u: sympy.Expr, sign: int) -> sympy.Expr:
    trigonometric = sympy.sin if sign < 0 else sympy.cos
    return 2 * trigonometric(u / 2) ** 2


_COMPLEMENTS: dict[type, Callable[[sympy.Expr, int], sympy.Expr]] = {
    # f to the rewriting of 1 + sign*f(u)
    sympy.erf: lambda u, sign: sympy.erfc(-sign * u, evaluate=False),
    sympy.tanh: lambda u, sign: 2 * Expit(2 * sign * u),
    sympy.cos: _complement_cosine,
}


def stable_form(expression: sympy.Expr) -> sympy.Expr:
    """Return the same function in a form that is accurate in float64 where possible.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> stable_form(x / (1 + sympy.exp(-x)))
    x*Expit(x)
    """
    if not expression.free_symbols or not expression.args:
        return expression
    arguments = [stable_form(argument) for argument in expression.args]
    if isinstance(expression, sympy.Add):
        return _rewrite_sum(arguments)
    if isinstance(expression, sympy.log):
        return _rewrite_logarithm(arguments[0])
    if isinstance(expression, sympy.Pow):
        base, exponent = arguments
        shifted = _one_plus(base)
        if isinstance(shifted, sympy.exp) and exponent.is_negative:
            return Expit(-shifted.args[0]) ** -exponent
    if list(expression.args) == arguments:
        return expression
    return expression.func(*arguments, evaluate=False)


def _one_plus(expression: sympy.Expr) -> sympy.Expr | None:
    """Return ``u`` when the expression is ``1 + u``."""
    if isinstance(expression, sympy.Add) and sympy.Integer(1) in expression.args:
        rest = [argument for argument in expression.args if argument != 1]
        return sympy.Add(*rest, evaluate=False) if len(rest) > 1 else rest[0]
    return None


def _rewrite_logarithm(argument: sympy.Expr) -> sympy.Expr:
    shifted = _one_plus(argument)
    if shifted is None:
        return sympy.log(argument, evaluate=False)
    if isinstance(shifted, sympy.exp):
        return Softplus(shifted.args[0])
    return Log1p(shifted)


def _rewrite_sum(terms: list[sympy.Expr]) -> sympy.Expr:
    """Join a constant with the first function that it cancels against."""
    for index, constant in enumerate(terms):
        if not constant.is_number:
            continue
        for other, term in enumerate(terms):
            joined = _complement(constant, term)
            if joined is not None:
                rest = [part for at, part in enumerate(terms) if at not in (index, other)]
                return sympy.Add(joined, *rest, evaluate=False) if rest else joined
    return sympy.Add(*terms, evaluate=False)


def _complement(constant: sympy.Expr, term: sympy.Expr) -> sympy.Expr | None:
    """Return ``constant + term`` in a form without cancellation, when there is one."""
    coefficient, function = term.as_coeff_Mul()
    if term.is_number or constant == 0 or coefficient not in (constant, -constant):
        return None
    sign = 1 if coefficient == constant else -1
    if isinstance(function, sympy.exp) and sign < 0:
        return -constant * Expm1(function.args[0])
    if isinstance(function, sympy.Pow) and isinstance(function.base, sympy.tanh):
        if function.exp == 2 and sign < 0:
            return constant * sympy.sech(function.base.args[0]) ** 2
        return None
    rule = _COMPLEMENTS.get(function.func)
    return None if rule is None else constant * rule(function.args[0], sign)
