"""Envelopes of expressions by structural recursion."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from symprop.foundation.errors import OutOfDomain, expected
from symprop.specs.decisions import rational_bounds
from symprop.specs.envelopes import (
    Envelope,
    add,
    between,
    constant_floor,
    decays,
    exponential,
    logarithm,
    multiply,
    positive_power,
    whole_power,
)
from symprop.specs.exponential_sums import Domain, ExponentialSum, floor_term, is_nonnegative
from symprop.specs.expression import X

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["envelope_of"]

_ZERO = ExponentialSum({})


def envelope_of(expression: sympy.Expr, variable: Envelope, domain: Domain) -> Envelope:
    """Return bounds of ``expression`` when ``X`` is bounded by ``variable``.

    Parameters
    ----------
    expression : sympy.Expr
        Analytic in ``X`` on the domain: the expression of a piece.
    variable : Envelope
        Of ``X``, such as ``t`` or ``-t``.
    domain : Domain
        Range of ``t``.

    Raises
    ------
    OutOfDomain
        If no bound is known, with the reason.
    """
    return _Bounder(variable, domain).bound(expression)


class _Bounder:
    """The recursion, with the domain it is valid on."""

    def __init__(self, variable: Envelope, domain: Domain) -> None:
        self.variable = variable
        self.domain = domain
        self.known: dict[sympy.Expr, Envelope] = {}

    def bound(self, node: sympy.Expr) -> Envelope:
        found = self.known.get(node)
        if found is None:
            try:
                found = self.signed(node, self.derive(node).rounded())
            except OutOfDomain as reason:
                raise self.explained(reason, node) from None
            self.known[node] = found
        return found

    def signed(self, node: sympy.Expr, found: Envelope) -> Envelope:
        """Cut an inexact envelope at 0 where SymPy knows the sign, as of ``(x + 1)**2``."""
        if found.is_exact:
            return found
        lower, upper = found.lower, found.upper
        if node.is_nonnegative and not is_nonnegative(lower, self.domain):
            lower = _ZERO
        if node.is_nonpositive and not is_nonnegative(-upper, self.domain):
            upper = _ZERO
        return Envelope(lower, upper)

    @staticmethod
    def explained(reason: OutOfDomain, node: sympy.Expr) -> OutOfDomain:
        """Name the innermost part that could not be bounded, once."""
        if str(reason).startswith("Expected expression"):
            return reason
        condition = f"with a proved bound ({reason})"
        return OutOfDomain(expected("expression", condition, str(node)))

    def derive(self, node: sympy.Expr) -> Envelope:
        if node == X:
            return self.variable
        if not node.has(X):
            return between(*rational_bounds(node))
        if isinstance(node, sympy.Pow):
            return self.power(node)
        softplus = _softplus_parts(node)
        if softplus is not None:
            return self.softplus(*softplus)
        if node.func not in _RULES and not isinstance(node, sympy.Add | sympy.Mul):
            raise OutOfDomain("its growth is not known to symprop")
        factors = _paired(node.args) if isinstance(node, sympy.Mul) else node.args
        parts = [self.bound(argument) for argument in factors]
        if isinstance(node, sympy.Add):
            return add(*parts)
        if isinstance(node, sympy.Mul):
            result = parts[0]
            for part in parts[1:]:
                result = multiply(result, part, self.domain).rounded()
            return result
        try:
            return _RULES[node.func](parts[0], self.domain)
        except OutOfDomain:
            if isinstance(node, sympy.exp) and node.args[0].is_nonpositive:
                return exponential(Envelope(parts[0].lower, _ZERO), self.domain)
            raise

    def softplus(self, constant: sympy.Expr, inner: sympy.Expr) -> Envelope:
        """Bound ``log(c + exp(u))`` by ``log(c)`` and ``log(1 + c) + max(0, u)``."""
        lower = ExponentialSum.of(rational_bounds(sympy.log(constant))[0])
        upper = ExponentialSum.of(rational_bounds(sympy.log(1 + constant))[1])
        return Envelope(lower, upper + self.bound(inner).upper.positive_part())

    def denominator(self, node: sympy.Expr) -> Envelope:
        """Return bounds of which only the lower one counts.

        Terms of a sum that are too large to bound but not negative are left out.
        """
        try:
            return self.bound(node)
        except OutOfDomain:
            if isinstance(node, sympy.cosh):
                return between(1, 1)
            if not isinstance(node, sympy.Add):
                raise
        kept = []
        for term in node.args:
            try:
                kept.append(self.bound(term))
            except OutOfDomain:
                if not term.is_nonnegative:
                    raise
        return add(*kept)

    def power(self, node: sympy.Pow) -> Envelope:
        base, exponent = node.args
        if exponent.has(X):
            product = multiply(self.bound(exponent), self.bound(sympy.log(base)), self.domain)
            return exponential(product, self.domain)
        low, high = rational_bounds(exponent)
        inner = self.denominator(base) if high < 0 else self.bound(base)
        if isinstance(exponent, sympy.Integer) and exponent > 0:
            return whole_power(inner, int(exponent), self.domain)
        if isinstance(exponent, sympy.Integer) and floor_term(inner.lower, self.domain) is None:
            flipped = positive_power(-inner, low, high, self.domain)
            return -flipped if exponent % 2 else flipped
        return positive_power(inner, low, high, self.domain)


def _softplus_parts(node: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return ``(c, u)`` when the node is ``log(c + exp(u))`` with a constant ``c > 0``."""
    if not (isinstance(node, sympy.log) and isinstance(node.args[0], sympy.Add)):
        return None
    constant, giant = node.args[0].as_independent(X, as_Add=True)
    if isinstance(giant, sympy.exp) and constant.is_positive:
        return constant, giant.args[0]
    return None


def _paired(factors: tuple[sympy.Expr, ...]) -> list[sympy.Expr]:
    """Write ``exp(u)/(1 + exp(u))`` as ``1/(1 + exp(-u))``: a quotient of two giants is small."""
    remaining = list(factors)
    for factor in factors:
        if not (isinstance(factor, sympy.Pow) and isinstance(factor.exp, sympy.Integer)):
            continue
        giant = factor.base - 1
        if factor.exp < 0 and isinstance(giant, sympy.exp) and giant in remaining:
            remaining.remove(giant)
            remaining.remove(factor)
            remaining += [factor.base ** (factor.exp + 1), 1 / (1 + sympy.exp(-giant.args[0]))]
    return remaining


def _hyperbolic(inner: Envelope, domain: Domain, sign: int) -> Envelope:
    growing, falling = exponential(inner, domain), exponential(-inner, domain)
    total = add(growing, falling if sign > 0 else -falling)
    half = Fraction(1, 2)
    return Envelope(total.lower.scaled(half), total.upper.scaled(half))


def _cosh(inner: Envelope, domain: Domain) -> Envelope:
    return _hyperbolic(inner, domain, 1)


def _sinh(inner: Envelope, domain: Domain) -> Envelope:
    return _hyperbolic(inner, domain, -1)


def _sech(inner: Envelope, domain: Domain) -> Envelope:
    try:
        return positive_power(_cosh(inner, domain), Fraction(-1), Fraction(-1), domain)
    except OutOfDomain:
        return between(0, 1)


def _increasing(
    function: type, limit: sympy.Expr, slope: Fraction
) -> Callable[[Envelope, Domain], Envelope]:
    """Rule of an increasing odd function below ``limit`` and below ``slope*abs(u)``."""
    bound = rational_bounds(limit)[1]

    def at(argument: Fraction) -> Fraction:
        """Return a lower bound of the function at a rational argument."""
        value = function(sympy.Rational(argument.numerator, argument.denominator))
        return rational_bounds(value)[0]

    def rule(inner: Envelope, domain: Domain) -> Envelope:
        if decays(inner.magnitude()):
            return _with_sign_of(inner, inner.magnitude().scaled(slope), domain)
        least = constant_floor(inner.lower, domain)
        greatest = constant_floor(-inner.upper, domain)
        return between(
            -bound if least is None else at(least), bound if greatest is None else -at(greatest)
        )

    return rule


def _with_sign_of(inner: Envelope, size: ExponentialSum, domain: Domain) -> Envelope:
    """Return ``[-size, size]``, cut at 0 where the sign of ``inner`` is proved."""
    return Envelope(
        _ZERO if is_nonnegative(inner.lower, domain) else -size,
        _ZERO if is_nonnegative(-inner.upper, domain) else size,
    )


def _sin(inner: Envelope, _domain: Domain) -> Envelope:
    size = inner.magnitude()
    return Envelope(-size, size) if decays(size) else between(-1, 1)


def _asinh(inner: Envelope, domain: Domain) -> Envelope:
    return _with_sign_of(inner, inner.magnitude(), domain)


def _erfc(inner: Envelope, domain: Domain) -> Envelope:
    if is_nonnegative(inner.lower, domain):  # erfc(u) <= exp(-u**2) for u >= 0
        square = inner.lower * inner.lower
        return Envelope(_ZERO, exponential(Envelope(-square, -square), domain).upper)
    return between(1 if is_nonnegative(-inner.upper, domain) else 0, 2)


_PI_ABOVE = rational_bounds(sympy.pi)[1]
_RULES: dict[type, Callable[[Envelope, Domain], Envelope]] = {
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.cosh: _cosh,
    sympy.sinh: _sinh,
    sympy.sech: _sech,
    sympy.tanh: _increasing(sympy.tanh, sympy.Integer(1), Fraction(1)),
    sympy.atan: _increasing(sympy.atan, sympy.pi / 2, Fraction(1)),
    sympy.erf: _increasing(sympy.erf, sympy.Integer(1), Fraction(113, 100)),
    sympy.erfc: _erfc,
    sympy.sin: _sin,
    sympy.cos: lambda _inner, _domain: between(-1, 1),
    sympy.asinh: _asinh,
    sympy.asin: lambda _inner, _domain: between(-_PI_ABOVE / 2, _PI_ABOVE / 2),
    sympy.acos: lambda _inner, _domain: between(0, _PI_ABOVE),
}
